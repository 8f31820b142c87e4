"""Who has handed in what, and when: the completeness matrix, sheet by sheet and report by report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

import polars as pl
import streamlit as st

from dashboard.queries import builds
from dashboard.queries.figures import MONTHS_OF_HISTORY
from etl.campaign import Campaign
from etl.completeness import (
    LATE,
    NOT_APPLICABLE,
    NOT_REPORTED,
    RETURNED_CONTENT,
    ZERO_REPORT,
    Report,
    matrix,
)
from etl.extensions import Extension
from metrics.connection import Run
from metrics.period import add_months


def sheet_matrix(run: Run, campaign: Campaign, months: Sequence[date], now: datetime) -> pl.DataFrame:
    """One row a month, unit and sheet, as ``etl status`` prints them but for reasons: COLUMNS of etl.completeness."""
    asked = {"months": list(months)}
    stored = run(_STORED, asked).rows_by_key("month", named=True)
    returned = run(_RETURNED, asked).rows_by_key("month", named=True)
    extensions = {
        (row["unit_code"], row["period"]): Extension(**row) for row in run(_EXTENSIONS, asked).to_dicts()
    }
    return pl.concat(
        matrix(
            campaign,
            {row["reporting_code"]: Report() for row in returned.get(month, ())}
            | {row["reporting_code"]: _report(row) for row in stored.get(month, ())},
            f"{month:%Y-%m}",
            now,
            extensions,
        )
        for month in months
    )


def _report(row: Mapping[str, object]) -> Report:
    return Report(
        revision=row["revision"],
        first_received_at=row["first_received_at"],
        contents=dict(zip(row["sheets"], row["contents"], strict=True)),
    )


_STORED = """
    select
        submission.month,
        submission.reporting_code,
        submission.revision,
        first_report.received_at as first_received_at,
        list(sheet.sheet order by sheet.sheet) filter (sheet.sheet is not null) as sheets,
        list(sheet.content order by sheet.sheet) filter (sheet.sheet is not null) as contents
    from dim_submission as submission
    join dim_first_report as first_report using (reporting_code, month)
    left join dim_submitted_sheet as sheet using (submission_id)
    where submission.month in (select unnest($months))
    group by all
"""
_RETURNED = "from dim_returned_report where month in (select unnest($months))"
_EXTENSIONS = """
    select
        reporting_code as unit_code,
        strftime(month, '%Y-%m') as period,
        due_at,
        granted_by,
        granted_at
    from dim_extension
    where month in (select unnest($months))
"""


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def sheets(build: str, month: date, today: date) -> list[dict[str, object]]:
    """``sheet_matrix`` of one month."""
    now = datetime.combine(today, time())
    return sheet_matrix(builds.run(build), builds.campaign(build), [month], now).to_dicts()


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def reports(build: str, months: tuple[date, ...], today: date) -> list[dict[str, object]]:
    """One row a month and unit, the top unit's register last.

    Keys: month, unit_code, unit_name, is_register, state, has_report, returned, days_late (so far, where it
    has not come), asked and absent (sheets, in the campaign's order; absent only of a report that came),
    all_zero, revision, received_at, due_on (the campaign's due day), due_is_estimated, extended_to (the later
    due day granted to this unit, None without one), due_day (of the two, the one that holds). ``state`` is
    on_time, late, not_reported or not_due; ``returned``: every revision was.
    """
    now, campaign = datetime.combine(today, time()), builds.campaign(build)
    found = sheet_matrix(builds.run(build), campaign, months, now)
    reporting = [unit.code for unit in campaign.reporting_units]
    return whole_reports(found).with_columns(is_register=~pl.col("unit_code").is_in(reporting)).to_dicts()


def whole_reports(found: pl.DataFrame) -> pl.DataFrame:
    """A matrix of sheets drawn together into one row a month and unit that was asked for anything."""
    content, came = pl.col("content"), pl.col("revision").is_not_null()
    late = pl.col("timing") == LATE
    state = (
        pl.when(came & late)
        .then(pl.lit("late"))
        .when(came)
        .then(pl.lit("on_time"))
        .when(late)
        .then(pl.lit("not_reported"))
        .otherwise(pl.lit("not_due"))
    )
    first = (
        "unit_name",
        "timing",
        "days_late",
        "revision",
        "received_at",
        "due_on",
        "due_is_estimated",
        "extended_to",
    )
    return (
        found.filter(content != NOT_APPLICABLE)
        .group_by("month", "unit_code", maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in first),
            asked=pl.col("sheet"),
            absent=pl.col("sheet").filter((content == NOT_REPORTED) & came),
            returned=(content == RETURNED_CONTENT).all(),
            all_zero=(content == ZERO_REPORT).all(),
        )
        .with_columns(state=state, has_report=came)
        .with_columns(pl.col("month").str.to_date("%Y-%m"), pl.col("due_on", "extended_to").str.to_date())
        .with_columns(pl.col("received_at").str.to_datetime(), due_day=pl.coalesce("extended_to", "due_on"))
    )


def months_shown(build: str, month: date, today: date) -> tuple[date, ...]:
    """A year of months and one more: the latest begun where ``month`` is among them, else those up to it."""
    begun = builds.months(build, today)
    last = begun[0] if month in begun[:MONTHS_OF_HISTORY] else month
    wanted = (add_months(last, back - MONTHS_OF_HISTORY + 1) for back in range(MONTHS_OF_HISTORY))
    return tuple(each for each in wanted if each in builds.shown_months(build))


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def hand_in(build: str, month: date, today: date) -> pl.DataFrame:
    """One row a reporting unit: unit_code, short_name, unit_name, state, has_report, returned, days_late,
    extended_to, absent, passed.

    ``absent`` counts sheets left out of the report, ``passed`` says whether a reviewer has passed it; the others
    are as in ``reports``.
    """
    found = {row["unit_code"]: row for row in reports(build, (month,), today) if not row["is_register"]}
    units = builds.run(build)(_UNITS, {"month": month})
    rows = [
        unit
        | {key: found[unit["unit_code"]][key] for key in _OF_THE_REPORT}
        | {"absent": len(found[unit["unit_code"]]["absent"])}
        for unit in units.iter_rows(named=True)
        if unit["unit_code"] in found
    ]
    return pl.DataFrame(rows)


_OF_THE_REPORT = ("state", "has_report", "returned", "days_late", "extended_to")
_UNITS = """
    select
        unit.unit_code,
        unit.unit_name,
        unit.short_name,
        coalesce(submission.state in ('passed', 'frozen'), false) as passed
    from dim_unit as unit
    join dim_level as level on level.key = unit.level and level.reports
    left join dim_submission as submission
        on submission.reporting_code = unit.unit_code and submission.month = $month
    where not unit.own_office
    order by unit.position
"""
