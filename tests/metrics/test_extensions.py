"""A unit whose extension is running is not late yet: it is in neither part of the rate of reports on time."""

from contextlib import closing
from datetime import timedelta

import pytest

from etl import calendar
from metrics.connection import current_build, open_build, runner
from metrics.dimensions import read_dimensions
from metrics.kpis import KPIS
from metrics.query import table
from tests.etl.stores import yunnan
from tests.metrics.oracle import Granted
from tests.metrics.random_store import DataSet, stored

CAMPAIGN = yunnan()
MONTH, EXTENDED, OTHER = "2025-09", "533400", "530100"
ALL = len(CAMPAIGN.reporting_units)
KEY = "reports_on_time_rate"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Nobody has reported; one unit has ten more days."""
    until = CAMPAIGN.due_day(MONTH) + timedelta(days=10)
    granted = (Granted(unit_code=EXTENDED, period=MONTH, last_day=until),)
    today = CAMPAIGN.due_at(MONTH)
    data = DataSet(campaign=CAMPAIGN, handed=(), today=today, granted=granted)
    return stored(data, tmp_path_factory.mktemp("extended"))


@pytest.mark.parametrize(("days", "counted"), [(0, ALL - 1), (9, ALL - 1), (10, ALL), (40, ALL)])
def test_a_running_extension_leaves_both_parts_of_the_rate(store, days, counted):
    with closing(open_build(current_build(store.folder))) as connection:
        found = table(
            runner(connection),
            read_dimensions(runner(connection)),
            [KPIS[KEY]],
            month=calendar.first_day(MONTH),
            as_of=CAMPAIGN.due_at(MONTH) + timedelta(days=days),
        ).to_dicts()
    levels = CAMPAIGN.levels[0].key, CAMPAIGN.reporting_level
    rows = {row["unit_code"]: row for row in found if row["level"] in levels}
    waits = counted < ALL
    whole, own, other = (rows[code] for code in (CAMPAIGN.top.code, EXTENDED, OTHER))
    assert (whole["numerator"], whole["denominator"], whole["expected"]) == (0, counted, counted)
    assert (own["denominator"], own["status"] == "not_applicable") == (None if waits else 1, waits)
    assert (other["numerator"], other["denominator"]) == (0, 1)
