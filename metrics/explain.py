"""Why a score is what it is, and why it moved: contributions of items, adding up exactly."""

from __future__ import annotations

from collections.abc import Mapping, Set
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
    """One item's part in the change of a score, in points; ``cause`` says what moved it.

    ``value``: its figure or goalposts. ``weight``: another scorecard gives the items other weights.
    ``reported``, ``not_reported``: it is owed, and came or failed to come. ``joined``, ``left``: its weight
    counts now, or no longer does; what that moves is how far the item stands from the score of the rest.
    """

    kpi: str
    difference: Fraction
    cause: Cause


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

    Items of either scorecard, this month's first. Those that count in both months are compared over these
    alone, so that an item without a value this month is not told as a loss of all it had brought; where no item
    counts in both, each is what it brought. Empty where one of the two has no score: there is no comparable base.
    """
    if before.score is None or now.score is None:
        return ()
    then, today = ({item.kpi: item for item in unit.items} for unit in (before, now))
    common = {kpi for kpi in today.keys() & then.keys() if today[kpi].counts and then[kpi].counts}
    rest_then, rest_today = _over(then, common), _over(today, common)
    return tuple(
        Move(
            kpi=kpi,
            difference=(
                _brought(today.get(kpi), common, rest_today, now.counted_weight)
                - _brought(then.get(kpi), common, rest_then, before.counted_weight)
            ),
            cause=_cause(then.get(kpi), today.get(kpi), same_weights=rest_then.weight == rest_today.weight),
        )
        for kpi in today | then
    )


@dataclass(frozen=True, kw_only=True)
class _Rest:
    """The items that count in both months, as one of the months has them: their weight and their score."""

    weight: Fraction
    score: Fraction


def _over(items: Mapping[str, ItemScore], common: Set[str]) -> _Rest:
    weight = sum((items[kpi].weight for kpi in common), Fraction(0))
    points = sum((items[kpi].points for kpi in common), Fraction(0))
    return _Rest(weight=weight, score=FULL_SCORE * points / weight if weight else Fraction(0))


def _brought(item: ItemScore | None, common: Set[str], rest: _Rest, counted_weight: Fraction) -> Fraction:
    """Points an item brings to the score of a month: its share of the rest's, or what it shifts that score by."""
    if item is None or not item.counts:
        return Fraction(0)
    if item.kpi in common:
        return FULL_SCORE * item.points / rest.weight
    return (FULL_SCORE * item.points - item.weight * rest.score) / counted_weight


def _cause(then: ItemScore | None, today: ItemScore | None, *, same_weights: bool) -> Cause:
    counted, counts = (item is not None and item.counts for item in (then, today))
    if counted != counts:
        return "joined" if counts else "left"
    if then is None or today is None or not counts:
        return "unchanged"
    if (then.value is None) != (today.value is None):
        return "not_reported" if today.value is None else "reported"
    if then.points != today.points:
        return "value"
    return "unchanged" if (same_weights and then.weight == today.weight) or not today.points else "weight"
