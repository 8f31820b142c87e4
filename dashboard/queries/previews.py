"""The figures a draft would give its unit beside last month's, computed once for a draft and a build."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import streamlit as st

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.queries import builds
from dashboard.services.checking import checked_draft
from dashboard.services.previewing import draft_build
from dashboard.services.standing import Standing
from etl.calendar import first_day
from etl.drafts import Draft
from metrics.change import change
from metrics.connection import NoBuildError, Run, open_build, runner
from metrics.dimensions import Dimensions, read_dimensions
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.period import PeriodKind, add_months
from metrics.query import table

KEPT = 20


@dataclass(frozen=True, kw_only=True)
class Previewed:
    """The rows of metrics.query.table of one unit: with the draft, and for the month before (None: none)."""

    now: list[dict[str, object]]
    before: dict[str, float | None]


def figures(here: Doors, principal: Principal, found: Standing) -> Previewed:
    """What a unit's draft would give. Raises NotReadyError, RefusedError."""
    try:
        build = builds.build()
    except NoBuildError:
        build = ""
    return _previewed(here, principal, found.unit.code, found.period, found.draft.draft_id, build)


def contents(here: Doors, found: Standing) -> dict[str, str]:
    """How a unit's draft reports each sheet, by the sheet's key: what whoever signs declares. Raises NotReadyError."""
    return _contents(here, found.draft, found.draft.draft_id)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _contents(_here: Doors, _draft: Draft, draft_id: str) -> dict[str, str]:
    checked = checked_draft(_here, _draft).checked
    return {} if checked is None else {key: sheet.content for key, sheet in checked.sheets.items()}


# The draft's id is the key: standing() has let nobody see it but those who may.
@st.cache_data(max_entries=KEPT, show_spinner=False)
def _previewed(
    _here: Doors, _principal: Principal, unit_code: str, period: str, draft_id: str, build: str
) -> Previewed:
    with draft_build(_here, _principal, unit_code, period) as path, closing(open_build(path)) as connection:
        run, month, now = runner(connection), first_day(period), _here.now()
        dimensions = read_dimensions(run)
        rows = _of_unit(run, dimensions, unit_code, month, now)
        compared = _compared(run, dimensions, unit_code, month, now)
    before = _published(build, unit_code, add_months(month, -1), now)
    return Previewed(
        now=[row for row in rows if row["value"] is not None],
        before={key: value for key, value in before.items() if key in compared},
    )


def _published(build: str, unit_code: str, month: date, now: datetime) -> dict[str, float | None]:
    """The values of a month as the pages show them now: without the draft, which may move them too."""
    if not build or month not in builds.dimensions(build).due_at:
        return {}
    rows = _of_unit(builds.run(build), builds.dimensions(build), unit_code, month, now)
    return {str(row["kpi"]): row["value"] for row in rows}


def _compared(run: Run, dimensions: Dimensions, unit_code: str, month: date, now: datetime) -> set[str]:
    """The KPIs of a unit that stand on reports of both months, the draft's among them."""
    asked = {"month": month, "against": "last_month", "as_of": now, "level": dimensions.reporting_level}
    found = pl.concat(
        change(run, dimensions, kpis, kind=kind, **asked) for kind, kpis in _by_kind(dimensions).items()
    )
    return set(found.filter((pl.col("unit_code") == unit_code) & (pl.col("units_compared") > 0))["kpi"])


def _by_kind(dimensions: Dimensions) -> dict[PeriodKind, list[Kpi]]:
    """The KPIs collected from the units, by the period each is looked at in."""
    found: dict[PeriodKind, list[Kpi]] = {}
    for kpi in KPIS.values():
        if kpi.sheet in dimensions.frequency:
            found.setdefault(builds.usual_period_in(dimensions, kpi), []).append(kpi)
    return found


def _of_unit(
    run: Run, dimensions: Dimensions, unit_code: str, month: date, now: datetime
) -> list[dict[str, object]]:
    level = dimensions.reporting_level
    found = pl.concat(
        table(run, dimensions, kpis, month=month, kind=kind, as_of=now, level=level)
        for kind, kpis in _by_kind(dimensions).items()
    )
    return found.filter(pl.col("unit_code") == unit_code).to_dicts()
