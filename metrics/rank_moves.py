"""Moves of rank: one rule for tables, charts, the unit's page and files.

Places are counted among units ranked in every month compared, so that nobody rises or falls because another
unit is missing from one of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

Ranks = Mapping[str, int | None]
"""The ranks of one peer group in one month, by unit; None, or no entry, for a unit without one."""


@dataclass(frozen=True, kw_only=True)
class RankPaths:
    """Places over several months, earliest first, all counted among the ``compared`` units alone.

    Compared are the units ranked in the last two months, hence the last step is the move every table tells. A
    month in which one of them had no rank has no ``places`` (None): whoever stood below it would seem to rise.
    """

    compared: frozenset[str]
    places: tuple[Mapping[str, int] | None, ...]


def ranked_in_all(months: Sequence[Ranks]) -> frozenset[str]:
    """Return the units that have a rank in every month."""
    ranked = [{code for code, rank in ranks.items() if rank is not None} for ranks in months]
    return frozenset(set.intersection(*ranked)) if ranked else frozenset()


def places_among(ranks: Ranks, compared: Collection[str]) -> dict[str, int]:
    """Return the place of each of some ranked units among themselves; ties share one."""
    in_order = sorted(ranks[code] for code in compared)
    return {code: 1 + bisect_left(in_order, ranks[code]) for code in compared}


def places_gained(before: Ranks, now: Ranks) -> dict[str, int]:
    """Return the places each unit ranked in both months has gained; a loss is negative."""
    both = ranked_in_all([before, now])
    then, today = places_among(before, both), places_among(now, both)
    return {code: then[code] - today[code] for code in both}


def rank_paths(months: Sequence[Ranks]) -> RankPaths:
    """Return the places of the units ranked in the last two months, in every month that has them all."""
    compared = ranked_in_all(months[-2:])
    return RankPaths(
        compared=compared,
        places=tuple(
            places_among(ranks, compared) if compared <= ranked_in_all([ranks]) else None for ranks in months
        ),
    )
