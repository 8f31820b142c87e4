"""From KPI entries to one query a mart: sums, and nothing but sums.

Every mart has the grain leaf unit x month. The query sums a KPI's two columns over the months that count
for it, then up the tree of units, and returns whole numbers only, so that thresholds can be compared
exactly. A row whose numerator or denominator is missing (不适用) leaves both sums.
"""

from __future__ import annotations

from collections.abc import Sequence

from metrics.kpi import Kpi

ROLL_SCALE = 27_720
"""Divisible by every number of months from 1 to 12: an average roll stays a whole number of these parts."""

MONTHS = {
    "flow": "list_contains($months, month)",
    "last": "month = $last",
    "due": "list_contains($due, month)",
}


def months_rule(kpi: Kpi) -> str:
    """Which of the period's months count for a KPI: all (``flow``), the ``last`` or those fallen ``due``."""
    return "due" if kpi.due_months_only else "last" if kpi.over_time == "last" else "flow"


def denominator_scale(kpi: Kpi) -> int:
    """What the compiled denominator is a multiple of."""
    return ROLL_SCALE if kpi.average_stock else 1


def compile_query(mart: str, kpis: Sequence[Kpi]) -> str:
    """SQL for these KPIs of one mart, with parameters ``months``, ``due`` (lists), ``last`` and, where a
    KPI counts a gap, ``standard`` (in ten-thousandths per 10 000 residents).

    Rows: level, unit_code; columns ``<key>:n`` numerator x measure_scale, ``<key>:d`` denominator x
    denominator_scale, ``<key>:r`` whether any reporting unit reported (1).
    """
    leaf = ",\n        ".join(part for kpi in kpis for part in _leaf_sums(kpi))
    unit = ",\n        ".join(part for kpi in kpis for part in _reporting_sums(kpi))
    total = ",\n    ".join(
        f'sum("{kpi.key}:{part}")::bigint as "{kpi.key}:{part}"' for kpi in kpis for part in "ndr"
    )
    return f"""
with leaf as (
    select
        reporting_code,
        leaf_code,
        {leaf}
    from {mart}
    where list_contains($months, month)
    group by reporting_code, leaf_code
),
reporting as (
    select
        tree.level,
        tree.unit_code,
        leaf.reporting_code,
        {unit}
    from leaf
    join dim_tree as tree on tree.leaf_code = leaf.leaf_code
    group by tree.level, tree.unit_code, leaf.reporting_code
)
select
    level,
    unit_code,
    {total}
from reporting
group by level, unit_code"""


def _leaf_sums(kpi: Kpi) -> list[str]:
    months = MONTHS[months_rule(kpi)]
    paired = _paired_column(kpi)
    numerator, denominator = f'"{kpi.numerator}"', f'"{paired}"' if paired else "null::bigint"
    both = f"{numerator} is not null" + (f" and {denominator} is not null" if paired else "")
    sums = [
        f'sum({numerator}) filter (where {months} and {both}) as "{kpi.key}:n"',
        f'sum({denominator}) filter (where {months} and {both}) as "{kpi.key}:d"',
        f'coalesce(max({_reported(kpi)}) filter (where {months}), 0) as "{kpi.key}:r"',
    ]
    if kpi.average_stock:
        sums.append(f'sum("{kpi.average_stock}") filter (where {months}) as "{kpi.key}:m"')
    return sums


def _reporting_sums(kpi: Kpi) -> list[str]:
    def reported(sum_of: str) -> str:
        return f'sum({sum_of}) filter (where "{kpi.key}:r" = 1)'

    numerator, denominator = f'"{kpi.key}:n"', f'"{kpi.key}:d"'
    scaled = f"{reported(numerator)} * {kpi.measure_scale}"
    if kpi.own_total:
        required = f"({reported(denominator)}::hugeint * $standard + 99999999) // 100000000"
        scaled = f"greatest(0, {required} - {reported(numerator)})"
        denominator = "null::bigint"
    elif kpi.average_stock:
        denominator = f'{denominator} * ({ROLL_SCALE} // nullif("{kpi.key}:m", 0))'
    return [
        f'{scaled} as "{kpi.key}:n"',
        f'{reported(denominator)} as "{kpi.key}:d"',
        f'max("{kpi.key}:r") as "{kpi.key}:r"',
    ]


def _paired_column(kpi: Kpi) -> str | None:
    """The column that must be known beside the numerator: the denominator, or a gap's population."""
    return "staffing_population" if kpi.own_total else kpi.denominator


def _reported(kpi: Kpi) -> str:
    return f'"{kpi.sheet}_reported"' if kpi.sheet else "1"
