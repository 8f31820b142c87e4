"""The published build, what its figures are read against, and the dashboard's one clock."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import streamlit as st

from dashboard.components.geometry import Shape, shapes_of
from dashboard.i18n import LANGUAGE
from etl.campaign import Campaign, load_campaign
from metrics.connection import Run, current_build, open_build, runner
from metrics.dimensions import Dimensions, read_dimensions
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.period import PeriodKind, add_months
from metrics.scorecard import Scorecard, scorecard_in_force

CAMPAIGNS = Path(__file__).resolve().parents[2] / "data" / "campaigns"
SHANGHAI = ZoneInfo("Asia/Shanghai")
BUILDS_KEPT, ANSWERS_KEPT = 3, 400


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


def run(build: str) -> Run:
    """The way to ask a build; only queries are allowed to."""
    return runner(_connection(build))


@st.cache_resource(max_entries=BUILDS_KEPT, show_spinner=False)
def dimensions(build: str) -> Dimensions:
    """What the figures of a build are read against; nobody may alter it."""
    return read_dimensions(run(build))


@st.cache_resource(max_entries=BUILDS_KEPT, show_spinner=False)
def campaign(build: str) -> Campaign:
    """The campaign a build belongs to, from its folder."""
    return load_campaign(CAMPAIGNS / str(dimensions(build).campaign["name"]))


@st.cache_resource(max_entries=2 * BUILDS_KEPT, show_spinner=False)
def shapes(build: str, level: str) -> tuple[Shape, ...]:
    """Outlines of a level's units ready to draw; none where the campaign has no boundaries."""
    path = campaign(build).folder / "boundaries.geojson"
    return shapes_of(path.read_bytes(), level) if path.exists() else ()


def unit_names(build: str, level: str | None = None, *, short: bool = False) -> dict[str, str]:
    """Names in the reader's language by unit code, in the campaign's order; own offices are left out."""
    return _unit_names(build, level, LANGUAGE.get(), short)


@st.cache_resource(max_entries=40, show_spinner=False)
def _unit_names(build: str, level: str | None, language: str, short: bool) -> dict[str, str]:
    units = dimensions(build).units.filter(~pl.col("own_office"))
    if level is not None:
        units = units.filter(pl.col("level") == level)
    column = "name_en" if language == "en" else "short_name" if short else "unit_name"
    return dict(units.select("unit_code", column).rows())


def months(build: str, today: date) -> list[date]:
    """The campaign's months that have begun, latest first; at least its first."""
    return _begun(shown_months(build), today)


def begun_months(build: str, today: date) -> list[date]:
    """Every month of the campaign that has begun, latest first, whether or not anybody has reported it or owes it."""
    return _begun(dimensions(build).due_at, today)


def _begun(months: Iterable[date], today: date) -> list[date]:
    known = sorted(months)
    return [month for month in reversed(known) if month <= today] or known[:1]


@st.cache_resource(max_entries=BUILDS_KEPT, show_spinner=False)
def shown_months(build: str) -> frozenset[date]:
    """The campaign's months from the first in which anybody reported anything; all before there is one."""
    return dimensions(build).shown_months


def latest_month(build: str, today: date) -> date:
    """The latest month a reader can judge: fallen due, or reported by all; else the latest reported, else begun.

    The first report of a month before its due date is no province.
    """
    held, begun = dimensions(build), months(build, today)
    reported = [month for month in begun if held.submitted.get(("", month))]
    now, everybody = datetime.combine(today, time()), set(held.reporting_codes)
    whole = (
        month for month in reported if held.due_at[month] <= now or everybody <= held.submitted["", month]
    )
    return next(whole, (reported or begun)[0])


def days_left(build: str, today: date) -> int:
    """Days from today to the campaign's last day; below 0 when it is over."""
    return (add_months(max(dimensions(build).due_at), 1) - timedelta(days=1) - today).days


def collected(build: str) -> list[Kpi]:
    """The KPIs whose sheet the campaign collects, in the registry's order."""
    frequency = dimensions(build).frequency
    return [kpi for kpi in KPIS.values() if not kpi.sheet or kpi.sheet in frequency]


def usual_period(build: str, kpi: Kpi) -> PeriodKind:
    """``usual_period_in`` the dimensions of a build."""
    return usual_period_in(dimensions(build), kpi)


def usual_period_in(held: Dimensions, kpi: Kpi) -> PeriodKind:
    """The period a KPI is looked at in: the one it is judged in, a year for quarterly sheets, else the month."""
    if kpi.judged_in:
        return kpi.judged_in[0]
    return "rolling12" if held.frequency.get(kpi.sheet) == "quarterly" else "month"


def scorecard(build: str, month: date) -> Scorecard | None:
    """The scorecard in force in a month, if the campaign has one."""
    cards = dimensions(build).scorecards
    in_force = any(card.valid_from <= month for card in cards)
    return scorecard_in_force(cards, KPIS, month) if in_force else None


def top_level(build: str) -> str:
    """The level of the whole campaign."""
    return str(dimensions(build).levels[0]["key"])


def whole_code(build: str) -> str:
    """The code of the unit that is the whole campaign's area."""
    return str(
        dimensions(build).units.row(by_predicate=pl.col("level") == top_level(build), named=True)["unit_code"]
    )


def compared_levels(build: str) -> list[dict[str, object]]:
    """The levels whose units can be compared with one another: those below the top."""
    return list(dimensions(build).levels[1:])


def map_level(build: str) -> str:
    """The level a map opens on: the reporting one, or the one below where a single unit reports."""
    levels, units = dimensions(build).levels, dimensions(build).units
    place = next(place for place, level in enumerate(levels) if level["reports"])
    alone = units.filter(pl.col("level") == levels[place]["key"]).height == 1
    return str(levels[place + 1 if alone and place + 1 < len(levels) else place]["key"])
