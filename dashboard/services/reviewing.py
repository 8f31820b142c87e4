"""The decisions of the review: passing, returning, freezing a month, reopening it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts, publishing
from dashboard.services.reporting import NotReadyError, month_named
from etl import review
from etl.calendar import first_day
from etl.extensions import due_at, in_force
from etl.journal import PASSED, RETURNED, current
from etl.review import ReviewError

LONGEST_REASON, UNITS_NAMED = 300, 5
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
                f"“{each['cell']}”不是单元格;请写成 C12 或 C12:C20"
                f" / {each['cell']} is no cell: write it as C12 or C12:C20"
            )


def freeze(here: Doors, principal: Principal, period: str, reason: str) -> None:
    """Lock a month that has begun. Raises ReviewError where something waits or is missing and no reason is given."""
    acts.allow(here, principal, "month.freeze", what=period)
    _require_begun(here, period)
    with acts.acting(here, principal, "month.freeze", what=period, reason=reason) as connection:
        review.freeze(connection, period, reason=reason.strip(), by=principal.name, now=here.now())
        if not reason.strip():
            _require_due(here, connection, period)
            _require_whole(here, period)
    publishing.publish_soon(here)


def _require_begun(here: Doors, period: str) -> None:
    month_named(here.campaign(), period)
    if first_day(period) > here.now().date():
        raise ReviewError(f"{period}还没有开始,不能冻结 / {period} has not begun and cannot be frozen")


def _require_whole(here: Doors, period: str) -> None:
    """Every unit that reports has a revision that counts; ReviewError names those that have none."""
    counting = {code for code, _ in current(here.journal().submissions(period=period))}
    missing = [unit for unit in here.campaign().reporting_units if unit.code not in counting]
    if missing:
        named = "、".join(unit.short_name for unit in missing[:UNITS_NAMED])
        zh, en = (
            (f"等{len(missing)}个", f" and others, {len(missing)}")
            if len(missing) > UNITS_NAMED
            else ("", "")
        )
        raise ReviewError(
            f"{period}还没有{named}{zh}单位的报送(未报、已退回或已撤回);等其报来,或写明为何照样冻结"
            f" / {period} has no report that counts of {named}{en}: wait for it, or say why it is frozen all the same"
        )


def _require_due(here: Doors, connection: sa.Connection, period: str) -> None:
    """Every unit's time is up; ReviewError names the last day."""
    campaign, granted = here.campaign(), in_force(connection, here.campaign())
    last = max(due_at(campaign, granted, unit.code, period) for unit in campaign.reporting_units)
    if here.now() < last:
        day = (last - timedelta(days=1)).date()
        raise ReviewError(
            f"{period}到{day}24:00才截止;届时再冻结,或写明为何提前冻结"
            f" / reports of {period} are due by the end of {day}: wait until then, or say why it is frozen before"
        )


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
