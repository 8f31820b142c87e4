"""What changed, like for like: against the period before (环比) and the same period last year (同比).

Both figures are computed over the reporting units that stand behind both, so that a unit that is missing on one
side is no rise and no fall. The difference is in the KPI's own unit, percentage points for a percentage; where
nobody stands behind both there is no comparable base (无可比基期), and no number, never an infinite one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Literal, get_args

import polars as pl

from metrics.compared import compared_sums
from metrics.connection import Run
from metrics.dimensions import Dimensions
from metrics.kpi import Kpi
from metrics.period import PeriodKind, add_months, period_months, scope
from metrics.query import UNIT, grid
from metrics.status import with_value

Base = Literal["last_month", "last_year"]
BASES: tuple[Base, ...] = get_args(Base)

MONTHS_BACK: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "ytd": 1, "year": 12, "rolling12": 1}
"""How far back the period before lies; year to date and rolling twelve months move on by one month."""

CHANGES: dict[str, Base] = {"change": "last_month", "change_last_year": "last_year"}
"""Columns of differences a table can be given, and the base each stands against."""

CHANGE_COLUMNS = (
    "month",
    "against",
    "unit_code",
    "unit_name",
    "level",
    "kpi",
    "value",
    "value_before",
    "difference",
    "units_compared",
    "units_now",
    "units_before",
)
COUNTS = ("units_compared", "units_now", "units_before", "units")


def base_month(kind: PeriodKind, month: date, base: Base, campaign_months: Collection[date]) -> date | None:
    """The month that names the period to compare with; None where the campaign has no month of that period.

    Whether the period compares with this one is told by ``like_for_like.is_comparable``, KPI by KPI.
    """
    earlier = add_months(month, -12 if base == "last_year" else -MONTHS_BACK[kind])
    return earlier if any(day in campaign_months for day in period_months(kind, earlier)) else None


def change(
    run: Run,
    dimensions: Dimensions,
    kpis: Sequence[Kpi],
    *,
    month: date,
    against: Base,
    kind: PeriodKind = "month",
    as_of: datetime,
    level: str | None = None,
) -> pl.DataFrame:
    """Every unit (of ``level`` where given) and KPI against a base: CHANGE_COLUMNS and those of ``held_against``."""
    earlier = base_month(kind, month, against, dimensions.due_at)
    found = held_against(
        run, dimensions, kpis, month=month, earlier=earlier, kind=kind, as_of=as_of, level=level
    )
    columns = [name for name in found.columns if name not in CHANGE_COLUMNS]
    return found.with_columns(against=pl.lit(against)).select(*CHANGE_COLUMNS, *columns)


def held_against(
    run: Run,
    dimensions: Dimensions,
    kpis: Sequence[Kpi],
    *,
    month: date,
    earlier: date | None,
    kind: PeriodKind = "month",
    as_of: datetime,
    level: str | None = None,
) -> pl.DataFrame:
    """Every unit and KPI in the period of a month against that of any earlier one (None: there is none).

    CHANGE_COLUMNS without ``against``, and: ``numerator``, ``numerator_before`` on the units compared, and
    ``units``, how many could be. In the campaign's order; what does not exist is null, never 0.
    """
    cells = grid(dimensions, kpis, dict.fromkeys(kpi.key for kpi in kpis), level).lazy()
    now = scope(kind, month, dimensions.due_at, as_of)
    before = None if earlier is None else scope(kind, earlier, dimensions.due_at, as_of)
    sums = compared_sums(run, dimensions, kpis, now, before, level)
    joined = cells.join(sums, on=["kpi", *UNIT], how="left").with_columns(
        pl.when("may_apply").then(pl.col(*COUNTS).fill_null(0)).otherwise(0)
    )
    return (
        _with_values(joined)
        .with_columns(
            difference=pl.col("value") - pl.col("value_before"), month=pl.lit(month.strftime("%Y-%m"))
        )
        .sort("place")
        .select(
            *(name for name in CHANGE_COLUMNS if name != "against"), "numerator", "numerator_before", "units"
        )
        .collect()
    )


def _with_values(joined: pl.LazyFrame) -> pl.LazyFrame:
    """Add value and numerator of both sides, each by the rule that gives a table its values."""
    no_answers = pl.lit(None, pl.Int64).alias("answers")
    before = with_value(joined.with_columns(no_answers, n=pl.col("n_before"), d=pl.col("d_before")))
    added = before.select("place", value_before="value", numerator_before="numerator")
    return with_value(joined.with_columns(no_answers)).join(added, on="place", how="left")


def with_changes(
    table: pl.DataFrame, run: Run, dimensions: Dimensions, kpis: Sequence[Kpi], **asked: object
) -> pl.DataFrame:
    """A table of ``query.table`` with the columns of CHANGES: differences like for like, null without a base.

    ``asked``: the month, kind, as_of and level the table was asked for.
    """
    for column, against in CHANGES.items():
        found = change(run, dimensions, kpis, against=against, **asked)
        keys = [*UNIT, "kpi"]
        table = table.join(
            found.select(*keys, pl.col("difference").alias(column)),
            on=keys,
            how="left",
            maintain_order="left",
        )
    return table
