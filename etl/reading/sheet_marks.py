"""Exceptional cells of a sheet in the usual spelling, found by byte patterns.

One formula in a register of a hundred thousand rows must not make the whole of it be parsed twice. Each
function takes a window of sheet XML that tears no cell, and gives None where the spelling is not usual
after all, so that the exact parse decides.
"""

import html
import re

from etl.reading.sheet_parse import FORMULA_CHARACTERS, Mark, column_number, formula_kind, hidden_marks

FORMULA = re.compile(rb"<f[\s/>]")
ERROR_TYPE = b' t="e"'
# No part of these patterns passes over a tag it does not name, so that none can run through a window.
_CELL = rb'<c r="([A-Z]{1,3})(\d{1,7})"([^<>]*)>\s*'
_FORMULA = rb"<f(?:\s[^<>]*)?(?:/>|>([^<]*)</f>)\s*"
_VALUE = rb"(<v(?:\s[^<>]*)?(?:/>|>([^<]*)</v>)\s*)?"
FORMULA_CELL = re.compile(_CELL + _FORMULA + _VALUE + rb"</c>")
ERROR_CELL = re.compile(
    _CELL.replace(b"([^<>]*)", rb'[^<>]*\st="e"[^<>]*') + rb"(?:" + _FORMULA + rb")?" + _VALUE + rb"</c>"
)
HIDDEN_TAG = re.compile(rb"<(row|col)\s([^<>]*?hidden=[^<>]*)>")
ATTRIBUTE = re.compile(rb'([A-Za-z]+)="([^"]*)"')


def usual_marks(window: bytes, last_column: int) -> list[Mark] | None:
    """The marks in one window; hidden columns beyond `last_column` are left out."""
    # A single character is looked for many times faster than a word, and is seldom there.
    if b"!" in window and b"<!" in window:
        return None
    found = (_formulas(window), _errors(window), _hidden(window, last_column))
    return None if None in found else [mark for marks in found for mark in marks]


def _formulas(window: bytes) -> list[Mark] | None:
    if b"f" not in window or b"<f" not in window:
        return []
    marks = []
    for letters, row, attributes, formula, stored, text in FORMULA_CELL.findall(window):
        value = _text(text) if stored else None
        kind = formula_kind(value, "str" if b't="str"' in attributes else "")
        marks.append((int(row), column_number(letters.decode()), kind, _text(formula)[:FORMULA_CHARACTERS]))
    return marks if len(marks) == len(FORMULA.findall(window)) else None


def _errors(window: bytes) -> list[Mark] | None:
    count = window.count(ERROR_TYPE)
    found = ERROR_CELL.findall(window) if count else []
    if len(found) != count:
        return None
    return [
        (int(row), column_number(letters.decode()), "error_value", _text(text))
        for letters, row, _formula, stored, text in found
        if stored
    ]


def _hidden(window: bytes, last_column: int) -> list[Mark] | None:
    if b"h" not in window or b"hidden" not in window:
        return []
    tags = HIDDEN_TAG.findall(window)
    if len(tags) != window.count(b"hidden"):
        return None
    marks: list[Mark] = []
    for name, inside in tags:
        attributes = dict(ATTRIBUTE.findall(inside))
        if attributes.get(b"hidden") not in (b"1", b"true"):
            continue
        numbers = [attributes.get(key, b"") for key in ((b"r",) if name == b"row" else (b"min", b"max"))]
        if not all(number.isdigit() for number in numbers):
            return None
        marks += hidden_marks(name.decode(), int(numbers[0]), int(numbers[-1]), last_column)
    return marks


def _text(inside: bytes) -> str:
    return html.unescape(inside.decode("utf-8", "replace"))
