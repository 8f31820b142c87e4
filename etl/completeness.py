"""The completeness matrix: for each unit, month and sheet, what was handed in and whether in time.

A blank is not a zero, and a zero is an act: 已报 · 零报告 · 不适用 · 已退回 · 未报, and 按时 · 迟报 · 未到期.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl
from rich.console import Console
from rich.table import Table

from etl.campaign import Campaign, Unit
from etl.extensions import NO_EXTENSIONS, Extensions, due_at
from etl.journal import NOT_CURRENT, WITHDRAWN, Submission, current
from etl.sheets import SHEETS
from etl.template_sheets import sheets_for

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
    "extended_to": pl.String,
}
"""``due_on`` is the campaign's due day, ``extended_to`` the later one a unit was granted, if it was."""
REASON = "extension_reason"
"""Why it was granted: a column of the journal's matrix alone, which is the province's to read."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What stands of a unit's report of one month, all its revisions taken together.

    ``revision`` and ``contents`` (how each sheet was reported, by the sheet's key) are those of the current
    revision; ``first_received_at`` is when the first revision that was not returned came. They are empty
    where every revision was returned.
    """

    revision: int | None = None
    first_received_at: datetime | None = None
    contents: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_returned(self) -> bool:
        """Whether something came and every revision of it was returned."""
        return self.revision is None


def completeness(
    campaign: Campaign,
    submissions: Sequence[Submission],
    period: str,
    now: datetime,
    extensions: Extensions = NO_EXTENSIONS,
) -> pl.DataFrame:
    """The matrix of a month as the journal has it, in COLUMNS and REASON."""
    found = matrix(campaign, reports_of(submissions, period), period, now, extensions)
    reasons = {code: each.reason for (code, month), each in extensions.items() if month == period}
    told = pl.col("unit_code").replace_strict(reasons, default=None, return_dtype=pl.String)
    return found.with_columns(told.alias(REASON))


def reports_of(submissions: Sequence[Submission], period: str) -> dict[str, Report]:
    """The report of each unit that handed in anything for a month, by the unit's code."""
    of_month = [each for each in submissions if each.period == period]
    return {code: report for (code, _), report in every_report(of_month).items()}


def every_report(submissions: Sequence[Submission]) -> dict[tuple[str, str], Report]:
    """The report of each unit and month anything was handed in for, by the unit's code and the month."""
    own: dict[tuple[str, str], list[Submission]] = {}
    for submission in submissions:
        # What its sender took back is as if it had never come.
        if submission.state != WITHDRAWN:
            own.setdefault((submission.unit_code, submission.period), []).append(submission)
    return {place: _report(found) for place, found in own.items()}


def _report(revisions: Sequence[Submission]) -> Report:
    counted = [item for item in revisions if item.state not in NOT_CURRENT]
    if not counted:
        return Report()
    (latest,) = current(counted).values()
    return Report(
        revision=latest.revision,
        first_received_at=min(counted, key=lambda item: item.revision).received_at,
        contents={sheet.sheet: sheet.content for sheet in latest.sheets},
    )


def matrix(
    campaign: Campaign,
    reports: Mapping[str, Report],
    period: str,
    now: datetime,
    extensions: Extensions = NO_EXTENSIONS,
) -> pl.DataFrame:
    """One row a reporting unit (the top unit's register last) and sheet of a month, in COLUMNS.

    Timing compares the first revision that was not returned with the unit's due date, which ends at 24:00;
    a unit that has not reported is 未到期 until then and 迟报 after it.
    """
    rows = [
        row
        for unit in dict.fromkeys((*campaign.reporting_units, campaign.top))
        for row in _unit_rows(campaign, unit, reports.get(unit.code), period, now, extensions)
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _unit_rows(
    campaign: Campaign,
    unit: Unit,
    report: Report | None,
    period: str,
    now: datetime,
    extensions: Extensions,
) -> list[tuple]:
    stands = report or Report()
    first = stands.first_received_at
    timing, days_late = _timing(first, due_at(campaign, extensions, unit.code, period), now)
    extension = extensions.get((unit.code, period))
    asked = {table.sheet.key for table in sheets_for(campaign, unit, period)}
    mine = "top" if unit == campaign.top and unit.level != campaign.reporting_level else "reporting"
    return [
        (
            period,
            unit.code,
            unit.name,
            collected.sheet,
            content := _content(report, collected.sheet, collected.sheet in asked),
            "" if content == NOT_APPLICABLE else timing,
            stands.revision,
            first.isoformat(sep=" ", timespec="seconds") if first else None,
            campaign.due_day(period).isoformat(),
            campaign.due_is_estimated(period),
            0 if content == NOT_APPLICABLE else days_late,
            extension.last_day.isoformat() if extension else None,
        )
        for collected in campaign.sheets
        if collected.reported_by == mine
    ]


def _content(report: Report | None, sheet: str, asked: bool) -> str:
    if not asked:
        return NOT_APPLICABLE
    if report is None:
        return NOT_REPORTED
    if report.is_returned:
        return RETURNED_CONTENT
    stored = report.contents.get(sheet, "not_reported")
    return {"zero_report": ZERO_REPORT, "not_reported": NOT_REPORTED}.get(stored, REPORTED)


def _timing(first: datetime | None, due_at: datetime, now: datetime) -> tuple[str, int]:
    """Timing and the number of days past the due day begun so far, or at receipt."""
    late = days_late(first or now, due_at)
    return (LATE if late else ON_TIME if first else NOT_DUE), late


def days_late(moment: datetime, due_at: datetime) -> int:
    """Days begun past the moment something is late from; 0 before it."""
    return 0 if moment < due_at else (moment - due_at).days + 1


def as_text(found: pl.DataFrame, due_label: str) -> str:
    """The matrix for a terminal: a line a unit, a column a sheet, the due rule above."""
    sheets = found.get_column("sheet").unique(maintain_order=True).to_list()
    table = Table("单位", "截止日", "时间", *(SHEETS[key].title_zh for key in sheets), box=None)
    for _, rows in found.group_by("unit_code", maintain_order=True):
        first = rows.filter(pl.col("timing") != "").head(1).to_dicts() or rows.head(1).to_dicts()
        contents = dict(rows.select("sheet", "content").rows())
        late = f"{first[0]['days_late']}天" if first[0]["days_late"] else ""
        timing = first[0]["timing"] if first[0]["received_at"] or not late else "逾期未报"
        table.add_row(
            first[0]["unit_name"],
            _due(first[0]),
            timing + late,
            *(contents.get(key, "") for key in sheets),
        )
    output = io.StringIO()
    Console(file=output, width=200).print(due_label, table, sep="\n")
    return output.getvalue().rstrip()


def _due(row: Mapping[str, object]) -> str:
    """The unit's due day, and the campaign's where the unit was granted a later one."""
    planned = str(row["due_on"]) + ("（推算）" if row["due_is_estimated"] else "")
    return f"延期至{row['extended_to']}（原定{planned}）" if row["extended_to"] else planned
