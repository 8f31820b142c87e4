"""The overview's sentence: who has reported, which core targets are met, what moved; each number a link."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from dashboard.components.cards import CardFacts
from dashboard.components.links import link, linked
from dashboard.components.notation import Row
from dashboard.i18n import deferred, in_one_sentence, listed, of, t

NAMED = 3
"""So many units are named; more are counted."""


def sentence(
    reports: Sequence[Row],
    facts: Sequence[CardFacts],
    names: Mapping[str, str],
    *,
    level: str,
    top: str,
    crossed: Sequence[str] = (),
) -> str:
    """As HTML; ``names`` of the reporting units, ``top`` the code of the whole, ``crossed`` who crossed a red line."""
    parts = [
        *_reported(reports, names, level),
        *_crossed(crossed, names),
        *_judged(facts, top),
        *_moved(facts),
    ]
    return in_one_sentence(parts)


def _reported(reports: Sequence[Row], names: Mapping[str, str], level: str) -> list[str]:
    came = sum(bool(row["has_report"]) for row in reports)
    counted = link(t("{came}/{all}个{level}已报", came=came, all=len(reports), level=level), "progress")
    late = [row for row in reports if row["state"] == "late"]
    waiting = [row for row in reports if row["state"] == "not_due" and not row["returned"]]
    extended = sum(row["extended_to"] is not None for row in waiting)
    told = {
        t("{count}个未到期", count=len(waiting) - extended): len(waiting) - extended,
        t("{count}个准予延期", count=extended): extended,
    }
    return [
        counted + _late(late, names),
        *_wanting(reports, names),
        *(link(text, "progress") for text, count in told.items() if count),
    ]


def _wanting(reports: Sequence[Row], names: Mapping[str, str]) -> list[str]:
    """Who has not reported, and whose report was returned with nothing come since."""
    missing = [row for row in reports if row["state"] == "not_reported" and not row["returned"]]
    returned = [row for row in reports if row["returned"]]
    kinds = (
        (missing, deferred("{units}未报"), deferred("{count}个未报")),
        (returned, deferred("{units}已退回待改"), deferred("{count}个已退回待改")),
    )
    return [
        linked(named, units=listed([_unit(row, names) for row in rows]))
        if len(rows) <= NAMED
        else link(t(counted, count=len(rows)), "progress")
        for rows, named, counted in kinds
        if rows
    ]


def _late(late: Sequence[Row], names: Mapping[str, str]) -> str:
    if not late:
        return ""
    if len(late) > NAMED:
        return linked("（其中{late}）", late=link(t("{count}个迟报", count=len(late)), "progress"))
    told = [linked("{unit}迟{days}天", unit=_unit(row, names), days=str(row["days_late"])) for row in late]
    return linked("（其中{late}）", late=listed(told))


def _unit(row: Row, names: Mapping[str, str]) -> str:
    return link(names[str(row["unit_code"])], "unit", unit=str(row["unit_code"]))


def _crossed(crossed: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """Who crossed a red line this month: it stands apart from every figure and rank."""
    if not crossed:
        return []
    units = [link(names[code], "unit", unit=code) for code in crossed[:NAMED]]
    if len(crossed) > NAMED:
        return [linked("{units}等{count}个触及红线", units=listed(units), count=str(len(crossed)))]
    return [linked("{units}触及红线", units=listed(units))]


def _judged(facts: Sequence[CardFacts], top: str) -> list[str]:
    judged = [each for each in facts if each.row["status"] in ("met", "missed") and each.kpi.core]
    if not judged:
        return []
    met = sum(each.row["status"] == "met" for each in judged)
    return [
        linked(
            "{all}项有目标的核心指标{met}",
            all=escape(str(len(judged))),
            met=link(t("{met}项达标", met=met), "unit", unit=top),
        )
    ]


def _moved(facts: Sequence[CardFacts]) -> list[str]:
    """Which KPIs with a target are better and worse than a month before, over the units behind both months.

    Only those of the month itself: a year to date grows by being a month longer.
    """
    steps = {each.kpi.key: _step(each) for each in facts if _is_told(each)}
    moved = [each for each in facts if steps.get(each.kpi.key)]
    notes = {each.changes[0].on_same_units for each in moved}
    # Where all stand on the same units, these are named once; else beside each.
    each_its_own = len(notes) > 1
    better = [_kpi(each, noted=each_its_own) for each in moved if steps[each.kpi.key] > 0]
    worse = [_kpi(each, noted=each_its_own) for each in moved if steps[each.kpi.key] < 0]
    told = [linked("{kpis}改善", kpis=listed(better))] if better else []
    told += [linked("{kpis}退步", kpis=listed(worse))] if worse else []
    if not told:
        return []
    note = "" if each_its_own else notes.pop()
    if note:
        return [linked("较上月（{units}）{moves}", units=escape(note), moves=listed(told))]
    return [linked("较上月{moves}", moves=listed(told))]


def _step(facts: CardFacts) -> float:
    """How far a KPI moved to the better."""
    change = facts.changes[0]
    return (change.value - change.before) * (1 if facts.kpi.direction == "up" else -1)


def _is_told(facts: CardFacts) -> bool:
    """Whether a card's change on last month is worth a sentence: judged, over a month, on enough cases."""
    change = facts.changes[0]
    enough = facts.row["status"] != "too_few_cases"
    return (
        bool(facts.held) and facts.kind == "month" and change.name == "较上月" and change.compares and enough
    )


def _kpi(facts: CardFacts, *, noted: bool) -> str:
    name = link(re.split("[(（]", of(facts.kpi, "title"))[0].strip(), "indicator", kpi=facts.kpi.key)
    note = facts.changes[0].on_same_units
    return linked("{kpi}（{units}）", kpi=name, units=escape(note)) if noted and note else name
