"""Who hands in what and when: the plan of a simulated store, before any workbook is written."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from math import ceil
from typing import TYPE_CHECKING, Literal

from etl import calendar
from etl.simulation.profile import chance, profile

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

Kind = Literal["ordinary", "refused", "correction"]

LATE_SHARE, MISSING_SHARE = 0.06, 0.013
UNCHANGED_SHARE, EMPTY_SHARE, UNTIDY_SHARE, DOUBTFUL_SHARE = 0.05, 0.02, 0.25, 0.12
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
    told = _with_habits(campaign, ordinary, draw)
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
    slack = {
        (unit.code, period): 1.05 - profile(seed, unit.code).diligence
        for period in periods[:-1]
        for unit in units
    }
    # The slackest come first, but not always: the root of a chance by its weight orders a weighted draw.
    drawn = sorted(slack, key=lambda each: draw.random() ** (1 / slack[each]), reverse=True)
    missing, late = (ceil(len(drawn) * part) for part in (MISSING_SHARE, LATE_SHARE))
    absent = dict.fromkeys(drawn[:missing], "missing")
    absent |= dict.fromkeys(drawn[missing : missing + late], "late")
    last = draw.sample(units, 2)
    return absent | {(last[0].code, periods[-1]): "missing", (last[1].code, periods[-1]): "late"}


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
    campaign: Campaign, workbooks: list[PlannedWorkbook], draw: random.Random
) -> list[PlannedWorkbook]:
    """Give some workbooks a zero report, an unchanged sheet, untidy or doubtful values."""
    handed_in = {(each.unit_code, each.period) for each in workbooks}
    reporting = {unit.code for unit in campaign.reporting_units}
    own = [each for each in workbooks if each.unit_code in reporting]
    asked = {each.sheet for each in campaign.sheets}
    repeatable = [each for each in own if "basics" in asked and _may_be_unchanged(each, handed_in)]
    unchanged = _some(draw, repeatable, UNCHANGED_SHARE)
    empty = _some(draw, [each for each in own if "trainings" in asked], EMPTY_SHARE)
    hurried, doubtful = _some(draw, own, UNTIDY_SHARE), _some(draw, own, DOUBTFUL_SHARE)
    return [
        replace(
            each,
            basics_unchanged=each.file_name in unchanged,
            zero_reports=("trainings",) if each.file_name in empty else (),
            untidy=each.file_name in hurried,
            doubtful=each.file_name in doubtful,
        )
        for each in workbooks
    ]


def _may_be_unchanged(workbook: PlannedWorkbook, handed_in: set[tuple[str, str]]) -> bool:
    before = (workbook.unit_code, calendar.previous(workbook.period))
    return before in handed_in and not workbook.period.endswith("-01")


def _some(draw: random.Random, workbooks: Sequence[PlannedWorkbook], part: float) -> set[str]:
    """Names of so large a part of the workbooks, at least one of them."""
    return {each.file_name for each in draw.sample(workbooks, ceil(len(workbooks) * part))}


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
