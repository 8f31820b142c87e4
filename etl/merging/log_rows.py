"""Rows of a log, known by their numbers: what stands in several workbooks once, what differs in all its versions.

A county's workbook also holds the rows the template was issued with, those of other counties among them. A
row left as it was issued gives way to one that somebody changed. Of versions that contradict each other none is
taken and none dropped: all stand in the merged sheet, where the door finds the number given twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.conflicts import Conflict, Place
from etl.merging.contents import Line, Table
from etl.merging.settle import in_order, settled
from etl.schema import Column, Sheet

if TYPE_CHECKING:
    from etl.campaign import Campaign

Row = dict[str, object]
Key = tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """A row of the merged log, and the first sheet row it stood in."""

    row: Row
    first: int


def merge_log(
    sheet: Sheet, columns: Sequence[Column], tables: Sequence[Table], issued: Table | None, campaign: Campaign
) -> tuple[list[Row], list[Conflict]]:
    """The rows of all workbooks' logs; ``issued`` is the sheet as the template was issued."""
    conflicts: list[Conflict] = []
    by_key: dict[Key, list[Line]] = {}
    without: list[Line] = []
    for table in tables:
        for line in table.lines():
            key = key_of(sheet, line)
            if "foreign_unit" in line.states.values():
                conflicts.append(_foreign(sheet, columns, line))
            elif key is None:
                without.append(line)
            else:
                by_key.setdefault(key, []).append(line)
    before = issued_rows(sheet, issued)
    kept = _numberless(columns, without)
    for key, lines in by_key.items():
        versions, places = _versions(columns, lines, before.get(key, {}))
        kept += versions
        if places:
            about = " · ".join(_texts(sheet, lines))
            conflicts.append(Conflict(kind="rows_differ", sheet=sheet.title_zh, about=about, places=places))
    return _in_order(sheet, kept, campaign), conflicts


def key_of(sheet: Sheet, line: Line) -> Key | None:
    """What a row is known by; None where a part of it is blank."""
    key = tuple(line.values.get(name) for name in sheet.unique)
    return None if None in key else key


def issued_rows(sheet: Sheet, issued: Table | None) -> dict[Key, Mapping[str, object]]:
    """The values of the rows the template was issued with, by key."""
    keyed = [(key_of(sheet, line), line.values) for line in (issued.lines() if issued else ())]
    return {key: values for key, values in keyed if key is not None}


def _versions(
    columns: Sequence[Column], lines: Sequence[Line], issued: Mapping[str, object]
) -> tuple[list[_Kept], tuple[Place, ...]]:
    """The one row the lines come to, or every version of it with where they differ."""
    first = min(line.row for line in lines)
    found = [(column, *settled(column, lines, issued.get(column.name))) for column in columns]
    places = [place for _, _, differing in found for place in differing]
    places = places or _twice(columns, lines)
    if not places:
        return [_Kept(row={column.name: value for column, value, _ in found}, first=first)], ()
    names = [column.name for column in columns]
    every = {tuple(line.values.get(name) for name in names): line.row for line in lines}
    untouched = tuple(issued.get(name) for name in names)
    kept = {values: row for values, row in every.items() if values != untouched}
    return [_Kept(row=dict(zip(names, values, strict=True)), first=first) for values in kept], in_order(
        places
    )


def _twice(columns: Sequence[Column], lines: Sequence[Line]) -> list[Place]:
    """Where rows of one workbook under one number differ: there a blank is no older copy of a value."""
    places = []
    for file in {line.file for line in lines}:
        own = [line for line in lines if line.file == file]
        for column in columns:
            if len({line.values.get(column.name) for line in own}) > 1:
                places += [line.place(column) for line in own]
    return places


def _numberless(columns: Sequence[Column], lines: Sequence[Line]) -> list[_Kept]:
    """Rows without a number: as often as the workbook that has most of them; the door asks for the number."""
    names = [column.name for column in columns]
    most: Counter[Key] = Counter()
    first: dict[Key, int] = {}
    by_file: dict[str, Counter[Key]] = {}
    for line in lines:
        values = tuple(line.values.get(name) for name in names)
        by_file.setdefault(line.file, Counter())[values] += 1
        first[values] = min(line.row, first.get(values, line.row))
    for counted in by_file.values():
        most |= counted
    return [
        _Kept(row=dict(zip(names, values, strict=True)), first=first[values]) for values in most.elements()
    ]


def _foreign(sheet: Sheet, columns: Sequence[Column], line: Line) -> Conflict:
    """A row of another unit: where it stands, and everything in it."""
    places = tuple(line.place(column) for column in columns if line.texts.get(column.name))
    about = " · ".join(_texts(sheet, [line]))
    return Conflict(kind="foreign_row", sheet=sheet.title_zh, about=about, places=places)


def _texts(sheet: Sheet, lines: Sequence[Line]) -> list[str]:
    """A row's key as it is typed, in the first spelling of them all."""
    return min([line.texts.get(name) or "" for name in sheet.unique] for line in lines)


def _in_order(sheet: Sheet, kept: Sequence[_Kept], campaign: Campaign) -> list[Row]:
    """Unit by unit in the campaign's order, within it as the rows stood."""
    position = {unit.code: number for number, unit in enumerate(campaign.units)}
    name = next((column.name for column in sheet.columns if column.type == "unit"), "")

    def order(each: _Kept) -> tuple[int, int, list[str]]:
        place = position.get(str(each.row.get(name)), len(position))
        return place, each.first, [str(value or "") for value in each.row.values()]

    return [each.row for each in sorted(kept, key=order)]
