"""What was handed in, for those who may read it: the receipt, and what a revision holds as a workbook.

That workbook is the stored, masked rows in the template's layout; the bytes received stay put.
"""

from __future__ import annotations

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts
from dashboard.services.checking import CHECKS_AT_ONCE
from dashboard.services.receipts import Receipt, receipt_of
from dashboard.services.reporting import NotReadyError, place, unit_named
from etl.campaign import Unit
from etl.journal import Submission
from etl.writing.submitted_workbook import submitted_workbook


def workbook(here: Doors, principal: Principal, submission_id: str) -> tuple[str, bytes]:
    """The data of one revision: file name and workbook. Raises RefusedError, NotReadyError."""
    name, content = _written(here, readable(here, principal, submission_id))
    acts.tell(here, principal, "submission.read", submission_id, file=name)
    return name, content


def _written(here: Doors, held: Submission) -> tuple[str, bytes]:
    campaign, unit = place(here, held.unit_code, held.period)
    simulated = here.journal().is_simulated() is True
    try:
        with CHECKS_AT_ONCE:
            content = submitted_workbook(campaign, unit, held, here.store, simulated=simulated)
    except ValueError as error:
        # The campaign's units or sheets have changed since: rows of what it no longer has fit no template of today.
        raise NotReadyError(
            "这一版含有本专项现已不设的单位或表，不能按现在的模板写成工作簿；数据本身仍在，请联系省厅管理员"
            " / this revision has rows of units or sheets the campaign no longer has and fits no workbook of today;"
            " the data are kept: ask the province's administrator"
        ) from error
    return f"{unit.name}-{held.period}-第{held.revision}版.xlsx", content


def readable(here: Doors, principal: Principal, submission_id: str) -> Submission:
    """A submission, for those who may read it; others do not even learn whether it exists."""
    held = here.journal().submission(submission_id)
    acts.allow(here, principal, "submission.read", unit=held.unit_code if held else "", what=submission_id)
    if held is None:
        raise NotReadyError("没有这份报送 / there is no such submission")
    return held


def receipt(here: Doors, principal: Principal, submission_id: str) -> tuple[Receipt, Unit]:
    """The receipt of a submission, and its unit."""
    held = readable(here, principal, submission_id)
    return receipt_of(held), unit_named(here.campaign(), held.unit_code)
