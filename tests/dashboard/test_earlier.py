"""What a figure may be held against: a few units are no province."""

import pytest

from dashboard.components.earlier import comparable
from metrics.kpis import KPIS

RATE, COUNT = KPIS["complaints_on_time_rate"], KPIS["issues_overdue"]


def row(reported, expected=16, value=50.0):
    return {"reported": reported, "expected": expected, "value": value}


@pytest.mark.parametrize(
    ("now", "before", "rate", "count"),
    [
        (row(16), row(16), True, True),
        (row(15), row(16), True, False),
        (row(1), row(16), False, False),
        (row(16), row(10), False, False),
        (row(11), row(16), True, False),
        (row(3), row(3), True, True),
        (row(1, 1), row(0, 1, None), False, False),
        (row(16), None, False, False),
    ],
)
def test_a_rate_is_held_against_one_of_most_units_and_a_count_against_one_of_as_many(
    now, before, rate, count
):
    assert (comparable(RATE, now, before) is not None) == rate
    assert (comparable(COUNT, now, before) is not None) == count
