"""The overview put together from its queries: cards, map, ranking, and what stands at its foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from dashboard import format
from dashboard.components import (
    area_map,
    attention,
    comparing,
    core_cards,
    exhibit,
    findings,
    headings,
    notation,
    ranking,
)
from dashboard.components.cards import CardFacts
from dashboard.components.earlier import Earlier
from dashboard.i18n import of, t
from dashboard.queries import attention as attention_queries
from dashboard.queries import builds, comparisons, figures, maps, rankings
from dashboard.state import Filters


def asked(build: str) -> tuple[str, ...]:
    """Every KPI the cards stand on."""
    return core_cards.asked_kpis(builds.collected(build), builds.dimensions(build).targets)


def compared(filters: Filters, today: date) -> dict[str, list[Earlier]]:
    """By KPI what the figure of the whole is held against."""
    build, month, level = filters.build, filters.month, builds.top_level(filters.build)
    found = comparing.held_against(build, month, asked(build), level, today, filters.period)
    return {kpi: earlier for (_, kpi), earlier in found.items()}


def cards(
    filters: Filters, today: date, history: pl.DataFrame, changes: Mapping[str, Sequence[Earlier]]
) -> list[CardFacts]:
    """What the cards say; ``history`` of the KPIs asked at the top level, ``changes`` of ``compared``."""
    build, month, period = filters.build, filters.month, filters.period
    targets, reporting = builds.dimensions(build).targets, builds.campaign(build).reporting_level
    months, whole = tuple(history["month"].unique().sort()), str(history["unit_code"][0])
    return core_cards.all_facts(
        core_cards.card_kpis(builds.collected(build), targets),
        month=month,
        history=history,
        units=figures.table(build, month, asked(build), reporting, today, period),
        targets=targets,
        changes=changes,
        other_units=comparisons.other_units(
            build, builds.top_level(build), whole, asked(build), months, today, period
        ),
        kind_of=lambda each: figures.period_of(build, each, period),
        survey_days_of=lambda each: figures.survey_days(build, each.key, month),
    )


def issues_card(
    filters: Filters,
    today: date,
    history: pl.DataFrame,
    changes: Mapping[str, Sequence[Earlier]],
    names: Mapping[str, str],
) -> list[str]:
    """The card of the issues, if they are collected; it names the units whose register is missing."""
    build, month, wanted = filters.build, filters.month, asked(filters.build)
    units = figures.table(build, month, wanted, builds.campaign(build).reporting_level, today, filters.period)
    missing = units.filter(
        (pl.col("kpi") == core_cards.ISSUES[0]) & (pl.col("reported") < pl.col("expected"))
    )
    left_out = [names[code] for code in missing["unit_code"]]
    return core_cards.issues_cards(wanted, history, month, changes, left_out)


def show_map(filters: Filters, today: date) -> None:
    """The map of the KPI chosen, with the classes of the map's own page."""
    build, month, kpi, level = filters.build, filters.month, filters.kpi, builds.map_level(filters.build)
    kind = maps.period(build, kpi.key, level, filters.period)
    rows = figures.table(build, month, (kpi.key,), level, today, kind).to_dicts()
    drawn = area_map.AreaMap(
        kpi=kpi,
        rows=rows,
        shapes=builds.shapes(build, level),
        names=headings.unit_names(build, level),
        picked=filters.unit,
        page="unit",
        limits=maps.class_limits(build, month, kpi.key, level, today, kind),
    )
    shown = exhibit.Exhibit(
        title=headings.title(
            headings.everyone(build, level), headings.what(kpi), month, figures.period_of(build, kpi, kind)
        ),
        name=exhibit.file_name(f"{month:%Y-%m}", of(kpi, "title"), t("地图")),
        finding=findings.judged(kpi, rows, drawn.names),
        source=headings.map_source(builds.campaign(build)) if drawn.shapes else "",
        table=notation.figure_table(drawn.rows, drawn.names),
        picture=bool(drawn.shapes),
        simulated=builds.dimensions(build).simulated,
    )
    exhibit.show(shown, area_map.drawing(drawn, shown.title), key="area_map")


def show_ranking(filters: Filters, today: date, names: Mapping[str, str]) -> None:
    """The ranking by the scorecard in force, or by the KPI chosen."""
    build, month, kpi, period = filters.build, filters.month, filters.kpi, filters.period
    dimensions, card = builds.dimensions(build), builds.scorecard(filters.build, filters.month)
    by = None if filters.by_score and card else kpi
    reporting = dimensions.reporting_level
    ranks = ranking.Ranking(
        by=by,
        accent=kpi,
        level=headings.level_title(dimensions, reporting),
        rows=rankings.ranking(build, month, by and by.key, today, period),
        before=rankings.ranking_before(build, month, by and by.key, today, period),
        groups=dimensions.peer_groups,
        names=names,
        figures=figures.table(build, month, (kpi.key,), reporting, today, period).to_dicts(),
        picked=filters.unit,
        bands=rankings.bands(build, month, by and by.key, today, period),
    )
    what = of(card, "title") if by is None else of(by, "title")
    shown = exhibit.Exhibit(
        title=headings.title(t("同组排名"), what, month),
        name=exhibit.file_name(f"{month:%Y-%m}", what, t("排名")),
        finding=findings.leaders(ranks),
        table=ranking.table(ranks),
        simulated=dimensions.simulated,
        notes=[
            ranking.explained(ranks),
            ranking.reading(ranks),
        ],
    )
    exhibit.show(shown, ranking.body(ranks), key="ranking")


def foot(
    filters: Filters, today: date, history: pl.DataFrame, names: Mapping[str, str]
) -> list[tuple[str, Sequence[str]]]:
    """Who moved furthest and why, what is overdue, what needs attention; each with its title."""
    build, month = filters.build, filters.month
    overdue = figures.table(
        build, month, asked(build), builds.campaign(build).reporting_level, today, filters.period
    ).filter(kpi="issues_overdue")
    whole = history.filter(pl.col("kpi").eq("issues_overdue") & pl.col("month").eq(month)).to_dicts()
    moved = attention_queries.movers(build, month, today)
    scores = attention_queries.score_pairs(build, month, today)
    watched = attention.watched(
        attention_queries.red_lines(build, month, today),
        attention_queries.missed_in_a_row(build, month, today),
        names,
        attention_queries.MONTHS_IN_A_ROW,
    )
    return [
        (
            t("变化最大（{month}得分较上月）", month=format.month(month)),
            attention.movers(moved, scores, names, f"{month:%Y-%m}"),
        ),
        (t("整改督办"), attention.overdue(overdue.to_dicts(), whole[0] if whole else None, names)),
        (t("需要关注"), watched),
    ]
