"""A table kept as text: the .csv, semicolon- and tab-separated exports that other systems hand out.

Such a file is never a submission; a mapping turns it into one. Its cells stay texts, exactly as written.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from etl.gate import Limits, Refusal, RefusedError, decoded_text, refused, too_large

DELIMITERS = (",", "\t", ";")
# Rows looked at to find the delimiter.
SAMPLE_ROWS = 100

Row = list[str]


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table of texts, laid out like a sheet of a workbook.

    `cells` has `row` (Int32, from 1, as a spreadsheet program numbers the records) and a text column for each place
    ("1" is the first); rows without any value are left out, an empty cell is null.
    """

    cells: pl.DataFrame
    encoding: str
    delimiter: str


def read_text_table(path: Path, limits: Limits | None = None) -> TextTable | Refusal:
    """Read a .csv, semicolon- or tab-separated file in utf-8 (with or without its mark), utf-16 or gb18030.

    Refusals: empty_file, too_large, not_spreadsheet where the file is not text. Raises OSError where it cannot be
    opened.
    """
    limits = limits or Limits()
    with path.open("rb") as file:
        content = file.read(limits.file_bytes + 1)
    try:
        return _table(content, limits)
    except RefusedError as error:
        return error.refusal


def _table(content: bytes, limits: Limits) -> TextTable:
    if len(content) > limits.file_bytes:
        raise too_large("file_bytes", len(content), limits.file_bytes)
    text, encoding = decoded_text(content, whole=True)
    if encoding is None:
        raise refused("not_spreadsheet", looks_like="binary")
    delimiter = _delimiter(text)
    rows = _rows(text, delimiter, limits)
    kept = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if not kept:
        raise refused("empty_file")
    width = max(len(row) for _, row in kept)
    columns = {
        str(place + 1): pl.Series(
            [row[place] if place < len(row) else None for _, row in kept], dtype=pl.String
        )
        for place in range(width)
    }
    numbers = pl.Series([number for number, _ in kept], dtype=pl.Int32)
    cells = pl.DataFrame({"row": numbers, **columns})
    return TextTable(
        cells=cells.with_columns(pl.col(pl.String).replace("", None)), encoding=encoding, delimiter=delimiter
    )


def _rows(text: str, delimiter: str, limits: Limits) -> list[Row]:
    rows: list[Row] = []
    for row in _records(text, delimiter):
        if len(row) > limits.columns:
            raise too_large("columns", len(row), limits.columns)
        longest = max(map(len, row), default=0)
        if longest > limits.text_characters:
            raise too_large("text_characters", longest, limits.text_characters)
        rows.append([cell.strip("\ufeff") for cell in row])
        if len(rows) > limits.rows:
            raise too_large("rows", len(rows), limits.rows)
    return rows


def _records(text: str, delimiter: str) -> Iterator[Row]:
    # The csv module's own limit on a field is met by a quote that is never closed.
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise refused("not_spreadsheet", looks_like="text", problem=str(error)[:200]) from error


def _delimiter(text: str) -> str:
    """The delimiter by which the top rows agree best on a width of more than one."""
    return max(DELIMITERS, key=lambda delimiter: _agreement(text, delimiter))


def _agreement(text: str, delimiter: str) -> tuple[int, int]:
    widths = Counter(len(row) for row in islice(_records(text, delimiter), SAMPLE_ROWS) if len(row) > 1)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return count, width
