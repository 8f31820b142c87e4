"""How many days an issue is overdue: as of a day, and never for what has been rectified."""

from __future__ import annotations

from datetime import date

import polars as pl

from etl.sheets.issues import CLOSED, RECTIFIED

DAYS_OVERDUE = "days_overdue"


def with_days_overdue(issues: pl.DataFrame, today: date) -> pl.DataFrame:
    """Rows of the issue ledger with ``days_overdue`` on a day: null where the issue is rectified or not overdue.

    The due day itself is not overdue: it lasts until 24:00.
    """
    days = (pl.lit(today) - pl.col("due_on")).dt.total_days()
    overdue = ~pl.col("status").is_in([RECTIFIED, CLOSED]) & (days > 0)
    return issues.with_columns(pl.when(overdue).then(days).alias(DAYS_OVERDUE))
