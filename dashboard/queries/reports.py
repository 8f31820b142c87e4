"""Who has handed in what, and when."""

from __future__ import annotations

from datetime import date, datetime, time

import polars as pl
import streamlit as st

from dashboard.queries import builds


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def hand_in(build: str, month: date, today: date) -> pl.DataFrame:
    """One row a reporting unit: unit_code, short_name, unit_name, state, days_late, absent, passed.

    ``state`` is on_time, late, not_reported or not_due; ``absent`` counts sheets left out of the report;
    ``passed`` says whether a reviewer has passed it.
    """
    found = builds.run(build)(_HAND_IN, {"month": month})
    due_at, now = builds.dimensions(build).due_at[month], datetime.combine(today, time())
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
