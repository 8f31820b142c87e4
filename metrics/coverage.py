"""Coverage: behind how much of what was expected a figure stands, and whether it applies at all.

Counted in reports: the reporting units that feed a unit times the months of the period that have fallen due and in
which the KPI's sheet is due (for a stock, its one month). A report of a later month is expected once it has come:
nobody is behind with what is not due yet. While none of the months has fallen due, all that have begun are expected,
so that a month that is on reads 2/16. A province's register counts its own months, whatever the unit. Where only
months fallen due count, a report that has not come and whose extension is still running is not expected yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.compile import months_rule
from metrics.dimensions import Dimensions
from metrics.kpi import Kpi
from metrics.period import Scope

Asked = tuple[str, str, tuple[date, ...]]
"""The sheets a figure stands on, one or two, and the months asked for."""


def reports(dimensions: Dimensions, kpis: Sequence[Kpi], period: Scope) -> pl.DataFrame:
    """For every KPI and reporting unit: kpi, reporting_code, is_register, ``reported`` and ``expected``."""
    counted: dict[Asked, Received] = {}
    columns: dict[str, list] = {
        "kpi": [],
        "reporting_code": [],
        "is_register": [],
        "reported": [],
        "expected": [],
    }
    units = dimensions.reporting_codes
    for kpi in kpis:
        months = expected_months(dimensions, kpi, period)
        owed = tuple(month for month in months if month in period.due) or months
        later = tuple(month for month in months if month not in owed)
        found = _received(dimensions, kpi, months, counted)
        early = _received(dimensions, kpi, later, counted)
        columns["kpi"] += [kpi.key] * len(units)
        columns["reporting_code"] += units
        columns["is_register"] += [found.is_register] * len(units)
        columns["reported"] += [found.of(unit) for unit in units]
        waiting = _waiting(dimensions, months, period) if months_rule(kpi) == "due" else Counter()
        columns["expected"] += [len(owed) + early.of(unit) - waiting[unit] for unit in units]
    return pl.DataFrame(columns)


def coverage(dimensions: Dimensions, received: pl.LazyFrame) -> pl.LazyFrame:
    """``reports`` rolled up to every unit: level, unit_code, kpi, reported, expected and ``applicable``.

    A KPI does not apply where no month of the period asks for its sheet, or the province's register was
    not received.
    """
    register = pl.col("is_register").first()
    return (
        dimensions.reporting.lazy()
        .join(received, on="reporting_code")
        .group_by("level", "unit_code", "kpi")
        .agg(
            reported=pl.when(register).then(pl.col("reported").max()).otherwise(pl.col("reported").sum()),
            expected=pl.when(register).then(pl.col("expected").max()).otherwise(pl.col("expected").sum()),
            applicable=(pl.col("expected").max() > 0) & (~register | (pl.col("reported").max() > 0)),
        )
    )


def expected_months(dimensions: Dimensions, kpi: Kpi, period: Scope) -> tuple[date, ...]:
    """The months of a period whose reports a KPI's figure stands on, where they have come."""
    frequency = dimensions.frequency.get(kpi.sheet) if kpi.sheet else "monthly"
    if frequency is None or (kpi.with_sheet and kpi.with_sheet not in dimensions.frequency):
        return ()
    rule = months_rule(kpi)
    if rule == "last":
        months = (period.last,) if period.last else ()
    else:
        months = period.due if rule == "due" else (period.begun or period.months[:1])
    return tuple(month for month in months if frequency != "quarterly" or month.month % 3 == 0)


def _waiting(dimensions: Dimensions, months: Sequence[date], period: Scope) -> Counter[str]:
    """How many of these months' reports each unit may still hand in under an extension."""
    return Counter(code for month in months for code in dimensions.may_still_report(month, period.as_of))


@dataclass(frozen=True, kw_only=True)
class Received:
    """How many reports of a sheet came: by reporting unit, or of the province's register for all."""

    is_register: bool
    counts: Counter[str]

    def of(self, reporting_code: str) -> int:
        """Reports that stand behind this unit's figures."""
        return sum(self.counts.values()) if self.is_register else self.counts[reporting_code]


def _received(
    dimensions: Dimensions, kpi: Kpi, months: tuple[date, ...], counted: dict[Asked, Received]
) -> Received:
    """The reports of a KPI's sheets in these months; KPIs of the same sheets are ``counted`` once."""
    key = (kpi.sheet, kpi.with_sheet, months)
    if key not in counted:
        counts: Counter[str] = Counter()
        for month in months:
            units = dimensions.submitted.get((kpi.sheet, month), frozenset())
            if kpi.with_sheet:
                units &= dimensions.submitted.get((kpi.with_sheet, month), frozenset())
            counts.update(units)
        is_register = dimensions.reported_by.get(kpi.sheet) == "top"
        counted[key] = Received(is_register=is_register, counts=counts)
    return counted[key]
