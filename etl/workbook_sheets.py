"""One sheet of a workbook at a time: the cover's form, tables with drop-downs, and values into cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from etl.schema import NO, NOT_APPLICABLE, YES, Column, Sheet
from etl.workbook_layout import (
    FIRST_DATA_ROW,
    HEADER_ROW,
    LOG_ROWS,
    OPTIONS_TITLE,
    TITLE_ROW,
    column_width,
    data_style,
    header_height,
    header_style,
    header_text,
    open_columns,
    protect,
    row_height,
    rule_filled_rows,
    set_up_print,
    set_widths,
)
from etl.workbook_notes import comment, entry_check, header_note, hint, options_of

COVER_WIDTHS = (30, 34, 56)
LONGEST_INLINE_LIST = 255
HEADER_SEARCH_ROWS = 20

Rows = Sequence[Mapping[str, object]]


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


def write_cover(
    worksheet: Worksheet, heading: str, columns: Sequence[Column], values: Mapping[str, object]
) -> None:
    """The form: header in column A, value in column B, what is expected in column C."""
    worksheet.title = "封面"
    set_widths(worksheet, COVER_WIDTHS)
    _styled(worksheet, TITLE_ROW, 1, heading, "标题")
    worksheet.row_dimensions[TITLE_ROW].height = 36
    for row, column in enumerate(columns, start=FIRST_DATA_ROW):
        _styled(worksheet, row, 1, column.title_zh, header_style(column, form=True))
        value = cell_value(column, values.get(column.name), {})
        _styled(worksheet, row, 2, value, data_style(column, "form"))
        _styled(worksheet, row, 3, hint(column), "提示语")
        worksheet.row_dimensions[row].height = 26
        _check_range(worksheet, column, f"B{row}", f"B{row}", options_of(column, ()), None)
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
    stocks; ``units`` maps each unit scope to codes and names.
    """
    log = sheet.rows == "log"
    merged = _joined(sheet, set_rows, rows) if set_rows else rows
    widths = [column_width(sheet, column, _prefilled(column, set_rows)) for column in columns]
    set_widths(worksheet, widths)
    if log:
        open_columns(worksheet, columns)
    _write_header(worksheet, heading, columns, widths)
    _write_rows(worksheet, columns, merged, units, boxed=not log)
    _note_previous(worksheet, columns, merged, previous)
    last = FIRST_DATA_ROW - 1 + (max(LOG_ROWS, len(merged)) if log else len(merged))
    for index, column in enumerate(columns, start=1):
        letter = get_column_letter(index)
        options = options_of(column, tuple(units.get(column.unit_scope, {}).values()))
        first = f"{letter}{FIRST_DATA_ROW}"
        _check_range(worksheet, column, first, f"{first}:{letter}{last}", options, lists)
    if not log:
        for number, row in enumerate(merged, start=FIRST_DATA_ROW):
            texts = [value for value in row.values() if isinstance(value, str)]
            worksheet.row_dimensions[number].height = row_height(sheet, texts)
    keys = sum(1 for column in columns if column.prefilled) or 1
    worksheet.freeze_panes = worksheet.cell(FIRST_DATA_ROW, keys + 1)
    if log:
        worksheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(columns))}{last}"
        rule_filled_rows(
            worksheet, f"A{FIRST_DATA_ROW}:{get_column_letter(len(columns))}{last}", len(columns)
        )
    protect(worksheet, log=log)
    set_up_print(worksheet, landscape=True, header_rows=f"{TITLE_ROW}:{HEADER_ROW}")


def fill_table(worksheet: Worksheet, sheet: Sheet, rows: Rows) -> None:
    """Put rows into a table written before: under its headers, beside its set keys or from the top."""
    header_row, places = _find_header(worksheet, sheet)
    key = sheet.columns[0]
    at = {
        worksheet.cell(row, places[key.name]).value: row
        for row in range(header_row + 1, worksheet.max_row + 1)
    }
    for number, row in enumerate(rows, start=header_row + 1):
        target = number if sheet.rows == "log" else at[row[key.name]]
        for name, value in row.items():
            column = sheet.column(name)
            if name not in places or (column.prefilled and sheet.rows != "log"):
                continue
            cell = worksheet.cell(target, places[name])
            if sheet.rows == "log":
                cell.style = data_style(column, "log")
            put(cell, cell_value(column, value, {}))


def _find_header(worksheet: Worksheet, sheet: Sheet) -> tuple[int, dict[str, int]]:
    names = {column.title_zh: column.name for column in sheet.columns}
    for row in worksheet.iter_rows(min_row=1, max_row=HEADER_SEARCH_ROWS):
        titles = [str(cell.value or "").split("\n")[0] for cell in row]
        if sheet.columns[0].title_zh in titles:
            return row[0].row, {names[t]: i for i, t in enumerate(titles, start=1) if t in names}
    raise ValueError(f"{worksheet.title}: no header row within the first {HEADER_SEARCH_ROWS} rows")


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


def _styled(worksheet: Worksheet, row: int, column: int, value: object, style: str) -> Cell:
    cell = worksheet.cell(row, column)
    put(cell, value)
    cell.style = style
    return cell


def _write_header(
    worksheet: Worksheet, heading: str, columns: Sequence[Column], widths: Sequence[int]
) -> None:
    _styled(worksheet, TITLE_ROW, 1, heading, "标题")
    worksheet.row_dimensions[TITLE_ROW].height = 30
    for index, column in enumerate(columns, start=1):
        cell = _styled(worksheet, HEADER_ROW, index, header_text(column), header_style(column))
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
        for number, row in enumerate(rows, start=FIRST_DATA_ROW):
            value = row.get(column.name)
            if value is not None or boxed:
                _styled(worksheet, number, index, cell_value(column, value, names), style)


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
                worksheet.cell(number, index).comment = comment(f"上月:{text}", width=110)


def _check_range(
    worksheet: Worksheet,
    column: Column,
    first: str,
    cells: str,
    options: tuple[str, ...],
    lists: OptionLists | None,
) -> None:
    source = (lists or OptionLists()).source(options) if options else None
    check = entry_check(column, first, source)
    if check is not None:
        check.add(cells)
        worksheet.add_data_validation(check)
