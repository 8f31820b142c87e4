"""Months, working days and due dates: examples from the announced calendars, and laws of month arithmetic."""

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import calendar

QUARTER_END_PLUS_FIVE = [
    ("2017-09-30", "2017-10-13"),
    ("2017-12-31", "2018-01-08"),
    ("2018-03-31", "2018-04-09"),
    ("2018-06-30", "2018-07-06"),
    ("2018-09-30", "2018-10-12"),
    ("2019-09-30", "2019-10-12"),
    ("2024-09-30", "2024-10-12"),
    ("2025-03-31", "2025-04-08"),
    ("2025-06-30", "2025-07-07"),
    ("2025-09-30", "2025-10-14"),
    ("2025-12-31", "2026-01-08"),
    ("2026-03-31", "2026-04-08"),
    ("2026-06-30", "2026-07-07"),
    ("2026-09-30", "2026-10-13"),
]
"""Worked out by hand from the announced arrangements; 2019-10-12 and 2024-10-12 are Saturdays worked."""

periods = st.integers(min_value=1900 * 12, max_value=2100 * 12).map(
    lambda n: f"{n // 12:04d}-{n % 12 + 1:02d}"
)


@pytest.mark.parametrize(("quarter_end", "due"), QUARTER_END_PLUS_FIVE)
def test_five_working_days_after_a_quarter(quarter_end, due):
    counted = calendar.add_working_days(date.fromisoformat(quarter_end), 5, {})
    assert counted == (date.fromisoformat(due), False)


def test_beyond_the_announced_years_a_due_day_is_estimated():
    assert calendar.add_working_days(date(2026, 12, 31), 5, {}) == (date(2027, 1, 8), True)


def test_a_day_settled_by_hand_comes_first_and_is_not_estimated():
    assert calendar.is_working_day(date(2027, 1, 4), {}) == (True, True)
    assert calendar.is_working_day(date(2027, 1, 4), {date(2027, 1, 4): False}) == (False, False)
    settled = {date(2027, 1, 1) + timedelta(days=n): n in (1, 3, 4, 5, 6) for n in range(8)}
    assert calendar.add_working_days(date(2026, 12, 31), 5, settled) == (date(2027, 1, 7), False)


def test_both_calendars_agree_on_every_day_of_the_announced_years():
    statutory = holidays.country_holidays("CN", years=range(2016, 2027))
    days = [date(2016, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2016, 1, 1)).days)]
    assert len(days) == 4018
    assert [d for d in days if chinese_calendar.is_workday(d) != statutory.is_working_day(d)] == []


def test_before_the_first_announced_year_days_are_estimated_too():
    assert calendar.is_working_day(date(2003, 6, 4), {}) == (True, True)


@pytest.mark.parametrize(
    ("day", "rule", "rolled"),
    [
        ("2025-05-31", "keep", "2025-05-31"),
        ("2025-05-31", "back", "2025-05-30"),
        ("2025-05-31", "forward", "2025-06-03"),
        ("2025-04-30", "back", "2025-04-30"),
        ("2025-04-30", "forward", "2025-04-30"),
        ("2026-02-28", "back", "2026-02-28"),
    ],
)
def test_a_rest_day_is_kept_or_moved_by_the_rule(day, rule, rolled):
    assert calendar.roll(date.fromisoformat(day), rule, {}) == (date.fromisoformat(rolled), False)


def test_no_working_day_is_added_for_zero_and_none_is_taken_off():
    assert calendar.add_working_days(date(2025, 5, 31), 0, {}) == (date(2025, 5, 31), False)
    with pytest.raises(ValueError, match="counted forward"):
        calendar.add_working_days(date(2025, 5, 31), -1, {})


@pytest.mark.parametrize(
    "text", ["2025-13", "2025-00", "2025-4", "202504", "2025-04-01", "", "0000-01", "2025-04"]
)
def test_a_period_is_four_digits_a_hyphen_and_a_month(text):
    assert calendar.is_period(text) is (text == "2025-04")
    if text != "2025-04":
        with pytest.raises(ValueError, match="YYYY-MM"):
            calendar.first_day(text)


def test_a_month_has_its_days():
    assert (calendar.first_day("2024-02"), calendar.last_day("2024-02")) == (
        date(2024, 2, 1),
        date(2024, 2, 29),
    )
    assert calendar.last_day("2025-02") == date(2025, 2, 28)
    assert calendar.previous("2026-01") == "2025-12"
    assert calendar.of(date(2026, 9, 3)) == "2026-09"
    assert calendar.periods("2025-11", "2026-02") == ("2025-11", "2025-12", "2026-01", "2026-02")
    assert calendar.periods("2026-02", "2025-11") == ()


@given(periods, st.integers(min_value=-1000, max_value=1000))
def test_adding_months_and_counting_them_undo_each_other(period, count):
    later = calendar.add_months(period, count)
    assert calendar.months_between(period, later) == count
    assert calendar.add_months(later, -count) == period


@given(periods)
def test_the_day_after_a_month_begins_the_next(period):
    following = calendar.last_day(period) + timedelta(days=1)
    assert following == calendar.first_day(calendar.add_months(period, 1))
    assert calendar.of(calendar.last_day(period)) == period
