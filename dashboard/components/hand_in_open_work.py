"""What the unit still has open, on top of 报送: one line, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard import format
from dashboard.components import block
from dashboard.i18n import listed, t
from dashboard.services.open_work import OpenWork
from metrics.period import parse_month

NUMBERS = 300
"""Numbers listed of a kind; the template has them all."""


def show(work: OpenWork | None) -> None:
    """Open complaints and issues, the overdue among them, what waits to be closed and what is; nothing without a report."""
    block.show("" if work is None else _body(work), key="open_work")


def _body(work: OpenWork) -> str:
    month = t("按{month}的报送", month=format.month(parse_month(work.period)))
    told = _told(work) or [escape(t("没有未办结的投诉和未整改的问题"))]
    line = f'{" · ".join(told)} <span class="src">{escape(month)}</span>'
    lists = "".join(_numbers(title, numbers) for title, numbers in _kinds(work) if numbers)
    if not lists:
        return f'<p class="open-work">{line}</p>'
    return f'<details class="folded open-work"><summary>{line}</summary><dl>{lists}</dl></details>'


def _told(work: OpenWork) -> list[str]:
    parts = (
        (
            work.cases,
            t("{count}件未办结投诉", count=len(work.cases)),
            work.overdue_cases,
            t("其中{count}件已过期限", count=len(work.overdue_cases)),
        ),
        (
            work.issues,
            t("{count}个未整改问题", count=len(work.issues)),
            work.overdue_issues,
            t("其中{count}个已逾期", count=len(work.overdue_issues)),
        ),
        (work.waiting, t("已整改待销号{count}个", count=len(work.waiting)), (), ""),
        (work.closed, t("已销号{count}个", count=len(work.closed)), (), ""),
    )
    return [_part(text, late) if overdue else escape(text) for some, text, overdue, late in parts if some]


def _part(text: str, late: str) -> str:
    return f'<b>{escape(text)}</b><span class="missed">{escape(t("({more})", more=late))}</span>'


def _kinds(work: OpenWork) -> list[tuple[str, Sequence[str]]]:
    """The numbers by what is to be done about them, the most pressing first; none stands twice."""
    cases, issues = (set(late) for late in (work.overdue_cases, work.overdue_issues))
    return [
        (t("已过期限的投诉"), work.overdue_cases),
        (t("其他未办结投诉"), [each for each in work.cases if each not in cases]),
        (t("已逾期的问题"), work.overdue_issues),
        (t("其他未整改问题"), [each for each in work.issues if each not in issues]),
        (t("已整改待销号的问题"), work.waiting),
        (t("已销号的问题"), work.closed),
    ]


def _numbers(title: str, numbers: Sequence[str]) -> str:
    rest = len(numbers) - NUMBERS
    more = f" {escape(t('另有{count}个,见填报表', count=rest))}" if rest > 0 else ""
    named = listed([f"<span>{escape(each)}</span>" for each in numbers[:NUMBERS]])
    head = escape(t("{title}({count})", title=title, count=len(numbers)))
    return f"<dt>{head}</dt><dd>{named}{more}</dd>"
