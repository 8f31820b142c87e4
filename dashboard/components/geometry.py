"""From boundaries to outlines on a drawing: projected, simplified so that neighbours keep a common border.

Equirectangular, longitudes shortened by the cosine of the middle latitude: enough for a sketch. Points
are put on a grid; since neighbours share their border's points, they share them afterwards too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[int, int]
Ring = list[Point]

WIDTH = 1000
"""Width of the drawing in its own units; the grid is one unit."""
GRID = 2
LABEL_HEIGHT, LINES_TRIED = 56, 40


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One unit's outline: an SVG path, the middle and width of the widest place for a label, the drawing's height."""

    code: str
    path: str
    label_x: float
    label_y: float
    label_width: float
    height: int


def shapes_of(geojson: bytes, level: str) -> tuple[Shape, ...]:
    """The outlines of a level's units on one drawing of WIDTH units; none where the level has none."""
    features = [
        feature for feature in json.loads(geojson)["features"] if feature["properties"]["level"] == level
    ]
    if not features:
        return ()
    polygons = {feature["properties"]["code"]: _rings(feature["geometry"]) for feature in features}
    place = _projection([point for rings in polygons.values() for ring in rings for point in ring])
    drawn = {code: [_on_grid(ring, place) for ring in rings] for code, rings in polygons.items()}
    height = max(y for rings in drawn.values() for ring in rings for _, y in ring)
    return tuple(
        _shape(code, [ring for ring in rings if len(ring) > 3], height) for code, rings in drawn.items()
    )


def _rings(geometry: dict) -> list[list[list[float]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [ring for polygon in polygons for ring in polygon]


def _projection(points: Sequence[Sequence[float]]) -> tuple[float, float, float, float]:
    """West, north, and drawing units a degree of longitude and of latitude."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    across = WIDTH / (east - west)
    return west, north, across, across / math.cos(math.radians((south + north) / 2))


def _on_grid(ring: Iterable[Sequence[float]], place: tuple[float, float, float, float]) -> Ring:
    west, north, across, down = place
    points = [
        (round((x - west) * across / GRID) * GRID, round((north - y) * down / GRID) * GRID) for x, y in ring
    ]
    return [points[0]] + [point for before, point in pairwise(points) if point != before]


def _shape(code: str, rings: list[Ring], height: int) -> Shape:
    x, y, width = _widest_place(rings)
    path = "".join(_path(ring) for ring in rings)
    return Shape(code=code, path=path, label_x=x, label_y=y, label_width=width, height=height)


def _path(ring: Ring) -> str:
    steps = [f"{after[0] - before[0]},{after[1] - before[1]}" for before, after in pairwise(ring)]
    return f"M{ring[0][0]},{ring[0][1]}l{' '.join(steps)}z"


def _widest_place(rings: list[Ring]) -> tuple[float, float, float]:
    """Middle and width of the widest strip of a label's height that lies inside the outline."""
    top, bottom = min(y for ring in rings for _, y in ring), max(y for ring in rings for _, y in ring)
    best = (0.0, (top + bottom) / 2, 0.0)
    for line in range(1, LINES_TRIED):
        y = top + (bottom - top) * line / LINES_TRIED
        for left, right in _inside(rings, y):
            if right - left > best[2]:
                best = ((left + right) / 2, y, right - left)
    return best


def _inside(rings: list[Ring], y: float) -> list[tuple[float, float]]:
    """Stretches inside the outline at the top, middle and bottom of a label at once."""
    stretches = _crossed(rings, y)
    for offset in (-LABEL_HEIGHT / 2, LABEL_HEIGHT / 2):
        stretches = [
            (max(left, other_left), min(right, other_right))
            for left, right in stretches
            for other_left, other_right in _crossed(rings, y + offset)
            if min(right, other_right) > max(left, other_left)
        ]
    return stretches


def _crossed(rings: list[Ring], y: float) -> list[tuple[float, float]]:
    crossings = sorted(
        a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        for ring in rings
        for a, b in pairwise([*ring, ring[0]])
        if (a[1] <= y) != (b[1] <= y)
    )
    return list(zip(crossings[::2], crossings[1::2], strict=False))
