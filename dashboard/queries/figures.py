"""Tables of figures, each KPI over its usual period or the one the reader has chosen."""

from __future__ import annotations

from datetime import date, datetime, time

import polars as pl
import streamlit as st

from dashboard.queries import builds
from metrics.dimensions import Dimensions
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.period import PeriodKind, add_months
from metrics.query import table as metrics_table
from metrics.survey import COLLECTORS

MONTHS_OF_HISTORY = 13
"""A year and the month it began in, so that last year's same month is in it."""


def period_of(build: str, kpi: Kpi, period: PeriodKind | None) -> PeriodKind:
    """The period a KPI is shown in: the reader's, else its usual one."""
    return period or builds.usual_period(build, kpi)


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def table(
    build: str,
    month: date,
    kpis: tuple[str, ...],
    level: str | None,
    today: date,
    period: PeriodKind | None = None,
) -> pl.DataFrame:
    """The figures of some KPIs for the units of a level (None: of all): TABLE_COLUMNS of metrics.query.

    Nothing is judged of a month not yet due: what would be met, missed or not reported is ``not_due``. Nor is
    a unit's figure not reported while the unit's extension is running.
    """
    by_kind: dict[PeriodKind, list[Kpi]] = {}
    for key in kpis:
        by_kind.setdefault(period_of(build, KPIS[key], period), []).append(KPIS[key])
    now, dimensions = datetime.combine(today, time()), builds.dimensions(build)
    found = pl.concat(
        metrics_table(
            builds.run(build),
            dimensions,
            chosen,
            month=month,
            kind=kind,
            as_of=now,
            level=level,
        )
        for kind, chosen in by_kind.items()
    )
    if dimensions.due_at[month] <= now:
        return _not_due_yet(dimensions, found, month, now)
    waits = dict.fromkeys(("not_reported", "met", "missed"), "not_due")
    return found.with_columns(status=pl.col("status").replace(waits))


def _not_due_yet(dimensions: Dimensions, found: pl.DataFrame, month: date, now: datetime) -> pl.DataFrame:
    waiting = dimensions.may_still_report(month, now)
    if not waiting:
        return found
    places = dimensions.units.filter(pl.col("reporting_code").is_in(waiting)).select(
        "level", "unit_code", waits=pl.lit(True)
    )
    missing = pl.col("waits") & (pl.col("status") == "not_reported")
    return (
        found.join(places, on=["level", "unit_code"], how="left", maintain_order="left")
        .with_columns(status=pl.when(missing).then(pl.lit("not_due")).otherwise("status"))
        .drop("waits")
    )


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def history(
    build: str,
    month: date,
    kpis: tuple[str, ...],
    level: str,
    today: date,
    period: PeriodKind | None = None,
) -> pl.DataFrame:
    """``table`` of the months up to one, as far as the campaign reaches back; ``month`` as a date."""
    wanted = [add_months(month, back - MONTHS_OF_HISTORY + 1) for back in range(MONTHS_OF_HISTORY)]
    return pl.concat(
        table(build, each, kpis, level, today, period).with_columns(month=pl.lit(each))
        for each in wanted
        if each in builds.shown_months(build)
    )


@st.cache_data(max_entries=builds.ANSWERS_KEPT, show_spinner=False)
def survey_days(build: str, kpi: str, month: date) -> list[date]:
    """Last days of the survey waves behind a KPI that ended by a month's end, latest first; none for others."""
    if kpi not in COLLECTORS:
        return []
    collector, before = COLLECTORS[kpi], add_months(month, 1)
    sql = "select distinct ended_on from mart_survey where collector = $collector and ended_on < $before order by 1 desc"
    found = builds.run(build)(sql, {"collector": collector, "before": before})
    return found["ended_on"].to_list()
