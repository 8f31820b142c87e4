"""What changed, over the units that stand behind both periods: against the period before and last year."""

import random
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import polars as pl
import pytest

from etl import calendar
from metrics.change import CHANGE_COLUMNS, base_month, change
from metrics.connection import current_build, open_build, runner
from metrics.dimensions import read_dimensions
from metrics.kpis import KPIS
from metrics.query import table
from tests.metrics.oracle import Granted, Handed
from tests.metrics.random_rows import blank
from tests.metrics.random_store import DataSet, stored
from tests.metrics.test_worked_examples import CAMPAIGN

MONTHS = frozenset(
    date(year, month, 1) for year in (2025, 2026) for month in range(1, 13) if (year, month) >= (2025, 4)
)
FIRST, SECOND = "530100", "530200"
TOWNS = {FIRST: ("530101", "530102"), SECOND: ("530201",)}
"""The counties of the two prefectures."""
LATER = datetime(2027, 3, 1)


def workbook(code: str, month: str, **cells: int) -> Handed:
    """A workbook in which each county has these figures in 基础情况 and 月度情况."""
    counties = [{"unit_code": town} for town in TOWNS[code]]
    sheets = {
        key: ("reported", [blank(key) | row | cells for row in counties]) for key in ("basics", "monthly")
    }
    return Handed(
        unit_code=code,
        period=month,
        revision=1,
        received_at=datetime.combine(calendar.last_day(month), time(9)),
        data_to=calendar.last_day(month),
        state="received",
        sheets=sheets | {"issues": ("zero_report", [])},
    )


@pytest.fixture
def changes(tmp_path):
    """The change of one KPI, by unit, in a store of some workbooks."""

    def of(handed, key, month, kind="month", against="last_month", as_of=LATER, granted=()):
        data = DataSet(campaign=CAMPAIGN, handed=tuple(handed), today=LATER, granted=tuple(granted))
        store = stored(data, tmp_path / str(random.random()))
        with closing(open_build(current_build(store.folder))) as connection:
            run = runner(connection)
            asked = {"month": calendar.first_day(month), "kind": kind, "as_of": as_of}
            dimensions = read_dimensions(run)
            found = change(run, dimensions, [KPIS[key]], against=against, **asked).to_dicts()
            rows = table(run, dimensions, [KPIS[key]], **asked).to_dicts()
        assert [row["unit_code"] for row in found] == [row["unit_code"] for row in rows]
        # An own office shares the code of the prefecture, which stands before it.
        return {row["unit_code"]: row for row in reversed(found)}

    return of


def counted(row) -> tuple[int, int, int]:
    return row["units_compared"], row["units_now"], row["units_before"]


def test_a_prefecture_with_many_officers_that_is_missing_makes_no_fall(changes):
    handed = [
        workbook(FIRST, "2026-01", officers=300, certified_officers=300),
        workbook(SECOND, "2026-01", officers=100, certified_officers=50),
        workbook(SECOND, "2026-02", officers=100, certified_officers=60),
    ]
    found = changes(handed, "certified_rate", "2026-02")

    assert list(found["530000"])[: len(CHANGE_COLUMNS)] == list(CHANGE_COLUMNS)
    whole = found["530000"]
    assert (whole["value"], whole["value_before"], whole["difference"]) == (60, 50, 10)
    assert counted(whole) == (1, 1, 2)
    # Nor is there a base for the missing prefecture and its counties.
    for code in (FIRST, *TOWNS[FIRST]):
        assert (found[code]["value"], found[code]["value_before"], found[code]["difference"]) == (None,) * 3
        assert counted(found[code]) == (0, 0, 1)


def test_a_cell_not_applicable_on_one_side_is_behind_neither(changes):
    handed = [
        workbook(FIRST, "2026-01", actions=10, actions_two_recorders=5),
        workbook(FIRST, "2026-02", actions=None, actions_two_recorders=None),
        workbook(SECOND, "2026-01", actions=10, actions_two_recorders=8),
        workbook(SECOND, "2026-02", actions=10, actions_two_recorders=9),
    ]
    whole = changes(handed, "two_recorder_rate", "2026-02")["530000"]
    assert (whole["value_before"], whole["value"]) == (80, 90)
    assert counted(whole) == (1, 1, 2)


def test_a_year_to_date_grows_only_with_those_who_reported_its_last_month(changes):
    handed = [
        workbook(code, month, actions=10, actions_two_recorders=part)
        for code, months in ((FIRST, "134"), (SECOND, "123"))
        for month, part in ((f"2026-0{each}", 10 if code == FIRST else int(each)) for each in months)
    ]
    found = changes(handed, "two_recorder_rate", "2026-04", kind="ytd")
    # What the first left out in February is left out on either side; the second has not reported April.
    assert counted(found[FIRST]) == (1, 1, 1)
    assert counted(found[SECOND]) == (0, 1, 1)
    assert counted(found["530000"]) == (1, 2, 2)
    assert (found["530000"]["value_before"], found["530000"]["value"]) == (100, 100)


def test_of_two_quarters_the_months_at_the_same_place_are_compared(changes):
    handed = [
        workbook(SECOND, f"2026-0{month}", actions=10, actions_two_recorders=month)
        # The second month of the first quarter is missing.
        for month in (1, 3, 4, 5, 6)
    ]
    row = changes(handed, "two_recorder_rate", "2026-06", kind="quarter")[SECOND]
    assert (row["value_before"], row["value"]) == (20, 50)


def test_whoever_owed_a_report_is_compared_and_who_may_still_report_is_not(changes):
    handed = [workbook(FIRST, "2026-01"), workbook(SECOND, "2026-01"), workbook(SECOND, "2026-02")]
    missing = changes(handed, "reports_on_time_rate", "2026-02")["530000"]
    assert (missing["value_before"], missing["value"]) == (100, 50)
    assert counted(missing) == (2, 2, 2)

    day = CAMPAIGN.due_day("2026-02") + timedelta(days=20)
    waiting = changes(
        handed,
        "reports_on_time_rate",
        "2026-02",
        as_of=datetime.combine(day, time()),
        granted=[Granted(unit_code=FIRST, period="2026-02", last_day=day)],
    )["530000"]
    assert (waiting["value_before"], waiting["value"]) == (100, 100)
    assert counted(waiting) == (1, 1, 2)


def test_without_a_base_there_is_no_difference(changes):
    found = changes(
        [workbook(FIRST, "2026-01", officers=3, certified_officers=3)], "certified_rate", "2026-01"
    )
    assert {row["difference"] for row in found.values()} == {None}
    assert counted(found[FIRST]) == (0, 1, 0)


def test_from_nothing_to_something_is_a_difference_never_infinite(changes):
    handed = [
        workbook(FIRST, month, actions=10, actions_two_recorders=part)
        for month, part in (("2026-01", 0), ("2026-02", 10))
    ]
    assert changes(handed, "two_recorder_rate", "2026-02")[FIRST]["difference"] == 100


@pytest.mark.parametrize(
    ("kind", "month", "base", "expected"),
    [
        ("month", date(2026, 1, 1), "last_month", date(2025, 12, 1)),
        ("month", date(2025, 4, 1), "last_month", None),
        ("month", date(2026, 9, 1), "last_year", date(2025, 9, 1)),
        ("month", date(2026, 3, 1), "last_year", None),
        ("quarter", date(2026, 5, 1), "last_month", date(2026, 2, 1)),
        ("quarter", date(2026, 5, 1), "last_year", date(2025, 5, 1)),
        # Months of the year before lie in the campaign, though this one does not.
        ("year", date(2026, 3, 1), "last_month", date(2025, 3, 1)),
        ("ytd", date(2026, 6, 1), "last_month", date(2026, 5, 1)),
        ("ytd", date(2026, 3, 1), "last_year", None),
        ("rolling12", date(2026, 6, 1), "last_month", date(2026, 5, 1)),
    ],
)
def test_the_month_that_names_the_base_period(kind, month, base, expected):
    assert base_month(kind, month, base, MONTHS) == expected


OLDER = replace(CAMPAIGN, first_period="2025-05")
"""Older than its store, in which the first report is that of October 2025."""
REPORTED = [f"2025-{month:02d}" for month in (10, 11, 12)] + [f"2026-{month:02d}" for month in range(1, 12)]


@pytest.fixture(scope="module")
def growing(tmp_path_factory):
    """The change of the first prefecture, whose cases and officers grow; the report of March 2026 is missing."""
    counts = {month: 20 + at for at, month in enumerate(REPORTED) if month != "2026-03"}
    handed = tuple(
        workbook(FIRST, month, officers=50, certified_officers=n, actions=50, actions_two_recorders=n)
        for month, n in counts.items()
    )
    data = DataSet(campaign=OLDER, handed=handed, today=LATER, granted=())
    with closing(open_build(current_build(stored(data, tmp_path_factory.mktemp("older")).folder))) as opened:
        run = runner(opened)
        dimensions = read_dimensions(run)

        def of(key, month, kind="month", against="last_month"):
            asked = {"month": calendar.first_day(month), "kind": kind, "as_of": datetime(2026, 12, 20)}
            found = change(run, dimensions, [KPIS[key]], against=against, level="prefecture", **asked)
            return found.row(by_predicate=pl.col("unit_code") == FIRST, named=True)

        yield of


@pytest.mark.parametrize(
    ("kind", "against"),
    [("year", "last_month"), ("year", "last_year"), ("ytd", "last_year"), ("rolling12", "last_year")],
)
@pytest.mark.parametrize("key", ["two_recorder_rate", "reports_on_time_rate"])
def test_a_period_of_many_months_is_not_held_against_a_few(growing, key, kind, against):
    row = growing(key, "2026-11", kind, against)
    assert row["difference"] is None
    # Who stands behind the base is told all the same.
    assert counted(row) == (0, 1, 1)


@pytest.mark.parametrize("kind", ["ytd", "rolling12"])
def test_a_stock_stands_on_its_last_month_whatever_the_period(growing, kind):
    month, longer = (growing("certified_rate", "2026-11", each, "last_year") for each in ("month", kind))
    assert month["difference"] == pytest.approx(24)
    assert longer == month


def test_a_stock_of_january_is_held_against_december_in_a_year_to_date_too(growing):
    assert growing("certified_rate", "2026-01", "ytd")["difference"] == pytest.approx(2)
    assert growing("two_recorder_rate", "2026-01", "ytd")["difference"] is None


def test_nobody_owed_the_months_before_the_first_report(growing):
    # Of the second prefecture nothing came; the first left out March.
    row = growing("reports_on_time_rate", "2026-09", "rolling12")
    assert (row["value_before"], row["value"]) == (pytest.approx(100 * 10 / 11), pytest.approx(100 * 11 / 12))
    row = growing("reports_on_time_rate", "2026-03", "rolling12")
    assert (row["value_before"], row["value"]) == (100, pytest.approx(100 * 5 / 6))
