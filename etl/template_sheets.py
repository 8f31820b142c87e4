"""What stands in a workbook of ours: the template's version, the sheets a unit reports for a month, our own others.

Checking needs no more than this of a template; only writing one (``etl/template.py``) needs openpyxl.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etl.schema import Column, Sheet
from etl.sheets import COVER, SHEETS

if TYPE_CHECKING:
    from etl.campaign import Campaign
    from etl.campaigns.units import Unit

TEMPLATE_VERSION = "2026.1"
KNOWN_VERSIONS = ("2026.1",)
"""Versions the door still accepts; an older one than ``TEMPLATE_VERSION`` with a 提示."""

INSTRUCTIONS_TITLE = "填表说明"
OPTIONS_TITLE = "选项"
RESULTS_TITLE = "检查结果"
MERGE_REPORT_TITLE = "合并报告"
VERSION_PROPERTY = "template_version"
SIMULATED_PROPERTY = "simulated"
"""Custom properties of the document; the second stands only where the contents are simulated."""

QUARTER_MONTHS = (3, 6, 9, 12)


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
