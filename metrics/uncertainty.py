"""How far chance may have moved a figure: its 95 % interval, by the kind of figure it is.

Cases and events might have fallen otherwise; what is counted in full (staff, posts, places, deadlines)
might not. Intervals as public health practice uses them (see ``intervals``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from metrics.intervals import Interval, rate_interval, wilson
from metrics.kpi import Kpi, Spread


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What chance had to work on.

    ``proportion``: ``count`` cases of the ``exposure`` cases there were. ``count``: ``count`` events over
    ``exposure`` (the denominator, such as resident-months).
    """

    spread: Spread
    count: float
    exposure: float


def spread_of(kpi: Kpi) -> Spread:
    """What chance does to a KPI: what its entry says, or else what its other properties say.

    A stock at the period's end is a census, and so is a bare count of a register (overdue issues, verified
    violations): it is held against what it should be, and none of it is left unseen. Else events over those
    they might have befallen (cases are the numerator) scatter as counts, percentages of cases as proportions,
    and averages such as hours per officer not by any rule that numerator and denominator alone would tell.
    """
    if kpi.spread is not None:
        return kpi.spread
    if kpi.over_time == "last" or kpi.denominator is None:
        return "none"
    if kpi.cases == "numerator":
        return "count"
    return "proportion" if kpi.unit_zh == "%" else "none"


def evidence(kpi: Kpi, row: Mapping[str, object]) -> Evidence | None:
    """The evidence behind a row of ``query.table``; None where chance says nothing, or there is no value.

    A surveyed share stands on its valid answers, not on the residents they are weighted to. A share above
    its whole (an attendance beyond what was expected) is no proportion.
    """
    spread = spread_of(kpi)
    if spread == "none" or row["value"] is None or row["numerator"] is None:
        return None
    if spread == "count":
        return Evidence(spread=spread, count=round(row["numerator"]), exposure=row["denominator"])
    cases = row["cases"]
    count = row["value"] / kpi.factor * cases if kpi.mart == "mart_survey" else row["numerator"]
    return Evidence(spread=spread, count=count, exposure=cases) if 0 <= count <= cases else None


def interval_of(kpi: Kpi, row: Mapping[str, object]) -> Interval | None:
    """The 95 % interval of a row of ``query.table``, in the KPI's own unit; None where there is none.

    Proportions: Wilson. Counts and rates: exact Poisson below ten cases, Byar from ten on. A survey's
    interval takes its answers for a simple random sample: how the sample was drawn and weighted (its
    design effect) is not known, so that the true interval may be wider.
    """
    found = evidence(kpi, row)
    if found is None:
        return None
    if found.spread == "count":
        return rate_interval(found.count, found.exposure, kpi.factor)
    lower, upper = wilson(found.count, found.exposure)
    return kpi.factor * lower, kpi.factor * upper
