"""Whether a unit differs from its parent: three states, from one function, for every table, chart and sentence.

``indistinct``: its own 95 % interval holds the parent's value. ``possible``: it does not; chance alone would
seldom carry a unit so far. ``clear``: besides, it lies beyond the 99.8 % limits, widened by as much as units
differ anyway (see ``funnel``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from metrics.funnel import FunnelPoint, Position
from metrics.kpi import Kpi
from metrics.scorecard import is_context

Difference = Literal["indistinct", "possible", "clear"]
Side = Literal["better", "worse", "higher", "lower", ""]

DIFFERENCES: dict[Position, Difference] = {
    "inside": "indistinct",
    "low": "possible",
    "high": "possible",
    "very_low": "clear",
    "very_high": "clear",
}


@dataclass(frozen=True, kw_only=True)
class Certainty:
    """How sure it is that a unit differs, and to which side: only higher or lower where neither is better."""

    difference: Difference
    side: Side


def certainty(kpi: Kpi, point: FunnelPoint) -> Certainty:
    """Return how sure it is that a unit of the funnel differs from its parent, and whether for the better."""
    difference = DIFFERENCES[point.position]
    if difference == "indistinct":
        return Certainty(difference=difference, side="")
    high = point.position in ("high", "very_high")
    if is_context(kpi, has_target=point.has_target):
        return Certainty(difference=difference, side="higher" if high else "lower")
    return Certainty(difference=difference, side="better" if high == (kpi.direction == "up") else "worse")
