"""Figures held against earlier ones, like for like: which units stand behind both, which months differ in theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Literal

import polars as pl
import streamlit as st

from dashboard.queries import builds, figures
from metrics.change import Base, base_month, held_against
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.like_for_like import up_to_date
from metrics.period import PeriodKind, scope
from metrics.same_units import value_over
from metrics.survey import COLLECTORS
from metrics.survey_change import surveyed_on

Against = Literal["before", "last_year"]
"""The period before, of a survey the wave before; the same period last year."""


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def changes(
    build: str,
    month: date,
    kpis: tuple[str, ...],
    level: str,
    today: date,
    period: PeriodKind | None,
    against: Against,
) -> pl.DataFrame:
    """The units of a level against an earlier period: the columns of ``metrics.change.held_against``."""
    asked: dict[tuple[PeriodKind, date | None], list[Kpi]] = {}
    for key in kpis:
        kind = figures.period_of(build, KPIS[key], period)
        asked.setdefault((kind, _base(build, KPIS[key], kind, month, against)), []).append(KPIS[key])
    run, dimensions = builds.run(build), builds.dimensions(build)
    return pl.concat(
        held_against(
            run, dimensions, chosen, month=month, earlier=earlier, kind=kind, as_of=_now(today), level=level
        )
        for (kind, earlier), chosen in asked.items()
    )


def _base(build: str, kpi: Kpi, kind: PeriodKind, month: date, against: Against) -> date | None:
    """The month that names the base; months between two waves of a survey repeat it: the wave before stands for them."""
    if against == "before" and kpi.over_time == "last_wave":
        days = figures.survey_days(build, kpi.key, month)
        return days[1].replace(day=1) if len(days) > 1 else None
    base: Base = "last_month" if against == "before" else "last_year"
    return base_month(kind, month, base, builds.dimensions(build).due_at)


def _now(today: date) -> datetime:
    return datetime.combine(today, time())


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def other_units(
    build: str,
    level: str,
    code: str,
    kpis: tuple[str, ...],
    months: tuple[date, ...],
    today: date,
    period: PeriodKind | None,
) -> dict[str, tuple[bool, ...]]:
    """By KPI, of each month whether a unit's figure stands on other reporting units than the last month's."""
    found = {}
    for key in kpis:
        behind = _behind(build, level, code, key, months, today, period)
        found[key] = tuple(units != behind[-1] for units in behind)
    return found


def _behind(
    build: str,
    level: str,
    code: str,
    key: str,
    months: Sequence[date],
    today: date,
    period: PeriodKind | None,
) -> list[frozenset[object]]:
    dimensions, kpi = builds.dimensions(build), KPIS[key]
    kind = figures.period_of(build, kpi, period)
    periods = [scope(kind, month, dimensions.due_at, _now(today)) for month in months]
    if kpi.mart == "mart_survey":
        surveys = builds.run(build)(
            "from mart_survey where collector = $collector", {"collector": COLLECTORS[key]}
        )
        return [
            surveyed_on(surveys, dimensions.hierarchy, (level, code), before=each.end) for each in periods
        ]
    fed_by = reporting_units(build, level, code)
    return [up_to_date(dimensions, kpi, each) & fed_by for each in periods]


def reporting_units(build: str, level: str, code: str) -> frozenset[str]:
    """The reporting units whose workbooks feed a unit."""
    return frozenset(builds.dimensions(build).reporting.filter(level=level, unit_code=code)["reporting_code"])


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def on_same_units(
    build: str,
    level: str,
    code: str,
    kpi: str,
    months: tuple[date, ...],
    today: date,
    period: PeriodKind | None,
) -> tuple[int, tuple[float | None, ...]] | None:
    """A unit's values in several months over the units that have reported in all of them, and how many these are.

    Months in which fewer than half had reported are left out. None where every month stands on the same units,
    or fewer than half are left.
    """
    if KPIS[kpi].mart == "mart_survey":
        return None
    behind, everybody = (
        _behind(build, level, code, kpi, months, today, period),
        reporting_units(build, level, code),
    )
    whole = [2 * len(units) >= len(everybody) for units in behind]
    shown = [units for units, is_whole in zip(behind, whole, strict=True) if is_whole]
    common = frozenset.intersection(*shown) if shown else frozenset()
    if len(set(shown)) < 2 or 2 * len(common) < len(everybody):
        return None
    kind = figures.period_of(build, KPIS[kpi], period)
    asked = {"kind": kind, "as_of": _now(today), "level": level, "unit_code": code}
    run, dimensions = builds.run(build), builds.dimensions(build)
    values = (
        value_over(run, dimensions, KPIS[kpi], common, month=month, **asked) if is_whole else None
        for month, is_whole in zip(months, whole, strict=True)
    )
    return len(common), tuple(values)
