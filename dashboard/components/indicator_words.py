"""The sentence that answers the page 指标, and what a reader should know before comparing; numbers are links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from dashboard import format
from dashboard.components import certainty_words
from dashboard.components.indicator_facts import Indicator, counted, line_of
from dashboard.components.links import link, linked
from dashboard.components.marks import STATUS
from dashboard.components.notation import is_word, target_text
from dashboard.components.unit_lines import short_of
from dashboard.i18n import clauses, deferred, in_one_sentence, listed, of, t, within
from dashboard.state import BY_VALUE, FUNNEL
from metrics.kpis import KPIS
from metrics.query import STANDARD_KPI

COUNTED = {
    "met": deferred("{count}个达标"),
    "missed": deferred("{count}个未达标"),
    "no_target": deferred("{count}个有数值"),
    "too_few_cases": deferred("{count}个样本不足"),
    "not_reported": deferred("{count}个未报"),
    "not_due": deferred("{count}个未到期"),
    "not_applicable": deferred("{count}个不适用"),
}
FEBRUARY = 2
GAP_KPI = "officers_gap"
NAMED = 3
"""So many units that differ are named; more are counted."""


def sentence(indicator: Indicator) -> str:
    """How the explained unit stands, how the units below it stand, and how many differ for real; as HTML."""
    return in_one_sentence([_own(indicator), _below(indicator), _differing(indicator)])


def _own(indicator: Indicator) -> str:
    row, status = indicator.row, str(indicator.row["status"])
    if row["value"] is None or is_word(row):
        word = escape(t(STATUS[status].word))
        due = linked("（截止{day}）", day=escape(format.day(indicator.due))) if status == "not_due" else ""
        return f"{_name(indicator)} {word}{due}"
    value = format.measured(indicator.kpi, format.figure(indicator.kpi, row))
    figure = link(value, "unit", unit=indicator.code, kpi=indicator.kpi.key)
    cases = escape(t("（{label}）", label=format.cases(row["cases"]))) if row["cases"] is not None else ""
    return f"{_name(indicator)} {figure}{cases}{_judged(indicator)}"


def _name(indicator: Indicator) -> str:
    return f"<b>{escape(indicator.name)}</b>"


def _judged(indicator: Indicator) -> str:
    row, status = indicator.row, indicator.row["status"]
    target = escape(within(target_text(indicator.kpi, row["target"], indicator.held)))
    if status == "met":
        return linked("，达到{target}", target=target)
    if status == "missed":
        return linked(
            "，未达到{target}，{short}", target=target, short=escape(short_of(line_of(indicator, row)))
        )
    if status == "not_due":
        return linked("，{day}截止前不作判断", day=escape(format.day(indicator.due)))
    return linked("，样本不足，不作判断") if status == "too_few_cases" else linked("，无目标，不作判断")


def _below(indicator: Indicator) -> str:
    counts = counted(indicator.rows)
    if len(indicator.rows) < 2:
        return ""
    told = [
        link(t(COUNTED[status], count=counts[status]), order=BY_VALUE)
        for status in COUNTED
        if counts.get(status)
    ]
    return linked(
        "{all}个{level}中{counts}",
        all=str(len(indicator.rows)),
        level=escape(indicator.level_name),
        counts=listed(told),
    )


def _differing(indicator: Indicator) -> str:
    """Who differs from the explained unit, and how sure that is; who only may differ is counted."""
    if indicator.funnel is None:
        return ""
    by_state = certainty_words.states(indicator.kpi, indicator.funnel)
    clear, possible = (certainty_words.differing(by_state, state) for state in ("clear", "possible"))
    name = escape(indicator.name)
    if not clear and not possible:
        return linked("各单位与{name}{differ}", name=name, differ=link(t("不能区分"), chart=FUNNEL))
    told = [_clear(indicator, clear, name)] if clear else []
    if possible:
        counted_ = link(t("{count}个", count=len(possible)), chart=FUNNEL)
        told.append(
            linked("另有{count}可能有差别（95%）", count=counted_)
            if clear
            else linked("{count}与{name}可能有差别（95%）", count=counted_, name=name)
        )
    return clauses(told)


def _clear(indicator: Indicator, clear: Sequence[str], name: str) -> str:
    units = link(listed([indicator.names[code] for code in clear[:NAMED]]), chart=FUNNEL)
    if len(clear) > NAMED:
        return linked(
            "{units}等{count}个与{name}有差别（99.8%）", units=units, count=str(len(clear)), name=name
        )
    if len(clear) == 1:
        return linked("{unit}与{name}有差别（99.8%）", unit=units, name=name)
    return linked("{units}与{name}有差别（99.8%）", units=units, name=name)


def hints(indicator: Indicator, months: Sequence[date], chosen: str | None) -> list[str]:
    """What to look at instead where this period misleads: links with the words why, as HTML."""
    found = (_spring(indicator, months, chosen), _few(indicator, chosen), _two_gaps(indicator))
    return [hint for hint in found if hint]


def _two_gaps(indicator: Indicator) -> str:
    """Officers short of the standard over several units are counted in two ways, with two numbers."""
    if indicator.kpi.key != STANDARD_KPI or len(indicator.rows) < 2:
        return ""
    return linked(
        "{name}的缺口按合计与标准相比，超配的单位会抵掉一部分；各单位缺口相加见{kpi}。",
        name=escape(indicator.name),
        kpi=link(of(KPIS[GAP_KPI], "title"), kpi=GAP_KPI),
    )


def _spring(indicator: Indicator, months: Sequence[date], chosen: str | None) -> str:
    """The Spring Festival moves between January and February: together they compare with other years."""
    month, flow = indicator.month, indicator.kpi.over_time == "flow"
    if not flow or month.month > FEBRUARY or indicator.kind == "rolling12":
        return ""
    if month.month == FEBRUARY and (chosen == "ytd" or indicator.kind == "ytd"):
        return ""
    february = month.replace(month=FEBRUARY)
    if february not in months:
        return escape(t("春节错月：1月与去年同月不可直接比较，2月数据到后宜1–2月合并看。"))
    both = link(t("1–2月合并看"), month=f"{february:%Y-%m}", period="ytd")
    return linked("春节错月：单月与去年同月不可直接比较，宜{both}。", both=both)


def _few(indicator: Indicator, chosen: str | None) -> str:
    counts = counted(indicator.rows)
    few = counts.get("too_few_cases", 0)
    known = sum(row["value"] is not None for row in indicator.rows)
    if chosen == "rolling12" or indicator.kind != "month" or 2 * few <= known:
        return ""
    return linked(
        "{few}个{level}在这个时段样本不足，不着色、不判断；{wider}样本较多，差别更可信。",
        few=str(few),
        level=escape(indicator.level_name),
        wider=link(t("近12个月"), period="rolling12"),
    )
