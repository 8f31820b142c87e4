"""The reports of one unit month by month: when they came, which revision counts, what each sheet holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from html import escape

import polars as pl

from dashboard import format
from dashboard.components import extension
from dashboard.components.hand_in import CONTENT, mark_of
from dashboard.components.links import link
from dashboard.components.marks import HAND_IN, html
from dashboard.components.notation import Row
from dashboard.components.unit_facts import STATE
from dashboard.i18n import listed, of, t
from etl.completeness import LATE, NOT_APPLICABLE, NOT_DUE, NOT_REPORTED, REPORTED, RETURNED_CONTENT
from etl.sheets import SHEETS

Revisions = Mapping[str, Mapping[str, object]]
"""Rows of queries.unit_reports.revisions."""


def body(cells: Sequence[Row], revisions: Revisions) -> str:
    """A line a month, latest first: ``cells`` are rows of queries.unit_reports.sheets."""
    sheets = list(dict.fromkeys(str(row["sheet"]) for row in cells))
    months: dict[str, list[Row]] = {}
    for row in cells:
        months.setdefault(str(row["month"]), []).append(row)
    heads = [
        t("月份"),
        t("报送"),
        t("首次收到"),
        t("版本"),
        t("审核"),
        *(of(SHEETS[key], "title") for key in sheets),
    ]
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    lines = "".join(_line(month, rows, revisions.get(month)) for month, rows in months.items())
    return (
        f'<div class="unit-scroll" tabindex="0" role="region" aria-label="{escape(t("报送记录"))}">'
        f'<table class="unit-reports"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'
    )


def state_of(rows: Sequence[Row]) -> str:
    """In what time the report of a month came, from its sheets; ``returned`` where it was and nothing came since."""
    asked = _asked(rows)
    return "returned" if asked["content"] == RETURNED_CONTENT else _state(asked)


def _asked(rows: Sequence[Row]) -> Row:
    """A sheet of the report that was to come: it says when."""
    return next((row for row in rows if row["content"] != NOT_APPLICABLE), rows[0])


def _line(month: str, rows: Sequence[Row], revision: Mapping[str, object] | None) -> str:
    asked = _asked(rows)
    own = [
        link(format.month(date.fromisoformat(f"{month}-01")), month=month),
        _timing(asked),
        escape(_moment(asked["received_at"])),
        escape(t("第{revision}版", revision=asked["revision"])) if asked["revision"] else "",
        escape(t(STATE[str(revision["state"])])) if revision else "",
        *(_content(row) for row in rows),
    ]
    return "<tr>" + "".join(f"<td>{text}</td>" for text in own) + "</tr>"


def _timing(row: Row) -> str:
    state = _state(row)
    mark = mark_of({"state": state, "returned": row["content"] == RETURNED_CONTENT})
    words = t("迟{days}天", days=row["days_late"]) if state == "late" else t(mark.word)
    if row["extended_to"]:
        words = listed([words, extension.until(row)])
    return f'{html(mark)} <span class="{"late" if state == "late" else ""}">{escape(words)}</span>'


def _state(row: Row) -> str:
    if row["timing"] in (NOT_DUE, ""):
        return "not_due"
    if row["revision"] is None:
        return "not_reported"
    return "late" if row["timing"] == LATE else "on_time"


def _moment(text: object) -> str:
    """A receipt as the matrix writes it, without its seconds."""
    if not text:
        return ""
    moment = datetime.fromisoformat(str(text))
    return f"{format.day(moment)} {moment:%H:%M}"


def _content(row: Row) -> str:
    """The word for what a sheet holds; only what is amiss has a colour."""
    content = str(row["content"])
    if content == NOT_REPORTED and row["timing"] == NOT_DUE:
        return f'<span class="grey">{escape(t(HAND_IN["not_due"].word))}</span>'
    mark = CONTENT[content]
    css = "" if content == REPORTED else mark.css
    return f'<span class="{css}">{escape(t(mark.word))}</span>'


def table(cells: Sequence[Row], revisions: Revisions, name: str) -> pl.DataFrame:
    """The reports of the unit of this name as they are taken away: a line a month and sheet."""
    return pl.DataFrame(
        [
            {
                t("月份"): row["month"],
                t("单位代码"): row["unit_code"],
                t("单位"): name,
                t("表"): of(SHEETS[str(row["sheet"])], "title"),
                t("内容"): t(CONTENT[str(row["content"])].word),
                t("时间"): t(str(row["timing"])) if row["timing"] else "",
                t("版本"): row["revision"],
                t("首次收到"): row["received_at"],
                t("审核"): t(STATE[str(revisions[row["month"]]["state"])])
                if row["month"] in revisions
                else "",
                t("截止日"): row["due_on"],
                t("延期至"): row["extended_to"],
                t("迟报或逾期天数"): row["days_late"],
            }
            for row in cells
        ],
        infer_schema_length=None,
    )
