"""Session keys and their values: plain texts, mirrored in the address so that a page can be sent on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.period import parse_month

BUILD, MONTH, KPI, BY, UNIT = "build", "month", "kpi", "by", "unit"
"""Keys of the session; all but the build are parameters of the address too."""
WANTED = "wanted"
"""What is looked for in the dictionary; not in the address."""

BY_SCORE, BY_KPI = "score", "kpi"
"""What the ranking goes by."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the reader looks at: a build, a month, the KPI of map and ranking, a unit picked out.

    ``by_score``: the ranking goes by the scorecard, not by the KPI.
    """

    build: str
    month: date
    kpi: Kpi
    by_score: bool
    unit: str | None


def settle(key: str, options: Sequence[str], default: str) -> None:
    """Give a key a valid value before its widget is drawn: the session's, else the address's, else the default."""
    if st.session_state.get(key) not in options:
        asked = st.query_params.get(key)
        st.session_state[key] = asked if asked in options else default


def publish(*keys: str) -> None:
    """Write the values of keys into the address."""
    for key in keys:
        if st.session_state.get(key):
            st.query_params[key] = st.session_state[key]
        else:
            st.query_params.pop(key, None)


def pick_unit(unit: str) -> None:
    """Pick a unit out everywhere; picking it again lets it go."""
    st.session_state[UNIT] = "" if st.session_state.get(UNIT) == unit else unit


def filters() -> Filters:
    """The filters of this run, as the frame has settled them."""
    return Filters(
        build=st.session_state[BUILD],
        month=parse_month(st.session_state[MONTH]),
        kpi=KPIS[st.session_state[KPI]],
        by_score=st.session_state[BY] == BY_SCORE,
        unit=st.session_state.get(UNIT) or None,
    )
