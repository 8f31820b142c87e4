"""Units ranked within their peer groups, by the scorecard in force or by one KPI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

import streamlit as st

from dashboard.queries import builds, figures
from metrics.explain import explain
from metrics.kpis import KPIS
from metrics.period import PeriodKind, add_months
from metrics.rank_band import Band, rank_bands, rank_bands_by_kpi
from metrics.rank_moves import places_gained
from metrics.ranking import Standing, kpi_standing, rank_by_kpi, rank_scores
from metrics.scorecard import scorecard_in_force
from metrics.scoring import UnitScore, crossed, unit_scores

MONTHS_SHOWN = 6
"""Months of ranks beside one another."""
CONTEXT = "context"
"""The reason why no unit has a rank in a KPI without a better and a worse."""


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def ranking(
    build: str, month: date, kpi: str | None, today: date, period: PeriodKind | None = None
) -> list[dict[str, object]]:
    """The reporting units ranked within their groups by a KPI, or by the scorecard in force without one.

    Keys: unit_code, unit_name, group, score, rank, coverage, status, reason (``not_due`` instead of
    ``not_reported`` before the month's due date or the unit's own), red_lines, and for a score ``parts``: the (KPI,
    contribution, contribution at full points) of every item in the scorecard's order, and ``evaluated``:
    how many items have a value that may be judged, and how many there are.
    """
    if kpi is not None:
        lines = red_lines_crossed(build, month, today, period)
        found = [
            row | {"red_lines": lines.get(str(row["unit_code"]), ())}
            for row in _standing_rows(_by_kpi(build, month, kpi, today, period), ())
        ]
    else:
        scores = unit_score_list(build, month, today, period)
        found = _standing_rows(rank_scores(scores), scores)
    dimensions = builds.dimensions(build)
    waiting = dimensions.may_still_report(month, datetime.combine(today, time()))
    everyone = not is_due(build, month, today)
    return [
        row | {"reason": "not_due"}
        if row["reason"] == "not_reported" and (everyone or row["unit_code"] in waiting)
        else row
        for row in found
    ]


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def red_lines_crossed(
    build: str, month: date, today: date, period: PeriodKind | None = None
) -> dict[str, tuple[str, ...]]:
    """The red lines each reporting unit crossed, by its code: those of the scorecard in force, whatever ranks."""
    card = builds.scorecard(build, month)
    if card is None or not card.red_lines:
        return {}
    level = builds.dimensions(build).reporting_level
    rows: dict[str, dict[str, dict[str, object]]] = {}
    for row in figures.table(build, month, tuple(card.red_lines), level, today, period or "month").to_dicts():
        rows.setdefault(str(row["unit_code"]), {})[str(row["kpi"])] = row
    found = {code: crossed(card.red_lines, of_unit) for code, of_unit in rows.items()}
    return {code: lines for code, lines in found.items() if lines}


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
    known = before in builds.shown_months(build) and (kpi is not None or builds.scorecard(build, before))
    return ranking(build, before, kpi, today, period) if known else []


def moves(now: Sequence[Mapping[str, object]], before: Sequence[Mapping[str, object]]) -> dict[str, int]:
    """Places each unit has gained within its group, by the rule of metrics.rank_moves; none without both ranks."""
    then = {str(row["unit_code"]): row["rank"] for row in before}
    groups: dict[object, dict[str, int | None]] = {}
    for row in now:
        groups.setdefault(row["group"], {})[str(row["unit_code"])] = row["rank"]
    gained: dict[str, int] = {}
    for ranks in groups.values():
        gained |= places_gained({code: then.get(code) for code in ranks}, ranks)
    return gained


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def bands(
    build: str, month: date, kpi: str | None, today: date, period: PeriodKind | None = None
) -> dict[str, Band]:
    """How sure each rank of ``ranking`` is, by unit: the first and last place it might as well have had."""
    if kpi is None:
        return rank_bands(unit_score_list(build, month, today, period))
    if KPIS[kpi].direction == "context":
        return {}
    dimensions = builds.dimensions(build)
    rows = figures.table(build, month, (kpi,), dimensions.reporting_level, today, period)
    return rank_bands_by_kpi(KPIS[kpi], rows.to_dicts(), dimensions.peer_group_of)


def past(
    build: str, month: date, kpi: str | None, today: date, period: PeriodKind | None = None
) -> list[tuple[date, list[dict[str, object]]]]:
    """``ranking`` of the last MONTHS_SHOWN months up to one, earliest first, as far as there were any."""
    wanted = [add_months(month, back - MONTHS_SHOWN + 1) for back in range(MONTHS_SHOWN)]
    known = builds.shown_months(build)
    return [
        (each, ranking(build, each, kpi, today, period))
        for each in wanted
        if each in known and (kpi is not None or builds.scorecard(build, each))
    ]


def is_due(build: str, month: date, today: date) -> bool:
    """Whether the due date of a month's reports has passed."""
    return builds.dimensions(build).due_at[month] <= datetime.combine(today, time())


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


def _standing_rows(standings: Sequence[Standing], scores: Sequence[UnitScore]) -> list[dict[str, object]]:
    score_of = {unit.unit_code: unit for unit in scores}
    return [
        vars(standing)
        | {
            "score": None if standing.score is None else float(standing.score),
            "coverage": float(standing.coverage),
            "parts": _parts(score_of.get(standing.unit_code)),
            "evaluated": _evaluated(score_of.get(standing.unit_code)),
        }
        for standing in standings
    ]


def _parts(unit: UnitScore | None) -> list[tuple[str, float, float]]:
    if unit is None or unit.score is None:
        return []
    return [(each.item.kpi, float(each.contribution), float(each.full)) for each in explain(unit)]


def _evaluated(unit: UnitScore | None) -> tuple[int, int]:
    items = () if unit is None else unit.items
    return sum(item.value is not None for item in items), len(items)
