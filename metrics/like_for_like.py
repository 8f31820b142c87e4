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
    months, months_before = (_months(dimensions, kpi, period) for period in (now, before))
    reports, reports_before = (reports_behind(dimensions, kpi, period) for period in (now, before))
    shared = set(months) & set(months_before)
    if shared:
        owed = [(reports, month) for month in months if month not in shared]
        owed += [(reports_before, month) for month in months_before if month not in shared]
        codes = dimensions.reporting_codes
        units = frozenset(code for code in codes if all((code, month) in found for found, month in owed))
        return Matched(units=units, parts=_without_older(dimensions, kpi, now, before, units))
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


def is_comparable(dimensions: Dimensions, kpi: Kpi, now: Scope, before: Scope) -> bool:
    """Whether an earlier period is a base for a KPI's figure of this one.

    Stocks and surveys stand on one month or wave of either. All else sums months: each month behind the figure
    needs its counterpart in the base, from the first month in which anybody reported, or a difference of a few
    months would stand beside a figure of many. The year to date of a January has no period before it.
    """
    if kpi.mart == "mart_survey":
        return True
    if not dimensions.shown_months.intersection(before.months):
        return False
    if months_rule(kpi) == "last":
        return True
    back = _months_apart(now, before)
    if now.kind == "ytd" and now.month.year != before.month.year and back % 12:
        return False
    months, months_before = (_months(dimensions, kpi, period) for period in (now, before))
    known = dimensions.shown_months.intersection(months_before)
    shared = set(months) & set(months_before)
    return bool(shared) or all(add_months(month, -back) in known for month in months)


def _months(dimensions: Dimensions, kpi: Kpi, period: Scope) -> tuple[date, ...]:
    """The months of a period that are compared: where missing counts, none from before anybody reported."""
    months = expected_months(dimensions, kpi, period)
    if months_rule(kpi) != "due":
        return months
    return tuple(month for month in months if month in dimensions.shown_months)


def _without_older(
    dimensions: Dimensions, kpi: Kpi, now: Scope, before: Scope, units: frozenset[str]
) -> tuple[frozenset[Report], frozenset[Report]] | None:
    """The reports of some units in both periods, if some older than any in the store count; else None: all."""
    periods = (now, before)
    kept = [_months(dimensions, kpi, period) for period in periods]
    if kept == [expected_months(dimensions, kpi, period) for period in periods]:
        return None
    parts = (
        frozenset(
            (code, month)
            for code, month in reports_behind(dimensions, kpi, period)
            if code in units and month in months
        )
        for period, months in zip(periods, kept, strict=True)
    )
    return next(parts), next(parts)


def _months_apart(now: Scope, before: Scope) -> int:
    return (now.month.year - before.month.year) * 12 + now.month.month - before.month.month


def _pairs(
    kpi: Kpi, months: Sequence[date], months_before: Sequence[date], now: Scope, before: Scope
) -> list[tuple[date, date]]:
    """Months at the same place of two periods that share none; of a stock, its one month of each."""
    if months_rule(kpi) == "last":
        return list(zip(months, months_before, strict=False))
    back = _months_apart(now, before)
    known = set(months_before)
    return [(month, add_months(month, -back)) for month in months if add_months(month, -back) in known]
