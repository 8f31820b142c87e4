"""The places a figure is summed from, so that a reader can go on from there to the rows."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from metrics.compile import counted_rows
from metrics.connection import Run
from metrics.coverage import reports
from metrics.dimensions import Dimensions
from metrics.kpi import Kpi
from metrics.period import PeriodKind, Scope, scope
from metrics.survey import COLLECTORS, waves_behind


def counted(
    run: Run,
    dimensions: Dimensions,
    kpi: Kpi,
    *,
    month: date,
    kind: PeriodKind,
    as_of: datetime,
    level: str,
    unit_code: str,
) -> pl.DataFrame:
    """What stands behind one unit's figure: leaf_code and month, or level, unit_code, collector and wave.

    Summed over these places, a KPI's two mart columns are its numerator and denominator; of an average roll
    and of the staffing gap they are what those are reckoned from. A figure not reported has none.
    """
    period = scope(kind, month, dimensions.due_at, as_of)
    if kpi.mart == "mart_survey":
        return _waves(run, dimensions, kpi, period, (level, unit_code))
    rows = run(f"from {kpi.mart} where list_contains($months, month)", {"months": list(period.months)})
    below = dimensions.tree.filter(level=level, unit_code=unit_code)
    received = reports(dimensions, [kpi], period).filter((pl.col("reported") > 0) | pl.lit(not kpi.sheet))
    return (
        counted_rows(rows.lazy().join(received.lazy(), on="reporting_code", how="semi"), kpi, period)
        .join(below.lazy(), on="leaf_code", how="semi")
        .sort("leaf_code", "month")
        .collect()
    )


def measures(kpi: Kpi) -> tuple[str, ...]:
    """The mart columns a KPI is made of."""
    denominator = "staffing_population" if kpi.own_total else kpi.denominator
    return (kpi.numerator, denominator) if denominator else (kpi.numerator,)


def _waves(run: Run, dimensions: Dimensions, kpi: Kpi, period: Scope, unit: tuple[str, str]) -> pl.DataFrame:
    surveys = run("from mart_survey where collector = $collector", {"collector": COLLECTORS[kpi.key]})
    found = waves_behind(surveys, dimensions.hierarchy, unit, before=period.end)
    places = pl.DataFrame(found, schema=["level", "unit_code", "wave"], orient="row", infer_schema_length=1)
    return places.cast(pl.String).with_columns(collector=pl.lit(COLLECTORS[kpi.key]))
