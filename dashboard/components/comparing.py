"""What every unit's figures are held against, put together from the queries for the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from dashboard.components import headings
from dashboard.components.earlier import Earlier, earlier
from dashboard.queries import builds, comparisons, figures
from metrics.kpis import KPIS
from metrics.period import PeriodKind


def held_against(
    build: str, month: date, kpis: Sequence[str], level: str, today: date, period: PeriodKind | None
) -> dict[tuple[str, str], list[Earlier]]:
    """By unit code and KPI the period before (of a survey the wave before) and the same one last year."""
    return _compared(build, period, *_frames(build, month, kpis, level, today, period))


def _frames(
    build: str, month: date, kpis: Sequence[str], level: str, today: date, period: PeriodKind | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All units of a level against the period before, and against the same one last year."""
    asked = (build, month, tuple(kpis), level, today, period)
    return comparisons.changes(*asked, "before"), comparisons.changes(*asked, "last_year")


def _compared(
    build: str, period: PeriodKind | None, *frames: pl.DataFrame
) -> dict[tuple[str, str], list[Earlier]]:
    """The rows of the frames of ``_frames`` as the pages name them."""
    before, last_year = (
        {(str(row["unit_code"]), str(row["kpi"])): row for row in frame.iter_rows(named=True)}
        for frame in frames
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
    # A level may have a thousand units: only the rows of this one become words.
    own = pl.col("unit_code") == code
    return {
        key: found
        for kind, keys in of_kind.items()
        for (_, key), found in _compared(
            build, kind, *(frame.filter(own) for frame in _frames(build, month, keys, level, today, kind))
        ).items()
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
    found: dict[str, tuple[bool, ...]] = {}
    for kind in dict.fromkeys(kinds.values()):
        # One question for all KPIs of a kind: a page has dozens, and the answers kept are counted.
        keys = tuple(key for key, own in kinds.items() if own == kind)
        found |= comparisons.other_units(build, level, code, keys, tuple(months), today, kind)
    return found
