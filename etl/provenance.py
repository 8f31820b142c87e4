"""From a figure down to its cells: which rows of which workbooks add to it, and how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from etl.store import Store

ROWS_LISTED = 500
"""How many rows a page is given at most; how many there are is told beside."""


@dataclass(frozen=True, kw_only=True)
class RowsBehind:
    """The stored rows that add to a figure.

    ``rows`` has one row a stored row: submission_id, source_submission_id (the workbook in which the row
    stands; another one where last month's sheet was taken over), reporting_code, unit_code, period (first
    day of the workbook's month), revision, received_at, sheet (key), row (number on the sheet), for each
    measure ``adds_<measure>`` (what the row adds) and ``cell_<measure>`` (the cell that decides it, such as
    ``N37``; null where the letter is not known), and the sheet's own columns that may be shown.
    ``columns`` names those by sheet; ``letters`` gives each column's letter, and ``titles`` the sheet's
    title, by (source_submission_id, sheet). ``row_count`` counts every row that may be listed, ``withheld``
    those that may not; ``totals`` is what all of them add, ``withheld_totals`` what the latter do.
    ``without_rows`` names the measures no row adds to (population, reported months).
    """

    rows: pl.DataFrame
    columns: Mapping[str, tuple[str, ...]]
    letters: Mapping[tuple[str, str], Mapping[str, str]]
    titles: Mapping[tuple[str, str], str]
    row_count: int
    withheld: int
    totals: Mapping[str, int | Decimal]
    withheld_totals: Mapping[str, int | Decimal]
    without_rows: tuple[str, ...]


def rows_behind(
    store: Store,
    build: Path,
    *,
    leaves: Sequence[str],
    months: Sequence[date],
    measures: Sequence[str],
    limit: int = ROWS_LISTED,
) -> RowsBehind:
    """The rows that add to mart columns (``measures``) of these leaf units in these months."""
    raise NotImplementedError
