"""Sessions on the server: started at sign-in, looked up at every message, ended at once where somebody says so."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from dashboard.access.accounts import Account
from dashboard.access.accounts import find as find_account
from dashboard.access.principal import Principal
from etl.journal import Journal
from etl.journal_tables import SESSION

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=10)
"""A session ends half an hour after its last message and ten hours after its first: 设定值."""
SEEN_EVERY = timedelta(seconds=30)
"""How often a session's last message is written down; messages come by the second."""


def session_hash(secret: str) -> str:
    """What is kept of a session's secret, and its name everywhere but in the cookie."""
    return hashlib.sha256(secret.encode()).hexdigest()


def start(connection: sa.Connection, account_id: str, *, address: str, now: datetime) -> str:
    """A new session of an account: its secret, for the cookie alone."""
    secret = secrets.token_urlsafe(32)
    connection.execute(
        SESSION.insert().values(
            session_hash=session_hash(secret),
            account_id=account_id,
            started_at=now,
            seen_at=now,
            ended_at=None,
            address=address,
        )
    )
    return secret


def end(connection: sa.Connection, session: str, *, now: datetime) -> None:
    """End a session (by its hash); its next message is refused."""
    connection.execute(SESSION.update().where(SESSION.c.session_hash == session).values(ended_at=now))


def principal_of(
    journal: Journal, session: str, *, address: str | None = None, now: datetime
) -> Principal | None:
    """Who a session (by its hash) belongs to, as their account stands now; None once it has ended.

    ``address`` is where this request comes from; where it cannot be told, it is the one the session began at.
    """
    with journal.reading() as connection:
        row = (
            connection.execute(sa.select(SESSION).where(SESSION.c.session_hash == session)).mappings().first()
        )
        if row is None or not _is_open(row, now):
            return None
        account = find_account(connection, row["account_id"])
    if account is None or not account.is_active:
        return None
    if now - row["seen_at"] >= SEEN_EVERY:
        with journal.writing() as connection:
            connection.execute(SESSION.update().where(SESSION.c.session_hash == session).values(seen_at=now))
    return Principal(
        account_id=account.account_id,
        name=account.name,
        roles=_roles(account),
        units=frozenset(account.units),
        session=session,
        address=row["address"] if address is None else address,
        must_change_password=account.must_change_password,
    )


def _roles(account: Account) -> frozenset[str]:
    """An account from before the two were kept apart hands in, and reviews nothing."""
    roles = frozenset(account.roles)
    return roles - {"reviewer"} if "liaison" in roles else roles


def _is_open(row: sa.RowMapping, now: datetime) -> bool:
    return row["ended_at"] is None and now - row["seen_at"] < IDLE and now - row["started_at"] < LONGEST
