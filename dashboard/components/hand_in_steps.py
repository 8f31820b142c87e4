"""The steps of handing in, with what a liaison presses: each press is one act of the services."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape

import streamlit as st

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal, may
from dashboard.components import hand_in_merge, hand_in_page, hand_in_preview, page, upload
from dashboard.components.hand_in_findings import Question, questions
from dashboard.components.hand_in_page import file_link
from dashboard.components.links import link
from dashboard.components.press import ERRORS, pressed, refused
from dashboard.i18n import of, spoken, t
from dashboard.queries import previews
from dashboard.services import attachments, hand_in, merging, submitting
from dashboard.services.standing import Standing
from etl.campaign import Campaign
from etl.drafts import LONGEST_REASON
from etl.journal import PASSED
from etl.merge import MOST_FILES


def template(found: Standing) -> None:
    """Step 1."""
    hand_in_page.step(1, t("下载模板"), done=found.draft is not None or found.counting is not None)
    address = f"/hand-in/{found.unit.code}/{found.period}/template"
    filled = t("单位已填好；以前报过的，未办结的投诉和未销号的问题也已列入；上月的存量写在批注里。")
    page.line(
        file_link(t("下载{unit}{month}填报表", unit=found.unit.name, month=found.period), address)
        + f" {link(t('报送指南'), 'guide')}"
        + ("" if found.is_register else f' <span class="src">{escape(filled)}</span>'),
        key="template",
    )


def merge(here: Doors, principal: Principal, found: Standing) -> None:
    """Beside step 1: workbooks of the units below made into one, which then goes the usual way."""
    made = merging.latest(here, principal, found.unit.code, found.period)
    title = t("合并{level}报来的表", level=_level_below(here.campaign()))
    with st.expander(title, expanded=made is not None and found.draft is None):
        hand_in_merge.explained()
        upload.show(
            upload_address(found, "merge"),
            t("选择各单位报来的工作簿（.xlsx 或 .ods），或拖到这里"),
            key="upload_merge",
            accept=".xlsx,.ods",
            minor=True,
            fewest=merging.FEWEST_FILES,
            most=MOST_FILES,
        )
        if made is not None:
            hand_in_merge.result(made, upload_address(found, "merged"))


def _level_below(campaign: Campaign) -> str:
    """What the units whose rows a workbook holds are called."""
    return of(next(level for level in campaign.levels if level.key == campaign.leaf_level), "title")


def upload_step_title(found: Standing) -> str:
    """What step 2 is called once something is uploaded."""
    if found.draft is not None:
        return t("改好后重新上传") if found.draft.blocking else t("已上传，要换一份就重新上传")
    if found.returned is not None:
        return t("按退回意见改好后重新上传")
    return t("上传并检查") if found.counting is None else t("需要更正时，重新上传")


def upload_address(found: Standing, what: str) -> str:
    """Where a file of this unit and month is sent."""
    return f"/hand-in/{found.unit.code}/{found.period}/{what}"


def upload_workbook(found: Standing) -> None:
    """The button of step 2."""
    upload.show(
        upload_address(found, "workbook"),
        t("选择填好的工作簿（.xlsx 或 .ods），或拖到这里"),
        key="upload_workbook",
        accept=".xlsx,.ods",
        minor=not found.draft.blocking if found.draft else bool(found.counting) and not found.returned,
    )


def check(here: Doors, found: Standing) -> None:
    """Step 2."""
    hand_in_page.step(2, upload_step_title(found), done=found.draft is not None and not found.draft.blocking)
    if found.counting is not None and found.counting.state == PASSED:
        held = t("第{n}版已审核通过；再提交的新版本会替代它，并须重新审核。", n=found.counting.revision)
        page.line(f'<span class="src">{escape(held)}</span>', key="passed_already")
    upload_workbook(found)
    if found.draft is not None:
        hand_in_page.findings(found)
        discarding = partial(_discarded, here, found)
        st.button(t("放弃这份文件"), key="discard", on_click=partial(pressed, discarding, "discard"))
        refused("discard")


def _discarded(here: Doors, found: Standing, principal: Principal) -> str:
    hand_in.discard(here, principal, found.unit.code, found.period, found.draft.draft_id)
    return t("已放弃上传的文件；以前提交的不受影响。")


def explain(here: Doors, found: Standing) -> None:
    """Step 3: a reason for what is asked about, once a kind, sheet and column."""
    asked = questions(found.draft.to_explain)
    hand_in_page.step(3, t("说明与确认"), done=not found.draft.unexplained)
    if not asked:
        page.line(t("没有需要说明的。"), key="nothing_to_explain")
        return
    page.line(escape(t("写好一条，按回车或点别处即保存。")), key="reasons_are_kept")
    with st.container(key="reasons"):
        for each in asked:
            _reason(here, found, each)
    refused("reasons")


def _reason(here: Doors, found: Standing, asked: Question) -> None:
    """The question as a line of its own (a label of Streamlit's is Markdown to the eye and raw to the ear), and its answer."""
    given = found.draft.reasons.get(asked.key, "")
    mark = f' <span class="met">{escape(t("已保存"))}</span>' if given else ""
    page.line(escape(_asks(asked)) + mark, key=f"asked.{asked.key}")
    st.text_input(
        _asks(asked),
        value=given,
        key=_reason_key(found, asked),
        max_chars=LONGEST_REASON,
        label_visibility="collapsed",
        on_change=partial(pressed, partial(_saved, here, found, asked), "reasons"),
    )


def _reason_key(found: Standing, asked: Question) -> str:
    return f"reason.{found.draft.draft_id}.{asked.key}"


def _asks(question: Question) -> str:
    values = t("（现为 {values}）", values=" / ".join(question.values)) if question.values else ""
    return t(
        "{where}：{title}{values}。{expected}",
        where=question.where,
        title=question.title,
        values=values,
        expected=question.expected,
    )


def _saved(here: Doors, found: Standing, asked: Question, principal: Principal) -> str:
    reason = st.session_state.get(_reason_key(found, asked), "")
    hand_in.explain(here, principal, found.unit.code, found.period, dict.fromkeys(asked.keys, reason))
    return ""


def submit(here: Doors, found: Standing) -> None:
    """Step 4: certified by name; nothing is signed that does not say what is declared."""
    left = len(found.draft.unexplained)
    hand_in_page.step(
        4, t("提交"), done=False, small=t("上面还有{count}处没有说明", count=left) if left else ""
    )
    try:
        declared = hand_in_page.declared(previews.contents(here, found))
    except ERRORS as error:
        page.line(escape(spoken(error)), key="declared")
        return
    page.line(escape(declared), key="declared")
    with st.form("submit", border=False):
        # A key of its own for each draft: a name signs what it was typed under.
        name = f"certified_by.{found.draft.draft_id}"
        st.text_input(t("数据负责人姓名（对本表数据及上述声明负责）"), key=name, max_chars=30)
        submitting = partial(_submitted, here, found, name)
        st.form_submit_button(t("提交"), type="primary", on_click=partial(pressed, submitting, "submit"))
    refused("submit")


def _submitted(here: Doors, found: Standing, name: str, principal: Principal) -> str:
    signed = st.session_state.get(name, "")
    receipt = submitting.submit(here, principal, found.unit.code, found.period, found.draft.draft_id, signed)
    return t(
        "已提交。回执号 {number}，{moment}接收；等待省级审核，审核前可以撤回。",
        number=receipt.number,
        moment=f"{receipt.received_at:%Y-%m-%d %H:%M:%S}",
    )


def attach(here: Doors, principal: Principal, found: Standing) -> None:
    """Attachments, such as the stamped scan; a frozen month takes no more."""
    if found.is_frozen and not found.attachments:
        return
    page.line(f"<h2>{t('附件（盖章页扫描件等）')}</h2>", key="attachments_title")
    _attached(here, principal, found)
    if not found.is_frozen:
        upload.show(
            upload_address(found, "attachment"),
            t("添加附件（PDF、PNG、JPEG）"),
            key="upload_attachment",
            accept=".pdf,.png,.jpg,.jpeg",
            minor=True,
        )


def _attached(here: Doors, principal: Principal, found: Standing) -> None:
    """Each attachment with its way off the month, until the month is found good."""
    with st.container(key="attached"):
        for each in found.attachments:
            _attachment(here, principal, each, is_kept=found.keeps_attachments)
    refused("attachments")


def _attachment(here: Doors, principal: Principal, each: Mapping[str, object], *, is_kept: bool) -> None:
    number = int(str(each["sequence"]))
    with st.container(horizontal=True, vertical_alignment="center"):
        page.line(hand_in_page.attachment(each), key=f"attachment_{number}")
        if not is_kept and may(principal, "attachment.remove", str(each["unit_code"])):
            removing = partial(pressed, partial(_removed, here, number), "attachments")
            st.button(t("移除"), key=f"remove_{number}", on_click=removing, type="tertiary")


def _removed(here: Doors, number: int, principal: Principal) -> str:
    return t("已移除附件{file}。", file=attachments.remove(here, principal, number))


def preview(here: Doors, principal: Principal, found: Standing) -> None:
    """The KPIs the draft would give, beside last month's; computed once a draft and build."""
    try:
        figures = previews.figures(here, principal, found)
    except ERRORS as error:
        page.line(escape(spoken(error)), key="preview")
        return
    hand_in_preview.show(figures, found)
