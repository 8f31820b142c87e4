"""Org units (单位) and how a name or code written in a workbook is recognised as one of them.

A name is matched exactly after tidying (width, spaces, a few Traditional characters); nothing is ever
guessed. A text that fits two units, a prefecture and a city inside it say, is refused as ambiguous.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

OWN_OFFICE = "本级"
"""What a unit's own team is called in lists of the units below it."""
OWN_OFFICE_EN = "own office"

_SIMPLIFIED = str.maketrans("雲麗滄慶紅臨縣區雙納", "云丽沧庆红临县区双纳")
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_FLOAT_CODE = re.compile(r"([0-9]+)\.0+")
_GENERIC_ENDINGS = ("街道", "省", "市", "州", "县", "区", "镇", "乡")


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One org unit: its division code, names, level and parent.

    ``name_en`` is what an English page calls it, the Chinese name where the campaign gives no other.
    An own office (本级) carries the code of the unit it belongs to, at the level below it.
    ``former`` holds codes and names of earlier years; ``group`` is the key of the unit's peer group.
    """

    code: str
    name: str
    short_name: str
    name_en: str
    aliases: tuple[str, ...] = ()
    level: str
    parent: str | None
    group: str | None = None
    own_office: bool = False
    former: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Match:
    """The outcome of looking a name up: the unit, or why there is none and which units it may mean."""

    unit: Unit | None
    reason: Literal["exact", "ambiguous", "unknown"]
    candidates: tuple[Unit, ...] = ()


def own_office_of(unit: Unit, level: str) -> Unit:
    """The own office (本级) of a reporting unit, placed among the units of ``level`` below it."""
    spoken = (unit.name, unit.short_name, *unit.aliases, unit.name[-1])
    return Unit(
        code=unit.code,
        name=f"{unit.name}{OWN_OFFICE}",
        short_name=f"{unit.short_name}{OWN_OFFICE}",
        name_en=f"{unit.name_en} ({OWN_OFFICE_EN})",
        aliases=(OWN_OFFICE, *(f"{word}{OWN_OFFICE}" for word in spoken)),
        level=level,
        parent=unit.code,
        own_office=True,
    )


def tidy(text: str) -> str:
    """A name or code as it is compared: half width, no spaces, Simplified, no ``.0`` of an Excel number."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_SIMPLIFIED)
    number = _FLOAT_CODE.fullmatch(plain)
    return number.group(1) if number else plain


def find_unit(text: str, candidates: Iterable[Unit]) -> Match:
    """The one candidate that a text names, by code, full or short name, alias or former name.

    A current code or full name decides alone; any other form counts for every candidate it fits, and
    more than one is ambiguous. A code means an own office only where its unit is no candidate.
    """
    wanted, known = tidy(text), tuple(dict.fromkeys(candidates))
    for forms in (_official_forms, _all_forms):
        found = _without_shadowed_offices(wanted, [unit for unit in known if wanted in forms(unit)])
        if len(found) == 1:
            return Match(unit=found[0], reason="exact", candidates=tuple(found))
        if found:
            return Match(unit=None, reason="ambiguous", candidates=tuple(found))
    return Match(unit=None, reason="unknown")


def _without_shadowed_offices(wanted: str, found: list[Unit]) -> list[Unit]:
    if not wanted.isdecimal():
        return found
    return [unit for unit in found if not unit.own_office] or found


@cache
def _official_forms(unit: Unit) -> frozenset[str]:
    return frozenset((tidy(unit.code), tidy(unit.name)))


@cache
def _all_forms(unit: Unit) -> frozenset[str]:
    written = (unit.code, _short_code(unit.code), unit.name, unit.short_name, *unit.aliases, *unit.former)
    names = () if unit.own_office else (unit.name, unit.short_name)
    endless = (form for name in names for form in _without_ending(name))
    return frozenset(tidy(form) for form in (*written, *endless) if form)


def _short_code(code: str) -> str:
    """A division code without the pairs of zeros that stand for the levels below (``…00``)."""
    return re.sub(r"(00)+$", "", code) if len(code) == 6 else code


def _without_ending(name: str) -> tuple[str, ...]:
    """The name without its generic word (市, 州, 县 …), where at least two characters remain."""
    return tuple(
        name.removesuffix(ending)
        for ending in _GENERIC_ENDINGS
        if name.endswith(ending) and len(name) - len(ending) >= 2
    )
