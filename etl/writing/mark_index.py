"""The sheet 检查结果 of a marked copy: every finding in a row, with a link to its cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from etl.findings import SEVERITIES, Finding, Language, render, title
from etl.normalise import tidy
from etl.schema import Severity
from etl.template_sheets import RESULTS_TITLE
from etl.writing.cells import put
from etl.writing.layout import set_up_print, set_widths
from etl.writing.styles import ACCENT, FONT, INK, MUTED, WHITE, lines_around

HEADLINE = "检查结果 / Findings"
"""Stands in A1 and tells our sheet from one that happens to have its title."""
HEADERS: dict[Language, tuple[str, ...]] = {
    "zh": ("级别", "问题", "工作表", "单元格", "列", "现为", "应为", "处理"),
    "en": ("Severity", "Finding", "Sheet", "Cell", "Column", "Found", "Expected", "Remedy"),
}
FIELDS = ("severity", "title", "sheet", "cell", "column", "value", "expected", "remedy")
WIDTHS = (9, 24, 15, 9, 24, 24, 44, 44)
HEADER_ROW = 3
ADVICE: dict[Language, str] = {
    "zh": "强制性问题必须改正；核实性问题改正，或在提交时说明原因；提示仅供参考。改好后直接提交本文件即可，标注不影响检查。",
    "en": "Mend what is marked must; mend or explain what is marked verify; info needs nothing. Hand in this very file: marks do not matter to the check.",
}
ADVICE_ALONE: dict[Language, str] = {
    "zh": "原文件无法写入标注（.ods、过大或格式有损），这里只有清单：请按所列位置在原文件中改正，再提交原文件。",
    "en": "Marks cannot be written into the file (an .ods, too large, or with damaged formats), so this is the list alone: mend the file at the places listed and hand that file in again.",
}


def is_index(worksheet: Worksheet) -> bool:
    """Whether a sheet is the list of an earlier marking."""
    return tidy(worksheet.title).startswith(tidy(RESULTS_TITLE)) and worksheet["A1"].value == HEADLINE


def write_index(
    workbook: Workbook,
    findings: Sequence[Finding],
    titles: Mapping[str, str],
    colours: Mapping[Severity, str],
    language: Language,
    *,
    alone: bool = False,
) -> None:
    """Add the sheet first in the workbook; ``titles`` maps tidied titles to those the workbook has.

    ``alone`` where the list is all there is, and the file to be mended another one.
    """
    advice = (ADVICE_ALONE if alone else ADVICE)[language]
    worksheet = workbook.create_sheet(RESULTS_TITLE, 0)
    set_widths(worksheet, WIDTHS)
    _say(worksheet, 1, 1, HEADLINE, Font(name=FONT, size=14, bold=True, color=INK))
    _say(worksheet, 2, 1, f"{_counts(findings, language)}  {advice}", Font(name=FONT, color=MUTED))
    for number, text in enumerate(HEADERS[language], start=1):
        _say(worksheet, HEADER_ROW, number, text, Font(name=FONT, bold=True, color=WHITE), fill=ACCENT)
    for row, each in enumerate(findings, start=HEADER_ROW + 1):
        _write_finding(worksheet, row, each, titles, colours[each.severity], language)
    worksheet.freeze_panes = f"A{HEADER_ROW + 1}"
    worksheet.auto_filter.ref = f"A{HEADER_ROW}:H{HEADER_ROW + len(findings)}"
    set_up_print(worksheet, landscape=True, header_rows=f"{HEADER_ROW}:{HEADER_ROW}")


def _counts(findings: Sequence[Finding], language: Language) -> str:
    counted = Counter(each.severity for each in findings)
    return " · ".join(
        f"{words[language]} {counted[severity]}"
        for severity, words in SEVERITIES.items()
        if counted[severity]
    )


def _write_finding(
    worksheet: Worksheet,
    row: int,
    each: Finding,
    titles: Mapping[str, str],
    colour: str,
    language: Language,
) -> None:
    shown = render(each, "", language) | {"title": title(each, language)}
    for number, field in enumerate(FIELDS, start=1):
        fill = colour if field == "severity" else None
        _say(worksheet, row, number, shown[field], Font(name=FONT, color=INK), fill=fill, boxed=True)
    sheet = titles.get(tidy(each.sheet))
    if sheet is not None:
        cell = worksheet.cell(row, FIELDS.index("cell" if each.cell else "sheet") + 1)
        cell.hyperlink = Hyperlink(
            ref=cell.coordinate, location=f"{quote_sheetname(sheet)}!{each.cell or 'A1'}"
        )
        cell.font = Font(name=FONT, color=ACCENT, underline="single")


def _say(
    worksheet: Worksheet,
    row: int,
    column: int,
    text: str,
    font: Font,
    *,
    fill: str | None = None,
    boxed: bool = False,
) -> None:
    """A text in a cell of the list; what a unit typed stays text even where it looks like a formula."""
    cell = worksheet.cell(row, column)
    put(cell, text)
    cell.font = font
    if fill:
        cell.fill = PatternFill("solid", fgColor=f"FF{fill}")
    if boxed:
        cell.border = lines_around()
        cell.alignment = Alignment(vertical="top", wrap_text=True)
