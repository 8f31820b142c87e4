"""What a figure is compared with: the period before, or of a survey the wave before; and last year's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from dashboard.components.notation import Row
from dashboard.i18n import deferred
from metrics.change import base_month
from metrics.kpi import Kpi
from metrics.period import PeriodKind

COMPARABLE_SHARE = Fraction(2, 3)
"""Of the reports expected, so many stand behind a rate that is held against another's (设定值)."""


def earlier(
    kpi: Kpi,
    kind: PeriodKind,
    own: Mapping[date, Row],
    month: date,
    campaign_months: frozenset[date],
    survey_days: Sequence[date],
) -> list[tuple[float | None, str]]:
    """Earlier values of one unit and KPI with their names; ``own`` holds its rows by month.

    Months between two waves of a survey repeat it, so it is held against the wave before.
    """
    if kpi.over_time == "last_wave":
        before, name = (survey_days[1].replace(day=1) if len(survey_days) > 1 else None), deferred("较上次")
    else:
        before, name = base_month(kind, month, "before", campaign_months), deferred("较上月")
    last_year = base_month(kind, month, "last_year", campaign_months)
    now = own[month]
    return [
        (comparable(kpi, now, own.get(before)), name),
        (comparable(kpi, now, own.get(last_year)), deferred("较去年同月")),
    ]


def comparable(kpi: Kpi, now: Row, before: Row | None) -> float | None:
    """The earlier value, if it compares: a count where as many reports stand behind it, a rate where most do.

    The first report of a month before its due date is no province.
    """
    if before is None:
        return None
    as_many = before["reported"] == now["reported"]
    by_most = kpi.denominator is not None and _is_most(now) and _is_most(before)
    return before["value"] if as_many or by_most else None


def _is_most(row: Row) -> bool:
    return not row["expected"] or Fraction(row["reported"], row["expected"]) >= COMPARABLE_SHARE
