"""What the reader looks at: plain texts in the session, mirrored in the address so that a view can be sent on.

A link within the dashboard is an address too, ``page?key=value``: it names the page, if another one, and
the keys that change. Every key has its default, so that no address can make a page fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from dashboard.i18n import LANGUAGE
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.period import PeriodKind, parse_month

BUILD, ASKED, PUBLISHED, USED = "build", "asked", "published", "used"
"""Keys of the session alone: the build read in this run, the address the reader has changed to in this run, the
one written last, and the keys the page of this run uses."""
MONTH, PERIOD, LEVEL, GROUP, KPI, UNIT, BY, ROWS, PART, CHART, ORDER, EXPLORE, WANTED, LANG = ADDRESS = (
    "month",
    "period",
    "level",
    "group",
    "kpi",
    "unit",
    "by",
    "rows",
    "part",
    "chart",
    "order",
    "explore",
    "wanted",
    "lang",
)
"""Keys of the session that stand in the address too."""

BY_SCORE, BY_KPI = "score", "kpi"
"""What a ranking goes by."""
DOTS, FUNNEL = "dots", "funnel"
"""How units are drawn beside one another."""
CANVAS, CHARTS = "map", "charts"
"""What is asked for to explore in: the map on a canvas, the charts in Plotly."""
BY_VALUE, BY_PLACE = "", "place"
"""How units are listed and drawn: by value, or as the campaign orders them."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the reader looks at: a build, a period, a KPI, and what is picked out.

    ``period``: None for the one each KPI is usually looked at in. ``level``: where units are compared.
    ``group``: a peer group, None for all. ``by_score``: rankings go by the scorecard, not by the KPI.
    ``rows``: the unit whose rows behind a figure are open, ``part`` which of them (see etl.provenance). ``chart`` and ``order``: how units are drawn and
    listed, "" for what suits them best. ``explore``: which library is asked for beyond the drawings, "" for none.
    """

    build: str
    month: date
    period: PeriodKind | None
    kpi: Kpi
    level: str
    group: str | None
    by_score: bool
    unit: str | None
    rows: str | None
    part: str = ""
    chart: str = ""
    order: str = ""
    explore: str = ""


def arrive() -> None:
    """See whether the reader has changed the address (opened, edited, followed, gone back to); first thing of a run.

    If so it alone counts for what its page uses, and a key it leaves out has its default; else the session does. An
    address without any of our keys is none: the menu of pages leads to such.
    """
    st.session_state[USED] = [LANG]
    asked = {key: value for key, value in st.query_params.to_dict().items() if key in ADDRESS}
    moved = bool(asked) and asked != st.session_state.get(PUBLISHED)
    st.session_state[ASKED] = asked if moved else None


def use(keys: Iterable[str]) -> None:
    """Say which keys the page of this run uses, beside the language: its address says nothing of any other."""
    st.session_state[USED] = [LANG, *keys]


def settle(key: str, options: Sequence[str], default: str) -> str:
    """Give a key a valid value before its widget is drawn: the address's, else the session's.

    The value is set in any case: what a widget of another page has left would be dropped with it.
    """
    value = _wanted(key)
    st.session_state[key] = value if value in options else default
    st.session_state[f"default.{key}"] = default
    return str(st.session_state[key])


def settle_text(key: str) -> str:
    """``settle`` for a free text, kept short."""
    st.session_state[key] = str(_wanted(key) or "")[:100]
    return str(st.session_state[key])


def _wanted(key: str) -> str | None:
    asked = st.session_state[ASKED]
    if asked is None or key not in st.session_state[USED]:
        return st.session_state.get(key)
    return asked.get(key)


def publish() -> None:
    """Write what the session holds into the address, in one step of the browser's history."""
    address = _address()
    st.session_state[PUBLISHED] = address
    if st.query_params.to_dict() != address:
        st.query_params.from_dict(address)


def _address() -> dict[str, str]:
    """The session's view as far as the page uses it; what goes without saying is left out.

    Month and KPI are always said: their defaults change with the data.
    """
    used = st.session_state[USED]
    held = {key: str(st.session_state.get(key) or "") for key in ADDRESS if key in used}
    return {
        key: value
        for key, value in held.items()
        if value and (value != st.session_state.get(f"default.{key}") or key in (MONTH, KPI))
    }


def speak() -> None:
    """Put this run's texts into the reader's language; a fragment does so for itself."""
    LANGUAGE.set(st.session_state[LANG])


def filters() -> Filters:
    """The filters of this run, as the frame has settled them."""
    held = st.session_state
    return Filters(
        build=held[BUILD],
        month=parse_month(held[MONTH]),
        period=held[PERIOD] or None,
        kpi=KPIS[held[KPI]],
        level=held[LEVEL],
        group=held[GROUP] or None,
        by_score=held[BY] == BY_SCORE,
        unit=held[UNIT] or None,
        rows=held[ROWS] or None,
        part=held[PART],
        chart=held[CHART],
        order=held[ORDER],
        explore=held[EXPLORE],
    )
