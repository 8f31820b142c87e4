"""The table of figures: every KPI for every unit of a campaign over one period.

Each mart is read once, for the period's months; what follows are small frames and whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from metrics.compile import STANDARD_SCALE, counted_in, denominator_scale, leaf_sums, reporting_sums
from metrics.connection import Run
from metrics.coverage import coverage, reports
from metrics.dimensions import Dimensions
from metrics.kpi import Kpi
from metrics.period import PeriodKind, Scope, scope
from metrics.status import TARGET_SCALE, with_status, with_too_few, with_value
from metrics.survey import SURVEY_SCALE, survey_figures
from metrics.targets import target_for

TABLE_COLUMNS = (
    "month",
    "unit_code",
    "unit_name",
    "level",
    "kpi",
    "numerator",
    "denominator",
    "value",
    "cases",
    "target",
    "status",
    "reported",
    "expected",
)
STANDARD_KPI = "officers_per_10k"
"""The KPI whose target is the staffing standard a gap is counted against."""

UNIT = ["level", "unit_code"]


def table(
    run: Run,
    dimensions: Dimensions,
    kpis: Sequence[Kpi],
    *,
    month: date,
    kind: PeriodKind = "month",
    as_of: datetime,
    level: str | None = None,
) -> pl.DataFrame:
    """Figures of every unit (of ``level`` where given) for every KPI: TABLE_COLUMNS, in the campaign's order.

    ``as_of`` decides which months have begun and fallen due. Values are unrounded; what does not exist is
    null, never 0.
    """
    period = scope(kind, month, dimensions.due_at, as_of)
    targets = {
        kpi.key: target_for(kpi, dimensions.targets, period, frozenset(dimensions.due_at)) for kpi in kpis
    }
    figures = _figures(run, dimensions, kpis, period, targets)
    judged = (
        grid(dimensions, kpis, targets, level)
        .lazy()
        .join(figures, on=["kpi", *UNIT], how="left")
        .join(_of_parents(figures), on=["kpi", "parent_level", "parent_code"], how="left")
        .with_columns(
            pl.col("reported", "expected").fill_null(0),
            applicable=pl.col("may_apply") & pl.col("applicable").fill_null(False),
        )
    )
    judged = with_status(with_too_few(with_value(judged)))
    columns = (pl.lit(month.strftime("%Y-%m")).alias("month"), *TABLE_COLUMNS[1:])
    return judged.sort("place").select(*columns).collect()


def _figures(
    run: Run,
    dimensions: Dimensions,
    kpis: Sequence[Kpi],
    period: Scope,
    targets: dict[str, Decimal | None],
) -> pl.LazyFrame:
    """Whole-number sums and coverage of every unit and KPI.

    Columns: kpi, level, unit_code, n, d (scaled), answers and meets_exactly (surveys only), reported,
    expected, applicable.
    """
    surveyed = [kpi for kpi in kpis if kpi.mart == "mart_survey"]
    summed = [kpi for kpi in kpis if kpi.mart != "mart_survey"]
    surveys = run("from mart_survey", {}) if surveyed else pl.DataFrame()
    frames = [survey_figures(surveys, dimensions.hierarchy, surveyed, period, targets).lazy()]
    if summed:
        received = reports(dimensions, summed, period).lazy()
        sums = (
            sums_by_reporting(run, dimensions, summed, period, received)
            .group_by("kpi", *UNIT)
            .agg(pl.col("n", "d").sum())
        )
        frames.append(coverage(dimensions, received).join(sums, on=["kpi", *UNIT], how="left"))
    return pl.concat(frames, how="diagonal_relaxed")


def sums_by_reporting(
    run: Run,
    dimensions: Dimensions,
    kpis: Sequence[Kpi],
    period: Scope,
    received: pl.LazyFrame,
    *,
    level: str | None = None,
) -> pl.LazyFrame:
    """What each reporting unit adds to the sums of every unit (of ``level``) and KPI: see compile.reporting_sums.

    ``received``: rows of ``coverage.reports``; who reported nothing adds nothing. No KPI is a survey's.
    """
    without_sheet = [kpi.key for kpi in kpis if not kpi.sheet]
    counted = received.filter((pl.col("reported") > 0) | pl.col("kpi").is_in(without_sheet))
    leaves = leaf_sums(mart_rows(run, kpis, period).lazy(), kpis, counted_in(period))
    return rolled_up(leaves.join(counted, on=["kpi", "reporting_code"], how="semi"), dimensions, kpis, level)


def mart_rows(run: Run, kpis: Sequence[Kpi], period: Scope) -> pl.DataFrame:
    """The rows of a period of every mart the KPIs stand on."""
    marts = dict.fromkeys(kpi.mart for kpi in kpis)
    # A row of one mart has no value in the columns of another, and adds nothing to their sums.
    query = " union all by name ".join(f"(from {mart} where list_contains($months, month))" for mart in marts)
    return run(query, {"months": list(period.months)})


def rolled_up(
    leaves: pl.LazyFrame, dimensions: Dimensions, kpis: Sequence[Kpi], level: str | None
) -> pl.LazyFrame:
    """Leaf sums as what each reporting unit adds to every unit (of ``level``), by the campaign's standard."""
    tree = dimensions.tree if level is None else dimensions.tree.filter(pl.col("level") == level)
    standard = dimensions.targets.get(STANDARD_KPI)
    parts = int(standard.number * STANDARD_SCALE) if standard else None
    return reporting_sums(leaves, tree.lazy(), kpis, parts)


def _of_parents(figures: pl.LazyFrame) -> pl.LazyFrame:
    return figures.select("kpi", parent_level="level", parent_code="unit_code", parent_n="n", parent_d="d")


def grid(
    dimensions: Dimensions, kpis: Sequence[Kpi], targets: Mapping[str, Decimal | None], level: str | None
) -> pl.DataFrame:
    """Every unit and KPI with what is needed to judge them, in order of the campaign and the registry."""
    units = dimensions.units if level is None else dimensions.units.filter(pl.col("level") == level)
    reports_at = next(item["position"] for item in dimensions.levels if item["reports"])
    found = units.join(_kpi_facts(kpis, targets), how="cross").with_row_index("place")
    has_population = pl.col("population").is_not_null() | ~pl.col("needs_population")
    at_its_level = (pl.col("level_position") <= reports_at) | ~pl.col("reporting_only")
    at_its_level &= pl.col("counts_own_office") | ~pl.col("own_office")
    return found.with_columns(has_population=has_population, may_apply=has_population & at_its_level)


def _kpi_facts(kpis: Sequence[Kpi], targets: Mapping[str, Decimal | None]) -> pl.DataFrame:
    rows = [
        {
            "kpi": kpi.key,
            "factor": kpi.factor,
            "measure_scale": SURVEY_SCALE if kpi.mart == "mart_survey" else kpi.measure_scale,
            "denominator_scale": SURVEY_SCALE if kpi.mart == "mart_survey" else denominator_scale(kpi),
            "stands_on_sheet": bool(kpi.sheet),
            "has_denominator": kpi.denominator is not None,
            "cases_are_numerator": kpi.cases == "numerator",
            "needs_population": kpi.needs_population,
            "reporting_only": kpi.from_level == "reporting",
            "counts_own_office": kpi.counts_own_office,
            "direction": kpi.direction,
            "small_rule": kpi.small.rule if kpi.small else "",
            "minimum": kpi.small.minimum if kpi.small else 0,
            "target": None if targets[kpi.key] is None else float(targets[kpi.key]),
            "target_parts": None if targets[kpi.key] is None else int(targets[kpi.key] * TARGET_SCALE),
        }
        for kpi in kpis
    ]
    return pl.DataFrame(rows, schema_overrides={"target": pl.Float64, "target_parts": pl.Int64})
