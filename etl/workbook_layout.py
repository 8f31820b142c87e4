"""How a workbook of ours looks: where headers and data stand, cell styles, widths, print set-up.

Row 1 of a table is its title, row 2 the header, data begin in row 3. The reader finds the header by
content, so these numbers bind only what we write.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Literal

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet

from etl.schema import Column, Sheet

INSTRUCTIONS_TITLE = "填表说明"
OPTIONS_TITLE = "选项"
TITLE_ROW, HEADER_ROW, FIRST_DATA_ROW = 1, 2, 3
LOG_ROWS = 2000
LAST_SHEET_COLUMN = 16_384
LONG_TEXT, LONG_TEXT_WIDTH, TOPIC_TEXT_WIDTH = 1000, 36, 96
WIDEST_CHOICE, WIDEST_NAME = 20, 30
ROW_HEIGHT, TOPIC_ROW_HEIGHT, LINE_HEIGHT = 21, 84, 15

FONT = "等线"
INK, MUTED, ACCENT, WHITE = "262626", "6B6B6B", "1F6FB2", "FFFFFF"
OPTIONAL_FILL, PREFILLED_FILL, LINE = "E3E5E8", "F3F3F3", "D0D3D8"

NUMBER_FORMATS = {
    "text": "@",
    "code": "@",
    "month": "@",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    "integer": "#,##0",
    "decimal": "0.00",
    "choice": "@",
    "yes_no": "@",
    "unit": "@",
}
WIDTHS = {
    "text": 18,
    "code": 13,
    "month": 12,
    "date": 13,
    "datetime": 17,
    "integer": 15,
    "decimal": 11,
    "choice": 12,
    "yes_no": 11,
    "unit": 18,
}
NUMBER_TYPES, CENTRED_TYPES = ("integer", "decimal"), ("date", "datetime", "month", "code", "yes_no")


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour)


def _border(colour: str) -> Border:
    side = Side(style="thin", color=colour)
    return Border(left=side, right=side, top=side, bottom=side)


def _style(name: str, *, locked: bool = True, size: float = 11, bold: bool = False, **looks) -> NamedStyle:
    colour = looks.pop("colour", INK)
    return NamedStyle(
        name=name,
        font=Font(name=FONT, size=size, bold=bold, color=colour),
        protection=Protection(locked=locked),
        **looks,
    )


def _data_alignment(column_type: str) -> Alignment:
    horizontal = (
        "right" if column_type in NUMBER_TYPES else "center" if column_type in CENTRED_TYPES else None
    )
    wrap = column_type in ("text", "unit", "choice")
    return Alignment(horizontal=horizontal, vertical="center", wrap_text=wrap)


def _data_styles(column_type: str) -> tuple[NamedStyle, ...]:
    """The looks of one column type: open to entry, the same with lines around it, prefilled; and in a form."""
    form = {
        "number_format": NUMBER_FORMATS[column_type],
        "alignment": Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1),
        "border": _border(LINE),
    }
    shape = {"number_format": NUMBER_FORMATS[column_type], "alignment": _data_alignment(column_type)}
    return (
        _style(f"填报 {column_type}", locked=False, **shape),
        _style(f"填报格 {column_type}", locked=False, border=_border(LINE), **shape),
        _style(
            f"已填 {column_type}", colour=MUTED, fill=_fill(PREFILLED_FILL), border=_border(LINE), **shape
        ),
        _style(f"填报项 {column_type}", locked=False, **form),
        _style(f"已填项 {column_type}", colour=MUTED, fill=_fill(PREFILLED_FILL), **form),
    )


def add_styles(workbook: Workbook) -> None:
    """Register every look of ours in the workbook, so that a cell names its style and stores no more."""
    left = Alignment(vertical="center", wrap_text=True)
    indented = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
    centre = Alignment(horizontal="center", vertical="center", wrap_text=True)
    styles = [style for column_type in NUMBER_FORMATS for style in _data_styles(column_type)]
    styles += [
        _style("标题", size=14, bold=True, alignment=Alignment(vertical="center")),
        _style("小标题", size=11, bold=True, colour=ACCENT, alignment=Alignment(vertical="center")),
        _style(
            "必填表头", bold=True, colour=WHITE, fill=_fill(ACCENT), border=_border(WHITE), alignment=centre
        ),
        _style("选填表头", bold=True, fill=_fill(OPTIONAL_FILL), border=_border(WHITE), alignment=centre),
        _style(
            "必填项", bold=True, colour=WHITE, fill=_fill(ACCENT), border=_border(WHITE), alignment=indented
        ),
        _style("选填项", bold=True, fill=_fill(OPTIONAL_FILL), border=_border(WHITE), alignment=indented),
        _style("正文", alignment=left),
        _style("提示语", size=9, colour=MUTED, alignment=indented),
        _style(
            "说明表头",
            size=10,
            bold=True,
            colour=WHITE,
            fill=_fill(ACCENT),
            border=_border(WHITE),
            alignment=left,
        ),
        _style("留白", locked=False, border=Border(bottom=Side(style="thin", color=LINE)), alignment=left),
        _style("说明格", size=10, border=_border(LINE), alignment=left),
    ]
    for style in styles:
        workbook.add_named_style(style)


def data_style(column: Column, place: Literal["form", "table", "log"]) -> str:
    """Name of the style of a data cell; keys that the template fills in are locked."""
    suffix = {"form": "项", "table": "格", "log": ""}[place]
    if column.prefilled and column.kind == "key":
        return f"已填{suffix if place == 'form' else ''} {column.type}"
    return f"填报{suffix} {column.type}"


def header_style(column: Column, *, form: bool = False) -> str:
    """Name of the style of a header: accent for required columns, grey for optional ones."""
    return ("必填" if column.required else "选填") + ("项" if form else "表头")


def header_text(column: Column) -> CellRichText:
    """The Chinese title alone on the first line; English title and unit after the line break."""
    second = column.title_en + (f" · {column.unit}" if column.unit else "")
    colour = WHITE if column.required else MUTED
    return CellRichText(
        TextBlock(
            InlineFont(rFont=FONT, sz=11, b=True, color=WHITE if column.required else INK), column.title_zh
        ),
        TextBlock(InlineFont(rFont=FONT, sz=8, color=colour), "\n" + second),
    )


def display_width(text: str) -> int:
    """Width in half-width characters: a Chinese character counts as two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def column_width(sheet: Sheet, column: Column, values: Iterable[str] = ()) -> int:
    """Width that shows the column's longest choice or prefilled value on one line."""
    if column.max_length and column.max_length >= LONG_TEXT:
        return TOPIC_TEXT_WIDTH if sheet.rows == "fixed" else LONG_TEXT_WIDTH
    choice = min(max([display_width(text) + 4 for text in column.choices], default=0), WIDEST_CHOICE)
    name = min(max([display_width(text) + 4 for text in values], default=0), WIDEST_NAME)
    return max(WIDTHS[column.type], choice, name)


def lines(text: str, width: float, *, scale: float = 1.0) -> int:
    """Lines the text takes in a column of this width at a font size ``scale`` times ordinary."""
    return sum(max(1, ceil(display_width(part) * scale / max(width - 1, 1))) for part in text.split("\n"))


def row_height(sheet: Sheet, texts: Iterable[str]) -> float:
    """Height in points of a set row that shows what it holds, within Excel's limit of 409."""
    least = TOPIC_ROW_HEIGHT if sheet.rows == "fixed" else ROW_HEIGHT
    needed = [
        LINE_HEIGHT * lines(text, TOPIC_TEXT_WIDTH) + 6 for text in texts if len(text) > TOPIC_TEXT_WIDTH // 2
    ]
    return min(max([least, *needed]), 400)


def header_height(columns: Iterable[Column], widths: Iterable[int]) -> float:
    """Height in points at which no header of the row is cut off."""

    def height(column: Column, width: int) -> float:
        second = column.title_en + (f" · {column.unit}" if column.unit else "")
        return 15.5 * lines(column.title_zh, width, scale=1.1) + 11.5 * lines(second, width, scale=0.8)

    return max(height(column, width) for column, width in zip(columns, widths, strict=True)) + 8


def set_widths(worksheet: Worksheet, widths: Iterable[int]) -> None:
    """Give the columns from A on their widths, in half-width characters."""
    for index, width in enumerate(widths, start=1):
        worksheet.column_dimensions[get_column_letter(index)].width = width


def open_columns(worksheet: Worksheet, columns: Sequence[Column]) -> None:
    """Let whole columns of a log carry format and openness to entry, instead of 2,000 styled rows.

    The columns to the right are opened too: a row with a locked cell in it cannot be deleted.
    """
    for index, column in enumerate(columns, start=1):
        dimension = worksheet.column_dimensions[get_column_letter(index)]
        dimension.font = Font(name=FONT, size=11, color=INK)
        dimension.number_format = NUMBER_FORMATS[column.type]
        dimension.alignment = _data_alignment(column.type)
        dimension.protection = Protection(locked=False)
    first = len(columns) + 1
    rest = ColumnDimension(
        worksheet, index=get_column_letter(first), min=first, max=LAST_SHEET_COLUMN, width=9
    )
    rest.protection = Protection(locked=False)
    worksheet.column_dimensions[rest.index] = rest


def protect(worksheet: Worksheet, *, log: bool) -> None:
    """Guard headers and prefilled cells against accidents, without a password.

    Widths, heights and cell formats stay free everywhere; in a log rows may be inserted, deleted,
    sorted and filtered.
    """
    protection = worksheet.protection
    protection.sheet = True
    protection.objects = protection.scenarios = False
    protection.formatCells = protection.formatColumns = protection.formatRows = False
    if log:
        protection.insertRows = protection.deleteRows = False
        protection.sort = protection.autoFilter = False


def set_up_print(worksheet: Worksheet, *, landscape: bool, header_rows: str | None) -> None:
    """A4, one page wide, the header on every page, page numbers at the foot."""
    setup = worksheet.page_setup
    setup.paperSize = worksheet.PAPERSIZE_A4
    setup.orientation = worksheet.ORIENTATION_LANDSCAPE if landscape else worksheet.ORIENTATION_PORTRAIT
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True
    setup.fitToWidth, setup.fitToHeight = 1, 0
    if header_rows:
        worksheet.print_title_rows = header_rows
    margins = worksheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.6, 0.8, 0.4
    worksheet.oddFooter.center.text = "&A  第 &P 页 / 共 &N 页"
    worksheet.oddFooter.center.size = 9


def rule_filled_rows(worksheet: Worksheet, cells: str, columns: int) -> None:
    """Draw light lines round the rows of a log that hold anything, on screen and in print."""
    filled = f"COUNTA($A{FIRST_DATA_ROW}:${get_column_letter(columns)}{FIRST_DATA_ROW})>0"
    worksheet.conditional_formatting.add(cells, FormulaRule(formula=[filled], border=_border(LINE)))
