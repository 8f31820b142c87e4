"""口径: 这个数怎么算,出自哪里? Generated from the entries of KPIs, sheets, targets and rules."""

import streamlit as st

from dashboard import state
from dashboard.components import definitions, page
from dashboard.i18n import of, t
from dashboard.queries import builds
from etl.sheets import SHEETS

filters = state.filters()
build, dimensions, campaign = (
    filters.build,
    builds.dimensions(filters.build),
    builds.campaign(filters.build),
)

page.head(
    t("口径"),
    [
        of(campaign, "title"),
        t("数据更新于{moment}", moment=f"{dimensions.built_at:%Y-%m-%d %H:%M}"),
        t("可直接打印"),
    ],
)
wanted = st.text_input(
    t("查找"),
    placeholder=t("输入指标、列名或文件名,回车查找"),
    label_visibility="collapsed",
    key=state.WANTED,
).strip()
parts = [
    definitions.kpi_chapter(builds.collected(build), dimensions.targets, wanted),
    definitions.scorecard_chapter(builds.scorecard(build, filters.month), wanted),
    definitions.words_chapter(campaign, wanted),
    *definitions.sheet_chapters(campaign, SHEETS, wanted),
]
if any(parts):
    definitions.show(parts)
else:
    page.note(t("没有找到“{wanted}”。换一个词,或清空查找框看全部。", wanted=wanted))
