"""The cover as a form: labels in column A, each with its value in column B."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from etl.checking.marks import CELL_MARKS
from etl.normalise import normalise_columns, tidy
from etl.sheets import COVER

if TYPE_CHECKING:
    from etl.read import SheetReading


def cover_labels(reading: SheetReading) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """Row of every label in column A, and the labels that stand there again."""
    names = {tidy(column.title_zh): column.name for column in COVER.columns}
    rows: dict[str, int] = {}
    repeated = []
    if "1" not in reading.cells.columns:
        return rows, repeated
    for row, text in reading.cells.select("row", "1").drop_nulls().head(5_000).iter_rows():
        lines = text.strip().splitlines()
        name = names.get(tidy(lines[0]).strip(":*") if lines else "")
        if name in rows:
            repeated.append((name, row))
        elif name is not None:
            rows[name] = row
    return rows, repeated


def cover_texts(reading: SheetReading, rows: Mapping[str, int]) -> dict[str, str | None]:
    """What stands in column B beside each label, by column name."""
    if "2" not in reading.cells.columns:
        return dict.fromkeys(rows)
    by_row = dict(
        reading.cells.filter(pl.col("row").is_in(list(rows.values()))).select("row", "2").iter_rows()
    )
    return {name: by_row.get(row) for name, row in rows.items()}


def cover_marks(reading: SheetReading, rows: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """Kind and detail of the values that are no plain value, by column name."""
    names = {row: name for name, row in rows.items()}
    found: dict[str, tuple[str, str]] = {}
    marks = reading.marks.filter((pl.col("column") == 2) & pl.col("row").is_in(list(names)))
    for row, kind, detail in marks.select("row", "kind", "detail").iter_rows():
        known = found.get(names[row])
        if kind in CELL_MARKS and (known is None or CELL_MARKS.index(kind) < CELL_MARKS.index(known[0])):
            found[names[row]] = (kind, detail)
    return found


def cover_values(
    texts: Mapping[str, str | None], marks: Mapping[str, tuple[str, str]]
) -> tuple[dict[str, object], dict[str, str]]:
    """Typed value and state of every column whose label is there."""
    values: dict[str, object] = dict.fromkeys(column.name for column in COVER.columns)
    columns = [COVER.column(name) for name in texts if name not in marks]
    form = pl.DataFrame(
        {column.name: [texts[column.name]] for column in columns},
        schema=dict.fromkeys((column.name for column in columns), pl.String),
    )
    typed = normalise_columns(columns, form, {}) if columns else {}
    values |= {name: cell.values[0] for name, cell in typed.items()}
    return values, {name: cell.states[0] for name, cell in typed.items()}
