"""单位: 这个单位怎么样? How it stands, all its KPIs, the units below it, its categories, its reports."""

from dashboard import state
from dashboard.components import (
    headings,
    page,
    unit_below,
    unit_exhibits,
    unit_facts,
    unit_head,
    unit_page,
)
from dashboard.components.unit_categories import TOPICS
from dashboard.i18n import of, t
from dashboard.queries import builds, unit_reports, units

filters, today = state.filters(), builds.today()
build, month, period, kpi = filters.build, filters.month, filters.period, filters.kpi
dimensions, picked = builds.dimensions(build), units.unit(build, filters.unit)
names, short = builds.unit_names(build), builds.unit_names(build, short=True)
code, level, name = str(picked["unit_code"]), str(picked["level"]), names[picked["unit_code"]]
below, lower = units.below(build, picked), unit_page.level_below(build, picked)

unit_head.way(
    [(str(each["unit_code"]), names[each["unit_code"]]) for each in units.way_up(build, picked)],
    [(each, short[each]) for each in below],
    headings.level_title(dimensions, lower) if lower else "",
)
lines = unit_page.lines(build, picked, month, today, period)
page.head(
    unit_page.title(build, picked, month),
    unit_page.notes(build, picked, month, asked=filters.unit is not None),
    unit_page.sentence(build, picked, lines, month, today),
)
unit_facts.show(unit_page.facts(build, picked, lines, month, today))

table = unit_page.table(build, picked, lines, month, period)
few = unit_page.level_title(build, picked) if units.is_below_reporting(build, level) else ""
reading = unit_exhibits.reading(table, below_level=few, chosen=period)
unit_exhibits.kpi_table(table, name, month, reading, simulated=dimensions.simulated)

if below:
    history = units.history_below(build, level, code, kpi.key, month, today, period)
    unit_exhibits.units_below(
        unit_below.UnitsBelow(
            kpi=kpi,
            months=history.rows_by_key("unit_code", named=True, include_key=True),
            names={each: short[each] for each in below},
        ),
        t("{unit}各{level}", unit=name, level=headings.level_title(dimensions, lower)),
        month,
        units.periods(build, lower, period)[kpi.key],
        {each.key: of(each, "title") for each in builds.collected(build)},
        simulated=dimensions.simulated,
    )

topics = [topic for topic in TOPICS if topic.sheet in dimensions.frequency]
reported = {topic.sheet: unit_reports.reported(build, picked, topic.sheet, month) for topic in topics}
categories = unit_reports.categories(build, level, code, month)
unit_exhibits.categories(topics, categories, name, month, reported, simulated=dimensions.simulated)

reporting = str(picked["reporting_code"] or code)
cells, revisions = (
    unit_reports.sheets(build, reporting, month, today),
    unit_reports.revisions(build, reporting),
)
if cells:
    unit_exhibits.reports(cells, revisions, names[reporting], month, simulated=dimensions.simulated)
