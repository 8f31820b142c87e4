"""Exact values behind the rows of a table, as fractions: ranks and scores are never decided by rounding."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from metrics.compile import denominator_scale
from metrics.kpi import Kpi

MOST_ANSWERS = 100_000
"""Valid answers of one unit's survey; two shares of fewer differ by more than a value's rounding."""

JUDGED = ("met", "missed", "no_target")
"""Statuses of a figure with enough cases: one that may be ranked and scored."""


def exact_value(kpi: Kpi, row: Mapping[str, object]) -> Fraction | None:
    """factor x numerator / denominator of a row of ``query.table``; None where there is no value.

    Exact, because numerator and denominator are whole numbers of known parts (below 2 to the power of 53).
    A surveyed unit's share is the fraction of at most MOST_ANSWERS answers nearest to its value: the one it
    came from. A parent's weighted share is no such fraction, and near enough to it.
    """
    if row["value"] is None:
        return None
    if kpi.mart == "mart_survey":
        return kpi.factor * Fraction(row["value"] / kpi.factor).limit_denominator(MOST_ANSWERS)
    numerator = _whole_parts(row["numerator"], kpi.measure_scale)
    if kpi.denominator is None:
        return kpi.factor * numerator
    return kpi.factor * numerator / _whole_parts(row["denominator"], denominator_scale(kpi))


def judged_value(kpi: Kpi, row: Mapping[str, object]) -> Fraction | None:
    """The exact value of a row whose status lets it be ranked and scored; None of any other."""
    return exact_value(kpi, row) if row["status"] in JUDGED else None


def _whole_parts(number: float, scale: int) -> Fraction:
    return Fraction(round(number * scale), scale)
