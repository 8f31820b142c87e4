"""The one way in which somebody does something: allowed or refused by the table, in one transaction, audited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal, RefusedError, may
from etl import audit
from etl.audit import Act, Outcome


@contextmanager
def acting(
    here: Doors,
    principal: Principal,
    action: str,
    *,
    unit: str | None = None,
    what: str = "",
    **detail: object,
) -> Iterator[sa.Connection]:
    """A writing transaction of the journal for one act, ``what`` it is done to; the audit is part of it.

    Raises RefusedError, which is audited too. An error inside leaves neither the act nor its trace.
    """
    allow(here, principal, action, unit=unit, what=what)
    with here.journal().writing() as connection:
        yield connection
        act = _act(here, principal, action, what or unit or "", "done", detail)
        audit.append(connection, here.store.audit_key(), act)


def allow(here: Doors, principal: Principal, action: str, *, unit: str | None = None, what: str = "") -> None:
    """Raise RefusedError unless somebody may do something; the refusal is audited."""
    if may(principal, action, unit):
        return
    with here.journal().writing() as connection:
        act = _act(here, principal, action, what or unit or "", "refused", {})
        audit.append(connection, here.store.audit_key(), act)
    raise RefusedError(action, unit)


def tell(here: Doors, principal: Principal, action: str, what: str, **detail: object) -> None:
    """Audit an act that changes nothing, such as a download."""
    with here.journal().writing() as connection:
        audit.append(connection, here.store.audit_key(), _act(here, principal, action, what, "done", detail))


def _act(
    here: Doors, principal: Principal, action: str, what: str, outcome: Outcome, detail: dict[str, object]
) -> Act:
    return Act(
        at=here.now(),
        who=principal.account_id,
        roles=",".join(sorted(principal.roles)),
        address=principal.address,
        action=action,
        object=what,
        outcome=outcome,
        detail=detail,
    )
