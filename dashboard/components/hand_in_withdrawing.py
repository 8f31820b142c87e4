"""Taking back what was handed in, and restoring it: each a form with its reason, below the history."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

import streamlit as st

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.components.press import pressed, refused
from dashboard.i18n import sentences, t
from dashboard.services import withdrawing
from dashboard.services.standing import Standing
from etl.journal import RECEIVED, Submission

Act = Callable[[Doors, Principal, str, str], None]


def withdraw(here: Doors, found: Standing) -> None:
    """Taking the revision that counts back before it is reviewed."""
    held = found.counting
    if held is None or held.state != RECEIVED or found.is_frozen:
        return
    with st.expander(t("撤回第{n}版", n=held.revision), key="withdrawing"):
        done = t("已撤回第{n}版。", n=held.revision)
        if found.beneath is not None:
            falls_back = t("撤回后改按第{n}版计算。", n=found.beneath.revision)
            st.html(f'<p class="src">{escape(falls_back)}</p>')
            done = sentences([done, falls_back])
        _form(here, held, withdrawing.withdraw, asked=t("撤回原因"), button=t("撤回"), done=done)


def restore(here: Doors, found: Standing) -> None:
    """Handing in again, as it stands, what was taken back."""
    held = found.restorable
    if held is None:
        return
    with st.expander(t("恢复已撤回的第{n}版", n=held.revision), key="restoring"):
        done = t("已恢复第{n}版，等待审核。", n=held.revision)
        _form(here, held, withdrawing.restore, asked=t("恢复原因"), button=t("恢复"), done=done)


def _form(here: Doors, held: Submission, act: Act, *, asked: str, button: str, done: str) -> None:
    place = f"{act.__name__}.{held.submission_id}"
    with st.form(place, border=False):
        st.text_input(asked, key=f"{place}.reason", max_chars=200)
        doing = partial(_done, here, held, act, f"{place}.reason", done)
        st.form_submit_button(button, on_click=partial(pressed, doing, place))
        refused(place)


def _done(here: Doors, held: Submission, act: Act, reason: str, done: str, principal: Principal) -> str:
    act(here, principal, held.submission_id, st.session_state[reason])
    return done
