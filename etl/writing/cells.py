"""Cells of a workbook of ours: how a value is written, and the drop-down or check a range carries."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from etl.schema import NO, YES, Column
from etl.template_sheets import OPTIONS_TITLE
from etl.writing.layout import protect
from etl.writing.notes import entry_check

LONGEST_INLINE_LIST = 253
"""Characters of a list inside a check: Excel takes 255, its quotation marks included."""


class OptionLists:
    """The drop-down lists too long for a cell's own check; they stand on the hidden sheet 选项."""

    def __init__(self) -> None:
        self._columns: dict[tuple[str, ...], int] = {}

    def source(self, options: tuple[str, ...]) -> str:
        """What the check refers to: the list itself while short, else a range of the hidden sheet."""
        text = ",".join(options)
        if len(text) <= LONGEST_INLINE_LIST and not any(
            sign in option for option in options for sign in ',"'
        ):
            return f'"{text}"'
        column = get_column_letter(self._columns.setdefault(options, len(self._columns) + 1))
        return f"{quote_sheetname(OPTIONS_TITLE)}!${column}$1:${column}${len(options)}"

    def write(self, workbook: Workbook) -> None:
        """Add the hidden sheet, last in the workbook, when any list needs it."""
        if not self._columns:
            return
        worksheet = workbook.create_sheet(OPTIONS_TITLE)
        worksheet.sheet_state = "hidden"
        for options, column in self._columns.items():
            for row, option in enumerate(options, start=1):
                put(worksheet.cell(row, column), option)
        protect(worksheet, log=False)


def cell_value(column: Column, value: object, names: Mapping[str, str]) -> object:
    """A value as it is typed into a cell: 是/否 for booleans, the name for a unit's code."""
    if isinstance(value, bool):
        return YES if value else NO
    if column.type == "unit" and isinstance(value, str):
        return names.get(value, value)
    return value


def put(cell: Cell, value: object) -> None:
    """Write a value; a text stays a text even where it looks like a formula or an error value."""
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = "s"


def put_styled(worksheet: Worksheet, row: int, column: int, value: object, style: str) -> Cell:
    """Write a value in a named style; row and column count from 1."""
    cell = worksheet.cell(row, column)
    put(cell, value)
    cell.style = style
    return cell


def check_range(
    worksheet: Worksheet, column: Column, cells: str, options: tuple[str, ...], lists: OptionLists
) -> None:
    """Attach a column's drop-down or entry check to a range such as C3:C17."""
    source = lists.source(options) if options else None
    check = entry_check(column, cells.split(":")[0], source)
    if check is not None:
        check.add(cells)
        worksheet.add_data_validation(check)
