"""Units by sheets of one month: what each sheet of each report holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from dashboard import format
from dashboard.components.hand_in import CONTENT
from dashboard.components.links import going, link
from dashboard.components.marks import HAND_IN, Mark, html
from dashboard.components.progress_months import marks_legend, scrolled
from dashboard.i18n import of, t
from etl.completeness import NOT_DUE, NOT_REPORTED
from etl.sheets import SHEETS

Row = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class SheetMatrix:
    """``cells`` are rows of queries.reports.sheets, ``reports`` those of queries.reports.reports, both of one month."""

    cells: Sequence[Row]
    reports: Sequence[Row]
    names: Mapping[str, str]
    level: str
    picked: str | None


def body(matrix: SheetMatrix, label: str) -> str:
    """A line a unit, a column a sheet; blank where the sheet is not this unit's to report."""
    sheets = list(dict.fromkeys(str(row["sheet"]) for row in matrix.cells))
    of_unit: dict[str, dict[str, Row]] = {code: {} for code in matrix.names}
    for row in matrix.cells:
        of_unit[str(row["unit_code"])][str(row["sheet"])] = row
    heads = "".join(f'<th scope="col">{escape(of(SHEETS[key], "title"))}</th>' for key in sheets)
    report_of = {str(row["unit_code"]): row for row in matrix.reports}
    lines = "".join(
        _line(matrix, report_of.get(code), code, rows, sheets) for code, rows in of_unit.items() if rows
    )
    return scrolled(
        f'<table class="progress-matrix progress-sheets" style="--sheets: {len(sheets)}"><thead><tr><th scope="col" class="unit">{escape(matrix.level)}</th>'
        f'<th scope="col" class="came">{escape(t("收到"))}</th>{heads}</tr></thead><tbody>{lines}</tbody></table>',
        label,
    )


def legend() -> str:
    """Every mark of content with its word, and the one of what is still to come."""
    return marks_legend([*CONTENT.values(), HAND_IN["not_due"]])


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
            t("迟报或逾期天数"): row["days_late"],
        }
        for row in matrix.cells
    ]
    return pl.DataFrame(lines, infer_schema_length=None)


def _line(
    matrix: SheetMatrix, report: Row | None, code: str, rows: Mapping[str, Row], sheets: Sequence[str]
) -> str:
    cells = "".join(_cell(matrix, rows.get(key), key) for key in sheets)
    register = bool(report and report["is_register"])
    classes = [css for css, holds in (("register", register), ("picked", code == matrix.picked)) if holds]
    return (
        f'<tr class="{" ".join(classes)}" {going("unit", unit=code)}>'
        f'<th scope="row" class="unit">{link(matrix.names[code], "unit", unit=code)}</th>'
        f'<td class="came">{_came(report) if report else ""}</td>{cells}</tr>'
    )


def _came(report: Row) -> str:
    mark = HAND_IN[str(report["state"])]
    if not report["has_report"]:
        return html(mark)
    revised = t("第{number}版", number=report["revision"]) if report["revision"] > 1 else ""
    note = f' <i class="grey">{escape(revised)}</i>' if revised else ""
    return f"{html(mark)} {escape(format.day(report['received_at']))}{note}"


def _cell(matrix: SheetMatrix, row: Row | None, sheet: str) -> str:
    if row is None:
        return "<td></td>"
    mark = _mark(row)
    said = f"{matrix.names[str(row['unit_code'])]} {of(SHEETS[sheet], 'title')} · {t(mark.word)}"
    return (
        f'<td title="{escape(said)}"><b class="{mark.css}" aria-hidden="true">{mark.sign}</b>'
        f'<span class="progress-said">{escape(t(mark.word))}</span></td>'
    )


def _mark(row: Row) -> Mark:
    """What is not there yet is no fault before it is due."""
    waiting = row["content"] == NOT_REPORTED and row["timing"] == NOT_DUE
    return HAND_IN["not_due"] if waiting else CONTENT[str(row["content"])]
