"""How each row and table of a campaign's files becomes a fact."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from etl.calendar import RestDayRule
from etl.campaigns.facts import (
    CollectedSheet,
    DueDay,
    DueRule,
    Frequency,
    Level,
    PeerGroup,
    Population,
    PopulationEntry,
    ReportedBy,
    Target,
    TargetRule,
    WindowRule,
    WorkingDay,
)
from etl.campaigns.files import Reader, Record, problem
from etl.campaigns.scorecards import read_scorecards
from etl.campaigns.units import Unit
from etl.sheets import SHEETS

SETTINGS = "campaign.toml"
SETTINGS_KEYS = (
    "name",
    "title_zh",
    "title_en",
    "first_period",
    "last_period",
    "reporting_level",
    "own_office",
    "levels",
    "due",
    "window",
    "population",
    "map",
    "peer_groups",
    "sheets",
    "keeping",
)
SHORTEST_KEPT, LONGEST_KEPT = 31, 3650
"""Days a workbook as received may be kept: no draft goes within the month it is worked on, none stays for ever."""
UNIT_COLUMNS = ("code", "name", "short_name", "aliases", "level", "parent_code", "former")
UNIT_NAME_EN = "name_en"
POPULATION_COLUMNS = ("unit_code", "valid_from", "resident", "temporary", "source")
WORKING_DAY_COLUMNS = ("date", "working", "source")
TARGET_COLUMNS = (
    "kpi",
    "target",
    "rule",
    "scope_zh",
    "scope_en",
    "citation_zh",
    "citation_en",
    "is_setting",
    "note",
)


def level(record: Record) -> Level:
    """An entry of ``[[levels]]``."""
    record.only(Level.__dataclass_fields__)
    return Level(key=record.text("key"), title_zh=record.text("title_zh"), title_en=record.text("title_en"))


def unit(record: Record) -> Unit:
    """A row of units.csv; a former unit is ``code:name``, a name or a code; an English name is optional."""
    former = tuple(part for entry in record.split("former") for part in entry.split(":") if part)
    name = record.text("name")
    return Unit(
        code=record.text("code"),
        name=name,
        name_en=record.value(UNIT_NAME_EN, str, "").strip() or name,
        short_name=record.text("short_name"),
        aliases=record.split("aliases"),
        level=record.text("level"),
        parent=record.value("parent_code", str).strip() or None,
        former=former,
    )


def population_entry(record: Record) -> PopulationEntry:
    """A row of population.csv; an empty ``resident`` states that the unit has none of its own."""
    resident, temporary, source = record.count("resident"), record.count("temporary"), record.text("source")
    if resident is None and temporary is not None:
        raise record.refuse("填了 temporary 就要填 resident", "resident is needed where temporary is given")
    known = None if resident is None else Population(resident=resident, temporary=temporary, source=source)
    return PopulationEntry(
        unit_code=record.text("unit_code"), valid_from=record.period("valid_from"), population=known
    )


def population_basis(record: Record) -> dict[str, str]:
    """The table ``[population]``: what the population figures are, as shown beside every rate."""
    keys = ("basis_zh", "basis_en")
    return {f"population_{key}": record.only(keys).text(key) for key in keys}


def map_notice(record: Record) -> dict[str, str]:
    """The table ``[map]``: source (底图来源) and note under every map; empty where there is no map."""
    keys = ("source_zh", "source_en", "note_zh", "note_en")
    return {f"map_{key}": record.only(keys).text(key) if record.values else "" for key in keys}


def workbooks_days(record: Record) -> int | None:
    """The table ``[keeping]``: after how many days workbooks as received are purged; None where there is no such table."""
    if "keeping" not in record.values:
        return None
    table = Record(file=SETTINGS, where="[keeping]", values=record.value("keeping", dict))
    days = table.only(("workbooks_days",)).value("workbooks_days", int)
    if not SHORTEST_KEPT <= days <= LONGEST_KEPT:
        raise table.refuse(
            f"workbooks_days 应为 {SHORTEST_KEPT} 到 {LONGEST_KEPT} 天，现为 {days}",
            f"workbooks_days should be {SHORTEST_KEPT} to {LONGEST_KEPT} days, found {days}",
        )
    return days


def peer_group(record: Record) -> PeerGroup:
    """An entry of ``[[peer_groups]]``."""
    record.only(PeerGroup.__dataclass_fields__)
    return PeerGroup(
        key=record.text("key"),
        title_zh=record.text("title_zh"),
        title_en=record.text("title_en"),
        rule_zh=record.text("rule_zh"),
        rule_en=record.text("rule_en"),
        members=record.texts("members"),
    )


def collected_sheet(record: Record) -> CollectedSheet:
    """An entry of ``[[sheets]]``; the sheet and the columns left out must exist."""
    record.only(CollectedSheet.__dataclass_fields__)
    key, without = record.text("sheet"), record.texts("without")
    if key not in SHEETS:
        listed = " | ".join(SHEETS)
        raise record.refuse(f"没有表 {key!r}，应为 {listed}", f"no sheet {key!r}; expected {listed}")
    optional = {column.name for column in SHEETS[key].columns if not column.required}
    for name in without:
        if name not in optional:
            raise record.refuse(
                f"without 中的 {name!r} 不是该表的选填列", f"{name!r} in without is no optional column of it"
            )
    return CollectedSheet(
        sheet=key,
        reported_by=record.one_of("reported_by", ReportedBy),
        frequency=record.one_of("frequency", Frequency),
        without=without,
    )


def due_rule(record: Record) -> DueRule:
    """The table ``[due]``."""
    record.only(DueRule.__dataclass_fields__)
    day = record.one_of("day", DueDay)
    working_days = record.value("working_days", int, 0)
    if (day == "working_days_after") != (working_days > 0):
        raise record.refuse(
            "working_days 只用于 working_days_after，且应大于 0",
            "working_days goes with working_days_after and should be above 0",
        )
    return DueRule(
        day=day,
        rest_day=record.one_of("rest_day", RestDayRule, "keep"),
        working_days=working_days,
        is_setting=record.value("is_setting", bool),
        label_zh=record.text("label_zh"),
        label_en=record.text("label_en"),
        citation_zh=record.text("citation_zh"),
        citation_en=record.text("citation_en"),
    )


def window_rule(record: Record) -> WindowRule:
    """The table ``[window]``."""
    record.only(WindowRule.__dataclass_fields__)
    return WindowRule(
        rule=record.one_of("rule", Literal["calendar_month"]),
        is_setting=record.value("is_setting", bool),
        label_zh=record.text("label_zh"),
        label_en=record.text("label_en"),
    )


def target(record: Record) -> Target:
    """A row of targets.csv; the target is a finite decimal number."""
    written = record.text("target")
    try:
        number = Decimal(written)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise record.refuse(
            f"target 应为数字，现为 {written!r}", f"target should be a number, found {written!r}"
        )
    return Target(
        kpi=record.text("kpi"),
        target=number,
        rule=record.one_of("rule", TargetRule),
        scope_zh=record.text("scope_zh"),
        scope_en=record.text("scope_en"),
        citation_zh=record.text("citation_zh"),
        citation_en=record.text("citation_en"),
        is_setting=record.flag("is_setting"),
        note=record.value("note", str),
    )


def working_day(record: Record) -> WorkingDay:
    """A row of working_days.csv."""
    written = record.text("date")
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise record.refuse(
            f"date 应为 YYYY-MM-DD，现为 {written!r}", f"date should be YYYY-MM-DD, found {written!r}"
        ) from None
    return WorkingDay(day=day, working=record.flag("working"), source=record.text("source"))


def read_facts(reader: Reader, settings: dict[str, Any]) -> dict[str, Any]:
    """The fields of a Campaign but its folder, as far as the files can be read; own offices not yet in."""

    def entries(key: str) -> list[Record]:
        found = settings.get(key, [])
        tables = found if isinstance(found, list) and all(isinstance(each, dict) for each in found) else []
        if not tables:
            zh, en = f"至少写一个 [[{key}]]", f"write at least one [[{key}]]"
            reader.problems.append(problem(SETTINGS, f"[[{key}]]", zh, en))
        return [
            Record(file=SETTINGS, where=f"[[{key}]] {number}", values=values)
            for number, values in enumerate(tables, start=1)
        ]

    def section(key: str) -> Record:
        found = settings.get(key, {})
        return Record(file=SETTINGS, where=f"[{key}]", values=found if isinstance(found, dict) else {})

    general = Record(file=SETTINGS, where="[]", values=settings)
    return (reader.one(general, general_facts) or {}) | {
        "levels": reader.each(entries("levels"), level),
        "peer_groups": reader.each(entries("peer_groups"), peer_group),
        "sheets": reader.each(entries("sheets"), collected_sheet),
        "due": reader.one(section("due"), due_rule),
        "window_rule": reader.one(section("window"), window_rule),
        **(reader.one(section("population"), population_basis) or {}),
        **(reader.one(section("map"), map_notice) or {}),
        "units": reader.each(reader.rows("units.csv", UNIT_COLUMNS, optional=(UNIT_NAME_EN,)), unit),
        "populations": reader.each(reader.rows("population.csv", POPULATION_COLUMNS), population_entry),
        "targets": reader.each(reader.rows("targets.csv", TARGET_COLUMNS), target),
        "working_days": reader.each(reader.rows("working_days.csv", WORKING_DAY_COLUMNS), working_day),
        "scorecards": read_scorecards(reader),
        "workbooks_days": reader.one(general, workbooks_days),
    }


def general_facts(record: Record) -> dict[str, Any]:
    """The keys at the top of campaign.toml."""
    record.only(SETTINGS_KEYS)
    first, last = record.period("first_period"), record.period("last_period")
    if last < first:
        raise record.refuse("last_period 早于 first_period", "last_period comes before first_period")
    return {
        "name": record.text("name"),
        "title_zh": record.text("title_zh"),
        "title_en": record.text("title_en"),
        "first_period": first,
        "last_period": last,
        "reporting_level": record.text("reporting_level"),
        "own_office": record.value("own_office", bool),
    }
