"""The second statement of every KPI: plain loops over rows, exact fractions, no frames and no SQL.

It is written from the definitions alone and shares nothing with the marts or the compiler, so that a
mistake has to be made twice to pass. Slow and obvious on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Any

from etl import calendar
from etl.campaign import Campaign, Population, Unit

Row = Mapping[str, Any]
Sums = tuple[Fraction, Fraction | None]

ANSWERED = ("reported", "zero_report", "unchanged")
VALID = "无"
CONDUCT = "执法行为投诉"
CLOSED = ("已整改", "已销号")
EVENTS = {
    "violations": ("查实违反执法禁令", "查实执法乱作为"),
    "major_opinion_events": ("重大负面舆情",),
}
remembered = lru_cache(maxsize=4096)
COLLECTORS = {"satisfaction_rate": "第三方", "satisfaction_self_rate": "自测"}


@dataclass(frozen=True, kw_only=True)
class Handed:
    """A workbook as handed in: its sheets by key, each with how it was reported and its typed rows."""

    unit_code: str
    period: str
    revision: int
    received_at: datetime
    data_to: date
    state: str
    sheets: Mapping[str, tuple[str, Sequence[Row]]]

    @property
    def told_to(self) -> date:
        """The last day it can tell of: nobody knows on the 27th what will be open at the end of that day."""
        return min(self.data_to, self.received_at.date() - timedelta(days=1))


@dataclass(frozen=True, kw_only=True)
class Granted:
    """A later due day granted to a unit for a month; the one granted last counts."""

    unit_code: str
    period: str
    last_day: date


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """What is asked: a campaign, everything handed in and granted, and a period as seen at a moment.

    ``only`` leaves these months of the period. Compared by identity, so that answers about it can be remembered.
    """

    campaign: Campaign
    handed: Sequence[Handed]
    month: str
    kind: str
    as_of: datetime
    granted: Sequence[Granted] = ()
    closed: frozenset[tuple[str, str]] = frozenset()
    """The issues the province has closed: reporting unit and issue number."""
    only: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One cell of the table of figures; what does not exist is None."""

    numerator: Fraction | None = None
    denominator: Fraction | None = None
    value: Fraction | None = None
    cases: Fraction | None = None
    target: Fraction | None = None
    status: str = "not_applicable"
    reported: int = 0
    expected: int = 0


# Periods


@remembered
def months(asked: Asked) -> list[str]:
    """The campaign's months of the period."""
    month = asked.month
    year, number = month[:4], int(month[5:])
    first_of_quarter = number - (number - 1) % 3
    wanted = {
        "month": [month],
        "quarter": [f"{year}-{first_of_quarter + step:02d}" for step in range(3)],
        "ytd": [f"{year}-{each:02d}" for each in range(1, number + 1)],
        "year": [f"{year}-{each:02d}" for each in range(1, 13)],
        "rolling12": [calendar.add_months(month, -step) for step in range(11, -1, -1)],
    }[asked.kind]
    return [
        each
        for each in wanted
        if each in asked.campaign.periods and (asked.only is None or each in asked.only)
    ]


def has_fallen_due(asked: Asked, month: str) -> bool:
    return asked.campaign.due_at(month) <= asked.as_of


@remembered
def last(asked: Asked) -> str:
    """The latest month that has fallen due; the first month while none has."""
    due = [month for month in months(asked) if has_fallen_due(asked, month)]
    return due[-1] if due else months(asked)[0]


@remembered
def begun(asked: Asked) -> list[str]:
    """The months that have begun; a period that has not counts its first."""
    found = [month for month in months(asked) if calendar.first_day(month) <= asked.as_of.date()]
    return found or months(asked)[:1]


@remembered
def months_due(asked: Asked, key: str) -> list[str]:
    """The months whose workbooks a KPI stands on."""
    if key in STOCKS:
        return [last(asked)]
    if key in QUARTERLY:
        return [month for month in months(asked) if month[5:] in ("03", "06", "09", "12")]
    if key == "reports_on_time_rate":
        return [month for month in months(asked) if has_fallen_due(asked, month)]
    return months(asked)


# What counts of what was handed in


@remembered
def current(asked: Asked, unit_code: str, month: str) -> Handed | None:
    """The latest revision that was not returned."""
    kept = [
        each
        for each in asked.handed
        if (each.unit_code, each.period) == (unit_code, month) and each.state != "returned"
    ]
    return max(kept, key=lambda each: each.revision, default=None)


@remembered
def answered(asked: Asked, unit_code: str, month: str, sheet: str) -> bool:
    submission = current(asked, unit_code, month)
    return submission is not None and submission.sheets.get(sheet, ("", []))[0] in ANSWERED


def rows_of_month(asked: Asked, unit_code: str, month: str, sheet: str) -> Sequence[Row]:
    submission = current(asked, unit_code, month)
    return submission.sheets.get(sheet, ("", []))[1] if submission else []


@remembered
def latest_rows(asked: Asked, unit_code: str, sheet: str, *key: str) -> list[Row]:
    """Of the rows with the same key, the one in the latest month's current revision."""
    latest: dict[tuple, Row] = {}
    for month in asked.campaign.periods:
        for row in rows_of_month(asked, unit_code, month, sheet):
            latest[tuple(row[name] for name in key)] = row
    return list(latest.values())


def of(moment: date) -> str:
    return f"{moment.year:04d}-{moment.month:02d}"


def day(moment: datetime) -> date:
    return date(moment.year, moment.month, moment.day)


# Units


@remembered
def leaves(asked: Asked, unit: Unit) -> list[Unit]:
    """The units at the bottom that add up to a unit, own offices included."""
    children = asked.campaign.children(unit)
    return [leaf for child in children for leaf in leaves(asked, child)] if children else [unit]


@remembered
def reporters(asked: Asked, unit: Unit) -> list[Unit]:
    """The reporting units a unit's figures come from."""
    if unit.level == asked.campaign.leaf_level:
        return [asked.campaign.unit(unit.parent, asked.campaign.reporting_level)]
    if unit.level == asked.campaign.reporting_level:
        return [unit]
    return [each for child in asked.campaign.children(unit) for each in reporters(asked, child)]


def leaves_below(asked: Asked, unit: Unit, reporter: Unit) -> list[Unit]:
    """The leaves of a reporting unit that belong to ``unit``: itself, or all of them."""
    return [unit] if unit.level == asked.campaign.leaf_level else leaves(asked, reporter)


def parent(asked: Asked, unit: Unit) -> Unit:
    """The unit directly above; the top is its own."""
    if unit.parent is None:
        return unit
    above = [each for each in asked.campaign.units if each.code == unit.parent and not each.own_office]
    return above[0]


def stated_population(asked: Asked, unit: Unit, month: str) -> tuple[bool, Population | None]:
    """Whether population.csv has a row for the unit by that month, and what the latest one says."""
    entries = [e for e in asked.campaign.populations if e.unit_code == unit.code and e.valid_from <= month]
    if unit.own_office or not entries:
        return False, None
    return True, max(entries, key=lambda entry: entry.valid_from).population


@remembered
def people(asked: Asked, unit: Unit, month: str, *, temporary: bool = True) -> int | None:
    """Residents, and temporary residents where the campaign has them; None where not known."""
    stated, figure = stated_population(asked, unit, month)
    if stated:
        return figure and figure.resident + ((figure.temporary or 0) if temporary else 0)
    known = [people(asked, child, month, temporary=temporary) for child in asked.campaign.children(unit)]
    found = [each for each in known if each is not None]
    return sum(found) if found else None


def is_known_below(asked: Asked, reporter: Unit, month: str) -> bool:
    """Whether the population of a reporting unit is known unit by unit below it."""
    return any(people(asked, leaf, month) is not None for leaf in leaves(asked, reporter))


# Rows with one line a unit: basics (stocks), monthly and quarterly (flows)

UNIT_ROWS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "training_coverage_rate": ("basics", ("officers_trained_ytd",), "officers"),
    "certified_rate": ("basics", ("certified_officers",), "officers"),
    "frontline_rate": ("basics", ("frontline_officers",), "officers"),
    "auxiliaries_per_officer": ("basics", ("auxiliaries",), "officers"),
    "posts_filled_rate": ("basics", ("posts_filled",), "posts"),
    "notice_board_rate": ("basics", ("notice_boards_complete",), "notice_boards_due"),
    "two_recorder_rate": ("monthly", ("actions_two_recorders",), "actions"),
    "legal_review_rate": ("monthly", ("major_decisions_reviewed",), "major_decisions"),
    "penalties_published_rate": ("monthly", ("penalties_published",), "penalties_due"),
    "non_coercive_rate": ("monthly", ("disposals_non_coercive",), "disposals"),
    "communities_served_rate": ("monthly", ("communities_served",), "communities"),
    "files_passed_rate": ("quarterly", ("files_excellent", "files_pass"), "files_reviewed"),
    "files_excellent_rate": ("quarterly", ("files_excellent",), "files_reviewed"),
    "reconsideration_corrected_rate": (
        "quarterly",
        ("reconsiderations_corrected",),
        "reconsiderations_concluded",
    ),
    "lawsuits_lost_rate": ("quarterly", ("lawsuits_lost",), "lawsuits_judged"),
}


def from_unit_rows(asked: Asked, key: str, reporter: Unit, leaf: Unit, reported: list[str]) -> Sums | None:
    """Sums over the rows in which neither side is 不适用; None when there is no such row."""
    sheet, parts, whole = UNIT_ROWS[key]
    found = [
        row
        for month in reported
        for row in rows_of_month(asked, reporter.code, month, sheet)
        if row["unit_code"] == leaf.code and None not in [row[name] for name in (*parts, whole)]
    ]
    if not found:
        return None
    return Fraction(sum(row[name] for row in found for name in parts)), Fraction(
        sum(row[whole] for row in found)
    )


# Complaints: by month of receipt, but for what is due


def is_conduct(row: Row) -> bool:
    return row["complaint_kind"] == CONDUCT


def is_within_a_day(row: Row) -> bool:
    """Within 24 hours; where one of the times is only a day, on that day or the next."""
    received, contacted = row["received_at"], row["responded_at"]
    if time() in (received.time(), contacted.time()):
        return (day(contacted) - day(received)).days <= 1
    return contacted - received <= timedelta(hours=24)


COMPLAINTS: dict[str, tuple[Callable[[Row], bool], Callable[[Row], bool]]] = {
    "complaints_per_10k": (lambda row: False, lambda row: True),
    "conduct_complaints_per_10k": (lambda row: False, is_conduct),
    "conduct_substantiated_rate": (
        lambda row: is_conduct(row) and row["finding"] in ("属实", "部分属实", "不属实"),
        lambda row: is_conduct(row) and row["finding"] in ("属实", "部分属实"),
    ),
    "complaints_repeat_rate": (lambda row: True, lambda row: row["repeat_of"] is not None),
    "complaints_resolved_rate": (
        lambda row: row["confirmed"] in ("解决", "未解决"),
        lambda row: row["confirmed"] == "解决",
    ),
    "callback_satisfaction_rate": (
        lambda row: row["callback"] in ("满意", "基本满意", "不满意"),
        lambda row: row["callback"] in ("满意", "基本满意"),
    ),
    "first_contact_rate": (
        lambda row: row["responded_at"] is not None,
        lambda row: row["responded_at"] is not None and is_within_a_day(row),
    ),
}


def valid_complaints(asked: Asked, reporter: Unit, leaf: Unit) -> list[Row]:
    rows = latest_rows(asked, reporter.code, "complaints", "complaint_id")
    return [row for row in rows if row["unit"] == leaf.code and row["excluded_reason"] == VALID]


def from_complaints(asked: Asked, key: str, reporter: Unit, leaf: Unit, reported: list[str]) -> Sums:
    in_whole, in_part = COMPLAINTS[key]
    received = [r for r in valid_complaints(asked, reporter, leaf) if of(r["received_at"]) in reported]
    return Fraction(sum(map(in_part, received))), Fraction(sum(map(in_whole, received)))


def from_due_complaints(asked: Asked, reporter: Unit, leaf: Unit, reported: list[str]) -> Sums:
    """应结案: due in the period and by the last day the latest log tells of; flag alone: by month of receipt."""
    logs = [m for m in asked.campaign.periods if answered(asked, reporter.code, m, "complaints")]
    told_to = current(asked, reporter.code, logs[-1]).told_to
    due, on_time = 0, 0
    for row in valid_complaints(asked, reporter, leaf):
        due_at, closed_at, flag = row["due_at"], row["closed_at"], row["closed_on_time"]
        if due_at is None:
            counts = flag is not None and of(row["received_at"]) in reported
        else:
            counts = of(due_at) in months(asked) and day(due_at) <= told_to
        due += counts
        both = due_at is not None and closed_at is not None
        on_time += counts and (closed_at <= due_at if both else flag is True)
    return Fraction(on_time), Fraction(due)


# Training


def officers_of(asked: Asked, reporter: Unit, leaf: Unit, month: str) -> int | None:
    rows = rows_of_month(asked, reporter.code, month, "basics")
    return next((row["officers"] for row in rows if row["unit_code"] == leaf.code), None)


def session(row: Row) -> tuple:
    """What tells a course of a home unit from all others."""
    return row["unit"], row["session_id"], row["started_on"]


def sessions(asked: Asked, reporter: Unit, leaf: Unit, month: str) -> list[Row]:
    """The courses a month counts: those its workbook lists and no later month's does."""
    later = {
        session(row)
        for each in asked.campaign.periods
        if each > month
        for row in rows_of_month(asked, reporter.code, each, "trainings")
    }
    rows = rows_of_month(asked, reporter.code, month, "trainings")
    return [row for row in rows if row["unit"] == leaf.code and session(row) not in later]


def training_hours(asked: Asked, reporter: Unit, leaf: Unit, reported: list[str]) -> Sums | None:
    """Person-hours over the average number of officers of the reported months."""
    hours, officer_months, counted = Fraction(0), 0, 0
    for month in reported:
        officers = officers_of(asked, reporter, leaf, month)
        if officers is not None:
            counted += 1
            officer_months += officers
            for row in sessions(asked, reporter, leaf, month):
                hours += Fraction(row["hours"]) * row["officers_attended"]
    return (hours, Fraction(officer_months, len(reported))) if counted else None


def training_attendance(asked: Asked, reporter: Unit, leaf: Unit, reported: list[str]) -> Sums:
    rows = [row for month in reported for row in sessions(asked, reporter, leaf, month)]
    return (
        Fraction(sum(row["officers_attended"] + row["auxiliaries_attended"] for row in rows)),
        Fraction(sum(row["expected"] for row in rows)),
    )


def training_months(asked: Asked, reporter: Unit, leaf: Unit, reported: list[str]) -> Sums | None:
    if leaf.own_office:
        return None
    attended = 0
    for month in reported:
        rows = sessions(asked, reporter, leaf, month)
        attended += any(row["officers_attended"] + row["auxiliaries_attended"] > 0 for row in rows)
    return Fraction(attended), Fraction(len(reported))


# Rectification


def issues_of(asked: Asked, reporter: Unit, leaf: Unit) -> list[Row]:
    return [r for r in latest_rows(asked, reporter.code, "issues", "issue_id") if r["unit"] == leaf.code]


def is_closed_by(row: Row, end: date) -> bool:
    return row["status"] in CLOSED and row["closed_on"] is not None and row["closed_on"] <= end


def issues_rectified(asked: Asked, reporter: Unit, leaf: Unit, reported: list[str]) -> Sums:
    end = calendar.last_day(last(asked))
    found = [row for row in issues_of(asked, reporter, leaf) if row["found_on"] <= end]
    return Fraction(sum(is_closed_by(row, end) for row in found)), Fraction(len(found))


def issues_confirmed(asked: Asked, reporter: Unit, leaf: Unit, reported: list[str]) -> Sums:
    end = calendar.last_day(last(asked))
    rows = issues_of(asked, reporter, leaf)
    rectified = [row for row in rows if row["found_on"] <= end and is_closed_by(row, end)]
    confirmed = [row for row in rectified if (reporter.code, row["issue_id"]) in asked.closed]
    return Fraction(len(confirmed)), Fraction(len(rectified))


def issues_on_time(asked: Asked, reporter: Unit, leaf: Unit, reported: list[str]) -> Sums:
    """Due in the period and by the last day the latest ledger tells of: what is not yet due is not missed."""
    ledgers = [m for m in asked.campaign.periods if answered(asked, reporter.code, m, "issues")]
    told_to = current(asked, reporter.code, ledgers[-1]).told_to
    due = [
        row
        for row in issues_of(asked, reporter, leaf)
        if of(row["due_on"]) in months(asked) and row["due_on"] <= told_to
    ]
    return Fraction(sum(is_closed_by(row, row["due_on"]) for row in due)), Fraction(len(due))


def issues_overdue(asked: Asked, reporter: Unit, leaf: Unit, reported: list[str]) -> Sums:
    """Due before the period's last day, on a day the latest ledger tells of, and not closed."""
    end = calendar.last_day(last(asked))
    rows = issues_of(asked, reporter, leaf)
    ledgers = [m for m in asked.campaign.periods if answered(asked, reporter.code, m, "issues")]
    told_to = current(asked, reporter.code, ledgers[-1]).told_to
    overdue = (
        row["due_on"] < end and row["due_on"] <= told_to and not is_closed_by(row, end) for row in rows
    )
    return Fraction(sum(overdue)), None


# Staffing against population


def officers_and_people(asked: Asked, unit: Unit, reporter: Unit, month: str) -> Sums | None:
    """Officers and reference population of a unit or of its part under one reporting unit.

    A row with 不适用 leaves both sums, as far as its own population is known. None when no row is left;
    the population is None where it is not known.
    """
    counted = [
        (officers, people(asked, leaf, month))
        for leaf in leaves_below(asked, unit, reporter)
        if (officers := officers_of(asked, reporter, leaf, month)) is not None
    ]
    if not counted:
        return None
    if unit.level == asked.campaign.leaf_level:
        population = counted[0][1]
    elif is_known_below(asked, reporter, month):
        population = sum(each or 0 for _, each in counted)
    else:
        population = people(asked, reporter, month)
    officers = Fraction(sum(officers for officers, _ in counted))
    return officers, None if population is None else Fraction(population)


def shortfall(officers: Fraction, population: Fraction | None) -> Fraction | None:
    if population is None or population == 0:
        return None
    return max(Fraction(0), ceil(5 * population / 10000) - officers)


# The figure of a unit

POPULATION = ("complaints_per_10k", "conduct_complaints_per_10k", "officers_per_10k", "officers_gap")
ALL_COMPLAINTS = (*COMPLAINTS, "complaints_on_time_rate")
ISSUES = {
    "issues_rectified_rate": issues_rectified,
    "issues_confirmed_rate": issues_confirmed,
    "issues_on_time_rate": issues_on_time,
    "issues_overdue": issues_overdue,
}
TRAININGS = {
    "training_hours_per_officer": training_hours,
    "training_attendance_rate": training_attendance,
    "training_months_rate": training_months,
}
STOCKS = (
    *(key for key, (sheet, _, _) in UNIT_ROWS.items() if sheet == "basics"),
    "officers_per_10k",
    "officers_gap",
    "issues_rectified_rate",
    "issues_confirmed_rate",
    "issues_overdue",
)
QUARTERLY = tuple(key for key, (sheet, _, _) in UNIT_ROWS.items() if sheet == "quarterly")
FEW_EXPECTED = ("complaints_per_10k", "conduct_complaints_per_10k")
FEW_OFFICERS = ("training_hours_per_officer", "training_coverage_rate")
FEW_CASES = (
    *COLLECTORS,
    "conduct_substantiated_rate",
    "complaints_on_time_rate",
    "complaints_repeat_rate",
    "complaints_resolved_rate",
    "callback_satisfaction_rate",
    "first_contact_rate",
    "training_attendance_rate",
    "two_recorder_rate",
    "penalties_published_rate",
    "files_passed_rate",
    "files_excellent_rate",
    "reconsideration_corrected_rate",
    "lawsuits_lost_rate",
    "non_coercive_rate",
)
COUNTS = ("officers_gap", "issues_overdue", *EVENTS)
CASES_ARE_EVENTS = (*COUNTS, *FEW_EXPECTED, "officers_per_10k")
FACTORS = {
    "complaints_per_10k": 10000,
    "conduct_complaints_per_10k": 10000,
    "officers_per_10k": 10000,
    "training_hours_per_officer": 1,
    "auxiliaries_per_officer": 1,
}
LESS_IS_BETTER = (
    "complaints_per_10k",
    "conduct_complaints_per_10k",
    "conduct_substantiated_rate",
    "complaints_repeat_rate",
    "officers_gap",
    "auxiliaries_per_officer",
    "reconsideration_corrected_rate",
    "lawsuits_lost_rate",
    "issues_overdue",
    *EVENTS,
)


def sheets_of(key: str) -> tuple[str, ...]:
    """The sheets that must have been reported for a month to count."""
    if key in UNIT_ROWS:
        return (UNIT_ROWS[key][0],)
    if key in ALL_COMPLAINTS:
        return ("complaints",)
    if key == "training_hours_per_officer":
        return ("trainings", "basics")
    if key in TRAININGS:
        return ("trainings",)
    if key in ISSUES:
        return ("issues",)
    if key in COLLECTORS:
        return ("surveys",)
    if key in EVENTS:
        return ("events",)
    return () if key == "reports_on_time_rate" else ("basics",)


@remembered
def reported_months(asked: Asked, key: str, reporter: Unit) -> list[str]:
    return [
        month
        for month in months_due(asked, key)
        if all(answered(asked, reporter.code, month, sheet) for sheet in sheets_of(key))
    ]


def part(asked: Asked, key: str, reporter: Unit, leaf: Unit, reported: list[str]) -> Sums | None:
    """What one leaf adds; None when all its cells are 不适用 or the question does not touch it."""
    if key in UNIT_ROWS:
        return from_unit_rows(asked, key, reporter, leaf, reported)
    if key in ALL_COMPLAINTS and leaf.own_office:
        return None
    if key == "complaints_on_time_rate":
        return from_due_complaints(asked, reporter, leaf, reported)
    if key in COMPLAINTS:
        return from_complaints(asked, key, reporter, leaf, reported)
    return {**TRAININGS, **ISSUES}[key](asked, reporter, leaf, reported)


def add(sums: list[Sums]) -> Sums | None:
    """Sums of numerators and denominators; a denominator that exists nowhere stays None."""
    if not sums:
        return None
    wholes = [whole for _, whole in sums if whole is not None]
    return sum(part for part, _ in sums), sum(wholes) if wholes else None


@remembered
def sums(asked: Asked, key: str, unit: Unit) -> Sums | None:
    """Numerator and denominator over the reporting units that reported; None when nothing applies."""
    found = [sums_of_reporter(asked, key, unit, reporter) for reporter in reporters(asked, unit)]
    return add([each for each in found if each is not None])


def sums_of_reporter(asked: Asked, key: str, unit: Unit, reporter: Unit) -> Sums | None:
    """What one reporting unit adds to a unit's sums."""
    reported = reported_months(asked, key, reporter)
    if not reported:
        return None
    if key == "officers_per_10k":
        return officers_and_people(asked, unit, reporter, reported[0])
    if key == "officers_gap":
        totals = officers_and_people(asked, unit, reporter, reported[0])
        gap = shortfall(*totals) if totals else None
        return None if gap is None else (gap, None)
    parts = [part(asked, key, reporter, e, reported) for e in leaves_below(asked, unit, reporter)]
    total = add([each for each in parts if each is not None])
    if total is not None and key in FEW_EXPECTED:
        total = (total[0], exposure(asked, unit, reporter, reported))
    return total


def exposure(asked: Asked, unit: Unit, reporter: Unit, reported: list[str]) -> Fraction | None:
    """Residents summed over the reported months (a month's log of complaints is lived by all of them)."""
    place = unit if unit.level == asked.campaign.leaf_level else reporter
    known = [people(asked, place, month, temporary=False) for month in reported]
    found = [each for each in known if each is not None]
    return Fraction(sum(found)) if found else None


def has_population(asked: Asked, unit: Unit, month: str) -> bool:
    places = [unit] if unit.level == asked.campaign.leaf_level else reporters(asked, unit)
    return any(people(asked, place, month) is not None for place in places)


@remembered
def target(asked: Asked, key: str) -> Fraction | None:
    """The campaign's target for the period; None where none is set (yet)."""
    found = next((each for each in asked.campaign.targets if each.kpi == key), None)
    if found is None:
        return None
    base = Fraction(found.target)
    if found.rule == "per_period_of_year":
        so_far = [m for m in asked.campaign.periods if m[:4] == asked.month[:4] and m <= asked.month]
        return base * len(so_far) if asked.kind == "ytd" else None
    if found.rule == "month_share":
        return base * int(last(asked)[5:]) / 12
    if found.rule == "last_period_only":
        return base if last(asked) == asked.campaign.last_period else None
    return base


def verdict(key: str, value: Fraction, aim: Fraction | None) -> str:
    if aim is None:
        return "no_target"
    met = value <= aim if key in LESS_IS_BETTER else value >= aim
    return "met" if met else "missed"


def too_few(asked: Asked, key: str, unit: Unit, total: Sums, cases: Fraction) -> bool:
    if key in FEW_CASES:
        return cases < 30
    if key in FEW_OFFICERS:
        return cases < 1
    if key not in FEW_EXPECTED:
        return False
    if not total[1]:
        return True
    events, persons = sums(asked, key, parent(asked, unit))
    return total[1] * events / persons < 10


def judged(asked: Asked, key: str, unit: Unit, total: Sums, cases: Fraction | None = None) -> Figure:
    """A figure whose data were reported: value and status, compared exactly."""
    numerator, denominator = total
    factor = FACTORS.get(key, 100)
    if cases is None:
        cases = numerator if key in CASES_ARE_EVENTS else denominator
    ratio = factor * numerator / denominator if denominator else None
    value = numerator if key in COUNTS else ratio
    if denominator is None and key not in COUNTS:
        status = "not_applicable"
    elif too_few(asked, key, unit, total, cases):
        status = "too_few_cases"
    elif value is None:
        status = "not_applicable"
    else:
        status = verdict(key, value, target(asked, key))
    return Figure(numerator=numerator, denominator=denominator, value=value, cases=cases, status=status)


def from_workbooks(asked: Asked, key: str, unit: Unit) -> Figure:
    """The figure of a KPI that stands on the reporting units' monthly workbooks."""
    sheets = sheets_of(key)
    collected = all(map(asked.campaign.collected, sheets))
    due = [month for month in months_due(asked, key) if month in begun(asked)] if collected else []
    units = reporters(asked, unit)
    came = [
        [all(answered(asked, each.code, month, sheet) for sheet in sheets) for month in due] for each in units
    ]
    coverage = coverage_of(asked, due, came)
    excused = unit.own_office and (key in ALL_COMPLAINTS or key == "training_months_rate")
    if not due or excused:
        return Figure(**coverage)
    total = sums(asked, key, unit)
    if total is not None:
        return with_coverage(judged(asked, key, unit, total), coverage)
    silent = not any(reported_months(asked, key, each) for each in units)
    applies = key not in POPULATION or has_population(asked, unit, due[-1])
    return Figure(status="not_reported" if silent and applies else "not_applicable", **coverage)


def coverage_of(asked: Asked, wanted: list[str], came: list[list[bool]]) -> dict[str, int]:
    """Of a matrix of reporters and months: what came; and what fell due or came early, all while none fell due."""
    fallen = [has_fallen_due(asked, month) for month in wanted]
    everything = not any(fallen)
    return {
        "reported": sum(map(sum, came)),
        "expected": sum(
            everything or is_due or is_there
            for row in came
            for is_due, is_there in zip(fallen, row, strict=True)
        ),
    }


def with_coverage(figure: Figure, coverage: dict[str, int]) -> Figure:
    return Figure(**vars(figure) | coverage)


# Reports, surveys, events


def due_moment(asked: Asked, reporter: Unit, month: str) -> datetime:
    """From when a unit's workbook is late: midnight after the day granted to it last, else the campaign's moment."""
    days = [
        each.last_day for each in asked.granted if (each.unit_code, each.period) == (reporter.code, month)
    ]
    return datetime.combine(days[-1] + timedelta(days=1), time()) if days else asked.campaign.due_at(month)


def reports_on_time(asked: Asked, unit: Unit) -> Figure:
    """Of the workbooks expected, those whose first revision not later returned came in time."""
    counted = [on_time_of(asked, reporter) for reporter in reporters(asked, unit)]
    on_time, received, expected = (sum(each[place] for each in counted) for place in range(3))
    coverage = {"reported": received, "expected": expected}
    if not expected or unit.level == asked.campaign.leaf_level:
        return Figure(**coverage)
    figure = judged(asked, "reports_on_time_rate", unit, (Fraction(on_time), Fraction(expected)))
    return with_coverage(figure, coverage)


def on_time_of(asked: Asked, reporter: Unit) -> tuple[int, int, int]:
    """How many of a unit's workbooks came in time, came at all, and are expected."""
    on_time = received = expected = 0
    for month in months_due(asked, "reports_on_time_rate"):
        first = min(not_returned(asked, reporter, month), key=lambda each: each.revision, default=None)
        received += first is not None
        on_time += first is not None and first.received_at < due_moment(asked, reporter, month)
        expected += is_expected(asked, reporter, month)
    return on_time, received, expected


def not_returned(asked: Asked, reporter: Unit, month: str) -> list[Handed]:
    return [
        each
        for each in asked.handed
        if (each.unit_code, each.period) == (reporter.code, month) and each.state != "returned"
    ]


def is_expected(asked: Asked, reporter: Unit, month: str) -> bool:
    """Who may still hand in under an extension, and has not, is neither on time nor late."""
    came = bool(not_returned(asked, reporter, month))
    return came or due_moment(asked, reporter, month) <= asked.as_of


def valid_answers(row: Row) -> tuple[int, int]:
    """Satisfied and valid answers; 说不清或拒答 is neither."""
    satisfied = row["n_very_satisfied"] + row["n_satisfied"] + row["n_fairly_satisfied"]
    return satisfied, satisfied + row["n_dissatisfied"]


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """A unit's satisfaction: weighted share and weight, valid answers, surveyed of its children.

    Without a population a unit keeps its own share, each answer weighing one, and adds nothing above.
    """

    numerator: Fraction
    denominator: Fraction
    answers: int
    surveyed: int = 1
    children: int = 1
    adds_above: bool = True


def survey(asked: Asked, key: str, unit: Unit) -> Surveyed | None:
    """From the unit's own last wave, else from its surveyed children; None where neither exists."""
    if unit.own_office:
        return None
    own = own_wave(asked, key, unit)
    if own:
        return own
    children = [child for child in asked.campaign.children(unit) if not child.own_office]
    found = [each for child in children if (each := survey(asked, key, child)) and each.adds_above]
    if not found:
        return None
    return Surveyed(
        numerator=sum(each.numerator for each in found),
        denominator=sum(each.denominator for each in found),
        answers=sum(each.answers for each in found),
        surveyed=len(found),
        children=len(children),
    )


@remembered
def own_wave(asked: Asked, key: str, unit: Unit) -> Surveyed | None:
    """The last wave of a unit surveyed itself."""
    rows = latest_rows(asked, asked.campaign.top.code, "surveys", "unit", "wave")
    own = [
        row
        for row in rows
        if row["unit"] == unit.code
        and row["collector"] == COLLECTORS[key]
        and row["ended_on"] <= calendar.last_day(months(asked)[-1])
        and valid_answers(row)[1] > 0
    ]
    return own_share(asked, unit, max(own, key=lambda row: (row["ended_on"], row["wave"]))) if own else None


def own_share(asked: Asked, unit: Unit, wave: Row) -> Surveyed:
    """The wave's share, weighted by the population of the month in which it ended."""
    satisfied, valid = valid_answers(wave)
    persons = people(asked, unit, of(wave["ended_on"]))
    weight = persons or valid
    share = Fraction(satisfied, valid)
    return Surveyed(
        numerator=share * weight, denominator=Fraction(weight), answers=valid, adds_above=bool(persons)
    )


def satisfaction(asked: Asked, key: str, unit: Unit) -> Figure:
    found = survey(asked, key, unit) if asked.campaign.collected("surveys") else None
    if found is None:
        return Figure()
    sums_found = found.numerator, found.denominator
    figure = judged(asked, key, unit, sums_found, Fraction(found.answers))
    return with_coverage(figure, {"reported": found.surveyed, "expected": found.children})


def events(asked: Asked, key: str, unit: Unit) -> Figure:
    """Events of the kinds asked for, decided in the period, on the unit or anything below it."""
    if not asked.campaign.collected("events"):
        return Figure()
    top = asked.campaign.top
    received = reported_months(asked, key, top)
    coverage = coverage_of(asked, begun(asked), [[month in received for month in begun(asked)]])
    if not received:
        return Figure(**coverage)
    count = sum(events_of(asked, key, unit, reporter) for reporter in reporters(asked, unit))
    return with_coverage(judged(asked, key, unit, (Fraction(count), None)), coverage)


def events_of(asked: Asked, key: str, unit: Unit, reporter: Unit) -> int:
    """Events on a unit, or on its part under one reporting unit."""
    below = {leaf.code for leaf in leaves_below(asked, unit, reporter)}
    if unit.level != asked.campaign.leaf_level:
        # An event on a reporting unit goes to its own office, which bears the same code.
        below.add(reporter.code)
    return sum(
        row["unit"] in below and row["event_kind"] in EVENTS[key] and of(row["decided_on"]) in months(asked)
        for row in latest_rows(asked, asked.campaign.top.code, "events", "event_id")
    )


def figure(asked: Asked, key: str, unit: Unit) -> Figure:
    """The cell of the table of figures for one KPI and one unit."""
    if key in COLLECTORS:
        found = satisfaction(asked, key, unit)
    elif key in EVENTS:
        found = events(asked, key, unit)
    elif key == "reports_on_time_rate":
        found = reports_on_time(asked, unit)
    else:
        found = from_workbooks(asked, key, unit)
    return Figure(**vars(found) | {"target": target(asked, key)})
