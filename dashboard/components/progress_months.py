"""Units by months: in what time each report came, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import groupby

import polars as pl
from babel.dates import format_date

from dashboard import format
from dashboard.components import extension
from dashboard.components.hand_in import CONTENT, mark_of
from dashboard.components.links import going, link
from dashboard.components.marks import EXTENDED, HAND_IN, Mark, html
from dashboard.i18n import LANGUAGE, listed, of, t
from etl.completeness import RETURNED_CONTENT, ZERO_REPORT
from etl.sheets import SHEETS

Row = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class MonthMatrix:
    """Rows of queries.reports.reports over ``months``; ``month`` is the reader's, ``picked`` a unit.

    ``names`` are those of the units, the register's among them, in the order of the lines.
    """

    rows: Sequence[Row]
    months: Sequence[date]
    month: date
    names: Mapping[str, str]
    level: str
    picked: str | None
    today: date


def body(matrix: MonthMatrix, label: str) -> str:
    """A line a unit, a column a month; a line leads to the unit, a column's head to the month."""
    of_unit: dict[str, dict[date, Row]] = {code: {} for code in matrix.names}
    for row in matrix.rows:
        of_unit[str(row["unit_code"])][row["month"]] = row
    lines = "".join(_line(matrix, code, rows) for code, rows in of_unit.items() if rows)
    drawn = f'<table class="progress-matrix progress-months" style="--months: {len(matrix.months)}">{_head(matrix)}<tbody>{lines}</tbody></table>'
    return scrolled(drawn, label, latest=True)


def scrolled(wide: str, label: str, *, latest: bool = False) -> str:
    """What may be wider than the screen scrolls within itself, by keyboard too; ``latest`` from its right end."""
    css = "progress-scroll progress-latest" if latest else "progress-scroll"
    return f'<div class="{css}" tabindex="0" role="region" aria-label="{escape(label)}">{wide}</div>'


def legend() -> str:
    """The marks of the matrix with their words."""
    beside = [t("{days}天：迟报天数", days="n"), t("缺{count}：缺表张数", count="n")]
    return marks_legend(
        [*HAND_IN.values(), CONTENT[RETURNED_CONTENT], EXTENDED],
        [*beside, t("{sign}：各表都是零报告", sign=CONTENT[ZERO_REPORT].sign)],
    )


def marks_legend(marks: Iterable[Mark], also: Sequence[str] = ()) -> str:
    """Marks with their words in a line, and what stands beside them."""
    entries = [f"{html(mark)} {escape(t(mark.word))}" for mark in marks] + [escape(text) for text in also]
    return f'<span class="progress-legend">{"".join(f"<span>{entry}</span>" for entry in entries)}</span>'


def table(matrix: MonthMatrix) -> pl.DataFrame:
    """The matrix as it is taken away: a line a unit and month."""
    lines = [
        {
            t("月份"): row["month"],
            t("单位代码"): row["unit_code"],
            t("单位"): matrix.names[str(row["unit_code"])],
            t("状态"): t(mark_of(row).word),
            t("截止日"): row["due_on"],
            t("延期至"): row["extended_to"],
            t("收到时间"): row["received_at"],
            t("迟报或逾期天数"): row["days_late"],
            t("版本"): row["revision"],
            t("缺表"): listed([of(SHEETS[key], "title") for key in row["absent"]]),
        }
        for row in matrix.rows
    ]
    return pl.DataFrame(lines, infer_schema_length=None)


def month_name(month: date) -> str:
    """10月, Oct."""
    return format_date(month, "LLL", locale=LANGUAGE.get())


def _head(matrix: MonthMatrix) -> str:
    years = "".join(
        f'<th colspan="{len(list(months))}" scope="colgroup" class="year"><span>{escape(t("{year}年", year=year))}</span></th>'
        for year, months in groupby(matrix.months, key=lambda month: month.year)
    )
    months = "".join(
        f'<th scope="col"{_now(matrix, month)}>{link(month_name(month), month=f"{month:%Y-%m}")}</th>'
        for month in matrix.months
    )
    return (
        f'<thead><tr><th rowspan="2" scope="col" class="unit">{escape(matrix.level)}</th>{years}'
        f'<th rowspan="2" scope="col" class="count">{escape(t("按时/应报"))}</th></tr><tr>{months}</tr></thead>'
    )


def _now(matrix: MonthMatrix, month: date) -> str:
    return ' class="now" aria-current="true"' if month == matrix.month else ""


def _line(matrix: MonthMatrix, code: str, rows: Mapping[date, Row]) -> str:
    cells = "".join(_cell(matrix, rows.get(month), month) for month in matrix.months)
    # A report is judged from the day after the month's due day on; one that may still come under an extension is not.
    judged = [
        row
        for row in rows.values()
        if row["due_on"] < matrix.today and (row["has_report"] or row["due_day"] < matrix.today)
    ]
    on_time = sum(row["state"] == "on_time" for row in judged)
    register = any(row["is_register"] for row in rows.values())
    classes = [css for css, holds in (("register", register), ("picked", code == matrix.picked)) if holds]
    return (
        f'<tr class="{" ".join(classes)}" {going("unit", unit=code)}>'
        f'<th scope="row" class="unit">{link(matrix.names[code], "unit", unit=code)}</th>{cells}'
        f'<td class="count">{on_time}/{len(judged)}</td></tr>'
    )


def _cell(matrix: MonthMatrix, row: Row | None, month: date) -> str:
    if row is None:
        return f"<td{_now(matrix, month)}></td>"
    mark = mark_of(row)
    said = escape(listed(_words(row)))
    short = t("缺{count}", count=len(row["absent"])) if row["absent"] else ""
    days = t("{days}天", days=row["days_late"]) if row["state"] == "late" else ""
    sign = CONTENT[ZERO_REPORT].sign if row["all_zero"] else ""
    extended = EXTENDED.sign if row["extended_to"] else ""
    beside = "".join(
        f' <i class="{css}">{escape(text)}</i>'
        for text, css in ((extended, EXTENDED.css), (days, "late"), (short, "missed"), (sign, "grey"))
        if text
    )
    name = escape(f"{matrix.names[str(row['unit_code'])]} {format.month(month)}")
    return (
        f'<td{_now(matrix, month)} title="{name} · {said}"><b class="{mark.css}" aria-hidden="true">{mark.sign}</b>'
        f'{beside}<span class="progress-said">{said}</span></td>'
    )


def _words(row: Row) -> list[str]:
    """What a cell says in words, for hovering and reading aloud."""
    words = [t(mark_of(row).word)]
    if row["state"] == "late":
        words = [t("迟报{days}天", days=row["days_late"])]
    if row["state"] == "not_reported" and not row["returned"]:
        words = [t("未报，逾期{days}天", days=row["days_late"])]
    if row["extended_to"]:
        words.append(extension.until(row))
    if row["has_report"]:
        words += [
            t("{day}收到", day=format.day(row["received_at"])),
            t("第{number}版", number=row["revision"]),
        ]
    if row["absent"]:
        words.append(t("缺{sheets}", sheets=listed([of(SHEETS[key], "title") for key in row["absent"]])))
    return [*words, t("零报告")] if row["all_zero"] else words
