"""Points as they are written: rounded so that the parts still add up to the score shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from dashboard import format
from metrics.scoring import FULL_SCORE

DECIMALS = 1
STEP = Decimal(1).scaleb(-DECIMALS)

Part = tuple[str, float, float]
"""An item of a score: its KPI, what it brings, what it could bring at most."""


@dataclass(frozen=True, kw_only=True)
class Points:
    """One item's points as written."""

    kpi: str
    got: Decimal
    full: Decimal

    @property
    def lost(self) -> Decimal:
        """What is left to gain, the difference of the two numbers that stand beside it."""
        return self.full - self.got


def written(score: float) -> Decimal:
    """A score as it stands on the page."""
    return format.round_half_up(score, DECIMALS)


def points(score: float, parts: Sequence[Part]) -> tuple[Points, ...]:
    """The items of a score: points add up to the score as written, points at most to the full score."""
    counted = [part for part in parts if part[2]]
    full = apportioned([part[2] for part in counted], Decimal(FULL_SCORE))
    got = apportioned([part[1] for part in counted], written(score), most=full)
    return tuple(
        Points(kpi=part[0], got=own, full=whole) for part, own, whole in zip(counted, got, full, strict=True)
    )


def apportioned(
    parts: Sequence[float], whole: Decimal, *, most: Sequence[Decimal] | None = None
) -> list[Decimal]:
    """Each part rounded up or down by less than a step, so that they add up to ``whole``.

    The largest remainders are rounded up (Hamilton's method), those that would pass ``most`` last.
    ``whole`` lies within a step of the exact sum.
    """
    exact = [Decimal(str(part)) for part in parts]
    floors = [part.quantize(STEP, ROUND_FLOOR) for part in exact]
    limits = most or [Decimal("Infinity")] * len(parts)

    def urgency(place: int) -> tuple[bool, Decimal]:
        return floors[place] + STEP > limits[place], floors[place] - exact[place]

    missing = int((whole - sum(floors)) / STEP)
    raised = set(sorted(range(len(parts)), key=urgency)[:missing])
    return [floor + STEP if place in raised else floor for place, floor in enumerate(floors)]


def changes(before: float, now: float, parts: Sequence[tuple[str, float]]) -> dict[str, Decimal]:
    """The parts of a score's change as they are written: they add up to the difference of the two scores as written.

    So whoever subtracts last month's score from this one, or adds up the column, comes to the same number; a
    part that is nothing stays nothing (see docs/decisions/0015).
    """
    rounded = apportioned([part for _, part in parts], written(now) - written(before))
    return {kpi: part for (kpi, _), part in zip(parts, rounded, strict=True)}


def signed(points: Decimal) -> str:
    """Points gained or lost: +0.4, −1.2."""
    return ("−" if points < 0 else "+") + f"{abs(points):.{DECIMALS}f}"
