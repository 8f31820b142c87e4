"""Cell by cell: from a sheet's texts to typed rows, with an offence for every cell that has no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from etl.checking.data_area import Area
from etl.checking.expectation import cell_arguments
from etl.checking.finding_batches import CELL_SCHEMA, OFFENCE_SCHEMA, Batch, offences, sheet_batch
from etl.checking.pasted import without_foreign_end
from etl.checking.units import UNCHECKED, unit_arguments, unit_lookup
from etl.normalise import (
    EMPTY,
    NOT_APPLICABLE_STATE,
    OK,
    Normalised,
    Texts,
    blank,
    blank_columns,
    normalise_all,
)
from etl.schema import Column, Sheet

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

SEEN_SCHEMA = {**CELL_SCHEMA, "seen": pl.String}
UNIT_KINDS = ("unknown_unit", "ambiguous_unit", "foreign_unit")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A sheet's typed rows (``row`` first, then every column of the sheet) and what was said of its cells.

    ``at_fault`` lists the cells (row, column) that have no value because of a finding: rules that need
    them are unknown there. ``filled`` is whether any cell but the prefilled ones holds something.
    """

    rows: pl.DataFrame
    seen: pl.DataFrame
    at_fault: pl.DataFrame
    filled: bool


def normalise_areas(areas: Sequence[Area], campaign: Campaign, unit: Unit | None) -> list[Area]:
    """Type the cells of all the sheets of a workbook together: one by one they take several times as long."""
    texts = [
        Texts(
            column=column,
            raw=area.raw[column.name],
            lookup=unit_lookup(campaign, unit, column) if column.unit_scope else None,
        )
        for area in areas
        for column in _present(area)
    ]
    typed = iter(normalise_all(texts))
    return [
        replace(area, normalised={column.name: next(typed) for column in _present(area)}) for area in areas
    ]


def _present(area: Area) -> list[Column]:
    return [column for column in area.columns if column.name in area.present]


def type_cells(
    area: Area, campaign: Campaign, unit: Unit | None, *, may_be_empty: bool
) -> tuple[Area, Typed]:
    """The typed rows of an area whose cells are normalised, and an offence for every cell without a value.

    ``may_be_empty`` is true where last month's rows are taken over.
    """
    area, normalised = without_foreign_end(area, area.normalised)
    problems = [
        problem
        for column in area.columns
        if column.name in normalised
        for problem in _problems(area, column, normalised[column.name], campaign, unit)
    ]
    filled = _filled(area)
    required, collapsed = _required(area, normalised, filled)
    if may_be_empty and not filled:
        required = []
    batches = [batch for batch in (*problems, *required) if batch.cells.height]
    at_fault = pl.concat(
        [area.set_aside, collapsed, *(batch.cells.select("row", "column") for batch in batches)]
    )
    typed = Typed(
        rows=_rows(area, normalised),
        seen=_seen(area, normalised),
        at_fault=at_fault.drop_nulls(),
        filled=filled,
    )
    return area.with_batches(*batches), typed


def _cells(area: Area, name: str, mask: pl.Series) -> pl.DataFrame:
    """The cells of a column a mask picks, with the text seen there."""
    if not mask.any():
        return pl.DataFrame(schema=OFFENCE_SCHEMA)
    return area.raw.filter(mask).select("row", column=pl.lit(name), value=pl.col(name))


def _without(cells: pl.DataFrame, set_aside: pl.DataFrame) -> pl.DataFrame:
    """Cells of one column, without those set aside."""
    if cells.is_empty() or set_aside.is_empty():
        return cells
    rows = set_aside.filter(pl.col("column") == cells["column"][0])["row"]
    return cells.filter(~pl.col("row").is_in(rows.implode()))


def _problems(
    area: Area, column: Column, normalised: Normalised, campaign: Campaign, unit: Unit | None
) -> list[Batch]:
    """The offences of one column, a batch a kind."""
    states = normalised.states
    wrong = states.unique().to_list()
    batches = []
    for kind in sorted(set(wrong) - {OK, EMPTY, NOT_APPLICABLE_STATE, UNCHECKED}):

        def arguments(line: Mapping[str, object], kind: str = kind) -> Mapping[str, object]:
            text = str(line["value"] or "")
            if kind in UNIT_KINDS:
                return unit_arguments(campaign, unit, column, text)
            return cell_arguments(kind, column, text)

        cells = _without(_cells(area, column.name, states == kind), area.set_aside)
        batches.append(Batch(kind=kind, cells=cells, arguments=arguments))
    return batches


def _data_columns(area: Area) -> list[Column]:
    return [column for column in area.columns if column.name in area.present and not column.prefilled]


def _filled(area: Area) -> bool:
    names = (column.name for column in _data_columns(area))
    held = (name for name in names if area.raw[name].null_count() < area.raw.height)
    return bool(area.set_aside.height) or any(not blank_columns(area.raw, [name]) for name in held)


def _required(
    area: Area, normalised: Mapping[str, Normalised], filled: bool
) -> tuple[list[Batch], pl.DataFrame]:
    """Empty required cells; a unit's row without any value is one offence, and so is a whole sheet.

    Also returns the cells such an offence stands for.
    """
    empty = {
        column.name: _empty_cells(area, column.name, normalised[column.name])
        for column in area.columns
        if column.name in normalised and column.required
    }
    collapsed = pl.DataFrame(schema=CELL_SCHEMA)
    batches = []
    if area.sheet.rows in ("units", "fixed"):
        data = [column.name for column in _data_columns(area)]
        rows = _rows_without_values(area, data)
        if rows.len() and not filled:
            batches.append(sheet_batch("sheet_not_filled"))
        elif rows.len() and len(data) > 1:
            batches.append(
                Batch(kind="unit_row_empty", cells=offences([(row, data[0], None) for row in rows]))
            )
        else:
            rows = rows.clear()
        if rows.len():
            collapsed = rows.to_frame("row").join(pl.DataFrame({"column": data}), how="cross")
            for name in set(data) & empty.keys():
                empty[name] = empty[name].filter(~pl.col("row").is_in(rows.implode()))
    for name, cells in empty.items():
        column = area.sheet.column(name)
        batches.append(
            Batch(
                kind="required_empty",
                cells=cells,
                arguments=lambda line, column=column: cell_arguments("required_empty", column, ""),
            )
        )
    return batches, collapsed


def _empty_cells(area: Area, name: str, normalised: Normalised) -> pl.DataFrame:
    cells = _without(_cells(area, name, normalised.states == EMPTY), area.set_aside)
    return cells if cells.is_empty() else cells.with_columns(value=pl.lit(None, dtype=pl.String))


def _rows_without_values(area: Area, data: list[str]) -> pl.Series:
    if not data:
        return area.raw["row"].clear()
    rows = area.raw.filter(pl.all_horizontal(blank(name) for name in data)).select("row")
    return _without_rows(rows, area.set_aside)["row"]


def _without_rows(rows: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    return rows if cells.is_empty() else rows.join(cells, on="row", how="anti")


def _rows(area: Area, normalised: Mapping[str, Normalised]) -> pl.DataFrame:
    """Every column of the sheet under its type; null where there is no value or no such column."""
    height = area.raw.height
    columns = [
        normalised[column.name].values.cast(column.polars_type).rename(column.name)
        if column.name in normalised
        else pl.Series(column.name, [None] * height, dtype=column.polars_type)
        for column in area.sheet.columns
    ]
    return pl.DataFrame([area.raw["row"], *columns])


def _seen(area: Area, normalised: Mapping[str, Normalised]) -> pl.DataFrame:
    parts = [
        area.raw.filter(each.altered).select("row", column=pl.lit(name), seen=pl.col(name))
        for name, each in normalised.items()
        if each.altered.any()
    ]
    return pl.concat(parts) if parts else pl.DataFrame(schema=SEEN_SCHEMA)


def empty_rows(sheet: Sheet) -> pl.DataFrame:
    """No rows, under the sheet's columns and types."""
    return pl.DataFrame(schema={"row": pl.Int32} | {each.name: each.polars_type for each in sheet.columns})


def with_faults(typed: Typed, cells: pl.DataFrame) -> Typed:
    """The rows with more cells at fault."""
    return replace(typed, at_fault=pl.concat([typed.at_fault, cells]).drop_nulls())
