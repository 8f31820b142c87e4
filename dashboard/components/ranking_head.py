"""The head of the ranking page: who leads each group and how surely, and what to rank by, as links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from dashboard import format
from dashboard.components.links import going, link, linked
from dashboard.components.notation import Row
from dashboard.components.ranking_facts import Ranking
from dashboard.components.ranking_words import band_text, rank_marks
from dashboard.i18n import clauses, deferred, in_one_sentence, listed, of, t
from dashboard.state import BY_KPI, BY_SCORE

NAMED = 3
"""So many leaders or unranked units are named; more are counted."""
UNRANKED = {
    "not_reported": deferred("{count}个未报"),
    "not_due": deferred("{count}个未到期"),
    "below_coverage": deferred("{count}个数据不足"),
    "too_few_cases": deferred("{count}个样本不足"),
    "not_applicable": deferred("{count}个不适用"),
}


def sentence(ranking: Ranking, group: str | None, *, due: str = "") -> str:
    """Who leads, group by group, and who has no rank, as HTML; ``due`` what still stands out, if anything."""
    if ranking.by is not None and ranking.by.direction == "context":
        parts = [linked("{kpi}只作参考，不分高低，不排名", kpi=_kpi(ranking))]
    else:
        groups = [each for each in ranking.groups if group in (None, each["key"])]
        parts = [_leader(ranking, each) for each in groups if ranking.members(each["key"])]
        parts += _unranked([row for row in ranking.rows if group in (None, row["group"])])
        if ranking.only_describes:
            parts.append(escape(t("{kpi}只作背景，不计分，高低不等于好坏", kpi=of(ranking.by, "title"))))
    parts += [escape(due)] if due else []
    return in_one_sentence(parts)


def _kpi(ranking: Ranking) -> str:
    return link(of(ranking.by, "title"), "indicator", kpi=ranking.by.key)


def _leader(ranking: Ranking, group: Mapping[str, object]) -> str:
    """A group, who leads it, by what score, and how sure that is."""
    rows, title = ranking.members(group["key"]), escape(of(dict(group), "title"))
    ranked = [row for row in rows if row["rank"] is not None]
    if not ranking.contested(group["key"]):
        if not ranked:
            return linked("{group} 没有单位参评", group=title)
        units = listed([_unit(ranking, row) for row in ranked])
        return linked("{group} 只有{units}参评，不比先后", group=title, units=units)
    first = [row for row in ranked if row["rank"] == 1]
    if len(first) > NAMED:
        return linked(
            "{group} {count}个并列第1名（{score}）",
            group=title,
            count=str(len(first)),
            score=_score(ranking, first[0]),
        )
    units = listed([_marked(ranking, row) if len(first) > 1 else _unit(ranking, row) for row in first])
    return linked(
        _first(ranking, several=len(first) > 1), group=title, units=units, score=_sure(ranking, first)
    )


def _first(ranking: Ranking, *, several: bool) -> str:
    """How the first of a group is spoken of: leading, or the lowest or highest where neither is better."""
    if not ranking.only_describes:
        return (
            deferred("{group} {units} 并列领先（{score}）")
            if several
            else deferred("{group} {units} 领先（{score}）")
        )
    if ranking.by.direction == "down":
        return deferred("{group} {units} 最低（{score}）")
    return deferred("{group} {units} 最高（{score}）")


def _unit(ranking: Ranking, row: Row) -> str:
    return link(ranking.names[str(row["unit_code"])], unit=str(row["unit_code"]))


def _marked(ranking: Ranking, row: Row) -> str:
    """One of several leaders, with what belongs beside its rank."""
    marks = rank_marks(row, ranking.by)
    return _unit(ranking, row) + (escape(t("（{label}）", label=listed(marks))) if marks else "")


def _score(ranking: Ranking, row: Row) -> str:
    shown = ranking.shown[str(row["unit_code"])]
    if ranking.by is None:
        return escape(t("{score}分", score=shown))
    return escape(format.measured(ranking.by, shown))


def _sure(ranking: Ranking, first: Sequence[Row]) -> str:
    """The leading score, and for a single leader how far down it might as well stand."""
    score, band = _score(ranking, first[0]), ranking.bands.get(str(first[0]["unit_code"]))
    if len(first) > 1:
        return score
    told = (
        score
        if band is None
        else linked("{score}，名次区间{band}", score=score, band=escape(band_text(band)))
    )
    return clauses([told, *(escape(mark) for mark in rank_marks(first[0], ranking.by))])


def _unranked(rows: Sequence[Row]) -> list[str]:
    reasons = [str(row["reason"]) for row in rows if row["rank"] is None]
    told = []
    for reason, wording in UNRANKED.items():
        if count := reasons.count(reason):
            text = t(wording, count=count)
            told.append(link(text, "progress") if reason in ("not_reported", "not_due") else escape(text))
    if not told:
        return []
    return [linked("{count}个单位不排名：{reasons}", count=str(len(reasons)), reasons=listed(told))]


def tabs(ranking: Ranking, group: str | None, *, scored: bool) -> str:
    """What to rank by, and which group, as links; the one in force is marked."""
    title = of(ranking.accent, "title")
    by = [_tab(t("综合得分"), on=ranking.by is None, by=BY_SCORE)] if scored else []
    by.append(_tab(t("所选指标：{kpi}", kpi=title), on=ranking.by is not None, by=BY_KPI))
    groups = [_tab(t("全部组"), on=group is None, group="")]
    groups += [
        _tab(
            t("{group}（{count}个）", group=of(dict(each), "title"), count=len(ranking.members(each["key"]))),
            on=group == each["key"],
            group=str(each["key"]),
        )
        for each in ranking.groups
    ]
    rows = [(t("排名依据"), by)] + ([(t("同组比较"), groups)] if len(ranking.groups) > 1 else [])
    told = "".join(f"<p><strong>{escape(name)}</strong>{''.join(links)}</p>" for name, links in rows)
    return f'<nav class="ranking-tabs">{told}</nav>'


def _tab(text: str, *, on: bool, **keys: str) -> str:
    key = "-".join(f"{name}:{value}" for name, value in keys.items())
    current = ' aria-current="true"' if on else ""
    return f'<a href="#" {going(**keys)} data-key="{escape(key)}"{current}>{escape(text)}</a>'
