"""总览: 本月情况如何? Cards, who has handed in, the map beside the ranking, what needs attention."""

import streamlit as st

from dashboard import state
from dashboard.components import (
    area_map,
    attention,
    cards,
    core_cards,
    exhibit,
    hand_in,
    headings,
    headline,
    notation,
    page,
    ranking,
)
from dashboard.i18n import of, t
from dashboard.queries import attention as attention_queries
from dashboard.queries import builds, figures, rankings, reports

filters, today = state.filters(), builds.today()
build, month, kpi, period = filters.build, filters.month, filters.kpi, filters.period
dimensions, campaign, collected = builds.dimensions(build), builds.campaign(build), builds.collected(build)
top, reporting, level = builds.top_level(build), campaign.reporting_level, builds.map_level(build)
names, level_title = (
    builds.unit_names(build, reporting, short=True),
    headings.level_title(dimensions, reporting),
)

asked = core_cards.asked_kpis(collected, dimensions.targets)
history = figures.history(build, month, asked, top, today, period)
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
page.head(
    *headings.overview(build, month, handed_in, days_left=builds.days_left(build, today)),
    headline.sentence(handed_in, facts, names, level=level_title, top=campaign.top.code),
)
cards.show([*map(cards.figure_card, facts), *core_cards.issues_cards(asked, history, month)])
hand_in.show(handed_in, names)

left, right = st.columns([49, 80], gap="medium")
with left:
    drawn = area_map.AreaMap(
        kpi=kpi,
        rows=figures.table(build, month, (kpi.key,), level, today, period).to_dicts(),
        shapes=builds.shapes(build, level),
        names=headings.unit_names(build, level),
        picked=filters.unit,
        page="unit",
    )
    area_map_exhibit = exhibit.Exhibit(
        title=headings.title(
            headings.everyone(build, level),
            headings.what(kpi),
            month,
            figures.period_of(build, kpi, period),
        ),
        name=exhibit.file_name(f"{month:%Y-%m}", of(kpi, "title"), t("地图")),
        source=headings.map_source(campaign) if drawn.shapes else "",
        table=notation.figure_table(drawn.rows, drawn.names),
        picture=bool(drawn.shapes),
        simulated=dimensions.simulated,
    )
    exhibit.show(area_map_exhibit, area_map.drawing(drawn, area_map_exhibit.title), key="area_map")
with right:
    by = None if filters.by_score and builds.scorecard(build, month) else kpi
    ranks = ranking.Ranking(
        by=by,
        accent=kpi,
        level=level_title,
        rows=rankings.ranking(build, month, by and by.key, today, period),
        before=rankings.ranking_before(build, month, by and by.key, today, period),
        groups=dimensions.peer_groups,
        names=names,
        figures=figures.table(build, month, (kpi.key,), reporting, today, period).to_dicts(),
        picked=filters.unit,
    )
    what = of(builds.scorecard(build, month), "title") if by is None else of(by, "title")
    ranking_exhibit = exhibit.Exhibit(
        title=headings.title(t("同组排名"), what, month),
        name=exhibit.file_name(f"{month:%Y-%m}", what, t("排名")),
        table=ranking.table(ranks),
        simulated=dimensions.simulated,
        notes=[ranking.explained(ranks)],
    )
    exhibit.show(ranking_exhibit, ranking.body(ranks), key="ranking")

issues = {row["kpi"]: row for row in history.filter(history["month"] == month).to_dicts()}
attention.show(
    [
        (
            t("变化最大(得分较上月)"),
            attention.movers(attention_queries.movers(build, month, today), names, f"{month:%Y-%m}"),
        ),
        (
            t("整改督办"),
            attention.overdue(
                units.filter(units["kpi"] == "issues_overdue").to_dicts(), issues.get("issues_overdue"), names
            ),
        ),
        (
            t("需要关注"),
            attention.watched(
                attention_queries.red_lines(build, month, today),
                attention_queries.missed_in_a_row(build, month, today),
                names,
                attention_queries.MONTHS_IN_A_ROW,
            ),
        ),
    ]
)
