"""Units ranked within their peer groups, by the scorecard in force or by one KPI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

import streamlit as st

from dashboard.queries import builds, figures
from metrics.kpis import KPIS
from metrics.period import PeriodKind, add_months
from metrics.ranking import Standing, kpi_standing, rank_by_kpi, rank_scores
from metrics.scorecard import scorecard_in_force
from metrics.scoring import FULL_SCORE, UnitScore, unit_scores

CONTEXT = "context"
"""The reason why no unit has a rank in a KPI without a better and a worse."""


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def ranking(
    build: str, month: date, kpi: str | None, today: date, period: PeriodKind | None = None
) -> list[dict[str, object]]:
    """The reporting units ranked within their groups by a KPI, or by the scorecard in force without one.

    Keys: unit_code, unit_name, group, score, rank, coverage, status, reason, red_lines, and ``parts``: for a
    score the (KPI, contribution, contribution at full points) of each item.
    """
    if kpi is not None:
        return _standing_rows(_by_kpi(build, month, kpi, today, period), {})
    scores = unit_score_list(build, month, today, period)
    return _standing_rows(rank_scores(scores), {unit.unit_code: _parts(unit) for unit in scores})


@st.cache_resource(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def unit_score_list(
    build: str, month: date, today: date, period: PeriodKind | None = None
) -> tuple[UnitScore, ...]:
    """The score of every reporting unit with all it is made of; nobody may alter it."""
    dimensions = builds.dimensions(build)
    return unit_scores(
        builds.run(build),
        dimensions,
        KPIS,
        scorecard_in_force(dimensions.scorecards, KPIS, month),
        month=month,
        kind=period or "month",
        as_of=datetime.combine(today, time()),
    )


def ranking_before(
    build: str, month: date, kpi: str | None, today: date, period: PeriodKind | None = None
) -> list[dict[str, object]]:
    """``ranking`` of the month before; none before the campaign's first."""
    before = add_months(month, -1)
    known = before in builds.dimensions(build).due_at and (kpi is not None or builds.scorecard(build, before))
    return ranking(build, before, kpi, today, period) if known else []


def _by_kpi(build: str, month: date, key: str, today: date, period: PeriodKind | None) -> Sequence[Standing]:
    kpi, dimensions = KPIS[key], builds.dimensions(build)
    if kpi.direction == "context":
        rows = figures.table(build, month, (key,), dimensions.reporting_level, today, period)
        found = (
            kpi_standing(kpi, row, dimensions.peer_group_of.get(row["unit_code"]))
            for row in rows.iter_rows(named=True)
        )
        return [replace(each, status="below_coverage", reason=each.reason or CONTEXT) for each in found]
    return rank_by_kpi(
        builds.run(build),
        dimensions,
        kpi,
        month=month,
        kind=figures.period_of(build, kpi, period),
        as_of=datetime.combine(today, time()),
    )


def _standing_rows(standings: Sequence[Standing], parts: Mapping[str, list]) -> list[dict[str, object]]:
    return [
        vars(standing)
        | {
            "score": None if standing.score is None else float(standing.score),
            "coverage": float(standing.coverage),
            "parts": parts.get(standing.unit_code, []),
        }
        for standing in standings
    ]


def _parts(unit: UnitScore) -> list[tuple[str, float, float]]:
    brought = unit.contributions
    return [
        (item.kpi, float(brought[item.kpi]), float(FULL_SCORE * item.weight / unit.counted_weight))
        for item in unit.items
        if brought and item.counts
    ]
