"""What a reader looks at, for tests that ask what a page asks."""

from __future__ import annotations

from datetime import date

from dashboard.state import Filters
from metrics.kpis import KPIS


def chosen(build: str, month: date, kpi: str, **more: object) -> Filters:
    """The filters of a reader who has chosen a month and a KPI, and what else is given."""
    rest = {
        "period": None,
        "level": "prefecture",
        "group": None,
        "by_score": True,
        "unit": None,
        "rows": None,
    }
    return Filters(build=build, month=month, kpi=KPIS[kpi], **rest | more)
