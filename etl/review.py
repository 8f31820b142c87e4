"""The review: what became of a submission, and which months take no new revision any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from etl.journal import (
    FROZEN,
    NOT_CURRENT,
    PASSED,
    RECEIVED,
    RETURNED,
    WITHDRAWN,
    FrozenMonthError,
    is_frozen,
)
from etl.journal_tables import MONTH_LOCK, REVIEW, SUBMISSION
from etl.masking import mask_text

FROM = {
    PASSED: {RECEIVED, RETURNED},
    RETURNED: {RECEIVED, PASSED},
    WITHDRAWN: {RECEIVED},
    RECEIVED: {WITHDRAWN},
}
"""From which state a submission may come into another: a mistaken decision can be turned round, by whoever may take it.

What is passed or returned can only be turned round by the review, what is withdrawn only by its sender.
"""
STATE_TITLES = {
    RECEIVED: ("已接收", "received"),
    RETURNED: ("已退回", "returned"),
    PASSED: ("已通过", "passed"),
    FROZEN: ("已冻结", "frozen"),
    WITHDRAWN: ("已撤回", "withdrawn"),
}
DECISION_TITLES = STATE_TITLES | {RECEIVED: ("已恢复", "restored")}
"""A decision is named by the state it led to; back among the received a withdrawn one is restored."""


class ReviewError(Exception):
    """Why a decision cannot be taken, and what to do, in both languages ("zh / en")."""


def decide(
    connection: sa.Connection,
    submission_id: str,
    decision: str,
    *,
    by: str,
    now: datetime,
    reasons: Sequence[Mapping[str, str]] = (),
) -> None:
    """Pass, return, withdraw or restore (RECEIVED) a submission; ``reasons`` are sheet, cell and reason.

    Raises ReviewError where its state does not allow it, FrozenMonthError where its month is frozen.
    """
    row = (
        connection.execute(sa.select(SUBMISSION).where(SUBMISSION.c.submission_id == submission_id))
        .mappings()
        .first()
    )
    if row is None:
        raise ReviewError("没有这份报送 / there is no such submission")
    if is_frozen(connection, row["period"]):
        raise FrozenMonthError(
            f"{row['period']}已冻结，不能再改变审核结果；确需更正的，请管理员先重新开放该月"
            f" / {row['period']} is frozen: an administrator must reopen it first"
        )
    _require_stands(connection, row)
    if row["state"] not in FROM[decision]:
        zh, en = STATE_TITLES[row["state"]]
        raise ReviewError(f"这份报送现为“{zh}”，请刷新页面 / this submission is {en} by now: reload the page")
    connection.execute(
        SUBMISSION.update().where(SUBMISSION.c.submission_id == submission_id).values(state=decision)
    )
    told = [{key: mask_text(text) for key, text in reason.items()} for reason in reasons]
    connection.execute(
        REVIEW.insert().values(
            submission_id=submission_id, decision=decision, reasons=told, decided_by=by, decided_at=now
        )
    )


def _require_stands(connection: sa.Connection, row: sa.RowMapping) -> None:
    """No later revision counts; a return is undone only where nothing but what its sender took back came later."""
    later = sa.select(sa.func.count()).where(
        SUBMISSION.c.unit_code == row["unit_code"],
        SUBMISSION.c.period == row["period"],
        SUBMISSION.c.revision > row["revision"],
        SUBMISSION.c.state != WITHDRAWN
        if row["state"] == RETURNED
        else SUBMISSION.c.state.not_in(NOT_CURRENT),
    )
    if connection.execute(later).scalar_one():
        raise ReviewError(
            "该单位已交来更新的版本，请刷新页面 / there is a later revision by now: reload the page"
        )


def reviews(connection: sa.Connection, submission_ids: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    """The decisions on some submissions in their order, by submission."""
    query = sa.select(REVIEW).where(REVIEW.c.submission_id.in_(submission_ids)).order_by(REVIEW.c.sequence)
    found: dict[str, list[dict[str, object]]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["submission_id"], []).append(dict(row))
    return found


def freeze(connection: sa.Connection, period: str, *, reason: str, by: str, now: datetime) -> None:
    """Lock a month: it takes no new revision and no decision; what was passed is frozen with it.

    Raises ReviewError where it is frozen already, or where something waits for review and no reason is given.
    """
    if is_frozen(connection, period):
        raise ReviewError(f"{period}已经冻结 / {period} is frozen already")
    waiting = waiting_in(connection).get(period, 0)
    if waiting and not reason:
        raise ReviewError(
            f"{period}还有{waiting}份未审核；先审核，或写明为何照样冻结"
            f" / {waiting} submissions of {period} are not reviewed: review them, or say why it is frozen all the same"
        )
    _move(connection, period, PASSED, FROZEN)
    _lock(connection, period, True, reason, by, now)


def reopen(connection: sa.Connection, period: str, *, reason: str, by: str, now: datetime) -> None:
    """Open a frozen month again, for a reason. Raises ReviewError where it is not frozen or no reason is given."""
    if not is_frozen(connection, period):
        raise ReviewError(f"{period}没有冻结 / {period} is not frozen")
    if not reason:
        raise ReviewError("请写明重新开放的理由 / say why it is reopened")
    _move(connection, period, FROZEN, PASSED)
    _lock(connection, period, False, reason, by, now)


def waiting_in(connection: sa.Connection) -> dict[str, int]:
    """How many units' revision that counts waits for a decision, by month, the latest first."""
    latest = (
        sa.select(
            SUBMISSION.c.unit_code, SUBMISSION.c.period, sa.func.max(SUBMISSION.c.revision).label("revision")
        )
        .where(SUBMISSION.c.state.not_in(NOT_CURRENT))
        .group_by(SUBMISSION.c.unit_code, SUBMISSION.c.period)
        .subquery()
    )
    place = ("unit_code", "period", "revision")
    is_latest = sa.and_(*(SUBMISSION.c[name] == latest.c[name] for name in place))
    query = (
        sa.select(SUBMISSION.c.period, sa.func.count())
        .join(latest, is_latest)
        .where(SUBMISSION.c.state == RECEIVED)
        .group_by(SUBMISSION.c.period)
        .order_by(SUBMISSION.c.period.desc())
    )
    return dict(connection.execute(query).all())


def locks(connection: sa.Connection) -> list[dict[str, object]]:
    """Freezings and reopenings in their order."""
    return [
        dict(row)
        for row in connection.execute(sa.select(MONTH_LOCK).order_by(MONTH_LOCK.c.sequence)).mappings()
    ]


def _move(connection: sa.Connection, period: str, old: str, new: str) -> None:
    of_month = (SUBMISSION.c.period == period) & (SUBMISSION.c.state == old)
    connection.execute(SUBMISSION.update().where(of_month).values(state=new))


def _lock(
    connection: sa.Connection, period: str, is_locked: bool, reason: str, by: str, now: datetime
) -> None:
    connection.execute(
        MONTH_LOCK.insert().values(
            period=period, is_frozen=is_locked, reason=mask_text(reason), decided_by=by, decided_at=now
        )
    )
