"""The months in which a complete log has no row of a unit: there truly was nothing, and that is reported, too."""

from __future__ import annotations

from collections.abc import Set
from itertools import product
from typing import TYPE_CHECKING

import polars as pl

from etl.mappings.mapping import LogMapping

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

UnitMonths = tuple[tuple["Unit", str], ...]


def silent_months(
    rows: pl.DataFrame, mapping: LogMapping, campaign: Campaign
) -> tuple[UnitMonths, UnitMonths] | None:
    """Units and months without a row: those that had nothing, and those that a row not placed may belong to.

    None where neither the mapping nor a row tells the months.

    ``rows`` has ``reporting_code``, ``period`` and ``reason_zh`` for every row of the log. They are looked for in the
    campaign's months from the mapping's first to its last, else as far as the log's placed rows go.
    """
    placed = rows.filter(pl.col("reason_zh") == "").select("reporting_code", "period")
    refused = set(rows.filter(pl.col("reason_zh") != "").select("reporting_code", "period").iter_rows())
    first = mapping.first_period or placed["period"].min()
    last = mapping.last_period or placed["period"].max()
    if first is None or last is None:
        return None
    told = set(placed.unique().rows())
    silent = [
        (unit, period)
        for unit in campaign.reporting_units
        for period in campaign.periods
        if str(first) <= period <= str(last) and (unit.code, period) not in told
    ]
    is_open = [_may_have_a_row(refused, unit.code, period) for unit, period in silent]
    return (
        tuple(each for each, may in zip(silent, is_open, strict=True) if not may),
        tuple(each for each, may in zip(silent, is_open, strict=True) if may),
    )


def _may_have_a_row(refused: Set[tuple[str | None, str | None]], code: str, period: str) -> bool:
    """Whether one of the rows not placed may be of this unit and month; what is not known of it may be anything."""
    return not refused.isdisjoint(product((code, None), (period, None)))
