"""One sheet as two tables: its cells as texts at their true places, and the marks on exceptional cells."""

import polars as pl
from python_calamine import CalamineSheet

from etl.gate import Limits, too_large
from etl.reading.cell_text import long_numbers, text_series
from etl.reading.sheet_parse import Mark, SheetScan

MARK_COLUMNS = {"row": pl.Int32, "column": pl.Int32, "kind": pl.String, "detail": pl.String}
MARK_KINDS = (
    "formula",
    "formula_without_value",
    "error_value",
    "long_number",
    "hidden_row",
    "hidden_column",
    "merged",
)


def sheet_tables(sheet: CalamineSheet, scan: SheetScan) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cells and the marks of one sheet.

    Cells: `row` (Int32, from 1) and one text column a sheet column, named by its number ("1" is A), up to
    the last with a value; only rows with a value; a blank cell is null. Marks: row, column, kind, detail;
    a hidden row has column 0, a hidden column row 0, and only those that hold a value are marked.
    """
    first_row, first_column = sheet.start or (0, 0)
    rows = sheet.to_python()
    empty = pl.repeat(None, len(rows), dtype=pl.String, eager=True)
    columns = {str(number): empty for number in range(1, first_column + 1)}
    marks = [*scan.marks, *_merged(sheet)]
    for number, values in enumerate(zip(*rows, strict=True), first_column + 1):
        texts = text_series(values)
        columns[str(number)] = texts
        marks += [
            (first_row + index + 1, number, "long_number", text)
            for index, text in long_numbers(values, texts)
        ]
    cells = _cells(columns, first_row, len(rows))
    return cells, _marks(marks, cells)


def table_bytes(cells: pl.DataFrame, marks: pl.DataFrame, limits: Limits) -> int:
    """The memory the two tables take; raises RefusedError too_large where one text is too long."""
    for column in cells.drop("row"):
        longest = column.str.len_chars().max() or 0
        if longest > limits.text_characters:
            raise too_large("text_characters", int(longest), limits.text_characters)
    return int(cells.estimated_size() + marks.estimated_size())


def _cells(columns: dict[str, pl.Series], first_row: int, height: int) -> pl.DataFrame:
    numbers = pl.int_range(first_row + 1, first_row + height + 1, dtype=pl.Int32, eager=True)
    table = pl.DataFrame({"row": numbers, **columns})
    return table.filter(pl.any_horizontal(pl.all().exclude("row").is_not_null())) if columns else table


def _merged(sheet: CalamineSheet) -> list[Mark]:
    """The merged ranges of more than one cell, each at its first cell."""
    return [
        (top + 1, left + 1, "merged", f"{reference(top, left)}:{reference(bottom, right)}")
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
        if (top, left) != (bottom, right)
    ]


def reference(row: int, column: int) -> str:
    """The A1 reference of a cell counted from 0."""
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


def _marks(marks: list[Mark], cells: pl.DataFrame) -> pl.DataFrame:
    table = pl.DataFrame(marks, schema=MARK_COLUMNS, orient="row")
    held_columns = [int(column.name) for column in cells.drop("row") if column.null_count() < len(column)]
    outside = (pl.col("kind").eq("hidden_row") & ~pl.col("row").is_in(cells["row"].implode())) | (
        pl.col("kind").eq("hidden_column") & ~pl.col("column").is_in(held_columns)
    )
    return table.filter(~outside).unique().sort("row", "column", "kind")
