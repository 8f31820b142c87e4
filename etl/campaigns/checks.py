"""What must hold between a campaign's files: parents, groups, names and sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from etl.campaigns.facts import Level
from etl.campaigns.files import problem
from etl.campaigns.units import Unit, find_unit, tidy

if TYPE_CHECKING:
    from etl.campaign import Campaign


def check_structure(facts: dict[str, Any]) -> list[str]:
    """Problems of keys and references: what must be right before anything can be looked up."""
    return [
        *_levels(facts["levels"], facts["reporting_level"]),
        *_repeated("units.csv", "code", (unit.code for unit in facts["units"])),
        *_repeated("units.csv", "level name_en", _english_names(facts["units"])),
        *_parents(facts["units"], [level.key for level in facts["levels"]]),
        *_shared_names(facts["units"], facts["reporting_level"]),
        *_groups(facts),
        *_repeated("campaign.toml", "[[sheets]] sheet", (sheet.sheet for sheet in facts["sheets"])),
        *_repeated("targets.csv", "kpi", (target.kpi for target in facts["targets"])),
        *_repeated("working_days.csv", "date", (str(day.day) for day in facts["working_days"])),
        *_population_rows(facts),
    ]


def check_consistency(campaign: Campaign) -> list[str]:
    """Problems that only show in the whole: names that mean two siblings, sums that do not add up."""
    parents = [unit for unit in campaign.units if not unit.own_office]
    return [
        line
        for parent in parents
        for line in (*_names(campaign, parent), *_sums(campaign, parent), *_leaves(campaign, parent))
    ]


def _repeated(file: str, column: str, values: Iterable[str]) -> Iterator[str]:
    for value, times in Counter(values).items():
        if times > 1:
            yield problem(
                file,
                f"{column} {value}",
                f"出现 {times} 次，应只有一次",
                f"stands {times} times, once expected",
            )


def _english_names(units: tuple[Unit, ...]) -> Iterator[str]:
    """The English names given, each with its level; a name carried over from the Chinese may repeat like it."""
    return (f"{unit.level} {unit.name_en}" for unit in units if unit.name_en != unit.name)


def _levels(levels: tuple[Level, ...], reporting_level: str) -> Iterator[str]:
    keys = [level.key for level in levels]
    yield from _repeated("campaign.toml", "[[levels]] key", keys)
    if reporting_level not in keys[:-1] or reporting_level != keys[-2]:
        listed = " > ".join(keys)
        zh = f"应为倒数第二级（填报级之下恰有一级），现有 {listed}"
        en = f"should be the last level but one (one level below it); levels are {listed}"
        yield problem("campaign.toml", f"reporting_level {reporting_level}", zh, en)


def _parents(units: tuple[Unit, ...], levels: list[str]) -> Iterator[str]:
    level_of = {unit.code: unit.level for unit in units}
    tops = [unit.code for unit in units if unit.level == levels[0]]
    if len(tops) != 1:
        zh, en = (
            f"最上级 {levels[0]} 应恰有一个单位",
            f"exactly one unit expected at the top level {levels[0]}",
        )
        yield problem(
            "units.csv", f"level {levels[0]}", f"{zh}，现有 {len(tops)} 个", f"{en}, found {len(tops)}"
        )
    for row, unit in enumerate(units, start=2):
        if unit.level not in levels:
            listed = " | ".join(levels)
            yield problem("units.csv", row, f"level 应为 {listed}", f"level should be {listed}")
            continue
        above = levels[levels.index(unit.level) - 1] if unit.level != levels[0] else None
        if level_of.get(unit.parent or "") != above:
            zh = (
                f"parent_code {unit.parent!r} 应为 {above} 级单位的代码"
                if above
                else "最上级的 parent_code 应为空"
            )
            en = f"parent_code {unit.parent!r} should be the code of a unit of level {above}"
            yield problem("units.csv", row, zh, en if above else "parent_code of the top should be empty")


def _shared_names(units: tuple[Unit, ...], reporting_level: str) -> Iterator[str]:
    """Units that bear the full name of another with which a cell could mean either, one line a pair."""
    rows = {unit.code: row for row, unit in enumerate(units, start=2)}
    # A unit stands in many pairs, and its names are made alike once.
    names = {unit.code: tidy(unit.name) for unit in units}
    written = {
        unit.code: {names[unit.code], *map(tidy, (unit.short_name, *unit.aliases, *unit.former))}
        for unit in units
    }
    told = set()
    for one, other in _confusable(units, reporting_level):
        pair = frozenset((one.code, other.code))
        if pair in told or names[other.code] not in written[one.code]:
            continue
        told.add(pair)
        zh = f"{one.name}（{one.code}）的名称、简称、别名或曾用名与{other.name}（{other.code}）的名称相同，请改其中一个"
        en = f"a name of {one.name} ({one.code}) is the name of {other.name} ({other.code}); change one of them"
        yield problem("units.csv", tuple(sorted(rows[code] for code in pair)), zh, en)


def _confusable(units: tuple[Unit, ...], reporting_level: str) -> Iterator[tuple[Unit, Unit]]:
    """Pairs between which a name must tell: on a cover, those who report and the top; in rows, a unit and those below it."""
    covers = [unit for unit in units if unit.level == reporting_level or unit.parent is None]
    below: dict[str | None, list[Unit]] = {}
    for unit in units:
        below.setdefault(unit.parent, []).append(unit)
    for group in (covers, *([unit, *below.get(unit.code, ())] for unit in units)):
        yield from ((one, other) for one in group for other in group if one.code != other.code)


def _groups(facts: dict[str, Any]) -> Iterator[str]:
    members = [code for group in facts["peer_groups"] for code in group.members]
    reporting = {unit.code for unit in facts["units"] if unit.level == facts["reporting_level"]}
    yield from _repeated(
        "campaign.toml", "[[peer_groups]] key", (group.key for group in facts["peer_groups"])
    )
    yield from _repeated("campaign.toml", "[[peer_groups]] members", members)
    for code in sorted(set(members) - reporting):
        zh, en = "不是填报级单位的代码", "is no code of a reporting unit"
        yield problem("campaign.toml", f"[[peer_groups]] members {code}", zh, en)
    for code in sorted(reporting - set(members)):
        zh, en = f"填报单位 {code} 未列入任何一组", f"reporting unit {code} belongs to no group"
        yield problem("campaign.toml", "[[peer_groups]]", zh, en)


def _population_rows(facts: dict[str, Any]) -> Iterator[str]:
    codes = {unit.code for unit in facts["units"]}
    rows = [(entry.unit_code, entry.valid_from) for entry in facts["populations"]]
    yield from _repeated("population.csv", "unit_code valid_from", (" ".join(row) for row in rows))
    for row, (code, _) in enumerate(rows, start=2):
        if code not in codes:
            zh, en = f"units.csv 中没有单位 {code}", f"units.csv has no unit {code}"
            yield problem("population.csv", row, zh, en)


def _names(campaign: Campaign, parent: Unit) -> Iterator[str]:
    siblings = campaign.children(parent)
    for unit in siblings:
        for name in (unit.code, unit.name, unit.short_name):
            match = find_unit(name, siblings)
            if match.unit != unit:
                listed = "、".join(each.code for each in match.candidates if each != unit)
                zh = f"名称 {name!r} 在同级单位中不能唯一识别（另有 {listed}），请改简称或别名"
                en = f"{name!r} does not name it alone among its siblings (also {listed}); change a short name or alias"
                yield problem("units.csv", f"code {unit.code}", zh, en)


def _leaves(campaign: Campaign, unit: Unit) -> Iterator[str]:
    if unit.level == campaign.reporting_level and not campaign.children(unit):
        zh, en = "填报单位之下没有单位", "a reporting unit has no unit below it"
        yield problem("units.csv", f"code {unit.code}", zh, en)


def _sums(campaign: Campaign, parent: Unit) -> Iterator[str]:
    below = [child for child in campaign.children(parent) if not child.own_office]
    for period in sorted({entry.valid_from for entry in campaign.populations}):
        where = f"unit_code {parent.code}, {period}"
        total, own = campaign.children_population(parent, period), campaign.population(parent.code, period)
        stated = [child.code for child in below if not campaign.states_no_population(child.code, period)]
        unknown = [code for code in stated if campaign.population(code, period) is None]
        if 0 < len(unknown) < len(stated):
            codes = "、".join(unknown)
            zh = f"下级人口应全部填写或全部不填，缺 {codes}（确无本级人口的，写一行并将 resident 留空）"
            en = f"give the population of all units below or of none; missing {codes} (none of its own: a row with resident empty)"
            yield problem("population.csv", where, zh, en)
        elif total and own and (total.resident, total.temporary) != (own.resident, own.temporary):
            zh = f"下级之和应等于本级：常住 {total.resident}、暂住 {total.temporary}，现为 {own.resident}、{own.temporary}"
            en = f"the units below should add up to it: resident {total.resident}, temporary {total.temporary}, found {own.resident}, {own.temporary}"
            yield problem("population.csv", where, zh, en)
        elif total and total.temporary is None and _some_temporary(campaign, below, period):
            zh, en = "下级 temporary 应全部填写或全部不填", "give temporary for all units below or for none"
            yield problem("population.csv", where, zh, en)


def _some_temporary(campaign: Campaign, units: list[Unit], period: str) -> bool:
    figures = [campaign.population(unit.code, period) for unit in units]
    return any(figure is not None and figure.temporary is not None for figure in figures)
