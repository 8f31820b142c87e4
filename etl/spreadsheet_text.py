"""Texts that a spreadsheet would run: one rule for every table that is written for somebody to open in one.

A CSV says nothing of types, so that whatever begins like a formula is one (OWASP, CSV injection). Full-width signs
count: an input method or a sheet turns them into the others. What is a plain number or a dash is left as it is.
"""

from __future__ import annotations

import re

import polars as pl

_RUNS = r"""^[\s"']*(?:[=+\-@|\x00\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|%.)"""
"""How a text begins that may be run; % alone is a unit."""
_PLAIN = r"^\s*(?:[+\-]?[0-9]+(?:\.[0-9]+)?%?|-+)\s*$"
_CELL_TO_LOOK_AT = re.compile(
    '(?:^|[,"\\n])[\\s"\']*(?:[=+\\-@|\\x00\\uff1d\\uff0b\\uff0d\\uff20]|%(?!,|\\n|$))' + '|"[\\s"\']*%'
)
"""Finds at least every such text in a table written out; negative numbers too, which the table itself tells apart."""


def harmless(table: pl.DataFrame) -> pl.DataFrame:
    """The table with an apostrophe before every text, headers included, that a spreadsheet would run."""
    text = pl.col(pl.String)
    safe = table.with_columns(pl.when(_runs(text)).then(pl.lit("'") + text).otherwise(text).name.keep())
    headers = pl.Series(table.columns, dtype=pl.String)
    running = headers.filter(pl.select(_runs(pl.lit(headers))).to_series())
    return safe.rename({header: f"'{header}" for header in running})


def harmless_csv(table: pl.DataFrame) -> str:
    """``harmless`` written out."""
    text = table.write_csv()
    # Looked for in the whole text first: a page has many tables, and hardly one holds such a text.
    return harmless(table).write_csv() if _CELL_TO_LOOK_AT.search(text) else text


def _runs(text: pl.Expr) -> pl.Expr:
    return text.str.contains(_RUNS) & ~text.str.contains(_PLAIN)
