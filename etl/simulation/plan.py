"""Who hands in what and when: the plan of a simulated store, before any workbook is written."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from etl import calendar
from etl.simulation.profile import chance, profile
from etl.template import sheets_for

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

Kind = Literal["ordinary", "refused", "correction"]

LATE_SHARE, MISSING_SHARE = 0.05, 0.012
LATE_DAYS = (1, 6)
READY_HOUR = 14
SEVERAL_UNITS = 3
"""From so many reporting units on, each month's plan is drawn among them; below, among the months."""


@dataclass(frozen=True, kw_only=True)
class PlannedWorkbook:
    """One workbook of the plan.

    ``attempt`` counts a unit's workbooks for the month. ``refused`` ones hold mistakes that must be
    mended; a ``correction`` follows an accepted workbook. ``zero_reports`` names logs declared empty,
    ``untidy`` values are acceptable but typed in odd forms, ``doubtful`` ones call for a reason.
    """

    unit_code: str
    period: str
    attempt: int = 1
    kind: Kind = "ordinary"
    received_at: datetime
    basics_unchanged: bool = False
    zero_reports: tuple[str, ...] = ()
    untidy: bool = False
    doubtful: bool = False

    @property
    def file_name(self) -> str:
        return f"{self.unit_code}-{self.period}-{self.attempt}.xlsx"


def plan(campaign: Campaign, *, months: int, until: str, seed: int) -> tuple[PlannedWorkbook, ...]:
    """Every workbook handed in for the ``months`` up to ``until``, in order of receipt.

    Months before the campaign's first are left out. Where several units report, the last month has one
    late and one missing. Equal arguments give equal plans.
    """
    periods = [each for each in campaign.periods if each <= until][-months:]
    draw = chance(seed, "plan", until, months)
    absent = _absent(campaign, periods, seed, draw)
    ordinary = [
        PlannedWorkbook(
            unit_code=unit.code,
            period=period,
            received_at=_received(campaign, period, draw, late=absent.get((unit.code, period)) == "late"),
        )
        for period in periods
        for unit in _handing_in(campaign)
        if absent.get((unit.code, period)) != "missing"
    ]
    told = _with_habits(campaign, ordinary, periods, draw)
    return tuple(sorted([*told, *_second_tries(campaign, told, draw)], key=_order))


def _order(workbook: PlannedWorkbook) -> tuple[str, datetime, str, int]:
    # Month by month: a workbook is checked against the unit's month before.
    return workbook.period, workbook.received_at, workbook.unit_code, workbook.attempt


def _handing_in(campaign: Campaign) -> tuple[Unit, ...]:
    """The reporting units, and the top unit where the campaign has it keep a register."""
    register = any(each.reported_by == "top" for each in campaign.sheets)
    same = campaign.top in campaign.reporting_units
    return campaign.reporting_units + ((campaign.top,) if register and not same else ())


def _absent(
    campaign: Campaign, periods: Sequence[str], seed: int, draw: random.Random
) -> dict[tuple[str, str], str]:
    """The late and the missing, by unit and month."""
    units = campaign.reporting_units
    if len(units) < SEVERAL_UNITS:
        return _absent_by_month(campaign, periods, draw)
    absent = {
        (unit.code, period): drawn
        for period in periods[:-1]
        for unit in units
        if (drawn := _lateness(draw, profile(seed, unit.code).diligence))
    }
    missing, late = draw.sample(units, 2)
    return absent | {(missing.code, periods[-1]): "missing", (late.code, periods[-1]): "late"}


def _lateness(draw: random.Random, diligence: float) -> str | None:
    spun = draw.random()
    slack = 2 * (1 - diligence)
    if spun < MISSING_SHARE * slack:
        return "missing"
    return "late" if spun < (MISSING_SHARE + LATE_SHARE) * slack else None


def _absent_by_month(
    campaign: Campaign, periods: Sequence[str], draw: random.Random
) -> dict[tuple[str, str], str]:
    """Where few units report: one month missing and one late in every half year or so, the last in time."""
    found = {}
    for unit in campaign.reporting_units:
        inner = list(periods[1:-1])
        chosen = draw.sample(inner, min(len(inner) // 4 * 2, len(inner)))
        for number, period in enumerate(chosen):
            found[unit.code, period] = "late" if number % 3 != 1 else "missing"
    return found


def _received(campaign: Campaign, period: str, draw: random.Random, *, late: bool) -> datetime:
    """When a workbook comes in: from the afternoon of the last day of data to the due moment, or days after."""
    due = campaign.due_at(period)
    ready = datetime.combine(campaign.window(period)[1], time(READY_HOUR))
    if late or ready >= due:
        day = due + timedelta(days=draw.randrange(*LATE_DAYS))
        return day.replace(hour=draw.randint(9, 17), minute=draw.randint(0, 59))
    moment = ready + (due - ready) * draw.betavariate(2, 2.5)
    return moment.replace(second=0, microsecond=0)


def _with_habits(
    campaign: Campaign, workbooks: list[PlannedWorkbook], periods: Sequence[str], draw: random.Random
) -> list[PlannedWorkbook]:
    """Give some workbooks a zero report, an unchanged sheet, untidy or doubtful values."""
    handed_in = {(each.unit_code, each.period) for each in workbooks}
    reporting = {unit.code for unit in campaign.reporting_units}
    told = []
    for each in workbooks:
        if each.unit_code not in reporting:
            told.append(each)
            continue
        asked = {
            table.sheet.key for table in sheets_for(campaign, campaign.unit(each.unit_code), each.period)
        }
        before = (each.unit_code, calendar.previous(each.period)) in handed_in
        takes_over = before and "basics" in asked and not each.period.endswith("-01")
        told.append(
            replace(
                each,
                basics_unchanged=takes_over and draw.random() < 0.05,
                zero_reports=("trainings",) if "trainings" in asked and draw.random() < 0.025 else (),
                untidy=draw.random() < 0.25,
                doubtful=draw.random() < 0.12,
            )
        )
    return told


def _second_tries(
    campaign: Campaign, workbooks: list[PlannedWorkbook], draw: random.Random
) -> list[PlannedWorkbook]:
    """Corrections days after a workbook was accepted, and first tries refused shortly before."""
    reporting = {unit.code for unit in campaign.reporting_units}
    candidates = [each for each in workbooks if each.unit_code in reporting and not each.basics_unchanged]
    number = max(len(candidates) // 14, 1)
    corrected = draw.sample(candidates, min(number, len(candidates)))
    refused = [each for each in candidates if each not in corrected]
    refused = draw.sample(refused, min(2, len(refused) // 4))
    corrections = [
        replace(
            each,
            kind="correction",
            attempt=2,
            untidy=False,
            doubtful=False,
            received_at=each.received_at + timedelta(days=draw.randint(2, 7), hours=-draw.randint(1, 4)),
        )
        for each in corrected
    ]
    tries = [
        replace(each, kind="refused", attempt=0, received_at=each.received_at - timedelta(minutes=47))
        for each in refused
    ]
    return corrections + tries
