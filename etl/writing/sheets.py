"""One sheet of a workbook at a time: the cover's form, tables with notes and drop-downs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from etl.schema import NOT_APPLICABLE, Column, Sheet
from etl.writing.cells import OptionLists, cell_value, check_range, put, put_styled
from etl.writing.layout import (
    FIRST_DATA_ROW,
    HEADER_ROW,
    LOG_ROWS,
    TITLE_ROW,
    column_width,
    header_height,
    open_columns,
    protect,
    row_height,
    rule_filled_rows,
    set_up_print,
    set_widths,
)
from etl.writing.notes import comment, header_note, hint, options_of
from etl.writing.styles import data_style, header_style, header_text

COVER_WIDTHS = (30, 34, 56)
Rows = Sequence[Mapping[str, object]]


def write_cover(
    worksheet: Worksheet, heading: str, columns: Sequence[Column], values: Mapping[str, object]
) -> None:
    """The form: header in column A, value in column B, what is expected in column C."""
    set_widths(worksheet, COVER_WIDTHS)
    put_styled(worksheet, TITLE_ROW, 1, heading, "标题")
    worksheet.row_dimensions[TITLE_ROW].height = 36
    for row, column in enumerate(columns, start=FIRST_DATA_ROW):
        put_styled(worksheet, row, 1, column.title_zh, header_style(column, form=True))
        value = cell_value(column, values.get(column.name), {})
        put_styled(worksheet, row, 2, value, data_style(column, "form"))
        put_styled(worksheet, row, 3, hint(column), "提示语")
        worksheet.row_dimensions[row].height = 26
        check_range(worksheet, column, f"B{row}:B{row}", options_of(column, ()), OptionLists())
    worksheet.sheet_view.showGridLines = False
    protect(worksheet, log=False)
    set_up_print(worksheet, landscape=True, header_rows=None)


def write_table(
    worksheet: Worksheet,
    heading: str,
    sheet: Sheet,
    columns: Sequence[Column],
    *,
    set_rows: Rows,
    rows: Rows,
    previous: Mapping[object, Mapping[str, Any]],
    units: Mapping[str, Mapping[str, str]],
    lists: OptionLists,
) -> None:
    """A table: title, header with notes, the rows that stand in it, and checks on the data area.

    ``set_rows`` hold the locked key cells; ``previous`` maps a row's first value to last month's
    stocks; ``units`` maps each unit scope to codes and names. ValueError when a row has no place.
    """
    log = sheet.rows == "log"
    contents = rows if log else _joined(sheet, set_rows, rows)
    widths = [column_width(sheet, column, _prefilled(column, set_rows)) for column in columns]
    set_widths(worksheet, widths)
    if log:
        open_columns(worksheet, columns)
    _write_header(worksheet, heading, columns, widths)
    _write_rows(worksheet, columns, contents, units, boxed=not log)
    _note_previous(worksheet, columns, contents, previous)
    last = FIRST_DATA_ROW - 1 + (max(LOG_ROWS, len(contents)) if log else len(contents))
    _check_columns(worksheet, columns, last, units, lists)
    if log:
        _lay_out_log(worksheet, len(columns), last)
    _set_heights(worksheet, sheet, columns, widths, contents)
    keys = sum(column.prefilled for column in columns) or 1
    worksheet.freeze_panes = f"{get_column_letter(keys + 1)}{FIRST_DATA_ROW}"
    protect(worksheet, log=log)
    set_up_print(worksheet, landscape=True, header_rows=f"{TITLE_ROW}:{HEADER_ROW}")


def _check_columns(
    worksheet: Worksheet,
    columns: Sequence[Column],
    last_row: int,
    units: Mapping[str, Mapping[str, str]],
    lists: OptionLists,
) -> None:
    for index, column in enumerate(columns, start=1):
        letter = get_column_letter(index)
        options = options_of(column, tuple(units.get(column.unit_scope, {}).values()))
        cells = f"{letter}{FIRST_DATA_ROW}:{letter}{last_row}"
        check_range(worksheet, column, cells, options, lists)


def _lay_out_log(worksheet: Worksheet, columns: int, last_row: int) -> None:
    last = f"{get_column_letter(columns)}{last_row}"
    worksheet.auto_filter.ref = f"A{HEADER_ROW}:{last}"
    rule_filled_rows(worksheet, f"A{FIRST_DATA_ROW}:{last}", columns)


def _set_heights(
    worksheet: Worksheet, sheet: Sheet, columns: Sequence[Column], widths: Sequence[int], rows: Rows
) -> None:
    for number, row in enumerate(rows, start=FIRST_DATA_ROW):
        cells = ((row.get(column.name), width) for column, width in zip(columns, widths, strict=True))
        height = row_height(sheet, cells)
        if height is not None:
            worksheet.row_dimensions[number].height = height


def _joined(sheet: Sheet, set_rows: Rows, rows: Rows) -> list[Mapping[str, object]]:
    """The set rows with the values given for them, matched by the sheet's first column."""
    key = sheet.columns[0].name
    given = {row[key]: row for row in rows}
    unknown = given.keys() - {row[key] for row in set_rows}
    if unknown or len(given) < len(rows):
        raise ValueError(f"{sheet.title_zh}: rows given twice, or for none of its own: {sorted(unknown)}")
    return [{**given.get(row[key], {}), **row} for row in set_rows]


def _prefilled(column: Column, set_rows: Rows) -> list[str]:
    return [str(row[column.name]) for row in set_rows if column.name in row]


def _write_header(
    worksheet: Worksheet, heading: str, columns: Sequence[Column], widths: Sequence[int]
) -> None:
    put_styled(worksheet, TITLE_ROW, 1, heading, "标题")
    worksheet.row_dimensions[TITLE_ROW].height = 30
    for index, column in enumerate(columns, start=1):
        cell = put_styled(worksheet, HEADER_ROW, index, header_text(column), header_style(column))
        cell.comment = comment(header_note(column))
    worksheet.row_dimensions[HEADER_ROW].height = header_height(columns, widths)


def _write_rows(
    worksheet: Worksheet,
    columns: Sequence[Column],
    rows: Rows,
    units: Mapping[str, Mapping[str, str]],
    *,
    boxed: bool,
) -> None:
    """Rows from the first data row on; a log's empty cells are not written, a table's have their box."""
    for index, column in enumerate(columns, start=1):
        style, names = data_style(column, "table" if boxed else "log"), units.get(column.unit_scope, {})
        looks = None
        for number, row in enumerate(rows, start=FIRST_DATA_ROW):
            value = row.get(column.name)
            if value is None and not boxed:
                continue
            cell = worksheet.cell(number, index)
            put(cell, cell_value(column, value, names))
            if looks is None:
                cell.style = style
                looks = cell._style  # looking the style up by name for each cell costs more than writing it
            else:
                cell._style = copy(looks)


def _note_previous(
    worksheet: Worksheet,
    columns: Sequence[Column],
    rows: Rows,
    previous: Mapping[object, Mapping[str, Any]],
) -> None:
    for number, row in enumerate(rows, start=FIRST_DATA_ROW):
        before = previous.get(row.get(columns[0].name), {})
        for index, column in enumerate(columns, start=1):
            if column.name in before:
                value = before[column.name]
                text = NOT_APPLICABLE if value is None else f"{value:,}"
                worksheet.cell(number, index).comment = comment(f"上月：{text}", width=110)
