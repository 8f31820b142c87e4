"""排名: 谁在前,为什么? The units within their groups, how sure each rank is, and why a unit stands where it does."""

import streamlit as st

from dashboard import state
from dashboard.components import page, ranking, ranking_head, ranking_page
from dashboard.queries import builds

filters, today = state.filters(), builds.today()
ranks = ranking_page.facts(filters, today)
dimensions = builds.dimensions(filters.build)

page.head(*ranking_page.head(filters, ranks), ranking_head.sentence(ranks, filters.group))
ranking_page.tabs(filters, ranks)
left, right = st.columns([13, 8], gap="medium")
with left:
    ranking_page.table(filters, ranks, ranking.full_body(ranks, filters.group))
with right:
    ranking_page.explanation(filters, ranks, today)
    ranking_page.months(filters, ranks, today)
