"""The stored rows a figure is made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import streamlit as st

from dashboard.queries import builds
from etl.overdue import DAYS_OVERDUE, with_days_overdue
from etl.provenance import RowsBehind, rows_behind
from etl.store import Store
from metrics.counted import counted, measures
from metrics.kpis import KPIS
from metrics.period import PeriodKind

TAKEN_AWAY = 2_000
"""Rows at most in the table that is taken away; a narrower unit or month has the others."""


@st.cache_data(max_entries=40, show_spinner=False)
def behind(
    build: str,
    month: date,
    kpi: str,
    unit: tuple[str, str],
    today: date,
    kind: PeriodKind,
    part: str,
    *,
    lists_withheld: bool,
) -> list[RowsBehind]:
    """What stands behind the figure of a unit (level and code), sheet by sheet; nothing where no row does.

    Rows of issues with ``days_overdue`` today; of those that are overdue the longest first.
    """
    places = counted(
        builds.run(build),
        builds.dimensions(build),
        KPIS[kpi],
        month=month,
        kind=kind,
        as_of=datetime.combine(today, time()),
        level=unit[0],
        unit_code=unit[1],
    )
    # A build lies in the warehouse of its store.
    store = Store(folder=Path(build).parent.parent)
    found = rows_behind(
        store,
        Path(build),
        places,
        measures(KPIS[kpi]),
        part=part,
        limit=TAKEN_AWAY,
        lists_withheld=lists_withheld,
    )
    return [_dated(each, today) if each.sheet == "issues" else each for each in found]


def _dated(behind: RowsBehind, today: date) -> RowsBehind:
    rows = with_days_overdue(behind.rows, today)
    if "issues_overdue" in behind.totals:
        rows = rows.sort(DAYS_OVERDUE, descending=True, nulls_last=True, maintain_order=True)
    return replace(behind, rows=rows)
