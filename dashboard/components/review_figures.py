"""The figures of the unit under review: beside its own months, its target, its group."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard.components import page, unit_exhibits, unit_page
from dashboard.i18n import t
from dashboard.queries import builds, unit_reports, units
from dashboard.state import Filters
from etl.journal import Submission


def show(filters: Filters, submission: Submission, today: date) -> None:
    """Every KPI of a unit, folded; nothing for the top unit, whose register is about others."""
    build, month, code = filters.build, filters.month, submission.unit_code
    picked = units.unit(build, code)
    if picked["level"] != builds.dimensions(build).reporting_level:
        return
    lines = unit_page.lines(build, picked, month, today, None, compares=True)
    table = unit_page.table(build, picked, lines, month, None, compares=True)
    with st.expander(t("本单位全部指标：走势、目标、较上月、同组中位数")):
        page.note(_whose(build, submission))
        unit_exhibits.kpi_table(
            table,
            builds.unit_names(build)[code],
            month,
            unit_exhibits.reading(table, below_level="", chosen=None)[1:],
            simulated=builds.dimensions(build).simulated,
        )


def _whose(build: str, submission: Submission) -> str:
    """Which revision the figures are of: not always the one under review."""
    counted = unit_reports.revisions(build, submission.unit_code).get(submission.period)
    if counted is None:
        return t("本月的报送还没有计入指标。")
    if counted["revision"] == submission.revision:
        return t("以下是本版的数字。")
    return t("以下是第{n}版的数字，不是本版的。", n=counted["revision"])
