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
from etl.act import on_command_line
from etl.command_words import named_campaign, opened_store, system_user, wrong_command
from etl.journal import Journal
from etl.store import Store

DEFAULT_STORE = Path("data/store")
WRONG = 1

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="账号与审计；启动网页用 streamlit run dashboard/app.py"
    " / accounts and the audit; the pages start by streamlit run dashboard/app.py",
)
accounts = typer.Typer(no_args_is_help=True, help="账号 / accounts")
audit = typer.Typer(no_args_is_help=True, help="审计 / the audit")
app.add_typer(accounts, name="accounts")
app.add_typer(audit, name="audit")

AccountArgument = Annotated[str, typer.Argument(help="账号 / account")]
RolesOption = Annotated[list[str], typer.Option("--role", help=f"角色 / role: {', '.join(ROLES)}")]
UnitsOption = Annotated[
    list[str], typer.Option("--unit", help="联络员所属单位，代码或名称 / a liaison's unit, by code or name")
]


@contextmanager
def _acting(
    store: Path, action: str, what: str, **detail: object
) -> Iterator[tuple[sa.Connection, datetime]]:
    """One audited act on the journal; what is wrong with it ends the command."""
    here, now = opened_store(store), shanghai_now()
    journal = Journal(here.journal_url)
    try:
        with journal.writing() as connection:
            yield connection, now
            act = on_command_line(now, action, what, system_user(), **detail)
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
            wrong_command(f"没有填报单位“{text}”；可用：{known} / no reporting unit {text}")
        codes.append(found.code)
    return codes


@accounts.command()
def create(
    account: AccountArgument,
    name: Annotated[str, typer.Option("--name", help="姓名 / name")],
    role: RolesOption,
    unit: UnitsOption = [],  # noqa: B006 - typer reads it, nobody alters it
    simulated: Annotated[
        bool,
        typer.Option("--simulated", help="在模拟数据上也建，此后访客不能再进来 / also on simulated data"),
    ] = False,
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """新建账号，显示一次性初始口令 / a new account; its first password is shown once."""
    if not simulated:
        _refuse_simulated(store)
    password, unit = random_password(account, name), _units(unit, campaign)
    with _acting(store, "account.create", account, roles=",".join(role), units=",".join(unit)) as (
        connection,
        now,
    ):
        held.create(connection, account, name, password, roles=role, units=unit, now=now)
    typer.echo(f"{password}")
    typer.echo(
        "初始口令只显示这一次，首次登录须修改 / shown once; must be changed at the first sign-in", err=True
    )
    typer.echo(f"数据目录 / store: {store.resolve()}", err=True)


def _refuse_simulated(store: Path) -> None:
    """Accounts close a store of simulated data to visitors, which is seldom what somebody means."""
    if not (store / "journal.sqlite").exists():
        return
    journal = Journal(Store(folder=store).journal_url)
    is_simulated = journal.is_simulated()
    journal.close()
    if is_simulated:
        typer.echo(
            f"{store.resolve()} 装的是模拟数据，建了账号，访客就不能再进来看。真实数据请用 --store 或 STORE_DIR"
            " 另指一个目录；确要在这里建，加 --simulated"
            " / this store holds simulated data, and an account would close it to visitors: name another folder by"
            " --store or STORE_DIR, or add --simulated",
            err=True,
        )
        raise typer.Exit(WRONG)


@accounts.command()
def change(
    account: AccountArgument,
    role: RolesOption = [],  # noqa: B006 - as above
    unit: UnitsOption = [],  # noqa: B006 - as above
    active: Annotated[
        bool | None, typer.Option("--active/--stopped", help="启用或停用；不写的保持原样 / in use or not")
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    campaign: CampaignOption = DEFAULT_CAMPAIGN,
) -> None:
    """更改角色、单位或停用，立即生效；不写角色的保持原样 / other roles or units, or a stop, at once; as before where none is named."""
    with _acting(store, "account.change", account, active=active) as (connection, now):
        found = held.find(connection, account)
        before = (found.roles, found.units) if found else ((), ())
        roles, units = (role, _units(unit, campaign)) if role else before
        is_active = found.is_active if found and active is None else bool(active)
        held.change_rights(connection, account, roles=roles, units=units, is_active=is_active, now=now)
        admins = held.admins(connection)
    state = "启用 / in use" if is_active else "已停用 / stopped"
    typer.echo("\t".join([account, ",".join(roles), ",".join(units), state]))
    if not admins:
        typer.echo(
            "注意：现在没有能用的系统管理员账号，页面上无人能管理账号"
            " / note: no administrator is left in use; nobody can manage accounts on the page",
            err=True,
        )


@accounts.command()
def password(account: AccountArgument, store: StoreOption = DEFAULT_STORE) -> None:
    """重置口令，显示一次性口令 / a new password, shown once."""
    new = random_password(account)
    with _acting(store, "account.password", account) as (connection, now):
        held.change_password(connection, account, new, must_change=True, now=now)
    typer.echo(new)


@accounts.command("list")
def list_accounts(store: StoreOption = DEFAULT_STORE) -> None:
    """列出账号 / list the accounts."""
    journal = _existing(store)
    typer.echo("账号\t姓名\t角色\t单位\t状态", err=True)
    for each in held.accounts(journal):
        state = "启用 / in use" if each.is_active else "已停用 / stopped"
        typer.echo("\t".join([each.account_id, each.name, ",".join(each.roles), ",".join(each.units), state]))
    journal.close()


@audit.command()
def verify(store: StoreOption = DEFAULT_STORE) -> None:
    """核验审计记录未被改动；有改动的退出码为1 / prove the audit untouched; exit 1 if not."""
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
