"""A table kept as text: the .csv and tab-separated exports that other systems hand out.

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

DELIMITERS = (",", "\t")
# Rows looked at to find the delimiter and the header.
SAMPLE_ROWS = 100

Row = list[str]


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table of texts: one column a header, empty cells null, rows without any value left out.

    `row_numbers` (Int32, from 1) are those a spreadsheet program shows for the records of `cells`;
    `header_row` is the header's. A header that is empty or repeated is named by its place: `第7列`.
    """

    cells: pl.DataFrame
    row_numbers: pl.Series
    header_row: int
    encoding: str
    delimiter: str


def read_text_table(path: Path, limits: Limits | None = None) -> TextTable | Refusal:
    """Read a .csv or tab-separated file in utf-8 (with or without its mark), utf-16 or gb18030.

    Empty rows and titles above the header are passed over: the header is the first row at least half as
    full as the fullest near the top. Refusals: empty_file, too_large, not_spreadsheet where the file is
    not text. Raises OSError where it cannot be opened.
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
    if not any(map(_fullness, rows)):
        raise refused("empty_file")
    header = _header_index(rows)
    kept = [(number, row) for number, row in enumerate(rows[header + 1 :], header + 2) if _fullness(row)]
    names = _names(rows[header], max(map(len, rows[header:])))
    columns = {
        name: [row[place] if place < len(row) else "" for _, row in kept] for place, name in enumerate(names)
    }
    cells = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String)).with_columns(
        pl.all().replace("", None)
    )
    return TextTable(
        cells=cells,
        row_numbers=pl.Series("row", [number for number, _ in kept], dtype=pl.Int32),
        header_row=header + 1,
        encoding=encoding,
        delimiter=delimiter,
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


def _header_index(rows: list[Row]) -> int:
    fullest = max(map(_fullness, rows[:SAMPLE_ROWS])) or 1
    return next(index for index, row in enumerate(rows) if _fullness(row) * 2 >= fullest and _fullness(row))


def _fullness(row: Row) -> int:
    return sum(1 for cell in row if cell.strip())


def _names(header: Row, width: int) -> list[str]:
    names: list[str] = []
    for place in range(width):
        name = header[place].strip() if place < len(header) else ""
        names.append(name if name and name not in names else f"第{place + 1}列")
    return names
