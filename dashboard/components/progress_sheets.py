"""Units by sheets of one month: the reports with a sheet missing, returned or late, the others folded away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from dashboard import format
from dashboard.components import extension
from dashboard.components.hand_in import CONTENT, marks
from dashboard.components.links import going, link
from dashboard.components.marks import EXTENDED, HAND_IN, Mark
from dashboard.components.progress_months import marks_legend, scrolled
from dashboard.i18n import deferred, of, t
from etl.completeness import (
    LATE,
    NOT_APPLICABLE,
    NOT_DUE,
    NOT_REPORTED,
    ON_TIME,
    REPORTED,
    RETURNED_CONTENT,
    ZERO_REPORT,
)
from etl.sheets import SHEETS

Row = Mapping[str, object]
TIMING = {ON_TIME: HAND_IN["on_time"], LATE: HAND_IN["late"], NOT_DUE: HAND_IN["not_due"]}
AMISS = (NOT_REPORTED, RETURNED_CONTENT)
OVERDUE = Mark(sign="", css="missed", word=deferred("已逾期"))
"""Of what has not come by its due day: that it is missing says the rest."""


@dataclass(frozen=True, kw_only=True)
class SheetMatrix:
    """``cells`` are rows of queries.reports.sheets, ``reports`` those of queries.reports.reports, both of one month."""

    cells: Sequence[Row]
    reports: Sequence[Row]
    names: Mapping[str, str]
    level: str
    picked: str | None


def body(matrix: SheetMatrix, label: str) -> str:
    """The reports with exceptions, and a line that opens to the rest."""
    of_unit = _of_unit(matrix)
    standing_out = {code: rows for code, rows in of_unit.items() if _stands_out(rows)}
    rest = {code: rows for code, rows in of_unit.items() if code not in standing_out}
    drawn = _table(matrix, standing_out, label) if standing_out else ""
    if not rest:
        return drawn
    words = _rest(matrix, rest, alone=not standing_out)
    summary = f'<summary data-key="sheets-rest"><span class="progress-ask">{escape(words)}</span></summary>'
    return f'{drawn}<details class="progress-every">{summary}{_table(matrix, rest, label)}</details>'


def _rest(matrix: SheetMatrix, rest: Mapping[str, object], *, alone: bool) -> str:
    """How many units the line opens to; the register, which is no unit, is named beside them."""
    registers = {str(row["unit_code"]) for row in matrix.reports if row["is_register"]}
    units = len(rest.keys() - registers)
    if len(rest) > units > 0:
        words = (
            deferred("{count}个单位和登记表的各表")
            if alone
            else deferred("其余{count}个单位和登记表没有未报、退回、迟报的表")
        )
        return t(words, count=units)
    words = deferred("{count}个的各表") if alone else deferred("其余{count}个没有未报、退回、迟报的表")
    return t(words, count=len(rest))


def finding(matrix: SheetMatrix) -> str:
    """How many reports have sheets missing, returned or late; nothing without a report that was asked for."""
    of_unit = _of_unit(matrix)
    count = sum(_stands_out(rows) for rows in of_unit.values())
    if count:
        return t("{count}个有未报、退回或迟报的表", count=count)
    return t("没有未报、退回或迟报的表") if of_unit else ""


def _of_unit(matrix: SheetMatrix) -> dict[str, dict[str, Row]]:
    """The cells by unit and sheet, in the order of the lines."""
    found: dict[str, dict[str, Row]] = {code: {} for code in matrix.names}
    for row in matrix.cells:
        found[str(row["unit_code"])][str(row["sheet"])] = row
    return {code: rows for code, rows in found.items() if rows}


def _stands_out(rows: Mapping[str, Row]) -> bool:
    """Whether a sheet of a report is missing, returned or late; one that may still come is not missing."""
    return any(row["content"] in AMISS and row["timing"] != NOT_DUE for row in rows.values()) or any(
        row["timing"] == LATE and row["content"] != NOT_APPLICABLE for row in rows.values()
    )


def _table(matrix: SheetMatrix, of_unit: Mapping[str, Mapping[str, Row]], label: str) -> str:
    """A line a unit, a column a sheet that any of them reports; blank where it is not this unit's to report."""
    told = {sheet for rows in of_unit.values() for sheet in rows}
    sheets = [key for key in dict.fromkeys(str(row["sheet"]) for row in matrix.cells) if key in told]
    heads = "".join(f'<th scope="col">{escape(of(SHEETS[key], "title"))}</th>' for key in sheets)
    report_of = {str(row["unit_code"]): row for row in matrix.reports}
    lines = "".join(_line(matrix, report_of.get(code), code, rows, sheets) for code, rows in of_unit.items())
    return scrolled(
        f'<table class="progress-matrix progress-sheets" style="--sheets: {len(sheets)}"><thead><tr><th scope="col" class="unit">{escape(matrix.level)}</th>'
        f'<th scope="col" class="came">{escape(t("收到"))}</th>{heads}</tr></thead><tbody>{lines}</tbody></table>',
        label,
    )


def legend() -> str:
    """The marks of what came in what time, and of what did not come or holds nothing."""
    contents = [mark for key, mark in CONTENT.items() if key != REPORTED]
    return marks_legend([*TIMING.values(), *contents, EXTENDED])


def table(matrix: SheetMatrix) -> pl.DataFrame:
    """The matrix as it is taken away: a line a unit and sheet."""
    lines = [
        {
            t("月份"): row["month"],
            t("单位代码"): row["unit_code"],
            t("单位"): matrix.names[str(row["unit_code"])],
            t("表"): of(SHEETS[str(row["sheet"])], "title"),
            t("内容"): t(CONTENT[str(row["content"])].word),
            t("时间"): t(str(row["timing"])) if row["timing"] else "",
            t("版本"): row["revision"],
            t("收到时间"): row["received_at"],
            t("截止日"): row["due_on"],
            t("延期至"): row["extended_to"],
            t("迟报或逾期天数"): row["days_late"],
        }
        for row in matrix.cells
    ]
    return pl.DataFrame(lines, infer_schema_length=None)


def _line(
    matrix: SheetMatrix, report: Row | None, code: str, rows: Mapping[str, Row], sheets: Sequence[str]
) -> str:
    cells = "".join(_cell(matrix, report, rows.get(key), key) for key in sheets)
    register = bool(report and report["is_register"])
    classes = [css for css, holds in (("register", register), ("picked", code == matrix.picked)) if holds]
    return (
        f'<tr class="{" ".join(classes)}" {going("unit", unit=code)}>'
        f'<th scope="row" class="unit">{link(matrix.names[code], "unit", unit=code)}</th>'
        f'<td class="came">{_came(report) if report else ""}</td>{cells}</tr>'
    )


def _came(report: Row) -> str:
    if not report["has_report"]:
        overdue = t("逾期{days}天", days=report["days_late"]) if report["days_late"] else ""
        return f"{marks(report)} {escape(' '.join((extension.until(report), overdue)).strip())}"
    revised = t("第{number}版", number=report["revision"]) if report["revision"] > 1 else ""
    note = f' <i class="grey">{escape(revised)}</i>' if revised else ""
    return f"{marks(report)} {escape(format.day(report['received_at']))}{note}"


def _cell(matrix: SheetMatrix, report: Row | None, row: Row | None, sheet: str) -> str:
    """What a sheet holds and in what time it came, both as signs and both in words."""
    if row is None:
        return "<td></td>"
    content, timing = CONTENT[str(row["content"])], _timing(row)
    words = [t(content.word)]
    if timing is not None:
        words += [t(timing.word), *([extension.until(report)] if report and report["extended_to"] else [])]
    said = escape(" · ".join(words))
    name = escape(f"{matrix.names[str(row['unit_code'])]} {of(SHEETS[sheet], 'title')}")
    return (
        f'<td title="{name} · {said}">{_signs(content, timing)}<span class="progress-said">{said}</span></td>'
    )


def _signs(content: Mark, timing: Mark | None) -> str:
    # What is not there yet is no fault before it is due.
    if content is CONTENT[NOT_REPORTED] and timing is TIMING[NOT_DUE]:
        content, timing = timing, None
    # A sheet with rows in it is what is wanted: its timing says that it came.
    if content is CONTENT[REPORTED] and timing is not None:
        content, timing = timing, None
    beside = f' <i class="{timing.css}" aria-hidden="true">{timing.sign}</i>' if timing else ""
    return f'<b class="{content.css}" aria-hidden="true">{content.sign}</b>{beside}'


def _timing(row: Row) -> Mark | None:
    """None where there is nothing to be in time with: what is not asked for, or left out of a report that came."""
    came = row["content"] in (REPORTED, ZERO_REPORT)
    if not row["timing"] or (row["revision"] is not None and not came):
        return None
    return OVERDUE if row["timing"] == LATE and not came else TIMING[str(row["timing"])]
