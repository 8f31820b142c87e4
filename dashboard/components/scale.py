"""Five classes in one hue with a break at the target; darker always needs more attention.

Each direction of good has its hue. A KPI that is context only has a third: darker is more, and no worse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.format import round_half_up
from metrics.kpi import Kpi

SHADES = {
    "up": ("#E3F0EE", "#BBDCD7", "#86BDB7", "#33807A", "#0F4F4C"),
    "down": ("#F3E8F0", "#E0C5DA", "#C595BA", "#8F4F87", "#5A2056"),
    "context": ("#E8EDF3", "#CBD6E4", "#9FB0C9", "#586D90", "#32425E"),
}
"""Light to dark by direction of good, apart from the accents and from grey; lightness alone tells them apart,
so that no eye's colour sense is asked for."""
LIGHT_TEXT_FROM = 3
"""From this shade on, text on it is white: at least 4.5 to 1 on every shade."""
CLASSES = 5
EDGES = CLASSES - 1

Row = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class ShadeClass:
    """One class: its limits (None at the open end), its place in SHADES and the codes of its units."""

    low: float | None
    high: float | None
    shade: int
    codes: tuple[str, ...]


def classes(kpi: Kpi, rows: Sequence[Row], target: float | None) -> tuple[ShadeClass, ...]:
    """The classes of rows that may be coloured, lowest values first."""
    return classes_at(kpi, rows, target, edges(kpi, rows, target))


def classes_at(
    kpi: Kpi, rows: Sequence[Row], target: float | None, limits: Sequence[float]
) -> tuple[ShadeClass, ...]:
    """The classes between limits that are given, so that maps of several months can share them.

    A unit stands on the side of the target that its exact status says, whatever its rounded value.
    """
    place = {str(row["unit_code"]): _place(kpi, row, limits, target) for row in rows}
    count = len(limits) + 1
    return tuple(
        ShadeClass(
            low=limits[index - 1] if index else None,
            high=limits[index] if index < count - 1 else None,
            shade=_shade(index, count, kpi.direction == "up"),
            codes=tuple(code for code, found in place.items() if found == index),
        )
        for index in range(count)
    )


def _place(kpi: Kpi, row: Row, limits: Sequence[float], target: float | None) -> int:
    """How many edges lie below a row's value: reached where high is good, exceeded where low is good.

    Edges are numbers as they are written, so the value is compared as it is written too.
    """
    value, up = float(round_half_up(row["value"], kpi.decimals)), kpi.direction == "up"
    beyond = 0
    for edge in limits:
        if edge == target:
            beyond += (row["status"] == "met") == up
        else:
            beyond += value >= edge if up else value > edge
    return beyond


def _shade(index: int, count: int, high_is_good: bool) -> int:
    darkness = count - 1 - index if high_is_good else index
    last = CLASSES - 1
    return round(darkness * last / (count - 1)) if count > 1 else last // 2


def edges(kpi: Kpi, rows: Sequence[Row], target: float | None) -> list[float]:
    """The limits between the classes of rows that may be coloured, one of them at the target."""
    values = sorted(float(row["value"]) for row in rows)
    if target is None:
        return _quantiles(values, EDGES, kpi.decimals)
    missed = sorted(float(row["value"]) for row in rows if row["status"] == "missed")
    met = sorted(float(row["value"]) for row in rows if row["status"] == "met")
    for_missed = 0 if not missed else EDGES - 1 if not met else EDGES - 2
    inner = _quantiles(missed, for_missed, kpi.decimals) + _quantiles(
        met, EDGES - 1 - for_missed, kpi.decimals
    )
    return sorted({*inner, target})


def _quantiles(values: Sequence[float], count: int, decimals: int) -> list[float]:
    """At most ``count`` rounded edges that part the values into groups of about the same size."""
    if not values or not count:
        return []
    picked = (values[len(values) * place // (count + 1)] for place in range(1, count + 1))
    rounded = {float(round_half_up(value, decimals)) for value in picked}
    return sorted(edge for edge in rounded if values[0] < edge <= values[-1])
