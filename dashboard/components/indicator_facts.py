"""What the page of one KPI shows: the unit it explains, the units compared below it, and what chance allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.components.certainty_words import of_units
from dashboard.components.earlier import Earlier
from dashboard.components.marks import STATUS
from dashboard.components.notation import Row
from dashboard.components.unit_lines import UnitLine
from dashboard.state import BY_VALUE
from metrics.certainty import Certainty
from metrics.dimensions import Target
from metrics.funnel import Funnel, FunnelLimits, FunnelPoint
from metrics.kpi import Kpi
from metrics.period import PeriodKind
from metrics.scorecard import is_context

SameUnits = tuple[int, Sequence[float | None]]
"""How many reporting units, and a unit's values month by month over them alone."""
MANY_UNITS = 40
"""Beyond this many, one line each no longer makes a picture."""


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One KPI in one period: ``row`` of the unit it explains (``code``, ``name``), ``rows`` of the units below.

    Rows are those of ``queries.indicators``. ``months`` are the explained unit's months, its own row last.
    ``other_units`` says which of these months stand on other reporting units than the last, ``same_units`` holds
    the count and values of those that have reported in all of them (None where they are all the same), ``whom``
    what they are called; ``earlier`` is what the figure is held against.
    ``picked``, ``picked_name`` and ``picked_months``: the unit picked out below it, if any. ``names``: short
    names of the units below, ``level`` their level and ``level_name`` its title. ``leads_to``: the level below
    theirs, "" at the lowest; ``back`` the unit to go back to when the picked one is let go, "" for the whole.
    """

    kpi: Kpi
    kind: PeriodKind
    month: date
    due: date
    held: Target | None
    code: str
    name: str
    months: Sequence[Row]
    level: str
    level_name: str
    leads_to: str
    back: str
    rows: Sequence[Row]
    names: Mapping[str, str]
    picked: str
    picked_name: str
    picked_months: Sequence[Row]
    funnel: Funnel | None
    limits: Sequence[FunnelLimits]
    other_units: Sequence[bool] = ()
    same_units: SameUnits | None = None
    whom: str = ""
    earlier: Sequence[Earlier] = ()

    @property
    def row(self) -> Row:
        """The figure the page explains."""
        return self.months[-1]

    @property
    def points(self) -> dict[str, FunnelPoint]:
        """The funnel's points by unit."""
        return {point.unit_code: point for point in self.funnel.points} if self.funnel else {}

    @property
    def certainty(self) -> Mapping[str, Certainty]:
        """Whether each unit of the funnel differs from the explained unit, by its code."""
        return of_units(self.kpi, self.funnel)

    @property
    def has_intervals(self) -> bool:
        """Whether chance moves this KPI, so that intervals are drawn."""
        return any(row["lower"] is not None for row in (*self.rows, *self.months))


def line_of(indicator: Indicator, row: Row) -> UnitLine:
    """A row as a line of the unit's page, for the words of its distance from the target."""
    return UnitLine(
        kpi=indicator.kpi,
        kind=indicator.kind,
        held=indicator.held,
        months=[row],
        earlier=[],
        median=None,
        peers=0,
        above=None,
    )


def ordered(indicator: Indicator, order: str) -> list[Row]:
    """The units below as the campaign orders them, or those first that need attention, those without a value last.

    Where no direction is better, the highest value comes first.
    """
    rows = list(indicator.rows)
    if order != BY_VALUE:
        return rows
    context = is_context(indicator.kpi, has_target=indicator.row["target"] is not None)
    sign = 1 if indicator.kpi.direction == "up" and not context else -1
    return sorted(rows, key=lambda row: (row["value"] is None, sign * (row["value"] or 0)))


def drawn(indicator: Indicator, most: int, order: str) -> list[Row]:
    """The rows of the dot plot in the table's order: all with a value, of many those furthest from the target.

    Without a target they are held against the explained unit; a picked unit is always among them.
    """
    known = [row for row in ordered(indicator, order) if row["value"] is not None]
    if len(known) <= MANY_UNITS:
        return known
    against = indicator.row["value"] if indicator.row["target"] is None else indicator.row["target"]
    judged = [row for row in known if row["status"] != "too_few_cases"]
    away = sorted(judged, key=lambda row: -abs(row["value"] - against))[:most]
    kept = {row["unit_code"] for row in away} | {indicator.picked}
    return [row for row in known if row["unit_code"] in kept]


def counted(rows: Sequence[Row]) -> dict[str, int]:
    """How many rows have each status that occurs, in the order of the notation."""
    statuses = [str(row["status"]) for row in rows]
    return {key: statuses.count(key) for key in STATUS if key in statuses}
