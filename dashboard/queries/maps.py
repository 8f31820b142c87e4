"""What the map shows beyond a month's figures: the months beside it, ranks, the units above and below one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import polars as pl
import streamlit as st

from dashboard.components.area_map import COLOURED
from dashboard.components.notation import figure_table
from dashboard.components.scale import edges
from dashboard.i18n import LANGUAGE
from dashboard.queries import builds, figures, rankings
from metrics.kpis import KPIS
from metrics.period import PeriodKind, add_months
from metrics.ranking import Standing, kpi_standing, ranked

MONTHS_DRAWN = 12


@dataclass(frozen=True, kw_only=True)
class Place:
    """A unit's rank in its group: how many share the rank, how many are ranked, and the group by its key.

    Reporting units stand in their peer group, units below them beside the others of the same parent.
    ``coverage`` is the share of the reports behind the rank, ``red_lines`` those the unit crossed.
    """

    rank: int
    sharing: int
    ranked: int
    group: str
    coverage: float = 1.0
    red_lines: tuple[str, ...] = ()


def period(build: str, kpi: str, level: str, asked: PeriodKind | None) -> PeriodKind | None:
    """The reader's period, else the usual one; twelve months where units are too small for one.

    In a single month most counties would stand on too few cases to say anything.
    """
    order = [str(each["key"]) for each in builds.dimensions(build).levels]
    below_the_map = order.index(level) > order.index(builds.map_level(build))
    if asked is None and below_the_map and builds.usual_period(build, KPIS[kpi]) == "month":
        return "rolling12"
    return asked


def months_drawn(build: str, month: date, today: date) -> tuple[date, ...]:
    """The latest year of months that have begun where ``month`` is among them, else those up to it."""
    begun = builds.months(build, today)
    last = begun[0] if month in begun[:MONTHS_DRAWN] else month
    wanted = (add_months(last, back - MONTHS_DRAWN + 1) for back in range(MONTHS_DRAWN))
    return tuple(each for each in wanted if each in builds.shown_months(build))


def year_up_to(build: str, month: date) -> tuple[date, ...]:
    """Thirteen months up to one, so that last year's same month is in it, as far as the campaign reaches."""
    wanted = (
        add_months(month, back - figures.MONTHS_OF_HISTORY + 1) for back in range(figures.MONTHS_OF_HISTORY)
    )
    return tuple(each for each in wanted if each in builds.shown_months(build))


def neighbours(build: str, month: date, today: date) -> tuple[date | None, date | None]:
    """The months before and after one, as far as they can be looked at."""
    begun = set(builds.months(build, today))
    before, after = (add_months(month, step) for step in (-1, 1))
    return (before if before in begun else None, after if after in begun else None)


@st.cache_resource(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def months_of(
    build: str, months: tuple[date, ...], kpi: str, level: str, today: date, asked: PeriodKind | None
) -> dict[date, list[dict[str, object]]]:
    """The figures of a level's units in several months, own offices left out; nobody may alter them."""
    known, kind = set(builds.unit_names(build, level)), period(build, kpi, level, asked)
    tables = {each: figures.table(build, each, (kpi,), level, today, kind) for each in months}
    return {each: table.filter(pl.col("unit_code").is_in(known)).to_dicts() for each, table in tables.items()}


@st.cache_resource(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def class_limits(
    build: str, month: date, kpi: str, level: str, today: date, asked: PeriodKind | None
) -> tuple[float, ...]:
    """What parts the classes of a map: those of a whole year, so that a colour means the same in every month."""
    by_month = months_of(build, months_drawn(build, month, today), kpi, level, today, asked)
    pooled = [row for rows in by_month.values() for row in rows if row["status"] in COLOURED]
    target = next((row["target"] for row in by_month[month] if row["target"] is not None), None)
    return tuple(edges(KPIS[kpi], pooled, target))


def months_table(
    build: str, months: tuple[date, ...], kpi: str, level: str, today: date, asked: PeriodKind | None
) -> pl.DataFrame:
    """``months_of`` as it is taken away, titled in the reader's language."""
    return _months_table(build, months, kpi, level, today, asked, LANGUAGE.get())


@st.cache_resource(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def _months_table(
    build: str,
    months: tuple[date, ...],
    kpi: str,
    level: str,
    today: date,
    asked: PeriodKind | None,
    language: str,
) -> pl.DataFrame:
    found = months_of(build, months, kpi, level, today, asked)
    rows = [row for each in found.values() for row in each]
    return figure_table(rows, builds.unit_names(build, level))


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def places(
    build: str, month: date, kpi: str, level: str, today: date, asked: PeriodKind | None
) -> dict[str, Place]:
    """The place of every ranked unit of a level by its code; none for a KPI without a better and a worse."""
    dimensions, kind = builds.dimensions(build), period(build, kpi, level, asked)
    if KPIS[kpi].direction == "context":
        return {}
    if level == dimensions.reporting_level:
        found = rankings.ranking(build, month, kpi, today, kind)
        return _places(found)
    parent_of = parents(build, level)
    rows = months_of(build, (month,), kpi, level, today, asked)[month]
    standings: tuple[Standing, ...] = ranked(
        (kpi_standing(KPIS[kpi], row, parent_of[row["unit_code"]]) for row in rows),
        higher_is_better=KPIS[kpi].direction == "up",
    )
    return _places([vars(each) for each in standings])


def _places(found: Sequence[Mapping[str, object]]) -> dict[str, Place]:
    placed = [(row, row["group"] or "", row["rank"]) for row in found if row["rank"] is not None]
    groups = Counter(group for _, group, _ in placed)
    ranks = Counter((group, rank) for _, group, rank in placed)
    return {
        str(row["unit_code"]): Place(
            rank=rank,
            sharing=ranks[group, rank],
            ranked=groups[group],
            group=group,
            coverage=float(row["coverage"]),
            red_lines=row["red_lines"],
        )
        for row, group, rank in placed
    }


def parents(build: str, level: str) -> dict[str, str]:
    """The unit above each unit of a level, own offices left out."""
    units = builds.dimensions(build).units.filter((pl.col("level") == level) & ~pl.col("own_office"))
    return dict(units.select("unit_code", "parent_code").rows())


def units_below(
    build: str, month: date, kpi: str, level: str, today: date, asked: PeriodKind | None, unit: str
) -> list[dict[str, object]]:
    """The figures of the units of the level below that belong to a unit."""
    above = parents(build, level)
    rows = months_of(build, (month,), kpi, level, today, asked)[month]
    return [row for row in rows if above[row["unit_code"]] == unit]


def level_of(build: str, unit: str) -> str:
    """The level of a unit that is no own office."""
    units = builds.dimensions(build).units.filter((pl.col("unit_code") == unit) & ~pl.col("own_office"))
    return str(units["level"][0])


def level_below(build: str, level: str) -> str | None:
    """The next level down, None at the lowest."""
    order = [str(each["key"]) for each in builds.dimensions(build).levels]
    return dict(pairwise(order)).get(level)
