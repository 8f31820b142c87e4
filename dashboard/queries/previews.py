"""Previews of drafts, computed once for a draft and the build it is held against."""

from __future__ import annotations

import streamlit as st

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.queries import builds
from dashboard.services.previewing import Previewed, previewed
from dashboard.services.standing import Standing
from metrics.connection import NoBuildError

KEPT = 20


def figures(here: Doors, principal: Principal, found: Standing) -> Previewed:
    """``previewed`` of a unit's draft. Raises as it does."""
    try:
        build = builds.build()
    except NoBuildError:
        build = ""
    # The key names draft, unit and build: whoever may not see the draft has no draft of this id to ask with.
    return _figures(here, principal, found.unit.code, found.period, found.draft.draft_id, build)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _figures(
    _here: Doors, _principal: Principal, unit_code: str, period: str, draft_id: str, build: str
) -> Previewed:
    return previewed(_here, _principal, unit_code, period)
