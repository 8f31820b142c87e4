"""How a workbook of ours is laid out: where headers and data stand, widths, heights, protection, print.

Row 1 of a table is its title, row 2 the header, data begin in row 3. The reader finds the header by
content, so these numbers bind only what we write.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from math import ceil

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet

from etl.schema import Column, Sheet
from etl.writing.styles import FONT, INK, NUMBER_FORMATS, data_alignment, lines_around, second_line

TITLE_ROW, HEADER_ROW, FIRST_DATA_ROW = 1, 2, 3
LOG_ROWS = 2000
LAST_SHEET_COLUMN = 16_384
LONG_TEXT, LONG_TEXT_WIDTH, TOPIC_TEXT_WIDTH = 1000, 36, 96
WIDEST_CHOICE, WIDEST_NAME = 20, 30
ROW_HEIGHT, TOPIC_ROW_HEIGHT, HIGHEST_ROW, LINE_HEIGHT = 21, 84, 400, 15

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


def row_height(sheet: Sheet, cells: Iterable[tuple[object, int]]) -> float | None:
    """Height in points at which a row shows its texts, given with their columns' widths.

    None for a log row of one line, which stays free to grow. Excel allows no more than 409.
    """
    wrapped = [
        lines(text, width) for text, width in cells if isinstance(text, str) and 2 * len(text) >= width
    ]
    needed = LINE_HEIGHT * max([1, *wrapped]) + 6
    if sheet.rows == "log":
        return min(needed, HIGHEST_ROW) if max([1, *wrapped]) > 1 else None
    return min(max(needed, TOPIC_ROW_HEIGHT if sheet.rows == "fixed" else ROW_HEIGHT), HIGHEST_ROW)


def header_height(columns: Iterable[Column], widths: Iterable[int]) -> float:
    """Height in points at which no header of the row is cut off."""

    def height(column: Column, width: int) -> float:
        small = 11.5 * lines(second_line(column), width, scale=0.8)
        return 15.5 * lines(column.title_zh, width, scale=1.1) + small

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
        dimension.alignment = data_alignment(column.type)
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
    worksheet.conditional_formatting.add(cells, FormulaRule(formula=[filled], border=lines_around()))
