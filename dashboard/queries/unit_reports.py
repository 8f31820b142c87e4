"""What a unit's reports hold: cases by category, and month by month which sheets came in which revision."""

from __future__ import annotations

from datetime import date, datetime, time

import polars as pl
import streamlit as st

from dashboard.queries import builds, units
from dashboard.queries.reports import sheet_matrix
from metrics.period import add_months


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def categories(build: str, level: str, code: str, month: date) -> pl.DataFrame:
    """Cases by topic and category: in the month, and in the twelve months up to it.

    Columns: topic, category, month_cases, month_hours, year_cases, year_hours, year_senior, year_senior_out_of (null where no
    course states them); the largest of twelve months first within a topic.
    """
    values = {"level": level, "code": code, "first": add_months(month, -11), "month": month}
    return builds.run(build)(_CATEGORIES, values)


_CATEGORIES = """
    select
        topic,
        category,
        coalesce(sum(cases) filter (month = $month), 0)::bigint as month_cases,
        coalesce(sum(hours) filter (month = $month), 0)::double as month_hours,
        sum(cases)::bigint as year_cases,
        coalesce(sum(hours), 0)::double as year_hours,
        sum(senior)::bigint as year_senior,
        sum(senior_out_of)::bigint as year_senior_out_of
    from mart_category_month
    where
        month between $first and $month
        and leaf_code in (select leaf_code from dim_tree where level = $level and unit_code = $code)
    group by topic, category
    order by topic, year_cases desc, category
"""


def reported(build: str, picked: units.Unit, sheet: str, month: date) -> tuple[int, int, int]:
    """Reports of a sheet that came for a unit: in the month, in twelve months, and how many the twelve expected.

    Twelve months up to the month, as far as the campaign reaches back.
    """
    dimensions = builds.dimensions(build)
    own = (pl.col("level") == picked["level"]) & (pl.col("unit_code") == picked["unit_code"])
    codes = set(dimensions.reporting.filter(own)["reporting_code"])
    months = units.months_up_to(build, month)[-12:]
    came = [len(codes & dimensions.submitted.get((sheet, each), frozenset())) for each in months]
    return came[-1], sum(came), len(codes) * len(months)


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def sheets(build: str, code: str, month: date, today: date) -> list[dict[str, object]]:
    """What a unit's reports of the months up to one hold: rows of reports.sheet_matrix, latest month first.

    ``extended_to`` is a date.
    """
    now, months = datetime.combine(today, time()), [*reversed(units.months_up_to(build, month))]
    found = sheet_matrix(builds.run(build), builds.campaign(build), months, now)
    own = found.filter(pl.col("unit_code") == code)
    return own.with_columns(pl.col("extended_to").str.to_date()).to_dicts()


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def revisions(build: str, code: str) -> dict[str, dict[str, object]]:
    """The current revision of each month's report of a unit by month (YYYY-MM): revision, state, received_at."""
    sql = "select month, revision, state, received_at from dim_submission where reporting_code = $code"
    return {
        f"{row['month']:%Y-%m}": row for row in builds.run(build)(sql, {"code": code}).iter_rows(named=True)
    }
