"""总览: 本月情况如何? Cards, who has handed in, what needs attention beside the ranking and the map."""

import streamlit as st

from dashboard import state
from dashboard.components import (
    attention,
    cards,
    hand_in,
    headings,
    headline,
    overview_page,
    page,
)
from dashboard.queries import builds, figures, rankings, reports

filters, today = state.filters(), builds.today()
build, month = filters.build, filters.month
campaign = builds.campaign(build)
names = builds.unit_names(build, campaign.reporting_level, short=True)
level = headings.level_title(builds.dimensions(build), campaign.reporting_level)

asked = overview_page.asked(build)
history = figures.history(build, month, asked, builds.top_level(build), today, filters.period)
handed_in = reports.hand_in(build, month, today).to_dicts()
changes = overview_page.compared(filters, today)
facts = overview_page.cards(filters, today, history, changes)

page.head(
    *headings.overview(build, month, handed_in, today=today, kind=filters.period or "month"),
    headline.sentence(
        handed_in,
        facts,
        names,
        level=level,
        top=campaign.top.code,
        crossed=list(rankings.red_lines_crossed(build, month, today, filters.period)),
    ),
)
cards.show(
    [
        *map(cards.figure_card, facts),
        *overview_page.issues_card(filters, today, history, changes, names),
    ]
)
hand_in.show(handed_in, names)
# What asks for somebody comes first, also where the columns stand one below another.
left, middle, right = st.columns([37, 52, 40], gap="medium")
with left:
    attention.show(overview_page.foot(filters, today, history, names))
with middle:
    overview_page.show_ranking(filters, today, names)
with right:
    overview_page.show_map(filters, today)
