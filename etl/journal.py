"""The journal: what happened, in the order it happened. Its one transaction is the moment of acceptance."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from filelock import FileLock

from etl import audit, migrate
from etl.act import Act
from etl.journal_tables import (
    ACCOUNT,
    EXPLANATION,
    METADATA,
    MONTH_LOCK,
    STORE,
    SUBMISSION,
    SUBMITTED_SHEET,
)

SCHEMA_VERSION = 1

RECEIVED, RETURNED, PASSED, FROZEN = "received", "returned", "passed", "frozen"
"""States of a submission: 已接收 · 已退回 · 已通过 · 已冻结."""
WITHDRAWN = "withdrawn"
"""已撤回: taken back by its sender before the review."""
NOT_CURRENT = (RETURNED, WITHDRAWN)
"""States in which a revision does not count: the one before it does, else the month is 未报."""


@dataclass(frozen=True, kw_only=True)
class SubmittedSheet:
    """One sheet of a submission: how it was reported, and where its rows lie (relative to the rows folder)."""

    sheet: str
    content: str
    row_count: int
    path: str | None


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What one reporting unit handed in for one month, in one revision."""

    submission_id: str
    unit_code: str
    period: str
    revision: int
    sha256: str
    file_name: str
    received_at: datetime
    received_by: str
    data_from: date
    data_to: date
    cover: dict[str, Any]
    findings: list[dict[str, Any]]
    state: str
    sequence: int
    sheets: tuple[SubmittedSheet, ...]
    certified_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a value that a 核实性 finding asks about is right; ``finding`` is its key (findings.key_of)."""

    finding: str
    sheet: str
    cell: str
    column_title: str
    value: str
    reason: str


class StoreConflictError(Exception):
    """A store of another campaign, or one where simulated and real data would mix; says the way out."""


class FrozenMonthError(Exception):
    """The month is frozen and takes no new revision; says whom to ask."""


class Journal:
    """The journal behind a URL; SQLite with a write-ahead log by default, PostgreSQL by URL.

    Opening an earlier version's journal upgrades it; a later version's raises migrate.OtherJournalError.
    """

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url, connect_args={"timeout": 60} if url.startswith("sqlite") else {})
        if url.startswith("sqlite"):
            sa.event.listen(self._engine, "connect", _prepare_sqlite)
            sa.event.listen(self._engine, "begin", _begin_sqlite)
        # Turning the write-ahead log on wants the file alone, and does not wait for others that open it.
        alone = (
            FileLock(f"{self._engine.url.database}.opening") if url.startswith("sqlite") else nullcontext()
        )
        with alone, self.reading() as connection:
            found = migrate.version(connection)
        migrate.refuse_later(found)
        if found != migrate.HEAD:
            self._settle()

    def _settle(self) -> None:
        """Make the tables of an empty store, or upgrade those there are."""
        # Within the lock, so that two processes that meet an empty store make its tables once.
        with self.writing() as connection:
            found = migrate.version(connection)
            if found is None:
                METADATA.create_all(connection)
                migrate.stamp(connection)
            elif found != migrate.HEAD:
                migrate.upgrade(connection, found)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def claim(self, campaign: str, *, simulated: bool, now: datetime) -> None:
        """Make the store this campaign's, simulated or real, or refuse if it is another's.

        A store people have accounts in is for real data: simulated ones would open it to visitors.
        """
        with self.writing() as connection:
            held = connection.execute(sa.select(STORE)).mappings().first()
            if held is None:
                if simulated and self._has_accounts(connection):
                    raise StoreConflictError(_FOR_PEOPLE)
                connection.execute(
                    STORE.insert().values(
                        campaign=campaign, simulated=simulated, schema_version=SCHEMA_VERSION, made_at=now
                    )
                )
                return
        _refuse_mixture(held["campaign"], bool(held["simulated"]), campaign, simulated)

    def has_accounts(self) -> bool:
        """Whether anybody has an account."""
        with self.reading() as connection:
            return self._has_accounts(connection)

    @staticmethod
    def _has_accounts(connection: sa.Connection) -> bool:
        return connection.execute(sa.select(ACCOUNT.c.account_id).limit(1)).scalar() is not None

    def is_simulated(self) -> bool | None:
        """Whether the store holds simulated data; None before anything was put in."""
        with self.reading() as connection:
            return connection.execute(sa.select(STORE.c.simulated)).scalar()

    def campaign(self) -> str | None:
        """The campaign the store belongs to; None before anything was put in."""
        with self.reading() as connection:
            return connection.execute(sa.select(STORE.c.campaign)).scalar()

    def record(
        self,
        values: dict[str, Any],
        sheets: Sequence[SubmittedSheet],
        *,
        explanations: Sequence[Explanation] = (),
        sealed: tuple[bytes, Act] | None = None,
    ) -> tuple[int, bool]:
        """Accept a submission in one transaction, its reasons and the audited act (key and act) with it.

        Returns its revision and whether it is new: the same bytes for the same unit and month were
        accepted before and keep the revision they got then. Raises FrozenMonthError.
        """
        of_unit = (SUBMISSION.c.unit_code == values["unit_code"]) & (SUBMISSION.c.period == values["period"])
        with self.writing() as connection:
            earlier = connection.execute(
                sa.select(SUBMISSION.c.revision, SUBMISSION.c.sha256).where(of_unit)
            ).all()
            for revision, sha256 in earlier:
                if sha256 == values["sha256"]:
                    return revision, False
            if is_frozen(connection, values["period"]):
                raise FrozenMonthError(_FROZEN.format(period=values["period"]))
            revision = max((number for number, _ in earlier), default=0) + 1
            connection.execute(SUBMISSION.insert().values(**values, revision=revision, state=RECEIVED))
            connection.execute(
                SUBMITTED_SHEET.insert(),
                [{"submission_id": values["submission_id"], **vars(sheet)} for sheet in sheets],
            )
            if explanations:
                told = {
                    "submission_id": values["submission_id"],
                    "explained_by": values["received_by"],
                    "explained_at": values["received_at"],
                }
                connection.execute(EXPLANATION.insert(), [{**told, **vars(each)} for each in explanations])
            if sealed is not None:
                audit.append(connection, *sealed)
        return revision, True

    def find(self, unit_code: str, period: str, sha256: str) -> tuple[int, str] | None:
        """Revision and state under which these bytes were accepted for this unit and month, if they were."""
        with self.reading() as connection:
            found = connection.execute(
                sa.select(SUBMISSION.c.revision, SUBMISSION.c.state).where(
                    SUBMISSION.c.unit_code == unit_code,
                    SUBMISSION.c.period == period,
                    SUBMISSION.c.sha256 == sha256,
                )
            ).first()
        return None if found is None else (found.revision, found.state)

    def submission(self, submission_id: str) -> Submission | None:
        """The submission of this id."""
        return next(iter(self.submissions(submission_id=submission_id)), None)

    def submissions(
        self, *, unit_code: str | None = None, period: str | None = None, submission_id: str | None = None
    ) -> list[Submission]:
        """Every submission in order of acceptance, narrowed to a unit, a month or an id where given."""
        query = sa.select(SUBMISSION).order_by(SUBMISSION.c.sequence)
        if unit_code is not None:
            query = query.where(SUBMISSION.c.unit_code == unit_code)
        if period is not None:
            query = query.where(SUBMISSION.c.period == period)
        if submission_id is not None:
            query = query.where(SUBMISSION.c.submission_id == submission_id)
        chosen = query.with_only_columns(SUBMISSION.c.submission_id)
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
            sheets: dict[str, list[SubmittedSheet]] = {}
            sheet_query = sa.select(SUBMITTED_SHEET).where(
                SUBMITTED_SHEET.c.submission_id.in_(chosen.order_by(None))
            )
            for row in connection.execute(sheet_query).mappings():
                fields = {key: value for key, value in row.items() if key != "submission_id"}
                sheets.setdefault(row["submission_id"], []).append(SubmittedSheet(**fields))
        return [Submission(**row, sheets=tuple(sheets.get(row["submission_id"], ()))) for row in rows]

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A connection that only reads."""
        return self._engine.connect()

    def writing(self) -> AbstractContextManager[sa.Connection]:
        """A transaction that may write: what it reads is still so when it writes."""
        return self._engine.execution_options(writes=True).begin()


_FOR_PEOPLE = (
    "这个库已建有账号，只接收真实数据；模拟数据请用 --store 另指一个目录。"
    " / This store has accounts and takes real data only; name another folder with --store for simulated data."
)
_FROZEN = (
    "{period}已冻结，不再接收新的版本；确需更正的，请联系省厅管理员说明理由后重新开放。"
    " / {period} is frozen and takes no new revision; ask the province's administrator to reopen it."
)


def is_frozen(connection: sa.Connection, period: str) -> bool:
    """Whether a month takes no new revision now."""
    query = sa.select(MONTH_LOCK.c.is_frozen).where(MONTH_LOCK.c.period == period)
    return bool(connection.execute(query.order_by(MONTH_LOCK.c.sequence.desc()).limit(1)).scalar())


def frozen_months(connection: sa.Connection) -> set[str]:
    """The months that take no new revision now."""
    query = sa.select(MONTH_LOCK.c.period, MONTH_LOCK.c.is_frozen).order_by(MONTH_LOCK.c.sequence)
    return {period for period, is_frozen in dict(connection.execute(query).all()).items() if is_frozen}


def current(submissions: Sequence[Submission]) -> dict[tuple[str, str], Submission]:
    """The current revision of each unit and month: the latest that was neither returned nor withdrawn."""
    latest: dict[tuple[str, str], Submission] = {}
    for submission in sorted(submissions, key=lambda item: item.revision):
        if submission.state not in NOT_CURRENT:
            latest[submission.unit_code, submission.period] = submission
    return latest


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Transactions are begun by _begin_sqlite; the driver's own implicit ones would begin too late.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A writer takes the lock at once, so that what it reads is still so when it writes.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _refuse_mixture(held: str, held_simulated: bool, campaign: str, simulated: bool) -> None:
    if held != campaign:
        raise StoreConflictError(
            f"这个库属于“{held}”，不能装入“{campaign}”的数据；请用 --store 另指一个目录。"
            f" / This store belongs to campaign {held}, not {campaign}; name another folder with --store."
        )
    if held_simulated != simulated:
        zh, en = ("模拟数据", "simulated") if held_simulated else ("真实数据", "real")
        raise StoreConflictError(
            f"这个库装的是{zh}，模拟数据与真实数据不得混用；请用 --store 另指一个目录。"
            f" / This store holds {en} data; simulated and real data never mix: name another folder with --store."
        )
