"""What the figures would be with a draft that is not handed in yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts
from dashboard.services.checking import checked_draft
from dashboard.services.hand_in import found_draft
from dashboard.services.reporting import NotReadyError, place
from etl.accept import store_sheets, submission_id_of
from etl.build import CheckFailedError, preview
from etl.drafts import Draft
from etl.journal import RECEIVED, Submission
from etl.load import CheckedFile


@contextmanager
def draft_build(here: Doors, principal: Principal, unit_code: str, period: str) -> Iterator[Path]:
    """A build as it would be with a unit's draft; raises NotReadyError while something must be mended."""
    acts.allow(here, principal, "workbook.check", unit=unit_code, what=f"{unit_code} {period}")
    campaign, _ = place(here, unit_code, period)
    draft = found_draft(here, unit_code, period)
    if draft.blocking:
        raise NotReadyError("改好必须修改的问题后才能预览 / mend what must be mended first")
    file = checked_draft(here, draft)
    if file.checked is None or file.blocked:
        raise NotReadyError("请重新上传后再预览 / upload the workbook again first")
    submission = _as_submission(here, draft, file)
    try:
        with preview(here.store, here.journal(), campaign, submission, now=here.now()) as path:
            yield path
    except CheckFailedError as failure:
        raise NotReadyError(
            "本次数据与已报数据合在一起未通过一致性检查，请联系省厅核对"
            " / with what others reported these figures fail a check: ask the province"
        ) from failure


def _as_submission(here: Doors, draft: Draft, file: CheckedFile) -> Submission:
    """The draft as it would stand in the journal."""
    submission_id = submission_id_of(file.checked, draft.sha256)
    held = here.journal().submissions(unit_code=draft.unit_code, period=draft.period)
    return Submission(
        submission_id=submission_id,
        unit_code=draft.unit_code,
        period=draft.period,
        revision=max((each.revision for each in held), default=0) + 1,
        sha256=draft.sha256,
        file_name=draft.file_name,
        received_at=here.now(),
        received_by="",
        data_from=file.checked.cover["data_from"],
        data_to=file.checked.cover["data_to"],
        cover={},
        findings=[],
        state=RECEIVED,
        sequence=max((each.sequence for each in here.journal().submissions()), default=0) + 1,
        sheets=tuple(store_sheets(here.store, here.journal(), file.checked, submission_id)),
    )
