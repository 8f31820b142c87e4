"""账号: 谁能进来,能做什么? Who has an account, a new one, changes to one, and what each role may do."""

from collections.abc import Callable

import streamlit as st

from dashboard.access.accounts import AccountError
from dashboard.access.doors import doors
from dashboard.access.principal import RefusedError
from dashboard.components import accounts_page, exhibit, page
from dashboard.components.exhibit import Exhibit
from dashboard.i18n import t
from dashboard.queries import people
from dashboard.services import people as service

here, principal, held = doors(), people.principal(), st.session_state


def acted(account_id: str, act: Callable[..., str | None], *given: object, **rights: object) -> bool:
    """Do something to an account as whoever presses the button now; whether it was done."""
    try:
        password = act(here, people.principal(), account_id, *given, **rights)
    except (AccountError, RefusedError) as error:
        accounts_page.remember(account_id, error=error)
        return False
    accounts_page.remember(account_id, password=password)
    return True


def create() -> None:
    rights = accounts_page.rights_in(accounts_page.NEW_ROLES, accounts_page.NEW_UNITS)
    account_id, name = held[accounts_page.NEW_ACCOUNT].strip(), held[accounts_page.NEW_NAME]
    if acted(account_id, service.create_account, name, **rights):
        accounts_page.clear_new_fields()


def change(account_id: str, *keys: str) -> None:
    acted(account_id, service.change_account, **accounts_page.rights_in(*keys))


def stop(account_id: str, is_active: bool) -> None:
    acted(account_id, service.change_account, is_active=is_active)


def reset(account_id: str) -> None:
    acted(account_id, service.reset_password)


listed, names, now = (
    service.list_accounts(here, principal),
    accounts_page.unit_names(here.campaign()),
    here.now(),
)
notes = (
    [t("访客只能查看，不能更改账号。")] if principal.visiting else [t("更改立即生效，已打开的页面也一样。")]
)
page.head(t("账号"), notes, accounts_page.sentence(listed))
left, right = st.columns([17, 10], gap="medium")
with right:
    accounts_page.told()
    with st.container(border=True, gap="small", key="accounts_new"):
        st.html(page.caption(t("新建账号")))
        accounts_page.new_fields(names, create, disabled=principal.visiting)
    with st.container(border=True, gap="small", key="accounts_change"):
        st.html(page.caption(t("更改账号")))
        acts = {"change": change, "stop": stop, "reset": reset}
        accounts_page.change_fields(listed, names, **acts, disabled=principal.visiting)
with left:
    title, matrix = t("账号一览"), t("各角色能做什么")
    table = accounts_page.table(listed, names, now)
    shown = Exhibit(title=title, name=exhibit.file_name(f"{now:%Y-%m-%d}", title), table=table)
    exhibit.show(shown, accounts_page.body(listed, names, now), key="accounts")
    shown = Exhibit(title=matrix, name=exhibit.file_name(matrix), table=accounts_page.matrix_table())
    exhibit.show(shown, accounts_page.matrix_body(), key="matrix")
