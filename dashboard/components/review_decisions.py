"""What the review decides: passing, returning with reasons tied to cells, undoing a return, freezing and reopening a month.

Every key names its submission or month: what is pressed or typed for one is never another's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from html import escape

import streamlit as st

from dashboard import state
from dashboard.access.doors import Doors
from dashboard.access.principal import Principal, may
from dashboard.components import block, page
from dashboard.components.press import pressed, refused
from dashboard.i18n import t
from dashboard.services import reviewing
from dashboard.services.review_queue import Case
from etl.journal import PASSED, RECEIVED, RETURNED, Submission
from etl.sheets import COVER, SHEETS

REASONS = 3
"""Lines for reasons of a return; a submission with more to mend gets them in its marked workbook."""
SHEET, CELL, REASON = "sheet", "cell", "reason"


def decide(here: Doors, principal: Principal, found: Case, name: str, *, later: Submission | None) -> None:
    """Pass, or return with reasons tied to cells; what was returned by mistake can be passed, until a later one comes.

    ``name`` is the unit's, ``later`` a revision that came after this one and was returned.
    """
    held = found.submission
    if held.state not in (RECEIVED, PASSED, RETURNED) or not may(principal, "submission.pass"):
        return
    place = f"passing.{held.submission_id}"
    passing = partial(pressed, partial(_passed, here, held, name), place)
    if later is not None:
        _stands_again(held, later)
    if held.state == RECEIVED:
        weight = "primary" if later is None else "secondary"
        st.button(t("审核通过"), key=f"pass.{held.submission_id}", type=weight, on_click=passing)
    refused(place)
    if held.state == RETURNED:
        _undo(held, passing)
    else:
        _return(here, held, name)


def _stands_again(held: Submission, later: Submission) -> None:
    told = t(
        "第{n}版已被第{m}版代替，第{m}版又已退回，所以暂按第{n}版计算；一般等该单位报来新的版本。",
        n=held.revision,
        m=later.revision,
    )
    page.line(f'<span class="src">{escape(told)}</span>', key=f"again.{held.submission_id}")


def _undo(held: Submission, passing: Callable[[], None]) -> None:
    with st.expander(t("撤销退回"), key=f"undoing.{held.submission_id}"):
        told = t("退错了的，在该单位报来新版本之前可以改为审核通过；退回意见仍留在记录里。")
        st.html(f'<p class="src">{escape(told)}</p>')
        st.button(t("改为审核通过"), key=f"undo.{held.submission_id}", on_click=passing)


def _return(here: Doors, held: Submission, name: str) -> None:
    place = f"return.{held.submission_id}"
    with st.expander(t("退回修改"), key=f"returning.{held.submission_id}"), st.form(place, border=False):
        for number in range(REASONS):
            sheet, cell, reason = st.columns([2, 1, 6])
            sheet.selectbox(
                t("工作表"),
                ["", COVER.title_zh, *(SHEETS[each.sheet].title_zh for each in held.sheets)],
                key=f"{place}.{SHEET}.{number}",
                format_func=lambda title: title or t("整份"),
            )
            cell.text_input(t("单元格，如 C12"), key=f"{place}.{CELL}.{number}", max_chars=12)
            reason.text_input(t("退回理由"), key=f"{place}.{REASON}.{number}", max_chars=300)
        returning = partial(_returned, here, held, name, place)
        st.form_submit_button(t("退回"), on_click=partial(pressed, returning, place))
        refused(place)


def _passed(here: Doors, held: Submission, name: str, principal: Principal) -> str:
    reviewing.pass_submission(here, principal, held.submission_id)
    _stay(held)
    return t("{unit}第{n}版已审核通过。", unit=name, n=held.revision)


def _returned(here: Doors, held: Submission, name: str, place: str, principal: Principal) -> str:
    reasons = [
        {field: st.session_state.get(f"{place}.{field}.{number}", "") for field in (SHEET, CELL, REASON)}
        for number in range(REASONS)
    ]
    reviewing.return_submission(here, principal, held.submission_id, reasons)
    _stay(held)
    return t("{unit}第{n}版已退回，联络员进入报送页即可看到意见。", unit=name, n=held.revision)


def _stay(held: Submission) -> None:
    """The unit decided on stays in view, whichever waits longest now: nobody decides on what has only just come up."""
    st.session_state[state.UNIT] = held.unit_code


def month(here: Doors, principal: Principal, period: str, *, is_frozen: bool) -> None:
    """Freezing the month, or for an administrator opening it again; who did so before, and why."""
    page.line(f"<h2>{escape(t('冻结与重新开放'))}</h2>", key="freeze_title")
    lines = "".join(f"<li>{escape(_lock(each))}</li>" for each in reviewing.locks(here, principal, period))
    block.show(f'<ul class="attached">{lines}</ul>' if lines else "", key="locks")
    action = "month.reopen" if is_frozen else "month.freeze"
    if not may(principal, action):
        told = (
            t("重新开放须由系统管理员说明理由后办理。")
            if is_frozen
            else t("本月没有冻结；冻结由审核人员办理。")
        )
        page.line(escape(told), key="freeze_note")
        return
    word = t("重新开放本月") if is_frozen else t("冻结本月")
    with st.expander(word, key=f"freezing.{period}"), st.form("freeze", border=False):
        if not is_frozen:
            freezing = t(
                "冻结后，本月不再接收新版本和附件，也不能再退回或准予延期；已通过的作为定稿。重新开放须由系统管理员办理。"
            )
            st.html(f'<p class="src">{escape(freezing)}</p>')
        reason = f"{action}.{period}"
        asked = (
            t("重新开放的理由（必填）")
            if is_frozen
            else t("理由（有报送未审核、有单位未报或尚未截止时必填）")
        )
        st.text_input(asked, key=reason, max_chars=200)
        act = partial(_locked, here, period, is_frozen, reason)
        st.form_submit_button(word, on_click=partial(pressed, act, "freeze"))
        refused("freeze")


def _locked(here: Doors, period: str, is_frozen: bool, reason: str, principal: Principal) -> str:
    told = st.session_state.get(reason, "")
    if is_frozen:
        reviewing.reopen(here, principal, period, told)
        return t("已重新开放。")
    reviewing.freeze(here, principal, period, told)
    return t("已冻结，本月不再接收新的版本。")


def _lock(each: Mapping[str, object]) -> str:
    word = t("冻结") if each["is_frozen"] else t("重新开放")
    return " ".join(
        [f"{each['decided_at']:%Y-%m-%d %H:%M}", str(each["decided_by"]), word, str(each["reason"])]
    )
