"""Offences of a sheet as tables, and how they become findings: the first of a kind singly, the rest counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import polars as pl

from etl.findings import KINDS, Argument, Finding, Words, finding

LISTED_PER_KIND = 200
CELL_SCHEMA = {"row": pl.Int32, "column": pl.String}
OFFENCE_SCHEMA = {**CELL_SCHEMA, "value": pl.String}


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Offences of one kind on one sheet, held as a table until it is known how many are listed.

    ``cells``: row (Int32, null for none), column (name, null for none), value (text as seen). Further
    columns are at hand for ``arguments``, which gives a finding's arguments from its line.
    """

    kind: str
    cells: pl.DataFrame
    arguments: Callable[[Mapping[str, object]], Mapping[str, Argument]] = field(
        default=lambda line: {}, repr=False
    )


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the columns of a sheet stand: name to sheet column number, and name to title."""

    sheet: str
    numbers: Mapping[str, int]
    titles: Mapping[str, str]

    def address(self, row: int | None, column: str | None) -> str:
        """A cell's address; empty where the row is unknown."""
        if row is None:
            return ""
        number = self.numbers.get(column or "")
        return f"{column_letters(number or 1)}{row}"


def column_letters(number: int) -> str:
    """The letters of a sheet column counted from 1: A, Z, AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def listed(batches: Sequence[Batch], places: Places) -> Iterator[Finding]:
    """The findings of one sheet: of each kind the first 200 singly, then one that counts the rest."""
    by_kind: dict[str, list[Batch]] = {}
    for batch in batches:
        if batch.cells.height:
            by_kind.setdefault(batch.kind, []).append(batch)
    found: list[tuple[int, int, Finding]] = []
    rest: list[Finding] = []
    for kind, group in by_kind.items():
        lines = sorted(
            (line for batch in group for line in _first_lines(batch, places)), key=lambda line: line[:2]
        )
        found += islice(lines, LISTED_PER_KIND)
        if (left := sum(batch.cells.height for batch in group) - LISTED_PER_KIND) > 0:
            rest.append(_more(kind, left, places.sheet))
    yield from (each for _, _, each in sorted(found, key=lambda line: line[:2]))
    yield from rest


def _first_lines(batch: Batch, places: Places) -> Iterator[tuple[int, int, Finding]]:
    first = batch.cells.sort("row", nulls_last=True, maintain_order=True).head(LISTED_PER_KIND)
    for line in first.iter_rows(named=True):
        row, column = line["row"], line["column"]
        each = finding(
            batch.kind,
            sheet=places.sheet,
            cell=places.address(row, column),
            column=places.titles.get(column or "", ""),
            value=line["value"],
            **batch.arguments(line),
        )
        yield (row if row is not None else 2**31, places.numbers.get(column or "", 0), each)


def _more(kind: str, count: int, sheet: str) -> Finding:
    words = Words(zh=KINDS[kind].title_zh, en=KINDS[kind].title_en)
    return finding(
        "more_findings", severity=KINDS[kind].severity, sheet=sheet, count=count, title=words, of=kind
    )


def offences(rows: Sequence[tuple[int | None, str | None, str | None]]) -> pl.DataFrame:
    """A table of offences from (row, column name, value) lines."""
    return pl.DataFrame(list(rows), schema=OFFENCE_SCHEMA, orient="row")


def sheet_batch(kind: str, value: str | None = None, **arguments: Argument) -> Batch:
    """One offence of a sheet as a whole."""
    return Batch(kind=kind, cells=offences([(None, None, value)]), arguments=lambda line: arguments)
