"""Below a unit's sentence: its rank with band and score, the red lines it crossed, the report of the month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from dashboard import format
from dashboard.components import block, extension
from dashboard.components.hand_in import mark_of, state_of
from dashboard.components.links import link, linked
from dashboard.components.marks import STATUS, html
from dashboard.components.notation import Row, shown
from dashboard.components.ranking_facts import CONTEST
from dashboard.components.ranking_words import REASONS, apart_words, band_text, rank_marks
from dashboard.components.unit_lines import UnitLine
from dashboard.i18n import deferred, listed, of, t

STATE = {
    "received": deferred("已接收，未审核"),
    "passed": deferred("已通过"),
    "frozen": deferred("已冻结"),
}
"""States of a submission."""
NOT_CROSSED = {
    "not_reported": deferred("未触及（按认定事项；本单位月报未报）"),
    "returned": deferred("未触及（按认定事项；本单位月报已退回）"),
    "not_due": deferred("未触及（按认定事项；本单位月报未到期）"),
}
"""That no red line is crossed, where the unit's own report is wanting."""


@dataclass(frozen=True, kw_only=True)
class UnitFacts:
    """What stands below the sentence.

    ``standing`` is that of queries.units (of the unit, or of the reporting unit it belongs to, then
    ``stands_for`` is that one's name); ``reports`` are rows of queries.reports.reports of the month, one for
    a unit that reports itself or is reported by another, all of them for the whole; ``revision`` the current
    revision's row. ``red_lines`` are the lines of the KPIs that must be 0, ``overdue`` is that of issues overdue;
    ``names`` the units' short names.
    """

    standing: Mapping[str, object] | None
    stands_for: tuple[str, str] | None
    group: str
    reports: Sequence[Row]
    revision: Mapping[str, object] | None
    level: str
    red_lines: Sequence[UnitLine]
    code: str
    names: Mapping[str, str]
    overdue: UnitLine | None


def show(found: UnitFacts) -> None:
    """Rank with its band and score, red lines, the report of the month: three short statements."""
    parts = [
        (t("名次"), _rank(found)),
        (t("红线"), _red_lines(found)),
        (t("整改"), _overdue(found)),
        (t("报送"), _report(found)),
    ]
    cells = "".join(f"<div><dt>{escape(name)}</dt><dd>{text}</dd></div>" for name, text in parts if text)
    if cells:
        block.show(f'<dl class="unit-facts">{cells}</dl>', key="unit_facts")


def _rank(found: UnitFacts) -> str:
    standing = found.standing
    if standing is None:
        return ""
    whose = f"{link(found.stands_for[1], unit=found.stands_for[0])} " if found.stands_for else ""
    if standing["members"] < 2:
        return whose + escape(t("同组没有可比单位，不排名"))
    if standing["rank"] is None:
        waiting = any(row["state"] == "not_due" for row in found.reports)
        reason = "not_due" if waiting else str(standing["reason"]) or str(standing["status"])
        return whose + escape(t(REASONS.get(reason, REASONS["not_applicable"])))
    if standing["of"] < CONTEST:
        few = t("{group}只有{count}个单位参评，不比先后", group=found.group, count=standing["of"])
        return whose + escape(few)
    rank = t("第{rank}名 / {of}", rank=standing["rank"], of=standing["of"])
    told = [
        t("（{group}）", group=found.group),
        t("可能{band}", band=band_text(standing["band"])),
        _moved(standing),
        t("得分{score}", score=format.number(standing["score"], 1)),
        *rank_marks(standing),
    ]
    place = link(rank, "ranking", group=str(standing["group"]), by="score")
    return f"{whose}<b>{place}</b>{_spans(told)}{_apart(found, standing)}"


def _apart(found: UnitFacts, standing: Mapping[str, object]) -> str:
    """Which units of its group the rank can be told apart from, on a line of its own."""
    told = apart_words(standing["certainty"], standing["ranked"], found.names, standing["bands"])
    return f"<br><small>{escape(told)}</small>" if told else ""


def _spans(parts: Sequence[str]) -> str:
    return "".join(f' <span class="nb">{escape(part)}</span>' for part in parts if part)


def _moved(standing: Mapping[str, object]) -> str:
    steps = standing["moved"]
    if steps is None:
        return ""
    if steps == 0:
        return t("较上月持平")
    return t("较上月{move}名", move=f"{'↑' if steps > 0 else '↓'}{abs(steps)}")


def _red_lines(found: UnitFacts) -> str:
    if found.red_lines and all(line.row["value"] is None for line in found.red_lines):
        waiting = any(row["state"] == "not_due" for row in found.reports)
        mark = STATUS["not_due" if waiting else found.red_lines[0].status]
        return f"{html(mark)} {escape(t(mark.word))}"
    told = [_red_line(found, line) for line in found.red_lines if line.row["value"] != 0]
    if told or not found.red_lines:
        return listed(told)
    # What crosses a red line is established by others: it may be known before the unit has reported.
    states = {state_of(row) for row in found.reports} if len(found.reports) == 1 else set()
    return escape(t(NOT_CROSSED.get("".join(states), deferred("未触及"))))


def _red_line(found: UnitFacts, line: UnitLine) -> str:
    """A red line crossed, or one of which nothing is known."""
    kpi = link(of(line.kpi, "title"), "indicator", kpi=line.kpi.key, unit=found.code)
    mark = STATUS["missed" if line.row["value"] else line.status]
    value = escape(shown(line.kpi, line.row))
    if line.row["value"] is not None:
        value = escape(format.measured(line.kpi, format.figure(line.kpi, line.row)))
    return f'<span class="nb">{html(mark)} {kpi} {value}</span>'


def _overdue(found: UnitFacts) -> str:
    """How many issues are overdue, with the way to their list; nothing where that is not known."""
    if found.overdue is None or found.overdue.row["value"] is None:
        return ""
    count = found.overdue.row["value"]
    if not count:
        return escape(t("没有逾期未整改的问题"))
    told = t("{count}个问题逾期未整改", count=format.whole(count))
    return link(told, "indicator", kpi=found.overdue.kpi.key, unit=found.code, rows=found.code, part="")


def _report(found: UnitFacts) -> str:
    if len(found.reports) != 1:
        return _reports(found)
    (row,) = found.reports
    stands_for = found.stands_for
    by = linked("由{unit}填报", unit=link(stands_for[1], unit=stands_for[0])) + " " if stands_for else ""
    mark, told = mark_of(row), _timing(row)
    if row["has_report"] and found.revision is not None:
        told += [
            t("{moment}收到", moment=_moment(row["received_at"])),
            t("第{revision}版", revision=row["revision"]),
            t(STATE[str(found.revision["state"])]),
        ]
    if row["absent"]:
        told.append(t("缺{count}表", count=len(row["absent"])))
    return f"{by}{html(mark)} {escape(t(mark.word))}{_spans(told)}"


def _timing(row: Row) -> list[str]:
    """How late it came, or until when it is due; and that it may come later than planned."""
    due, until = format.day(row["due_on"]), extension.until(row)
    late = t("迟{days}天", days=row["days_late"]) if row["state"] == "late" else ""
    if until:
        return [late, t("{until}（原定{planned}）", until=until, planned=due)]
    return [late or (t("截止{day}", day=due) if row["state"] in ("not_reported", "not_due") else "")]


def _moment(value: object) -> str:
    return f"{format.day(value)} {value:%H:%M}" if isinstance(value, date) else ""


def _reports(found: UnitFacts) -> str:
    """For the whole: how many of its reporting units have reported."""
    if not found.reports:
        return ""
    came = sum(bool(row["has_report"]) for row in found.reports)
    late = sum(row["state"] == "late" for row in found.reports)
    text = t("{came}/{all}个{level}已报", came=came, all=len(found.reports), level=found.level)
    return link(text, "progress") + (f" {escape(t('{count}个迟报', count=late))}" if late else "")
