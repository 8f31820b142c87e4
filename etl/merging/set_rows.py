"""Rows that stand in the template, one a unit or topic: filled in by whichever workbook has something to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from etl.conflicts import Conflict
from etl.merging.contents import Line, Table
from etl.merging.settle import settled
from etl.normalise import OK
from etl.schema import Column, Sheet
from etl.writing.prefill import set_rows

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

Row = dict[str, object]


def merge_set_rows(
    sheet: Sheet, columns: Sequence[Column], tables: Iterable[Table], campaign: Campaign, unit: Unit
) -> tuple[list[Row], list[Conflict]]:
    """Each row's cells from the workbooks that filled them in; what they do not agree on is left empty."""
    key, data = columns[0].name, data_columns(columns)
    names = _row_names(sheet, campaign, unit)
    found: dict[object, list[Line]] = {name: [] for name in names}
    rows, conflicts = [], []
    for line in filled_lines(tables, data):
        whose, wrong = _whose(sheet, line, campaign, unit)
        if wrong:
            conflicts.append(_left_out(wrong, sheet, columns, line))
        else:
            found[whose].append(line)
    for whose, lines in found.items():
        row: Row = {key: whose}
        for column in data:
            row[column.name], places = settled(column, lines)
            if places:
                conflicts.append(
                    Conflict(kind="values_differ", sheet=sheet.title_zh, about=names[whose], places=places)
                )
        rows.append(row)
    return rows, conflicts


def data_columns(columns: Sequence[Column]) -> list[Column]:
    """The columns people fill in."""
    return [column for column in columns if not column.prefilled]


def filled_lines(tables: Iterable[Table], data: Sequence[Column]) -> list[Line]:
    """The rows in which anything is filled in."""
    names = [column.name for column in data]
    return [
        line
        for table in tables
        for line in table.lines()
        if any(line.values.get(name) is not None for name in names)
    ]


def _row_names(sheet: Sheet, campaign: Campaign, unit: Unit) -> dict[object, str]:
    """The rows of the template, in its order, with the names they go by: what stands in their last key cell."""
    return {(cells := [*row.values()])[0]: cells[-1] for row in set_rows(sheet, campaign, unit)}


def _whose(sheet: Sheet, line: Line, campaign: Campaign, unit: Unit) -> tuple[object, str]:
    """The row of the template a row belongs to, or why that cannot be told."""
    code = line.values.get(sheet.columns[0].name)
    understood = line.states.get(sheet.columns[0].name) == OK
    if sheet.rows == "fixed":
        return (code, "") if understood else (None, "row_without_place")
    name = line.values.get("unit_name")
    named = campaign.find_unit(str(name), campaign.leaves(unit.code)).unit if name else None
    if understood and name and (named is None or named.code != code):
        return None, "name_and_code_differ"
    if understood or named is not None:
        return (code if understood else named.code), ""
    known = name and campaign.find_unit(str(name), campaign.units).reason != "unknown"
    is_foreign = known or line.states.get("unit_code") == "foreign_unit"
    return None, "foreign_row" if is_foreign else "row_without_place"


def _left_out(kind: str, sheet: Sheet, columns: Sequence[Column], line: Line) -> Conflict:
    """A row that is not merged: where it stands, and everything in it."""
    places = tuple(line.place(column) for column in columns if line.texts.get(column.name))
    about = " ".join(place.value for place in places[:2])
    return Conflict(kind=kind, sheet=sheet.title_zh, about=about, places=places)
