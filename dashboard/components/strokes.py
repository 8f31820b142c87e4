"""Bullet bar and sparkline as inline SVG: word-sized, in the colours of the judgement."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard.components.marks import GREY, INK, colour

BAR_WIDTH, BAR_HEIGHT = 240, 18
LINE_WIDTH, LINE_HEIGHT, MARGIN = 104, 32, 4
SMALLEST_SPAN = 0.04
"""Share of the highest value that a sparkline's height stands for at least."""


def bullet(
    value: float, target: float, before: float | None, status: str, *, whole: float, label: str
) -> str:
    """The value as a bar, the target as a tick, last month as a thin mark; ``whole`` is the bar's full length."""
    scale = BAR_WIDTH / max(whole, value, target)
    at = target * scale
    earlier = "" if before is None else _tick(before * scale, 3, 15, "#6B6B6B", 1)
    return (
        f'<svg class="bullet" viewBox="0 0 {BAR_WIDTH} {BAR_HEIGHT}" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(label)}">'
        f'<rect x="0" y="4" width="{BAR_WIDTH}" height="10" fill="#EDEDED"></rect>'
        f'<rect x="0" y="6" width="{max(value, 0) * scale:.1f}" height="6" fill="{colour(status)}"></rect>'
        f"{earlier}{_tick(min(at, BAR_WIDTH - 1.5), 0, 18, INK, 2.5)}</svg>"
    )


def _tick(x: float, top: int, bottom: int, stroke: str, width: float) -> str:
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}" stroke="{stroke}"'
        f' stroke-width="{width}" vector-effect="non-scaling-stroke"></line>'
    )


def sparkline(
    values: Sequence[float | None],
    target: float | None,
    status: str,
    *,
    label: str,
    hollow: Sequence[bool] = (),
) -> str:
    """The months so far, the last one marked; a month without a value leaves its gap open.

    ``hollow`` says of which months the value stands on other units than the last one: they are drawn hollow.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = _limits(known)
    # A target far outside the line would flatten it: it is drawn only where it passes near.
    near = target is not None and low - (high - low) <= target <= high + (high - low)
    if near:
        low, high = min(low, target), max(high, target)
    points = _points(values, low, high)
    lines = "".join(
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in run)}" fill="none" stroke="{GREY}"'
        ' stroke-width="1.5"></polyline>'
        for run in _runs(points)
    )
    hairline = _hairline(target, low, high) if near else ""
    x, y = next(point for point in reversed(points) if point is not None)
    last = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour(status)}"></circle>' if points[-1] else ""
    return (
        f'<svg class="spark" viewBox="0 0 {LINE_WIDTH} {LINE_HEIGHT}" role="img" aria-label="{escape(label)}">'
        f"{hairline}{lines}{_hollow(points, hollow)}{last}</svg>"
    )


def _hollow(points: Sequence[tuple[float, float] | None], hollow: Sequence[bool]) -> str:
    rings = "".join(
        f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="1.8"></circle>'
        for point, is_hollow in zip(points, hollow, strict=False)
        if point and is_hollow
    )
    return f'<g class="hollow" fill="#FFFFFF" stroke="{GREY}" stroke-width="1">{rings}</g>' if rings else ""


def _limits(known: Sequence[float]) -> tuple[float, float]:
    """Lowest and highest value, kept apart so that a stir of a hundredth does not look like a leap."""
    low, high = min(known), max(known)
    slack = max(0.0, (SMALLEST_SPAN * abs(high) - (high - low)) / 2)
    return low - slack, high + slack


def _height(value: float, low: float, high: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return LINE_HEIGHT - MARGIN - share * (LINE_HEIGHT - 2 * MARGIN)


def _points(values: Sequence[float | None], low: float, high: float) -> list[tuple[float, float] | None]:
    step = (LINE_WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)
    return [
        None if value is None else (MARGIN + place * step, _height(value, low, high))
        for place, value in enumerate(values)
    ]


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Stretches without a gap; a lone point becomes a short dash."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [
        run if len(run) > 1 else [(run[0][0] - 2, run[0][1]), (run[0][0] + 2, run[0][1])]
        for run in runs
        if run
    ]


def _hairline(target: float, low: float, high: float) -> str:
    y = _height(target, low, high)
    return f'<line x1="0" x2="{LINE_WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#8A8A8A" stroke-width="0.8" stroke-dasharray="3 2"></line>'
