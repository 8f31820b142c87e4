"""Public satisfaction held against an earlier day's: over the units whose own last waves stand behind both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl

from metrics.survey import Hierarchy, Satisfaction, Unit, last_waves


@dataclass(frozen=True, kw_only=True)
class ComparedSatisfaction:
    """A unit's satisfaction of two days over the units surveyed by both: sums, and how many units.

    ``sums``: numerator and denominator now and before, None without a unit in both. ``units``: in either.
    """

    sums: tuple[Fraction | None, Fraction | None, Fraction | None, Fraction | None]
    compared: int
    now: int
    before: int
    units: int


def compared_satisfaction(
    surveys: pl.DataFrame, units: Hierarchy, *, now: date, before: date | None
) -> dict[Unit, ComparedSatisfaction]:
    """Each unit's satisfaction from waves ended before two days; rows and days as in ``satisfaction``."""
    last = last_waves(surveys.filter(pl.col("ended_on") < now))
    last_before = last_waves(surveys.filter(pl.col("ended_on") < before)) if before else {}
    behind, behind_before = (surveyed_behind(own, units) for own in (last, last_before))
    found = {}
    for unit in units.units:
        today, then = behind.get(unit, frozenset()), behind_before.get(unit, frozenset())
        if today or then:
            both = today & then
            found[unit] = ComparedSatisfaction(
                sums=(*_total(last, both), *_total(last_before, both)),
                compared=len(both),
                now=len(today),
                before=len(then),
                units=len(today | then),
            )
    return found


def surveyed_on(surveys: pl.DataFrame, units: Hierarchy, unit: Unit, *, before: date) -> frozenset[Unit]:
    """The units whose own waves stand behind a unit's satisfaction; arguments as in ``satisfaction``."""
    own = last_waves(surveys.filter(pl.col("ended_on") < before))
    return surveyed_behind(own, units).get(unit, frozenset())


def surveyed_behind(own: Mapping[Unit, Satisfaction], units: Hierarchy) -> dict[Unit, frozenset[Unit]]:
    """The units whose own waves stand behind each unit's satisfaction: itself, else those below it with a weight."""
    behind: dict[Unit, frozenset[Unit]] = {}
    for unit in reversed(units.units):
        if unit in own:
            behind[unit] = frozenset([unit])
            continue
        added = [
            behind.get(child, frozenset())
            for child in units.children.get(unit, ())
            if child not in own or own[child].weighted
        ]
        behind[unit] = frozenset().union(*added)
    return behind


def _total(
    own: Mapping[Unit, Satisfaction], units: frozenset[Unit]
) -> tuple[Fraction | None, Fraction | None]:
    if not units:
        return None, None
    return sum(own[unit].numerator for unit in units), sum(own[unit].denominator for unit in units)
