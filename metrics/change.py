"""What changed: against the period before (环比) and the same period last year (同比).

The difference is in the KPI's own unit, percentage points for a percentage; without a value on either
side there is no comparable base (无可比基期), and no number, never an infinite one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal

import polars as pl

from metrics.kpi import Kpi
from metrics.period import PeriodKind, add_months, period_months

Base = Literal["before", "last_year"]

NO_BASE = "no_comparable_base"

MONTHS_BACK: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "ytd": 1, "year": 12, "rolling12": 1}
"""How far back the period before lies; year to date and rolling twelve months move on by one month."""

CHANGES: dict[str, Base] = {"change": "before", "change_last_year": "last_year"}
"""Columns of differences a table can be given, and the base each stands against."""

CHANGE_COLUMNS = ("level", "unit_code", "kpi", "value", "base_value", "difference", "reason")


def base_month(kind: PeriodKind, month: date, base: Base, campaign_months: frozenset[date]) -> date | None:
    """The month that names the period to compare with; None where the campaign has none that compares.

    The year to date of a January has no period before it. A period last year compares only if as many of
    its months lie in the campaign.
    """
    earlier = add_months(month, -12 if base == "last_year" else -MONTHS_BACK[kind])
    if earlier not in campaign_months or (kind == "ytd" and base == "before" and month.month == 1):
        return None
    if base == "last_year":
        now, then = (len(campaign_months.intersection(period_months(kind, day))) for day in (month, earlier))
        return earlier if now == then else None
    return earlier


def change(now: pl.DataFrame, base: pl.DataFrame | None) -> pl.DataFrame:
    """The rows of a table held against those of a base period: CHANGE_COLUMNS, in the order of ``now``.

    Both are rows of ``query.table``; ``base`` is None where the campaign has no such period. ``reason`` is
    NO_BASE where there is no difference, else null.
    """
    keys = ["level", "unit_code", "kpi"]
    earlier = (now.clear() if base is None else base).select(*keys, base_value="value")
    difference = pl.col("value") - pl.col("base_value")
    return (
        now.join(earlier, on=keys, how="left", maintain_order="left")
        .with_columns(difference=difference)
        .with_columns(reason=pl.when(pl.col("difference").is_null()).then(pl.lit(NO_BASE)))
        .select(CHANGE_COLUMNS)
    )


def with_changes(
    now: pl.DataFrame,
    table_of: Callable[[date], pl.DataFrame],
    *,
    kind: PeriodKind,
    month: date,
    campaign_months: frozenset[date],
) -> pl.DataFrame:
    """A table with the columns of CHANGES: differences in the KPI's own unit, null without a comparable base.

    ``table_of`` gives the same table for another month.
    """
    for column, base in CHANGES.items():
        earlier = base_month(kind, month, base, campaign_months)
        held = change(now, table_of(earlier) if earlier else None)
        now = now.with_columns(held.get_column("difference").alias(column))
    return now


def difference_unit(kpi: Kpi) -> tuple[str, str]:
    """The unit of a difference in Chinese and English: percentages differ by percentage points."""
    return ("个百分点", "percentage points") if kpi.unit_zh == "%" else (kpi.unit_zh, kpi.unit_en)
