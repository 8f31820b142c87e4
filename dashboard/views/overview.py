"""总览: 本月情况如何? Cards, who has handed in, the map beside the ranking."""

import streamlit as st

from dashboard import queries, state
from dashboard.components import area_map, cards, core_cards, hand_in, headings, page, ranking
from dashboard.i18n import of

filters, today = state.filters(), queries.today()
build, month, kpi = filters.build, filters.month, filters.kpi
dimensions, campaign, collected = queries.dimensions(build), queries.campaign(build), queries.collected(build)
top, reporting = dimensions.levels[0]["key"], campaign.reporting_level

asked = core_cards.asked_kpis(collected, dimensions.targets)
history = queries.history(build, month, asked, str(top), today)
units = queries.figures(build, month, asked, reporting, today)
reports = queries.hand_in(build, month, today).to_dicts()
facts = core_cards.all_facts(
    core_cards.card_kpis(collected, dimensions.targets),
    month=month,
    history=history,
    units=units,
    targets=dimensions.targets,
    campaign_months=frozenset(dimensions.due_at),
    kind_of=lambda each: queries.usual_period(build, each),
    survey_days_of=lambda each: queries.survey_days(build, each.key, month),
)

level_title, left_days = headings.level_title(dimensions, reporting), queries.days_left(build, today)
page.head(*headings.overview(campaign, month, reports, facts, level=level_title, days_left=left_days))
cards.show([*map(cards.figure_card, facts), *core_cards.issues_cards(asked, history, month)])
hand_in.show(reports)

kind, level, card = (
    queries.usual_period(build, kpi),
    queries.map_level(build),
    queries.scorecard(build, month),
)
left, right = st.columns([49, 80], gap="medium")
with left:
    area_map.show(
        kpi,
        queries.figures(build, month, (kpi.key,), level, today).to_dicts(),
        shapes := queries.shapes(build, level),
        headings.short_names(dimensions.units, level),
        title=headings.map_title(campaign, dimensions, level, kpi, kind, month),
        source=headings.map_source(campaign) if shapes else "",
        picked=filters.unit,
    )
with right:
    by = None if filters.by_score and card else kpi
    ranks = ranking.Ranking(
        title=headings.ranking_title(by, kind, month, of(card, "title") if card else ""),
        by=by,
        accent=kpi,
        level=level_title,
        rows=queries.ranking(build, month, by and by.key, today),
        before=queries.ranking_before(build, month, by and by.key, today),
        groups=dimensions.peer_groups,
        names=headings.short_names(dimensions.units, reporting),
        figures=queries.figures(build, month, (kpi.key,), reporting, today).to_dicts(),
        picked=filters.unit,
    )
    ranking.show(ranks, key="ranking", on_pick=state.pick_unit)
    page.note(ranking.explained(ranks) or headings.ranking_hint(by))
