"""How an extension (准予延期) is named beside a report: until when. Why is for reviewers and the unit itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dashboard import format
from dashboard.i18n import t

Row = Mapping[str, object]
"""A row of queries.reports.reports."""


def until(row: Row) -> str:
    """延期至10月15日; "" where none was granted."""
    return t("延期至{day}", day=format.day(row["extended_to"])) if row["extended_to"] else ""


def is_running(row: Row, today: date) -> bool:
    """Whether a report may still come in time under an extension."""
    return row["extended_to"] is not None and today <= row["extended_to"]
