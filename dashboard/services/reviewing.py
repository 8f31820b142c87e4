"""The decisions of the review: passing, returning, freezing a month, reopening it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts, publishing
from dashboard.services.reporting import NotReadyError, month_named
from dashboard.services.settling import require_settled
from etl import review
from etl.calendar import first_day
from etl.journal import PASSED, RETURNED, is_frozen
from etl.review import ReviewError

LONGEST_REASON = 300
CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}(:[A-Z]{1,3}[1-9][0-9]{0,6})?")
"""A cell or a range of cells, as people write it."""


def pass_submission(here: Doors, principal: Principal, submission_id: str) -> None:
    """Find a submission good. Raises ReviewError, FrozenMonthError, RefusedError."""
    with acts.acting(here, principal, "submission.pass", what=submission_id) as connection:
        review.decide(connection, submission_id, PASSED, by=principal.name, now=here.now())
    publishing.publish_soon(here)


def return_submission(
    here: Doors, principal: Principal, submission_id: str, reasons: Sequence[Mapping[str, str]]
) -> None:
    """Give a submission back with reasons (sheet, cell, reason), at least one. Raises as ``pass_submission`` does."""
    given = [_reason(each) for each in reasons]
    given = [each for each in given if any(each.values())]
    with acts.acting(
        here, principal, "submission.return", what=submission_id, reasons=len(given)
    ) as connection:
        _require_places(given)
        review.decide(connection, submission_id, RETURNED, by=principal.name, now=here.now(), reasons=given)
    publishing.publish_soon(here)


def _reason(given: Mapping[str, str]) -> dict[str, str]:
    """A reason as it is kept: no line breaks, the cell in plain capitals."""
    told = {key: " ".join(given.get(key, "").split())[:LONGEST_REASON] for key in ("sheet", "cell", "reason")}
    return told | {"cell": unicodedata.normalize("NFKC", told["cell"]).replace(" ", "").upper()}


def _require_places(given: Sequence[Mapping[str, str]]) -> None:
    """Every place has a reason, every cell a sheet and the form of an address; NotReadyError says what is amiss."""
    if not given:
        raise NotReadyError("请至少写一条退回理由 / give at least one reason")
    for each in given:
        if not each["reason"]:
            where = " ".join(part for part in (each["sheet"], each["cell"]) if part)
            raise NotReadyError(f"{where}没有写退回理由 / {where} has no reason")
        if each["cell"] and not each["sheet"]:
            raise NotReadyError(f"请选择{each['cell']}所在的工作表 / choose the sheet of {each['cell']}")
        if each["cell"] and not CELL.fullmatch(each["cell"]):
            raise NotReadyError(
                f"“{each['cell']}”不是单元格；请写成 C12 或 C12:C20"
                f" / {each['cell']} is no cell: write it as C12 or C12:C20"
            )


def freeze(here: Doors, principal: Principal, period: str, reason: str) -> None:
    """Lock a month that has begun. Raises ReviewError where it is not settled and no reason is given."""
    acts.allow(here, principal, "month.freeze", what=period)
    _require_begun(here, period)
    with acts.acting(here, principal, "month.freeze", what=period, reason=reason) as connection:
        if not reason.strip() and not is_frozen(connection, period):
            require_settled(here, connection, period)
        review.freeze(connection, period, reason=reason.strip(), by=principal.name, now=here.now())
    publishing.publish_soon(here)


def _require_begun(here: Doors, period: str) -> None:
    month_named(here.campaign(), period)
    if first_day(period) > here.now().date():
        raise ReviewError(f"{period}还没有开始，不能冻结 / {period} has not begun and cannot be frozen")


def reopen(here: Doors, principal: Principal, period: str, reason: str) -> None:
    """Open a frozen month again, for a reason. Raises ReviewError where it is not frozen, or without a reason."""
    with acts.acting(here, principal, "month.reopen", what=period, reason=reason) as connection:
        review.reopen(connection, period, reason=reason.strip(), by=principal.name, now=here.now())
    publishing.publish_soon(here)


def locks(here: Doors, principal: Principal, period: str) -> list[dict[str, object]]:
    """When a month was frozen and reopened, by whom and why."""
    acts.allow(here, principal, "page.review", what=period)
    with here.journal().reading() as connection:
        return [each for each in review.locks(connection) if each["period"] == period]
