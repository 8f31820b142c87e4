"""One unit and what it is held against: the units above, below and beside it, its months, its reports."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from dashboard.queries import builds, figures, rankings
from dashboard.queries.figures import MONTHS_OF_HISTORY
from etl.campaign import Population
from metrics.kpis import KPIS
from metrics.period import PeriodKind, add_months
from metrics.rank_certainty import rank_certainty

Unit = dict[str, object]
"""A row of dim_unit."""

ENOUGH_CASES = ("met", "missed", "no_target")
"""Statuses of values that may be compared."""


def unit(build: str, code: str | None) -> Unit:
    """The unit of a code; the whole without one."""
    units = builds.dimensions(build).units.filter(~pl.col("own_office"))
    level = builds.top_level(build)
    found = units.filter(pl.col("unit_code") == code if code else pl.col("level") == level)
    return found.row(0, named=True)


def first_in(build: str, sight: frozenset[str] | None) -> str | None:
    """The unit a page opens on for somebody who sees some units only: the first that reports; None for the rest."""
    dimensions = builds.dimensions(build)
    reporting = dimensions.units.filter(~pl.col("own_office"), pl.col("level") == dimensions.reporting_level)
    return next((code for code in reporting["unit_code"] if sight is not None and code in sight), None)


def way_up(build: str, picked: Unit) -> list[Unit]:
    """The units above one, from the top down to itself."""
    above = picked["parent_code"]
    return [*(way_up(build, unit(build, str(above))) if above else []), picked]


def below(build: str, picked: Unit) -> list[str]:
    """Codes of the units right below one; its own office is none of them."""
    units = builds.dimensions(build).units.filter(~pl.col("own_office"))
    under = (pl.col("parent_code") == picked["unit_code"]) & (pl.col("parent_level") == picked["level"])
    return units.filter(under)["unit_code"].to_list()


def peers(build: str, picked: Unit) -> list[str]:
    """Codes of the units one is compared with, itself among them: its group, else those under the same parent.

    None where it would stand alone.
    """
    units = builds.dimensions(build).units.filter(~pl.col("own_office"), pl.col("level") == picked["level"])
    beside = "peer_group" if picked["peer_group"] else "parent_code"
    found = units.filter(pl.col(beside).eq_missing(pl.lit(picked[beside])))["unit_code"].to_list()
    return found if len(found) > 1 else []


def is_below_reporting(build: str, level: object) -> bool:
    """Whether units of a level are named in the reports of others."""
    order = [str(each["key"]) for each in builds.dimensions(build).levels]
    return order.index(str(level)) > order.index(builds.dimensions(build).reporting_level)


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def periods(build: str, level: str, period: PeriodKind | None) -> dict[str, PeriodKind]:
    """The period each KPI is shown in at a level: the reader's, else its usual one.

    Below the reporting level a month holds too few cases: rolling twelve months, unless a KPI is judged in
    a period of its own.
    """
    few = period is None and is_below_reporting(build, level)
    return {
        kpi.key: "rolling12" if few and not kpi.judged_in else figures.period_of(build, kpi, period)
        for kpi in builds.collected(build)
    }


def population(build: str, picked: Unit, month: date) -> Population | None:
    """How many people live in a unit, with the source of the number."""
    return builds.campaign(build).population(str(picked["unit_code"]), f"{month:%Y-%m}", str(picked["level"]))


def months_up_to(build: str, month: date) -> list[date]:
    """A year of months and one more up to one, as far as the campaign reaches back."""
    shown = builds.shown_months(build)
    wanted = (add_months(month, back - MONTHS_OF_HISTORY + 1) for back in range(MONTHS_OF_HISTORY))
    return [each for each in wanted if each in shown]


def _figures(build: str, level: object, month: date, today: date, period: PeriodKind | None) -> pl.DataFrame:
    """The figures of every unit and KPI, in the periods of a level."""
    kpis = [kpi.key for kpi in builds.collected(build)]
    if period is not None or not is_below_reporting(build, level):
        return figures.table(build, month, tuple(kpis), None, today, period)
    own = tuple(key for key in kpis if KPIS[key].judged_in)
    rest = tuple(key for key in kpis if not KPIS[key].judged_in)
    parts = [figures.table(build, month, rest, None, today, "rolling12")] if rest else []
    return pl.concat([*parts, figures.table(build, month, own, None, today)] if own else parts)


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def history(
    build: str, level: str, code: str, month: date, today: date, period: PeriodKind | None
) -> pl.DataFrame:
    """Every KPI of one unit in the months up to one: TABLE_COLUMNS of metrics.query, ``month`` as a date."""
    own = (pl.col("unit_code") == code) & (pl.col("level") == level)
    return pl.concat(
        _figures(build, level, each, today, period).filter(own).with_columns(month=pl.lit(each))
        for each in months_up_to(build, month)
    )


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def history_below(
    build: str, level: str, code: str, kpi: str, month: date, today: date, period: PeriodKind | None
) -> pl.DataFrame:
    """``history`` of the units right below one, for one KPI, in the periods of their own level."""
    codes = below(build, unit(build, code))
    under = builds.dimensions(build).units.filter(pl.col("parent_level") == level, ~pl.col("own_office"))
    lower = under["level"].first()
    own = (pl.col("kpi") == kpi) & (pl.col("level") == lower) & pl.col("unit_code").is_in(codes)
    return pl.concat(
        _figures(build, lower, each, today, period).filter(own).with_columns(month=pl.lit(each))
        for each in months_up_to(build, month)
    )


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def held_against(
    build: str, level: str, code: str, month: date, today: date, period: PeriodKind | None
) -> dict[str, dict[str, object]]:
    """By KPI what stands beside a unit's figure: ``median`` and ``count`` of its peers, ``above``.

    The median is of the values of units with enough cases; ``above`` the row of the unit above.
    """
    found, own = _figures(build, level, month, today, period), unit(build, code)
    beside = (pl.col("level") == level) & pl.col("unit_code").is_in(peers(build, own))
    compared = found.filter(beside & pl.col("status").is_in(ENOUGH_CASES) & pl.col("value").is_not_null())
    medians = compared.group_by("kpi").agg(median=pl.col("value").median(), count=pl.len())
    over = pl.col("level").eq_missing(pl.lit(own["parent_level"])) & pl.col("unit_code").eq_missing(
        pl.lit(own["parent_code"])
    )
    above = {row["kpi"]: row for row in found.filter(over).iter_rows(named=True)}
    median_of = {row["kpi"]: row for row in medians.iter_rows(named=True)}
    nothing = {"median": None, "count": 0}
    return {
        kpi.key: {**median_of.get(kpi.key, nothing), "above": above.get(kpi.key)}
        for kpi in builds.collected(build)
    }


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def standing(build: str, code: str, month: date, today: date) -> dict[str, object] | None:
    """A reporting unit's place by the scorecard: a row of rankings.ranking; None for others or without one.

    Besides: ``members`` of its group and ``of``, how many of them are ranked; ``band``, the ranks it might
    as well have had; ``moved``, the places it has gained since the month before (see rankings.moves);
    ``certainty`` of its rank (metrics.rank_certainty), with the rows of the ``ranked`` members by unit and the
    ``bands`` it stands on.
    """
    if builds.scorecard(build, month) is None:
        return None
    rows = rankings.ranking(build, month, None, today)
    own = next((row for row in rows if row["unit_code"] == code), None)
    if own is None:
        return None
    earlier = rankings.ranking_before(build, month, None, today)
    members = [row for row in rows if row["group"] == own["group"]]
    ranked = {str(row["unit_code"]): row for row in members if row["rank"] is not None}
    bands = rankings.bands(build, month, None, today)
    ranks = {each: row["rank"] for each, row in ranked.items()}
    return own | {
        "members": len(members),
        "of": sum(row["rank"] is not None for row in members),
        "band": bands.get(code),
        "bands": bands,
        "ranked": ranked,
        "certainty": rank_certainty(code, ranks, bands) if code in ranked else None,
        "moved": rankings.moves(rows, earlier).get(code),
    }
