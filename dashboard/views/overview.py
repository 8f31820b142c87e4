"""总览: 本月情况如何? Cards, who has handed in, the map beside the ranking."""

import streamlit as st

from dashboard import state
from dashboard.components import (
    area_map,
    cards,
    core_cards,
    exhibit,
    hand_in,
    headings,
    notation,
    page,
    ranking,
)
from dashboard.i18n import of, t
from dashboard.queries import builds, figures, rankings, reports

filters, today = state.filters(), builds.today()
build, month, kpi, period = filters.build, filters.month, filters.kpi, filters.period
dimensions, campaign, collected = builds.dimensions(build), builds.campaign(build), builds.collected(build)
reporting = campaign.reporting_level

asked = core_cards.asked_kpis(collected, dimensions.targets)
history = figures.history(build, month, asked, builds.top_level(build), today, period)
units = figures.table(build, month, asked, reporting, today, period)
handed_in = reports.hand_in(build, month, today).to_dicts()
facts = core_cards.all_facts(
    core_cards.card_kpis(collected, dimensions.targets),
    month=month,
    history=history,
    units=units,
    targets=dimensions.targets,
    campaign_months=frozenset(dimensions.due_at),
    kind_of=lambda each: figures.period_of(build, each, period),
    survey_days_of=lambda each: figures.survey_days(build, each.key, month),
)

level_title, left_days = headings.level_title(dimensions, reporting), builds.days_left(build, today)
page.head(*headings.overview(campaign, month, handed_in, facts, level=level_title, days_left=left_days))
cards.show([*map(cards.figure_card, facts), *core_cards.issues_cards(asked, history, month)])
hand_in.show(handed_in)

kind, level, card = (
    figures.period_of(build, kpi, period),
    builds.map_level(build),
    builds.scorecard(build, month),
)
left, right = st.columns([49, 80], gap="medium")
with left:
    drawn = area_map.AreaMap(
        kpi=kpi,
        rows=figures.table(build, month, (kpi.key,), level, today, period).to_dicts(),
        shapes=builds.shapes(build, level),
        names=builds.unit_names(build, level, short=True),
        picked=filters.unit,
    )
    shown = exhibit.Exhibit(
        title=headings.title(headings.everyone(build, level), headings.what(kpi), month, kind),
        name=exhibit.file_name(f"{month:%Y-%m}", of(kpi, "title"), t("地图")),
        source=headings.map_source(campaign) if drawn.shapes else "",
        table=notation.figure_table(drawn.rows, drawn.names),
        picture=bool(drawn.shapes),
        simulated=dimensions.simulated,
    )
    exhibit.show(shown, area_map.drawing(drawn, shown.title), key="area_map")
with right:
    by = None if filters.by_score and card else kpi
    ranks = ranking.Ranking(
        by=by,
        accent=kpi,
        level=level_title,
        rows=rankings.ranking(build, month, by and by.key, today, period),
        before=rankings.ranking_before(build, month, by and by.key, today, period),
        groups=dimensions.peer_groups,
        names=builds.unit_names(build, reporting, short=True),
        figures=figures.table(build, month, (kpi.key,), reporting, today, period).to_dicts(),
        picked=filters.unit,
    )
    what = of(card, "title") if by is None else of(by, "title")
    shown = exhibit.Exhibit(
        title=headings.title(t("同组排名"), what, month, "month" if by is None else kind),
        name=exhibit.file_name(f"{month:%Y-%m}", what, t("排名")),
        table=ranking.table(ranks),
        simulated=dimensions.simulated,
    )
    exhibit.show(shown, ranking.body(ranks), key="ranking")
    page.note(ranking.explained(ranks) or headings.ranking_hint(by))
