"""Sums of two periods over the units that stand behind both, and how many they are of how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from metrics.compile import WHOLE, counted_in, leaf_sums
from metrics.connection import Run
from metrics.coverage import reports
from metrics.dimensions import Dimensions
from metrics.kpi import Kpi
from metrics.like_for_like import Matched, Report, is_comparable, matched
from metrics.period import Scope
from metrics.query import UNIT, mart_rows, rolled_up, sums_by_reporting
from metrics.survey import COLLECTORS, SURVEY_SCALE
from metrics.survey_change import compared_satisfaction

SUMS = {
    "kpi": pl.String,
    "level": pl.String,
    "unit_code": pl.String,
    "n": WHOLE,
    "d": WHOLE,
    "n_before": WHOLE,
    "d_before": WHOLE,
    "units_compared": pl.UInt32,
    "units_now": pl.UInt32,
    "units_before": pl.UInt32,
    "units": pl.UInt32,
}
"""Per KPI and unit: the sums of now and before over the units compared (null without any), how many units were
compared, stand behind the figure now, stood behind it before, and could at most."""

BY_REPORTING = ["kpi", *UNIT, "reporting_code"]


def compared_sums(
    run: Run,
    dimensions: Dimensions,
    kpis: Sequence[Kpi],
    now: Scope,
    before: Scope | None,
    level: str | None,
) -> pl.LazyFrame:
    """SUMS of every unit (of ``level``) and KPI; without a period ``before``, or a comparable one, nothing is compared."""
    frames = [pl.DataFrame(schema=SUMS).lazy()]
    surveyed = [kpi for kpi in kpis if kpi.mart == "mart_survey"]
    summed = [kpi for kpi in kpis if kpi.mart != "mart_survey"]
    if surveyed:
        surveys = run("from mart_survey", {})
        frames.append(_of_surveys(surveys, dimensions, surveyed, now, before).lazy())
    if summed:
        frames.append(_of_reports(run, dimensions, summed, now, before, level))
    return pl.concat(frames, how="diagonal_relaxed").cast(SUMS)


def _of_surveys(
    surveys: pl.DataFrame, dimensions: Dimensions, kpis: Sequence[Kpi], now: Scope, before: Scope | None
) -> pl.DataFrame:
    rows = []
    for kpi in kpis:
        of_collector = surveys.filter(pl.col("collector") == COLLECTORS[kpi.key])
        found = compared_satisfaction(
            of_collector, dimensions.hierarchy, now=now.end, before=before.end if before else None
        )
        for unit, pair in found.items():
            scaled = [None if part is None else round(part * SURVEY_SCALE) for part in pair.sums]
            rows.append((kpi.key, *unit, *scaled, pair.compared, pair.now, pair.before, pair.units))
    return pl.DataFrame(rows, schema=SUMS, orient="row")


def _of_reports(
    run: Run,
    dimensions: Dimensions,
    kpis: Sequence[Kpi],
    now: Scope,
    before: Scope | None,
    level: str | None,
) -> pl.LazyFrame:
    sides = [_side(run, dimensions, kpis, period, level) for period in (now, before)]
    matches = {
        kpi.key: matched(dimensions, kpi, now, before)
        for kpi in kpis
        if before is not None and is_comparable(dimensions, kpi, now, before)
    }
    compared = [_whole(side, matches) for side in sides]
    parted = [kpi for kpi in kpis if kpi.key in matches and matches[kpi.key].parts]
    if parted and before is not None:
        for place, period in enumerate((now, before)):
            parts = {kpi.key: matches[kpi.key].parts[place] for kpi in parted}
            found = _part(run, dimensions, parted, period, parts, level)
            compared[place] = pl.concat([compared[place], found])
    both = compared[0].join(
        compared[1].rename({"n": "n_before", "d": "d_before"}), on=BY_REPORTING, how="inner"
    )
    sums = both.group_by("kpi", *UNIT).agg(
        pl.col("n", "d", "n_before", "d_before").sum(), units_compared=pl.len()
    )
    counts = [
        side.group_by("kpi", *UNIT).agg(pl.len().alias(name))
        for side, name in zip(sides, ("units_now", "units_before"), strict=True)
    ]
    return _counted(dimensions, kpis, sums, *counts)


def _counted(
    dimensions: Dimensions,
    kpis: Sequence[Kpi],
    sums: pl.LazyFrame,
    now: pl.LazyFrame,
    before: pl.LazyFrame,
) -> pl.LazyFrame:
    """The sums beside how many units stand behind either figure, and how many report for each unit."""
    fed = dimensions.reporting.lazy().group_by(UNIT).agg(units=pl.len())
    keys = ["kpi", *UNIT]
    return (
        fed.join(pl.LazyFrame({"kpi": [kpi.key for kpi in kpis]}), how="cross")
        .join(sums, on=keys, how="left")
        .join(now, on=keys, how="left")
        .join(before, on=keys, how="left")
        .with_columns(pl.col("units_compared", "units_now", "units_before").fill_null(0))
    )


def _side(
    run: Run, dimensions: Dimensions, kpis: Sequence[Kpi], period: Scope | None, level: str | None
) -> pl.LazyFrame:
    """All that stands behind the figures of one period, by reporting unit; nothing without a period."""
    types = {name: SUMS.get(name, pl.String) for name in (*BY_REPORTING, "n", "d")}
    if period is None:
        return pl.LazyFrame(schema=types)
    received = reports(dimensions, kpis, period).lazy()
    # Read by several joins: computed once.
    return (
        sums_by_reporting(run, dimensions, kpis, period, received, level=level).cast(types).collect().lazy()
    )


def _whole(side: pl.LazyFrame, matches: Mapping[str, Matched]) -> pl.LazyFrame:
    """The units compared that stand in a period with all they reported."""
    pairs = [(key, code) for key, match in matches.items() if match.parts is None for code in match.units]
    kept = pl.LazyFrame(pairs, schema={"kpi": pl.String, "reporting_code": pl.String}, orient="row")
    return side.join(kept, on=["kpi", "reporting_code"], how="semi")


def _part(
    run: Run,
    dimensions: Dimensions,
    kpis: Sequence[Kpi],
    period: Scope,
    parts: Mapping[str, frozenset[Report]],
    level: str | None,
) -> pl.LazyFrame:
    """The sums of some of a period's reports by reporting unit."""
    rows, flags, counts = mart_rows(run, kpis, period).lazy(), _flags(parts), counted_in(period)

    def is_part(kpi: Kpi) -> pl.Expr:
        return pl.col(f"part_{kpi.key}").fill_null(False) & counts(kpi)

    marked = rows.join(flags.lazy(), on=["reporting_code", "month"], how="left")
    return rolled_up(leaf_sums(marked, kpis, is_part), dimensions, kpis, level)


def _flags(parts: Mapping[str, frozenset[Report]]) -> pl.DataFrame:
    """For every report whether it counts for each KPI: reporting_code, month, part_<kpi>."""
    every = sorted(frozenset().union(*parts.values()))
    places = pl.DataFrame(every, schema={"reporting_code": pl.String, "month": pl.Date}, orient="row")
    return places.with_columns(
        pl.Series(f"part_{key}", [report in chosen for report in every], dtype=pl.Boolean)
        for key, chosen in parts.items()
    )
