"""The choice of a KPI: a list under the headings of its themes, narrowed by typing."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import state
from dashboard.components.unit_lines import OTHERS, THEME_OF
from dashboard.i18n import of, t
from metrics.kpi import Kpi

HEADING = "theme:"
"""How the key of a heading begins; the list knows no headings of its own, so they are options that lead on."""


def options(kpis: Sequence[Kpi]) -> dict[str, str]:
    """What the list shows, by key: each theme as a heading over its KPIs, in the registry's order."""
    themes = list(dict.fromkeys(THEME_OF.get(kpi.key, OTHERS) for kpi in kpis))
    shown: dict[str, str] = {}
    for theme in themes:
        if len(themes) > 1:
            shown[f"{HEADING}{theme}"] = t("── {theme} ──", theme=t(theme))
        shown |= {kpi.key: of(kpi, "title") for kpi in kpis if THEME_OF.get(kpi.key, OTHERS) == theme}
    return shown


def show(label: str, kpis: Sequence[Kpi], *, width: int) -> None:
    """The list; a heading chosen stands for the first KPI under it."""
    shown = options(kpis)
    st.selectbox(
        label,
        list(shown),
        key=state.KPI,
        format_func=shown.__getitem__,
        label_visibility="collapsed",
        width=width,
        on_change=_lead_on,
        args=(list(shown),),
    )


def _lead_on(keys: Sequence[str]) -> None:
    chosen = str(st.session_state[state.KPI])
    if chosen.startswith(HEADING):
        st.session_state[state.KPI] = keys[keys.index(chosen) + 1]
