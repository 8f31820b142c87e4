"""The page 审核: the queue of a month, one submission as it stands, what a reviewer decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from html import escape
from itertools import islice

import streamlit as st

from dashboard import format, state
from dashboard.access.doors import Doors
from dashboard.access.principal import Principal, may
from dashboard.components import block, page, plain_table, revision_changes
from dashboard.components.hand_in_page import data_link, file_link, state_title
from dashboard.components.links import going, link, linked
from dashboard.components.plain_table import Line, line
from dashboard.components.press import pressed, refused
from dashboard.i18n import LANGUAGE, clauses, listed, t
from dashboard.services import reviewing
from dashboard.services.receipts import receipt_of
from dashboard.services.review_queue import Asked, Case, Waiting
from etl.journal import PASSED, RECEIVED, RETURNED, Submission
from etl.review import DECISION_TITLES
from etl.sheets import COVER, SHEETS
from metrics.period import parse_month

MONTHS_NAMED = 6

REASONS = 3
"""Lines for reasons of a return; a submission with more to mend gets them in its marked workbook."""
SHEET, CELL, REASON = "sheet", "cell", "reason"


def sentence(
    rows: Sequence[Waiting], units: Mapping[str, str], elsewhere: Mapping[str, int], *, is_frozen: bool
) -> str:
    """How much of the month is in and waits, of these units, and which other months have something waiting; as HTML."""
    came = len({each.submission.unit_code for each in rows} & set(units))
    waiting = sum(each.submission.state == RECEIVED for each in rows)
    register = any(
        each.submission.state == RECEIVED and each.submission.unit_code not in units for each in rows
    )
    told = t("{count}份待审核(含登记表)", count=waiting) if register else t("{count}份待审核", count=waiting)
    parts = [
        t("{count}/{expected}个单位已交", count=came, expected=len(units)),
        told if not is_frozen else "",
        t("本月已冻结,其中{count}份未经审核", count=waiting) if is_frozen and waiting else "",
        t("本月已冻结") if is_frozen and not waiting else "",
    ]
    return clauses([escape(clauses(parts)), _elsewhere(elsewhere)])


def _elsewhere(waiting: Mapping[str, int]) -> str:
    if not waiting:
        return ""
    named = [
        link(
            t("{month}({count}份)", month=format.month(parse_month(month)), count=count), month=month, unit=""
        )
        for month, count in islice(waiting.items(), MONTHS_NAMED)
    ]
    if rest := len(waiting) - len(named):
        named.append(escape(t("另有{count}个月", count=rest)))
    return linked("其他月份待审核:{months}", months=listed(named))


def queue(
    here: Doors, rows: Sequence[Waiting], names: Mapping[str, str], picked: str, *, is_frozen: bool
) -> None:
    """A line a unit, those that wait first; a line opens its submission. In a frozen month nothing waits."""
    titles = (t("单位"), t("版本"), t("接收时间"), t("已等"), t("核实性问题"), t("状态"))
    lines = [_waiting(each, names, picked, None if is_frozen else here.now()) for each in rows]
    nothing = f'<p class="src">{escape(t("本月还没有报送。"))}</p>' if not rows else ""
    block.show(
        f"<h2>{escape(t('本月各单位报送'))}</h2>{plain_table.table(titles, lines, css='review-queue')}{nothing}",
        key="review_queue",
    )


def _waiting(each: Waiting, names: Mapping[str, str], picked: str, now: datetime | None) -> Line:
    held = each.submission
    received = f"{held.received_at:%Y-%m-%d %H:%M}" + (f" {t('迟报')}" if each.is_late else "")
    waits = now is not None and held.state == RECEIVED
    waited = t("{days}天", days=int(each.waited(now))) if waits else format.MISSING
    cells = (
        names.get(held.unit_code, held.unit_code),
        t("第{n}版", n=held.revision),
        received,
        waited,
        format.whole(each.asked),
        state_title(held.state),
    )
    mark = 'class="picked" aria-current="true" ' if held.unit_code == picked else ""
    leads = (
        f'{mark}data-key="review-{held.submission_id}" tabindex="0" role="link" {going(unit=held.unit_code)}'
    )
    return line(*cells, row=leads)


def case(found: Case, name: str, principal: Principal) -> None:
    """One submission: receipt, reasons beside the values they explain, changes, attachments, decisions so far."""
    held = found.submission
    facts = [
        t("第{n}版", n=held.revision),
        state_title(held.state),
        t("{who}报送", who=held.received_by),
        t("{who}负责", who=held.certified_by) if held.certified_by else "",
    ]
    unit = link(t("看该单位的指标与走势"), "unit", unit=held.unit_code)
    ways = [
        *([unit] if may(principal, "page.unit") else []),
        f'<a href="/receipts/{held.submission_id}?lang={LANGUAGE.get()}" target="_blank">{escape(receipt_of(held).number)}</a>',
        data_link(held),
    ]
    parts = [
        f"<h2>{escape(t('{unit} · 报送内容', unit=name))}</h2>",
        f"<p>{escape(' · '.join(part for part in facts if part))} · {' · '.join(ways)}</p>",
        _asked(found),
        _changes(found),
        _attachments(found),
        _decisions(found),
    ]
    block.show(
        f'<section class="review-case">{"".join(parts)}</section>', key=f"review_case.{held.submission_id}"
    )


def _asked(found: Case) -> str:
    if not found.asked:
        return f'<p class="src">{escape(t("没有核实性问题。"))}</p>'
    titles = (t("工作表"), t("单元格"), t("列"), t("现为"), t("应为"), t("说明"))
    table = plain_table.table(titles, [_asked_line(each) for each in found.asked])
    return f"<h3>{escape(t('核实性问题与说明'))}</h3>{table}"


def _asked_line(each: Asked) -> Line:
    reason = each.reason or t("没有说明(由命令行装入)")
    return line(each.sheet, each.cell, each.column, each.value, each.expected, reason)


def _changes(found: Case) -> str:
    if found.compared is None:
        return ""
    told = revision_changes.summary(found.compared)
    return f"<h3>{escape(told)}</h3>{revision_changes.table(found.compared)}"


def _attachments(found: Case) -> str:
    ways = [
        file_link(str(each["file_name"]), f"/attachments/{each['sequence']}") for each in found.attachments
    ]
    return f"<p>{escape(t('附件'))} {listed(ways)}</p>" if ways else ""


def _decisions(found: Case) -> str:
    lines = "".join(f"<li>{escape(_decision(each))}</li>" for each in found.decisions)
    return f"<ul>{lines}</ul>" if lines else ""


def _decision(each: Mapping[str, object]) -> str:
    reasons = [_reason(reason) for reason in each["reasons"]]
    moment = f"{each['decided_at']:%Y-%m-%d %H:%M}"
    zh, en = DECISION_TITLES[str(each["decision"])]
    word = en if LANGUAGE.get() == "en" else zh
    return " ".join([moment, str(each["decided_by"]), word, clauses(reasons)])


def _reason(reason: Mapping[str, str]) -> str:
    return " ".join(
        part for part in (reason.get("sheet", ""), reason.get("cell", ""), reason.get("reason", "")) if part
    )


def decide(here: Doors, principal: Principal, found: Case) -> None:
    """Pass, or return with reasons tied to cells; what was returned by mistake can be passed, until a later one comes.

    Every key names its submission: what is pressed or typed for one is never another's.
    """
    held = found.submission
    if held.state not in (RECEIVED, PASSED, RETURNED) or not may(principal, "submission.pass"):
        return
    place = f"passing.{held.submission_id}"
    passing = partial(pressed, partial(_passed, here, held), place)
    if held.state == RECEIVED:
        st.button(t("审核通过"), key=f"pass.{held.submission_id}", type="primary", on_click=passing)
    refused(place)
    if held.state == RETURNED:
        _undo(held, passing)
    else:
        _return(here, held)


def _undo(held: Submission, passing: Callable[[], None]) -> None:
    with st.expander(t("撤销退回")):
        told = t("退错了的,在该单位报来新版本之前可以改为审核通过;退回意见仍留在记录里。")
        st.html(f'<p class="src">{escape(told)}</p>')
        st.button(t("改为审核通过"), key=f"undo.{held.submission_id}", on_click=passing)


def _return(here: Doors, held: Submission) -> None:
    place = f"return.{held.submission_id}"
    with st.expander(t("退回修改")), st.form(place, border=False):
        for number in range(REASONS):
            sheet, cell, reason = st.columns([2, 1, 6])
            sheet.selectbox(
                t("工作表"),
                ["", COVER.title_zh, *(SHEETS[each.sheet].title_zh for each in held.sheets)],
                key=f"{place}.{SHEET}.{number}",
                format_func=lambda title: title or t("整份"),
            )
            cell.text_input(t("单元格,如 C12"), key=f"{place}.{CELL}.{number}", max_chars=12)
            reason.text_input(t("退回理由"), key=f"{place}.{REASON}.{number}", max_chars=300)
        returning = partial(_returned, here, held, place)
        st.form_submit_button(t("退回"), on_click=partial(pressed, returning, place))
        refused(place)


def _passed(here: Doors, held: Submission, principal: Principal) -> str:
    reviewing.pass_submission(here, principal, held.submission_id)
    _stay(held)
    return t("第{n}版已审核通过。", n=held.revision)


def _returned(here: Doors, held: Submission, place: str, principal: Principal) -> str:
    reasons = [
        {name: st.session_state.get(f"{place}.{name}.{number}", "") for name in (SHEET, CELL, REASON)}
        for number in range(REASONS)
    ]
    reviewing.return_submission(here, principal, held.submission_id, reasons)
    _stay(held)
    return t("第{n}版已退回,联络员进入报送页即可看到意见。", n=held.revision)


def _stay(held: Submission) -> None:
    """The unit decided on stays in view, whichever waits longest now: nobody decides on what has only just come up."""
    st.session_state[state.UNIT] = held.unit_code


def following(rows: Sequence[Waiting], names: Mapping[str, str], picked: str) -> None:
    """The way on to the unit that waits longest, after the one in view is decided on."""
    waiting = [each.submission.unit_code for each in rows if each.submission.state == RECEIVED]
    if not waiting or picked in waiting:
        return
    name = names.get(waiting[0], waiting[0])
    page.line(link(t("下一份待审核:{unit}", unit=name), unit=waiting[0]), key="following")


def month(here: Doors, principal: Principal, period: str, *, is_frozen: bool) -> None:
    """Freezing the month, or for an administrator opening it again; who did so before, and why."""
    page.line(f"<h2>{escape(t('冻结与重新开放'))}</h2>", key="freeze_title")
    lines = "".join(f"<li>{escape(_lock(each))}</li>" for each in reviewing.locks(here, principal, period))
    block.show(f'<ul class="attached">{lines}</ul>' if lines else "", key="locks")
    action = "month.reopen" if is_frozen else "month.freeze"
    if not may(principal, action):
        page.line(escape(t("重新开放须由系统管理员说明理由后办理。")), key="freeze_note")
        return
    word = t("重新开放") if is_frozen else t("冻结本月")
    with st.expander(word), st.form("freeze", border=False):
        if not is_frozen:
            freezing = t(
                "冻结后,本月不再接收新版本和附件,也不能再退回或准予延期;已通过的作为定稿。重新开放须由系统管理员办理。"
            )
            st.html(f'<p class="src">{escape(freezing)}</p>')
        reason = f"{action}.{period}"
        asked = (
            t("重新开放的理由(必填)") if is_frozen else t("理由(有报送未审核、有单位未报或尚未截止时必填)")
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
    return t("已冻结,本月不再接收新的版本。")


def _lock(each: Mapping[str, object]) -> str:
    word = t("冻结") if each["is_frozen"] else t("重新开放")
    return " ".join(
        [f"{each['decided_at']:%Y-%m-%d %H:%M}", str(each["decided_by"]), word, str(each["reason"])]
    )
