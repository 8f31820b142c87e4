"""What changed between two revisions of a unit's month, sheet by sheet."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from etl.accept import PROVENANCE
from etl.journal import Submission
from etl.store import Store


@dataclass(frozen=True, kw_only=True)
class SheetChange:
    """Rows only the newer revision of a sheet has, and rows only the older one had; a changed row is both."""

    sheet: str
    added: int
    removed: int


def changes(store: Store, older: Submission, newer: Submission) -> list[SheetChange]:
    """The sheets whose rows differ; where they stand on the sheet does not count."""
    before, after = (_rows(store, each) for each in (older, newer))
    found = [_change(key, before.get(key), after.get(key)) for key in dict.fromkeys([*after, *before])]
    return [each for each in found if each.added or each.removed]


def _rows(store: Store, submission: Submission) -> dict[str, pl.DataFrame]:
    return {
        sheet.sheet: pl.read_parquet(store.rows / sheet.path).drop(PROVENANCE, strict=False)
        for sheet in submission.sheets
        if sheet.path is not None
    }


def _change(sheet: str, before: pl.DataFrame | None, after: pl.DataFrame | None) -> SheetChange:
    if before is None or after is None:
        heights = [0 if frame is None else frame.height for frame in (after, before)]
        return SheetChange(sheet=sheet, added=heights[0], removed=heights[1])
    columns = [name for name in after.columns if name in before.columns]
    old, new = before.select(columns), after.select(columns)
    return SheetChange(sheet=sheet, added=_only_in(new, old), removed=_only_in(old, new))


def _only_in(one: pl.DataFrame, other: pl.DataFrame) -> int:
    """Rows of one that the other does not have as often."""
    counted = [frame.group_by(pl.all()).len() for frame in (one, other)]
    keys = one.columns
    joined = counted[0].join(counted[1], on=keys, how="left", nulls_equal=True, suffix="_other")
    missing = joined.select((pl.col("len") - pl.col("len_other").fill_null(0)).clip(lower_bound=0).sum())
    return int(missing.item() or 0)
