"""What stands in a workbook before anyone fills it: units, set rows, rows carried on, last month's stocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from etl.schema import Column, Sheet

if TYPE_CHECKING:
    from etl.campaign import Campaign
    from etl.campaigns.units import Unit

Rows = Sequence[Mapping[str, object]]


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


def names_by_scope(campaign: Campaign, unit: Unit, columns: Sequence[Column]) -> dict[str, dict[str, str]]:
    """Codes and names for every scope that a unit column of the sheet draws from."""
    scopes = sorted({column.unit_scope for column in columns if column.type == "unit"})
    return {scope: unit_names(campaign, unit, scope) for scope in scopes}


def period_text(period: str) -> str:
    """2026年9月 for 2026-09."""
    return f"{period[:4]}年{int(period[5:7])}月"


def set_rows(sheet: Sheet, campaign: Campaign, unit: Unit) -> list[dict[str, str]]:
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


def typed_rows(sheet: Sheet, frame: pl.DataFrame) -> list[dict[str, Any]]:
    """A stored sheet's rows without what is stored beside its columns, such as row numbers."""
    names = [column.name for column in sheet.columns if column.name in frame.columns]
    return frame.select(names).to_dicts()


def checked_rows(sheet: Sheet, rows: Rows) -> list[Mapping[str, object]]:
    """The rows, after making sure that they name only columns of the sheet."""
    known = {column.name for column in sheet.columns}
    for row in rows:
        if not row.keys() <= known:
            raise ValueError(f"{sheet.title_zh}: no columns {sorted(row.keys() - known)}")
    return list(rows)


def previous_stocks(sheet: Sheet, frame: pl.DataFrame | None) -> dict[object, Mapping[str, Any]]:
    """Last month's stocks by the row's first column."""
    if frame is None:
        return {}
    stocks = [column.name for column in sheet.columns if column.kind == "stock"]
    key = sheet.columns[0].name
    return {row[key]: {name: row[name] for name in stocks} for row in frame.to_dicts()}
