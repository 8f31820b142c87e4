"""Cells that hold no plain value (formulas without result, errors, pictures), merged and hidden ones."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from etl.checking.data_area import Area
from etl.checking.expectation import cell_arguments
from etl.checking.finding_batches import (
    CELL_SCHEMA,
    OFFENCE_SCHEMA,
    Batch,
    column_letters,
    offences,
    sheet_batch,
)
from etl.findings import Words
from etl.normalise import blank_columns

CELL_MARKS = ("picture_in_cell", "formula_without_value", "error_value", "long_number")


def cell_marks(area: Area) -> pl.DataFrame:
    """Cells among the data that hold no plain value: row, column (name), value, kind; one line a cell."""
    if area.marks.is_empty():
        return pl.DataFrame(schema={**OFFENCE_SCHEMA, "kind": pl.String})
    names = {area.places.numbers[name]: name for name in area.present}
    picture = (pl.col("kind") == "formula") & pl.col("detail").str.contains("DISPIMG")
    marks = area.marks.filter(
        (pl.col("row") > area.header_row) & pl.col("column").is_in(list(names))
    ).with_columns(kind=pl.when(picture).then(pl.lit("picture_in_cell")).otherwise("kind"))
    marks = marks.filter(pl.col("kind").is_in(CELL_MARKS))
    if marks["kind"].n_unique() > 1:
        order = pl.col("kind").replace_strict(CELL_MARKS, range(len(CELL_MARKS)))
        marks = marks.sort(order, maintain_order=True).unique(["row", "column"], keep="first")
    return marks.select(
        pl.col("row").cast(pl.Int32),
        pl.col("column").cast(pl.Int64).replace_strict(names, return_dtype=pl.String),
        value="detail",
        kind="kind",
    )


def with_cell_marks(area: Area, marks: pl.DataFrame) -> Area:
    """The area without the cells that hold no plain value, each of which is an offence of its own."""
    if area.marks.is_empty():
        return area
    batches = [_mark_batch(area, marks, kind) for kind in CELL_MARKS]
    merged, covered = _merged(area)
    set_aside = pl.concat([marks.select("row", "column"), covered])
    raw = area.raw
    for name in marks["column"].unique():
        rows = marks.filter(pl.col("column") == name)["row"]
        cell = pl.when(~pl.col("row").is_in(rows.implode())).then(pl.col(name))
        raw = raw.with_columns(cell.alias(name))
    hidden, formulas = _hidden(area), _formulas(area, marks)
    return replace(area, raw=raw, set_aside=set_aside).with_batches(*batches, merged, *hidden, *formulas)


def _mark_batch(area: Area, marks: pl.DataFrame, kind: str) -> Batch:
    return Batch(
        kind=kind,
        cells=marks.filter(pl.col("kind") == kind).select("row", "column", "value"),
        arguments=lambda line: cell_arguments(kind, area.sheet.column(str(line["column"])), ""),
    )


MOST_COVERED_CELLS = 500_000


def _merged(area: Area) -> tuple[Batch, pl.DataFrame]:
    """Merged ranges that touch the data, and the cells they cover beside their first."""
    names = {area.places.numbers[name]: name for name in area.present}
    last = area.raw["row"].max() or 0
    found, covered = [], []
    for row, column, detail in (
        area.marks.filter(pl.col("kind") == "merged").select("row", "column", "detail").iter_rows()
    ):
        end_row, end_column = range_end(detail, row, column)
        rows = range(max(row, area.header_row + 1), min(end_row, last) + 1)
        touched = [number for number in range(column, min(end_column, 16_384) + 1) if number in names]
        if not rows or not touched:
            continue
        found.append((rows[0], names[touched[0]], detail))
        if len(covered) < MOST_COVERED_CELLS:
            cells = ((r, names[c]) for r in rows for c in touched if (r, c) != (row, column))
            covered += [cell for cell, _ in zip(cells, range(MOST_COVERED_CELLS), strict=False)]
    frame = pl.DataFrame(covered, schema=CELL_SCHEMA, orient="row")
    return Batch(kind="merged_cells", cells=offences(found)), frame


def range_end(detail: str | None, row: int, column: int) -> tuple[int, int]:
    """Row and column of a range's last cell (``A5:B6``); the first cell where it cannot be told."""
    last = (detail or "").rpartition(":")[2].replace("$", "").upper()
    letters = last.rstrip("0123456789")
    if not letters.isascii() or not letters.isalpha() or len(letters) == len(last):
        return row, column
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return int(last[len(letters) :]), number


def _hidden(area: Area) -> list[Batch]:
    """One offence that lists hidden rows and columns with data."""
    rows = area.marks.filter(pl.col("kind") == "hidden_row")["row"].unique().sort()
    rows = rows.filter(rows.cast(pl.Int32).is_in(area.raw["row"].implode())).to_list()
    hidden = set(area.marks.filter(pl.col("kind") == "hidden_column")["column"].to_list())
    names = [name for name in area.present if area.places.numbers[name] in hidden]
    columns = sorted(area.places.numbers[name] for name in set(names) - blank_columns(area.raw, names))
    if not rows and not columns:
        return []
    return [sheet_batch("hidden_cells", seen=_hidden_words(rows, [column_letters(each) for each in columns]))]


def _hidden_words(rows: list[int], columns: list[str]) -> Words:
    """Hidden rows and columns as people name them: 第4行、E列."""
    numbers, letters = _listing([str(row) for row in rows], sign="、"), _listing(columns, sign="、")
    zh = [f"第{numbers}行"] if rows else []
    en = [f"row {_listing([str(row) for row in rows])}"] if rows else []
    zh += [f"{letters}列"] if columns else []
    en += [f"column {_listing(columns)}"] if columns else []
    return Words(zh="、".join(zh), en="; ".join(en))


def _formulas(area: Area, marks: pl.DataFrame) -> list[Batch]:
    """One offence that lists the first cells with formulas that have a result."""
    names = {area.places.numbers[name]: name for name in area.present}
    found = (
        area.marks.filter((pl.col("kind") == "formula") & (pl.col("row") > area.header_row))
        .filter(pl.col("column").is_in(list(names)))
        .with_columns(column=pl.col("column").cast(pl.Int64).replace_strict(names, return_dtype=pl.String))
        .join(marks, on=["row", "column"], how="anti")
        .sort("row")
    )
    if found.is_empty():
        return []
    first = found.head(10).select("row", "column").rows()
    addresses = _listing([area.places.address(row, column) for row, column in first], found.height)
    row, column = first[0]
    return [Batch(kind="formula", cells=offences([(row, column, addresses)]))]


def _listing(items: list[str], count: int | None = None, sign: str = ", ") -> str:
    total = len(items) if count is None else count
    return sign.join(items[:10]) + (f" … ({total})" if total > len(items[:10]) else "")
