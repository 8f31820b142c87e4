"""Who looks at the page: the session the gate has named, read anew in every run."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard.access import sessions, visitors
from dashboard.access.doors import LOOPBACK, doors
from dashboard.access.permissions import reach
from dashboard.access.principal import NOBODY, Principal
from dashboard.queries import builds
from metrics.connection import NoBuildError, OtherLayoutError


def principal() -> Principal:
    """The person behind this run as their account stands now; NOBODY once their session has ended.

    A page's script runs for an open page too, so that what was true when it was opened counts for nothing.
    """
    here, session = doors(), str(st.user.get("session", ""))
    visiting = visitors.from_session(session)
    if visiting is not None:
        allowed = here.takes_visitors() or here.is_empty()
        return replace(visiting, address=LOOPBACK[0]) if allowed else NOBODY
    if not session or not here.has_journal():
        return NOBODY
    return sessions.principal_of(here.journal(), session, now=here.now()) or NOBODY


def sight(build: str, person: Principal) -> frozenset[str] | None:
    """Codes of the units whose figures somebody sees, where that is their own and those below; else None.

    Their own is one that reports: whoever keeps the register of all is not shown all.
    """
    if reach(person.roles, "page.unit") != "own":
        return None
    dimensions = builds.dimensions(build)
    own = dimensions.units.filter(
        pl.col("level") == dimensions.reporting_level, pl.col("unit_code").is_in(sorted(person.units))
    )["unit_code"]
    under = dimensions.units.filter(
        pl.col("parent_level") == dimensions.reporting_level, pl.col("parent_code").is_in(own.implode())
    )["unit_code"]
    return frozenset(own) | frozenset(under)


def unit_names() -> dict[str, str]:
    """Short names of the reporting units by code; none before there is a build."""
    try:
        build = builds.build()
        return builds.unit_names(build, builds.campaign(build).reporting_level, short=True)
    except (NoBuildError, OtherLayoutError):
        return {}
