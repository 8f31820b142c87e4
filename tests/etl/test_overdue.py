"""Days overdue: as of the day asked about, and never for what has been rectified."""

from datetime import date

import polars as pl
import pytest

from etl.overdue import DAYS_OVERDUE, with_days_overdue

DUE = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("status", "today", "days"),
    [
        ("整改中", date(2026, 3, 9), None),
        ("整改中", date(2026, 3, 10), None),
        ("整改中", date(2026, 3, 11), 1),
        ("未整改", date(2026, 4, 10), 31),
        ("未整改", date(2027, 3, 10), 365),
        ("已整改", date(2026, 4, 10), None),
        ("已销号", date(2026, 4, 10), None),
    ],
)
def test_days_overdue(status, today, days):
    issues = pl.DataFrame({"due_on": [DUE], "status": [status]})
    assert with_days_overdue(issues, today)[DAYS_OVERDUE].to_list() == [days]
