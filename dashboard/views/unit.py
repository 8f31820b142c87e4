"""单位: 这个单位怎么样? How it stands, all its KPIs, the units below it, its categories, its reports."""

from dashboard import state
from dashboard.components import headings, page, unit_below, unit_exhibits, unit_head, unit_page
from dashboard.components.unit_categories import TOPICS
from dashboard.i18n import of, t
from dashboard.queries import builds, units

filters, today = state.filters(), builds.today()
build, month, period, kpi = filters.build, filters.month, filters.period, filters.kpi
dimensions, names, short = (
    builds.dimensions(build),
    builds.unit_names(build),
    builds.unit_names(build, short=True),
)
picked = units.unit(build, filters.unit)
code, level, lower = str(picked["unit_code"]), str(picked["level"]), unit_page.level_below(build, picked)
name, below = names[code], units.below(build, picked)
lower_title = headings.level_title(dimensions, lower) if below else ""

unit_head.way(
    [(str(each["unit_code"]), names[each["unit_code"]]) for each in units.way_up(build, picked)],
    [(each, short[each]) for each in below],
    lower_title,
)
found = unit_page.lines(build, picked, month, today, period)
page.head(
    unit_page.title(build, picked, month),
    unit_page.notes(build, picked, month, asked=filters.unit is not None),
    unit_page.sentence(build, picked, found, month),
)
unit_head.facts(unit_page.facts(build, picked, found, month, today))

table = unit_page.table(build, picked, found, month, period)
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
        t("{unit}各{level}", unit=name, level=lower_title),
        month,
        units.period_at(build, lower, kpi.key, period),
        {each.key: of(each, "title") for each in builds.collected(build)},
        simulated=dimensions.simulated,
    )

topics = [topic for topic in TOPICS if topic.sheet in dimensions.frequency]
year = units.months_up_to(build, month)[-12:]
came = {topic.sheet: units.reported_months(build, picked, topic.sheet, year) for topic in topics}
categories = units.categories(build, level, code, month)
unit_exhibits.categories(topics, categories, name, month, came, simulated=dimensions.simulated)

reporting = str(picked["reporting_code"] or code)
cells, revisions = units.sheets(build, reporting, month, today), units.revisions(build, reporting)
if cells:
    unit_exhibits.reports(cells, revisions, names[reporting], month, simulated=dimensions.simulated)
