"""From KPI entries to sums, and nothing but sums.

Every mart has the grain leaf unit x month. A KPI's two columns are summed over the months that count for
it, then up the tree of units, in whole numbers only, so that thresholds can be compared exactly. A row
whose numerator or denominator is missing (不适用) leaves both sums.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from metrics.kpi import Kpi
from metrics.period import Scope

ROLL_SCALE = 27_720
"""Divisible by every number of months from 1 to 12: an average roll stays a whole number of these parts."""

STANDARD_SCALE = 10_000
RESIDENTS = 10_000


def months_rule(kpi: Kpi) -> str:
    """Which of the period's months count for a KPI: all (``flow``), the ``last`` or those fallen ``due``."""
    return "due" if kpi.due_months_only else "last" if kpi.over_time == "last" else "flow"


def denominator_scale(kpi: Kpi) -> int:
    """What the compiled denominator is a multiple of."""
    return ROLL_SCALE if kpi.average_stock else 1


def leaf_sums(rows: pl.DataFrame, kpis: Sequence[Kpi], period: Scope) -> pl.DataFrame:
    """A mart's rows of a period summed over months: kpi, reporting_code, leaf_code, n, d.

    ``n`` is the numerator x measure_scale, ``d`` the denominator x denominator_scale; both as whole
    numbers. A leaf with no row in which both are known is absent.
    """
    keys = ["reporting_code", "leaf_code", "month"]
    numerators = rows.select(*keys, *(_numerator(kpi, period) for kpi in kpis))
    denominators = rows.select(*keys, *(_denominator(kpi, period) for kpi in kpis))
    long = numerators.unpivot(index=keys, variable_name="kpi", value_name="n").with_columns(
        d=denominators.unpivot(index=keys, value_name="d").get_column("d")
    )
    return (
        long.filter(pl.col("n").is_not_null() & pl.col("d").is_not_null())
        .group_by("kpi", "reporting_code", "leaf_code")
        .agg(pl.col("n", "d").sum())
    )


def unit_sums(
    leaves: pl.DataFrame, tree: pl.DataFrame, kpis: Sequence[Kpi], standard: int | None
) -> pl.DataFrame:
    """Leaf sums rolled up to every unit: kpi, level, unit_code, n, d.

    ``tree``: dim_tree (level, unit_code, leaf_code). ``standard``: officers per 10 000 residents x
    STANDARD_SCALE, from which gaps are counted; without one there is no gap.
    """
    by_reporting = (
        leaves.join(tree, on="leaf_code")
        .group_by("kpi", "level", "unit_code", "reporting_code")
        .agg(pl.col("n", "d").sum())
    )
    gaps = [kpi.key for kpi in kpis if kpi.own_total]
    if gaps:
        by_reporting = _with_gaps(by_reporting, gaps, standard)
    return by_reporting.group_by("kpi", "level", "unit_code").agg(pl.col("n", "d").sum())


def _with_gaps(sums: pl.DataFrame, keys: list[str], standard: int | None) -> pl.DataFrame:
    """Turn officers and population of each reporting unit into persons short of the standard."""
    is_gap = pl.col("kpi").is_in(keys)
    if standard is None:
        return sums.filter(~is_gap)
    parts = STANDARD_SCALE * RESIDENTS
    required = -((-pl.col("d") * standard) // parts)
    short = pl.max_horizontal(required - pl.col("n"), pl.lit(0, dtype=pl.Int64))
    return sums.with_columns(n=pl.when(is_gap).then(short).otherwise("n"))


def _in_months(kpi: Kpi, period: Scope) -> pl.Expr:
    rule = months_rule(kpi)
    if rule == "last":
        return pl.col("month") == pl.lit(period.last, dtype=pl.Date)
    return pl.col("month").is_in(list(period.due if rule == "due" else period.months))


def _numerator(kpi: Kpi, period: Scope) -> pl.Expr:
    whole = (pl.col(kpi.numerator) * kpi.measure_scale).cast(pl.Int64)
    return pl.when(_in_months(kpi, period)).then(whole).alias(kpi.key)


def _denominator(kpi: Kpi, period: Scope) -> pl.Expr:
    """The column that must be known beside the numerator: the denominator, a gap's population, or 1."""
    if kpi.own_total:
        return pl.col("staffing_population").cast(pl.Int64).alias(kpi.key)
    if kpi.denominator is None:
        return pl.lit(1, dtype=pl.Int64).alias(kpi.key)
    whole = pl.col(kpi.denominator).cast(pl.Int64)
    if kpi.average_stock:
        whole = whole * (ROLL_SCALE // _reported_months(kpi, period))
    return whole.alias(kpi.key)


def _reported_months(kpi: Kpi, period: Scope) -> pl.Expr:
    """In how many months of the period the reporting unit reported what an average roll is made of."""
    month = pl.when(_in_months(kpi, period) & (pl.col(kpi.average_stock) == 1)).then("month")
    return month.drop_nulls().n_unique().over("reporting_code")
