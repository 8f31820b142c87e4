"""Change: against the period before and last year, in the KPI's own unit, or no comparable base."""

from datetime import date

import polars as pl
import pytest

from metrics.change import CHANGE_COLUMNS, NO_BASE, base_month, change, difference_unit
from metrics.kpis import KPIS

CAMPAIGN = frozenset(
    date(year, month, 1) for year in (2025, 2026) for month in range(1, 13) if (year, month) >= (2025, 4)
)


def table(**values):
    return pl.DataFrame(
        [("prefecture", code, "two_recorder_rate", value) for code, value in values.items()],
        schema={"level": pl.String, "unit_code": pl.String, "kpi": pl.String, "value": pl.Float64},
        orient="row",
    )


def test_differences_in_the_order_of_the_later_table():
    found = change(table(b=91.5, a=80.0), table(a=82.0, b=90.0, c=1.0))
    assert found.columns == list(CHANGE_COLUMNS)
    assert found.select("unit_code", "value", "base_value", "difference", "reason").rows() == [
        ("b", 91.5, 90.0, 1.5, None),
        ("a", 80.0, 82.0, -2.0, None),
    ]


@pytest.mark.parametrize(
    ("now", "base"), [(table(a=None), table(a=5.0)), (table(a=5.0), table(a=None)), (table(a=5.0), table())]
)
def test_without_a_value_on_either_side_there_is_no_comparable_base(now, base):
    assert change(now, base).select("difference", "reason").rows() == [(None, NO_BASE)]


def test_a_campaigns_first_month_has_no_base():
    assert change(table(a=5.0), None).select("base_value", "difference", "reason").rows() == [
        (None, None, NO_BASE)
    ]


def test_from_nothing_to_something_is_a_difference_never_infinite():
    assert change(table(a=5.0), table(a=0.0))["difference"].to_list() == [5.0]


@pytest.mark.parametrize(
    ("kind", "month", "base", "expected"),
    [
        ("month", date(2026, 1, 1), "before", date(2025, 12, 1)),
        ("month", date(2025, 4, 1), "before", None),
        ("month", date(2026, 9, 1), "last_year", date(2025, 9, 1)),
        ("month", date(2026, 3, 1), "last_year", None),
        ("quarter", date(2026, 5, 1), "before", date(2026, 2, 1)),
        ("quarter", date(2026, 5, 1), "last_year", date(2025, 5, 1)),
        ("year", date(2026, 5, 1), "before", date(2025, 5, 1)),
        ("year", date(2026, 5, 1), "last_year", None),
        ("ytd", date(2026, 1, 1), "before", None),
        ("ytd", date(2026, 6, 1), "before", date(2026, 5, 1)),
        ("ytd", date(2026, 6, 1), "last_year", None),
        ("rolling12", date(2026, 6, 1), "before", date(2026, 5, 1)),
    ],
)
def test_the_month_that_names_the_base_period(kind, month, base, expected):
    assert base_month(kind, month, base, CAMPAIGN) == expected


def test_percentages_differ_by_percentage_points():
    assert difference_unit(KPIS["two_recorder_rate"]) == ("个百分点", "percentage points")
    assert difference_unit(KPIS["issues_overdue"]) == ("个", "issues")
