"""One sheet as two tables: its cells as texts at their true places, and the marks on exceptional cells."""

from collections.abc import Iterator, Sequence
from itertools import chain

import polars as pl
from python_calamine import CalamineSheet

from etl.gate import Limits, too_large
from etl.reading.cell_text import Cell, is_number, text_series
from etl.reading.sheet_parse import Mark, SheetScan

# A number in a cell holds 15 digits for certain (IEEE 754 binary64); Excel cuts what is typed beyond.
LONG_NUMBER = r"^-?\d{16,}"
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
    columns = list(zip(*sheet.to_python(), strict=True))
    cells = _cells(columns, first_row, first_column)
    numbers = _long_numbers(cells, columns, first_row, first_column)
    return cells, _marks([*scan.marks, *_merged(sheet), *numbers], cells)


def table_bytes(cells: pl.DataFrame, marks: pl.DataFrame, limits: Limits) -> int:
    """The memory the two tables take; raises RefusedError too_large where one text is too long."""
    lengths = cells.select(pl.col(pl.String).str.len_chars().max()).rows()
    longest = max((length or 0 for length in chain.from_iterable(lengths)), default=0)
    if longest > limits.text_characters:
        raise too_large("text_characters", longest, limits.text_characters)
    return int(cells.estimated_size() + marks.estimated_size())


def _cells(columns: Sequence[Sequence[Cell]], first_row: int, first_column: int) -> pl.DataFrame:
    """All columns in one go: to work out an expression costs more than to apply it to an ordinary sheet."""
    height = len(columns[0]) if columns else 0
    rows = pl.Series("row", range(first_row + 1, first_row + height + 1), dtype=pl.Int32)
    before = [str(number) for number in range(1, first_column + 1)]
    texts = {str(number): text_series(values) for number, values in enumerate(columns, first_column + 1)}
    table = pl.DataFrame({"row": rows, **texts})
    if not texts:
        return table
    return (
        table.lazy()
        .select(
            "row",
            *(pl.lit(None, dtype=pl.String).alias(name) for name in before),
            *(pl.when(pl.col(name).str.strip_chars() != "").then(name).alias(name) for name in texts),
        )
        .filter(pl.any_horizontal(pl.col(list(texts)).is_not_null()))
        .collect()
    )


def _long_numbers(
    cells: pl.DataFrame, columns: Sequence[Sequence[Cell]], first_row: int, first_column: int
) -> Iterator[Mark]:
    """The numbers of more than 15 digits, which may have lost the last ones."""
    found = cells.select(pl.col(pl.String).str.contains(LONG_NUMBER).any())
    for name in (name for name in found.columns if found[name].item()):
        number = int(name)
        for row, text in cells.filter(pl.col(name).str.contains(LONG_NUMBER)).select("row", name).iter_rows():
            if is_number(columns[number - first_column - 1][row - first_row - 1]):
                yield row, number, "long_number", text


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
    if not marks:
        return table
    held_columns = [
        int(column.name) for column in cells.get_columns()[1:] if column.null_count() < len(column)
    ]
    outside = (pl.col("kind").eq("hidden_row") & ~pl.col("row").is_in(cells["row"].implode())) | (
        pl.col("kind").eq("hidden_column") & ~pl.col("column").is_in(held_columns)
    )
    return table.filter(~outside).unique().sort("row", "column", "kind")
