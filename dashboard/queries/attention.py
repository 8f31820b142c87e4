"""What deserves a leader's attention: who moved most and why, and what has been missed for months."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from dashboard.queries import builds, figures, rankings
from metrics.explain import Move, explain_change
from metrics.kpi import Kpi
from metrics.period import add_months

MONTHS_IN_A_ROW = 3
RED_LINES = ("violations", "major_opinion_events")


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def movers(build: str, month: date, today: date) -> list[dict[str, object]]:
    """Units by how far their score moved since the month before, furthest up first.

    Keys: unit_code, difference, and of the item that moved it furthest the same way: kpi, share (its part
    of the difference), and ``now`` and ``before`` as (numerator, denominator, value). Units whose item set
    differs between the months are compared all the same; a unit without both scores is left out.
    """
    before = add_months(month, -1)
    if not (builds.scorecard(build, month) and builds.scorecard(build, before)):
        return []
    if before not in builds.shown_months(build):
        return []
    then = {unit.unit_code: unit for unit in rankings.unit_score_list(build, before, today)}
    found = []
    for unit in rankings.unit_score_list(build, month, today):
        moves = explain_change(then[unit.unit_code], unit)
        difference = sum(move.difference for move in moves)
        if moves and difference:
            found.append(_mover(unit, then[unit.unit_code], moves, float(difference)))
    return sorted(found, key=lambda row: -row["difference"])


def _mover(unit: object, before: object, moves: tuple[Move, ...], difference: float) -> dict[str, object]:
    sign = 1 if difference > 0 else -1
    main = max(moves, key=lambda move: move.difference * sign)
    return {
        "unit_code": unit.unit_code,
        "difference": difference,
        "kpi": main.kpi,
        "cause": main.cause,
        "share": float(main.difference),
        "now": _figure(unit, main.kpi),
        "before": _figure(before, main.kpi),
    }


def _figure(unit: object, kpi: str) -> tuple[float | None, float | None, float | None]:
    item = next((item for item in unit.items if item.kpi == kpi), None)
    if item is None or item.value is None:
        return None, None, None
    return item.numerator, item.denominator, float(item.value)


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
