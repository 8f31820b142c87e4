"""What every unit's figures are held against, put together from the queries for the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dashboard.components import headings
from dashboard.components.earlier import Earlier, earlier
from dashboard.queries import builds, comparisons, figures
from metrics.kpis import KPIS
from metrics.period import PeriodKind


def held_against(
    build: str, month: date, kpis: Sequence[str], level: str, today: date, period: PeriodKind | None
) -> dict[tuple[str, str], list[Earlier]]:
    """By unit code and KPI the period before (of a survey the wave before) and the same one last year."""
    asked = (build, month, tuple(kpis), level, today, period)
    before, last_year = (
        {(str(row["unit_code"]), str(row["kpi"])): row for row in found.iter_rows(named=True)}
        for found in (comparisons.changes(*asked, "before"), comparisons.changes(*asked, "last_year"))
    )
    whom = headings.reporting_units(builds.dimensions(build))
    return {
        key: earlier(KPIS[key[1]], row, last_year[key], whom, figures.period_of(build, KPIS[key[1]], period))
        for key, row in before.items()
    }


def of_unit(
    build: str,
    month: date,
    kinds: Mapping[str, PeriodKind],
    level: str,
    code: str,
    today: date,
) -> dict[str, list[Earlier]]:
    """``held_against`` of one unit by KPI, each over its own kind of period."""
    of_kind: dict[PeriodKind, list[str]] = {}
    for key, kind in kinds.items():
        of_kind.setdefault(kind, []).append(key)
    return {
        key: found
        for kind, keys in of_kind.items()
        for (unit, key), found in held_against(build, month, keys, level, today, kind).items()
        if unit == code
    }


def other_units(
    build: str,
    kinds: Mapping[str, PeriodKind],
    level: str,
    code: str,
    months: Sequence[date],
    today: date,
) -> dict[str, tuple[bool, ...]]:
    """By KPI, of each month whether it stands on other units than the last one: these are drawn hollow."""
    return {
        key: comparisons.other_units(build, level, code, (key,), tuple(months), today, kind)[key]
        for key, kind in kinds.items()
    }
