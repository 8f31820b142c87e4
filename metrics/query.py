"""The table of figures: every KPI for every unit of a campaign over one period.

One query a mart, then small frames: the answer is the same whatever engine did the summing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import polars as pl

from metrics.compile import compile_query, denominator_scale
from metrics.connection import Run
from metrics.coverage import coverage
from metrics.dimensions import Dimensions
from metrics.kpi import Kpi
from metrics.period import PeriodKind, Scope, scope
from metrics.status import TARGET_SCALE, with_status, with_too_few, with_value
from metrics.survey import COLLECTORS, Satisfaction, Unit, satisfaction
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

SURVEY_SCALE = 10**6
"""Weighted residents are printed to a millionth; thresholds are compared in exact fractions."""

SUMS_SCHEMA = {
    "level": pl.String,
    "unit_code": pl.String,
    "kpi": pl.String,
    "n": pl.Int64,
    "d": pl.Int64,
    "r": pl.Int64,
    "answers": pl.Int64,
    "meets_exactly": pl.Boolean,
    "surveyed": pl.Int64,
    "children": pl.Int64,
}


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
    sums = _sums(run, dimensions, kpis, period)
    grid = _grid(dimensions, kpis, period, level).join(sums, on=["level", "unit_code", "kpi"], how="left")
    parents = sums.select("kpi", parent_level="level", parent_code="unit_code", parent_n="n", parent_d="d")
    judged = grid.join(parents, on=["kpi", "parent_level", "parent_code"], how="left")
    judged = judged.join(
        coverage(dimensions, kpis, period, sums), on=["level", "unit_code", "kpi"], how="left"
    )
    judged = judged.with_columns(
        reported_any=pl.col("r").fill_null(0) > 0,
        applicable=pl.col("applicable") & pl.col("due"),
    )
    judged = with_status(with_too_few(with_value(judged)))
    return judged.sort("place").select(pl.lit(month.strftime("%Y-%m")).alias("month"), *TABLE_COLUMNS[1:])


def _grid(dimensions: Dimensions, kpis: Sequence[Kpi], period: Scope, level: str | None) -> pl.DataFrame:
    """Every unit and KPI with what is needed to judge them, in order."""
    units = dimensions.units if level is None else dimensions.units.filter(pl.col("level") == level)
    level_of = dimensions.units.filter(~pl.col("own_office")).select(
        parent_code="unit_code", parent_level="level"
    )
    units = units.join(level_of, on="parent_code", how="left", maintain_order="left")
    reports_at = next(item["position"] for item in dimensions.levels if item["reports"])
    grid = units.join(_kpi_facts(kpis, dimensions, period), how="cross")
    population = (pl.col("population").is_not_null()) | ~pl.col("needs_population")
    return grid.with_columns(
        has_population=population,
        applicable=population & ((pl.col("level_position") <= reports_at) | ~pl.col("reporting_only")),
    ).with_row_index("place")


def _kpi_facts(kpis: Sequence[Kpi], dimensions: Dimensions, period: Scope) -> pl.DataFrame:
    targets = {
        kpi.key: target_for(kpi, dimensions.targets, period, frozenset(dimensions.due_at)) for kpi in kpis
    }
    rows = [
        {
            "kpi": kpi.key,
            "factor": kpi.factor,
            "measure_scale": SURVEY_SCALE if kpi.mart == "mart_survey" else kpi.measure_scale,
            "denominator_scale": SURVEY_SCALE if kpi.mart == "mart_survey" else denominator_scale(kpi),
            "has_denominator": kpi.denominator is not None,
            "cases_are_numerator": kpi.cases == "numerator",
            "needs_population": kpi.needs_population,
            "reporting_only": kpi.from_level == "reporting",
            "direction": kpi.direction,
            "small_rule": kpi.small.rule if kpi.small else "",
            "minimum": kpi.small.minimum if kpi.small else 0,
            "target": None if targets[kpi.key] is None else float(targets[kpi.key]),
            "target_parts": None if targets[kpi.key] is None else int(targets[kpi.key] * TARGET_SCALE),
        }
        for kpi in kpis
    ]
    return pl.DataFrame(rows, schema_overrides={"target": pl.Float64, "target_parts": pl.Int64})


def _sums(run: Run, dimensions: Dimensions, kpis: Sequence[Kpi], period: Scope) -> pl.DataFrame:
    """Whole-number sums of every unit and KPI in SUMS_SCHEMA; r says whether any unit reported."""
    frames = [_survey_sums(run, dimensions, kpis, period)]
    for mart in dict.fromkeys(kpi.mart for kpi in kpis if kpi.mart != "mart_survey"):
        chosen = [kpi for kpi in kpis if kpi.mart == mart]
        frames.append(_long(run(compile_query(mart, chosen), _parameters(dimensions, period)), chosen))
    return pl.concat(frames, how="diagonal")


def _parameters(dimensions: Dimensions, period: Scope) -> dict[str, object]:
    standard = dimensions.targets.get(STANDARD_KPI)
    return {
        "months": list(period.months),
        "due": list(period.due),
        "last": period.last,
        "standard": int(standard.number * TARGET_SCALE) if standard else None,
    }


def _survey_sums(run: Run, dimensions: Dimensions, kpis: Sequence[Kpi], period: Scope) -> pl.DataFrame:
    chosen = [kpi for kpi in kpis if kpi.mart == "mart_survey"]
    if not chosen:
        return pl.DataFrame(schema=SUMS_SCHEMA)
    surveys = run("from mart_survey", {})
    rows = []
    for kpi in chosen:
        target = target_for(kpi, dimensions.targets, period, frozenset(dimensions.due_at))
        of_collector = surveys.filter(pl.col("collector") == COLLECTORS[kpi.key])
        found = satisfaction(of_collector, dimensions.units, before=period.end)
        rows += [_survey_row(kpi, unit, result, target) for unit, result in found.items()]
    return pl.DataFrame(rows, schema=SUMS_SCHEMA, orient="row")


def _survey_row(kpi: Kpi, unit: Unit, result: Satisfaction, target: Decimal | None) -> tuple[object, ...]:
    share = kpi.factor * result.numerator / result.denominator
    return (
        *unit,
        kpi.key,
        round(result.numerator * SURVEY_SCALE),
        round(result.denominator * SURVEY_SCALE),
        1,
        result.answers,
        None if target is None else share >= Fraction(target),
        result.surveyed,
        result.children,
    )


def _long(wide: pl.DataFrame, kpis: Sequence[Kpi]) -> pl.DataFrame:
    parts = [
        wide.unpivot(
            [f"{kpi.key}:{part}" for kpi in kpis],
            index=["level", "unit_code"],
            variable_name="kpi",
            value_name=part,
        )
        for part in "ndr"
    ]
    return parts[0].with_columns(
        pl.col("kpi").str.head(-2), d=parts[1].get_column("d"), r=parts[2].get_column("r")
    )
