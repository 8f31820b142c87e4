"""指标: 这个数怎么来的,差别是真的吗? Formula, months, the units with what chance allows, and a table."""

from html import escape

from dashboard import state
from dashboard.access.principal import may
from dashboard.components import (
    indicator_exhibits,
    indicator_page,
    indicator_rows,
    indicator_words,
    page,
    unit_exhibits,
)
from dashboard.queries import builds, people

filters, today = state.filters(), builds.today()
simulated, explored = builds.dimensions(filters.build).simulated, filters.explore == state.CHARTS
indicator = indicator_page.facts(filters, today)

page.head(*indicator_page.head(indicator), indicator_words.sentence(indicator))
indicator_exhibits.hints(
    indicator_page.crumbs(filters, indicator),
    [
        *indicator_words.hints(indicator, builds.months(filters.build, today), filters.period),
        escape(indicator_page.unstated(filters, indicator, today)),
    ],
)
indicator_exhibits.definition_and_trend(indicator, simulated=simulated, explored=explored)
sees_all = may(people.principal(), "row.integrity")
opened = indicator_page.rows(filters, indicator, today, lists_withheld=sees_all)
if opened is not None:
    indicator_rows.show(opened)
if indicator.rows:
    way = indicator_page.way(indicator, filters.chart)
    indicator_exhibits.units(indicator, way, filters.order, simulated=simulated, explored=explored)
topics = indicator_page.topics(filters.build, filters.kpi)
if topics:
    found, reported = indicator_page.categories(filters, indicator, topics)
    unit_exhibits.categories(topics, found, indicator.name, indicator.month, reported, simulated=simulated)
