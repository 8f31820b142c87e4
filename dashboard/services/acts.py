"""The one way in which somebody does something: allowed or refused by the table, in one transaction, audited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal, RefusedError, act_of, may
from etl import audit


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
        act = act_of(principal, action, what or unit or "", here.now(), **detail)
        audit.append(connection, here.store.audit_key(), act)


def allow(here: Doors, principal: Principal, action: str, *, unit: str | None = None, what: str = "") -> None:
    """Raise RefusedError unless somebody may do something; the refusal is audited."""
    if may(principal, action, unit):
        return
    with here.journal().writing() as connection:
        act = act_of(principal, action, what or unit or "", here.now(), outcome="refused")
        audit.append(connection, here.store.audit_key(), act)
    raise RefusedError(action, unit)


def tell(here: Doors, principal: Principal, action: str, what: str, **detail: object) -> None:
    """Audit an act that changes nothing, such as a download."""
    with here.journal().writing() as connection:
        act = act_of(principal, action, what, here.now(), **detail)
        audit.append(connection, here.store.audit_key(), act)
