"""Accounts on the page: who there is, the fields to make and change one, what each role may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import escape

import polars as pl
import streamlit as st

from dashboard import format
from dashboard.access.accounts import Account
from dashboard.access.permissions import PERMISSIONS, ROLES
from dashboard.components import block
from dashboard.components.audit_page import role_titles
from dashboard.components.person import ROLE_TITLES
from dashboard.i18n import LANGUAGE, clauses, deferred, listed, of, opening, spoken, t
from dashboard.services.people import ADMIN, LIAISON, Listed
from etl.campaign import Campaign

NEW_ACCOUNT, NEW_NAME, NEW_ROLES, NEW_UNITS = "new_account", "new_name", "new_roles", "new_units"
PICKED, TOLD = "picked_account", "accounts_told"
"""Keys of the session: what stands in the fields, and what the last press of a button has to say."""
REACHES = {"all": deferred("全部"), "own": deferred("本单位")}

Names = Mapping[str, str]
Act = Callable[..., None]


def unit_names(campaign: Campaign) -> dict[str, str]:
    """Those who hand in by code, in the reader's language, the top with its register; known before any figure is."""
    field = "name_en" if LANGUAGE.get() == "en" else "short_name"
    return {unit.code: getattr(unit, field) for unit in (*campaign.reporting_units, campaign.top)}


def sentence(held: Sequence[Listed]) -> str:
    """How many may come in, and how many of them may let others in."""
    used = [each.account for each in held if each.account.is_active]
    admins = sum(ADMIN in account.roles for account in used)
    stopped = len(held) - len(used)
    told = [
        t("{count}个账号在用，其中系统管理员{admins}人", count=len(used), admins=admins),
        t("{count}个已停用", count=stopped) if stopped else "",
    ]
    return escape(clauses(told) if held else t("还没有账号"))


def body(held: Sequence[Listed], names: Names, now: datetime) -> str:
    """A line an account."""
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in _titles())
    lines = "".join(_line(each, names, now) for each in held)
    return (
        f'<div class="people-scroll" tabindex="0"><table class="people-table accounts-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _titles() -> list[str]:
    return [t("账号"), t("姓名"), t("角色"), t("单位"), t("状态"), t("锁定至"), t("最近登录")]


def _texts(each: Listed, names: Names, now: datetime) -> list[str]:
    account = each.account
    locked = account.locked_until if account.locked_until and account.locked_until > now else None
    return [
        account.account_id,
        account.name,
        role_titles(account.roles),
        listed([names.get(code, code) for code in account.units]),
        t(_state(account)),
        _moment(locked),
        _moment(each.last_sign_in),
    ]


def _state(account: Account) -> str:
    if not account.is_active:
        return deferred("已停用")
    return deferred("待改初始口令") if account.must_change_password else deferred("在用")


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def _line(each: Listed, names: Names, now: datetime) -> str:
    cells = "".join(
        f'<td class="{css}" data-label="{escape(title)}"{"" if text else " data-empty"}>{escape(text or format.MISSING)}</td>'
        for css, title, text in zip(
            ("account", "name", "roles", "units", "state", "locked", "seen"),
            _titles(),
            _texts(each, names, now),
            strict=True,
        )
    )
    return f"<tr{'' if each.account.is_active else ' class=stopped'}>{cells}</tr>"


def table(held: Sequence[Listed], names: Names, now: datetime) -> pl.DataFrame:
    """The accounts as they are taken away."""
    rows = [_texts(each, names, now) for each in held]
    return pl.DataFrame(rows, schema=dict.fromkeys(_titles(), pl.String), orient="row")


def remember(account_id: str, *, error: Exception | None = None, password: str | None = None) -> None:
    """Keep what a press of a button has to say until the page is drawn, and no longer."""
    st.session_state[TOLD] = {
        "account": account_id,
        "error": str(error) if error else "",
        "password": password or "",
    }


def told() -> None:
    """What the last press of a button has to say; a first password is shown this once."""
    said = st.session_state.pop(TOLD, None)
    if said is None:
        return
    if said["error"]:
        html = f'<p class="missed" role="alert">{escape(spoken(Exception(said["error"])))}</p>'
    elif said["password"]:
        html = _password_box(said["account"], said["password"])
    else:
        html = f'<p role="status">{escape(t("“{account}”已更改，立即生效。", account=said["account"]))}</p>'
    block.show(f'<div class="people-told" data-arrive>{html}</div>', key="accounts_told_box")


def _password_box(account_id: str, password: str) -> str:
    title = t("“{account}”的一次性口令", account=account_id)
    note = t("只显示这一次，离开或操作本页后不再出现。请当面或电话告知本人；首次登录须修改。")
    return (
        f'<p role="status"><b>{escape(title)}</b></p><div class="people-password">'
        f'<textarea readonly rows="1" aria-label="{escape(title)}">{escape(password)}</textarea>'
        f'<button type="button" data-copy="{escape(t("已复制"))}">{escape(t("复制"))}</button></div>'
        f"<p>{escape(note)}</p>"
    )


def new_fields(names: Names, create: Act, *, disabled: bool) -> None:
    """The fields of a new account; ``create`` is called with what stands in them in the session."""
    left, right = st.columns(2, gap="small")
    plain = {"disabled": disabled, "autocomplete": "off"}
    left.text_input(t("账号"), key=NEW_ACCOUNT, max_chars=40, placeholder="zhangsan", **plain)
    right.text_input(t("姓名"), key=NEW_NAME, max_chars=40, **plain)
    _rights(names, NEW_ROLES, NEW_UNITS, disabled=disabled)
    st.button(t("新建账号"), key="create_account", type="primary", on_click=create, disabled=disabled)


def clear_new_fields() -> None:
    """Empty fields for the next account."""
    for key in (NEW_ACCOUNT, NEW_NAME):
        st.session_state[key] = ""
    for key in (NEW_ROLES, NEW_UNITS):
        st.session_state[key] = []


def _rights(names: Names, roles_key: str, units_key: str, *, disabled: bool) -> None:
    """Roles, and for a liaison the units reported for."""
    choice = {"select_all": False, "disabled": disabled, "placeholder": t("请选择")}
    roles = st.multiselect(
        t("角色"), ROLES, key=roles_key, format_func=lambda role: t(ROLE_TITLES[role]), **choice
    )
    if LIAISON in roles:
        st.multiselect(
            t("单位"),
            list(names),
            key=units_key,
            format_func=lambda code: f"{names.get(code, '')} {code}".strip(),
            **choice,
        )


def rights_in(roles_key: str, units_key: str) -> dict[str, list[str]]:
    """Roles and units as they stand in the fields; only a liaison has units."""
    roles = list(st.session_state[roles_key])
    return {"roles": roles, "units": list(st.session_state.get(units_key, [])) if LIAISON in roles else []}


def change_fields(
    held: Sequence[Listed], names: Names, *, change: Act, stop: Act, reset: Act, disabled: bool
) -> None:
    """The picked account: its roles and units, a stop or a new start, another password."""
    accounts = {each.account.account_id: each.account for each in held}
    picked = st.selectbox(
        t("账号"),
        list(accounts),
        index=None,
        key=PICKED,
        placeholder=t("选择要更改的账号"),
        format_func=lambda key: f"{accounts[key].name} · {key}" if key in accounts else key,
    )
    if picked is None:
        return
    account = accounts[picked]
    # Another state of the account is another field: what somebody else has changed is not overwritten unseen.
    state = f"{picked}.{','.join(account.roles)}.{','.join(account.units)}"
    keys = f"roles.{state}", f"units.{state}"
    for key, values in zip(keys, (account.roles, account.units), strict=True):
        st.session_state.setdefault(key, [value for value in values if value in (*ROLES, *names)])
    _rights(names, *keys, disabled=disabled)
    with st.container(horizontal=True, gap="small"):
        st.button(
            opening(t("保存")),
            key="change_account",
            type="primary",
            on_click=change,
            args=(picked, *keys),
            disabled=disabled,
        )
        word = t("停用") if account.is_active else t("重新启用")
        st.button(
            word, key="stop_account", on_click=stop, args=(picked, not account.is_active), disabled=disabled
        )
        with st.popover(t("重置口令"), disabled=disabled):
            st.html(f'<p class="src">{escape(t("旧口令立即失效，已打开的页面随之退出。"))}</p>')
            st.button(t("确认重置"), key="reset_password", on_click=reset, args=(picked,), disabled=disabled)


def matrix_body() -> str:
    """What each role may do: a line an action."""
    head = "".join(f'<th scope="col">{escape(t(ROLE_TITLES[role]))}</th>' for role in ROLES)
    lines = "".join(
        f'<tr><th scope="row">{escape(of(each, "title"))}</th>'
        + "".join(f'<td class="{each.reach[role]}">{escape(_reach(each.reach[role]))}</td>' for role in ROLES)
        + "</tr>"
        for each in PERMISSIONS.values()
    )
    return (
        f'<div class="people-scroll" tabindex="0"><table class="people-matrix"><thead><tr><th scope="col">{escape(t("事项"))}</th>'
        f"{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _reach(cell: str) -> str:
    return t(REACHES[cell]) if cell else ""


def matrix_table() -> pl.DataFrame:
    """What each role may do, as it is taken away."""
    rows = [
        {t("事项"): of(each, "title"), t("事项代码"): action}
        | {t(ROLE_TITLES[role]): _reach(each.reach[role]) for role in ROLES}
        for action, each in PERMISSIONS.items()
    ]
    return pl.DataFrame(rows)
