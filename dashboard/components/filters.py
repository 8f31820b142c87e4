"""The filters that span the pages, drawn once in the frame and kept in the address."""

from __future__ import annotations

from datetime import date
from html import escape

import streamlit as st

from dashboard import format, queries, state
from dashboard.i18n import of, t
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.period import parse_month


def show(build: str, title: str, today: date) -> None:
    """Campaign title on the left; month, KPI and order of the ranking on the right."""
    st.session_state[state.BUILD] = build
    months = [f"{month:%Y-%m}" for month in queries.months(build, today)]
    kpis = [kpi.key for kpi in queries.collected(build) if kpi.direction != "context"]
    state.settle(state.MONTH, months, f"{queries.latest_month(build, today):%Y-%m}")
    state.settle(state.KPI, kpis, default_kpi(queries.collected(build), build))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="frame"):
        st.html(f'<p class="campaign">{escape(title)}</p>', width="stretch")
        _choice(t("月份"), state.MONTH, months, lambda month: format.month(parse_month(month)), 130)
        _choice(t("指标"), state.KPI, kpis, lambda key: of(KPIS[key], "title"), 230)
        _order(build)
    units = queries.dimensions(build).units["unit_code"].to_list()
    if st.session_state.get(state.UNIT, st.query_params.get(state.UNIT)) in units:
        st.session_state.setdefault(state.UNIT, st.query_params.get(state.UNIT))
    else:
        st.session_state[state.UNIT] = ""
    state.publish(state.MONTH, state.KPI, state.BY, state.UNIT)


def _order(build: str) -> None:
    scored = queries.scorecard(build, parse_month(st.session_state[state.MONTH])) is not None
    names = {state.BY_SCORE: t("按综合得分排名"), state.BY_KPI: t("按所选指标排名")}
    orders = list(names) if scored else [state.BY_KPI]
    state.settle(state.BY, orders, orders[0])
    _choice(t("排名依据"), state.BY, orders, names.__getitem__, 160)


def _choice(label: str, key: str, options: list[str], name: object, width: int) -> None:
    st.selectbox(label, options, key=key, format_func=name, label_visibility="collapsed", width=width)


def default_kpi(collected: list[Kpi], build: str) -> str:
    """The first KPI with a better and a worse, a target, and a monthly sheet; else the first of all."""
    dimensions = queries.dimensions(build)
    monthly = [
        kpi.key
        for kpi in collected
        if kpi.direction != "context"
        and kpi.key in dimensions.targets
        and dimensions.frequency.get(kpi.sheet) == "monthly"
    ]
    return (monthly or [kpi.key for kpi in collected if kpi.direction != "context"])[0]
