"""Judging figures: one status each, the first that fits of not_applicable, not_reported, too_few_cases, no_target, met,
missed; thresholds compared exactly in whole numbers.
"""

from __future__ import annotations

import polars as pl

TARGET_SCALE = 10_000
"""Targets carry at most four decimals; in these parts they are whole numbers."""

WIDE = pl.Int128


def with_value(table: pl.LazyFrame) -> pl.LazyFrame:
    """Add numerator, denominator, value and cases in their own units to the compiled whole numbers.

    Needs ``n``, ``d`` (scaled by ``measure_scale``, ``denominator_scale``), ``factor``,
    ``has_denominator``, ``cases_are_numerator``. A value exists where the denominator is above 0, or the
    KPI has none.
    """
    counted = pl.col("has_denominator") | pl.col("has_population")
    numerator = pl.when(counted).then(pl.col("n") / pl.col("measure_scale"))
    divides = pl.col("has_denominator") & pl.col("has_population")
    denominator = pl.when(divides).then(pl.col("d") / pl.col("denominator_scale"))
    ratio = pl.when(denominator > 0).then(pl.col("factor") * numerator / denominator)
    return table.with_columns(
        numerator=numerator,
        denominator=denominator,
        value=pl.when("has_denominator")
        .then(ratio)
        .when("has_population")
        .then(numerator * pl.col("factor")),
        cases=pl.coalesce("answers", pl.when("cases_are_numerator").then(numerator).otherwise(denominator)),
    )


def with_status(table: pl.LazyFrame) -> pl.LazyFrame:
    """Add ``status`` to rows of ``with_value``.

    Needs also ``applicable``, ``reported``, ``stands_on_sheet``, ``too_few``, ``direction`` and ``target_parts`` (target
    x TARGET_SCALE, missing without a target).
    """
    has_number = pl.when("has_denominator").then(pl.col("d") > 0).otherwise(pl.col("n").is_not_null())
    judged = pl.col("target_parts").is_not_null() & (pl.col("direction") != "context")
    return table.with_columns(
        status=pl.when(~pl.col("applicable"))
        .then(pl.lit("not_applicable"))
        .when((pl.col("reported") == 0) & pl.col("stands_on_sheet"))
        .then(pl.lit("not_reported"))
        .when(pl.col("n").is_null())
        .then(pl.lit("not_applicable"))
        .when("too_few")
        .then(pl.lit("too_few_cases"))
        .when(~has_number.fill_null(False))
        .then(pl.lit("not_applicable"))
        .when(~judged)
        .then(pl.lit("no_target"))
        .when(_meets_target())
        .then(pl.lit("met"))
        .otherwise(pl.lit("missed"))
    )


def _meets_target() -> pl.Expr:
    """factor x n / d against the target, cross-multiplied: no rounding can carry a value over it."""
    achieved = pl.col("n").cast(WIDE) * pl.col("factor") * TARGET_SCALE * pl.col("denominator_scale")
    denominator = pl.when("has_denominator").then(pl.col("d")).otherwise(pl.col("denominator_scale"))
    wanted = pl.col("target_parts").cast(WIDE) * denominator * pl.col("measure_scale")
    met = pl.when(pl.col("direction") == "up").then(achieved >= wanted).otherwise(achieved <= wanted)
    return pl.coalesce("meets_exactly", met)


def with_too_few(table: pl.LazyFrame) -> pl.LazyFrame:
    """Add ``too_few``: the small-number rule of each KPI, in whole numbers.

    ``cases_below``: cases < minimum. ``expected_below``: denominator x parent's n / parent's d < minimum;
    the top unit, and one whose parent has no rate, is held against its own.
    """
    cases = pl.when("cases_are_numerator").then(pl.col("n")).otherwise(pl.col("d"))
    scale = pl.when("cases_are_numerator").then("measure_scale").otherwise("denominator_scale")
    few_cases = pl.coalesce(
        pl.col("answers") < pl.col("minimum"),
        cases.fill_null(0).cast(WIDE) < pl.col("minimum") * scale,
    )
    has_parent = pl.col("parent_d").fill_null(0) > 0
    rate_n = pl.when(has_parent).then("parent_n").otherwise("n").cast(WIDE)
    rate_d = pl.when(has_parent).then("parent_d").otherwise("d").cast(WIDE)
    few_expected = pl.col("d").fill_null(0).cast(WIDE) * rate_n < pl.col("minimum").cast(WIDE) * rate_d
    return table.with_columns(
        too_few=pl.when(pl.col("small_rule") == "cases_below")
        .then(few_cases)
        .when(pl.col("small_rule") == "expected_below")
        .then(few_expected.fill_null(True))
        .otherwise(False)
    )
