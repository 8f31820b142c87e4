"""What is missing to a target, in whole persons or cases, by the exact rule that judges the figure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil

from metrics.compile import denominator_scale
from metrics.exact import exact_value
from metrics.kpi import Kpi
from metrics.status import TARGET_SCALE

JUDGED_BY_TARGET = ("met", "missed")


def gap(kpi: Kpi, row: Mapping[str, object]) -> int | None:
    """How many more (direction up) or fewer (down) of its numerator a row needs to meet its target.

    Counted in what the numerator counts, over an unchanged denominator: complaints closed in time,
    officers, class hours; for a survey in valid answers (at a parent, answers of average weight). 0 where
    the target is met, None where a row is not judged. A target beyond what the denominator allows
    (more than all) still has its number.
    """
    if row["status"] not in JUDGED_BY_TARGET:
        return None
    if row["status"] == "met":
        return 0
    target = _judged_target(row["target"])
    whole = _whole(kpi, row)
    short = (target - exact_value(kpi, row)) * whole / kpi.factor
    # Missed is missed: of a parent's weighted survey the share is known to a rounding only.
    return max(ceil(short if kpi.direction == "up" else -short), 1)


def _judged_target(target: float) -> Fraction:
    """A target as the status rule compares it: cut off after four decimals (58.3333 for 7 / 12)."""
    return Fraction(int(Decimal(str(target)) * TARGET_SCALE), TARGET_SCALE)


def _whole(kpi: Kpi, row: Mapping[str, object]) -> Fraction:
    """What the numerator is a part of, exactly: answers, the denominator, or 1 for a count."""
    if kpi.mart == "mart_survey":
        return Fraction(round(row["cases"]))
    if kpi.denominator is None:
        return Fraction(1)
    scale = denominator_scale(kpi)
    return Fraction(round(row["denominator"] * scale), scale)
