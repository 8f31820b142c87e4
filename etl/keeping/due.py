"""Which files as received may go by now, and which stay and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from etl.journal import NOT_CURRENT, RECEIVED, frozen_months
from etl.journal_tables import ATTACHMENT, AUDIT, DRAFT, SUBMISSION

SHANGHAI = ZoneInfo("Asia/Shanghai")
GRACE = timedelta(days=1)
"""Bytes brought more recently may be somebody's who is handing in at this moment: nothing names them yet."""
_NAME = re.compile(r"(?P<sha256>[0-9a-f]{64})(\.xlsx)?")

Stays = Literal["attached", "recent", "draft", "waiting", "open"]
"""Why a file stays: attached to a month, not past its days, a draft's, waiting for review, of a month not frozen."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """One file as received, and when it was last brought (Asia/Shanghai).

    ``sha256`` is empty for what a killed upload has left.
    """

    path: Path
    sha256: str
    brought_at: datetime


@dataclass(frozen=True, kw_only=True)
class Due:
    """What goes: workbooks of submissions and drafts, files nothing names, drafts (unit, month, sha256).

    ``kept`` counts what is past its days and stays, by reason.
    """

    workbooks: tuple[Held, ...]
    orphans: tuple[Held, ...]
    drafts: tuple[tuple[str, str, str], ...]
    kept: Mapping[Stays, int]


def held_in(received: Sequence[tuple[Path, float]]) -> list[Held]:
    """Files and the seconds since 1970 at which they were brought, as a purge looks at them."""
    return [
        Held(
            path=path,
            sha256=name["sha256"] if (name := _NAME.fullmatch(path.name)) else "",
            brought_at=datetime.fromtimestamp(seconds, SHANGHAI).replace(tzinfo=None),
        )
        for path, seconds in received
    ]


def due(connection: sa.Connection, held: Sequence[Held], days: int, now: datetime) -> Due:
    """What may go of the files held once ``days`` have passed, as the journal stands."""
    cutoff = now - timedelta(days=days)
    drafts = tuple(_untouched(connection, cutoff))
    stays: dict[str, set[Stays | None]] = {}
    named = (
        *_of_submissions(connection, cutoff),
        *_of_drafts(connection, drafts),
        *((sha256, "attached") for sha256 in _attached(connection)),
    )
    for sha256, reason in named:
        stays.setdefault(sha256, set()).add(reason)
    free = [each for each in held if each.brought_at <= now - GRACE]
    kept = Counter(_reason(stays[each.sha256]) for each in free if each.sha256 in stays)
    return Due(
        workbooks=tuple(each for each in free if stays.get(each.sha256) == {None}),
        orphans=tuple(each for each in free if each.sha256 not in stays),
        drafts=drafts,
        kept=kept,
    )


def _attached(connection: sa.Connection) -> Iterator[str]:
    query = sa.select(ATTACHMENT.c.sha256).where(ATTACHMENT.c.removed_at.is_(None))
    return iter(connection.scalars(query))


def _reason(reasons: set[Stays | None]) -> Stays | None:
    """Why a file stays that several submissions and drafts may name: one of them is enough."""
    return next(
        (each for each in ("attached", "recent", "draft", "waiting", "open") if each in reasons), None
    )


def _of_submissions(connection: sa.Connection, cutoff: datetime) -> Iterator[tuple[str, Stays | None]]:
    """The sha256 of every submission, and why it stays.

    A frozen month takes no decision: everything goes with it, what was frozen unreviewed too.
    """
    columns = (SUBMISSION.c[name] for name in ("sha256", "unit_code", "period", "state", "received_at"))
    rows = connection.execute(sa.select(*columns).order_by(SUBMISSION.c.revision)).all()
    frozen = frozen_months(connection)
    current = {(row.unit_code, row.period): row for row in rows if row.state not in NOT_CURRENT}
    for row in rows:
        if row.received_at > cutoff:
            yield row.sha256, "recent"
        elif row.period in frozen:
            yield row.sha256, None
        elif row.state == RECEIVED and current[row.unit_code, row.period] is row:
            yield row.sha256, "waiting"
        else:
            yield row.sha256, "open"


def _of_drafts(
    connection: sa.Connection, untouched: Sequence[tuple[str, str, str]]
) -> Iterator[tuple[str, Stays | None]]:
    going = {(unit_code, period) for unit_code, period, _ in untouched}
    for row in connection.execute(sa.select(DRAFT.c.sha256, DRAFT.c.unit_code, DRAFT.c.period)):
        yield row.sha256, None if (row.unit_code, row.period) in going else "draft"


def _untouched(connection: sa.Connection, cutoff: datetime) -> Iterator[tuple[str, str, str]]:
    """Drafts nobody has uploaded, explained or otherwise worked on since: unit, month, sha256."""
    columns = (DRAFT.c.unit_code, DRAFT.c.period, DRAFT.c.sha256)
    query = (
        sa.select(*columns).where(DRAFT.c.uploaded_at <= cutoff).order_by(DRAFT.c.unit_code, DRAFT.c.period)
    )
    for row in connection.execute(query).all():
        touched = sa.select(AUDIT.c.sequence).where(
            AUDIT.c.object == f"{row.unit_code} {row.period}", AUDIT.c.outcome == "done", AUDIT.c.at > cutoff
        )
        if connection.execute(touched.limit(1)).first() is None:
            yield row.unit_code, row.period, row.sha256
