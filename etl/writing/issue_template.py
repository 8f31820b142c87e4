"""Issuing this month's template: what earlier months left open stands in it, last month's stocks beside the cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import polars as pl
from openpyxl.workbook import Workbook

from etl.accept import stored_history
from etl.calendar import previous
from etl.campaign import Campaign, Unit
from etl.extensions import in_force
from etl.journal import Journal
from etl.sheets import SHEETS
from etl.store import Store
from etl.template import build_workbook, template_workbook
from etl.writing.prefill import Rows

STOCKED = tuple(key for key, sheet in SHEETS.items() if sheet.carried is None)
"""Sheets whose earlier rows stand in notes alone; the others' are carried on as rows."""


def issue_template(campaign: Campaign, unit: Unit, period: str, store: Store | None) -> bytes:
    """The workbook a unit fills in for a month, from what the store (if any) holds of the months before.

    One of a simulated store says that it is simulated: what is filled into it never gets among real data.
    """
    journal = Journal(store.journal_url) if store is not None else None
    told = _told_before(unit, period, store, journal, SHEETS)
    simulated = journal is not None and journal.is_simulated() is True
    return template_workbook(
        campaign,
        unit,
        period,
        carried=carried_on(told, campaign),
        previous=told,
        extended_to=_extended_to(campaign, unit, period, journal),
        simulated=simulated,
    )


def _extended_to(campaign: Campaign, unit: Unit, period: str, journal: Journal | None) -> date | None:
    if journal is None:
        return None
    with journal.reading() as connection:
        granted = in_force(connection, campaign).get((unit.code, period))
    return granted.last_day if granted else None


def carried_on(rows: Mapping[str, pl.DataFrame], campaign: Campaign) -> dict[str, pl.DataFrame]:
    """Of what was told by a month, by sheet key, the rows that stand in the next month's template."""
    return {
        key: frame.filter(SHEETS[key].carried)
        for key, frame in rows.items()
        if SHEETS[key].carried is not None and _knows_what_is_open(key, campaign)
    }


def _knows_what_is_open(key: str, campaign: Campaign) -> bool:
    """Whether the campaign collects what tells an open row from a finished one."""
    collected = campaign.collected(key)
    return collected is None or not set(SHEETS[key].carried_columns) & set(collected.without)


def filled_template(
    campaign: Campaign,
    unit: Unit,
    period: str,
    store: Store | None,
    *,
    cover: Mapping[str, object],
    rows: Mapping[str, Rows],
    simulated: bool,
    finish: Callable[[Workbook], None],
) -> bytes:
    """The same template with these values in it instead of the rows carried on; see ``build_workbook``."""
    journal = Journal(store.journal_url) if store is not None else None
    return build_workbook(
        campaign,
        unit,
        period,
        cover=cover,
        rows=rows,
        previous=_told_before(unit, period, store, journal, STOCKED),
        extended_to=_extended_to(campaign, unit, period, journal),
        simulated=simulated,
        finish=finish,
    )


def _told_before(
    unit: Unit, period: str, store: Store | None, journal: Journal | None, sheets: Iterable[str]
) -> dict[str, pl.DataFrame]:
    if store is None or journal is None:
        return {}
    history = stored_history(store, journal)
    rows = {key: history(unit.code, previous(period), key) for key in sheets}
    return {key: frame for key, frame in rows.items() if frame is not None}
