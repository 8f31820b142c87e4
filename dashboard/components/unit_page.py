"""A unit's page put together from its queries: which lines, which facts, which words for its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.components import comparing, hand_in, headings, unit_head, unit_lines, unit_table
from dashboard.components.notation import Row
from dashboard.components.unit_below import UnitsBelow
from dashboard.components.unit_categories import TOPICS, Topic
from dashboard.components.unit_facts import UnitFacts
from dashboard.components.unit_lines import UnitLine
from dashboard.i18n import of, t
from dashboard.queries import builds, comparisons, reports, unit_reports, units
from dashboard.queries import narratives as narrative_queries
from dashboard.queries.narratives import Narrative
from dashboard.queries.units import Unit
from metrics.kpi import Kpi
from metrics.period import PeriodKind, add_months


def level_title(build: str, picked: Unit) -> str:
    """The level of a unit in the campaign's own word."""
    return headings.level_title(builds.dimensions(build), str(picked["level"]))


def way(build: str, picked: Unit, sight: frozenset[str] | None) -> None:
    """The way to the unit, and to those right below it, as far as the reader sees them (None: all)."""
    names, short = builds.unit_names(build), builds.unit_names(build, short=True)
    lower = level_below(build, picked)
    unit_head.way(
        [
            (str(each["unit_code"]), names[each["unit_code"]])
            for each in units.way_up(build, picked)
            if sight is None or each["unit_code"] in sight
        ],
        [(each, short[each]) for each in units.below(build, picked)],
        headings.level_title(builds.dimensions(build), lower) if lower else "",
    )


def level_below(build: str, picked: Unit) -> str:
    """The level right below that of a unit, "" at the lowest."""
    keys = [str(each["key"]) for each in builds.dimensions(build).levels]
    place = keys.index(str(picked["level"])) + 1
    return keys[place] if place < len(keys) else ""


def table_kind(build: str, picked: Unit, period: PeriodKind | None) -> PeriodKind:
    """The period the table of KPIs is titled with: of most of its lines."""
    return period or ("rolling12" if units.is_below_reporting(build, picked["level"]) else "month")


def red_line_kpis(build: str, month: date) -> tuple[str, ...]:
    """The KPIs that must be 0 by the scorecard in force."""
    card = builds.scorecard(build, month)
    return card.red_lines if card else ()


def lines(
    build: str, picked: Unit, month: date, today: date, period: PeriodKind | None, *, compares: bool
) -> list[UnitLine]:
    """Every KPI of the unit as a line; beside it what others have, for those who may compare."""
    code, level = str(picked["unit_code"]), str(picked["level"])
    kinds, months = units.periods(build, level, period), units.months_up_to(build, month)
    return unit_lines.lines(
        builds.collected(build),
        units.history(build, level, code, month, today, period).to_dicts(),
        units.held_against(build, level, code, month, today, period) if compares else {},
        targets=builds.dimensions(build).targets,
        kinds=kinds,
        earlier=comparing.of_unit(build, month, kinds, level, code, today),
        other_units=comparing.other_units(build, kinds, level, code, months, today),
    )


def table(
    build: str,
    picked: Unit,
    found: Sequence[UnitLine],
    month: date,
    period: PeriodKind | None,
    *,
    compares: bool,
    explained: frozenset[str] = frozenset(),
) -> unit_table.UnitTable:
    """The table of KPIs: beside each figure its peers' and that of the unit above, where there are any."""
    above = picked["parent_code"] if compares else None
    return unit_table.UnitTable(
        code=str(picked["unit_code"]),
        lines=found,
        kind=table_kind(build, picked, period),
        red_lines=red_line_kpis(build, month),
        peers=peers_name(build, picked) if compares else "",
        above=builds.unit_names(build, short=True)[above] if above else "",
        explained=explained,
    )


def peers_name(build: str, picked: Unit) -> str:
    """Whom a unit is compared with: its group, or the units under the same parent; "" for nobody."""
    count = len(units.peers(build, picked))
    if not count:
        return ""
    if picked["peer_group"]:
        return t("{group}（{count}个）", group=group_title(build, picked["peer_group"]), count=count)
    parent = builds.unit_names(build)[str(picked["parent_code"])]
    return t("{parent}的{count}个{level}", parent=parent, count=count, level=level_title(build, picked))


def group_title(build: str, key: object) -> str:
    """The title of a peer group, "" without one."""
    groups = builds.dimensions(build).peer_groups
    return next((of(dict(each), "title") for each in groups if each["key"] == key), "")


def notes(build: str, picked: Unit, month: date, period: PeriodKind | None) -> list[str]:
    """Level, group, population with its source, edition."""
    basis = of(builds.dimensions(build).campaign, "population_basis")
    return [
        level_title(build, picked),
        group_title(build, picked["peer_group"]) if units.peers(build, picked) else "",
        unit_head.population_text(units.population(build, picked, month), basis),
        *headings.standing(month),
        headings.reports_of(period or "month", month),
    ]


def sentence(build: str, picked: Unit, found: Sequence[UnitLine], month: date, today: date) -> str:
    """The answer in one sentence."""
    before = add_months(month, -1)
    states = {hand_in.state_of(row) for row in _reports(build, picked, month, today)}
    return unit_head.sentence(
        found,
        code=str(picked["unit_code"]),
        red_lines=red_line_kpis(build, month),
        report=states.pop() if len(states) == 1 else "",
        month_before=f"{before:%Y-%m}" if before in builds.shown_months(build) else "",
    )


def facts(
    build: str, picked: Unit, found: Sequence[UnitLine], month: date, today: date, *, compares: bool
) -> UnitFacts:
    """Rank (for those who may compare), red lines and the report of the month, of the reporting unit where another reports for this one."""
    reporting = picked["reporting_code"]
    stands_for = None
    if reporting and reporting != picked["unit_code"]:
        stands_for = (str(reporting), builds.unit_names(build)[str(reporting)])
    standing = units.standing(build, str(reporting), month, today) if reporting and compares else None
    revision = unit_reports.revisions(build, str(reporting)).get(f"{month:%Y-%m}") if reporting else None
    dimensions, never = builds.dimensions(build), red_line_kpis(build, month)
    return UnitFacts(
        standing=standing,
        stands_for=stands_for,
        group=group_title(build, standing["group"]) if standing else "",
        reports=_reports(build, picked, month, today),
        revision=revision,
        level=headings.level_title(dimensions, dimensions.reporting_level),
        red_lines=[line for line in found if line.kpi.key in never],
        code=str(picked["unit_code"]),
        names=builds.unit_names(build, short=True),
        overdue=next((line for line in found if line.kpi.key == "issues_overdue"), None),
    )


def _reports(build: str, picked: Unit, month: date, today: date) -> list[Row]:
    """The month's report a unit stands in; all of them for the whole."""
    code = picked["reporting_code"]
    handed_in = [row for row in reports.reports(build, (month,), today) if not row["is_register"]]
    return [row for row in handed_in if code in (None, row["unit_code"])]


def title(build: str, picked: Unit, month: date, period: PeriodKind | None) -> str:
    """The unit and the period."""
    return f"{builds.unit_names(build)[str(picked['unit_code'])]} · {headings.when(period or 'month', month)}"


def below(
    build: str, picked: Unit, kpi: Kpi, month: date, today: date, period: PeriodKind | None
) -> UnitsBelow | None:
    """The months of one KPI of the units right below; None without any."""
    codes, short = units.below(build, picked), builds.unit_names(build, short=True)
    if not codes:
        return None
    own = (str(picked["level"]), str(picked["unit_code"]))
    history = units.history_below(build, *own, kpi.key, month, today, period)
    lower = level_below(build, picked)
    return UnitsBelow(
        kpi=kpi,
        kind=units.periods(build, lower, period)[kpi.key],
        who=t(
            "{unit}各{level}",
            unit=builds.unit_names(build)[own[1]],
            level=headings.level_title(builds.dimensions(build), lower),
        ),
        months=history.rows_by_key("unit_code", named=True, include_key=True),
        names={each: short[each] for each in codes},
    )


def narratives(build: str, picked: Unit, month: date) -> tuple[dict[str, Narrative], dict[str, str]]:
    """What was written for the month by a unit that reports, or by those that report below one; and their names."""
    dimensions = builds.dimensions(build)
    own = (str(picked["level"]), str(picked["unit_code"]))
    writers = comparisons.reporting_units(build, *own)
    named = builds.unit_names(build, dimensions.reporting_level, short=True)
    names = {code: name for code, name in named.items() if code in writers}
    if "progress" not in dimensions.frequency or units.is_below_reporting(build, own[0]):
        return {}, names
    return narrative_queries.narratives(build, tuple(names), month), names


def topics(build: str) -> list[Topic]:
    """The topics whose sheet the campaign collects."""
    return [topic for topic in TOPICS if topic.sheet in builds.dimensions(build).frequency]
