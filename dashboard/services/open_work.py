"""What a unit still has open: complaints and issues its latest report carries on, and what the province has closed."""

from __future__ import annotations

from dataclasses import dataclass

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
class OpenWork:
    """Numbers of a unit's cases and issues as its report of ``period`` has them; overdue ones are among the open.

    ``waiting`` are issues rectified and not closed by the province yet, ``closed`` those it has closed.
    """

    period: str
    cases: tuple[str, ...]
    overdue_cases: tuple[str, ...]
    issues: tuple[str, ...]
    overdue_issues: tuple[str, ...]
    waiting: tuple[str, ...]
    closed: tuple[str, ...]


def open_work(here: Doors, principal: Principal, unit_code: str) -> OpenWork | None:
    """What a unit's latest current report leaves open, overdue by this moment; None where it has no report."""
    acts.allow(here, principal, "submission.read", unit=unit_code, what=unit_code)
    journal = here.journal()
    report = closures.latest_reports(journal.submissions(unit_code=unit_code)).get(unit_code)
    if report is None:
        return None
    history, closed = stored_history(here.store, journal), closures.closures(journal, unit_code)
    found = {key: history(unit_code, report.period, key) for key in (CASES, ISSUES)}
    carried = carried_on({key: frame for key, frame in found.items() if frame is not None})
    cases, ledger = (carried.get(key, _nothing(key)) for key in (CASES, ISSUES))
    rectified = ledger.filter(pl.col("status") == RECTIFIED)
    issues, now = ledger.filter(pl.col("status") != RECTIFIED), here.now()
    waiting = closures.waiting(ledger, closed)
    return OpenWork(
        period=report.period,
        cases=_numbers(cases, "complaint_id"),
        overdue_cases=_numbers(cases.filter(pl.col("due_at") < now), "complaint_id"),
        issues=_numbers(issues, "issue_id"),
        overdue_issues=_numbers(issues.filter(pl.col("due_on") < now.date()), "issue_id"),
        waiting=_numbers(waiting, "issue_id"),
        closed=_numbers(rectified.join(waiting, on="issue_id", how="anti"), "issue_id"),
    )


def _nothing(sheet: str) -> pl.DataFrame:
    """A log nothing was reported in."""
    columns = {column.name: column.polars_type for column in SHEETS[sheet].columns}
    return pl.DataFrame(schema={"reporting_code": pl.String, **columns})


def _numbers(rows: pl.DataFrame, key: str) -> tuple[str, ...]:
    return tuple(rows[key].sort())
