"""A campaign: whose work is assessed, in which months, by which sheets, due dates and targets.

Everything here is read from a folder ``data/campaigns/<name>/``; no code knows a place or a date.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from etl import calendar
from etl.campaigns import units
from etl.campaigns.checks import check_consistency, check_structure
from etl.campaigns.facts import (
    CollectedSheet,
    DueRule,
    Level,
    PeerGroup,
    Population,
    PopulationEntry,
    Target,
    WindowRule,
    WorkingDay,
)
from etl.campaigns.files import CampaignError, Reader
from etl.campaigns.records import read_facts
from etl.campaigns.scorecards import Scorecard
from etl.campaigns.units import Match, Unit

__all__ = [
    "Campaign",
    "CampaignError",
    "CollectedSheet",
    "DueRule",
    "Level",
    "Match",
    "PeerGroup",
    "Population",
    "Scorecard",
    "Target",
    "Unit",
    "WindowRule",
    "WorkingDay",
    "load_campaign",
]


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """One campaign with its units, calendar, sheets, targets and reference figures.

    ``units`` holds own offices (本级) too, after the other units. ``map_source`` and ``map_note`` stand
    under every map and are empty where there is none. ``workbooks_days`` after they came, workbooks as received
    are purged; None: never. ``folder`` is where the campaign was read from.
    """

    name: str
    title_zh: str
    title_en: str
    first_period: str
    last_period: str
    levels: tuple[Level, ...]
    reporting_level: str
    own_office: bool
    units: tuple[Unit, ...]
    peer_groups: tuple[PeerGroup, ...]
    sheets: tuple[CollectedSheet, ...]
    targets: tuple[Target, ...]
    due: DueRule
    window_rule: WindowRule
    population_basis_zh: str
    population_basis_en: str
    populations: tuple[PopulationEntry, ...]
    map_source_zh: str
    map_source_en: str
    map_note_zh: str
    map_note_en: str
    working_days: tuple[WorkingDay, ...]
    scorecards: tuple[Scorecard, ...]
    workbooks_days: int | None
    folder: Path

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """The campaign's months, first to last, as ``YYYY-MM``."""
        return calendar.periods(self.first_period, self.last_period)

    @cached_property
    def top(self) -> Unit:
        """The unit at the top, whose campaign it is."""
        return next(unit for unit in self.units if unit.level == self.levels[0].key)

    @cached_property
    def leaf_level(self) -> str:
        """The level below the reporting one, at which rows are reported."""
        keys = [level.key for level in self.levels]
        return keys[keys.index(self.reporting_level) + 1]

    @cached_property
    def reporting_units(self) -> tuple[Unit, ...]:
        """The units a workbook is expected from each month."""
        return tuple(unit for unit in self.units if unit.level == self.reporting_level)

    def unit(self, code: str, level: str | None = None) -> Unit:
        """The unit of a code; its own office only where ``level`` says so. KeyError when there is none."""
        for unit in self._by_code.get(code, ()):
            if (not unit.own_office) if level is None else unit.level == level:
                return unit
        raise KeyError(
            f"campaign {self.name} has no unit {code!r}" + (f" at level {level!r}" if level else "")
        )

    def children(self, unit: Unit) -> tuple[Unit, ...]:
        """The units right below a unit, its own office last; none below an own office."""
        return () if unit.own_office else self._by_parent.get(unit.code, ())

    def leaves(self, reporting_code: str) -> tuple[Unit, ...]:
        """The units a reporting unit's rows may name: those below it and its own office, which is last."""
        return self.children(self.unit(reporting_code, self.reporting_level))

    def population(self, code: str, period: str, level: str | None = None) -> Population | None:
        """The population of a unit as known in a month; None where it is not known.

        Where the unit has no figure of its own, the sum over the units below it; never a share of the
        unit above. An own office (``level`` the leaf level) has no population.
        """
        unit = self.unit(code, level)
        entry = None if unit.own_office else self._population_entry(code, period)
        if entry is not None or unit.own_office:
            return entry.population if entry else None
        return self.children_population(unit, period)

    def children_population(self, unit: Unit, period: str) -> Population | None:
        """The sum over the units below a unit; None unless every one of them is known or has none."""
        below = [child for child in self.children(unit) if not child.own_office]
        stated = [child for child in below if not self.states_no_population(child.code, period)]
        figures = [self.population(child.code, period) for child in stated]
        known = [figure for figure in figures if figure is not None]
        if not known or len(known) < len(stated):
            return None
        temporary = [figure.temporary for figure in known if figure.temporary is not None]
        return Population(
            resident=sum(figure.resident for figure in known),
            temporary=sum(temporary) if len(temporary) == len(known) else None,
            source=";".join(dict.fromkeys(figure.source for figure in known)),
        )

    def reference_population(self, code: str, period: str, level: str | None = None) -> int | None:
        """The population rates are measured by (常住, plus 暂住 where known); None where not known."""
        figure = self.population(code, period, level)
        return figure.reference if figure else None

    def states_no_population(self, code: str, period: str) -> bool:
        """Whether the campaign says a unit has no people of its own, as of a functional zone."""
        entry = self._population_entry(code, period)
        return entry is not None and entry.population is None

    def collected(self, sheet: str) -> CollectedSheet | None:
        """How the campaign collects a sheet; None when it does not (不适用)."""
        return next((each for each in self.sheets if each.sheet == sheet), None)

    def due_day(self, period: str) -> date:
        """The day by the end of which a month's workbook is due."""
        return self._due(period)[0]

    def due_is_estimated(self, period: str) -> bool:
        """Whether the due day rests on a holiday arrangement not yet announced (推算)."""
        return self._due(period)[1]

    def due_at(self, period: str) -> datetime:
        """The moment from which a workbook is late: midnight after the due day, Asia/Shanghai, naive."""
        return datetime.combine(self.due_day(period) + timedelta(days=1), time())

    def window(self, period: str) -> tuple[date, date]:
        """The first and last day of the data a month's workbook reports."""
        return calendar.first_day(period), calendar.last_day(period)

    def find_unit(self, text: str, candidates: Iterable[Unit]) -> Match:
        """The one candidate a text names; an ambiguous name is refused, never guessed."""
        return units.find_unit(text, candidates)

    @cached_property
    def working_day_overrides(self) -> dict[date, bool]:
        """Days settled by hand, which come before any calendar."""
        return {day.day: day.working for day in self.working_days}

    def _due(self, period: str) -> tuple[date, bool]:
        end, overrides = calendar.last_day(period), self.working_day_overrides
        if self.due.day == "working_days_after":
            return calendar.add_working_days(end, self.due.working_days, overrides)
        return calendar.roll(end, self.due.rest_day, overrides)

    def _population_entry(self, code: str, period: str) -> PopulationEntry | None:
        known = [entry for entry in self._entries.get(code, ()) if entry.valid_from <= period]
        return max(known, key=lambda entry: entry.valid_from, default=None)

    @cached_property
    def _by_code(self) -> dict[str, tuple[Unit, ...]]:
        return _by(self.units, "code")

    @cached_property
    def _by_parent(self) -> dict[str, tuple[Unit, ...]]:
        return _by(self.units, "parent")

    @cached_property
    def _entries(self) -> dict[str, tuple[PopulationEntry, ...]]:
        return _by(self.populations, "unit_code")


def _by(facts: Iterable, attribute: str) -> dict:
    """Facts by the value of one attribute, each group in the order given."""
    groups: dict = {}
    for fact in facts:
        groups.setdefault(getattr(fact, attribute), []).append(fact)
    return {value: tuple(group) for value, group in groups.items()}


def load_campaign(folder: Path) -> Campaign:
    """The campaign described by the files of a folder.

    Raises CampaignError with every problem found: file, row or key, what was found and what is expected.
    """
    reader = Reader(folder=folder)
    settings = reader.settings()
    if reader.problems:
        raise CampaignError(reader.problems)
    facts = read_facts(reader, settings)
    _stop_at(reader.problems or check_structure(facts))
    campaign = Campaign(**facts | {"units": complete_units(facts)}, folder=folder)
    _stop_at(check_consistency(campaign))
    return campaign


def complete_units(facts: dict[str, Any]) -> tuple[Unit, ...]:
    """The units of units.csv, each with its peer group, and after them the own offices (本级)."""
    group_of = {code: group.key for group in facts["peer_groups"] for code in group.members}
    listed = tuple(replace(unit, group=group_of.get(unit.code)) for unit in facts["units"])
    if not facts["own_office"]:
        return listed
    keys = [level.key for level in facts["levels"]]
    leaf_level = keys[keys.index(facts["reporting_level"]) + 1]
    reporting = (unit for unit in listed if unit.level == facts["reporting_level"])
    return (*listed, *(units.own_office_of(unit, leaf_level) for unit in reporting))


def _stop_at(problems: list[str]) -> None:
    if problems:
        raise CampaignError(problems)
