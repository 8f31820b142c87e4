"""The journal: what happened, in the order it happened. Its one transaction is the moment of acceptance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

SCHEMA_VERSION = 1

RECEIVED, RETURNED, PASSED, FROZEN = "received", "returned", "passed", "frozen"
"""States of a submission: 已接收 · 已退回 · 已通过 · 已冻结."""

METADATA = sa.MetaData()

STORE = sa.Table(
    "store",
    METADATA,
    sa.Column("campaign", sa.String, primary_key=True),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("schema_version", sa.Integer, nullable=False),
    sa.Column("made_at", sa.DateTime, nullable=False),
)

SUBMISSION = sa.Table(
    "submission",
    METADATA,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("submission_id", sa.String, nullable=False, unique=True),
    sa.Column("unit_code", sa.String, nullable=False),
    sa.Column("period", sa.String, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("file_name", sa.String, nullable=False),
    sa.Column("received_at", sa.DateTime, nullable=False),
    sa.Column("received_by", sa.String, nullable=False),
    sa.Column("data_from", sa.Date, nullable=False),
    sa.Column("data_to", sa.Date, nullable=False),
    sa.Column("cover", sa.JSON, nullable=False),
    sa.Column("findings", sa.JSON, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.UniqueConstraint("unit_code", "period", "revision"),
    sa.UniqueConstraint("unit_code", "period", "sha256"),
)

SUBMITTED_SHEET = sa.Table(
    "submitted_sheet",
    METADATA,
    sa.Column("submission_id", sa.String, sa.ForeignKey("submission.submission_id"), primary_key=True),
    sa.Column("sheet", sa.String, primary_key=True),
    sa.Column("content", sa.String, nullable=False),
    sa.Column("row_count", sa.Integer, nullable=False),
    sa.Column("path", sa.String, nullable=True),
)


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


class StoreConflictError(Exception):
    """A store of another campaign, or one where simulated and real data would mix; says the way out."""


class Journal:
    """The journal behind a URL; SQLite with a write-ahead log by default, PostgreSQL by URL."""

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url, connect_args={"timeout": 60} if url.startswith("sqlite") else {})
        if url.startswith("sqlite"):
            sa.event.listen(self._engine, "connect", _prepare_sqlite)
            sa.event.listen(self._engine, "begin", _begin_sqlite)
        if not sa.inspect(self._engine).has_table(SUBMITTED_SHEET.name):
            # Within the lock, so that two processes that meet an empty store make its tables once.
            with self._writing() as connection:
                METADATA.create_all(connection)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def claim(self, campaign: str, *, simulated: bool, now: datetime) -> None:
        """Make the store this campaign's, simulated or real, or refuse if it is another's."""
        with self._writing() as connection:
            held = connection.execute(sa.select(STORE)).mappings().first()
            if held is None:
                connection.execute(
                    STORE.insert().values(
                        campaign=campaign, simulated=simulated, schema_version=SCHEMA_VERSION, made_at=now
                    )
                )
                return
        _refuse_mixture(held["campaign"], bool(held["simulated"]), campaign, simulated)

    def is_simulated(self) -> bool | None:
        """Whether the store holds simulated data; None before anything was put in."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(STORE.c.simulated)).scalar()

    def campaign(self) -> str | None:
        """The campaign the store belongs to; None before anything was put in."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(STORE.c.campaign)).scalar()

    def record(self, values: dict[str, Any], sheets: Sequence[SubmittedSheet]) -> tuple[int, bool]:
        """Accept a submission in one transaction.

        Returns its revision and whether it is new: the same bytes for the same unit and month were
        accepted before and keep the revision they got then.
        """
        of_unit = (SUBMISSION.c.unit_code == values["unit_code"]) & (SUBMISSION.c.period == values["period"])
        with self._writing() as connection:
            earlier = connection.execute(
                sa.select(SUBMISSION.c.revision, SUBMISSION.c.sha256).where(of_unit)
            ).all()
            for revision, sha256 in earlier:
                if sha256 == values["sha256"]:
                    return revision, False
            revision = max((number for number, _ in earlier), default=0) + 1
            connection.execute(SUBMISSION.insert().values(**values, revision=revision, state=RECEIVED))
            connection.execute(
                SUBMITTED_SHEET.insert(),
                [{"submission_id": values["submission_id"], **vars(sheet)} for sheet in sheets],
            )
        return revision, True

    def find(self, unit_code: str, period: str, sha256: str) -> tuple[int, str] | None:
        """Revision and state under which these bytes were accepted for this unit and month, if they were."""
        with self._engine.connect() as connection:
            found = connection.execute(
                sa.select(SUBMISSION.c.revision, SUBMISSION.c.state).where(
                    SUBMISSION.c.unit_code == unit_code,
                    SUBMISSION.c.period == period,
                    SUBMISSION.c.sha256 == sha256,
                )
            ).first()
        return None if found is None else (found.revision, found.state)

    def submissions(self, *, unit_code: str | None = None, period: str | None = None) -> list[Submission]:
        """Every submission in order of acceptance, narrowed to a unit or a month where given."""
        query = sa.select(SUBMISSION).order_by(SUBMISSION.c.sequence)
        if unit_code is not None:
            query = query.where(SUBMISSION.c.unit_code == unit_code)
        if period is not None:
            query = query.where(SUBMISSION.c.period == period)
        chosen = query.with_only_columns(SUBMISSION.c.submission_id)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
            sheets: dict[str, list[SubmittedSheet]] = {}
            sheet_query = sa.select(SUBMITTED_SHEET).where(
                SUBMITTED_SHEET.c.submission_id.in_(chosen.order_by(None))
            )
            for row in connection.execute(sheet_query).mappings():
                fields = {key: value for key, value in row.items() if key != "submission_id"}
                sheets.setdefault(row["submission_id"], []).append(SubmittedSheet(**fields))
        return [Submission(**row, sheets=tuple(sheets.get(row["submission_id"], ()))) for row in rows]

    def _writing(self) -> sa.engine.base.Engine._trans_ctx:  # type: ignore[name-defined]
        return self._engine.execution_options(writes=True).begin()


def current(submissions: Sequence[Submission]) -> dict[tuple[str, str], Submission]:
    """The current revision of each unit and month: the latest that was not returned."""
    latest: dict[tuple[str, str], Submission] = {}
    for submission in sorted(submissions, key=lambda item: item.revision):
        if submission.state != RETURNED:
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
            f"这个库属于“{held}”,不能装入“{campaign}”的数据;请用 --store 另指一个目录。"
            f" / This store belongs to campaign {held}, not {campaign}; name another folder with --store."
        )
    if held_simulated != simulated:
        zh, en = ("模拟数据", "simulated") if held_simulated else ("真实数据", "real")
        raise StoreConflictError(
            f"这个库装的是{zh},模拟数据与真实数据不得混用;请用 --store 另指一个目录。"
            f" / This store holds {en} data; simulated and real data never mix: name another folder with --store."
        )
