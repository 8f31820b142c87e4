"""A ranking in words: places with their group, bands, reasons, and the table as it is taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import polars as pl

from dashboard import format
from dashboard.components.links import link
from dashboard.components.marks import STATUS
from dashboard.components.notation import Row, said
from dashboard.components.ranking_facts import Ranking
from dashboard.components.ranking_points import Points
from dashboard.i18n import clauses, deferred, listed, of, opening, sentences, t
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.rank_band import Band
from metrics.rank_certainty import RankCertainty, rank_certainty

LOST_MOST = 3
ALIKE_NAMED = 4
"""So many units whose rank is as likely are named; more are counted."""
REASONS = {
    "below_coverage": deferred("数据不足，不排名"),
    "not_reported": deferred("未报，不排名"),
    "too_few_cases": deferred("样本不足，不排名"),
    "not_applicable": deferred("不适用，不排名"),
    "not_due": deferred("未到期，不排名"),
    "context": deferred("只作参考，不排名"),
}


def rank_text(row: Row, group: Sequence[Row]) -> str:
    """3 or 并列3; – without a rank."""
    if row["rank"] is None:
        return format.MISSING
    tied = sum(other["rank"] == row["rank"] for other in group) > 1
    return t("并列{rank}", rank=row["rank"]) if tied else str(row["rank"])


def group_title(ranking: Ranking, key: object) -> str:
    """A peer group's name; empty for none."""
    return next((of(dict(group), "title") for group in ranking.groups if group["key"] == key), "")


def place_text(ranking: Ranking, row: Row) -> str:
    """第3名/5个(第一组): a rank always with its peer group and how many are ranked in it."""
    members = ranking.members(row["group"])
    ranked = sum(each["rank"] is not None for each in members)
    title = group_title(ranking, row["group"])
    if row["rank"] is None:
        return f"{title} {reason(row)}".strip()
    if not ranking.contested(row["group"]):
        return t("{group}只有{count}个单位参评，不比先后", group=title, count=ranked)
    tied = sum(each["rank"] == row["rank"] for each in members) > 1
    text = (
        deferred("并列第{rank}名/{count}个（{group}）")
        if tied
        else deferred("第{rank}名/{count}个（{group}）")
    )
    return t(text, rank=row["rank"], count=ranked, group=title)


def band_text(band: Band | None) -> str:
    """第2–6名; 第1名 where nothing else is likely."""
    if band is None:
        return ""
    first, last = band
    return t("第{rank}名", rank=first) if first == last else t("第{first}–{last}名", first=first, last=last)


def assessed_text(row: Row, by: Kpi | None = None) -> str:
    """◐已评75%: how much of the weight (of the reports, where one KPI ranks) stands behind a rank, if not all."""
    share = row["coverage"]
    if row["rank"] is None or share >= 1:
        return ""
    # Never rounded up to all of it.
    written = format.number(share * 100, 0, threshold=100)
    return t("◐已评{share}%", share=written) if by is None else t("◐已报{share}%", share=written)


def red_line_text(row: Row) -> str:
    """触及红线: beside every rank of a unit that crossed one; empty for others."""
    return t("触及红线") if row["red_lines"] else ""


def rank_marks(row: Row, by: Kpi | None = None) -> list[str]:
    """What belongs beside a rank wherever one is shown: how much was assessed, and a red line crossed."""
    return [mark for mark in (assessed_text(row, by), red_line_text(row)) if mark]


def reading(ranking: Ranking) -> str:
    """What the marks beside the ranks mean, of those that occur; HTML."""
    few = any(assessed_text(row, ranking.by) for row in ranking.rows)
    share = (
        t("◐：只评了一部分权重。不适用、样本不足的项不计权重；未报的项计权重，得0分。")
        if ranking.by is None
        else t("◐：应报的月报没有到齐。")
    )
    crossed = t("▼红线：触及红线的不扣分、不改名次，只在名次旁注明（设定值，无文件规定）。")
    told = [share if few else "", crossed if any(row["red_lines"] for row in ranking.rows) else ""]
    return escape(sentences(told))


def apart_text(ranking: Ranking, row: Row) -> str:
    """与第8名丙州（6–10）分不出高下；与前面6个确有差别: what the bands of ranks say, in a sentence."""
    if not row["rank"] or not ranking.contested(row["group"]) or not ranking.bands:
        return ""
    members = {str(each["unit_code"]): each for each in ranking.members(row["group"]) if each["rank"]}
    ranks = {code: each["rank"] for code, each in members.items()}
    found = rank_certainty(str(row["unit_code"]), ranks, ranking.bands)
    return apart_words(found, members, ranking.names, ranking.bands)


def apart_words(
    found: RankCertainty, members: Mapping[str, Row], names: Mapping[str, str], bands: Mapping[str, Band]
) -> str:
    """A unit's certainty of rank in words, the nearest units it cannot be told apart from named in order of rank."""
    alike = [
        t(
            "第{rank}名{unit}（{first}–{last}）",
            rank=members[code]["rank"],
            unit=names[code],
            first=bands[code][0],
            last=bands[code][1],
        )
        for code in sorted(found.alike[:ALIKE_NAMED], key=lambda code: (members[code]["rank"], code))
    ]
    named = listed(alike)
    told = [
        t("与{units}等{count}个分不出高下", units=named, count=len(found.alike))
        if len(found.alike) > ALIKE_NAMED
        else t("与{units}分不出高下", units=named)
        if alike
        else "",
        t("与前面{count}个确有差别", count=len(found.ahead)) if found.ahead else "",
        t("与后面{count}个确有差别", count=len(found.behind)) if found.behind else "",
    ]
    return opening(clauses([each for each in told if each]))


def reason(row: Row) -> str:
    """Why a unit has no rank."""
    return t(REASONS.get(str(row["reason"]) or str(row["status"]), REASONS["not_applicable"]))


def unranked_text(ranking: Ranking, row: Row) -> str:
    """What is missing to a rank: 未报；有数据的权重占45%，不足67%；85.6(n=14)，样本不足."""
    if ranking.by is not None:
        figure = ranking.figure_of[str(row["unit_code"])]
        word = t(STATUS[str(figure["status"])].word)
        if figure["value"] is None:
            return word
        value, n = format.figure(ranking.by, figure), format.cases(figure["cases"])
        return t("{value}（{n}），{word}", value=value, n=n, word=word)
    if row["reason"] in ("not_reported", "not_due") or ranking.coverage_rule is None:
        return t(STATUS.get(str(row["reason"]), STATUS["not_reported"]).word)
    rule = float(ranking.coverage_rule * 100)
    share = format.number(row["coverage"] * 100, 0, threshold=rule)
    return t("有数据的权重占{share}%，不足{rule}%", share=share, rule=format.number(rule, 0))


def table(ranking: Ranking) -> pl.DataFrame:
    """The ranking as it is taken away; no rank where too few units stand in a group."""
    return pl.DataFrame([_taken_away(ranking, row) for row in ranking.rows], infer_schema_length=None)


def _taken_away(ranking: Ranking, row: Row) -> dict[str, object]:
    code = str(row["unit_code"])
    contested = ranking.contested(row["group"])
    band = ranking.bands.get(code) if contested else None
    line = {
        t("组"): group_title(ranking, row["group"]),
        t("名次"): row["rank"] if contested else None,
        t("名次变化"): ranking.moves.get(code) if contested else None,
        t("单位代码"): code,
        t("单位"): ranking.names[code],
        (t("得分") if ranking.by is None else of(ranking.by, "title")): row["score"],
        (t("已评权重占比") if ranking.by is None else t("已报占比")): row["coverage"],
    }
    if ranking.bands:
        line |= {t("名次区间起"): band and band[0], t("名次区间止"): band and band[1]}
    line |= _points_taken_away(ranking, row)
    note = "" if row["rank"] and contested else reason(row) if not row["rank"] else t("参评不足3个，不比先后")
    crossed = listed([of(KPIS[key], "title") for key in row["red_lines"]])
    return line | {t("红线"): crossed, t("说明"): clauses([note, *rank_marks(row, ranking.by)])}


def _points_taken_away(ranking: Ranking, row: Row) -> dict[str, float | None]:
    """What every item earned and could have earned, unrounded; empty where its weight does not count.

    The weights of items that do not count go to the rest, so that the points to be had differ between units.
    """
    parts = {kpi: (got, full) for kpi, got, full in row["parts"] if full}
    line: dict[str, float | None] = {}
    for kpi in ranking.items:
        got, full = parts.get(kpi, (None, None))
        title = ranking.title(kpi)
        line |= {t("{kpi} 得分", kpi=title): got, t("{kpi} 满分", kpi=title): full}
    return line


def explained(ranking: Ranking) -> str:
    """The unit picked out, in one line of HTML: its score, and where it loses most; empty without one."""
    row = next((row for row in ranking.rows if row["unit_code"] == ranking.picked), None)
    if row is None:
        return ""
    code = str(row["unit_code"])
    if ranking.by is not None:
        return escape(said(ranking.by, ranking.figure_of[code], ranking.names[code]))
    text = t("{unit}：{score}分", unit=ranking.names[code], score=ranking.shown[code])
    marks = [*rank_marks(row), lost_most(ranking.points.get(code, ()))]
    why = link(t("为什么"), "ranking", unit=code, by="score")
    return " · ".join([escape(text), *(escape(mark) for mark in marks if mark), why])


def lost_most(points: Sequence[Points]) -> str:
    """失分最多：投诉按期办结率 12.1/15.0分、…; empty where nothing is lost."""
    worst = sorted((each for each in points if each.lost), key=lambda each: -each.lost)[:LOST_MOST]
    told = [
        t("{kpi} {got}/{full}分", kpi=of(KPIS[each.kpi], "title"), got=each.got, full=each.full)
        for each in worst
    ]
    return t("失分最多：{items}", items=listed(told)) if told else ""
