"""The figures of the unit under review: beside its own months, its target, its group."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard.components import unit_exhibits, unit_page
from dashboard.i18n import t
from dashboard.queries import builds, units
from dashboard.state import Filters


def show(filters: Filters, code: str, today: date) -> None:
    """Every KPI of a unit, folded; nothing for the top unit, whose register is about others."""
    build, month = filters.build, filters.month
    picked = units.unit(build, code)
    if picked["level"] != builds.dimensions(build).reporting_level:
        return
    lines = unit_page.lines(build, picked, month, today, None, compares=True)
    table = unit_page.table(build, picked, lines, month, None, compares=True)
    with st.expander(t("本单位全部指标:走势、目标、较上月、同组中位数")):
        unit_exhibits.kpi_table(
            table,
            builds.unit_names(build)[code],
            month,
            unit_exhibits.reading(table, below_level="", chosen=None)[1:],
            simulated=builds.dimensions(build).simulated,
        )
