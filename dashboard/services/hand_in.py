"""Handing in: a unit's template, its workbook checked and explained, submitted with a receipt, or taken back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath

import sqlalchemy as sa

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal, act_of
from dashboard.services import acts, pacing, publishing
from dashboard.services.checking import GONE, check, findings_of
from dashboard.services.receipts import Receipt, receipt_of
from dashboard.services.reporting import NotReadyError, place
from etl import drafts
from etl.accept import accept
from etl.drafts import Draft
from etl.findings import key_of, render
from etl.gate import REFUSAL_KINDS
from etl.journal import RECEIVED, WITHDRAWN, Explanation, Submission
from etl.journal_tables import AUDIT
from etl.keeping.purge import was_purged
from etl.mark import marked_copy
from etl.review import decide
from etl.writing.issue_template import issue_template

LARGEST = 20 * 1024 * 1024
MARKED = "-标注"
"""Ends the name of a marked copy, once, however often it goes to and fro."""


def _what(unit_code: str, period: str) -> str:
    return f"{unit_code} {period}"


def template(here: Doors, principal: Principal, unit_code: str, period: str) -> tuple[str, bytes]:
    """This month's template of a unit, what earlier months left open in it: file name and workbook."""
    acts.allow(here, principal, "template.download", unit=unit_code, what=_what(unit_code, period))
    campaign, unit = place(here, unit_code, period)
    content = issue_template(campaign, unit, period, here.store)
    acts.tell(here, principal, "template.download", _what(unit_code, period))
    return f"{unit.name}-{period}.xlsx", content


def receive(
    here: Doors, principal: Principal, unit_code: str, period: str, file_name: str, content: bytes
) -> Draft:
    """Check an uploaded workbook and keep it as the unit's draft of the month; whatever it holds, findings come back.

    Raises RefusedError, NotReadyError, pacing.TooOftenError.
    """
    acts.allow(here, principal, "workbook.check", unit=unit_code, what=_what(unit_code, period))
    campaign, unit = place(here, unit_code, period)
    if not 0 < len(content) <= LARGEST:
        raise NotReadyError("文件应在1字节到20兆之间 / a file has 1 byte to 20 MB")
    what, name = _what(unit_code, period), PurePath(file_name).name
    with acts.acting(here, principal, "workbook.upload", unit=unit_code, what=what, file=name) as connection:
        pacing.require_turn(connection, principal, here.now())
    sha256 = here.store.keep(here.store.workbooks, content, ".xlsx")
    file = check(here, campaign, sha256, here.now())
    draft = Draft(
        draft_id=secrets.token_hex(8),
        unit_code=unit_code,
        period=period,
        sha256=sha256,
        file_name=name,
        findings=findings_of(here, campaign, unit, period, file, name),
        reasons={},
        uploaded_by=principal.name,
        uploaded_at=here.now(),
    )
    detail = {"file": name, "sha256": sha256, "findings": len(draft.findings)}
    with acts.acting(here, principal, "workbook.check", unit=unit_code, what=what, **detail) as connection:
        return drafts.keep(connection, draft)


def explain(
    here: Doors, principal: Principal, unit_code: str, period: str, reasons: Mapping[str, str]
) -> Draft:
    """Give reasons, by the finding's key, for values a 核实性 finding asks about."""
    what = _what(unit_code, period)
    with acts.acting(
        here, principal, "finding.explain", unit=unit_code, what=what, reasons=len(reasons)
    ) as connection:
        draft = drafts.find(connection, unit_code, period)
        if draft is None:
            raise nothing_uploaded(connection, unit_code, period)
        return drafts.explain(connection, draft, reasons)


def discard(here: Doors, principal: Principal, unit_code: str, period: str) -> None:
    """Put aside what a unit has uploaded for a month and not handed in; what was handed in stands as it stood."""
    what = _what(unit_code, period)
    with acts.acting(here, principal, "workbook.discard", unit=unit_code, what=what) as connection:
        drafts.drop(connection, unit_code, period)


def found_draft(here: Doors, unit_code: str, period: str) -> Draft:
    """What a unit has uploaded for a month; NotReadyError says why there is nothing."""
    with here.journal().reading() as connection:
        draft = drafts.find(connection, unit_code, period)
        if draft is None:
            raise nothing_uploaded(connection, unit_code, period)
        return draft


def nothing_uploaded(connection: sa.Connection, unit_code: str, period: str) -> NotReadyError:
    """Why a unit has no workbook for a month: none was uploaded, or it was purged on its schedule."""
    if was_purged(connection, unit_code, period):
        return NotReadyError(
            "这份填报表上传后久未提交,已按保留期限清除;请重新上传"
            " / this workbook was not handed in for long and was purged on its schedule: upload it again"
        )
    return NotReadyError("还没有上传填报表,请先上传 / no workbook has been uploaded yet: upload it first")


def marked(
    here: Doors, principal: Principal, unit_code: str, period: str, language: str
) -> tuple[str, bytes]:
    """The unit's own workbook back, every finding marked at its cell: file name and workbook."""
    acts.allow(here, principal, "workbook.check", unit=unit_code, what=_what(unit_code, period))
    draft = found_draft(here, unit_code, period)
    path = here.store.kept(here.store.workbooks, draft.sha256, ".xlsx")
    if not path.exists():
        raise NotReadyError(GONE)
    if any(each.kind in REFUSAL_KINDS for each in draft.findings):
        raise NotReadyError(
            "这个文件打不开,无法标注;请按提示处理后重新上传 / this file does not open, so nothing can be marked"
        )
    content = marked_copy(path.read_bytes(), draft.findings, "en" if language == "en" else "zh")
    acts.tell(here, principal, "workbook.marked", _what(unit_code, period))
    return f"{PurePath(draft.file_name).stem.removesuffix(MARKED)}{MARKED}.xlsx", content


def submit(
    here: Doors, principal: Principal, unit_code: str, period: str, draft_id: str, certified_by: str
) -> Receipt:
    """Hand a draft in, certified by name; pressing twice gives the same receipt.

    Raises NotReadyError with what is still missing, RefusedError, FrozenMonthError.
    """
    what = _what(unit_code, period)
    acts.allow(here, principal, "submission.submit", unit=unit_code, what=what)
    campaign, unit = place(here, unit_code, period)
    with here.journal().reading() as connection:
        draft = drafts.find(connection, unit_code, period)
    if draft is None:
        return _handed_in_before(here, unit_code, period, draft_id)
    if draft.draft_id != draft_id:
        raise NotReadyError(
            "已上传了新的文件,请刷新页面核对后再提交 / a newer file was uploaded: reload and look at it first"
        )
    name = " ".join(certified_by.split())
    if not name:
        raise NotReadyError("请填写负责人姓名,以示对数据负责 / give the name of who answers for the figures")
    # Checked again: what the month before holds, and whether this month is open, may have changed since.
    now = here.now()
    file = check(here, campaign, draft.sha256, now)
    found = findings_of(here, campaign, unit, period, file, draft.file_name)
    draft = replace(draft, findings=found)
    _require_ready(draft)
    here.journal().claim(campaign.name, simulated=file.is_simulated, now=now)
    act = act_of(principal, "submission.submit", what, now, draft=draft_id, certified_by=name)
    accepted = accept(
        here.store,
        here.journal(),
        file.checked,
        file.content,
        file_name=draft.file_name,
        received_by=principal.name,
        received_at=now,
        findings=[render(each, draft.file_name) for each in found],
        certified_by=name,
        explanations=_explanations(draft),
        sealed=(here.store.audit_key(), act),
    )
    if accepted.is_returned:
        raise NotReadyError(
            f"这份文件与已退回或撤回的第{accepted.revision}版完全相同;已退回的请修改保存后再上传,撤回的可在报送记录下恢复"
            f" / this file is the very one of revision {accepted.revision}: if it was returned, change it, save and"
            " upload it again; if it was withdrawn, restore it below the history"
        )
    with here.journal().writing() as connection:
        drafts.drop(connection, unit_code, period)
    publishing.publish_soon(here)
    return receipt_of(_submission(here, accepted.submission_id))


def _handed_in_before(here: Doors, unit_code: str, period: str, draft_id: str) -> Receipt:
    """The receipt of a draft that is gone because it was handed in: somebody has pressed twice."""
    latest = here.journal().submissions(unit_code=unit_code, period=period)
    submitted = sa.select(AUDIT.c.detail).where(
        AUDIT.c.action == "submission.submit",
        AUDIT.c.object == _what(unit_code, period),
        AUDIT.c.outcome == "done",
    )
    with here.journal().reading() as connection:
        drafts_handed_in = {detail.get("draft") for detail in connection.scalars(submitted)}
        if not latest or draft_id not in drafts_handed_in:
            raise nothing_uploaded(connection, unit_code, period)
    return receipt_of(latest[-1])


def _require_ready(draft: Draft) -> None:
    if draft.blocking:
        raise NotReadyError(
            f"还有{len(draft.blocking)}处必须修改,请改好后重新上传"
            f" / {len(draft.blocking)} must be mended: correct and upload again"
        )
    if draft.unexplained:
        raise NotReadyError(
            f"还有{len(draft.unexplained)}处需要说明原因 / {len(draft.unexplained)} still want a reason"
        )


def _explanations(draft: Draft) -> list[Explanation]:
    return [
        Explanation(
            finding=key_of(each),
            sheet=each.sheet,
            cell=each.cell,
            column_title=each.column,
            value=each.value,
            reason=draft.reasons[key_of(each)],
        )
        for each in {key_of(each): each for each in draft.to_explain}.values()
    ]


def _submission(here: Doors, submission_id: str) -> Submission:
    held = here.journal().submission(submission_id)
    if held is None:
        raise NotReadyError("没有这份报送 / there is no such submission")
    return held


def withdraw(here: Doors, principal: Principal, submission_id: str, reason: str) -> None:
    """Take a submission back before it is reviewed."""
    _turn(here, principal, "submission.withdraw", submission_id, WITHDRAWN, reason)


def restore(here: Doors, principal: Principal, submission_id: str, reason: str) -> None:
    """Hand in again, as it stands, what was withdrawn, while nothing later stands; it waits for review as before."""
    _turn(here, principal, "submission.restore", submission_id, RECEIVED, reason)


def _turn(
    here: Doors, principal: Principal, action: str, submission_id: str, state: str, reason: str
) -> None:
    """An act of a unit on its own submission, with its reason."""
    held = _submission(here, submission_id)
    with acts.acting(
        here, principal, action, unit=held.unit_code, what=submission_id, reason=reason
    ) as connection:
        if not reason.strip():
            raise NotReadyError("请写明原因 / say why")
        told = [{"reason": reason}]
        decide(connection, submission_id, state, by=principal.name, now=here.now(), reasons=told)
        draft = drafts.find(connection, held.unit_code, held.period)
        if state == RECEIVED and draft is not None and draft.sha256 == held.sha256:
            # Uploaded once more before it was restored: it is handed in by now.
            drafts.drop(connection, held.unit_code, held.period)
    publishing.publish_soon(here)
