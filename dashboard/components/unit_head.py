"""The head of a unit's page: the way to it, what it is, the sentence that says how it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from dashboard import format
from dashboard.components import block
from dashboard.components.links import link, linked
from dashboard.components.unit_lines import UnitLine, distance, missed, short_of
from dashboard.i18n import deferred, in_one_sentence, listed, of, t
from etl.campaign import Population

NAMED = 3
"""So many missed targets are named; the table below has them all."""
WITHOUT_REPORT = {
    "not_due": deferred("本月未到期"),
    "not_reported": deferred("本月未报"),
    "returned": deferred("本月月报已退回待改"),
}
"""What is said first where the month's report is wanting, by its state."""

MOVES = GAINED, LOST, APPEARED, GONE = (
    deferred("{count}项转为达标"),
    deferred("{count}项转为未达标"),
    deferred("{count}项上月未判断、现已达标"),
    deferred("{count}项不再有判断"),
)
"""The ways by which the number of targets met changes from one month's page to the next."""


def way(units: Sequence[tuple[str, str]], below: Sequence[tuple[str, str]], below_title: str) -> None:
    """The way to a unit: codes and names of the units above, the unit itself last, and below."""
    *above, (_, own) = units
    steps = [link(name, unit=code) for code, name in above] + [f'<b aria-current="page">{escape(own)}</b>']
    line = f'<span class="steps">{" › ".join(steps)}</span>'
    if below:
        names = " ".join(f"<li>{link(name, unit=code)}</li>" for code, name in below)
        counted = escape(t("{count}个{level}", count=len(below), level=below_title))
        line += f' <span class="steps">› {counted}</span><ul>{names}</ul>'
    block.show(f'<nav class="unit-way" aria-label="{escape(t("上下级单位"))}">{line}</nav>', key="unit_way")


def population_text(found: Population | None, basis: str) -> str:
    """How many people live there, by which count."""
    if found is None:
        return t("无人口数，按人口计算的指标不适用")
    people = format.whole(found.reference)
    return t("人口{people}（{basis}）", people=people, basis=basis)


def sentence(
    lines: Sequence[UnitLine],
    *,
    code: str,
    red_lines: Sequence[str],
    report: str,
    month_before: str,
) -> str:
    """How many targets are met, the furthest missed, how that number came from the month before's; HTML with links.

    ``report`` is the state of the month's report; ``month_before`` (YYYY-MM) is offered where it is wanting.
    """
    judged = [line for line in lines if line.status in ("met", "missed")]
    wanting = _wanting(report, month_before)
    if not judged:
        parts = [wanting, escape(t("没有可判断的指标"))]
    else:
        met = sum(line.status == "met" for line in judged)
        counted = t("{all}项有目标的指标中{met}项达标", all=len(judged), met=met)
        parts = [wanting, f"<b>{escape(counted)}</b>", _furthest(lines, red_lines, code), _turned(lines)]
    return in_one_sentence(parts)


def _wanting(report: str, month_before: str) -> str:
    """That the month is not due, not reported or returned, with the way to the month before."""
    told = escape(t(WITHOUT_REPORT[report])) if report in WITHOUT_REPORT else ""
    if not told or not month_before:
        return told
    return linked("{told}（{before}）", told=told, before=link(t("看上月"), month=month_before))


def _furthest(lines: Sequence[UnitLine], red_lines: Sequence[str], code: str) -> str:
    # A count that should be 0 has no distance to compare; a red line crossed stands in the facts below.
    far = [line for line in missed(lines, red_lines) if distance(line) is not None][:NAMED]
    if not far:
        return ""
    told = [linked("{kpi}（{short}）", kpi=_to_kpi(line, code), short=escape(short_of(line))) for line in far]
    return linked("离目标最远：{kpis}", kpis=listed(told))


def _to_kpi(line: UnitLine, code: str) -> str:
    return link(of(line.kpi, "title"), "indicator", kpi=line.kpi.key, unit=code)


def _turned(lines: Sequence[UnitLine]) -> str:
    """How many targets were met the month before, and each way by which that number became this month's."""
    if not any(line.status_before for line in lines):
        return ""
    met_before = sum(line.status_before == "met" for line in lines)
    moves = Counter(_move(line) for line in lines)
    told = [t(words, count=moves[words]) for words in MOVES if moves[words]]
    return escape(t("上月{met}项达标，本月{moves}", met=met_before, moves=listed(told))) if told else ""


def _move(line: UnitLine) -> str:
    """How a line came to be met, or ceased to be; empty where it did neither."""
    now, before = line.status, line.status_before
    if (now == "met") == (before == "met"):
        return ""
    if now == "met":
        return GAINED if before == "missed" else APPEARED
    return LOST if now == "missed" else GONE
