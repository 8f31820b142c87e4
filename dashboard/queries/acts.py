"""What the journal says of people: the audit narrowed down, and who signed in last when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from etl.journal_tables import ACCOUNT, AUDIT, SESSION

MANAGE = "account.manage"
DID = AUDIT.c.detail["did"].as_string()
ACT = sa.case(((AUDIT.c.action == MANAGE) & DID.is_not(None), "account." + DID), else_=AUDIT.c.action)
"""What was done: the action, or, of an account, which act of it; named alike from the page and the command line."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which acts are looked for; what is empty narrows nothing.

    ``who`` is a part of an account or of its holder's name, ``act`` what was done (one of ``kinds``), ``what`` a
    part of what it was done to; ``first`` and ``last`` are days of Shanghai, both included.
    """

    who: str = ""
    act: str = ""
    what: str = ""
    outcome: str = ""
    first: date | None = None
    last: date | None = None


EVERYTHING = Wanted()


def acts(
    connection: sa.Connection, wanted: Wanted, *, before: int | None = None, limit: int | None = None
) -> list[dict[str, object]]:
    """The acts looked for, latest first, each with its ``act`` and the account's ``name``, None where there is none."""
    query = (
        sa.select(
            *(column for column in AUDIT.c if column is not AUDIT.c.seal), ACCOUNT.c.name, ACT.label("act")
        )
        .select_from(AUDIT.outerjoin(ACCOUNT, ACCOUNT.c.account_id == AUDIT.c.who))
        .where(*_conditions(wanted))
        .order_by(AUDIT.c.sequence.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(AUDIT.c.sequence < before)
    return [dict(row) for row in connection.execute(query).mappings()]


def _conditions(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.who:
        yield AUDIT.c.who.icontains(wanted.who, autoescape=True) | ACCOUNT.c.name.icontains(
            wanted.who, autoescape=True
        )
    if wanted.act:
        yield wanted.act == ACT
    if wanted.what:
        yield AUDIT.c.object.icontains(wanted.what, autoescape=True)
    if wanted.outcome:
        yield AUDIT.c.outcome == wanted.outcome
    if wanted.first:
        yield AUDIT.c.at >= datetime.combine(wanted.first, time.min)
    if wanted.last:
        yield AUDIT.c.at < datetime.combine(wanted.last + timedelta(days=1), time.min)


def kinds(connection: sa.Connection) -> list[str]:
    """Everything that somebody has done or was refused, once."""
    return list(connection.execute(sa.select(ACT).distinct().order_by(ACT)).scalars())


def last_sign_ins(connection: sa.Connection) -> dict[str, datetime]:
    """When each account last signed in, by account; one that never did is left out."""
    query = sa.select(SESSION.c.account_id, sa.func.max(SESSION.c.started_at)).group_by(SESSION.c.account_id)
    return dict(connection.execute(query).all())
