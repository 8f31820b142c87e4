"""Data sets made by chance that come in through the door: real workbooks, read, checked and accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from etl import calendar
from etl.accept import stored_history
from etl.build import build
from etl.campaign import Campaign
from etl.findings import blocks, render
from etl.journal import Journal
from etl.load import accept, check_file
from etl.read import WorkbookReader
from etl.schema import NOT_APPLICABLE, Column
from etl.sheets import SHEETS
from etl.store import Store
from etl.template import build_workbook
from tests.metrics.oracle import CONDUCT, Handed
from tests.metrics.random_rows import focus_area
from tests.metrics.random_store import DataSet, grant, set_state

MONTHS = 4
"""Of a campaign, that each data set takes no longer than it must."""

COVER = {"prepared_by": "张某", "reviewed_by": "李某", "approved_by": "王某"}
FLAGS = {sheet.key: sheet.zero_report for sheet in SHEETS.values() if sheet.zero_report}


def presentable(data: DataSet) -> DataSet:
    """The data set without what the door refuses: sheets left out, rows dated after the last day of data."""
    kept: list[Handed] = []
    latest: dict[tuple[str, str], Handed] = {}
    for handed in data.handed:
        if handed.period not in data.campaign.periods[:MONTHS] or any(
            content == "not_reported" and key in ("basics", "monthly", "quarterly")
            for key, (content, _) in handed.sheets.items()
        ):
            continue
        previous = latest.get((handed.unit_code, calendar.previous(handed.period)))
        mended = replace(
            handed,
            data_to=calendar.last_day(handed.period),
            sheets={
                key: _presentable(data.campaign, handed, key, *sheet, previous)
                for key, sheet in handed.sheets.items()
            },
        )
        kept.append(mended)
        if mended.state != "returned":
            latest[mended.unit_code, mended.period] = mended
    revisions: dict[tuple[str, str], int] = {}
    for place, handed in enumerate(kept):
        key = handed.unit_code, handed.period
        revisions[key] = revisions.get(key, 0) + 1
        kept[place] = replace(handed, revision=revisions[key])
    return replace(data, handed=tuple(kept))


def _presentable(
    campaign: Campaign,
    handed: Handed,
    key: str,
    content: str,
    rows: Sequence[Mapping[str, Any]],
    previous: Handed | None,
) -> tuple[str, list[dict]]:
    if content == "unchanged" and previous is not None and not handed.period.endswith("-01"):
        return "unchanged", list(previous.sheets["basics"][1])
    mended = [_mended(campaign, key, dict(row), handed.period) for row in rows]
    if mended or key not in FLAGS:
        return "reported", mended
    return "zero_report", []


def _mended(campaign: Campaign, key: str, row: dict[str, Any], period: str) -> dict[str, Any]:
    if SHEETS[key].rows == "units":
        code = row["unit_code"]
        row["unit_name"] = next(
            unit.name for unit in campaign.units if unit.code == code and unit.level == campaign.leaf_level
        )
    if key == "complaints":
        end = datetime.combine(calendar.last_day(period), time(23, 59, 59))
        if row["complaint_kind"] == CONDUCT:
            row["focus_area"] = focus_area(row["complaint_id"])
        if row["closed_at"] is not None and row["closed_at"] > end:
            row["closed_at"] = None
        if row["due_at"] is not None and row["due_at"].time() == time():
            # A date without a time ends at 24:00 of its day.
            row["due_at"] = datetime.combine(row["due_at"], time(23, 59, 59))
        if row["due_at"] is not None and row["closed_at"] is not None:
            row["closed_on_time"] = row["closed_at"] <= row["due_at"]
    return row


def cell(column: Column, value: Any) -> Any:
    """A value as a liaison would type it."""
    if value is None:
        return NOT_APPLICABLE if column.not_applicable else None
    return float(value) if isinstance(value, Decimal) else value


def workbook(campaign: Campaign, handed: Handed) -> bytes:
    """The filled workbook of a submission."""
    cover: dict[str, Any] = {**COVER, "prepared_on": handed.data_to, "data_to": handed.data_to}
    rows = {}
    for key, (content, found) in handed.sheets.items():
        if content == "unchanged":
            cover["basics_unchanged"] = True
        elif content == "zero_report":
            cover[FLAGS[key]] = True
        else:
            columns = SHEETS[key].columns
            rows[key] = [{c.name: cell(c, row[c.name]) for c in columns} for row in found]
    unit = campaign.unit(handed.unit_code)
    return build_workbook(campaign, unit, handed.period, cover=cover, rows=rows)


def accepted(data: DataSet, folder: Path) -> Store:
    """A store into which every workbook came through the door, built."""
    store = Store(folder=folder / "door")
    store.folder.mkdir(parents=True)
    with closing(Journal(store.journal_url)) as journal, WorkbookReader() as reader:
        journal.claim(data.campaign.name, simulated=True, now=data.today)
        for place, handed in enumerate(data.handed):
            path = folder / f"{place}.xlsx"
            path.write_bytes(workbook(data.campaign, handed))
            _take_in(store, journal, reader, data.campaign, handed, path)
        for granted in data.granted:
            grant(journal, data.campaign, granted, data.today)
        build(store, journal, data.campaign, now=data.today)
    return store


def _take_in(
    store: Store, journal: Journal, reader: WorkbookReader, campaign: Campaign, handed: Handed, path: Path
) -> None:
    checked = check_file(
        path,
        reader,
        campaign,
        now=handed.received_at.replace(year=2099),
        history=stored_history(store, journal),
    )
    messages = [render(finding, path.name) for finding in checked.findings]
    assert not checked.blocked, [
        message for message, finding in zip(messages, checked.findings, strict=True) if blocks([finding])
    ]
    taken = accept(
        store,
        journal,
        checked.checked,
        checked.content,
        file_name=path.name,
        received_by="test",
        received_at=handed.received_at,
        findings=messages,
    )
    assert taken.is_new
    assert taken.revision == handed.revision
    if handed.state != "received":
        set_state(store, taken.submission_id, handed.state)
