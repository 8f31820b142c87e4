"""Accounts in the journal: who there is, what they may be, how often they got their password wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from dashboard.access.passwords import hashed, matches, weakness
from dashboard.access.permissions import ROLES
from dashboard.i18n import t
from etl.journal import Journal
from etl.journal_tables import ACCOUNT, SESSION

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Account:
    """One person's account; ``units`` are the codes of the units a liaison reports for."""

    account_id: str
    name: str
    roles: tuple[str, ...]
    units: tuple[str, ...]
    is_active: bool
    must_change_password: bool
    locked_until: datetime | None


class AccountError(Exception):
    """What is wrong with an account or a password, and how to mend it, in both languages."""


SHOWN = [ACCOUNT.c[name] for name in Account.__dataclass_fields__]


def first_account() -> str:
    """The command that makes the first account of a store, as pages tell it that nobody can sign in to yet."""
    return f"python -m dashboard accounts create zhangsan --name {t('张三')} --role admin"


def accounts(journal: Journal) -> list[Account]:
    """All of them, by account."""
    with journal.reading() as connection:
        rows = connection.execute(sa.select(*SHOWN).order_by(ACCOUNT.c.account_id)).mappings().all()
    return [_account(row) for row in rows]


def find(connection: sa.Connection, account_id: str) -> Account | None:
    """The account of this name."""
    row = connection.execute(sa.select(*SHOWN).where(ACCOUNT.c.account_id == account_id)).mappings().first()
    return None if row is None else _account(row)


def admins(connection: sa.Connection) -> set[str]:
    """The accounts of administrators in use."""
    rows = connection.execute(sa.select(ACCOUNT.c.account_id, ACCOUNT.c.roles).where(ACCOUNT.c.is_active))
    return {row.account_id for row in rows if "admin" in row.roles}


def _account(row: Mapping[str, object]) -> Account:
    return Account(**{**row, "roles": tuple(row["roles"]), "units": tuple(row["units"])})


def create(
    connection: sa.Connection,
    account_id: str,
    name: str,
    password: str,
    *,
    roles: Iterable[str],
    units: Iterable[str],
    now: datetime,
) -> None:
    """A new account, whose password must be changed at the first sign-in. Raises AccountError."""
    if find(connection, account_id):
        raise AccountError(f"账号“{account_id}”已存在 / account {account_id} exists")
    if not account_id.strip() or not name.strip():
        raise AccountError("账号与姓名不能为空 / an account needs a name")
    connection.execute(
        ACCOUNT.insert().values(
            account_id=account_id,
            name=name,
            password_hash=_checked(password, account_id, name),
            **_rights(roles, units),
            is_active=True,
            must_change_password=True,
            failures=0,
            locked_until=None,
            made_at=now,
        )
    )


def _checked(password: str, account_id: str, name: str) -> str:
    weak = weakness(password, account_id=account_id, name=name)
    if weak:
        raise AccountError(weak)
    return hashed(password)


def _rights(roles: Iterable[str], units: Iterable[str]) -> dict[str, list[str]]:
    unknown = set(roles) - set(ROLES)
    if unknown:
        known = "、".join(ROLES)
        raise AccountError(
            f"没有这样的角色：{'、'.join(sorted(unknown))}；可用：{known}"
            f" / no such role: {', '.join(sorted(unknown))}; roles: {', '.join(ROLES)}"
        )
    if ("liaison" in roles) != bool(set(units)):
        raise AccountError(
            "联络员须用 --unit 写明所属单位，其他角色不写 / a liaison needs a unit, nobody else has one"
        )
    if {"liaison", "reviewer"} <= set(roles):
        raise AccountError(
            "填报与审核须由不同的人担任，联络员不能同时是审核人员 / nobody reviews what they hand in: liaison and reviewer are two people"
        )
    return {"roles": sorted(set(roles)), "units": sorted(set(units))}


def change_rights(
    connection: sa.Connection,
    account_id: str,
    *,
    roles: Iterable[str],
    units: Iterable[str],
    is_active: bool,
    now: datetime,
) -> None:
    """Other roles, units or a stop; sessions feel it with their next message. Raises AccountError.

    A stop ends open sessions for good: starting the account again does not revive them.
    """
    _require_found(connection, account_id)
    # Rights that make no sense, or no more, do not keep an account in use.
    rights = (
        _rights(roles, units) if is_active else {"roles": sorted(set(roles)), "units": sorted(set(units))}
    )
    values = {**rights, "is_active": is_active}
    connection.execute(ACCOUNT.update().where(ACCOUNT.c.account_id == account_id).values(**values))
    if not is_active:
        _end_sessions(connection, account_id, now)


def change_password(
    connection: sa.Connection, account_id: str, password: str, *, must_change: bool, now: datetime
) -> None:
    """Another password; every session of the account ends. Raises AccountError."""
    held = _require_found(connection, account_id)
    values = {
        "password_hash": _checked(password, account_id, held.name),
        "must_change_password": must_change,
        "failures": 0,
        "locked_until": None,
    }
    connection.execute(ACCOUNT.update().where(ACCOUNT.c.account_id == account_id).values(**values))
    _end_sessions(connection, account_id, now)


def _end_sessions(connection: sa.Connection, account_id: str, now: datetime) -> None:
    of_account = (SESSION.c.account_id == account_id) & SESSION.c.ended_at.is_(None)
    connection.execute(SESSION.update().where(of_account).values(ended_at=now))


def _require_found(connection: sa.Connection, account_id: str) -> Account:
    held = find(connection, account_id)
    if held is None:
        raise AccountError(f"没有账号“{account_id}” / no account {account_id}")
    return held


def signs_in(journal: Journal, account_id: str, password: str, *, now: datetime) -> Account | None:
    """The account whose password this is; None for a wrong one, a stopped or a locked account.

    Five wrong ones in a row lock an account for 15 minutes. All take equally long.
    """
    with journal.reading() as connection:
        query = sa.select(ACCOUNT.c.password_hash).where(ACCOUNT.c.account_id == account_id)
        kept = connection.execute(query).scalar()
    right = matches(kept, password)
    with journal.writing() as connection:
        held = find(connection, account_id)
        if held is None or not held.is_active or (held.locked_until and held.locked_until > now):
            return None
        of_account = ACCOUNT.update().where(ACCOUNT.c.account_id == account_id)
        if right:
            connection.execute(of_account.values(failures=0, locked_until=None))
            return held
        failures = (
            connection.execute(
                sa.select(ACCOUNT.c.failures).where(ACCOUNT.c.account_id == account_id)
            ).scalar_one()
            + 1
        )
        locks = failures >= FAILURES_ALLOWED
        connection.execute(
            of_account.values(
                failures=0 if locks else failures, locked_until=now + LOCKED_FOR if locks else None
            )
        )
    return None
