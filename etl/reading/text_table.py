"""A table kept as text: the .csv, semicolon- and tab-separated exports that other systems hand out.

Such a file is never a submission; a mapping turns it into one. Its cells stay texts, exactly as written.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl

from etl.gate import Limits, Refusal, RefusedError, decoded_text, refused, too_large

DELIMITERS = (",", "\t", ";")
# Rows looked at to find the delimiter.
SAMPLE_ROWS = 100

END = "."
"""A line of its own behind the last one: a quote still open there would swallow it."""

Row = list[str]


@dataclass(frozen=True, kw_only=True)
class _Record:
    """The cells of a row, and the first and last of the file's lines it stands on."""

    cells: Row
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table of texts, laid out like a sheet of a workbook.

    `cells` has `row` (Int32, from 1, as a spreadsheet program numbers the records) and a text column for each place
    ("1" is the first); rows without any value are left out, an empty cell is null. ``doubtful`` are the rows over several
    lines of the file, one of whose quotes may have swallowed rows: their number, their first line and their last.
    """

    cells: pl.DataFrame
    encoding: str
    delimiter: str
    doubtful: Mapping[int, tuple[int, int]]


def read_text_table(path: Path, limits: Limits | None = None) -> TextTable | Refusal:
    """Read a .csv, semicolon- or tab-separated file in utf-8 (with or without its mark), utf-16 or gb18030.

    Refusals: empty_file, too_large, not_spreadsheet where the file is not text, or where a quote is still open at its
    end (``open_quote`` is the line that has it). Raises OSError where it cannot be opened.
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
    lines = list(io.StringIO(text, newline=""))
    records = _records(lines, delimiter, limits)
    kept = [
        (number, record.cells)
        for number, record in enumerate(records, 1)
        if any(map(str.strip, record.cells))
    ]
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
        cells=cells.with_columns(pl.col(pl.String).replace("", None)),
        encoding=encoding,
        delimiter=delimiter,
        doubtful=_doubtful(records, lines, delimiter),
    )


def _records(lines: Sequence[str], delimiter: str, limits: Limits) -> list[_Record]:
    records: list[_Record] = []
    reader, first = _reader(chain(lines, [END]), delimiter), 1
    try:
        for row in reader:
            if first > len(lines):
                break
            if reader.line_num > len(lines):
                raise _open_quote(first)
            _check_size(row, limits)
            cells = [cell.strip("\ufeff") for cell in row]
            records.append(_Record(cells=cells, first=first, last=reader.line_num))
            if len(records) > limits.rows:
                raise too_large("rows", len(records), limits.rows)
            first = reader.line_num + 1
    except csv.Error as error:
        # The csv module's own limit on a field is met by a quote that is never closed.
        raise _open_quote(first) from error
    return records


def _check_size(row: Row, limits: Limits) -> None:
    if len(row) > limits.columns:
        raise too_large("columns", len(row), limits.columns)
    longest = max(map(len, row), default=0)
    if longest > limits.text_characters:
        raise too_large("text_characters", longest, limits.text_characters)


def _open_quote(line: int) -> RefusedError:
    return refused("not_spreadsheet", looks_like="text", open_quote=line)


def _reader(lines: Iterable[str], delimiter: str) -> Any:
    return csv.reader(lines, delimiter=delimiter)


def _doubtful(records: Sequence[_Record], lines: Sequence[str], delimiter: str) -> dict[int, tuple[int, int]]:
    """The rows over several lines that do not look like one row with a line break in a cell."""
    several = {number: record for number, record in enumerate(records, 1) if record.last > record.first}
    if not several:
        return {}
    widths = Counter(len(record.cells) for record in records if record.last == record.first and record.cells)
    width = widths.most_common(1)[0][0] if widths else 1
    return {
        number: (record.first, record.last)
        for number, record in several.items()
        if _holds_rows(record, width, delimiter)
        or not _is_well_quoted(lines[record.first - 1 : record.last], delimiter)
    }


def _holds_rows(record: _Record, width: int, delimiter: str) -> bool:
    """Whether a cell over several lines has so many delimiters that rows may stand in it, or the row too many cells.

    A quote opened in column a and closed in column b of the n-th line below swallows n × (width - 1) + b - a
    delimiters, and the row then has b - a cells fewer than others.
    """
    breaks = record.last - record.first
    held = sum(cell.count(delimiter) for cell in record.cells if "\n" in cell or "\r" in cell)
    return len(record.cells) > width or (held > 0 and held * 2 >= breaks * (width - 1))


def _is_well_quoted(lines: Sequence[str], delimiter: str) -> bool:
    """Whether every quote that is closed stands at the end of its cell."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _delimiter(text: str) -> str:
    """The delimiter by which the top rows agree best on a width of more than one."""
    return max(DELIMITERS, key=lambda delimiter: _agreement(text, delimiter))


def _agreement(text: str, delimiter: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    with suppress(csv.Error):
        rows = islice(_reader(io.StringIO(text, newline=""), delimiter), SAMPLE_ROWS)
        widths.update(len(row) for row in rows if len(row) > 1)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return count, width
