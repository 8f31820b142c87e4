"""Why a score is what it is, and why it moved: contributions of items, adding up exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from metrics.scoring import FULL_SCORE, ItemScore, UnitScore

Cause = Literal["unchanged", "value", "weight", "reported", "not_reported", "left", "joined"]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One item of a unit's score.

    ``contribution`` is what it brings to the score, ``full`` what it could have brought, both 0 where its
    weight does not count; ``missing`` is its status where it has no value, else empty.
    """

    item: ItemScore
    contribution: Fraction
    full: Fraction
    missing: str

    @property
    def lost(self) -> Fraction:
        """What is left to gain."""
        return self.full - self.contribution


@dataclass(frozen=True, kw_only=True)
class Move:
    """One item's part in the change of a score; ``cause`` says what moved it.

    ``value``: its figure or goalposts. ``weight``: other items joined or left the weights. ``reported``,
    ``not_reported``: it is owed, and came or failed to come. ``joined``, ``left``: its weight counts now,
    or no longer does.
    """

    kpi: str
    before: Fraction
    now: Fraction
    cause: Cause

    @property
    def difference(self) -> Fraction:
        """Points of the score gained or lost."""
        return self.now - self.before


def explain(unit: UnitScore) -> tuple[Explanation, ...]:
    """The items of a unit's score, in the scorecard's order; empty contributions where there is no score."""
    contributions = unit.contributions
    return tuple(
        Explanation(
            item=item,
            contribution=contributions.get(item.kpi, Fraction(0)),
            full=FULL_SCORE * item.weight / unit.counted_weight if item.counts else Fraction(0),
            missing=item.status if item.value is None else "",
        )
        for item in unit.items
    )


def explain_change(before: UnitScore, now: UnitScore) -> tuple[Move, ...]:
    """Each item's part in the change of a unit's score; they add up to it exactly.

    Items of either scorecard, this month's first. Empty where one of the two has no score: there is no
    comparable base.
    """
    if before.score is None or now.score is None:
        return ()
    then, today = ({item.kpi: item for item in unit.items} for unit in (before, now))
    return tuple(
        Move(
            kpi=kpi,
            before=before.contributions.get(kpi, Fraction(0)),
            now=now.contributions.get(kpi, Fraction(0)),
            cause=_cause(before, now, then.get(kpi), today.get(kpi)),
        )
        for kpi in today | then
    )


def _cause(before: UnitScore, now: UnitScore, then: ItemScore | None, today: ItemScore | None) -> Cause:
    counted, counts = (item is not None and item.counts for item in (then, today))
    if counted != counts:
        return "joined" if counts else "left"
    if then is None or today is None or not counts:
        return "unchanged"
    if (then.value is None) != (today.value is None):
        return "not_reported" if today.value is None else "reported"
    if then.points != today.points:
        return "value"
    same_weights = then.weight == today.weight and before.counted_weight == now.counted_weight
    return "unchanged" if same_weights or not today.points else "weight"
