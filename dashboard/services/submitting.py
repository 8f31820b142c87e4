"""Handing a draft in: checked once more, certified by name, accepted for good, with a receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal, act_of
from dashboard.services import acts, publishing
from dashboard.services.checking import check, findings_of
from dashboard.services.hand_in import NEWER, nothing_uploaded
from dashboard.services.receipts import Receipt, receipt_of
from dashboard.services.reporting import NotReadyError, place
from etl import drafts
from etl.accept import Acceptance, accept
from etl.act import Act
from etl.drafts import Draft
from etl.findings import key_of, render, subject
from etl.journal import Explanation, current
from etl.journal_tables import AUDIT
from etl.load import CheckedFile


def submit(
    here: Doors, principal: Principal, unit_code: str, period: str, draft_id: str, certified_by: str
) -> Receipt:
    """Hand a draft in, certified by name; pressing twice gives the same receipt.

    Raises NotReadyError with what is still missing, RefusedError, FrozenMonthError.
    """
    what = f"{unit_code} {period}"
    acts.allow(here, principal, "submission.submit", unit=unit_code, what=what)
    with here.journal().reading() as connection:
        draft = drafts.find(connection, unit_code, period)
    if draft is None:
        return _handed_in_before(here, unit_code, period, draft_id)
    if draft.draft_id != draft_id:
        raise NotReadyError(NEWER)
    name = " ".join(certified_by.split())
    if not name:
        raise NotReadyError("请填写负责人姓名，以示对数据负责 / give the name of who answers for the figures")
    now = here.now()
    file, draft = _checked_again(here, draft, now)
    told = {"draft": draft_id, "sha256": draft.sha256, "certified_by": name}
    act = act_of(principal, "submission.submit", what, now, **told)
    accepted = _accepted(here, file, draft, name, act, received_by=principal.name)
    if not accepted.is_new:
        _require_counts(here, accepted)
        acts.tell(here, principal, "submission.submit", what, **told)
    with here.journal().writing() as connection:
        drafts.drop(connection, draft_id)
    publishing.publish_soon(here)
    return receipt_of(here.journal().submission(accepted.submission_id))


def _checked_again(here: Doors, draft: Draft, now: datetime) -> tuple[CheckedFile, Draft]:
    """The draft as things stand: what the month before holds, and whether this month is open, may have changed."""
    campaign, unit = place(here, draft.unit_code, draft.period)
    file = check(here, campaign, draft.sha256, now)
    found = findings_of(here, campaign, unit, draft.period, file, draft.file_name)
    draft = replace(draft, findings=found)
    _require_ready(draft)
    return file, draft


def _accepted(
    here: Doors, file: CheckedFile, draft: Draft, certified_by: str, act: Act, *, received_by: str
) -> Acceptance:
    here.journal().claim(here.campaign().name, simulated=file.is_simulated, now=act.at)
    return accept(
        here.store,
        here.journal(),
        file.checked,
        file.content,
        file_name=draft.file_name,
        received_by=received_by,
        received_at=act.at,
        findings=[render(each, draft.file_name) | {"key": key_of(each)} for each in draft.findings],
        certified_by=certified_by,
        explanations=_explanations(draft),
        sealed=(here.store.audit_key(), act),
    )


def _require_counts(here: Doors, accepted: Acceptance) -> None:
    """Bytes that were a revision before do not come back by an upload, unless they are the one that counts."""
    held = here.journal().submissions(unit_code=accepted.unit_code, period=accepted.period)
    if accepted.submission_id not in {each.submission_id for each in current(held).values()}:
        raise NotReadyError(
            f"这份文件与第{accepted.revision}版完全相同，而那一版已退回、撤回或被后来的版本代替；"
            "要重新报送它，请改动后保存再上传（撤回的可在报送记录下恢复）"
            f" / this file is the very one of revision {accepted.revision}, which was returned, withdrawn or replaced:"
            " change it, save and upload it again (a withdrawn one can be restored below the history)"
        )


def _handed_in_before(here: Doors, unit_code: str, period: str, draft_id: str) -> Receipt:
    """The receipt of a draft that is gone because it was handed in: somebody has pressed twice."""
    submitted = sa.select(AUDIT.c.detail).where(
        AUDIT.c.action == "submission.submit",
        AUDIT.c.object == f"{unit_code} {period}",
        AUDIT.c.outcome == "done",
    )
    with here.journal().reading() as connection:
        handed_in = {detail.get("draft"): detail.get("sha256") for detail in connection.scalars(submitted)}
        if handed_in.get(draft_id) is None:
            raise nothing_uploaded(connection, unit_code, period)
    held = here.journal().submissions(unit_code=unit_code, period=period)
    return next(receipt_of(each) for each in held if each.sha256 == handed_in[draft_id])


def _require_ready(draft: Draft) -> None:
    if draft.blocking:
        raise NotReadyError(
            f"还有{len(draft.blocking)}处必须修改，请改好后重新上传"
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
            value=subject(each),
            reason=draft.reasons[key_of(each)],
        )
        for each in {key_of(each): each for each in draft.to_explain}.values()
    ]
