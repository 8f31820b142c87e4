"""Validation: a workbook as read becomes typed rows and everything that is wrong with it, in one pass.

Nothing is said twice: a cell that has no value is one finding, and what depends on it is unknown, not
wrong; a missing column, a blank row, a missing sheet are one finding each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import polars as pl

from etl import calendar
from etl.checking.cells import SEEN_SCHEMA, Typed, empty_rows, normalise_areas, type_cells
from etl.checking.cover import CoverCheck, check_cover
from etl.checking.data_area import Area
from etl.checking.finding_batches import Batch, Places, column_letters, listed
from etl.checking.layout import read_area
from etl.checking.other_months import (
    FOLLOWS,
    Told,
    check_once,
    check_same_table,
    told_by,
    whole_of_another_month,
    with_rows,
)
from etl.checking.renamed import missing_sheet, renamed
from etl.checking.rows import Days, check_history, check_rules, check_set_rows, check_unique, check_units
from etl.findings import Finding, finding
from etl.normalise import tidy
from etl.schema import Sheet
from etl.sheets import COVER, SHEETS
from etl.template_sheets import (
    INSTRUCTIONS_TITLE,
    MERGE_REPORT_TITLE,
    OPTIONS_TITLE,
    RESULTS_TITLE,
    TemplateSheet,
    sheets_for,
)

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit
    from etl.read import Reading, SheetReading

Content = Literal["reported", "zero_report", "unchanged", "not_reported"]

History = Callable[[str, str, str], pl.DataFrame | None]
"""(reporting unit's code, month, sheet key) -> typed rows of that month's current revision, or None."""

OWN_TITLES = frozenset(
    tidy(title) for title in (INSTRUCTIONS_TITLE, OPTIONS_TITLE, RESULTS_TITLE, MERGE_REPORT_TITLE)
)


@dataclass(frozen=True, kw_only=True)
class CheckedSheet:
    """A sheet after checking.

    ``rows`` has ``row`` (number on the sheet) and every column of the sheet under its type, units as
    codes, 不适用 as null. ``seen`` (row, column, seen) keeps the text of cells whose value reads
    differently, 不适用 among them. Of an unchanged sheet ``rows`` are last month's. ``letters`` are the
    workbook's sheet columns in which the sheet's columns stand.
    """

    sheet: Sheet
    content: Content
    rows: pl.DataFrame
    seen: pl.DataFrame
    letters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A workbook after checking; ``unit`` and ``period`` are None where the cover does not settle them."""

    findings: tuple[Finding, ...]
    unit: Unit | None
    period: str | None
    cover: dict[str, object]
    sheets: dict[str, CheckedSheet]


@dataclass(frozen=True, kw_only=True)
class _Context:
    """What the checks of a sheet are handed beside the sheet."""

    campaign: Campaign
    cover: CoverCheck
    history: History
    today: date

    def previous(self, sheet: Sheet) -> pl.DataFrame | None:
        """Last month's rows of a sheet; None where there are none or it is not known who reports."""
        if self.cover.unit is None or self.cover.period is None:
            return None
        return self.history(self.cover.unit.code, calendar.previous(self.cover.period), sheet.key)

    @property
    def days(self) -> Days:
        """The days of data are the cover's, or the campaign's for the month where the cover has none of that month."""
        period = self.cover.period
        rule = self.campaign.window(period) if period else (None, None)
        values = self.cover.values if self.cover.window_holds else {}
        return Days(
            data_from=values.get("data_from") or rule[0],
            data_to=values.get("data_to") or rule[1],
            month_end=max(calendar.last_day(period), rule[1]) if period else None,
            today=self.today,
        )

    @property
    def other_months(self) -> tuple[str, ...]:
        """The campaign's months but the one reported; none where the cover leaves open who reports which."""
        if self.cover.unit is None or self.cover.period is None:
            return ()
        return tuple(month for month in self.campaign.periods if month != self.cover.period)

    @cached_property
    def told(self) -> Told:
        """What the unit's other workbooks hold."""
        return told_by(self.history, self.cover.unit.code if self.cover.unit else "")

    def told_before(self, sheet: Sheet) -> tuple[str, pl.DataFrame] | None:
        """The latest earlier month that told a sheet, with its rows."""
        earlier = (month for month in reversed(self.other_months) if month < str(self.cover.period))
        return next(with_rows(self.told, sheet, earlier), None)


def validate(reading: Reading, campaign: Campaign, *, today: date, history: History) -> Checked:
    """Check a whole workbook; ``today`` is the checking day, ``history`` gives what was told by last month."""
    by_title, repeated = _sheets_by_title(reading)
    unknown = _unknown_sheets(reading)
    other = renamed(TemplateSheet(sheet=COVER, columns=COVER.columns), unknown)
    cover = check_cover(by_title.get(tidy(COVER.title_zh)), campaign, today=today, other=other)
    context = _Context(campaign=campaign, cover=cover, history=history, today=today)
    tables, settled = _tables(context)
    found: list[Finding] = [*_file_findings(reading), *cover.findings]
    sheets: dict[str, CheckedSheet] = {}
    mistaken = {other.title} if other and cover.is_missing else set()
    areas = _areas(tables, by_title, context)
    for table in tables:
        sheet_reading = by_title.get(tidy(table.sheet.title_zh))
        if sheet_reading is None:
            if settled:
                other = renamed(table, unknown)
                found.append(missing_sheet(table.sheet, other))
                mistaken.add(other.title if other else "")
                sheets[table.sheet.key] = _not_reported(table.sheet)
            continue
        checked, findings = _check_sheet(table, sheet_reading, *areas[table.sheet.key], context)
        found += findings
        sheets[table.sheet.key] = checked
    found += repeated
    found += _other_sheets(reading, {tidy(table.sheet.title_zh) for table in tables}, mistaken)
    whole = _another_months(context, sheets)
    if whole:
        found = [*whole, *(each for each in found if each.kind not in FOLLOWS)]
    return Checked(
        findings=tuple(found), unit=cover.unit, period=cover.period, cover=cover.values, sheets=sheets
    )


def _another_months(context: _Context, sheets: Mapping[str, CheckedSheet]) -> list[Finding]:
    """The one finding of a workbook that repeats another month's data as a whole."""
    unit, period = context.cover.unit, context.cover.period
    due = {
        month: frozenset(table.sheet.key for table in sheets_for(context.campaign, unit, month))
        for month in context.other_months
    }
    other = whole_of_another_month(sheets, context.told, due)
    if other is None:
        return []
    return [context.cover.about("another_months_data", "period", period, wanted=str(period), other=other)]


def _sheets_by_title(reading: Reading) -> tuple[dict[str, SheetReading], list[Finding]]:
    by_title: dict[str, SheetReading] = {}
    repeated = []
    for sheet in reading.sheets:
        key = tidy(sheet.title)
        if key in by_title and key not in OWN_TITLES:
            repeated.append(finding("duplicate_sheet", sheet=sheet.title))
        by_title.setdefault(key, sheet)
    return by_title, repeated


def _tables(context: _Context) -> tuple[tuple[TemplateSheet, ...], bool]:
    """The sheets to check; and whether they are settled, so that an absent one is missing.

    Where the cover leaves open who reports which month, every sheet the campaign collects is checked as
    far as it is there.
    """
    campaign, cover = context.campaign, context.cover
    if cover.unit is not None and cover.period is not None:
        return sheets_for(campaign, cover.unit, cover.period)[1:], True
    collected = [(sheet, campaign.collected(key)) for key, sheet in SHEETS.items()]
    return tuple(
        TemplateSheet(sheet=sheet, columns=sheet.collected_columns(how.without))
        for sheet, how in collected
        if how is not None
    ), False


def _file_findings(reading: Reading) -> list[Finding]:
    if not reading.external_links:
        return []
    return [finding("external_links", value=", ".join(reading.external_links[:10]))]


def _unknown_sheets(reading: Reading) -> list[SheetReading]:
    """Sheets with data that bear none of the template's names."""
    known = {tidy(sheet.title_zh) for sheet in (COVER, *SHEETS.values())} | OWN_TITLES
    return [
        sheet for sheet in reading.sheets if tidy(sheet.title) not in known and not sheet.cells.is_empty()
    ]


def _other_sheets(reading: Reading, checked: set[str], mistaken: set[str]) -> list[Finding]:
    """Sheets that are not read, where they hold data; ``mistaken`` ones are told of as a missing sheet's."""
    known = {tidy(sheet.title_zh) for sheet in SHEETS.values()}
    found = []
    for sheet in reading.sheets:
        key = tidy(sheet.title)
        if key in checked | OWN_TITLES | {tidy(COVER.title_zh)} or sheet.cells.is_empty():
            continue
        if sheet.title in mistaken:
            continue
        if sheet.visible != "visible":
            found.append(finding("hidden_sheet", sheet=sheet.title))
        elif key in known:
            found.append(finding("sheet_not_due", sheet=sheet.title))
        else:
            found.append(finding("unknown_sheet", sheet=sheet.title))
    return found


def _not_reported(sheet: Sheet) -> CheckedSheet:
    return CheckedSheet(
        sheet=sheet, content="not_reported", rows=empty_rows(sheet), seen=pl.DataFrame(schema=SEEN_SCHEMA)
    )


def _areas(
    tables: Sequence[TemplateSheet], by_title: Mapping[str, SheetReading], context: _Context
) -> dict[str, tuple[Area | None, list[Batch]]]:
    """The data areas of the sheets that are there, their cells normalised; or the offence why there is none."""
    read = {
        table.sheet.key: read_area(table.sheet, table.columns, by_title[title])
        for table in tables
        if (title := tidy(table.sheet.title_zh)) in by_title
    }
    found = [area for area, _ in read.values() if area is not None]
    normalised = iter(normalise_areas(found, context.campaign, context.cover.unit))
    return {key: (area and next(normalised), broken) for key, (area, broken) in read.items()}


def _check_sheet(
    table: TemplateSheet,
    reading: SheetReading,
    area: Area | None,
    broken: Sequence[Batch],
    context: _Context,
) -> tuple[CheckedSheet, list[Finding]]:
    """One sheet: its layout, its cells, its rows, and what the cover declares about it."""
    sheet = table.sheet
    found = []
    if reading.visible != "visible":
        found.append(finding("hidden_sheet", sheet=sheet.title_zh))
    if area is None:
        return _not_reported(sheet), [
            *found,
            *listed(broken, Places(sheet=sheet.title_zh, numbers={}, titles={})),
        ]
    unchanged = context.cover.says_yes(sheet.unchanged)
    area, typed = type_cells(area, context.campaign, context.cover.unit, may_be_empty=unchanged)
    declared, content, rows = _declared(sheet, typed, context)
    if not (unchanged and not typed.filled):
        area = _check_rows(area, typed, context)
    if not (content == "not_reported" or unchanged):
        previous = context.previous(sheet) if sheet.history_rules else None
        area = area if previous is None else check_history(area, typed, previous)
        if sheet.once is not None:
            area = check_once(area, typed, with_rows(context.told, sheet, context.other_months))
        if sheet.tells_flows:
            area = check_same_table(area, typed, context.told_before(sheet))
    letters = {name: column_letters(area.places.numbers[name]) for name in sorted(area.present)}
    checked = CheckedSheet(sheet=sheet, content=content, rows=rows, seen=typed.seen, letters=letters)
    return checked, [*found, *listed(area.batches, area.places), *declared]


def _check_rows(area: Area, typed: Typed, context: _Context) -> Area:
    if area.sheet.rows == "units":
        area, typed = check_units(area, typed, context.campaign, context.cover.unit)
    elif area.sheet.rows == "fixed":
        area = check_set_rows(area, typed)
    return check_rules(check_unique(area, typed), typed, context.days)


def _declared(sheet: Sheet, typed: Typed, context: _Context) -> tuple[list[Finding], Content, pl.DataFrame]:
    """What the cover declares of a sheet (zero report, unchanged) against what stands on it."""
    cover = context.cover
    if cover.says_yes(sheet.unchanged):
        return _unchanged(sheet, typed, context)
    if sheet.rows != "log":
        return [], "reported" if typed.filled else "not_reported", typed.rows
    if typed.rows.height:
        if not cover.says_yes(sheet.zero_report):
            return [], "reported", typed.rows
        about = cover.about("zero_report_with_rows", sheet.zero_report, "是", log=sheet.title_zh)
        return [about], "reported", typed.rows
    if sheet.zero_report is None:
        return [], "reported", typed.rows
    if cover.says_yes(sheet.zero_report):
        return [], "zero_report", typed.rows
    if sheet.zero_report in cover.faulty:
        return [], "not_reported", typed.rows
    flag = COVER.column(sheet.zero_report).title_zh
    empty = finding("log_empty_without_zero_report", sheet=sheet.title_zh, flag=flag)
    return [empty], "not_reported", typed.rows


def _unchanged(sheet: Sheet, typed: Typed, context: _Context) -> tuple[list[Finding], Content, pl.DataFrame]:
    """Last month's rows stand for this month's; never in January, when cumulative counts start anew."""
    cover, flag = context.cover, sheet.unchanged
    if typed.filled:
        return [cover.about("unchanged_but_filled", flag, "是", log=sheet.title_zh)], "reported", typed.rows
    if cover.unit is None or cover.period is None:
        return [], "unchanged", empty_rows(sheet)
    previous = None if cover.period.endswith("-01") else context.previous(sheet)
    if previous is None:
        about = cover.about("nothing_to_take_over", flag, "是", log=sheet.title_zh)
        return [about], "not_reported", empty_rows(sheet)
    return [], "unchanged", previous.select(empty_rows(sheet).columns)
