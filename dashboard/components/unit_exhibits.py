"""The exhibits of a unit's page, put together from the figures: its KPIs, the units below, categories, reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components import (
    exhibit,
    findings,
    headings,
    kpi_choice,
    notation,
    unit_below,
    unit_categories,
    unit_reports,
    unit_table,
)
from dashboard.components.filters import PERIODS
from dashboard.components.links import link, linked
from dashboard.components.notation import Row
from dashboard.i18n import deferred, listed, of, sentences, t
from metrics.kpi import Kpi
from metrics.period import PeriodKind

ABREAST = 3
"""Drawings of categories beside one another."""


def kpi_table(
    found: unit_table.UnitTable, name: str, month: date, notes: Sequence[str], *, simulated: bool
) -> None:
    """All KPIs of the unit in one table; ``notes`` are HTML."""
    shown = exhibit.Exhibit(
        title=headings.title(name, t("全部指标"), month, found.kind),
        name=exhibit.file_name(f"{month:%Y-%m}", name, t("全部指标")),
        finding=findings.themes(found.lines),
        notes=notes,
        source=unit_table.left_out(found),
        table=unit_table.table(found),
        simulated=simulated,
    )
    exhibit.show(shown, unit_table.body(found), key="unit_table")


def reading(found: unit_table.UnitTable, *, below_level: str, chosen: PeriodKind | None) -> list[str]:
    """How to read the table, and the other periods it can be looked at in: ``below_level`` names a level with few cases."""
    others = [link(t(PERIODS[key]), period=key) for key in PERIODS if key != (chosen or "")]
    if below_level and chosen is None:
        others = [link(t(PERIODS[key]), period=key) for key in ("month", "ytd")]
        why = deferred("{level}一个月的案件大多太少，不足以判断，所以默认看近12个月；改看：{others}")
        period = linked(why, level=below_level, others=listed(others))
    else:
        period = linked("换一个时段：{others}", others=listed(others))
    told = [
        t(
            "离目标：按现有分母，分子还差多少（人、件、学时等）才达标。较上月、较去年同月：百分率之差为个百分点。"
        )
    ]
    if found.same_units:
        told.append(
            t("*：只比两期都有数的单位，{units}；走势中空心点与本月不是同一批单位。", units=found.same_units)
        )
    if not found.has_last_year:
        told.append(t("去年同月无可比基期。"))
    if found.peers:
        told.append(t("同组中位数：{peers}中样本足够者的中位数，括号内为其个数。", peers=found.peers))
    return [period, sentences(told)]


def units_below(found: unit_below.UnitsBelow, month: date, kpis: Sequence[Kpi], *, simulated: bool) -> None:
    """The units right below as small multiples, with the choice of their KPI among ``kpis``."""
    kpi_choice.show(t("比较哪一个指标"), kpis, width=300)
    rows = [row for code in found.months for row in found.months[code]]
    shown = exhibit.Exhibit(
        title=headings.title(found.who, headings.what(found.kpi), month, found.kind),
        name=exhibit.file_name(f"{month:%Y-%m}", found.who, of(found.kpi, "title")),
        finding=findings.judged(found.kpi, found.last, found.names),
        source=unit_below.scale_text(found),
        table=notation.figure_table(rows, found.names),
        picture=True,
        simulated=simulated,
    )
    exhibit.show(shown, unit_below.drawing(found), key="unit_below")


def categories(
    topics: Sequence[unit_categories.Topic],
    found: pl.DataFrame,
    name: str,
    month: date,
    reported: Mapping[str, tuple[int, int, int]],
    *,
    simulated: bool,
) -> None:
    """A drawing a topic beside one another; ``reported`` by sheet: reports of the month, of twelve, expected of twelve."""
    for topic, column in zip(topics, _places(len(topics)), strict=True):
        rows = found.filter(pl.col("topic") == topic.key).to_dicts()
        this_month, came, expected = reported[topic.sheet]
        amounts = unit_categories.shares(topic, rows, month_is_known=this_month > 0)
        text = t(
            "{counted}；近12个月已报{came}/{expected}份月报",
            counted=t(topic.counted),
            came=came,
            expected=expected,
        )
        shown = exhibit.Exhibit(
            title=headings.title(name, t(topic.title), month),
            name=exhibit.file_name(f"{month:%Y-%m}", name, t(topic.title)),
            finding=findings.largest_share(amounts),
            source=text,
            notes=[
                unit_categories.legend(month_is_known=this_month > 0) if rows else "",
                escape(unit_categories.senior_text(amounts)),
            ],
            table=unit_categories.table(topic, amounts) if rows else None,
            picture=bool(rows),
            simulated=simulated,
        )
        drawn = unit_categories.drawing(amounts, shown.title) if rows else _nothing()
        with column:
            exhibit.show(shown, drawn, key=f"unit_{topic.key}")


def _places(count: int) -> list[DeltaGenerator]:
    """So many columns, in rows of as many as a wide screen has room for."""
    width = min(count, ABREAST)
    rows = [st.columns(width, gap="medium") for _ in range(-(-count // ABREAST))]
    return [column for row in rows for column in row][:count]


def _nothing() -> str:
    return f'<p class="src">{t("这12个月没有数据。")}</p>'


def reports(
    cells: Sequence[Row], revisions: unit_reports.Revisions, name: str, month: date, *, simulated: bool
) -> None:
    """The reports of the unit, month by month."""
    shown = exhibit.Exhibit(
        title=headings.title(name, t("报送记录与修订"), month),
        name=exhibit.file_name(f"{month:%Y-%m}", name, t("报送记录")),
        finding=findings.reports_on_time(cells),
        source=t("按时与否以首个未被退回的版本为准；数据以最新版本为准。"),
        table=unit_reports.table(cells, revisions, name),
        simulated=simulated,
    )
    exhibit.show(shown, unit_reports.body(cells, revisions), key="unit_reports")
