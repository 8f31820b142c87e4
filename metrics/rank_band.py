"""How sure a rank is: the ranks a unit might as well have had, had weights and chance fallen otherwise.

Monte Carlo as the OECD/JRC Handbook on composite indicators (2008, step 7) asks: 500 draws with weights
varied by a quarter either way and each figure redrawn from what its cases allow; the band runs from the
5th to the 95th percentile of the ranks. Seeded by unit and KPI, hence the same on every run and in any order.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from zlib import crc32

import numpy as np

from metrics.exact import exact_value
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.ranking import Standing, kpi_standing, rank_scores, ranked, require_rankable
from metrics.scoring import FULL_SCORE, ItemScore, UnitScore
from metrics.uncertainty import evidence

Band = tuple[int, int]
Row = Mapping[str, object]

DRAWS = 500
WEIGHT_SPREAD = 0.25
PERCENTILES = (0.05, 0.95)
SEED = 2026
SAME_SCORE = 1e-9
"""Drawn scores nearer than this are a tie: sums in another order differ in their last digits."""


def rank_bands(
    scores: Sequence[UnitScore], kpis: Mapping[str, Kpi] = KPIS, *, weight_spread: float = WEIGHT_SPREAD
) -> dict[str, Band]:
    """The band of each ranked unit within its peer group, first to last; it contains the unit's rank.

    ``weight_spread``: how far each weight varies, independently and for all units alike, as a share of it.
    """
    items = {item.kpi for unit in scores for item in unit.items}
    weights = {
        key: _generator("weight", key).uniform(1 - weight_spread, 1 + weight_spread, DRAWS) for key in items
    }
    ranked_units = [unit for unit in scores if unit.status == "ranked"]
    drawn = {unit.unit_code: _drawn_score(unit, kpis, weights) for unit in ranked_units}
    alike = {unit.unit_code: unit.items for unit in ranked_units}
    return _bands(rank_scores(scores), drawn, alike)


def rank_bands_by_kpi(kpi: Kpi, rows: Sequence[Row], groups: Mapping[str, str | None]) -> dict[str, Band]:
    """The band of each unit ranked by one KPI, from the KPI's rows of ``query.table``: chance alone.

    ``groups``: each unit's peer group. Raises UnrankableError for a KPI that is context only.
    """
    require_rankable(kpi)
    standings = ranked(
        (kpi_standing(kpi, row, groups.get(row["unit_code"])) for row in rows),
        higher_is_better=kpi.direction == "up",
    )
    better = 1 if kpi.direction == "up" else -1
    judged = {each.unit_code for each in standings if each.rank is not None}
    chosen = {row["unit_code"]: row for row in rows if row["unit_code"] in judged}
    drawn = {code: better * _drawn_value(code, kpi, row) for code, row in chosen.items()}
    alike = {code: (exact_value(kpi, row), evidence(kpi, row)) for code, row in chosen.items()}
    return _bands(standings, drawn, alike)


def _drawn_score(unit: UnitScore, kpis: Mapping[str, Kpi], weights: Mapping[str, np.ndarray]) -> np.ndarray:
    """A unit's score in each draw: 100 x points / weights that count, as ``UnitScore`` computes it."""
    points, counted = np.zeros(DRAWS), np.zeros(DRAWS)
    for item in unit.items:
        if item.counts:
            weight = float(item.weight) * weights[item.kpi]
            counted += weight
            points += weight * _drawn_share(unit.unit_code, kpis[item.kpi], item)
    return FULL_SCORE * points / counted


def _drawn_share(unit_code: str, kpi: Kpi, item: ItemScore) -> np.ndarray | float:
    """The share of the way from floor to target in each draw; nothing for what was not reported."""
    if item.value is None:
        return 0.0
    figure = {
        "value": float(item.value),
        "numerator": item.numerator,
        "denominator": item.denominator,
        "cases": item.cases,
    }
    way = _drawn_value(unit_code, kpi, figure) - float(item.floor)
    return np.clip(way / float(item.target - item.floor), 0.0, 1.0)


def _drawn_value(unit_code: str, kpi: Kpi, row: Row) -> np.ndarray:
    """A figure redrawn from its posterior (Jeffreys' prior): beta, gamma, or the value where nothing scatters."""
    found = evidence(kpi, row)
    if found is None:
        return np.full(DRAWS, float(row["value"]))
    generator = _generator(unit_code, kpi.key)
    if found.spread == "proportion":
        return kpi.factor * generator.beta(found.count + 0.5, found.exposure - found.count + 0.5, DRAWS)
    return kpi.factor * generator.gamma(found.count + 0.5, 1 / found.exposure, DRAWS)


def _generator(*names: str) -> np.random.Generator:
    return np.random.default_rng([SEED, *(crc32(name.encode()) for name in names)])


def _bands(
    standings: Sequence[Standing], drawn: Mapping[str, np.ndarray], alike: Mapping[str, Hashable]
) -> dict[str, Band]:
    """Bands of the ranked within each group; units that are ``alike`` share what was drawn for either."""
    groups: dict[str | None, list[Standing]] = {}
    for standing in standings:
        if standing.rank is not None:
            groups.setdefault(standing.group, []).append(standing)
    bands: dict[str, Band] = {}
    for members in groups.values():
        ranks = _drawn_ranks(np.array([drawn[each.unit_code] for each in members]))
        kinds = [alike[each.unit_code] for each in members]
        for each, kind in zip(members, kinds, strict=True):
            bands[each.unit_code] = _band(ranks[[other == kind for other in kinds]], each.rank)
    return bands


def _drawn_ranks(scores: np.ndarray) -> np.ndarray:
    """Competition ranks of units (rows) in each draw (columns)."""
    return 1 + (scores[None, :, :] > scores[:, None, :] + SAME_SCORE).sum(axis=1)


def _band(ranks: np.ndarray, rank: int) -> Band:
    low, high = np.quantile(ranks, PERCENTILES, method="inverted_cdf")
    return min(int(low), rank), max(int(high), rank)
