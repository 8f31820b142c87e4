"""A figure over some of its reporting units only: a line through several months on the same units."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from metrics.connection import Run
from metrics.coverage import reports
from metrics.dimensions import Dimensions
from metrics.kpi import Kpi
from metrics.period import PeriodKind, scope
from metrics.query import grid, sums_by_reporting
from metrics.status import with_value


def value_over(
    run: Run,
    dimensions: Dimensions,
    kpi: Kpi,
    units: frozenset[str],
    *,
    month: date,
    kind: PeriodKind,
    as_of: datetime,
    level: str,
    unit_code: str,
) -> float | None:
    """A unit's value over those of its reporting units named; of no survey, which stands on waves, not reports."""
    period = scope(kind, month, dimensions.due_at, as_of)
    received = reports(dimensions, [kpi], period).filter(pl.col("reporting_code").is_in(units)).lazy()
    sums = (
        sums_by_reporting(run, dimensions, [kpi], period, received, level=level)
        .filter(pl.col("unit_code") == unit_code)
        .select(pl.col("n", "d").sum(), counted=pl.len())
        .filter(pl.col("counted") > 0)
    )
    cell = grid(dimensions, [kpi], {kpi.key: None}, level).lazy().filter(pl.col("unit_code") == unit_code)
    found = with_value(cell.join(sums, how="cross").with_columns(answers=pl.lit(None, pl.Int64)))
    values = found.select("value").collect()["value"]
    return values[0] if len(values) else None
