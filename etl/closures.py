"""销号: rectified issues the province has found to be so, each closed once and for good, with its evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from etl.accept import stored_history
from etl.checking.cells import empty_rows
from etl.journal import Journal, Submission, current
from etl.journal_tables import ISSUE_CLOSURE
from etl.masking import mask_text
from etl.review import ReviewError
from etl.sheets import SHEETS
from etl.sheets.issues import CLOSED, RECTIFIED
from etl.store import Store
from etl.validate import History

LEDGER, LEDGERS_KEPT = "issues", 512
ISSUE = ("reporting_code", "issue_id")
"""What names an issue."""
COLUMNS = {
    "reporting_code": pl.String,
    "submission_id": pl.String,
    "row": pl.Int32,
    **{
        name: SHEETS[LEDGER].column(name).polars_type
        for name in (
            "issue_id",
            "unit",
            "description",
            "measure",
            "found_on",
            "due_on",
            "status",
            "closed_on",
        )
    },
}
"""What a closure is decided by; the texts are for the province's reviewers alone."""


@dataclass(frozen=True, kw_only=True)
class Closure:
    """An issue of a reporting unit, closed: what was seen, by whom and when it was decided."""

    unit_code: str
    issue_id: str
    evidence: str
    closed_by: str
    closed_at: datetime


def closures(journal: Journal, unit_code: str | None = None) -> list[Closure]:
    """Every closure, the latest first; of one unit where it is given."""
    with journal.reading() as connection:
        return closed_in(connection, unit_code)


def closed_in(connection: sa.Connection, unit_code: str | None = None) -> list[Closure]:
    """``closures`` as a transaction sees them."""
    columns = [column for column in ISSUE_CLOSURE.c if column is not ISSUE_CLOSURE.c.sequence]
    query = sa.select(*columns).order_by(ISSUE_CLOSURE.c.sequence.desc())
    if unit_code is not None:
        query = query.where(ISSUE_CLOSURE.c.unit_code == unit_code)
    return [Closure(**row) for row in connection.execute(query).mappings()]


def latest_reports(submissions: Sequence[Submission]) -> dict[str, Submission]:
    """The current revision of each unit's latest month."""
    by_month = sorted(current(submissions).values(), key=lambda each: each.period)
    return {each.unit_code: each for each in by_month}


def ledger(store: Store, reports: Iterable[Submission]) -> pl.DataFrame:
    """The issues in these reports, a row an issue, under ``COLUMNS``."""
    paths = [
        sheet.path
        for report in reports
        for sheet in report.sheets
        if sheet.sheet == LEDGER and sheet.path is not None
    ]
    return pl.concat([pl.DataFrame(schema=COLUMNS), *(_issues(store.rows / path) for path in paths)])


# Stored rows never change, and a review reads those of every unit and month again and again.
@lru_cache(maxsize=LEDGERS_KEPT)
def _issues(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path, columns=list(COLUMNS)).cast(COLUMNS)


def told_last(store: Store, reports: Iterable[Submission]) -> pl.DataFrame:
    """Every issue in these reports, as the latest of them that lists it tells it."""
    by_month = sorted(reports, key=lambda each: each.period)
    return ledger(store, by_month).unique(list(ISSUE), keep="last", maintain_order=True)


def waiting(reported: pl.DataFrame, closed: Iterable[Closure]) -> pl.DataFrame:
    """The issues of a ledger that are given as rectified and are not closed yet."""
    return reported.filter(pl.col("status") == RECTIFIED).join(
        _keys(closed), on=list(ISSUE), how="anti", maintain_order="left"
    )


def _keys(closed: Iterable[Closure]) -> pl.DataFrame:
    return pl.DataFrame(
        [(each.unit_code, each.issue_id) for each in closed],
        schema={"reporting_code": pl.String, "issue_id": pl.String},
        orient="row",
    )


def close(
    connection: sa.Connection,
    reported: pl.DataFrame,
    unit_code: str,
    issue_ids: Collection[str],
    *,
    evidence: str,
    by: str,
    now: datetime,
) -> None:
    """Close issues of a unit, all or none; ``reported`` are its issues as they were told last.

    Raises ReviewError where there is no evidence, or one of them is closed already or not reported as rectified.
    """
    if not issue_ids:
        raise ReviewError("请先选择要销号的问题 / choose the issues to close")
    if not evidence.strip():
        raise ReviewError(
            "请写明核查情况，如现场核查时间、照片编号 / say what was seen, such as the day of the visit, numbers of pictures"
        )
    _refuse(
        sorted(set(issue_ids) & {each.issue_id for each in closed_in(connection, unit_code)}),
        "已经销号，请刷新页面",
        "closed already: reload the page",
    )
    rectified = waiting(reported.filter(pl.col("reporting_code") == unit_code), ())
    to_come = rectified.filter(pl.col("closed_on") > now.date())["issue_id"]
    _refuse(
        sorted(set(issue_ids) & set(to_come)),
        "的完成日期还没有到，不能销号",
        "to be rectified on a day still to come and cannot be closed",
    )
    _refuse(
        sorted(set(issue_ids) - set(rectified["issue_id"])),
        "在该单位最近一次报送中不是“已整改”，不能销号",
        "was not told as rectified last and cannot be closed",
    )
    values = {"unit_code": unit_code, "evidence": mask_text(evidence), "closed_by": by, "closed_at": now}
    connection.execute(
        ISSUE_CLOSURE.insert(), [{**values, "issue_id": each} for each in dict.fromkeys(issue_ids)]
    )


def _refuse(issue_ids: Sequence[str], zh: str, en: str) -> None:
    if issue_ids:
        raise ReviewError(f"{'、'.join(issue_ids)}{zh} / {', '.join(issue_ids)}: {en}")


def checking_history(store: Store, journal: Journal) -> History:
    """Rows of earlier months as a check holds this month's against them, with what the province has closed as 已销号.

    An issue may have been closed on the word of a revision since returned: what the month said of it, and whether
    it listed it at all, does not matter. One it does not list follows as its number and status, in no ``row``.
    """
    history = stored_history(store, journal)

    def rows(unit_code: str, period: str, sheet_key: str) -> pl.DataFrame | None:
        found = history(unit_code, period, sheet_key)
        if sheet_key != LEDGER:
            return found
        closed = [each.issue_id for each in closures(journal, unit_code)]
        return (
            _with_closed(empty_rows(SHEETS[LEDGER]) if found is None else found, closed) if closed else found
        )

    return rows


def _with_closed(reported: pl.DataFrame, issue_ids: Sequence[str]) -> pl.DataFrame:
    is_closed = pl.col("issue_id").is_in(issue_ids)
    marked = reported.with_columns(status=pl.when(is_closed).then(pl.lit(CLOSED)).otherwise("status"))
    closed = pl.DataFrame({"issue_id": issue_ids}, schema={"issue_id": pl.String})
    unlisted = closed.join(reported, on="issue_id", how="anti").with_columns(status=pl.lit(CLOSED))
    return pl.concat([marked, unlisted], how="diagonal")
