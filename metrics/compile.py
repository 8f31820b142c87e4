"""From KPI entries to sums, and nothing but sums.

Every mart has the grain leaf unit x month. A KPI's two columns are summed over the months that count for
it, then up the tree of units, in whole numbers only, so that thresholds can be compared exactly. A row
whose numerator or denominator is missing (不适用) leaves both sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from metrics.kpi import Kpi
from metrics.period import Scope

ROLL_SCALE = 27_720
"""Divisible by every number of months from 1 to 12: an average roll stays a whole number of these parts."""

STANDARD_SCALE = 10_000
WHOLE = pl.Int128
"""Wide enough for any sum of cells the door lets through, times every scale."""
RESIDENTS = 10_000

Counts = Callable[[Kpi], pl.Expr]
"""Whether a mart row's month counts for a KPI."""


def months_rule(kpi: Kpi) -> str:
    """Which of the period's months count for a KPI: all (``flow``), the ``last`` or those fallen ``due``.

    Of the months fallen due, a report with an extension still running counts once it has come: it is not late yet.
    """
    return "due" if kpi.due_months_only else "last" if kpi.over_time == "last" else "flow"


def denominator_scale(kpi: Kpi) -> int:
    """What the compiled denominator is a multiple of."""
    return ROLL_SCALE if kpi.average_stock else 1


def counted_in(period: Scope) -> Counts:
    """The months of a period that count, by ``months_rule``."""
    conditions = _month_conditions(period)
    return lambda kpi: conditions[months_rule(kpi)]


def leaf_sums(rows: pl.LazyFrame, kpis: Sequence[Kpi], counts: Counts) -> pl.LazyFrame:
    """A mart's rows summed over the months that count: kpi, reporting_code, leaf_code, n, d.

    ``n`` is the numerator x measure_scale, ``d`` the denominator x denominator_scale; both as whole
    numbers. A leaf with no row in which both are known is absent.
    """
    keys = ["kpi", "reporting_code", "leaf_code"]
    pairs = rows.select("reporting_code", "leaf_code", *(_pair(kpi, counts(kpi)) for kpi in kpis))
    return (
        pairs.unpivot(index=keys[1:], variable_name="kpi", value_name="pair")
        .unnest("pair")
        .filter(pl.col("n").is_not_null() & pl.col("d").is_not_null())
        .group_by(keys)
        .agg(pl.col("n", "d").sum())
    )


def counted_rows(rows: pl.LazyFrame, kpi: Kpi, period: Scope) -> pl.LazyFrame:
    """The leaf_code and month of the mart rows whose sums make a KPI's figure."""
    pair = _pair(kpi, counted_in(period)(kpi)).struct
    return rows.filter(pair.field("n").is_not_null() & pair.field("d").is_not_null()).select(
        "leaf_code", "month"
    )


def reporting_sums(
    leaves: pl.LazyFrame, tree: pl.LazyFrame, kpis: Sequence[Kpi], standard: int | None
) -> pl.LazyFrame:
    """What each reporting unit adds to every unit's figure: kpi, level, unit_code, reporting_code, n, d.

    ``tree``: dim_tree (level, unit_code, leaf_code). ``standard``: officers per 10 000 residents x
    STANDARD_SCALE, from which gaps are counted; without one there is no gap.
    """
    by_reporting = (
        leaves.join(tree, on="leaf_code")
        .group_by("kpi", "level", "unit_code", "reporting_code")
        .agg(pl.col("n", "d").sum())
    )
    gaps = [kpi.key for kpi in kpis if kpi.own_total]
    return _with_gaps(by_reporting, gaps, standard) if gaps else by_reporting


def _with_gaps(sums: pl.LazyFrame, keys: list[str], standard: int | None) -> pl.LazyFrame:
    """Turn officers and population of each reporting unit into persons short of the standard.

    Officers without any population behind them give no gap.
    """
    is_gap = pl.col("kpi").is_in(keys)
    if standard is None:
        return sums.filter(~is_gap)
    parts = STANDARD_SCALE * RESIDENTS
    required = (pl.col("d") * standard + parts - 1) // parts
    short = pl.when(pl.col("d") > 0).then(pl.max_horizontal(required - pl.col("n"), pl.lit(0, dtype=WHOLE)))
    return sums.with_columns(n=pl.when(is_gap).then(short).otherwise("n")).filter(pl.col("n").is_not_null())


def _month_conditions(period: Scope) -> dict[str, pl.Expr]:
    """Whether a row's month counts, by months_rule."""
    month = pl.col("month")
    owed = (pl.col("due_at") <= period.as_of) | pl.col("first_received_at").is_not_null()
    return {
        "flow": month.is_in(list(period.months)),
        "due": month.is_in(list(period.due)) & owed,
        "last": month == pl.lit(period.last, dtype=pl.Date),
    }


def _pair(kpi: Kpi, in_months: pl.Expr) -> pl.Expr:
    """Numerator and denominator of a row under the KPI's key, as a struct of n and d."""
    return pl.struct(n=_numerator(kpi, in_months), d=_denominator(kpi, in_months)).alias(kpi.key)


def _numerator(kpi: Kpi, in_months: pl.Expr) -> pl.Expr:
    whole = (pl.col(kpi.numerator) * kpi.measure_scale).cast(WHOLE)
    return pl.when(in_months).then(whole)


def _denominator(kpi: Kpi, in_months: pl.Expr) -> pl.Expr:
    """The column that must be known beside the numerator: the denominator, a gap's population, or 1."""
    if kpi.own_total:
        return pl.col("staffing_population").cast(WHOLE)
    if kpi.denominator is None:
        return pl.lit(1, dtype=WHOLE)
    whole = pl.col(kpi.denominator).cast(WHOLE)
    if kpi.average_stock:
        whole = whole * (ROLL_SCALE // _reported_months(kpi.average_stock, in_months))
    return whole


def _reported_months(flag: str, in_months: pl.Expr) -> pl.Expr:
    """In how many months of the period the reporting unit reported what an average roll is made of."""
    month = pl.when(in_months & (pl.col(flag) == 1)).then("month")
    return month.drop_nulls().n_unique().over("reporting_code")
