"""Exact values behind the rows of a table, as fractions: ranks and scores are never decided by rounding."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from metrics.compile import denominator_scale
from metrics.kpi import Kpi
from metrics.survey import SURVEY_SCALE

JUDGED = ("met", "missed", "no_target")
"""Statuses of a figure with enough cases: one that may be ranked and scored."""


def exact_value(kpi: Kpi, row: Mapping[str, object]) -> Fraction | None:
    """factor x numerator / denominator of a row of ``query.table``; None where there is no value.

    Exact, because numerator and denominator are whole numbers of known parts (below 2 to the power of 53).
    """
    if row["value"] is None:
        return None
    surveyed = kpi.mart == "mart_survey"
    numerator = _whole_parts(row["numerator"], SURVEY_SCALE if surveyed else kpi.measure_scale)
    if kpi.denominator is None:
        return kpi.factor * numerator
    denominator = _whole_parts(row["denominator"], SURVEY_SCALE if surveyed else denominator_scale(kpi))
    return kpi.factor * numerator / denominator


def judged_value(kpi: Kpi, row: Mapping[str, object]) -> Fraction | None:
    """The exact value of a row whose status lets it be ranked and scored; None of any other."""
    return exact_value(kpi, row) if row["status"] in JUDGED else None


def _whole_parts(number: float, scale: int) -> Fraction:
    return Fraction(round(number * scale), scale)
