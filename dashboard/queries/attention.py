"""What deserves a leader's attention: who moved most and why, and what has been missed for months."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from dashboard.queries import builds, figures, rankings
from metrics.explain import explain_change
from metrics.kpi import Kpi
from metrics.kpis import REPORTING
from metrics.movers import Movers, furthest, mover
from metrics.period import add_months
from metrics.scoring import UnitScore

MONTHS_IN_A_ROW = 3
RED_LINES = ("violations", "major_opinion_events")


EACH_WAY = 3
"""So many units are named that rose furthest, and so many that fell."""


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def movers(build: str, month: date, today: date) -> Movers:
    """The units whose score moved furthest since the month before, by substance and by reporting apart.

    Units whose item set differs between the months are compared all the same; one without both scores is left out.
    """
    found = [
        mover(code, explain_change(before, now), REPORTING)
        for code, (before, now) in score_pairs(build, month, today).items()
    ]
    return furthest([each for each in found if each.moves], EACH_WAY)


def score_pairs(build: str, month: date, today: date) -> dict[str, tuple[UnitScore, UnitScore]]:
    """The scores of every reporting unit the month before and in a month, by its code; none without both months."""
    before = add_months(month, -1)
    if not (builds.scorecard(build, month) and builds.scorecard(build, before)):
        return {}
    if before not in builds.shown_months(build):
        return {}
    then = {unit.unit_code: unit for unit in rankings.unit_score_list(build, before, today)}
    now = rankings.unit_score_list(build, month, today)
    return {unit.unit_code: (then[unit.unit_code], unit) for unit in now}


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def missed_in_a_row(build: str, month: date, today: date) -> list[dict[str, object]]:
    """Reporting units with targets missed in each of the last months, most targets first.

    Keys: unit_code and ``kpis``, those judged by the month and missed MONTHS_IN_A_ROW times running.
    """
    kpis = tuple(kpi.key for kpi in _judged_monthly(build))
    wanted = [add_months(month, -back) for back in range(MONTHS_IN_A_ROW)]
    if not kpis or any(each not in builds.shown_months(build) for each in wanted):
        return []
    level = builds.dimensions(build).reporting_level
    missed = [
        figures.table(build, each, kpis, level, today)
        .filter(pl.col("status") == "missed")
        .select("unit_code", "kpi")
        for each in wanted
    ]
    running = missed[0]
    for earlier in missed[1:]:
        running = running.join(earlier, on=["unit_code", "kpi"], how="semi")
    grouped = running.group_by("unit_code", maintain_order=True).agg(kpis="kpi")
    return grouped.sort(pl.col("kpis").list.len(), descending=True, maintain_order=True).to_dicts()


def _judged_monthly(build: str) -> list[Kpi]:
    targets = builds.dimensions(build).targets
    return [
        kpi
        for kpi in builds.collected(build)
        if kpi.key in targets and kpi.key not in RED_LINES and builds.usual_period(build, kpi) == "month"
    ]


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def red_lines(build: str, month: date, today: date) -> list[dict[str, object]]:
    """Verified events of the month: unit_code, kpi, value above 0, in the campaign's order."""
    kpis = tuple(kpi.key for kpi in builds.collected(build) if kpi.key in RED_LINES)
    if not kpis:
        return []
    found = figures.table(build, month, kpis, builds.dimensions(build).reporting_level, today)
    return found.filter(pl.col("value") > 0).select("unit_code", "kpi", "value").to_dicts()
