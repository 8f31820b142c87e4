"""The only way from a page to figures: the build CURRENT names, opened once, every answer kept by build.

Each cached function takes the build and plain values, never a reader: a new build is a new key, so it
is seen on the next rerun and nothing is ever cleared. The dashboard's one clock stands here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import streamlit as st

from dashboard.components.geometry import Shape, shapes_of
from etl.campaign import Campaign, load_campaign
from metrics.connection import Run, current_build, open_build, runner
from metrics.dimensions import Dimensions, read_dimensions
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.period import PeriodKind, add_months
from metrics.query import table
from metrics.ranking import Standing, rank_by_kpi, rank_scores
from metrics.scorecard import Scorecard, scorecard_in_force
from metrics.scoring import FULL_SCORE, UnitScore, unit_scores
from metrics.survey import COLLECTORS

CAMPAIGNS = Path(__file__).resolve().parent.parent / "data" / "campaigns"
SHANGHAI = ZoneInfo("Asia/Shanghai")
BUILDS_KEPT, ANSWERS_KEPT = 3, 400
MONTHS_OF_HISTORY = 13
"""A year and the month it began in, so that last year's same month is in it."""


def today() -> date:
    """The day in Shanghai. Due dates end at midnight: within a day no judgement changes."""
    return datetime.now(SHANGHAI).date()


def store() -> Path:
    """The store's folder, STORE_DIR or the default."""
    return Path(os.environ.get("STORE_DIR", "data/store"))


def build() -> str:
    """The published build of this moment, as text; NoBuildError before the first."""
    return str(current_build(store()))


def _close(connection: duckdb.DuckDBPyConnection) -> None:
    connection.close()


@st.cache_resource(max_entries=BUILDS_KEPT, show_spinner=False, on_release=_close)
def _connection(build: str) -> duckdb.DuckDBPyConnection:
    return open_build(Path(build))


def _run(build: str) -> Run:
    return runner(_connection(build))


@st.cache_resource(max_entries=BUILDS_KEPT, show_spinner=False)
def dimensions(build: str) -> Dimensions:
    """What the figures of a build are read against; nobody may alter it."""
    return read_dimensions(_run(build))


@st.cache_resource(max_entries=BUILDS_KEPT, show_spinner=False)
def campaign(build: str) -> Campaign:
    """The campaign a build belongs to, from its folder."""
    return load_campaign(CAMPAIGNS / str(dimensions(build).campaign["name"]))


@st.cache_resource(max_entries=2 * BUILDS_KEPT, show_spinner=False)
def shapes(build: str, level: str) -> tuple[Shape, ...]:
    """Outlines of a level's units ready to draw; none where the campaign has no boundaries."""
    path = campaign(build).folder / "boundaries.geojson"
    return shapes_of(path.read_bytes(), level) if path.exists() else ()


def months(build: str, today: date) -> list[date]:
    """The campaign's months that have begun, latest first; at least its first."""
    known = sorted(dimensions(build).due_at)
    return [month for month in reversed(known) if month <= today] or known[:1]


def latest_month(build: str, today: date) -> date:
    """The latest begun month of which anything is reported, else the latest begun."""
    begun, submitted = months(build, today), dimensions(build).submitted
    return next((month for month in begun if submitted.get(("", month))), begun[0])


def collected(build: str) -> list[Kpi]:
    """The KPIs whose sheet the campaign collects, in the registry's order."""
    frequency = dimensions(build).frequency
    return [kpi for kpi in KPIS.values() if not kpi.sheet or kpi.sheet in frequency]


def usual_period(build: str, kpi: Kpi) -> PeriodKind:
    """The period a KPI is looked at in: the one it is judged in, a year for quarterly sheets, else the month."""
    if kpi.judged_in:
        return kpi.judged_in[0]
    return "rolling12" if dimensions(build).frequency.get(kpi.sheet) == "quarterly" else "month"


@st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)
def figures(build: str, month: date, kpis: tuple[str, ...], level: str | None, today: date) -> pl.DataFrame:
    """The table of figures of some KPIs, each over its usual period: TABLE_COLUMNS."""
    by_kind: dict[PeriodKind, list[Kpi]] = {}
    for key in kpis:
        by_kind.setdefault(usual_period(build, KPIS[key]), []).append(KPIS[key])
    return pl.concat(
        table(
            _run(build),
            dimensions(build),
            chosen,
            month=month,
            kind=kind,
            as_of=datetime.combine(today, time()),
            level=level,
        )
        for kind, chosen in by_kind.items()
    )


@st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)
def history(build: str, month: date, kpis: tuple[str, ...], level: str, today: date) -> pl.DataFrame:
    """``figures`` of the months up to one, as far as the campaign reaches back; ``month`` as a date."""
    wanted = [add_months(month, back - MONTHS_OF_HISTORY + 1) for back in range(MONTHS_OF_HISTORY)]
    return pl.concat(
        figures(build, each, kpis, level, today).with_columns(month=pl.lit(each))
        for each in wanted
        if each in dimensions(build).due_at
    )


@st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)
def hand_in(build: str, month: date, today: date) -> pl.DataFrame:
    """One row a reporting unit: unit_code, short_name, unit_name, state, days_late, absent, passed.

    ``state`` is on_time, late, not_reported or not_due; ``absent`` counts sheets left out of the report;
    ``passed`` says whether a reviewer has passed it.
    """
    found = _run(build)(_HAND_IN, {"month": month})
    due_at, now = dimensions(build).due_at[month], datetime.combine(today, time())
    came = pl.col("first_received_at")
    state = (
        pl.when(pl.col("has_report") & (came < due_at))
        .then(pl.lit("on_time"))
        .when("has_report")
        .then(pl.lit("late"))
        .otherwise(pl.lit("not_due" if now < due_at else "not_reported"))
    )
    late = (came - due_at).dt.total_days() + 1
    return found.with_columns(state=state, days_late=late)


_HAND_IN = """
    select
        unit.unit_code,
        unit.unit_name,
        unit.short_name,
        submission.submission_id is not null as has_report,
        coalesce(submission.state in ('passed', 'frozen'), false) as passed,
        first_report.received_at as first_received_at,
        (
            select count(*) from dim_submitted_sheet as sheet
            where sheet.submission_id = submission.submission_id and sheet.content = 'not_reported'
        ) as absent
    from dim_unit as unit
    join dim_level as level on level.key = unit.level and level.reports
    left join dim_submission as submission
        on submission.reporting_code = unit.unit_code and submission.month = $month
    left join dim_first_report as first_report
        on first_report.reporting_code = unit.unit_code and first_report.month = $month
    where not unit.own_office
    order by unit.position
"""


@st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)
def survey_days(build: str, kpi: str, month: date) -> list[date]:
    """Last days of the survey waves behind a KPI that ended by a month's end, latest first; none for others."""
    if kpi not in COLLECTORS:
        return []
    collector, before = COLLECTORS[kpi], add_months(month, 1)
    sql = "select distinct ended_on from mart_survey where collector = $collector and ended_on < $before order by 1 desc"
    return _run(build)(sql, {"collector": collector, "before": before})["ended_on"].to_list()


def days_left(build: str, today: date) -> int:
    """Days from today to the campaign's last day; below 0 when it is over."""
    return (add_months(max(dimensions(build).due_at), 1) - timedelta(days=1) - today).days


def scorecard(build: str, month: date) -> Scorecard | None:
    """The scorecard in force in a month, if the campaign has one."""
    cards = dimensions(build).scorecards
    in_force = any(card.valid_from <= month for card in cards)
    return scorecard_in_force(cards, KPIS, month) if in_force else None


def map_level(build: str) -> str:
    """The level a map shows: the reporting one, or the one below where a single unit reports."""
    levels, units = dimensions(build).levels, dimensions(build).units
    place = next(place for place, level in enumerate(levels) if level["reports"])
    alone = units.filter(pl.col("level") == levels[place]["key"]).height == 1
    return str(levels[place + 1 if alone and place + 1 < len(levels) else place]["key"])


@st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)
def ranking(build: str, month: date, kpi: str | None, today: date) -> list[dict[str, object]]:
    """The reporting units ranked within their groups by a KPI, or by the scorecard in force without one.

    Keys: unit_code, unit_name, group, score, rank, status, reason, red_lines, and ``parts``: for a score
    the (KPI, contribution, contribution at full points) of each item.
    """
    as_of, run, dims = datetime.combine(today, time()), _run(build), dimensions(build)
    if kpi is not None:
        kind = usual_period(build, KPIS[kpi])
        return _standing_rows(rank_by_kpi(run, dims, KPIS[kpi], month=month, kind=kind, as_of=as_of), {})
    card = scorecard_in_force(dims.scorecards, KPIS, month)
    scores = unit_scores(run, dims, KPIS, card, month=month, as_of=as_of)
    return _standing_rows(rank_scores(scores), {unit.unit_code: _parts(unit) for unit in scores})


def ranking_before(build: str, month: date, kpi: str | None, today: date) -> list[dict[str, object]]:
    """``ranking`` of the month before; none before the campaign's first."""
    before = add_months(month, -1)
    known = before in dimensions(build).due_at and (kpi is not None or scorecard(build, before))
    return ranking(build, before, kpi, today) if known else []


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
