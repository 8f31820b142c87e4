"""The command line of the dashboard: accounts, and the proof that the audit is untouched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

from dashboard.access import accounts as held
from dashboard.access.accounts import AccountError
from dashboard.access.passwords import random_password
from dashboard.access.permissions import ROLES
from etl import audit as acts
from etl.__main__ import DEFAULT_CAMPAIGN, CampaignOption, StoreOption, shanghai_now
from etl.command_words import named_campaign, system_user, wrong_command
from etl.journal import Journal
from etl.store import Store

DEFAULT_STORE = Path("data/store")
WRONG = 1

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="账号与审计 / accounts and the audit",
)
accounts = typer.Typer(no_args_is_help=True, help="账号 / accounts")
audit = typer.Typer(no_args_is_help=True, help="审计 / the audit")
app.add_typer(accounts, name="accounts")
app.add_typer(audit, name="audit")

AccountArgument = Annotated[str, typer.Argument(help="账号 / account")]
RolesOption = Annotated[list[str], typer.Option("--role", help=f"角色 / role: {', '.join(ROLES)}")]
UnitsOption = Annotated[list[str], typer.Option("--unit", help="联络员所属单位代码 / a liaison's unit code")]


@contextmanager
def _acting(
    store: Path, action: str, what: str, **detail: object
) -> Iterator[tuple[sa.Connection, datetime]]:
    """One audited act on the journal; what is wrong with it ends the command."""
    here, now = Store(folder=store), shanghai_now()
    store.mkdir(parents=True, exist_ok=True)
    journal = Journal(here.journal_url)
    try:
        with journal.writing() as connection:
            yield connection, now
            act = acts.on_command_line(now, action, what, system_user(), **detail)
            acts.append(connection, here.audit_key(), act)
    except AccountError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG) from None
    finally:
        journal.close()


def _units(named: list[str], campaign: str) -> list[str]:
    """Codes of the units named by code or name; one that does not report ends the command."""
    chosen, codes = named_campaign(campaign), []
    for text in named:
        found = chosen.find_unit(text, (*chosen.reporting_units, chosen.top)).unit
        if found is None:
            known = "、".join(each.short_name for each in chosen.reporting_units)
            wrong_command(f"没有填报单位“{text}”;可用:{known} / no reporting unit {text}")
        codes.append(found.code)
    return codes


@accounts.command()
def create(
    account: AccountArgument,
    name: Annotated[str, typer.Option("--name", help="姓名 / name")],
    role: RolesOption,
    unit: UnitsOption = [],  # noqa: B006 - typer reads it, nobody alters it
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """新建账号,显示一次性初始口令 / a new account; its first password is shown once."""
    password, unit = random_password(account, name), _units(unit, campaign)
    with _acting(store, "account.create", account, roles=",".join(role), units=",".join(unit)) as (
        connection,
        now,
    ):
        held.create(connection, account, name, password, roles=role, units=unit, now=now)
    typer.echo(f"{password}")
    typer.echo(
        "初始口令只显示这一次,首次登录须修改 / shown once; must be changed at the first sign-in", err=True
    )


@accounts.command()
def change(
    account: AccountArgument,
    role: RolesOption = [],  # noqa: B006 - as above
    unit: UnitsOption = [],  # noqa: B006 - as above
    active: Annotated[bool, typer.Option("--active/--stopped", help="启用或停用 / in use or not")] = True,
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """更改角色、单位或停用,立即生效;不写角色的保持原样 / other roles or units, or a stop, at once; as before where none is named."""
    with _acting(store, "account.change", account, active=active) as (connection, _):
        found = held.find(connection, account)
        before = (found.roles, found.units) if found else ((), ())
        roles, units = (role, _units(unit, campaign)) if role else before
        held.change_rights(connection, account, roles=roles, units=units, is_active=active)


@accounts.command()
def password(account: AccountArgument, store: StoreOption = DEFAULT_STORE) -> None:
    """重置口令,显示一次性口令 / a new password, shown once."""
    new = random_password(account)
    with _acting(store, "account.password", account) as (connection, now):
        held.change_password(connection, account, new, must_change=True, now=now)
    typer.echo(new)


@accounts.command("list")
def list_accounts(store: StoreOption = DEFAULT_STORE) -> None:
    """列出账号 / list the accounts."""
    journal = _existing(store)
    for each in held.accounts(journal):
        state = "" if each.is_active else "已停用 / stopped"
        typer.echo("\t".join([each.account_id, each.name, ",".join(each.roles), ",".join(each.units), state]))
    journal.close()


@audit.command()
def verify(store: StoreOption = DEFAULT_STORE) -> None:
    """核验审计记录未被改动;有改动的退出码为1 / prove the audit untouched; exit 1 if not."""
    journal = _existing(store)
    with journal.reading() as connection:
        fault = acts.first_fault(connection, Store(folder=store).audit_key())
    journal.close()
    typer.echo(fault or "审计记录完整 / the audit is whole")
    raise typer.Exit(WRONG if fault else 0)


def _existing(store: Path) -> Journal:
    if not (store / "journal.sqlite").exists():
        typer.echo(f"{store} 中没有库 / there is no store in {store}", err=True)
        raise typer.Exit(WRONG)
    return Journal(Store(folder=store).journal_url)


if __name__ == "__main__":
    app()
