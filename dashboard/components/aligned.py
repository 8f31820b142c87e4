"""Figures in a column: sign, number and unit each in a place of its own, so that decimal points stand in one line."""

from __future__ import annotations

import re
from html import escape

NUMBER = re.compile(r"^(\D*?)([\d,]+)(\.\d+)?$")
"""What may stand before a number (an arrow, a comparison), its whole part, and its decimals."""


def number(text: str) -> str:
    """A number as it is written, its decimals in a place of one width; a word is left as it is. As HTML."""
    found = NUMBER.match(text)
    if found is None:
        return f'<span class="word">{escape(text)}</span>' if text else ""
    before, whole, decimals = found.groups()
    return f'{escape(before)}{whole}<span class="decimals">{decimals or ""}</span>'


def figure(text: str, *, mark: str = "", unit: str = "") -> str:
    """A number between the mark of its judgement (HTML) and its unit, all three in fixed places."""
    small = f'<small class="unit">{escape(unit)}</small>'
    return f'<span class="sign">{mark}</span><b class="amount">{number(text)}</b>{small}'
