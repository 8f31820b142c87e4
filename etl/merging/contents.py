"""What one workbook holds, as it is merged: every cell's value as the door would take it, or its text as typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Protocol

import polars as pl

from etl.checking.cover import CoverCheck, check_cover
from etl.checking.cover_reading import cover_texts
from etl.checking.data_area import Area
from etl.checking.finding_batches import Places, listed
from etl.checking.layout import read_area
from etl.checking.units import unit_lookup
from etl.conflicts import Conflict, Place, not_read
from etl.findings import Finding, finding, from_refusal
from etl.gate import Refusal
from etl.normalise import EMPTY, NOT_APPLICABLE_STATE, OK, Normalised, normalise_columns, tidy
from etl.schema import NOT_APPLICABLE, Column, Sheet
from etl.sheets import COVER
from etl.template_sheets import SIMULATED_PROPERTY, TemplateSheet, sheets_for

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit
    from etl.read import Reading, SheetReading

NOTHING = (EMPTY, "dash_for_missing")
"""States of a cell that says nothing: a blank, or a dash where a value belongs."""
NOT_READ = frozenset(
    {
        "header_not_found",
        "missing_column",
        "duplicate_header",
        "unexpected_column",
        "totals_row",
        "pasted_table",
        "picture_in_cell",
        "formula_without_value",
        "error_value",
        "long_number",
        "merged_cells",
    }
)
"""What stands on a sheet and is no value of ours; a conflict, so that it is not lost without a word."""


class Source(Protocol):
    """A row or a form of one workbook: ``values`` by column name, None for a blank."""

    file: str
    values: Mapping[str, object]

    def place(self, column: Column) -> Place:
        """Where a cell stands, and its text."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """The cover of one workbook; ``cells`` are the addresses of its values."""

    file: str
    values: Mapping[str, object]
    texts: Mapping[str, str | None]
    cells: Mapping[str, str]

    def place(self, column: Column) -> Place:
        """Where the value of a column stands, and its text."""
        text = self.texts.get(column.name) or ""
        return Place(file=self.file, cell=self.cells[column.name], column=column.title_zh, value=text)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of one workbook.

    ``values`` are typed, what the door would find fault with stays text; ``texts`` is what stands there and
    ``states`` how it was understood, as in ``Normalised``.
    """

    file: str
    row: int
    places: Places
    values: Mapping[str, object]
    texts: Mapping[str, str | None]
    states: Mapping[str, str]

    def place(self, column: Column) -> Place:
        """Where a cell of this row stands, and its text."""
        cell = self.places.address(self.row, column.name)
        text = self.texts.get(column.name) or ""
        return Place(file=self.file, cell=cell, column=column.title_zh, value=text)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A sheet of one workbook: the numbers of its rows, and for each column found on it a list as long as they are."""

    sheet: Sheet
    columns: tuple[Column, ...]
    file: str
    places: Places
    rows: list[int]
    values: Mapping[str, list[object]]
    texts: Mapping[str, list[str | None]]
    states: Mapping[str, list[str]]

    def lines(self) -> Iterator[Line]:
        """Its rows, one after another."""
        for number, row in enumerate(self.rows):
            yield Line(
                file=self.file,
                row=row,
                places=self.places,
                values={name: cells[number] for name, cells in self.values.items()},
                texts={name: cells[number] for name, cells in self.texts.items()},
                states={name: cells[number] for name, cells in self.states.items()},
            )


@dataclass(frozen=True, kw_only=True)
class Contents:
    """One workbook: who reports which month (None where its cover leaves it open), its cover's cells and its tables.

    ``refusal`` tells why it could not be read at all; ``unread`` what in it no reader takes.
    """

    file: str
    unit: Unit | None = None
    period: str | None = None
    is_simulated: bool = False
    cover: Form | None = None
    tables: Mapping[str, Table]
    unread: tuple[Conflict, ...] = ()
    refusal: Conflict | None = None

    @property
    def row_count(self) -> int:
        """Rows of all its tables."""
        return sum(len(table.rows) for table in self.tables.values())


def contents_of(file: str, outcome: Reading | Refusal, campaign: Campaign, *, today: date) -> Contents:
    """A workbook's contents by the door's own reading; ``file`` is the name it goes by."""
    if isinstance(outcome, Refusal):
        return Contents(file=file, tables={}, refusal=_refused(file, from_refusal(outcome)))
    by_title = {tidy(sheet.title): sheet for sheet in reversed(outcome.sheets)}
    cover_sheet = by_title.get(tidy(COVER.title_zh))
    cover = check_cover(cover_sheet, campaign, today=today)
    contents = Contents(
        file=file,
        unit=cover.unit,
        period=cover.period,
        is_simulated=SIMULATED_PROPERTY in outcome.custom,
        cover=None if cover_sheet is None else _cover(file, cover_sheet, cover),
        tables={},
    )
    if cover.unit is None or cover.period is None:
        return contents
    tables, unread = {}, []
    for table in sheets_for(campaign, cover.unit, cover.period)[1:]:
        read, said = _table(file, table, by_title.get(tidy(table.sheet.title_zh)), campaign, cover.unit)
        unread += [not_read(file, each) for each in said]
        if read is not None:
            tables[table.sheet.key] = read
    return replace(contents, tables=tables, unread=tuple(unread))


def _refused(file: str, each: Finding) -> Conflict:
    return replace(not_read(file, each), kind="unreadable", places=(Place(file=file),))


def _cover(file: str, reading: SheetReading, cover: CoverCheck) -> Form:
    texts = cover_texts(reading, cover.rows)
    names = [column.name for column in COVER.columns]
    values = {
        name: (texts.get(name) or "").strip() or None
        if cover.values.get(name) is None
        else cover.values[name]
        for name in names
    }
    return Form(file=file, values=values, texts=texts, cells={name: cover.cell(name) for name in names})


def _table(
    file: str, table: TemplateSheet, reading: SheetReading | None, campaign: Campaign, unit: Unit
) -> tuple[Table | None, list[Finding]]:
    """A sheet's cells, and what stands on it that is not read."""
    sheet = table.sheet
    if reading is None:
        return None, [finding("missing_sheet", sheet=sheet.title_zh)]
    area, broken = read_area(sheet, table.columns, reading)
    if area is None:
        return None, list(listed(broken, Places(sheet=sheet.title_zh, numbers={}, titles={})))
    said = [each for each in listed(area.batches, area.places) if each.kind in NOT_READ]
    return _cells(file, table, area, campaign, unit), said


def _cells(file: str, table: TemplateSheet, area: Area, campaign: Campaign, unit: Unit) -> Table:
    present = [column for column in area.columns if column.name in area.present]
    lookups = {column.name: unit_lookup(campaign, unit, column) for column in present if column.unit_scope}
    normalised = normalise_columns(present, area.raw, lookups)
    return Table(
        sheet=table.sheet,
        columns=table.columns,
        file=file,
        places=area.places,
        rows=area.raw["row"].to_list(),
        values={
            column.name: _values(column, normalised[column.name], area.raw[column.name]) for column in present
        },
        texts={column.name: area.raw[column.name].to_list() for column in present},
        states={column.name: normalised[column.name].states.to_list() for column in present},
    )


def _values(column: Column, cells: Normalised, raw: pl.Series) -> list[object]:
    """Typed where the door would type it; what it would find fault with stays as typed, for it to find."""
    typed = cells.values.cast(column.polars_type).to_list()
    return [
        value
        if state == OK
        else NOT_APPLICABLE
        if state == NOT_APPLICABLE_STATE
        else None
        if state in NOTHING or not (text or "").strip()
        else text.strip()
        for value, state, text in zip(typed, cells.states.to_list(), raw.to_list(), strict=True)
    ]
