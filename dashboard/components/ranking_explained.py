"""Why a unit stands where it does: the items of its score, what moved it, what the next place would take."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import polars as pl

from dashboard import format
from dashboard.components import score_items
from dashboard.components.links import link, linked
from dashboard.components.notation import Row
from dashboard.components.ranking_facts import Ranking
from dashboard.components.ranking_words import apart_text, band_text, place_text, rank_marks, red_line_text
from dashboard.components.score_change import ScoreChange, score_change, sentence
from dashboard.i18n import listed, of, t
from metrics.kpis import KPIS
from metrics.scoring import UnitScore


def body(ranking: Ranking, unit: UnitScore, before: UnitScore | None) -> str:
    """The explanation of the unit picked out, as HTML; ``before`` is its score a month earlier."""
    row = next(row for row in ranking.rows if row["unit_code"] == unit.unit_code)
    change = score_change(before, unit)
    facts = [_place(ranking, row), escape(apart_text(ranking, row)), _to_next(ranking, row), red_lines(row)]
    told = "".join(f"<p>{fact}</p>" for fact in [*filter(None, facts), escape(sentence(change))])
    return f'<div class="ranking-why"><div class="ranking-facts">{told}</div>{items(ranking, unit, change)}</div>'


def table(ranking: Ranking, unit: UnitScore, before: UnitScore | None) -> pl.DataFrame:
    """The items as they are taken away, unrounded."""
    change = score_change(before, unit)
    return score_items.taken_away(unit, ranking.names[unit.unit_code], change, kinds=ranking.kinds)


def _place(ranking: Ranking, row: Row) -> str:
    code = str(row["unit_code"])
    band = band_text(ranking.bands.get(code)) if ranking.contested(row["group"]) else ""
    parts = [
        f"<b>{escape(t('{score}分', score=ranking.shown[code]))}</b>",
        escape(place_text(ranking, row)),
        escape(t("名次区间{band}", band=band)) if band else "",
        *(escape(mark) for mark in rank_marks(row)),
        link(t("单位页"), "unit", unit=code),
    ]
    return " · ".join(part for part in parts if part)


def _to_next(ranking: Ranking, row: Row) -> str:
    """How many points the next better unit of the group is ahead."""
    if not row["rank"] or not ranking.contested(row["group"]):
        return ""
    ahead = [each for each in ranking.members(row["group"]) if each["rank"] and each["rank"] < row["rank"]]
    if not ahead:
        return ""
    next_better = min(ahead, key=lambda each: each["score"])
    return linked(
        "距前一名{unit}差{points}分",
        unit=link(ranking.names[str(next_better["unit_code"])], unit=str(next_better["unit_code"])),
        points=format.number(next_better["score"] - row["score"], 1),
    )


def red_lines(row: Row) -> str:
    """The red lines a unit has crossed, as HTML; empty without any."""
    if not row["red_lines"]:
        return ""
    named = listed([of(KPIS[key], "title") for key in row["red_lines"]])
    told = t("{crossed}：{kpis}（不扣分）", crossed=red_line_text(row), kpis=named)
    return f'<b class="missed">▼</b> {escape(told)}'


def items(ranking: Ranking, unit: UnitScore, change: ScoreChange | None) -> str:
    """What each item of a unit's score brought, lost and moved, as HTML."""
    points = ranking.points.get(unit.unit_code, ())
    return score_items.table(unit, points, change, kinds=ranking.kinds, accent=ranking.accent.key)


def picked(scores: Sequence[UnitScore], code: str | None) -> UnitScore | None:
    """The score of a unit; None for one that has none, or is not ranked at all."""
    return next((unit for unit in scores if unit.unit_code == code), None)
