"""Months and working days: the arithmetic of periods and due dates.

A period is a month, written ``YYYY-MM``. Working days follow the holiday arrangements the State Council
announces each November for the coming year, make-up weekends (调休) included; a day of a year not yet
announced is worked out from the statutory holidays alone and is called estimated (推算).
Days are counted as the Civil Code counts them (art. 201, 203): the first day is not counted.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import holidays

RestDayRule = Literal["keep", "back", "forward"]
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def is_period(text: str) -> bool:
    """Whether the text is a month written ``YYYY-MM``."""
    return _PERIOD.fullmatch(text) is not None and not text.startswith("0000")


def first_day(period: str) -> date:
    """The first day of the month; ValueError when the text is no period."""
    if not is_period(period):
        raise ValueError(f"a period is written YYYY-MM, found {period!r}")
    return date(int(period[:4]), int(period[5:]), 1)


def last_day(period: str) -> date:
    """The last day of the month; ValueError when the text is no period."""
    first = first_day(period)
    return first.replace(day=monthrange(first.year, first.month)[1])


def of(day: date) -> str:
    """The period a day lies in."""
    return f"{day.year:04d}-{day.month:02d}"


def add_months(period: str, count: int) -> str:
    """The period ``count`` months later (earlier when negative)."""
    first = first_day(period)
    year, month = divmod(first.year * 12 + first.month - 1 + count, 12)
    return of(date(year, month + 1, 1))


def previous(period: str) -> str:
    """The month before (上期, for 环比)."""
    return add_months(period, -1)


def months_between(first: str, last: str) -> int:
    """How many months ``last`` comes after ``first``; negative when it comes before."""
    start, end = first_day(first), first_day(last)
    return (end.year - start.year) * 12 + end.month - start.month


def periods(first: str, last: str) -> tuple[str, ...]:
    """Every period from ``first`` to ``last``, both included; empty when ``last`` comes before."""
    return tuple(add_months(first, step) for step in range(months_between(first, last) + 1))


def is_working_day(day: date, overrides: Mapping[date, bool]) -> tuple[bool, bool]:
    """Whether people work on this day, and whether that is estimated (推算).

    ``overrides`` are days an analyst has settled by hand; they come first and are never estimated.
    """
    if day in overrides:
        return overrides[day], False
    # Few who use this module ask for working days, and both calendars are slow to import.
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day)), False
    except NotImplementedError:  # the library's answer for a year whose arrangement it does not know
        return _statutory_holidays(day.year).is_working_day(day), True


@cache
def _statutory_holidays(year: int) -> holidays.HolidayBase:
    import holidays

    return holidays.country_holidays("CN", years=year)


def add_working_days(day: date, count: int, overrides: Mapping[date, bool]) -> tuple[date, bool]:
    """The day on which ``count`` working days after ``day`` have passed, and whether it is estimated.

    ``day`` itself is not counted. The result is estimated when any day looked at on the way is.
    """
    if count < 0:
        raise ValueError(f"working days are counted forward, found {count}")
    estimated = False
    while count > 0:
        day += timedelta(days=1)
        working, guessed = is_working_day(day, overrides)
        estimated = estimated or guessed
        count -= 1 if working else 0
    return day, estimated


def roll(day: date, rule: RestDayRule, overrides: Mapping[date, bool]) -> tuple[date, bool]:
    """A due day that may fall on a rest day, moved by the rule, and whether the outcome is estimated.

    ``keep`` leaves it, ``back`` takes the working day before, ``forward`` the one after.
    """
    if rule == "keep":
        return day, False
    step = timedelta(days=1 if rule == "forward" else -1)
    working, estimated = is_working_day(day, overrides)
    while not working:
        day += step
        working, guessed = is_working_day(day, overrides)
        estimated = estimated or guessed
    return day, estimated
