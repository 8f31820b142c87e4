"""Who is asking: the person behind a session, what they may be, and for which units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dashboard.access.permissions import PERMISSIONS, reach
from etl.act import Act, Outcome


@dataclass(frozen=True, kw_only=True)
class Principal:
    """An account as it stands at this moment, in one session.

    ``units`` are the codes of the units a liaison reports for; none means none. ``session`` names the
    session (a hash of its secret); ``visiting`` marks one who has only chosen a role to look around on
    simulated data. ``must_change_password`` lets nothing through but that.
    """

    account_id: str
    name: str
    roles: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    session: str = ""
    address: str = ""
    visiting: bool = False
    must_change_password: bool = False


NOBODY = Principal(account_id="", name="")


class RefusedError(Exception):
    """Somebody asked for what they may not do; the message is for them."""

    def __init__(self, action: str, unit: str | None = None) -> None:
        self.action, self.unit = action, unit
        permission = PERMISSIONS.get(action)
        zh, en = (permission.title_zh, permission.title_en) if permission else (action, action)
        of_unit = (f"（{unit}）", f" for {unit}") if unit else ("", "")
        super().__init__(
            f"您的账号无权{zh}{of_unit[0]}；如有需要，请联系省厅管理员。"
            f" / Your account may not do this: {en}{of_unit[1]}. Ask the province's administrator."
        )


def may(principal: Principal, action: str, unit: str | None = None) -> bool:
    """Whether somebody may do something, to a unit where it is done to one.

    Who reaches only their own units needs the unit named; an action that is in no table is refused.
    """
    if principal.must_change_password:
        return False
    found = reach(principal.roles, action)
    return found == "all" or (found == "own" and unit is not None and unit in principal.units)


def may_somewhere(principal: Principal, action: str) -> bool:
    """Whether somebody may do something for any unit at all, so that a page shows the way to it."""
    found = "" if principal.must_change_password else reach(principal.roles, action)
    return found == "all" or (found == "own" and bool(principal.units))


def require(principal: Principal, action: str, unit: str | None = None) -> None:
    """Raise RefusedError unless somebody may do something."""
    if not may(principal, action, unit):
        raise RefusedError(action, unit)


def act_of(
    principal: Principal,
    action: str,
    what: str,
    now: datetime,
    *,
    outcome: Outcome = "done",
    **detail: object,
) -> Act:
    """What somebody has done, or was refused, to ``what``, for the audit."""
    return Act(
        at=now,
        who=principal.account_id,
        roles=",".join(sorted(principal.roles)),
        address=principal.address,
        action=action,
        object=what,
        outcome=outcome,
        detail=detail,
    )
