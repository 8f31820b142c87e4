"""From boundaries to outlines on a drawing: projected, simplified so that neighbours keep a common border.

Equirectangular, longitudes shortened by the cosine of the middle latitude: enough for a sketch. Points
are put on a grid, then every border is simplified once between the places where three units meet
(Douglas and Peucker 1973), so that what neighbours share they share afterwards too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[int, int]
Ring = list[Point]
Polygon = tuple[tuple[Point, ...], ...]

WIDTH = 1000
"""Width of the drawing in its own units; the grid is one unit."""
TOLERANCE = 2.0
"""How far, in units, a simplified border may lie from the border it stands for."""
LABEL_HEIGHT, LABEL_WIDTH, LINES_TRIED = 56, 50, 40
LOW_LABELS = (40, 28, 20, 14)
"""Heights of the places a label has once the map is enlarged, where it does not fit before."""
LABEL_SHAPE = 1.2
"""Width of a usual label for its height."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One unit's outline on a drawing of WIDTH units and ``height``.

    ``polygons``: each its closed rings, the outer first; ``path``: the same for SVG. ``label_x``, ``label_y``,
    ``label_width`` and ``label_height``: middle and size of the widest place for a label, 0 for a point.
    """

    code: str
    polygons: tuple[Polygon, ...]
    path: str
    label_x: float
    label_y: float
    label_width: float
    label_height: int
    height: int


def shapes_of(geojson: bytes, level: str) -> tuple[Shape, ...]:
    """The outlines of a level's units on one drawing of WIDTH units; none where the level has none."""
    features = [
        feature for feature in json.loads(geojson)["features"] if feature["properties"]["level"] == level
    ]
    if not features:
        return ()
    polygons = {feature["properties"]["code"]: _polygons(feature["geometry"]) for feature in features}
    place = _projection([point for found in polygons.values() for rings in found for point in rings[0]])
    drawn = _simplified(
        {
            code: [[_on_grid(ring, place) for ring in rings] for rings in found]
            for code, found in polygons.items()
        }
    )
    height = max(y for found in drawn.values() for rings in found for ring in rings for _, y in ring)
    return tuple(_shape(code, _visible(found), height) for code, found in drawn.items())


def _polygons(geometry: dict) -> list[list[list[list[float]]]]:
    return [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]


def _visible(polygons: list[list[Ring]]) -> tuple[Polygon, ...]:
    """Polygons without the rings that have become too small to enclose anything."""
    found = ([tuple(ring) for ring in rings if len(ring) > 3] for rings in polygons if len(rings[0]) > 3)
    return tuple(tuple(rings) for rings in found)


def _projection(points: Sequence[Sequence[float]]) -> tuple[float, float, float, float]:
    """West, north, and drawing units a degree of longitude and of latitude."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    across = WIDTH / (east - west)
    return west, north, across, across / math.cos(math.radians((south + north) / 2))


def _on_grid(ring: Iterable[Sequence[float]], place: tuple[float, float, float, float]) -> Ring:
    west, north, across, down = place
    points = [(round((x - west) * across), round((north - y) * down)) for x, y in ring]
    return [points[0]] + [point for before, point in pairwise(points) if point != before]


def _simplified(drawn: Mapping[str, list[list[Ring]]]) -> dict[str, list[list[Ring]]]:
    """Every ring simplified between its corners: the points where more than two borders run together."""
    beside: dict[Point, set[Point]] = {}
    every = (ring for polygons in drawn.values() for rings in polygons for ring in rings)
    for before, after in (step for ring in every for step in pairwise(ring)):
        beside.setdefault(before, set()).add(after)
        beside.setdefault(after, set()).add(before)
    corners = {point for point, next_to in beside.items() if len(next_to) > 2}
    return {
        code: [[_simple_ring(ring, corners) for ring in rings] for rings in polygons]
        for code, polygons in drawn.items()
    }


def _simple_ring(ring: Ring, corners: set[Point]) -> Ring:
    # A border that meets no third unit is cut at its first point by place, the same from both sides.
    start = next((place for place, point in enumerate(ring) if point in corners), ring.index(min(ring)))
    turned = [*ring[start:-1], *ring[: start + 1]]
    simple = [turned[0]]
    for border in _borders(turned, corners):
        simple += _simple_border(border)[1:]
    return simple


def _borders(ring: Ring, corners: set[Point]) -> Iterator[Ring]:
    """A ring that starts at a corner, cut at its corners; one without a second corner is cut in the middle."""
    cuts = [place for place, point in enumerate(ring) if point in corners or place in (0, len(ring) - 1)]
    if len(cuts) == 2:
        cuts.insert(
            1, max(range(len(ring)), key=lambda place: (math.dist(ring[0], ring[place]), ring[place]))
        )
    for start, end in pairwise(cuts):
        yield ring[start : end + 1]


def _simple_border(border: Ring) -> Ring:
    """The border within TOLERANCE, whichever way it is walked."""
    if border[0] > border[-1]:
        return _simple_border(border[::-1])[::-1]
    far = max(range(len(border)), key=lambda place: _distance(border[place], border[0], border[-1]))
    if _distance(border[far], border[0], border[-1]) <= TOLERANCE:
        return [border[0], border[-1]]
    first, second = border[: far + 1], border[far:]
    return [*_simple_border(first)[:-1], *_simple_border(second)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to the straight line between two others."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = math.hypot(across, down)
    if not length:
        return math.dist(point, start)
    return abs(across * (start[1] - point[1]) - (start[0] - point[0]) * down) / length


def _shape(code: str, polygons: tuple[Polygon, ...], height: int) -> Shape:
    rings = [list(ring) for rings in polygons for ring in rings]
    x, y, width, label_height = _widest_place(rings)
    return Shape(
        code=code,
        polygons=polygons,
        path="".join(_path(ring) for ring in rings),
        label_x=x,
        label_y=y,
        label_width=width,
        label_height=label_height,
        height=height,
    )


def _path(ring: Ring) -> str:
    steps = [f"{after[0] - before[0]},{after[1] - before[1]}" for before, after in pairwise(ring)]
    return f"M{ring[0][0]},{ring[0][1]}l{' '.join(steps)}z"


def _widest_place(rings: list[Ring]) -> tuple[float, float, float, int]:
    """Middle, width and height of the place for a label.

    The widest strip of a label's height inside the outline; where that is too narrow, the lower strip in which
    a label is largest; the middle of a line, where there is none.
    """
    top, bottom = min(y for ring in rings for _, y in ring), max(y for ring in rings for _, y in ring)
    lines = [top + (bottom - top) * line / LINES_TRIED for line in range(1, LINES_TRIED)]
    found = {height: _widest_strip(rings, lines, height) for height in (LABEL_HEIGHT, *LOW_LABELS)}
    fitting = {height: strip for height, strip in found.items() if strip is not None}
    full = fitting.get(LABEL_HEIGHT)
    if full is not None and full[2] >= LABEL_WIDTH:
        return *full, LABEL_HEIGHT
    if fitting:
        height = max(fitting, key=lambda each: min(fitting[each][2], each * LABEL_SHAPE))
        return *fitting[height], height
    point = _widest_strip(rings, lines, 0)
    if point is None:
        raise ValueError("an outline without an inside")
    return point[0], point[1], 0.0, 0


def _widest_strip(
    rings: list[Ring], lines: Sequence[float], height: float
) -> tuple[float, float, float] | None:
    """Middle and width of the widest strip of a height; None where none fits."""
    strips = ((right - left, left, y) for y in lines for left, right in _inside(rings, y, height))
    width, left, y = max(strips, default=(0.0, 0.0, 0.0))
    return (left + width / 2, y, width) if width else None


def _inside(rings: list[Ring], y: float, height: float) -> list[tuple[float, float]]:
    """Stretches inside the outline at the top, middle and bottom of a strip at once."""
    stretches = _crossed(rings, y)
    for offset in (-height / 2, height / 2):
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
