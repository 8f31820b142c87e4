"""The completeness matrix: for each unit, month and sheet, what was handed in and whether in time.

A blank is not a zero, and a zero is an act: 已报 · 零报告 · 不适用 · 已退回 · 未报, and 按时 · 迟报 · 未到期.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import polars as pl
from rich.console import Console
from rich.table import Table

from etl.campaign import Campaign, Unit
from etl.journal import RETURNED, Submission, current
from etl.sheets import SHEETS
from etl.template import sheets_for

REPORTED, ZERO_REPORT, NOT_APPLICABLE, RETURNED_CONTENT, NOT_REPORTED = (
    "已报",
    "零报告",
    "不适用",
    "已退回",
    "未报",
)
ON_TIME, LATE, NOT_DUE = "按时", "迟报", "未到期"

COLUMNS = {
    "month": pl.String,
    "unit_code": pl.String,
    "unit_name": pl.String,
    "sheet": pl.String,
    "content": pl.String,
    "timing": pl.String,
    "revision": pl.Int64,
    "received_at": pl.String,
    "due_on": pl.String,
    "due_is_estimated": pl.Boolean,
    "days_late": pl.Int64,
}


def completeness(
    campaign: Campaign, submissions: Sequence[Submission], period: str, now: datetime
) -> pl.DataFrame:
    """One row a reporting unit (the top unit's register last) and sheet of a month, in COLUMNS.

    Timing compares the first revision that was not returned with the due date, which ends at 24:00;
    a unit that has not reported is 未到期 until then and 迟报 after it.
    """
    rows = [
        row
        for unit in dict.fromkeys((*campaign.reporting_units, campaign.top))
        for row in _unit_rows(campaign, unit, submissions, period, now)
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _unit_rows(
    campaign: Campaign, unit: Unit, submissions: Sequence[Submission], period: str, now: datetime
) -> list[tuple]:
    own = [item for item in submissions if (item.unit_code, item.period) == (unit.code, period)]
    latest = current(own).get((unit.code, period))
    counted = [item.received_at for item in own if item.state != RETURNED]
    first = min(counted) if counted else None
    timing, days_late = _timing(first, campaign.due_at(period), now)
    asked = {table.sheet.key for table in sheets_for(campaign, unit, period)}
    contents = {sheet.sheet: sheet.content for sheet in latest.sheets} if latest else {}
    mine = "top" if unit == campaign.top and unit.level != campaign.reporting_level else "reporting"
    return [
        (
            period,
            unit.code,
            unit.name,
            collected.sheet,
            content := _content(contents.get(collected.sheet), collected.sheet in asked, bool(own)),
            "" if content == NOT_APPLICABLE else timing,
            latest.revision if latest else None,
            first.isoformat(sep=" ", timespec="seconds") if first else None,
            campaign.due_day(period).isoformat(),
            campaign.due_is_estimated(period),
            0 if content == NOT_APPLICABLE else days_late,
        )
        for collected in campaign.sheets
        if collected.reported_by == mine
    ]


def _content(stored: str | None, asked: bool, handed_in: bool) -> str:
    if not asked:
        return NOT_APPLICABLE
    if stored is None:
        return RETURNED_CONTENT if handed_in else NOT_REPORTED
    return {"zero_report": ZERO_REPORT, "not_reported": NOT_REPORTED}.get(stored, REPORTED)


def _timing(first: datetime | None, due_at: datetime, now: datetime) -> tuple[str, int]:
    """Timing and the number of days past the due day begun so far, or at receipt."""
    moment = first or now
    if moment < due_at:
        return (ON_TIME if first else NOT_DUE), 0
    return LATE, (moment - due_at).days + 1


def as_text(matrix: pl.DataFrame, due_label: str) -> str:
    """The matrix for a terminal: a line a unit, a column a sheet, the due rule above."""
    sheets = matrix.get_column("sheet").unique(maintain_order=True).to_list()
    table = Table("单位", "截止日", "时间", *(SHEETS[key].title_zh for key in sheets), box=None)
    for _, rows in matrix.group_by("unit_code", maintain_order=True):
        first = rows.filter(pl.col("timing") != "").head(1).to_dicts() or rows.head(1).to_dicts()
        contents = dict(rows.select("sheet", "content").rows())
        late = f"{first[0]['days_late']}天" if first[0]["days_late"] else ""
        timing = first[0]["timing"] if first[0]["received_at"] or not late else "逾期未报"
        estimated = "(推算)" if first[0]["due_is_estimated"] else ""
        table.add_row(
            first[0]["unit_name"],
            first[0]["due_on"] + estimated,
            timing + late,
            *(contents.get(key, "") for key in sheets),
        )
    output = io.StringIO()
    Console(file=output, width=200).print(due_label, table, sep="\n")
    return output.getvalue().rstrip()
