"""Findings as a liaison reads them: by sheet, the gravest first, each with its cell, what is expected and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from dashboard.components import plain_table
from dashboard.components.plain_table import Line, line
from dashboard.i18n import LANGUAGE, deferred, t
from etl.findings import Finding, key_of, render, title

SHOWN = 200
"""Lines drawn; the marked workbook has them all."""
SEVERITY_TITLES = {"must": deferred("必须修改"), "verify": deferred("需要说明"), "info": deferred("提示")}
ORDER = tuple(SEVERITY_TITLES)
VALUES_NAMED = 12
"""Values named in a question that asks about many."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Findings of one kind on one sheet and column that one reason can answer."""

    key: str
    title: str
    where: str
    values: Sequence[str]
    expected: str
    keys: Sequence[str]


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """The gravest first, else as they stand in the workbook."""
    return sorted(findings, key=lambda each: ORDER.index(each.severity))


def table(findings: Sequence[Finding], file_name: str) -> str:
    """A table a severity and sheet, as HTML."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for each in in_order(findings)[:SHOWN]:
        groups.setdefault((each.severity, each.sheet), []).append(each)
    parts = [_group(severity, sheet, found, file_name) for (severity, sheet), found in groups.items()]
    rest = len(findings) - SHOWN
    more = t("另有{count}处未列出，见标注后的工作簿。", count=rest) if rest > 0 else ""
    return "".join(parts) + (f'<p class="src">{escape(more)}</p>' if more else "")


def _group(severity: str, sheet: str, findings: Sequence[Finding], file_name: str) -> str:
    name = sheet or t("整个文件")
    head = t(
        "{severity} · {sheet}（{count}处）",
        severity=t(SEVERITY_TITLES[severity]),
        sheet=name,
        count=len(findings),
    )
    titles = (t("单元格"), t("列"), t("现为"), t("问题"), t("应为"), t("怎么改"))
    lines = (_line(each, file_name) for each in _drawn_together(findings))
    body = plain_table.table(titles, lines, css="found")
    if severity == "info":
        # Nothing is to be done about these: they stand in nobody's way.
        return f'<details class="folded"><summary>{escape(head)}</summary>{body}</details>'
    return f'<h3 class="findings-{severity}">{escape(head)}</h3>{body}'


def _drawn_together(findings: Sequence[Finding]) -> list[Finding]:
    """What is missing has no cell of its own: of one kind and column it is one line that names them all."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for number, each in enumerate(findings):
        is_absent = not each.cell and any(name == "before" for name, _ in each.arguments)
        own = "" if is_absent else str(number)
        groups.setdefault((each.kind, each.column, own), []).append(each)
    return [_of_all(found) for found in groups.values()]


def _line(each: Finding, file_name: str) -> Line:
    language = "en" if LANGUAGE.get() == "en" else "zh"
    row = render(each, file_name, language)
    return line(
        row["cell"], row["column"], row["value"], title(each, language), row["expected"], row["remedy"]
    )


def questions(findings: Iterable[Finding]) -> list[Question]:
    """What wants a reason, asked once a kind, sheet and column."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for each in findings:
        groups.setdefault((each.kind, each.sheet, each.column), []).append(each)
    return [_question(found) for found in groups.values()]


def _question(found: Sequence[Finding]) -> Question:
    first, language = found[0], "en" if LANGUAGE.get() == "en" else "zh"
    cells = [each.cell for each in found if each.cell]
    where = " ".join(part for part in (first.sheet, first.column) if part)
    places = ", ".join(cells[:VALUES_NAMED]) + (
        t("等{count}处", count=len(found)) if len(found) > max(len(cells[:VALUES_NAMED]), 1) else ""
    )
    return Question(
        key=key_of(first),
        title=title(first, language),
        where=" ".join(part for part in (where, places) if part),
        values=[each.value for each in found if each.value][:VALUES_NAMED],
        expected=render(_of_all(found), "", language)["expected"],
        keys=list(dict.fromkeys(key_of(each) for each in found)),
    )


def _of_all(found: Sequence[Finding]) -> Finding:
    """The first of some findings, told with the earlier values of them all, such as the cases no longer listed."""
    told = (str(value) for each in found for name, value in each.arguments if name == "before")
    before = list(dict.fromkeys(told))
    if len(before) < 2:
        return found[0]
    rest = len(before) - VALUES_NAMED
    named = " / ".join(before[:VALUES_NAMED]) + (t("等{count}处", count=len(before)) if rest > 0 else "")
    return replace(
        found[0],
        arguments=tuple((name, named if name == "before" else value) for name, value in found[0].arguments),
    )
