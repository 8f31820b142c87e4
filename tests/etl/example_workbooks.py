"""Valid rows and covers for tests, derived from the sheet entries: what keeps every rule of a sheet.

``example_rows`` and ``example_cover`` give typed values (units as codes); ``reading_of`` turns a cover and
rows into what the reader would make of the filled template, without a file.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import polars as pl

from etl import calendar
from etl.campaign import Campaign, Unit
from etl.read import Reading, SheetReading
from etl.schema import Column, Rule, Sheet
from etl.sheets import COVER
from etl.template import TEMPLATE_VERSION
from etl.template_sheets import TemplateSheet, sheets_for

Row = dict[str, object]
HEADER_ROW = 2


def example_rows(
    sheet: Sheet,
    units: Sequence[Unit],
    period: str,
    count: int,
    *,
    seed: int = 1,
    without: Sequence[str] = (),
) -> list[Row]:
    """Rows that keep every rule of the sheet, the first of them with every optional cell filled.

    ``units`` are the units rows may name (own office included where the sheet admits it). ``count`` is
    the number of rows of a log; set rows and unit rows are as many as there are topics and units.
    ``without`` names columns the campaign does not collect.
    """
    chance = random.Random(f"{sheet.key} {period} {seed}")
    if sheet.rows == "fixed":
        rows = [{sheet.columns[0].name: choice} for choice in sheet.columns[0].choices]
    elif sheet.rows == "units":
        rows = [{"unit_code": unit.code, "unit_name": unit.name} for unit in units]
    else:
        rows = [{} for _ in range(count)]
    return [
        _without(_kept(sheet, {**_row(sheet, units, period, number, chance), **row}), without)
        for number, row in enumerate(rows)
    ]


def example_cover(campaign: Campaign, unit: Unit, period: str, **changes: object) -> Row:
    """A complete cover without declarations."""
    data_from, data_to = campaign.window(period)
    values = {
        "template_version": TEMPLATE_VERSION,
        "unit_code": unit.code,
        "unit_name": unit.name,
        "period": period,
        "data_from": data_from,
        "data_to": data_to,
        "prepared_by": "张某",
        "reviewed_by": "李某",
        "approved_by": "王某",
        "prepared_on": data_to,
    }
    return values | changes


def example_workbook_rows(
    campaign: Campaign, unit: Unit, period: str, count: int = 6
) -> dict[str, list[Row]]:
    """Rows for every sheet of a unit's workbook, by sheet key."""
    return {
        table.sheet.key: example_rows(
            table.sheet,
            units_of(campaign, unit, table.sheet),
            period,
            count,
            without=[column.name for column in table.sheet.columns if column not in table.columns],
        )
        for table in sheets_for(campaign, unit, period)[1:]
    }


def units_of(campaign: Campaign, unit: Unit, sheet: Sheet) -> tuple[Unit, ...]:
    """The units the rows of a sheet may name."""
    scopes = {column.unit_scope for column in sheet.columns}
    if "any" in scopes:
        return tuple(each for each in campaign.units if not each.own_office and each != campaign.top)
    below = campaign.children(unit)
    return below if "below_or_own" in scopes else tuple(each for each in below if not each.own_office)


def typed_text(column: Column, value: object) -> str | None:
    """A value as the reader hands on its cell."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == datetime.min.time() else f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else str(value)


def reading_of(
    campaign: Campaign,
    unit: Unit,
    period: str,
    cover: Mapping[str, object],
    rows: Mapping[str, Sequence[Row]],
) -> Reading:
    """What the reader makes of a filled template."""
    tables = sheets_for(campaign, unit, period)
    sheets = [_cover_sheet(tables[0], cover)]
    sheets += [_table_sheet(table, rows.get(table.sheet.key, ())) for table in tables[1:]]
    return reading_with(*sheets)


def reading_with(*sheets: SheetReading, external_links: tuple[str, ...] = ()) -> Reading:
    """A workbook of these sheets."""
    return Reading(
        sheets=sheets, sha256="0" * 64, size=1, date_1904=False, external_links=external_links, custom={}
    )


def grid(
    title: str,
    lines: Mapping[int, Sequence[str | None]],
    *,
    marks: Sequence[tuple[int, int, str, str]] = (),
    visible: str = "visible",
) -> SheetReading:
    """A sheet from its lines by row number; lines without a value are left out, as the reader does."""
    width = max((len(line) for line in lines.values()), default=0)
    kept = {row: line for row, line in lines.items() if any(text is not None for text in line)}
    columns: dict[str, pl.Series] = {"row": pl.Series(list(kept), dtype=pl.Int32)}
    for number in range(width):
        texts = [line[number] if number < len(line) else None for line in kept.values()]
        columns[str(number + 1)] = pl.Series(texts, dtype=pl.String)
    schema = {"row": pl.Int32, "column": pl.Int32, "kind": pl.String, "detail": pl.String}
    return SheetReading(
        title=title,
        visible=visible,
        cells=pl.DataFrame(columns),
        marks=pl.DataFrame(list(marks), schema=schema, orient="row"),
    )


def lines_of(sheet: SheetReading) -> dict[int, list[str | None]]:
    """A sheet's lines by row number, to be changed and made a sheet again."""
    return {line[0]: list(line[1:]) for line in sheet.cells.iter_rows()}


def _cover_sheet(table: TemplateSheet, cover: Mapping[str, object]) -> SheetReading:
    lines: dict[int, list[str | None]] = {1: ["月度填报"]}
    for row, column in enumerate(table.columns, start=3):
        lines[row] = [column.title_zh, typed_text(column, cover.get(column.name))]
    return grid(COVER.title_zh, lines)


def _table_sheet(table: TemplateSheet, rows: Sequence[Row]) -> SheetReading:
    lines: dict[int, list[str | None]] = {1: [table.sheet.title_zh]}
    lines[HEADER_ROW] = [f"{column.title_zh}\n{column.title_en}" for column in table.columns]
    for number, row in enumerate(rows, start=HEADER_ROW + 1):
        lines[number] = [typed_text(column, row.get(column.name)) for column in table.columns]
    return grid(table.sheet.title_zh, lines)


def _row(sheet: Sheet, units: Sequence[Unit], period: str, number: int, chance: random.Random) -> Row:
    start = datetime.combine(calendar.first_day(period), datetime.min.time()) + timedelta(
        days=number % 20, hours=9, minutes=chance.randrange(60)
    )
    later = {rule.columns[0] for rule in sheet.rules if rule.kind == "date_order"}
    return {
        column.name: _value(column, units, number, chance, start, later=column.name in later)
        for column in sheet.columns
        if column.required or column.name in _needed(sheet) or number == 0 or chance.random() < 0.7
    }


def _needed(sheet: Sheet) -> set[str]:
    """Optional columns some rule asks for."""
    kinds = ("required_when", "due_unknown")
    return {rule.columns[0] for rule in sheet.rules if rule.kind in kinds}


def _value(
    column: Column,
    units: Sequence[Unit],
    number: int,
    chance: random.Random,
    start: datetime,
    *,
    later: bool,
) -> object:
    if column.type in ("date", "datetime"):
        moment = start + timedelta(days=6 if column.name.startswith("due") else 3 if later else 0)
        return moment.date() if column.type == "date" else moment
    if column.type in ("integer", "decimal"):
        least = 1 if column.above is not None else column.minimum or 0
        count = chance.randrange(least, least + 40)
        return count if column.type == "integer" else Decimal(count) + Decimal("0.50")
    if column.type == "choice":
        return column.choices[number % len(column.choices)]
    if column.type == "yes_no":
        return True
    if column.type == "unit":
        return units[number % len(units)].code
    return f"{column.name}-{number:04d}" if column.kind == "key" or column.carried_key else f"说明{number}"


def _kept(sheet: Sheet, row: Row) -> Row:
    """The row with its numbers and flags moved to where the sheet's rules hold."""
    for _ in range(len(sheet.rules)):
        for rule in sheet.rules:
            _keep(rule, row)
    return row


def _keep(rule: Rule, row: Row) -> None:
    numbers = [row.get(name) for name in rule.columns]
    if rule.kind in ("part_exceeds_whole", "part_exceeds_whole_check") and None not in numbers:
        if len(numbers) == 2:
            row[rule.columns[0]] = min(numbers)
        else:
            row[rule.columns[0]] = max(numbers[0], sum(numbers[1:]))
    elif rule.kind == "sum_differs":
        row[rule.columns[0]] = sum(numbers[1:])
    elif rule.kind == "text_not_collected":
        row[rule.columns[0]] = None
    elif rule.kind == "flag_disagrees" and None not in numbers:
        row[rule.columns[0]] = row["closed_at"] <= row["due_at"]


def _without(row: Row, names: Sequence[str]) -> Row:
    return {name: value for name, value in row.items() if name not in names}
