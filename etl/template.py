"""The monthly workbook of a reporting unit as a file, empty or filled.

A template is a loop over the sheet entries. 封面 is a form (header in column A, value in column B);
every other sheet has its title in row 1, its header in row 2 and data from row 3 on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl
from openpyxl.workbook import Workbook

from etl.sheets import COVER, SHEETS
from etl.template_sheets import (
    INSTRUCTIONS_TITLE,
    KNOWN_VERSIONS,
    TEMPLATE_VERSION,
    TemplateSheet,
    sheets_for,
)
from etl.writing.cells import OptionLists
from etl.writing.instructions import deadline_text, write_instructions
from etl.writing.prefill import (
    Rows,
    checked_rows,
    names_by_scope,
    period_text,
    previous_stocks,
    set_rows,
    typed_rows,
)
from etl.writing.serialise import describe, workbook_bytes
from etl.writing.sheets import write_cover, write_table
from etl.writing.styles import add_styles

if TYPE_CHECKING:
    from etl.campaign import Campaign
    from etl.campaigns.units import Unit

__all__ = [
    "KNOWN_VERSIONS",
    "TEMPLATE_VERSION",
    "TemplateSheet",
    "build_workbook",
    "sheets_for",
    "template_workbook",
]


def template_workbook(
    campaign: Campaign,
    unit: Unit,
    period: str,
    *,
    carried: Mapping[str, pl.DataFrame] | None = None,
    previous: Mapping[str, pl.DataFrame] | None = None,
    created: datetime | None = None,
    extended_to: date | None = None,
    simulated: bool = False,
) -> bytes:
    """The workbook a unit downloads for a month: an .xlsx file.

    ``carried`` holds typed rows to prefill, by sheet key (every issue told so far, open
    complaints); ``previous`` last month's typed rows, whose stocks stand as notes on this month's
    cells; ``extended_to`` is the day to which the unit was granted more time. Equal arguments give equal
    bytes; ``created`` defaults to the month's first day.
    """
    rows = {key: typed_rows(SHEETS[key], frame) for key, frame in (carried or {}).items()}
    return build_workbook(
        campaign,
        unit,
        period,
        rows=rows,
        previous=previous,
        created=created,
        extended_to=extended_to,
        simulated=simulated,
    )


def build_workbook(
    campaign: Campaign,
    unit: Unit,
    period: str,
    *,
    cover: Mapping[str, object] | None = None,
    rows: Mapping[str, Rows] | None = None,
    previous: Mapping[str, pl.DataFrame] | None = None,
    created: datetime | None = None,
    extended_to: date | None = None,
    simulated: bool = False,
    finish: Callable[[Workbook], None] | None = None,
) -> bytes:
    """A template and its contents in one go: an .xlsx file.

    ``cover`` maps column names to values and overrides what is prefilled. ``rows`` maps sheet keys to
    rows of column names and values (dates, numbers, booleans, texts; 不适用 as text; None leaves a cell
    empty; a unit's code is written as its name). Rows of sheets with set rows are matched by their
    first column. ``finish`` adds what is no part of the template. ValueError names the sheet and what does
    not fit it; columns the campaign leaves out are dropped.
    """
    if period not in campaign.periods:
        raise ValueError(f"{period} is not a period of campaign {campaign.name}")
    tables = sheets_for(campaign, unit, period)
    where = f"{unit.name} · {period_text(period)}"
    workbook = Workbook()
    add_styles(workbook)
    values = {**_prefilled_cover(campaign, unit, period), **(cover or {})}
    workbook.active.title = COVER.title_zh
    heading = f"{campaign.title_zh} · 月度报送"
    write_cover(workbook.active, heading, tables[0].columns, checked_rows(COVER, [values])[0])
    _write_instructions(workbook, campaign, unit, period, tables, extended_to)
    _write_tables(workbook, campaign, unit, where, tables[1:], rows or {}, previous or {})
    describe(workbook, title=f"{campaign.title_zh} · {where}", version=TEMPLATE_VERSION, simulated=simulated)
    if finish is not None:
        finish(workbook)
    return workbook_bytes(workbook, created or datetime(int(period[:4]), int(period[5:7]), 1))


def _write_tables(
    workbook: Workbook,
    campaign: Campaign,
    unit: Unit,
    where: str,
    tables: Sequence[TemplateSheet],
    rows: Mapping[str, Rows],
    previous: Mapping[str, pl.DataFrame],
) -> None:
    foreign = rows.keys() - {table.sheet.key for table in tables}
    if foreign:
        raise ValueError(f"sheets not in the workbook of {where}: {sorted(foreign)}")
    lists = OptionLists()
    for table in tables:
        key, title = table.sheet.key, table.sheet.title_zh
        write_table(
            workbook.create_sheet(title),
            f"{title} · {where}",
            table.sheet,
            table.columns,
            set_rows=set_rows(table.sheet, campaign, unit),
            rows=checked_rows(table.sheet, rows.get(key, ())),
            previous=previous_stocks(table.sheet, previous.get(key)),
            units=names_by_scope(campaign, unit, table.columns),
            lists=lists,
        )
    lists.write(workbook)


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


def _write_instructions(
    workbook: Workbook,
    campaign: Campaign,
    unit: Unit,
    period: str,
    tables: Sequence[TemplateSheet],
    extended_to: date | None,
) -> None:
    deadline = deadline_text(campaign.due_day(period), estimated=campaign.due_is_estimated(period))
    if extended_to is not None:
        deadline = f"{deadline_text(extended_to, estimated=False)}（已准予延期；原定{deadline}）"
    names = "、".join(table.sheet.title_zh for table in tables[1:])
    write_instructions(
        workbook.create_sheet(INSTRUCTIONS_TITLE),
        heading=f"{campaign.title_zh} · {INSTRUCTIONS_TITLE}",
        facts=(
            ("用途", f"{unit.name}{period_text(period)}数据报送。需填工作表：{names}。"),
            ("报送时限", deadline),
            ("联系方式", ""),
            ("模板版本", TEMPLATE_VERSION),
        ),
        tables=[(table.sheet, table.columns) for table in tables],
    )
