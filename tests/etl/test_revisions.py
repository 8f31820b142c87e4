"""What changed between two revisions: applied to the older rows it gives the newer; one changed cell is one change."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest

from etl.revisions import MOST_TOLD, CellChange, SheetChange, sheet_change
from etl.schema import Sheet
from etl.sheets import SHEETS
from tests.etl.example_workbooks import example_rows
from tests.etl.stores import yunnan

CAMPAIGN = yunnan()
UNITS = CAMPAIGN.leaves("533400")
MONTH, EVERY = "2026-09", 1_000_000


def frame_of(sheet: Sheet, rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = {column.name: column.polars_type for column in sheet.columns}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def rows_of(sheet: Sheet, seed: int) -> pl.DataFrame:
    """Example rows, one a key."""
    frame = frame_of(sheet, example_rows(sheet, UNITS, MONTH, 12, seed=seed))
    return frame.unique(list(sheet.unique), keep="first", maintain_order=True)


def by_key(sheet: Sheet, frame: pl.DataFrame) -> dict[tuple[object, ...], dict[str, object]]:
    return {tuple(row[name] for name in sheet.unique): row for row in frame.to_dicts()}


def applied(sheet: Sheet, old: pl.DataFrame, change: SheetChange, new: pl.DataFrame):
    """The older rows with the changes made; whole rows that were added come from the newer."""
    rows = {key: row for key, row in by_key(sheet, old).items() if key not in set(change.removed)}
    for cell in change.cells:
        assert rows[cell.key][cell.column] == cell.before
        rows[cell.key][cell.column] = cell.after
    return rows | {key: by_key(sheet, new)[key] for key in change.added}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.key)
def test_the_changes_applied_to_the_older_rows_give_the_newer(sheet, seed):
    chance, old = Random(seed), rows_of(sheet, 1)
    other = rows_of(sheet, 2 + seed)
    # Some rows as they were, some as they might have been, some of neither, in another order.
    taken = {key: chance.choice([row, row, None]) for key, row in by_key(sheet, old).items()}
    taken |= {key: chance.choice([row, taken.get(key), None]) for key, row in by_key(sheet, other).items()}
    new = frame_of(sheet, [row for row in taken.values() if row]).sample(fraction=1, shuffle=True, seed=seed)
    change = sheet_change(sheet, old, new, most=EVERY)
    assert applied(sheet, old, change, new) == by_key(sheet, new)
    assert change.cell_count == len(change.cells)
    assert (change.added_count, change.removed_count) == (len(change.added), len(change.removed))
    assert all(cell.before != cell.after for cell in change.cells)
    assert sheet_change(sheet, old, old.reverse()).count == 0


def test_one_changed_cell_is_told_as_one_change():
    sheet = SHEETS["monthly"]
    old = rows_of(sheet, 1)
    column = next(each.name for each in sheet.columns if each.kind == "flow")
    code, before = old["unit_code"][0], old[column][0]
    new = old.with_columns(
        pl.when(pl.col("unit_code") == code).then(None).otherwise(pl.col(column)).alias(column)
    )
    change = sheet_change(sheet, old, new)
    assert change.cells == (CellChange(key=(code,), column=column, before=before, after=None),)
    assert (change.count, change.added, change.removed) == (1, (), ())


def test_a_sheet_only_one_revision_has_is_added_or_removed_as_a_whole_and_told_within_bounds():
    sheet = SHEETS["issues"]
    (row, *_) = example_rows(sheet, UNITS, MONTH, 1)
    many = frame_of(sheet, [row | {"issue_id": f"W{number}"} for number in range(3 * MOST_TOLD)])
    added, removed = sheet_change(sheet, None, many), sheet_change(sheet, many, None)
    assert (added.added_count, len(added.added)) == (3 * MOST_TOLD, MOST_TOLD)
    assert (removed.removed_count, len(removed.removed)) == (3 * MOST_TOLD, MOST_TOLD)
    assert added.added[0] == ("W0",)
    renamed = many.with_columns(measure=pl.lit("改"))
    changed = sheet_change(sheet, many, renamed)
    assert changed.cell_count == 3 * MOST_TOLD
    assert len(changed.cells) == MOST_TOLD
