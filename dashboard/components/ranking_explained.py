"""Why a unit stands where it does: the items of its score, what moved it, what the next place would take."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import polars as pl

from dashboard import format
from dashboard.components.attention import CAUSES
from dashboard.components.links import link, linked
from dashboard.components.marks import STATUS, html
from dashboard.components.notation import QUALIFIER, Row
from dashboard.components.ranking_facts import Ranking
from dashboard.components.ranking_words import band_text, place_text
from dashboard.i18n import listed, of, t
from metrics.explain import explain_change
from metrics.kpis import KPIS
from metrics.scoring import ItemScore, UnitScore

MOVES_NAMED = 3


def body(ranking: Ranking, unit: UnitScore, before: UnitScore | None) -> str:
    """The explanation of the unit picked out, as HTML; ``before`` is its score a month earlier."""
    row = next(row for row in ranking.rows if row["unit_code"] == unit.unit_code)
    facts = [fact for fact in (_place(ranking, row), _to_next(ranking, row), red_lines(row)) if fact]
    told = "".join(f"<p>{fact}</p>" for fact in [*facts, *moved(before, unit)])
    return f'<div class="ranking-why"><div class="ranking-facts">{told}</div>{items(ranking, unit)}</div>'


def table(ranking: Ranking, unit: UnitScore) -> pl.DataFrame:
    """The items as they are taken away, unrounded."""
    brought = unit.contributions
    lines = [
        {
            t("单位代码"): unit.unit_code,
            t("单位"): ranking.names[unit.unit_code],
            t("指标"): of(KPIS[item.kpi], "title"),
            t("时段"): _period(ranking, item) or t("当月"),
            t("数值"): None if item.value is None else float(item.value),
            "n": item.cases,
            t("下限"): float(item.floor),
            t("满分线"): float(item.target),
            t("权重"): float(item.weight),
            t("得分"): float(brought[item.kpi]) if item.kpi in brought else None,
            t("状态"): t(STATUS[item.status].word),
        }
        for item in unit.items
    ]
    return pl.DataFrame(lines, infer_schema_length=None)


def _period(ranking: Ranking, item: ItemScore) -> str:
    """The period an item is reckoned over, where it is not the month."""
    kind = ranking.kinds.get(item.kpi, "month")
    return t(QUALIFIER[kind]) if kind in QUALIFIER else ""


def _place(ranking: Ranking, row: Row) -> str:
    code = str(row["unit_code"])
    band = band_text(ranking.bands.get(code)) if ranking.contested(row["group"]) else ""
    parts = [
        f"<b>{escape(t('{score}分', score=ranking.shown[code]))}</b>",
        escape(place_text(ranking, row)),
        escape(t("名次区间{band}", band=band)) if band else "",
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
    return f'<b class="missed">▼</b> {escape(t("触及红线:{kpis}(不扣分,单列)", kpis=named))}'


def moved(before: UnitScore | None, unit: UnitScore) -> list[str]:
    """What moved the score since the month before, largest first, as HTML."""
    moves = explain_change(before, unit) if before is not None else ()
    if not moves:
        return [escape(t("较上月:无可比基期"))]
    difference = float(sum(move.difference for move in moves))
    largest = sorted(moves, key=lambda move: -abs(move.difference))[:MOVES_NAMED]
    told = [
        t(
            "{kpi} {points}分{cause}",
            kpi=of(KPIS[move.kpi], "title"),
            points=_signed(float(move.difference)),
            cause=t("({cause})", cause=t(CAUSES[move.cause])) if move.cause in CAUSES else "",
        )
        for move in largest
        if move.difference
    ]
    if not told:
        return [escape(t("较上月:得分未变"))]
    return [escape(t("较上月{points}分:{items}", points=_signed(difference), items=listed(told)))]


def _signed(points: float) -> str:
    return ("+" if points >= 0 else "−") + format.number(abs(points), 1)


def items(ranking: Ranking, unit: UnitScore) -> str:
    """What each item of a unit's score brought and what it lost, as an HTML table."""
    heads = [
        ("", t("指标")),
        ("number value", t("数值")),
        ("number", "n"),
        ("number", t("下限→满分线")),
        ("number", t("得分/满分")),
        ("number", t("失分")),
    ]
    head = "".join(f'<th class="{css}" scope="col">{escape(text)}</th>' for css, text in heads)
    points = {each.kpi: each for each in ranking.points.get(unit.unit_code, ())}
    lines = "".join(_item(ranking, unit, item, points.get(item.kpi)) for item in unit.items)
    return f'<div class="ranking-scroll" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'


def _item(ranking: Ranking, unit: UnitScore, item: ItemScore, points: object) -> str:
    kpi = KPIS[item.kpi]
    value = (
        f"{html(STATUS[item.status])} {escape(t(STATUS[item.status].word))}"
        if item.value is None
        else escape(format.measured(kpi, format.number(float(item.value), kpi.decimals)))
    )
    got = t("不计权重") if points is None else f"{points.got}/{points.full}"
    lost = format.MISSING if points is None else str(points.lost) if points.lost else "0"
    accent = ' class="accent"' if item.kpi == ranking.accent.key else ""
    period = _period(ranking, item)
    name = link(of(kpi, "title"), "indicator", kpi=kpi.key, unit=unit.unit_code)
    cells = [
        f"{name} <small>{escape(period)}</small>" if period else name,
        value,
        escape(format.whole(item.cases)),
        escape(f"{format.plain(float(item.floor))}→{format.plain(float(item.target))}"),
        escape(got),
        f"<b>{escape(lost)}</b>" if points is not None and points.lost else escape(lost),
    ]
    styled = ["", "number value", *["number"] * (len(cells) - 2)]
    tds = "".join(f'<td class="{css}">{cell}</td>' for css, cell in zip(styled, cells, strict=True))
    return f"<tr{accent}>{tds}</tr>"


def picked(scores: Sequence[UnitScore], code: str | None) -> UnitScore | None:
    """The score of a unit; None for one that has none, or is not ranked at all."""
    return next((unit for unit in scores if unit.unit_code == code), None)
