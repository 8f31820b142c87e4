"""Which number a figure is held against in a given period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from metrics.dimensions import Target
from metrics.kpi import Kpi
from metrics.period import Scope


def target_for(
    kpi: Kpi, targets: Mapping[str, Target], period: Scope, campaign_months: frozenset[date]
) -> Decimal | None:
    """The target of a KPI in a period, or None where it is not judged.

    Rules: ``fixed``; ``per_period_of_year`` times the campaign's months of the year so far;
    ``month_share`` times month / 12 of the month a stock is taken from; ``last_period_only`` in the
    campaign's last month alone.
    """
    target = targets.get(kpi.key)
    if target is None or (kpi.judged_in and period.kind not in kpi.judged_in):
        return None
    if target.rule == "per_period_of_year":
        return target.number * len(period.months)
    if target.rule == "month_share":
        return target.number * (period.last or period.month).month / 12
    if target.rule == "last_period_only" and period.last != max(campaign_months):
        return None
    return target.number
