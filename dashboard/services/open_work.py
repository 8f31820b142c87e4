"""What a unit still has open: complaints and issues as it told them last, and what the province has closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import polars as pl

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts
from etl import closures
from etl.accept import stored_history
from etl.sheets import SHEETS
from etl.sheets.issues import RECTIFIED
from etl.writing.issue_template import carried_on

CASES, ISSUES = "complaints", "issues"


@dataclass(frozen=True, kw_only=True)
class OpenItem:
    """A case or issue: its number, the unit below it is of, until when it is due, and what it is about."""

    number: str
    unit: str
    due_at: date | datetime | None
    about: str


@dataclass(frozen=True, kw_only=True)
class OpenWork:
    """A unit's cases and issues as told up to its latest report, of ``period``; overdue ones are among the open.

    ``waiting`` are issues rectified and not closed by the province yet, ``closed`` those it has closed.
    """

    period: str
    cases: tuple[OpenItem, ...]
    overdue_cases: tuple[OpenItem, ...]
    issues: tuple[OpenItem, ...]
    overdue_issues: tuple[OpenItem, ...]
    waiting: tuple[OpenItem, ...]
    closed: tuple[OpenItem, ...]


def open_work(here: Doors, principal: Principal, unit_code: str) -> OpenWork | None:
    """What a unit's current reports leave open, overdue by this moment; None where it has none."""
    acts.allow(here, principal, "submission.read", unit=unit_code, what=unit_code)
    journal = here.journal()
    report = closures.latest_reports(journal.submissions(unit_code=unit_code)).get(unit_code)
    if report is None:
        return None
    history, closed = stored_history(here.store, journal), closures.closures(journal, unit_code)
    found = {key: history(unit_code, report.period, key) for key in (CASES, ISSUES)}
    told = {key: frame for key, frame in found.items() if frame is not None}
    carried = carried_on(told, here.campaign())
    cases, ledger = (carried.get(key, _nothing(key)) for key in (CASES, ISSUES))
    rectified = ledger.filter(pl.col("status") == RECTIFIED)
    issues, now = ledger.filter(pl.col("status") != RECTIFIED), here.now()
    waiting = closures.waiting(ledger, closed)
    names = {leaf.code: leaf.short_name for leaf in here.campaign().leaves(unit_code)}
    # Of a complaint its matter: what it says in full stands in the template.
    cases_of = partial(_items, names=names, number="complaint_id", due="due_at", about="matter")
    issues_of = partial(_items, names=names, number="issue_id", due="due_on", about="description")
    return OpenWork(
        period=report.period,
        cases=cases_of(cases),
        overdue_cases=cases_of(cases.filter(pl.col("due_at") < now)),
        issues=issues_of(issues),
        overdue_issues=issues_of(issues.filter(pl.col("due_on") < now.date())),
        waiting=issues_of(waiting),
        closed=issues_of(rectified.join(waiting, on="issue_id", how="anti")),
    )


def _nothing(sheet: str) -> pl.DataFrame:
    """A log nothing was reported in."""
    columns = {column.name: column.polars_type for column in SHEETS[sheet].columns}
    return pl.DataFrame(schema={"reporting_code": pl.String, **columns})


def _items(
    rows: pl.DataFrame, names: Mapping[str, str], *, number: str, due: str, about: str
) -> tuple[OpenItem, ...]:
    """The rows by number; ``number``, ``due`` and ``about`` are the columns that say it."""
    return tuple(
        OpenItem(
            number=row[number],
            unit=names.get(row["unit"], row["unit"]),
            due_at=row[due],
            about=row[about] or "",
        )
        for row in rows.sort(number).iter_rows(named=True)
    )
