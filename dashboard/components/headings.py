"""Titles, sentences and sources: who · what · when · edition, made from the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from dashboard import format
from dashboard.components import core_cards, hand_in
from dashboard.components.cards import QUALIFIER, CardFacts
from dashboard.i18n import of, t
from etl.campaign import Campaign
from metrics.dimensions import Dimensions
from metrics.kpi import Kpi
from metrics.period import PeriodKind

Row = Mapping[str, object]


def short_names(units: pl.DataFrame, level: str) -> dict[str, str]:
    """The short name of every unit of a level, by code."""
    return dict(units.filter(pl.col("level") == level).select("unit_code", "short_name").rows())


def level_title(dimensions: Dimensions, level: str) -> str:
    """A level in the campaign's own word."""
    return of(next(each for each in dimensions.levels if each["key"] == level), "title")


def overview(
    campaign: Campaign,
    month: date,
    reports: Sequence[Row],
    facts: Sequence[CardFacts],
    *,
    level: str,
    days_left: int,
) -> tuple[str, list[str], str]:
    """Title, small print and the sentence of the overview."""
    passed = sum(bool(row["passed"]) for row in reports)
    came = sum(bool(row["has_report"]) for row in reports)
    notes = [
        t("实时数据"),
        t("{came}份已报中{passed}份已审核", came=came, passed=passed),
        t("距整治期满{days}天", days=days_left) if days_left >= 0 else "",
    ]
    sentence = ";".join(
        part for part in (hand_in.summary(reports, level), core_cards.sentence(facts)) if part
    )
    return f"{campaign.top.name} · {format.month(month)}", notes, sentence + "。"


def map_title(
    campaign: Campaign, dimensions: Dimensions, level: str, kpi: Kpi, kind: PeriodKind, month: date
) -> str:
    """云南省各州(市) · 投诉按期办结率(%) · 2026年9月 · 实时数据."""
    who = t("{top}各{level}", top=campaign.top.name, level=level_title(dimensions, level))
    what = f"{of(kpi, 'title')}({format.unit(kpi)})"
    return " · ".join([who, what, when(kind, month), t("实时数据")])


def when(kind: PeriodKind, month: date) -> str:
    """2026年9月, with 本年累计 or 近12个月 where the figures reach further back."""
    qualifier = t(QUALIFIER.get(kind, ""))
    return format.month(month) + (f"({qualifier})" if qualifier else "")


def map_source(campaign: Campaign) -> str:
    """Where the outlines come from, and what the map may be used for."""
    return t("底图来源:{source}", source=of(campaign, "map_source")) + " · " + of(campaign, "map_note")


def ranking_title(kpi: Kpi | None, kind: PeriodKind, month: date, scorecard: str) -> str:
    """综合得分排名 · 同组比较 · 2026年9月 · 月度评分表(2026年第1版)."""
    if kpi is None:
        return " · ".join([t("综合得分排名"), t("同组比较"), format.month(month), scorecard])
    return " · ".join([of(kpi, "title") + t("排名"), t("同组比较"), when(kind, month), t("实时数据")])


def ranking_hint(kpi: Kpi | None) -> str:
    """How to read the ranking."""
    pick = t("点选一行(或按回车)看该单位。")
    if kpi is not None:
        return t("同组内比较,同值同名次;变化为较上月名次。") + pick
    return t("得分按固定的下限与满分线计算,同组内比较;未报的项不得分;变化为较上月名次。") + pick
