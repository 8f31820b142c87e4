"""An axis of a chart: where a value lies along it, and the values written beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

AIR = 0.05
"""Share of an axis left free at either end where nothing says how far it reaches."""
DENSE_LOG, STEPS = 400, (1, 2, 5, 10)
"""Beyond this ratio of its ends a logarithmic axis names the powers of ten alone; what a step may begin with."""

LEAST = 1e-100
"""What is nearer to nothing is nothing: a number has room for steps between, however an axis is divided."""
MOST_POWER = 300
"""No power of ten beyond it is a number (IEEE 754 binary64)."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One axis: the values at its beginning and end (the end may be the lower), and its marks with their texts."""

    ends: tuple[float, float]
    is_log: bool
    marks: Sequence[tuple[float, str]]
    has_grid: bool
    title: str

    def share(self, value: float) -> float:
        """How far along the axis a value lies: 0 at the beginning, 1 at the end."""
        first, last, at = (_scaled(each, self.is_log) for each in (*self.ends, value))
        return (at - first) / (last - first)

    def holds(self, value: float | None) -> bool:
        """Whether a value has a place on the axis at all: none is none, nor is 0 on a logarithmic one."""
        return _has_place(value, self.is_log)


def axis_of(settings: Mapping[str, object], values: Iterable[float], most_marks: int) -> Axis:
    """The axis of a layout; ``values`` are what it must hold where the layout does not say how far it reaches."""
    is_log = settings.get("type") == "log"
    placed = [_scaled(value, is_log) for value in values if _has_place(value, is_log)]
    ends = _ends(settings, placed, is_log)
    if "tickvals" in settings:
        marks = list(zip(settings["tickvals"], settings["ticktext"], strict=True))
    else:
        found = _log_marks(*ends) if is_log else _even_marks(min(ends), max(ends), most_marks)
        marks = [(value, _written(value, found)) for value in found]
    title = settings.get("title") or {}
    return Axis(
        ends=ends,
        is_log=is_log,
        marks=marks,
        has_grid=settings.get("showgrid", True) is not False,
        title=str(title.get("text", "")),
    )


def _scaled(value: float, is_log: bool) -> float:
    return math.log10(value) if is_log else value


def _has_place(value: float | None, is_log: bool) -> bool:
    return value is not None and math.isfinite(value) and (value > 0 or not is_log)


def _ends(settings: Mapping[str, object], values: Sequence[float], is_log: bool) -> tuple[float, float]:
    """The range of the layout, where it is one; else the values (logarithms, on such an axis) with air around them."""
    given = [float(each) for each in settings.get("range", ()) if _has_place(each, is_log)]
    if len(given) == 2 and not _is_empty(*given):
        return given[0], given[1]
    if given:
        values = [_scaled(each, is_log) for each in given]
    low, high = min(values, default=0.0), max(values, default=1.0)
    size = abs(high) if abs(high) > LEAST else 1.0
    room = AIR * (size if _is_empty(low, high) else high - low)
    ends = (low - room, high + room)
    return (10 ** max(ends[0], -MOST_POWER), 10 ** min(ends[1], MOST_POWER)) if is_log else ends


def _is_empty(first: float, last: float) -> bool:
    """Whether nothing lies between two ends, but for what a sum of such numbers is out by."""
    return math.isclose(first, last, rel_tol=1e-12, abs_tol=LEAST)


def _even_marks(low: float, high: float, most: int) -> list[float]:
    """Round values at even steps, as many as there is room for."""
    least = (high - low) / max(most, 1)
    power = 10 ** math.floor(math.log10(least))
    step = next(power * each for each in STEPS if power * each >= least * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(place * step, 12) for place in range(first, math.floor(high / step + 1e-9) + 1)]


def _log_marks(low: float, high: float) -> list[float]:
    begins = (1, 2, 5) if high < DENSE_LOG * low else (1,)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [each * 10.0**power for power in powers for each in begins if low <= each * 10.0**power <= high]


def _written(value: float, marks: Sequence[float]) -> str:
    """A mark with as many decimals as its neighbours need."""
    decimals = next(
        (count for count in range(7) if all(math.isclose(round(each, count), each) for each in marks)), 7
    )
    return f"{value:,.{decimals}f}"
