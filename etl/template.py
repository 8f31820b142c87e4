"""The monthly workbook of a reporting unit: which sheets it has, and the file itself, empty or filled.

A template is a loop over the sheet entries. 封面 is a form (header in column A, value in column B);
every other sheet has its title in row 1, its header in row 2 and data from row 3 on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import polars as pl
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from etl.schema import Column, Sheet
from etl.sheets import COVER, SHEETS
from etl.workbook_bytes import describe, workbook_bytes
from etl.workbook_instructions import deadline_text, write_instructions
from etl.workbook_layout import INSTRUCTIONS_TITLE, add_styles
from etl.workbook_sheets import OptionLists, cell_value, fill_table, put, write_cover, write_table

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

TEMPLATE_VERSION = "2026.1"
KNOWN_VERSIONS = ("2026.1",)
"""Versions the door still accepts; an older one than ``TEMPLATE_VERSION`` with a 提示."""

QUARTER_MONTHS = (3, 6, 9, 12)

Rows = Sequence[Mapping[str, object]]


@dataclass(frozen=True, kw_only=True)
class TemplateSheet:
    """A sheet as it stands in one workbook: the entry, and those of its columns that are collected."""

    sheet: Sheet
    columns: tuple[Column, ...]


def sheets_for(campaign: Campaign, unit: Unit, period: str) -> tuple[TemplateSheet, ...]:
    """The sheets this unit reports for this month, the cover first, in the order of the workbook.

    Quarterly sheets stand in the workbooks of March, June, September and December; sheets kept as
    events happen in every one. The cover asks about an empty or unchanged sheet only where that sheet
    is in the workbook. ValueError when the unit reports nothing in this campaign.
    """
    roles = _roles(campaign, unit)
    tables = []
    for key, sheet in SHEETS.items():
        collected = campaign.collected(key)
        if collected is None or collected.reported_by not in roles:
            continue
        if collected.frequency == "quarterly" and int(period[5:7]) not in QUARTER_MONTHS:
            continue
        tables.append(TemplateSheet(sheet=sheet, columns=sheet.collected_columns(collected.without)))
    return (TemplateSheet(sheet=COVER, columns=_cover_columns(tables)), *tables)


def _roles(campaign: Campaign, unit: Unit) -> set[str]:
    roles = set()
    if unit.level == campaign.reporting_level and not unit.own_office:
        roles.add("reporting")
    if unit.code == campaign.top.code and not unit.own_office:
        roles.add("top")
    if not roles:
        raise ValueError(f"{unit.code} {unit.name} reports no workbook in campaign {campaign.name}")
    return roles


def _cover_columns(tables: Sequence[TemplateSheet]) -> tuple[Column, ...]:
    asked = {flag for table in tables for flag in (table.sheet.zero_report, table.sheet.unchanged)}
    flags = {flag for sheet in SHEETS.values() for flag in (sheet.zero_report, sheet.unchanged)}
    return tuple(column for column in COVER.columns if column.name not in flags - asked)


def template_workbook(
    campaign: Campaign,
    unit: Unit,
    period: str,
    *,
    carried: Mapping[str, pl.DataFrame] | None = None,
    previous: Mapping[str, pl.DataFrame] | None = None,
    created: datetime | None = None,
) -> bytes:
    """The workbook a unit downloads for a month: an .xlsx file.

    ``carried`` holds typed rows to prefill, by sheet key (last month's whole issue ledger, open
    complaints); ``previous`` last month's typed rows, whose stocks stand as notes on this month's
    cells. Equal arguments give equal bytes; ``created`` defaults to the month's first day.
    """
    rows = {key: _typed_rows(SHEETS[key], frame) for key, frame in (carried or {}).items()}
    return build_workbook(campaign, unit, period, rows=rows, previous=previous, created=created)


def build_workbook(
    campaign: Campaign,
    unit: Unit,
    period: str,
    *,
    cover: Mapping[str, object] | None = None,
    rows: Mapping[str, Rows] | None = None,
    previous: Mapping[str, pl.DataFrame] | None = None,
    created: datetime | None = None,
) -> bytes:
    """A template and its contents in one go: an .xlsx file.

    ``cover`` maps column names to values and overrides what is prefilled. ``rows`` maps sheet keys to
    rows of column names and values (dates, numbers, booleans, texts; 不适用 as text; None leaves a cell
    empty; a unit's code is written as its name). Rows of sheets with set rows are matched by their
    first column. ValueError names the sheet and what does not fit it; columns the campaign leaves out
    are dropped.
    """
    if period not in campaign.periods:
        raise ValueError(f"{period} is not a period of campaign {campaign.name}")
    tables = sheets_for(campaign, unit, period)
    cover = {**_prefilled_cover(campaign, unit, period), **(cover or {})}
    workbook = Workbook()
    add_styles(workbook)
    where = f"{unit.name} · {period_text(period)}"
    write_cover(
        workbook.active, f"{campaign.title_zh} · 月度报送", tables[0].columns, _checked(tables[0], [cover])[0]
    )
    _write_instructions(workbook, campaign, unit, period, tables)
    lists = OptionLists()
    foreign = set(rows or {}) - {table.sheet.key for table in tables}
    if foreign:
        raise ValueError(f"not in the workbook of {unit.name} for {period}: {sorted(foreign)}")
    for table in tables[1:]:
        write_table(
            workbook.create_sheet(table.sheet.title_zh),
            f"{table.sheet.title_zh} · {where}",
            table.sheet,
            table.columns,
            set_rows=_set_rows(table.sheet, campaign, unit),
            rows=_checked(table, (rows or {}).get(table.sheet.key, ())),
            previous=_previous_rows(table, (previous or {}).get(table.sheet.key)),
            units=_names_by_scope(campaign, unit, table.columns),
            lists=lists,
        )
    lists.write(workbook)
    describe(workbook, title=f"{campaign.title_zh} {where}", version=TEMPLATE_VERSION)
    year, month = int(period[:4]), int(period[5:7])
    return workbook_bytes(workbook, created or datetime(year, month, 1))


def fill_workbook(template: bytes, cover: Mapping[str, object], rows: Mapping[str, Rows]) -> bytes:
    """Put values into a template made before, under its headers; values are written as they are given.

    ``build_workbook`` does the same without parsing a file and is several times faster.
    """
    workbook = load_workbook(BytesIO(template))
    form = workbook[COVER.title_zh]
    labels = {form.cell(row, 1).value: row for row in range(1, form.max_row + 1)}
    for name, value in cover.items():
        column = COVER.column(name)
        if column.title_zh not in labels:
            raise ValueError(f"{COVER.title_zh}: {column.title_zh} is not on this cover")
        put(form.cell(labels[column.title_zh], 2), cell_value(column, value, {}))
    for key, sheet_rows in rows.items():
        fill_table(workbook[SHEETS[key].title_zh], SHEETS[key], sheet_rows)
    return workbook_bytes(workbook, workbook.properties.created)


def unit_names(campaign: Campaign, unit: Unit, scope: str) -> dict[str, str]:
    """Codes and the texts that stand for them in a drop-down, in the campaign's order.

    The text is the full name; a name that two units of the scope share is replaced by the code.
    """
    if scope == "any":
        units = [
            other for other in campaign.units if not other.own_office and other.code != campaign.top.code
        ]
    else:
        units = [
            leaf for leaf in campaign.leaves(unit.code) if scope == "below_or_own" or not leaf.own_office
        ]
    names = [other.name for other in units]
    return {other.code: other.name if names.count(other.name) == 1 else other.code for other in units}


def _names_by_scope(campaign: Campaign, unit: Unit, columns: Sequence[Column]) -> dict[str, dict[str, str]]:
    scopes = sorted({column.unit_scope for column in columns if column.type == "unit"})
    return {scope: unit_names(campaign, unit, scope) for scope in scopes}


def period_text(period: str) -> str:
    """2026年9月 for 2026-09."""
    return f"{period[:4]}年{int(period[5:7])}月"


def _prefilled_cover(campaign: Campaign, unit: Unit, period: str) -> dict[str, object]:
    data_from, data_to = campaign.window(period)
    return {
        "template_version": TEMPLATE_VERSION,
        "unit_code": unit.code,
        "unit_name": unit.name,
        "period": period,
        "data_from": data_from,
        "data_to": data_to,
    }


def _set_rows(sheet: Sheet, campaign: Campaign, unit: Unit) -> list[dict[str, str]]:
    """The key cells of the rows that stand in the template: the set topics, or one row a unit."""
    if sheet.rows == "fixed":
        return [{sheet.columns[0].name: choice} for choice in sheet.columns[0].choices]
    if sheet.rows == "units":
        keys = [column for column in sheet.columns if column.prefilled]
        return [
            {column.name: leaf.code if column.type == "code" else leaf.name for column in keys}
            for leaf in campaign.leaves(unit.code)
        ]
    return []


def _typed_rows(sheet: Sheet, frame: pl.DataFrame) -> list[dict[str, Any]]:
    """A stored sheet's rows without what is stored beside its columns, such as row numbers."""
    names = [column.name for column in sheet.columns if column.name in frame.columns]
    return frame.select(names).to_dicts()


def _checked(table: TemplateSheet, rows: Rows) -> list[Mapping[str, object]]:
    """The rows, after making sure that they name only columns of the sheet."""
    known = {column.name for column in table.sheet.columns}
    for row in rows:
        if not row.keys() <= known:
            raise ValueError(f"{table.sheet.title_zh}: no columns {sorted(row.keys() - known)}")
    return list(rows)


def _previous_rows(table: TemplateSheet, frame: pl.DataFrame | None) -> dict[object, Mapping[str, Any]]:
    """Last month's stocks by the row's first column."""
    if frame is None:
        return {}
    stocks = [column.name for column in table.columns if column.kind == "stock"]
    key = table.sheet.columns[0].name
    return {row[key]: {name: row[name] for name in stocks} for row in frame.to_dicts()}


def _write_instructions(
    workbook: Workbook, campaign: Campaign, unit: Unit, period: str, tables: Sequence[TemplateSheet]
) -> None:
    due = campaign.due_at(period) - timedelta(days=1)
    deadline = deadline_text(due.date(), estimated=campaign.due_is_estimated(period))
    names = "、".join(table.sheet.title_zh for table in tables[1:])
    write_instructions(
        workbook.create_sheet(INSTRUCTIONS_TITLE),
        heading=f"{campaign.title_zh} · {INSTRUCTIONS_TITLE}",
        facts=(
            ("用途", f"{unit.name}{period_text(period)}数据报送。需填工作表:{names}。"),
            ("报送时限", deadline),
            ("联系方式", ""),
            ("模板版本", TEMPLATE_VERSION),
        ),
        tables=[(table.sheet, table.columns) for table in tables],
    )
