"""Several workbooks of one unit and month become one: its rows, and everything they do not agree on.

A prefecture's counties each fill their own rows of the same template. A blank never overwrites a value, no value
is chosen where two differ, and what cannot be merged is named with its file and cell: nothing is lost silently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from etl.conflicts import Conflict, Place
from etl.merging.contents import Contents, Table, contents_of
from etl.merging.declarations import ZERO_REPORTS, merge_cover
from etl.merging.log_rows import issued_rows, key_of, merge_log
from etl.merging.set_rows import data_columns, filled_lines, merge_set_rows
from etl.template_sheets import TemplateSheet, sheets_for

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

__all__ = ["MOST_FILES", "Contents", "Destination", "Merged", "Share", "contents_of", "destination", "merge"]

MOST_FILES, MOST_ROWS = 20, 50_000
"""What is merged at once; more rows than a prefecture's counties have in a year would only hold up the others."""

Destination = tuple["Unit", str]
"""Unit and month of the merged workbook."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one workbook brought: its own rows by sheet key; the zero reports it makes."""

    file: str
    rows: Mapping[str, int]
    zero_reports: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Merged:
    """The merged workbook's cover values and rows by sheet key, as ``build_workbook`` takes them, and the conflicts.

    ``shares`` are the workbooks that went into it; ``is_simulated`` where one of them says so of itself.
    """

    conflicts: tuple[Conflict, ...]
    shares: tuple[Share, ...] = ()
    cover: Mapping[str, object] = field(default_factory=dict)
    rows: Mapping[str, list[dict[str, object]]] = field(default_factory=dict)
    is_simulated: bool = False


def destination(workbooks: Sequence[Contents], campaign: Campaign) -> Destination | None:
    """The unit and month most workbooks are of; of equally many the later month. None where no cover says."""
    counted = Counter(
        (each.period, each.unit.code)
        for each in workbooks
        if each.unit is not None and each.period is not None
    )
    if not counted:
        return None
    period, code = max(counted, key=lambda each: (counted[each], each))
    return next(each.unit for each in workbooks if each.unit is not None and each.unit.code == code), period


def merge(
    workbooks: Sequence[Contents], campaign: Campaign, to: Destination | None, issued: Contents | None
) -> Merged:
    """Merge what was sent; ``issued`` is the template as it was sent out, with the rows carried on.

    The order of the workbooks decides nothing. Without ``to`` nothing is merged.
    """
    every = sorted(workbooks, key=lambda each: each.file)
    left_out = [conflict for each in every if (conflict := _left_out(each, to)) is not None]
    own = [each for each in every if _left_out(each, to) is None]
    if to is None or not own:
        return Merged(conflicts=tuple(left_out))
    if sum(each.row_count for each in own) > MOST_ROWS:
        places = tuple(Place(file=each.file, value=str(each.row_count)) for each in own)
        return Merged(conflicts=(*left_out, Conflict(kind="too_many_rows", places=places)))
    return _merged(own, left_out, campaign, to, issued)


def _left_out(each: Contents, to: Destination | None) -> Conflict | None:
    """Why a workbook is not merged; None where it is."""
    if each.refusal is not None:
        return each.refusal
    if each.row_count > MOST_ROWS:
        return _whole("too_many_rows", each, str(each.row_count))
    if to is None or each.unit is None or each.period is None:
        return _whole("cover_open", each, "")
    if each.unit.code != to[0].code:
        return _whole("other_unit", each, each.unit.name)
    return _whole("other_month", each, each.period) if each.period != to[1] else None


def _whole(kind: str, each: Contents, value: str) -> Conflict:
    return Conflict(kind=kind, places=(Place(file=each.file, value=value),))


def _merged(
    own: Sequence[Contents],
    left_out: Sequence[Conflict],
    campaign: Campaign,
    to: Destination,
    issued: Contents | None,
) -> Merged:
    cover, *sheets = sheets_for(campaign, *to)
    rows, found = {}, []
    for table in sheets:
        rows[table.sheet.key], conflicts = _rows(table, own, campaign, to[0], issued)
        found += conflicts
    shares = tuple(_share(each, sheets, issued) for each in own)
    filled = {table.sheet.key: _is_filled(table, own, rows[table.sheet.key]) for table in sheets}
    forms = [each.cover for each in own if each.cover is not None]
    values, conflicts = merge_cover(cover.columns, forms, filled)
    unread = [conflict for each in own for conflict in each.unread]
    return Merged(
        conflicts=(*left_out, *conflicts, *found, *unread),
        shares=shares,
        cover=values,
        rows=rows,
        is_simulated=any(each.is_simulated for each in own),
    )


def _rows(
    table: TemplateSheet, own: Sequence[Contents], campaign: Campaign, unit: Unit, issued: Contents | None
) -> tuple[list[dict[str, object]], list[Conflict]]:
    tables = _tables(table, own)
    if table.sheet.rows != "log":
        return merge_set_rows(table.sheet, table.columns, tables, campaign, unit)
    before = issued.tables.get(table.sheet.key) if issued is not None else None
    return merge_log(table.sheet, table.columns, tables, before, campaign)


def _tables(table: TemplateSheet, own: Sequence[Contents]) -> list[Table]:
    return [each.tables[table.sheet.key] for each in own if table.sheet.key in each.tables]


def _is_filled(table: TemplateSheet, own: Sequence[Contents], rows: Sequence[object]) -> bool:
    """Whether any workbook holds anything on a sheet that is merged or in conflict."""
    if table.sheet.rows == "log":
        return bool(rows)
    return bool(filled_lines(_tables(table, own), data_columns(table.columns)))


def _share(each: Contents, sheets: Sequence[TemplateSheet], issued: Contents | None) -> Share:
    counted = {table.sheet.key: _own_rows(table, each, issued) for table in sheets}
    said = each.cover.values if each.cover is not None else {}
    zero = frozenset(sheet for flag, sheet in ZERO_REPORTS.items() if said.get(flag) is True)
    return Share(file=each.file, rows=counted, zero_reports=zero)


def _own_rows(table: TemplateSheet, each: Contents, issued: Contents | None) -> int:
    """Rows somebody filled in or changed, those left as the template was issued not counted."""
    held = _tables(table, [each])
    if table.sheet.rows != "log":
        return len(filled_lines(held, data_columns(table.columns)))
    before = issued_rows(table.sheet, issued.tables.get(table.sheet.key) if issued is not None else None)
    lines = [line for one in held for line in one.lines()]
    return sum(before.get(key_of(table.sheet, line) or ()) != line.values for line in lines)
