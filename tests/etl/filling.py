"""A template filled in as people fill it in: values put under the headers it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from etl.schema import Sheet
from etl.sheets import COVER, SHEETS
from etl.writing.cells import cell_value, put
from etl.writing.styles import data_style

HEADER_SEARCH_ROWS = 20

Rows = Sequence[Mapping[str, object]]


def fill_workbook(template: bytes, cover: Mapping[str, object], rows: Mapping[str, Rows]) -> bytes:
    """Put values into a template made before, under its headers; values are written as they are given."""
    workbook = openpyxl.load_workbook(BytesIO(template))
    fill_form(workbook[COVER.title_zh], COVER, cover)
    for key, sheet_rows in rows.items():
        fill_table(workbook[SHEETS[key].title_zh], SHEETS[key], sheet_rows)
    filled = BytesIO()
    workbook.save(filled)
    return filled.getvalue()


def fill_form(worksheet: Worksheet, sheet: Sheet, values: Mapping[str, object]) -> None:
    """Put values beside their headers in column A. ValueError when the form has no such header."""
    places = {worksheet.cell(row, 1).value: row for row in range(1, worksheet.max_row + 1)}
    for name, value in values.items():
        column = sheet.column(name)
        if column.title_zh not in places:
            raise ValueError(f"{sheet.title_zh}: {column.title_zh} is not in this workbook")
        put(worksheet.cell(places[column.title_zh], 2), cell_value(column, value, {}))


def fill_table(worksheet: Worksheet, sheet: Sheet, rows: Rows) -> None:
    """Put rows into a table written before, under its headers: beside its set keys, or from the top.

    Columns the table does not have, and its set keys, are passed over. ValueError when a row has no place.
    """
    header_row, places = _find_header(worksheet, sheet)
    for target, row in _placed(worksheet, sheet, header_row, places, rows):
        for name, value in row.items():
            column = sheet.column(name)
            if name not in places or column.prefilled or value is None:
                continue
            cell = worksheet.cell(target, places[name])
            if sheet.rows == "log":
                cell.style = data_style(column, "log")
            put(cell, cell_value(column, value, {}))


def _placed(
    worksheet: Worksheet, sheet: Sheet, header_row: int, places: Mapping[str, int], rows: Rows
) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Each row with the sheet row it belongs in."""
    if sheet.rows == "log":
        yield from enumerate(rows, start=header_row + 1)
        return
    key = sheet.columns[0].name
    at = {worksheet.cell(row, places[key]).value: row for row in range(header_row + 1, worksheet.max_row + 1)}
    for row in rows:
        if row[key] not in at:
            raise ValueError(f"{sheet.title_zh}: no row {row[key]} in this workbook")
        yield at[row[key]], row


def _find_header(worksheet: Worksheet, sheet: Sheet) -> tuple[int, dict[str, int]]:
    names = {column.title_zh: column.name for column in sheet.columns}
    for row in worksheet.iter_rows(min_row=1, max_row=HEADER_SEARCH_ROWS):
        titles = [str(cell.value or "").split("\n")[0] for cell in row]
        if sheet.columns[0].title_zh in titles:
            return row[0].row, {names[t]: i for i, t in enumerate(titles, start=1) if t in names}
    raise ValueError(f"{worksheet.title}: no header row within the first {HEADER_SEARCH_ROWS} rows")
