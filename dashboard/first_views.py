"""What the pages ask when a month is looked at for the first time, one question at a time, nothing drawn.

Only what stands on a page before anything is picked: asked in advance, it is there when the first reader comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from dashboard.components import filters as frame
from dashboard.components import (
    indicator_page,
    map_page,
    overview_page,
    progress_head,
    ranking_page,
    unit_page,
)
from dashboard.queries import builds, figures, maps, rankings, reports, unit_reports, units
from dashboard.state import Filters
from metrics.kpis import KPIS

MONTHS_READY = 3
"""Months up to the latest that can be judged: what most readers look at, and compare it with."""
SHARE_OF_ANSWERS = 4
"""The answers about single units fill at most one part in so many of those kept."""

Question = Callable[[], object]


def questions(build: str, today: date) -> Iterator[Question]:
    """The questions of the last months, the latest first, page by page.

    The whole is asked about in every month, all reporting units in the latest.
    """
    latest = builds.latest_month(build, today)
    months = [month for month in builds.months(build, today) if month <= latest]
    for month in months[:MONTHS_READY]:
        shown = _filters(build, month, today)
        for page in PAGES:
            yield partial(page, shown, today)
        yield partial(_unit, shown, today, None)
        codes = _units(build) if month == latest else []
        yield from (partial(_unit, shown, today, code) for code in codes)


def _filters(build: str, month: date, today: date) -> Filters:
    """What a reader looks at who has chosen nothing but the month."""
    return Filters(
        build=build,
        month=month,
        period=None,
        kpi=KPIS[frame.default_kpi(builds.collected(build), build)],
        level=builds.map_level(build),
        group=None,
        by_score=builds.scorecard(build, month) is not None,
        unit=None,
        rows=None,
    )


def _units(build: str) -> list[str]:
    """The reporting units, as many as there is room for."""
    codes = list(builds.unit_names(build, builds.dimensions(build).reporting_level))
    return codes[: builds.ANSWERS_KEPT // SHARE_OF_ANSWERS]


def _overview(shown: Filters, today: date) -> None:
    build, month, period = shown.build, shown.month, shown.period
    history = figures.history(
        build, month, overview_page.asked(build), builds.top_level(build), today, period
    )
    reports.hand_in(build, month, today)
    changes = overview_page.compared(shown, today)
    names = builds.unit_names(build, builds.dimensions(build).reporting_level, short=True)
    overview_page.cards(shown, today, history, changes)
    overview_page.issues_card(shown, today, history, changes, names)
    overview_page.foot(shown, today, history, names)


def _ranking(shown: Filters, today: date) -> None:
    ranks = ranking_page.facts(shown, today)
    rankings.past(shown.build, shown.month, ranks.by and ranks.by.key, today, shown.period)


def _map(shown: Filters, today: date) -> None:
    found = map_page.view(shown, today)
    months = tuple(found.by_month)
    maps.months_table(shown.build, months, shown.kpi.key, shown.level, today, found.asked)
    # The overview draws the same map from the table of the month.
    figures.table(shown.build, shown.month, (shown.kpi.key,), shown.level, today, found.asked)


def _progress(shown: Filters, today: date) -> None:
    build, month = shown.build, shown.month
    months = reports.months_shown(build, month, today)
    reports.reports(build, months, today)
    reports.sheets(build, month, today)
    top, on_time = builds.top_level(build), (progress_head.ON_TIME_RATE,)
    figures.history(build, months[-1], on_time, top, today, "month")


def _unit(shown: Filters, today: date, code: str | None) -> None:
    """The page of a unit; None is the whole, on which the page opens."""
    build, month, period = shown.build, shown.month, shown.period
    picked = units.unit(build, code)
    level, own = str(picked["level"]), str(picked["unit_code"])
    reporting = str(picked["reporting_code"] or own)
    lines = unit_page.lines(build, picked, month, today, period, compares=True)
    unit_page.sentence(build, picked, lines, month, today)
    unit_page.facts(build, picked, lines, month, today, compares=True)
    unit_page.narratives(build, picked, month)
    unit_page.below(build, picked, shown.kpi, month, today, period)
    for topic in unit_page.topics(build):
        unit_reports.reported(build, picked, topic.sheet, month)
    unit_reports.categories(build, level, own, month)
    unit_reports.sheets(build, reporting, month, today)
    unit_reports.revisions(build, reporting)


PAGES = (_overview, _ranking, _map, indicator_page.facts, _progress)
