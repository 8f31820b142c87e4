"""One sheet as two tables: its cells as texts at their true places, and the marks on exceptional cells."""

import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from etl.reading.sheet_parse import Mark

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
SHORT_COLUMN = 1_000


def sheet_tables(path: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cells and the marks of one sheet, from the file that sheet_texts describes.

    Cells: `row` (Int32, from 1) and one text column a sheet column, named by its number ("1" is A), up to
    the last with a value; only rows with a value; a blank cell is null. Marks: row, column, kind, detail;
    a hidden row has column 0, a hidden column row 0, and only those that hold a value are marked.
    """
    with path.open("rb") as file:
        head = json.loads(file.readline())
        texts = {
            str(number): _column(file.read(size).decode(), head["separator"], len(head["rows"]))
            for number, size in enumerate(head["sizes"], head["first_column"])
        }
    cells = _cells(head["rows"], head["first_column"], texts)
    return cells, _marks(head["marks"], cells)


def _column(joined: str, separator: str, height: int) -> pl.Series:
    if height <= SHORT_COLUMN:
        return pl.Series(joined.split(separator), dtype=pl.String)
    return pl.Series([joined]).str.split(separator).explode()


def _cells(rows: Sequence[int], first_column: int, texts: dict[str, pl.Series]) -> pl.DataFrame:
    """All columns in one go: to work out an expression costs more than to apply it to an ordinary sheet."""
    table = pl.DataFrame({"row": pl.Series(rows, dtype=pl.Int32), **texts})
    if not texts:
        return table
    before = [str(number) for number in range(1, first_column)]
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


def _marks(marks: Sequence[Mark], cells: pl.DataFrame) -> pl.DataFrame:
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
