"""Who moved furthest, by what was done, told apart from who moved by when and whether it was reported."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from metrics.explain import Move

REPORTING_CAUSES = ("reported", "not_reported")
"""An item that was owed and came, or failed to come: points for reporting, whatever the figure."""


@dataclass(frozen=True, kw_only=True)
class Mover:
    """A unit whose score changed: the change, its parts, and how much of it is reporting."""

    unit_code: str
    moves: tuple[Move, ...]
    reporting: Fraction

    @property
    def difference(self) -> Fraction:
        """The change of the score: all its parts."""
        return sum((move.difference for move in self.moves), Fraction(0))

    @property
    def substance(self) -> Fraction:
        """The change without reporting."""
        return self.difference - self.reporting

    @property
    def by_reporting(self) -> bool:
        """Whether reporting moved it more than all the rest together."""
        return abs(self.reporting) > abs(self.substance)


@dataclass(frozen=True, kw_only=True)
class Movers:
    """The units named: ``substance`` furthest up to furthest down without reporting, ``reporting`` by the whole."""

    substance: tuple[Mover, ...]
    reporting: tuple[Mover, ...]


def is_reporting(move: Move, reporting_kpis: Collection[str]) -> bool:
    """Tell whether a part of a change is about reporting: a KPI of the reports, or an item that came or did not."""
    return move.kpi in reporting_kpis or move.cause in REPORTING_CAUSES


def mover(unit_code: str, moves: Sequence[Move], reporting_kpis: Collection[str]) -> Mover:
    """Return a unit's change with what reporting has in it."""
    parts = (move.difference for move in moves if is_reporting(move, reporting_kpis))
    return Mover(unit_code=unit_code, moves=tuple(moves), reporting=sum(parts, Fraction(0)))


def furthest(found: Sequence[Mover], each_way: int) -> Movers:
    """Return so many movers each way, in two lists a unit stands in one of.

    The furthest falls and rises of the whole score are always named: one that neither list would reach by
    its own order is added to its list.
    """
    by_whole = _ends(found, each_way, lambda each: each.difference)
    lists = {}
    for reporting in (False, True):
        own = [each for each in found if each.by_reporting is reporting]
        key = (lambda each: each.difference) if reporting else (lambda each: each.substance)
        named = {each.unit_code for each in (*_ends(own, each_way, key), *by_whole)}
        lists[reporting] = tuple(sorted((each for each in own if each.unit_code in named), key=key)[::-1])
    return Movers(substance=lists[False], reporting=lists[True])


def _ends(found: Sequence[Mover], each_way: int, key) -> list[Mover]:
    """The furthest up and the furthest down, so many each; what did not move at all is neither."""
    order = sorted((each for each in found if key(each)), key=key)
    down = [each for each in order[:each_way] if key(each) < 0]
    return down + [each for each in order[::-1][:each_way] if key(each) > 0]
