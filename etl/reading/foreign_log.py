"""A foreign log as a table of texts, from a text file or the first filled sheet of a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from etl.gate import Refusal
from etl.read import SheetReading, WorkbookReader
from etl.reading.text_table import read_text_table

ZIP = b"PK"


@dataclass(frozen=True, kw_only=True)
class ForeignLog:
    """The log under its own headers, and the number of each row in its file."""

    rows: pl.DataFrame
    lines: pl.Series


def read_log(path: Path) -> ForeignLog | Refusal:
    """Read a log; content decides which way. Raises OSError where it cannot be opened."""
    with path.open("rb") as file:
        start = file.read(2)
    if start != ZIP:
        table = read_text_table(path)
        if isinstance(table, Refusal):
            return table
        return ForeignLog(rows=table.cells, lines=table.row_numbers)
    with WorkbookReader() as reader:
        reading = reader.read(path)
    if isinstance(reading, Refusal):
        return reading
    filled = [sheet for sheet in reading.sheets if sheet.cells.height > 1]
    return _first_table(filled[0]) if filled else Refusal(kind="empty_file", detail={})


def _first_table(sheet: SheetReading) -> ForeignLog:
    """The rows below the first one, which is the header; columns without a header are left out."""
    header = sheet.cells.drop("row").row(0, named=True)
    named = {number: title.strip() for number, title in header.items() if title and title.strip()}
    rows = sheet.cells.slice(1)
    return ForeignLog(
        rows=rows.select(pl.col(number).alias(title) for number, title in named.items()),
        lines=rows.get_column("row"),
    )
