"""Rows as text: an aligned table for people, CSV and JSON for programs.

Numbers stay unrounded in csv and json; a whole number of persons or cases is written without ".0", and
what does not exist is empty (csv), null (json), never 0.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

Row = Mapping[str, object]

MISSING_IN_TABLE = "-"
DECIMALS_IN_TABLE = 4


def as_csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """RFC 4180 text with a header, lines ended by a line feed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([plain(row[column]) for column in columns] for row in rows)
    return out.getvalue().rstrip("\n")


def as_json(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """A list of objects, one a line."""
    lines = [
        json.dumps({column: plain(row[column]) for column in columns}, ensure_ascii=False) for row in rows
    ]
    return "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"


def as_table(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Columns aligned for a terminal in which a Chinese character is two places wide; numbers to the right."""
    cells = [[_cell(row[column]) for column in columns] for row in rows]
    widths = [max(map(width, texts)) for texts in zip(columns, *cells, strict=True)]
    numeric = [_is_numeric(row[column] for row in rows) for column in columns]
    return "\n".join(
        "  ".join(
            _padded(text, places, to_the_right)
            for text, places, to_the_right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in (columns, *cells)
    )


FORMATS: dict[str, Callable[[Sequence[Row], Sequence[str]], str]] = {
    "table": as_table,
    "csv": as_csv,
    "json": as_json,
}


def plain(value: object) -> object:
    """A number as JSON knows it: whole where it is whole, else to double precision; others as they are."""
    if isinstance(value, Fraction):
        value = float(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def width(text: str) -> int:
    """How many places a text takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _cell(value: object) -> str:
    value = plain(value)
    if value is None:
        return MISSING_IN_TABLE
    if isinstance(value, float):
        return f"{value:.{DECIMALS_IN_TABLE}f}"
    return str(value)


def _is_numeric(values: object) -> bool:
    kinds = {type(plain(value)) for value in values} - {type(None)}
    return bool(kinds) and kinds <= {int, float}


def _padded(text: str, places: int, to_the_right: bool) -> str:
    padding = " " * (places - width(text))
    return padding + text if to_the_right else text + padding
