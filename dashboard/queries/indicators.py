"""One KPI down to its units: whose figure stands above, how sure each figure is, which differ for real."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from dashboard.i18n import LANGUAGE
from dashboard.queries import builds, figures, units
from dashboard.queries.units import Unit
from metrics.funnel import Funnel, FunnelLimits, curve, funnel
from metrics.gap import gap
from metrics.kpis import KPIS
from metrics.period import PeriodKind
from metrics.uncertainty import interval_of


def subject(build: str, level: str, unit: str | None) -> Unit:
    """The unit whose figure the page explains, above the level whose units are compared.

    The one picked if it stands above the level, the one right above it if it stands at the level (so that it
    stays among its neighbours), else the whole.
    """
    top = units.unit(build, next(iter(builds.unit_names(build, builds.top_level(build)))))
    if unit is None:
        return top
    order = [str(each["key"]) for each in builds.dimensions(build).levels]
    picked = units.unit(build, unit)
    below = order.index(str(picked["level"])) - order.index(level)
    if below == 0 and picked["parent_code"]:
        return units.unit(build, str(picked["parent_code"]))
    return picked if below < 0 else top


def names(build: str, level: str) -> dict[str, str]:
    """Short names of a level's units in the reader's language, own offices among them."""
    return _names(build, level, LANGUAGE.get())


@st.cache_resource(max_entries=40, show_spinner=False)
def _names(build: str, level: str, language: str) -> dict[str, str]:
    column = "name_en" if language == "en" else "short_name"
    found = builds.dimensions(build).units.filter(pl.col("level") == level)
    return dict(found.select("unit_code", column).rows())


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def unit_rows(
    build: str,
    month: date,
    kpi: str,
    level: str,
    above: tuple[str, str],
    today: date,
    period: PeriodKind | None,
) -> list[dict[str, object]]:
    """The figures of a level's units under one (level and code): a row of figures.table, and how sure it is.

    Besides: ``lower`` and ``upper`` of the 95 % interval, ``gap`` to the target in what the numerator
    counts, ``own_office``. Own offices to which the KPI does not apply are left out.
    """
    tree = builds.dimensions(build).tree
    under = pl.col("level").eq(above[0]) & pl.col("unit_code").eq(above[1])
    leaves = tree.filter(under).select("leaf_code")
    codes = tree.filter(pl.col("level") == level).join(leaves, on="leaf_code", how="semi")["unit_code"]
    own = builds.dimensions(build).units.filter("own_office", level=level)["unit_code"].to_list()
    found = figures.table(build, month, (kpi,), level, today, period)
    kept = found.with_columns(own_office=pl.col("unit_code").is_in(own)).filter(
        pl.col("unit_code").is_in(codes.unique().to_list())
        & ~(pl.col("own_office") & (pl.col("status") == "not_applicable"))
    )
    return [_with_certainty(row) for row in kept.iter_rows(named=True)]


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def months_of(
    build: str,
    month: date,
    kpi: str,
    level: str,
    code: str,
    today: date,
    period: PeriodKind | None,
) -> list[dict[str, object]]:
    """One unit's figures in the months up to one, each with ``lower``, ``upper`` and ``gap``."""
    found = figures.history(build, month, (kpi,), level, today, period).filter(unit_code=code)
    return [_with_certainty(row) for row in found.iter_rows(named=True)]


def _with_certainty(row: dict[str, object]) -> dict[str, object]:
    kpi = KPIS[str(row["kpi"])]
    lower, upper = interval_of(kpi, row) or (None, None)
    return row | {"lower": lower, "upper": upper, "gap": gap(kpi, row)}


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def funnel_of(
    build: str,
    month: date,
    kpi: str,
    level: str,
    above: tuple[str, str],
    today: date,
    period: PeriodKind | None,
) -> tuple[Funnel, tuple[FunnelLimits, ...]] | None:
    """The funnel of a level's units around the value of the one above, with its limits as curves to draw."""
    found = funnel(KPIS[kpi], unit_rows(build, month, kpi, level, above, today, period))
    return None if found is None else (found, curve(KPIS[kpi], found))
