"""口径: 这个数怎么算,出自哪里? Generated from the entries of KPIs, sheets, targets and rules."""

import streamlit as st

from dashboard import state
from dashboard.components import definitions, dictionary_page, page
from dashboard.i18n import of, t
from dashboard.queries import builds
from etl.sheets import SHEETS

filters = state.filters()
build, dimensions, campaign = (
    filters.build,
    builds.dimensions(filters.build),
    builds.campaign(filters.build),
)
card = builds.scorecard(build, filters.month)

page.head(
    t("口径"),
    [
        of(campaign, "title"),
        t("数据更新于{moment}", moment=f"{dimensions.built_at:%Y-%m-%d %H:%M}"),
        t("可直接打印"),
    ],
)
parts = [
    *definitions.kpi_parts(builds.collected(build), dimensions.targets),
    *definitions.scorecard_parts(card),
    definitions.method_part(card),
    definitions.words_part(campaign),
    *definitions.sheet_parts(campaign, SHEETS),
]
dictionary_page.show(parts, st.session_state[state.WANTED])
