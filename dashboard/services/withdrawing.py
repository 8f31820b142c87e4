"""Taking back what was handed in before it is reviewed, and restoring it as it stood."""

from __future__ import annotations

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts, publishing
from dashboard.services.reporting import NotReadyError
from etl import drafts
from etl.journal import RECEIVED, WITHDRAWN
from etl.review import decide


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
    held = here.journal().submission(submission_id)
    if held is None:
        raise NotReadyError("没有这份报送 / there is no such submission")
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
            drafts.drop(connection, draft.draft_id)
    publishing.publish_soon(here)
