"""指标: 这个数怎么来的,差别是真的吗? Formula, months, the units with what chance allows, and a table."""

from dashboard import state
from dashboard.components import indicator_exhibits, indicator_page, indicator_rows, indicator_words, page
from dashboard.queries import builds

filters, today = state.filters(), builds.today()
simulated, explored = builds.dimensions(filters.build).simulated, filters.explore == state.CHARTS
indicator = indicator_page.facts(filters, today)

page.head(*indicator_page.head(indicator), indicator_words.sentence(indicator))
indicator_exhibits.hints(
    indicator_page.crumbs(filters, indicator),
    indicator_words.hints(indicator, builds.months(filters.build, today), filters.period),
)
indicator_exhibits.definition_and_trend(indicator, simulated=simulated, explored=explored)
opened = indicator_page.rows(filters, indicator, today)
if opened is not None:
    indicator_rows.show(opened)
if indicator.rows:
    way = indicator_page.way(indicator, filters.chart)
    indicator_exhibits.units(indicator, way, filters.order, simulated=simulated, explored=explored)
