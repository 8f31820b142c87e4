"""Which units of a group a rank can be told apart from: those whose bands of ranks do not meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from metrics.rank_band import Band


@dataclass(frozen=True, kw_only=True)
class RankCertainty:
    """The other units of a group as one unit's band sees them, each list from the nearest rank on.

    ``alike``: their bands meet its own, and either might as well have been first of the two. ``ahead`` and
    ``behind``: their bands lie wholly before or after it.
    """

    alike: tuple[str, ...]
    ahead: tuple[str, ...]
    behind: tuple[str, ...]


def rank_certainty(code: str, ranks: Mapping[str, int], bands: Mapping[str, Band]) -> RankCertainty:
    """Return what the bands say of a unit among the ranked units of its group (``ranks``, all with a band)."""
    first, last = bands[code]
    others = sorted((abs(rank - ranks[code]), rank, other) for other, rank in ranks.items() if other != code)
    return RankCertainty(
        alike=tuple(each for *_, each in others if bands[each][0] <= last and bands[each][1] >= first),
        ahead=tuple(each for *_, each in others if bands[each][1] < first),
        behind=tuple(each for *_, each in others if bands[each][0] > last),
    )
