"""Coverage: behind how much of what was expected a figure stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from metrics.compile import months_rule
from metrics.dimensions import Dimensions
from metrics.kpi import Kpi
from metrics.period import Scope


def coverage(dimensions: Dimensions, kpis: Sequence[Kpi], period: Scope, sums: pl.DataFrame) -> pl.DataFrame:
    """For every unit and KPI: level, unit_code, kpi, ``reported``, ``expected``, and ``due``.

    Counted in reports: the reporting units that feed a unit times the months of the period that have
    begun and in which the KPI's sheet is due (for a stock, its one month). A province's register counts
    its own months; a survey figure the surveyed units among the children. ``due`` is false where the KPI
    does not apply: no month of the period asks for its sheet, or the register was not received.
    """
    frames = [_survey_coverage(dimensions, kpis, sums)]
    months_of = {kpi.key: expected_months(dimensions, kpi, period) for kpi in kpis}
    for key in dict.fromkeys((kpi.sheet, months_of[kpi.key]) for kpi in kpis if kpi.mart != "mart_survey"):
        sheet, months = key
        counted = _counted(dimensions, sheet, months)
        keys = [k.key for k in kpis if k.mart != "mart_survey" and (k.sheet, months_of[k.key]) == key]
        frames.append(counted.join(pl.DataFrame({"kpi": keys}), how="cross"))
    return pl.concat(frames, how="diagonal_relaxed")


def expected_months(dimensions: Dimensions, kpi: Kpi, period: Scope) -> tuple[date, ...]:
    """The months of a period whose reports a KPI stands on."""
    frequency = dimensions.frequency.get(kpi.sheet) if kpi.sheet else "monthly"
    if frequency is None:
        return ()
    rule = months_rule(kpi)
    if rule == "last":
        months = (period.last,) if period.last else ()
    else:
        months = period.due if rule == "due" else (period.begun or period.months[:1])
    return tuple(month for month in months if frequency != "quarterly" or month.month % 3 == 0)


def _counted(dimensions: Dimensions, sheet: str, months: tuple[date, ...]) -> pl.DataFrame:
    """Reports received and expected of one sheet over these months, for every unit."""
    submitted = dimensions.submitted.filter(pl.col("month").is_in(list(months)))
    if sheet:
        submitted = submitted.filter(pl.col("sheet") == sheet)
    received = submitted.select("reporting_code", "month").unique()
    units = dimensions.units.select("level", "unit_code")
    if dimensions.reported_by.get(sheet) == "top":
        count = received.height
        return units.with_columns(
            reported=pl.lit(count, dtype=pl.Int64),
            expected=pl.lit(len(months), dtype=pl.Int64),
            due=pl.lit(count > 0),
        )
    by_unit = received.group_by("reporting_code").agg(pl.len().cast(pl.Int64).alias("reported"))
    return (
        dimensions.reporting.join(by_unit, on="reporting_code", how="left")
        .group_by("level", "unit_code")
        .agg(
            pl.col("reported").fill_null(0).sum(),
            (pl.len() * len(months)).cast(pl.Int64).alias("expected"),
            pl.lit(bool(months)).first().alias("due"),
        )
    )


def _survey_coverage(dimensions: Dimensions, kpis: Sequence[Kpi], sums: pl.DataFrame) -> pl.DataFrame:
    keys = pl.DataFrame(
        {"kpi": [kpi.key for kpi in kpis if kpi.mart == "mart_survey"]}, schema={"kpi": pl.String}
    )
    found = sums.select("level", "unit_code", "kpi", "surveyed", "children")
    return (
        dimensions.units.select("level", "unit_code")
        .join(keys, how="cross")
        .join(found, on=["level", "unit_code", "kpi"], how="left")
        .select(
            "level",
            "unit_code",
            "kpi",
            reported=pl.col("surveyed").fill_null(0),
            expected=pl.col("children").fill_null(0),
            due=pl.col("surveyed").is_not_null(),
        )
    )
