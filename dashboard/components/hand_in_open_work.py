"""What the unit still has open, on top of 报送: one line, and the cases and issues behind it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard import format
from dashboard.components import block, plain_table
from dashboard.components.plain_table import line
from dashboard.i18n import t
from dashboard.services.open_work import OpenItem, OpenWork
from metrics.period import parse_month

LISTED = 100
"""Cases or issues listed of a kind; the template has them all."""
LONGEST_ABOUT = 60


def show(work: OpenWork | None) -> None:
    """Open complaints and issues, the overdue among them, what waits to be closed and what is; nothing without a report."""
    block.show("" if work is None else _body(work), key="open_work")


def _body(work: OpenWork) -> str:
    month = t("至{month}的报送", month=format.month(parse_month(work.period)))
    told = _told(work) or [escape(t("没有未办结的投诉和未整改的问题"))]
    summary = f'{" · ".join(told)} <span class="src">{escape(month)}</span>'
    lists = "".join(_table(title, items) for title, items in _kinds(work) if items)
    if not lists:
        return f'<p class="open-work">{summary}</p>'
    return f'<details class="folded open-work"><summary>{summary}</summary>{lists}</details>'


def _told(work: OpenWork) -> list[str]:
    parts = (
        (
            work.cases,
            t("{count}件未办结投诉", count=len(work.cases)),
            work.overdue_cases,
            t("其中{count}件至今天已过期限", count=len(work.overdue_cases)),
        ),
        (
            work.issues,
            t("{count}个未整改问题", count=len(work.issues)),
            work.overdue_issues,
            t("其中{count}个至今天已逾期", count=len(work.overdue_issues)),
        ),
        (work.waiting, t("已整改待销号{count}个", count=len(work.waiting)), (), ""),
        (work.closed, t("已销号{count}个", count=len(work.closed)), (), ""),
    )
    return [_part(text, late) if overdue else escape(text) for some, text, overdue, late in parts if some]


def _part(text: str, late: str) -> str:
    return f'<b>{escape(text)}</b><span class="missed">{escape(t("（{more}）", more=late))}</span>'


def _kinds(work: OpenWork) -> list[tuple[str, Sequence[OpenItem]]]:
    """What is open by what is to be done about them, the most pressing first; none stands twice."""
    cases, issues = (set(late) for late in (work.overdue_cases, work.overdue_issues))
    return [
        (t("已过期限的投诉"), work.overdue_cases),
        (t("其他未办结投诉"), [each for each in work.cases if each not in cases]),
        (t("已逾期的问题"), work.overdue_issues),
        (t("其他未整改问题"), [each for each in work.issues if each not in issues]),
        (t("已整改待销号的问题"), work.waiting),
        (t("已销号的问题"), work.closed),
    ]


def _table(title: str, items: Sequence[OpenItem]) -> str:
    rest = len(items) - LISTED
    more = f'<p class="src">{escape(t("另有{count}个，见填报表", count=rest))}</p>' if rest > 0 else ""
    head = escape(t("{title}（{count}）", title=title, count=len(items)))
    titles = (t("编号"), t("单位"), t("期限"), t("事项"))
    return f"<h3>{head}</h3>{plain_table.table(titles, [_line(each) for each in items[:LISTED]])}{more}"


def _line(item: OpenItem) -> plain_table.Line:
    about = item.about if len(item.about) <= LONGEST_ABOUT else f"{item.about[:LONGEST_ABOUT]}…"
    due = format.MISSING if item.due_at is None else f"{item.due_at:%Y-%m-%d}"
    return line(item.number, item.unit, due, about)
