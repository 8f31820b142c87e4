"""Which reports stand behind both of two figures, so that they can be held against each other.

A report is a reporting unit and a month. Months that both periods share are the same reports on either side;
what must be there on both sides is what sets the periods apart. See docs/decisions/0014-like-for-like.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from metrics.compile import months_rule
from metrics.coverage import expected_months
from metrics.dimensions import Dimensions
from metrics.kpi import Kpi
from metrics.period import Scope, add_months

Report = tuple[str, date]
"""A reporting unit and a month."""


@dataclass(frozen=True, kw_only=True)
class Matched:
    """What of two periods is compared.

    ``units`` are the reporting units that have a report on both sides. Where ``parts`` is None they stand on
    either side with all they reported; else only the reports named count, those of now and those of before.
    """

    units: frozenset[str]
    parts: tuple[frozenset[Report], frozenset[Report]] | None = None


def reports_behind(dimensions: Dimensions, kpi: Kpi, period: Scope) -> frozenset[Report]:
    """The reports a KPI's figures of a period stand on.

    Where only months fallen due count, whoever owes a report stands behind the figure, received or not.
    A province's register stands behind the figures of all its units.
    """
    return frozenset(
        (code, month)
        for month in expected_months(dimensions, kpi, period)
        for code in _behind_month(dimensions, kpi, month, period)
    )


def up_to_date(dimensions: Dimensions, kpi: Kpi, period: Scope) -> frozenset[str]:
    """The reporting units that have reported the latest month a KPI's figures of a period ask for."""
    months = expected_months(dimensions, kpi, period)
    return _behind_month(dimensions, kpi, months[-1], period) if months else frozenset()


def _behind_month(dimensions: Dimensions, kpi: Kpi, month: date, period: Scope) -> frozenset[str]:
    everybody = frozenset(dimensions.reporting_codes)
    if months_rule(kpi) == "due":
        return everybody - dimensions.may_still_report(month, period.as_of)
    came = dimensions.submitted.get((kpi.sheet, month), frozenset())
    if kpi.with_sheet:
        came &= dimensions.submitted.get((kpi.with_sheet, month), frozenset())
    if dimensions.reported_by.get(kpi.sheet) == "top":
        return everybody if came else frozenset()
    return came & everybody


def matched(dimensions: Dimensions, kpi: Kpi, now: Scope, before: Scope) -> Matched:
    """What of a KPI's two periods is compared."""
    months, months_before = (expected_months(dimensions, kpi, period) for period in (now, before))
    reports, reports_before = (reports_behind(dimensions, kpi, period) for period in (now, before))
    shared = set(months) & set(months_before)
    if shared:
        owed = [(reports, month) for month in months if month not in shared]
        owed += [(reports_before, month) for month in months_before if month not in shared]
        codes = dimensions.reporting_codes
        return Matched(
            units=frozenset(code for code in codes if all((code, month) in found for found, month in owed))
        )
    pairs = _pairs(kpi, months, months_before, now, before)
    both = [
        (code, month, earlier)
        for month, earlier in pairs
        for code in dimensions.reporting_codes
        if (code, month) in reports and (code, earlier) in reports_before
    ]
    units = frozenset(code for code, _, _ in both)
    if len(pairs) == len(months) == len(months_before) and len(both) == len(pairs) * len(units):
        return Matched(units=units)
    parts = (
        frozenset((code, month) for code, month, _ in both),
        frozenset((code, day) for code, _, day in both),
    )
    return Matched(units=units, parts=parts)


def _pairs(
    kpi: Kpi, months: Sequence[date], months_before: Sequence[date], now: Scope, before: Scope
) -> list[tuple[date, date]]:
    """Months at the same place of two periods that share none; of a stock, its one month of each."""
    if months_rule(kpi) == "last":
        return list(zip(months, months_before, strict=False))
    back = (now.month.year - before.month.year) * 12 + now.month.month - before.month.month
    known = set(months_before)
    return [(month, add_months(month, -back)) for month in months if add_months(month, -back) in known]
