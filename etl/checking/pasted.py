"""A table pasted under another: told once, where it begins, and not row by row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from etl.checking.data_area import Area
from etl.checking.finding_batches import Batch, offences
from etl.findings import Words
from etl.normalise import EMPTY, NOT_APPLICABLE_STATE, OK, Normalised, tidy
from etl.schema import Sheet
from etl.sheets import SHEETS

FEWEST_HEADERS = 3
"""So many headers of one sheet in a row make it a header."""
FEWEST_ROWS = 3
"""So many rows on end that name no unit, and are wrong in as many cells, are no slips."""

TITLES: dict[str, frozenset[str]] = {
    key: frozenset(tidy(column.title_zh) for column in sheet.columns) for key, sheet in SHEETS.items()
}
EVERY_TITLE = sorted({column.title_zh for sheet in SHEETS.values() for column in sheet.columns})
TITLE_START = rf"^\s*(?:{'|'.join(sorted({re.escape(title[0]) for title in EVERY_TITLE}))})"


def without_pasted(area: Area, cells: pl.DataFrame) -> Area:
    """Leave out what stands from a second header on; ``cells`` are all of the sheet.

    The sheet's own header under its own columns is not meant: that is a header repeated among the data.
    """
    data = cells.filter(pl.col("row") > area.header_row)
    first = [pl.col(str(number)) for number in range(1, 4) if str(number) in cells.columns]
    if data.is_empty() or not first:
        return area
    headed = pl.any_horizontal(
        each.str.extract(r"^\s*([^\r\n]*)", 1).str.strip_chars().is_in(EVERY_TITLE) for each in first
    )
    # To look closely at every cell of a long log costs more than to see which can be headers at all.
    looked_at = data.filter(
        pl.any_horizontal(each.str.contains(TITLE_START).fill_null(False) for each in first)
    )
    for line in looked_at.filter(headed.fill_null(False)).iter_rows(named=True):
        texts = {int(name): text for name, text in line.items() if name != "row" and text is not None}
        pasted = _headed_by(area, texts)
        if pasted is not None:
            return _cut(
                area, _from_title(area, line["row"]), pasted, str(texts[min(texts)]).strip().split("\n")[0]
            )
    return area


def _headed_by(area: Area, texts: Mapping[int, str]) -> Sheet | None:
    """The sheet whose headers these are; None where they are none, or the sheet's own under its own columns."""
    titles = {number: tidy(text.strip().split("\n")[0]) for number, text in texts.items()}
    counts = {key: len(of_sheet & set(titles.values())) for key, of_sheet in TITLES.items()}
    counts[area.sheet.key] += 0.5
    key = max(counts, key=lambda each: counts[each])
    if counts[key] < FEWEST_HEADERS:
        return None
    own = {number: tidy(area.places.titles[name]) for name, number in area.places.numbers.items()}
    in_place = sum(own.get(number) == title for number, title in titles.items())
    return None if key == area.sheet.key and in_place * 2 > counts[key] else SHEETS[key]


def _from_title(area: Area, row: int) -> int:
    """The row in which what is headed in ``row`` begins: a title may stand right above."""
    above = area.raw.filter(pl.col("row") == row - 1).drop("row")
    filled = sum(text is not None for text in above.row(0)) if above.height else 0
    return row - 1 if filled == 1 else row


def _cut(area: Area, row: int, pasted: Sheet | None, seen: str) -> Area:
    """The area above a row, with one offence for all that stands from there on."""
    last = int(area.raw["row"].max() or row)
    first = min(area.places.numbers[name] for name in area.present)
    column = next(name for name in area.present if area.places.numbers[name] == first)
    words = Words(
        zh=f"“{pasted.title_zh}”" if pasted else "它所属的表",
        en=pasted.title_zh if pasted else "their own sheet",
    )
    # Columns without a header hold what was pasted; what else they hold is told once that is gone.
    batches = tuple(
        replace(batch, cells=batch.cells.filter(pl.col("value").is_not_null()))
        if batch.kind == "unexpected_column"
        else batch
        for batch in area.batches
    )
    return replace(
        area,
        batches=batches,
        raw=area.raw.filter(pl.col("row") < row),
        marks=area.marks.filter(pl.col("row") < row),
        set_aside=area.set_aside.filter(pl.col("row") < row),
    ).with_batches(
        Batch(
            kind="pasted_table",
            cells=offences([(row, column, seen)]),
            arguments=lambda line: {"rows": f"{row}-{last}" if last > row else f"{row}", "pasted": words},
        )
    )


def _is_wrong(states: pl.Series) -> pl.Series:
    return ~states.is_in([OK, EMPTY, NOT_APPLICABLE_STATE])


def without_foreign_end(
    area: Area, normalised: Mapping[str, Normalised]
) -> tuple[Area, Mapping[str, Normalised]]:
    """Leave out the rows at the end of a table of units that name none and are wrong all over."""
    if area.sheet.rows != "units" or "unit_code" not in normalised:
        return area, normalised
    unknown = (normalised["unit_code"].states == "unknown_unit").to_list()
    if not unknown or not unknown[-1]:
        return area, normalised
    faults = pl.DataFrame({name: _is_wrong(each.states) for name, each in normalised.items()})
    wrong = faults.sum_horizontal().to_list()
    kept = len(unknown)
    while kept and unknown[kept - 1] and wrong[kept - 1] >= FEWEST_ROWS:
        kept -= 1
    if kept == 0 or len(unknown) - kept < FEWEST_ROWS:
        return area, normalised
    cut = _cut(area, int(area.raw["row"][kept]), None, str(area.raw["unit_code"][kept]))
    return cut, {
        name: Normalised(
            values=each.values.head(kept), states=each.states.head(kept), altered=each.altered.head(kept)
        )
        for name, each in normalised.items()
    }
