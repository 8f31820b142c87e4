"""Who gets in and who did what: accounts made, changed and stopped; the audit read, verified and taken away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dashboard.access import accounts, visitors
from dashboard.access.accounts import Account, AccountError
from dashboard.access.doors import Doors
from dashboard.access.passwords import random_password, weakness
from dashboard.access.principal import Principal
from dashboard.components import audit_page
from dashboard.queries import acts as held
from dashboard.queries.acts import EVERYTHING, MANAGE, Wanted
from dashboard.services import acts
from etl import audit
from etl.spreadsheet_text import harmless_csv

READ, VERIFY, EXPORT = "page.audit", "audit.verify", "audit.export"
ADMIN, LIAISON = "admin", "liaison"
ON_PAGE = 100
"""Acts shown at once."""
ACCOUNT_ID = re.compile(r"[a-z0-9][a-z0-9._@-]{1,39}")
"""The audit names people by their account: no two that look alike, none that looks like the command line."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An account, and when it last signed in (None for never)."""

    account: Account
    last_sign_in: datetime | None


def list_accounts(here: Doors, principal: Principal) -> list[Listed]:
    """Every account, by its name. Raises RefusedError."""
    acts.allow(here, principal, "page.accounts")
    with here.journal().reading() as connection:
        seen = held.last_sign_ins(connection)
    return [
        Listed(account=each, last_sign_in=seen.get(each.account_id))
        for each in accounts.accounts(here.journal())
    ]


def create_account(
    here: Doors,
    principal: Principal,
    account_id: str,
    name: str,
    *,
    roles: Iterable[str],
    units: Iterable[str] = (),
) -> str:
    """A new account: its first password, told once and changed at the first sign-in.

    Raises RefusedError, AccountError.
    """
    account_id, name = account_id.strip(), " ".join(name.split())
    rights = {"roles": sorted(set(roles)), "units": sorted(set(units))}
    with _managing(here, principal, "create", account_id, name=name, **_told(rights)) as connection:
        _require_account_id(account_id)
        _require_rights(here, **rights)
        password = _first_password(account_id, name)
        accounts.create(connection, account_id, name, password, **rights, now=here.now())
    return password


def change_account(
    here: Doors,
    principal: Principal,
    account_id: str,
    *,
    roles: Iterable[str] | None = None,
    units: Iterable[str] | None = None,
    is_active: bool | None = None,
) -> None:
    """Other roles and units (both or neither), a stop or a new start; at once, in open sessions too.

    What is None stays as it is. Raises RefusedError, AccountError.
    """
    given = {"roles": roles, "units": units}
    rights = {key: sorted(set(values)) for key, values in given.items() if values is not None}
    told = _told(rights) | ({} if is_active is None else {"active": is_active})
    with _managing(here, principal, "change", account_id, **told) as connection:
        account = _require_found(connection, account_id)
        if rights:
            _require_rights(here, **({"roles": account.roles, "units": account.units} | rights))
        kept = {"roles": account.roles, "units": account.units, "is_active": account.is_active} | rights
        kept |= {} if is_active is None else {"is_active": is_active}
        _require_an_admin_left(connection, principal, account, kept)
        accounts.change_rights(connection, account_id, **kept, now=here.now())


def reset_password(here: Doors, principal: Principal, account_id: str) -> str:
    """A new password for somebody who has lost theirs, told once; all their sessions end.

    Raises RefusedError, AccountError.
    """
    with _managing(here, principal, "password", account_id) as connection:
        account = _require_found(connection, account_id)
        if account_id == principal.account_id:
            raise AccountError(
                "自己的口令不在这里重置，请用页面上方的“修改口令”"
                " / your own password is not reset here: use Change password at the top of the page"
            )
        password = _first_password(account_id, account.name)
        accounts.change_password(connection, account_id, password, must_change=True, now=here.now())
    return password


@contextmanager
def _managing(
    here: Doors, principal: Principal, did: str, account_id: str, **told: object
) -> Iterator[sa.Connection]:
    """One audited act on an account; ``did`` says which in the audit. Visitors only look."""
    acts.allow(here, principal, MANAGE, what=account_id)
    if principal.visiting:
        raise AccountError(
            "访客只能查看，不能更改账号；要更改的，请用系统管理员账号登录"
            " / visitors may look but change no account: sign in as an administrator"
        )
    with acts.acting(here, principal, MANAGE, what=account_id, did=did, **told) as connection:
        yield connection


def _told(rights: dict[str, list[str]]) -> dict[str, str]:
    return {key: ",".join(values) for key, values in rights.items()}


def _first_password(account_id: str, name: str) -> str:
    """A random one that does not by chance contain a short account or name."""
    while True:
        password = random_password()
        if weakness(password, account_id=account_id, name=name) is None:
            return password


def _require_account_id(account_id: str) -> None:
    if not ACCOUNT_ID.fullmatch(account_id) or account_id.startswith(f"{visitors.PREFIX}-"):
        raise AccountError(
            f"账号“{account_id}”不可用：应为2至40个小写字母、数字或 . _ - @，以字母或数字开头，不以 visit- 开头，如 zhangsan"
            f" / account {account_id} cannot be used: 2 to 40 small letters, digits or . _ - @,"
            " a letter or digit first, not beginning with visit-, such as zhangsan"
        )


def _require_rights(here: Doors, *, roles: Iterable[str], units: Iterable[str]) -> None:
    """Roles that make sense together with their units."""
    campaign = here.campaign()
    known = {unit.code for unit in (*campaign.reporting_units, campaign.top)}
    unknown = sorted(set(units) - known)
    if not roles:
        raise AccountError("请至少选一个角色 / choose at least one role")
    if unknown:
        raise AccountError(f"没有这样的填报单位：{'、'.join(unknown)} / no such unit: {', '.join(unknown)}")
    if LIAISON in roles and not units:
        raise AccountError("联络员须至少选一个所属单位 / a liaison needs at least one unit")
    if LIAISON not in roles and units:
        raise AccountError("只有联络员有所属单位 / only a liaison has units")


def _require_found(connection: sa.Connection, account_id: str) -> Account:
    account = accounts.find(connection, account_id)
    if account is None:
        raise AccountError(f"没有账号“{account_id}” / no account {account_id}")
    return account


def _require_an_admin_left(
    connection: sa.Connection, principal: Principal, account: Account, kept: dict[str, object]
) -> None:
    """Nobody locks everybody out, or themselves: within the transaction, so that two cannot do it together."""
    if not _is_admin(account.roles, account.is_active) or _is_admin(kept["roles"], kept["is_active"]):
        return
    if accounts.admins(connection) == {account.account_id}:
        raise AccountError(
            f"“{account.account_id}”是最后一个在用的系统管理员，停用或改任后将无人能管理账号；请先新建或启用另一位系统管理员"
            f" / {account.account_id} is the last administrator in use: create or start another one first"
        )
    if account.account_id == principal.account_id:
        raise AccountError(
            "不能停用自己的账号，也不能取消自己的系统管理员角色；请由另一位系统管理员操作"
            " / you cannot stop your own account or give up being administrator: ask another administrator"
        )


def _is_admin(roles: Iterable[str], is_active: bool) -> bool:
    return is_active and ADMIN in roles


def read_acts(
    here: Doors,
    principal: Principal,
    wanted: Wanted = EVERYTHING,
    *,
    before: int | None = None,
    limit: int = ON_PAGE,
) -> list[dict[str, object]]:
    """The latest acts looked for, from before a number where given. Raises RefusedError."""
    acts.allow(here, principal, READ)
    with here.journal().reading() as connection:
        return held.acts(connection, wanted, before=before, limit=limit)


def kinds_of_acts(here: Doors, principal: Principal) -> list[str]:
    """Everything the audit tells of, to choose from. Raises RefusedError."""
    acts.allow(here, principal, READ)
    with here.journal().reading() as connection:
        return held.kinds(connection)


def verify_audit(here: Doors, principal: Principal) -> str | None:
    """Where the audit was tampered with, in both languages; None where it is whole. Raises RefusedError."""
    acts.allow(here, principal, VERIFY)
    with here.journal().reading() as connection:
        fault = audit.first_fault(connection, here.store.audit_key())
    acts.tell(here, principal, VERIFY, "", fault=fault or "")
    return fault


def export_acts(here: Doors, principal: Principal, wanted: Wanted = EVERYTHING) -> str:
    """Every act looked for as CSV in the reader's language; that it was taken away is audited.

    Whoever saves it puts a byte order mark before it. Raises RefusedError.
    """
    acts.allow(here, principal, READ, what=EXPORT)
    with here.journal().reading() as connection:
        rows = held.acts(connection, wanted)
    narrowed = ", ".join(f"{key}={value}" for key, value in vars(wanted).items() if value)
    acts.tell(here, principal, EXPORT, "", acts=len(rows), wanted=narrowed)
    return harmless_csv(audit_page.table(rows))
