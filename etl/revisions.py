"""What changed between two revisions of a unit's month: cell by cell, and the rows only one of them has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from etl.journal import SubmittedSheet
from etl.schema import Sheet
from etl.sheets import SHEETS
from etl.store import Store

MOST_TOLD = 50
"""Of each sheet so many changed cells, added and removed rows are told one by one; the rest are counted."""

Key = tuple[object, ...]
"""The values of a row under its sheet's ``unique`` columns: a unit's code, or a log's number."""


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """A cell of a row both revisions have: its column and the stored (masked) values, None for a blank."""

    key: Key
    column: str
    before: object
    after: object


@dataclass(frozen=True, kw_only=True)
class SheetChange:
    """What differs on one sheet, told as far as ``MOST_TOLD`` in the order of the sheet; the counts are of all."""

    sheet: str
    cells: tuple[CellChange, ...]
    added: tuple[Key, ...]
    removed: tuple[Key, ...]
    cell_count: int
    added_count: int
    removed_count: int

    @property
    def count(self) -> int:
        """Cells changed, rows added and rows removed, all together."""
        return self.cell_count + self.added_count + self.removed_count


def changes(
    store: Store,
    older: Sequence[SubmittedSheet],
    newer: Sequence[SubmittedSheet],
    *,
    most: int = MOST_TOLD,
) -> list[SheetChange]:
    """The sheets of two revisions whose rows differ; where they stand on the sheet does not count."""
    before, after = (_rows(store, each) for each in (older, newer))
    found = [
        sheet_change(SHEETS[key], before.get(key), after.get(key), most=most)
        for key in dict.fromkeys([*after, *before])
    ]
    return [each for each in found if each.count]


def _rows(store: Store, sheets: Sequence[SubmittedSheet]) -> dict[str, pl.DataFrame]:
    return {
        sheet.sheet: pl.read_parquet(store.rows / sheet.path) for sheet in sheets if sheet.path is not None
    }


def sheet_change(
    sheet: Sheet, before: pl.DataFrame | None, after: pl.DataFrame | None, *, most: int = MOST_TOLD
) -> SheetChange:
    """What differs between the stored rows of a sheet; None where a revision has none. Either has a key once."""
    old, new = before, after
    if old is None:
        old = new.clear()
    elif new is None:
        new = old.clear()
    keys = list(sheet.unique)
    names = [each.name for each in sheet.columns if each.name in old.columns and each.name in new.columns]
    old, new = old.select(names), new.select(names)
    added, removed = _only_in(new, old, keys), _only_in(old, new, keys)
    values = [name for name in names if name not in keys]
    pairs = _pairs(old, new, keys, values)
    return SheetChange(
        sheet=sheet.key,
        cells=tuple(islice(_cells(pairs.head(most), keys, values), most)),
        added=tuple(added.head(most).rows()),
        removed=tuple(removed.head(most).rows()),
        cell_count=sum(int(pairs.select(_differs(name).sum()).item()) for name in values),
        added_count=added.height,
        removed_count=removed.height,
    )


def _only_in(one: pl.DataFrame, other: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The keys of rows that the other has not."""
    return one.join(other, on=keys, how="anti", nulls_equal=True, maintain_order="left").select(keys)


def _pairs(old: pl.DataFrame, new: pl.DataFrame, keys: list[str], values: list[str]) -> pl.DataFrame:
    """Rows of both with a value that differs, the older values under names with ``:before``."""
    earlier = old.rename({name: _before(name) for name in values})
    pairs = new.join(earlier, on=keys, how="inner", nulls_equal=True, maintain_order="left")
    return pairs.filter(pl.any_horizontal(pl.lit(False), *(_differs(name) for name in values)))


def _before(name: str) -> str:
    return f"{name}:before"


def _differs(name: str) -> pl.Expr:
    return pl.col(name).ne_missing(pl.col(_before(name)))


def _cells(pairs: pl.DataFrame, keys: list[str], values: list[str]) -> Iterator[CellChange]:
    for row in pairs.iter_rows(named=True):
        key = tuple(row[name] for name in keys)
        for name in values:
            if row[name] != row[_before(name)]:
                yield CellChange(key=key, column=name, before=row[_before(name)], after=row[name])
