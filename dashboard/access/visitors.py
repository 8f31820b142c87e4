"""Visitors: on simulated data on one's own machine anybody may choose a role and look around."""

from __future__ import annotations

from dashboard.access.permissions import ROLES
from dashboard.access.principal import Principal
from dashboard.i18n import deferred

COOKIE = "assessment_visit"
FIRST_ROLE = "viewer"
NAME = deferred("访客")
PREFIX = "visit"


def visitor(chosen: str | None) -> Principal:
    """The visitor of a choice ``role`` or ``role.unit``; what makes no sense is a viewer.

    The session's name says it all, so that it needs no row in the journal.
    """
    role, _, unit = (chosen or "").partition(".")
    if role not in ROLES:
        role, unit = FIRST_ROLE, ""
    units = frozenset({unit}) if unit.isalnum() and unit.isascii() else frozenset()
    return Principal(
        account_id=f"{PREFIX}-{role}",
        name=NAME,
        roles=frozenset({role}),
        units=units,
        session=f"{PREFIX}:{role}.{'.'.join(units)}",
        visiting=True,
    )


def from_session(session: str) -> Principal | None:
    """The visitor whose session the gate has named; None for a session of an account."""
    kind, _, chosen = session.partition(":")
    return visitor(chosen) if kind == PREFIX else None
