"""One sheet as the reading process hands it over: the texts of its cells and the marks on exceptional ones, in one file.

The first line is JSON: `rows` (numbers from 1), `first_column` (from 1), `separator`, `sizes` (bytes of each column) and
`marks`. The columns follow, the texts of each with the separator between them. No library that the cells could harm, or
that costs time to load, is needed for that.
"""

import json
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from python_calamine import CalamineSheet

from etl.gate import Limits, too_large
from etl.reading.cell_text import Cell, cell_texts
from etl.reading.sheet_parse import Mark, SheetScan, address

# A number in a cell holds 15 digits for certain (IEEE 754 binary64); Excel cuts what is typed beyond.
LONG_NUMBER = re.compile(r"-?\d{16,}")
LEAST_LONG_NUMBER = 10**15
NUMBERS = {float, int}
"""Of these alone; a truth value is an int as well, to Python."""
# XML 1.0 has no such character, but a cell can hold it in the spelling _x001F_.
SEPARATOR = "\x1f"
# What a table keeps for a cell beside its text (Arrow's string view).
VIEW_BYTES = 16
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


@dataclass(frozen=True, kw_only=True)
class SheetTexts:
    """The rows of a sheet that hold anything, column by column, and all marks found."""

    rows: Sequence[int]
    first_column: int
    columns: Sequence[Sequence[str]]
    marks: Sequence[Mark]


def sheet_texts(sheet: CalamineSheet, scan: SheetScan) -> SheetTexts:
    """The texts of the cells, the marks of the scan, and those that the cells themselves tell."""
    first_row, first_column = sheet.start or (0, 0)
    table = sheet.to_python()
    held = [number for number, row in enumerate(table) if row.count("") < len(row)]
    if len(held) < len(table):
        table = [table[number] for number in held]
    columns = [list(map(itemgetter(place), table)) for place in range(len(table[0]))] if table else []
    rows = [number + first_row + 1 for number in held]
    texts = [cell_texts(values) for values in columns]
    numbers = [
        (row, number, "long_number", text)
        for number, (values, column) in enumerate(zip(columns, texts, strict=True), first_column + 1)
        for row, text in _long_numbers(rows, values, column)
    ]
    marks = [*scan.marks, *_merged(sheet), *numbers]
    return SheetTexts(rows=rows, first_column=first_column + 1, columns=texts, marks=marks)


def _long_numbers(
    rows: Sequence[int], values: Sequence[Cell], texts: Sequence[str]
) -> Iterator[tuple[int, str]]:
    """The numbers of more than 15 digits, which may have lost the last ones."""
    if texts is values or NUMBERS.isdisjoint(map(type, values)):
        return
    for row, value, text in zip(rows, values, texts, strict=True):
        if type(value) in NUMBERS and abs(value) >= LEAST_LONG_NUMBER and LONG_NUMBER.match(text):
            yield row, text


def _merged(sheet: CalamineSheet) -> list[Mark]:
    """The merged ranges of more than one cell, each at its first cell."""
    return [
        (top + 1, left + 1, "merged", f"{address(top + 1, left + 1)}:{address(bottom + 1, right + 1)}")
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
        if (top, left) != (bottom, right)
    ]


def write_texts(texts: SheetTexts, path: Path, limits: Limits, held: int) -> int:
    """Write the file, where with the `held` bytes of other sheets it stays within the limit; the bytes its tables take.

    Raises RefusedError too_large, also where one text is too long.
    """
    for column in texts.columns:
        _check_lengths(column, limits.text_characters)
    separator, columns = _joined(texts.columns)
    head = {
        "rows": texts.rows,
        "first_column": texts.first_column,
        "separator": separator,
        "sizes": list(map(len, columns)),
        "marks": texts.marks,
    }
    line = json.dumps(head, ensure_ascii=False).encode() + b"\n"
    views = VIEW_BYTES * len(texts.rows) * (texts.first_column + len(columns))
    held += views + len(line) + sum(map(len, columns))
    if held > limits.table_bytes:
        raise too_large("table_bytes", held, limits.table_bytes)
    with path.open("wb") as file:
        file.write(line)
        file.writelines(columns)
    return held


def _check_lengths(texts: Sequence[str], limit: int) -> None:
    if max(map(len, texts), default=0) > limit:
        # A text of nothing but spaces is an empty cell, however long.
        longest = max((len(text) for text in texts if text.strip(SPACES)), default=0)
        if longest > limit:
            raise too_large("text_characters", longest, limit)


def _joined(columns: Sequence[Sequence[str]]) -> tuple[str, list[bytes]]:
    """Each column as one text, and the separator, which no cell holds."""
    joined = [SEPARATOR.join(texts) for texts in columns]
    if all(text.count(SEPARATOR) == len(texts) - 1 for text, texts in zip(joined, columns, strict=True)):
        return SEPARATOR, [text.encode() for text in joined]
    unforeseen = SEPARATOR + secrets.token_hex(16)
    return unforeseen, [unforeseen.join(texts).encode() for texts in columns]
