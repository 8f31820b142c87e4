"""Where a sheet's data stand: its header, its columns, its data rows, and cells that hold no plain value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import polars as pl

from etl.expectation import cell_arguments
from etl.findings import Batch, Places, Words, column_letters
from etl.normalise import blank, blank_columns, tidy
from etl.schema import Column, Sheet

if TYPE_CHECKING:
    from etl.read import SheetReading

HEADER_SEARCH_ROWS = 20
TOTALS = r"(?i)^(?:合计|总计|小计|共计|总数|total)[::]?$"
TOTALS_OF = r"^.{1,10}(?:合计|总计|小计|共计)[::]?$"
SHORT_ROW_BYTES = 64

CELL_SCHEMA = {"row": pl.Int32, "column": pl.String}
OFFENCE_SCHEMA = {**CELL_SCHEMA, "value": pl.String}


@dataclass(frozen=True, kw_only=True)
class Area:
    """A sheet's data area: one text column a known column, under its name, beside ``row``.

    ``present`` names the columns found under the header; the others are null. ``set_aside`` lists cells
    (row, column) already found at fault, about which nothing more is said. ``batches`` are the offences
    found so far.
    """

    sheet: Sheet
    columns: tuple[Column, ...]
    present: frozenset[str]
    places: Places
    header_row: int
    raw: pl.DataFrame
    marks: pl.DataFrame
    set_aside: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CELL_SCHEMA))
    batches: tuple[Batch, ...] = ()

    def with_batches(self, *batches: Batch) -> Area:
        """The area with more offences."""
        return replace(self, batches=(*self.batches, *batches))


def offences(rows: Sequence[tuple[int | None, str | None, str | None]]) -> pl.DataFrame:
    """A table of offences from (row, column name, value) lines."""
    return pl.DataFrame(list(rows), schema=OFFENCE_SCHEMA, orient="row")


def sheet_batch(kind: str, value: str | None = None, **arguments: object) -> Batch:
    """One offence of a sheet as a whole."""
    return Batch(kind=kind, cells=offences([(None, None, value)]), arguments=lambda line: arguments)


def read_area(
    sheet: Sheet, columns: tuple[Column, ...], reading: SheetReading
) -> tuple[Area | None, list[Batch]]:
    """The data area of a sheet, or None and the offence that explains why there is none."""
    header = _header(columns, reading.cells)
    if header is None:
        titles = "、".join(column.title_zh for column in columns[:3])
        return None, [sheet_batch("header_not_found", titles=titles)]
    area = _without_foreign_rows(_located(sheet, columns, reading, *header))
    marks = _cell_marks(area)
    return _with_cell_marks(_with_rows(area, marks), marks), []


def _header(columns: tuple[Column, ...], cells: pl.DataFrame) -> tuple[int, dict[int, str]] | None:
    """Row number of the header and the texts in it by column number: the row that has most of the titles."""
    titles = {tidy(column.title_zh) for column in columns}
    best: tuple[int, int, dict[int, str]] | None = None
    for line in cells.filter(pl.col("row") <= HEADER_SEARCH_ROWS).iter_rows(named=True):
        texts = {int(name): text for name, text in line.items() if name != "row" and text is not None}
        count = len(titles & {title_key(text) for text in texts.values()})
        if count > (best[0] if best else 0):
            best = (count, line["row"], texts)
    if best is None or best[0] < min(2, len(columns) - 1):
        return None
    return best[1], best[2]


def title_key(text: str) -> str:
    """A header's text as it is compared: what stands before the first line break."""
    lines = text.strip().splitlines()
    return tidy(lines[0]) if lines else ""


def _located(
    sheet: Sheet,
    columns: tuple[Column, ...],
    reading: SheetReading,
    header_row: int,
    texts: Mapping[int, str],
) -> Area:
    by_title = {tidy(column.title_zh): column for column in columns}
    numbers: dict[str, int] = {}
    titles = {column.name: column.title_zh for column in columns}
    repeated: list[int] = []
    unknown: list[int] = []
    for number in sorted(int(name) for name in reading.cells.columns if name != "row"):
        column = by_title.get(title_key(texts.get(number, "")))
        if column is None:
            unknown.append(number)
        elif column.name in numbers:
            repeated.append(number)
        else:
            numbers[column.name] = number
    present = frozenset(numbers)
    for number in (*repeated, *unknown):
        numbers[f"#{number}"] = number
        titles[f"#{number}"] = texts.get(number, "").split("\n")[0][:40]
    data = reading.cells.filter(pl.col("row") > header_row)
    raw = data.select(
        "row",
        *(
            pl.col(str(numbers[column.name])).alias(column.name)
            if column.name in present
            else pl.lit(None, dtype=pl.String).alias(column.name)
            for column in columns
        ),
    )
    area = Area(
        sheet=sheet,
        columns=columns,
        present=present,
        places=Places(sheet=sheet.title_zh, numbers=numbers, titles=titles),
        header_row=header_row,
        raw=raw,
        marks=reading.marks,
    )
    empty = blank_columns(data, [str(number) for number in unknown])
    unexpected = [number for number in unknown if str(number) not in empty]
    return area.with_batches(*_header_batches(area, texts, repeated, unexpected))


def _header_batches(
    area: Area, texts: Mapping[int, str], repeated: Sequence[int], unexpected: Sequence[int]
) -> list[Batch]:
    def at(numbers: Sequence[int]) -> pl.DataFrame:
        return offences([(area.header_row, f"#{number}", texts.get(number)) for number in numbers])

    others = tuple(texts[number].split("\n")[0] for number in unexpected if number in texts)
    missing = [column for column in area.columns if column.name not in area.present]

    def similar(line: Mapping[str, object]) -> dict[str, Words]:
        close = get_close_matches(area.places.titles[str(line["column"])], others, n=1, cutoff=0.5)
        zh, en = (f"是否即“{close[0]}”?", f"Perhaps {close[0]}? ") if close else ("", "")
        return {"similar": Words(zh=zh, en=en)}

    return [
        Batch(
            kind="missing_column",
            cells=offences([(None, column.name, None) for column in missing]),
            arguments=similar,
        ),
        Batch(kind="duplicate_header", cells=at(repeated)),
        Batch(kind="unexpected_column", cells=at(unexpected)),
    ]


def _without_foreign_rows(area: Area) -> Area:
    """Leave out totals and headers repeated among the data, one offence a row."""
    names = [column for column in area.columns[:3] if column.name in area.present]
    if not names or area.raw.is_empty():
        return area
    flat = {column.name: pl.col(column.name).str.replace_all(r"\s+", "") for column in names}
    # A paragraph may be the word 合计 only by chance, so set rows are known by their first cell alone.
    looked_at = names[:1] if area.sheet.rows == "fixed" else names
    totals = {column.name: flat[column.name].str.contains(TOTALS) for column in looked_at}
    for column in looked_at:
        if column.kind == "key":
            totals[column.name] = totals[column.name] | flat[column.name].str.contains(TOTALS_OF)
    again = pl.all_horizontal(
        pl.col(column.name).str.extract(r"^\s*([^\r\n]*)", 1).str.replace_all(r"\s+", "")
        == re.sub(r"\s+", "", column.title_zh)
        for column in names
    )
    found = area.raw.select(
        "row",
        pl.coalesce(pl.when(hit).then(pl.lit(name)) for name, hit in totals.items()).alias("column"),
        pl.coalesce(pl.when(hit).then(pl.col(name)) for name, hit in totals.items()).alias("value"),
        again=again,
    )
    totals_rows = found.filter(pl.col("column").is_not_null()).select("row", "column", "value")
    again_rows = found.filter("again").select(
        "row", column=pl.lit(names[0].name), value=pl.lit(None, pl.String)
    )
    left_out = pl.concat([totals_rows["row"], again_rows["row"]])
    area = area.with_batches(
        Batch(kind="totals_row", cells=totals_rows), Batch(kind="repeated_header", cells=again_rows)
    )
    if left_out.is_empty():
        return area
    # Their numbers stay known as rows that are there, so that they leave no gap.
    blank = area.raw.filter(~pl.col("row").is_in(left_out.implode()))
    return replace(area, raw=blank, marks=area.marks.filter(~pl.col("row").is_in(left_out.implode())))


CELL_MARKS = ("picture_in_cell", "formula_without_value", "error_value", "long_number")


def _with_rows(area: Area, marks: pl.DataFrame) -> Area:
    """Drop rows without content, add rows that hold nothing but uncomputed formulas, tell of the gaps."""
    raw = area.raw
    if raw.height:
        size = pl.sum_horizontal(pl.col(column.name).str.len_bytes().fill_null(0) for column in area.columns)
        short = raw.filter(size <= SHORT_ROW_BYTES)
        empty = short.filter(pl.all_horizontal(blank(column.name) for column in area.columns))
        if empty.height:
            raw = raw.filter(~pl.col("row").is_in(empty["row"].implode()))
    uncomputed = marks["row"].unique()
    absent = uncomputed.filter(~uncomputed.is_in(raw["row"].implode()))
    if absent.len():
        raw = pl.concat([raw, pl.DataFrame({"row": absent})], how="diagonal").sort("row")
    area = replace(area, raw=raw)
    return area.with_batches(_blank_rows(area))


def _blank_rows(area: Area) -> Batch:
    known = [batch.cells["row"] for batch in area.batches if batch.kind in ("totals_row", "repeated_header")]
    rows = pl.concat([area.raw["row"], *known]).sort()
    runs = []
    if area.raw.height:
        rows = rows.filter(rows <= area.raw["row"].max())
        before = rows.shift(1, fill_value=area.header_row)
        gaps = pl.DataFrame({"first": before + 1, "last": rows - 1}).filter(pl.col("first") <= pl.col("last"))
        runs = gaps.rows()
    first = next((column.name for column in area.columns if column.name in area.present), None)
    ranges = {one: str(one) if one == last else f"{one}-{last}" for one, last in runs}
    return Batch(
        kind="blank_row",
        cells=offences([(one, first, None) for one, _ in runs]),
        arguments=lambda line: {"rows": ranges[line["row"]]},
    )


def _cell_marks(area: Area) -> pl.DataFrame:
    """Cells among the data that hold no plain value: row, column (name), value, kind; one line a cell."""
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


def _with_cell_marks(area: Area, marks: pl.DataFrame) -> Area:
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
        end_row, end_column = _range_end(detail, row, column)
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


def _range_end(detail: str | None, row: int, column: int) -> tuple[int, int]:
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
    parts = [_listing([str(row) for row in rows]), _listing([column_letters(each) for each in columns])]
    return [sheet_batch("hidden_cells", value="; ".join(part for part in parts if part))]


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


def _listing(items: list[str], count: int | None = None) -> str:
    total = len(items) if count is None else count
    return ", ".join(items[:10]) + (f" … ({total})" if total > len(items[:10]) else "")
