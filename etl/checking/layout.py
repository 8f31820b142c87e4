"""Where a sheet's data stand: its header, its columns, its data rows, and cells that hold no plain value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import polars as pl

from etl.checking.data_area import Area
from etl.checking.finding_batches import Batch, Places, offences, sheet_batch
from etl.checking.marks import cell_marks, with_cell_marks
from etl.checking.pasted import without_pasted
from etl.findings import Words
from etl.normalise import blank, blank_columns, tidy
from etl.schema import Column, Sheet

if TYPE_CHECKING:
    from etl.read import SheetReading

HEADER_SEARCH_ROWS = 20
TOTALS = r"(?i)^(?:合计|总计|小计|共计|总数|total)[:：]?$"
TOTALS_OF = r"^.{1,10}(?:合计|总计|小计|共计)[:：]?$"
TOTALS_START = r"^\s*[合总小共Tt]"
SHORT_ROW_BYTES = 64
LONG_SHEET_ROWS = 2_000


def read_area(
    sheet: Sheet, columns: tuple[Column, ...], reading: SheetReading
) -> tuple[Area | None, list[Batch]]:
    """The data area of a sheet, or None and the offence that explains why there is none."""
    header = header_of(columns, reading.cells)
    if header is None:
        titles = "、".join(column.title_zh for column in columns[:3])
        return None, [sheet_batch("header_not_found", titles=titles)]
    area = without_pasted(_located(sheet, columns, reading, *header[:2]), reading.cells)
    area = _without_foreign_rows(area)
    marks = cell_marks(area)
    return with_cell_marks(_with_rows(area, marks), marks), []


def header_of(
    columns: tuple[Column, ...], cells: pl.DataFrame
) -> tuple[int, dict[int, str], frozenset[str]] | None:
    """Row number of the header, the texts in it by column number, and its titles: the row that has most of them."""
    titles = {tidy(column.title_zh) for column in columns}
    best: tuple[int, int, dict[int, str]] | None = None
    for line in cells.filter(pl.col("row") <= HEADER_SEARCH_ROWS).iter_rows(named=True):
        texts = {int(name): text for name, text in line.items() if name != "row" and text is not None}
        count = len(titles & {title_key(text) for text in texts.values()})
        if count > (best[0] if best else 0):
            best = (count, line["row"], texts)
        if count == len(titles):
            break
    if best is None or best[0] < min(2, len(columns) - 1):
        return None
    return best[1], best[2], frozenset(title_key(text) for text in best[2].values())


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
        zh, en = (f"是否即“{close[0]}”？", f"Perhaps {close[0]}? ") if close else ("", "")
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
    found = area.raw.filter(_may_be_foreign(names)).select(
        "row",
        pl.coalesce(pl.when(hit).then(pl.lit(name)) for name, hit in totals.items()).alias("column"),
        pl.coalesce(pl.when(hit).then(pl.col(name)) for name, hit in totals.items()).alias("value"),
        again=again,
    )
    if found["column"].null_count() == found.height and not found["again"].any():
        return area
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


def _may_be_foreign(columns: Sequence[Column]) -> pl.Expr:
    """Whether a row can be of totals or of headers at all: to look closely at every cell of a long log costs more."""
    title = re.escape(re.sub(r"\s+", "", columns[0].title_zh)[0])
    signs = [pl.col(columns[0].name).str.contains(rf"^\s*{title}")]
    for column in columns:
        signs.append(pl.col(column.name).str.contains(TOTALS_START))
        if column.kind == "key":
            signs.append(pl.col(column.name).str.contains("计", literal=True))
    return pl.any_horizontal(sign.fill_null(False) for sign in signs)


def _with_rows(area: Area, marks: pl.DataFrame) -> Area:
    """Drop rows without content, add rows that hold nothing but uncomputed formulas, tell of the gaps."""
    raw = area.raw
    empty = _empty_rows(area)
    if empty.len():
        raw = raw.filter(~pl.col("row").is_in(empty.implode()))
    if marks.height:
        uncomputed = marks["row"].unique()
        absent = uncomputed.filter(~uncomputed.is_in(raw["row"].implode()))
        raw = pl.concat([raw, pl.DataFrame({"row": absent})], how="diagonal").sort("row")
    area = replace(area, raw=raw)
    return area.with_batches(_blank_rows(area))


def _empty_rows(area: Area) -> pl.Series:
    """Rows in which every known column is blank."""
    rows, names = area.raw, [column.name for column in area.columns]
    if rows.height > LONG_SHEET_ROWS:
        # To look for blanks in every cell of a long log costs more than to weigh its rows first.
        size = pl.sum_horizontal(pl.col(name).str.len_bytes().fill_null(0) for name in names)
        rows = rows.filter(size <= SHORT_ROW_BYTES)
    return rows.filter(pl.all_horizontal(blank(name) for name in names))["row"]


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
