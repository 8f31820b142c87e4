"""Which unit a cell names, seen from the unit that reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from etl.checking.expectation import listed_names, nearest
from etl.findings import Argument, Words
from etl.normalise import UnitLookup
from etl.schema import Column

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

UNCHECKED = "unchecked"
"""State of a unit's cell where it is not known who reports: no value, and no finding either."""
FOREIGN_TEXTS = 1_000
"""So many different unknown texts of a column are looked up among all units; the rest stay unknown."""
MOST_OWNERS = 3
UNKNOWN_TEXTS = 5_000
"""A column with more different texts that name no unit is not a column of units; the rest are not looked up."""


def named_units(campaign: Campaign, unit: Unit | None, column: Column) -> tuple[Unit, ...]:
    """The units the cells of a column may name."""
    if column.unit_scope == "any":
        return tuple(each for each in campaign.units if not each.own_office and each != campaign.top)
    if unit is None:
        return ()
    below = campaign.children(unit)
    return tuple(each for each in below if column.unit_scope == "below_or_own" or not each.own_office)


def unit_lookup(campaign: Campaign, unit: Unit | None, column: Column) -> UnitLookup:
    """How texts of a column become codes: only units the reporting unit may name have one."""
    candidates = named_units(campaign, unit, column)
    unknown: set[str] = set()

    def lookup(text: str) -> tuple[str | None, str, bool]:
        if not candidates:
            return None, UNCHECKED, True
        if len(unknown) >= UNKNOWN_TEXTS:
            return None, "unknown_unit", True
        match = campaign.find_unit(text, candidates)
        if match.unit is not None:
            return match.unit.code, "ok", text in (match.unit.code, match.unit.name)
        if match.reason == "ambiguous":
            return None, "ambiguous_unit", True
        unknown.add(text)
        foreign = (
            len(unknown) <= FOREIGN_TEXTS and campaign.find_unit(text, campaign.units).reason != "unknown"
        )
        return None, "foreign_unit" if foreign else "unknown_unit", True

    return lookup


def unit_arguments(
    campaign: Campaign, unit: Unit | None, column: Column, text: str
) -> Mapping[str, Argument]:
    """The arguments of a finding about a unit's cell: who could be meant, and who reports a foreign one."""
    names = tuple(each.name for each in named_units(campaign, unit, column))
    return {
        "candidates": listed_names(names),
        "nearest": nearest(text, names),
        "owner": _owner(campaign, unit, text),
    }


def _owner(campaign: Campaign, unit: Unit | None, text: str) -> Words | str:
    """Who reports the rows of a foreign unit, where that is one unit or a few."""
    found = campaign.find_unit(text, campaign.units)
    owners = [found.unit] if found.unit else list(found.candidates)
    codes = {each.parent if each.level == campaign.leaf_level else each.code for each in owners}
    if len(codes) > MOST_OWNERS or (unit is not None and unit.code in codes):
        return Words(zh="其所属填报单位", en="the unit it belongs to")
    return "、".join(each.name for each in campaign.units if each.code in codes and not each.own_office)
