"""The large map on a canvas (deck.gl): the outlines of the drawing, to be moved, enlarged, hovered and clicked.

What it is drawn from changes with the figures only. A unit picked by a click is marked by the browser
itself, so that the map stays as the reader has moved it and is not sent again; one picked elsewhere is
marked in what is sent.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.components.area_map import AreaMap, fill
from dashboard.components.geometry import WIDTH, Shape
from dashboard.components.map_legend import HATCHED
from dashboard.components.map_pattern import ATLAS, MAPPING, UNIT_SCALE
from dashboard.components.marks import INK
from dashboard.components.notation import Row, labelled
from dashboard.components.scale import LIGHT_TEXT_FROM

HEIGHT = 560
"""Height of the canvas in pixels; the whole map fits into it."""
MARGIN = 12
LABELLED_UNITS = 40
"""More labels than this do not fit: names are then read by hovering, and in the list."""
LABEL_SIZE, LABEL_SHIFT, MARK_SHIFT, MARK_RADIUS = 13, 22, 42, 6
"""The mark stands above the label: a point that many units up, the label that many pixels below the point."""
FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, WenQuanYi Micro Hei, sans-serif"
TOOLTIP = {
    "html": "<b>{name}</b><br>{figure}<br>{basis}<br>{place}",
    "style": {
        "background": "#FFFFFF",
        "color": INK,
        "border": "1px solid #8A8A8A",
        "padding": "5px 9px",
        "fontSize": "13px",
        "lineHeight": "1.5",
    },
}


@dataclass(frozen=True, kw_only=True)
class Hover:
    """What hovering over a unit says below its name: figure, what it rests on, where it stands."""

    figure: str
    basis: str
    place: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What Streamlit asks of a pydeck.Deck: its JSON and its tooltip.

    pydeck writes every number on a line of its own, four times as long as what is needed.
    """

    spec: str
    _tooltip: Mapping[str, object]

    def to_json(self) -> str:
        """The chart in deck.gl's JSON."""
        return self.spec


def chart(area_map: AreaMap, hovers: Mapping[str, Hover], *, layer: str, marked: str) -> Chart:
    """The map as a chart: the same JSON for the same figures, the mark on ``marked`` ("" for none)."""
    shapes = drawn_shapes(area_map)
    rows = {str(row["unit_code"]): row for row in area_map.rows}
    shade, with_labels = area_map.shade, len(shapes) <= LABELLED_UNITS
    units = [
        _feature(area_map, shape, rows[shape.code], shade, hovers[shape.code], with_labels, marked)
        for shape in shapes
    ]
    whole = {
        "views": [{"@@type": "OrthographicView", "id": "map", "controller": _controller(shapes[0].height)}],
        "initialViewState": {
            "target": [WIDTH / 2, shapes[0].height / 2, 0],
            "zoom": _zoom(shapes[0].height),
        },
        "layers": [_layer(layer, units)],
    }
    return Chart(spec=json.dumps(whole, ensure_ascii=False, separators=(",", ":")), _tooltip=TOOLTIP)


def drawn_shapes(area_map: AreaMap) -> list[Shape]:
    """The outlines of units with a row, in the order of the layer's objects."""
    known = {row["unit_code"] for row in area_map.rows}
    return [shape for shape in area_map.shapes if shape.code in known]


def _zoom(height: int) -> float:
    """The zoom (a power of two) at which the whole drawing fits."""
    return round(math.log2((HEIGHT - 2 * MARGIN) / height), 3)


def _controller(height: int) -> dict[str, object]:
    return {"dragRotate": False, "minZoom": _zoom(height) - 0.5, "maxZoom": _zoom(height) + 4}


def _feature(
    area_map: AreaMap,
    shape: Shape,
    row: Row,
    shade: Mapping[str, int],
    hover: Hover,
    with_labels: bool,
    marked: str,
) -> dict[str, object]:
    paint, name = fill(area_map.kpi, row, shade), area_map.names[shape.code]
    at = [round(shape.label_x), round(shape.label_y) - (MARK_SHIFT if with_labels else 0)]
    return {
        "type": "Feature",
        "geometry": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "MultiPolygon", "coordinates": shape.polygons},
                {"type": "Point", "coordinates": at},
            ],
        },
        "properties": {
            "code": shape.code,
            "fill": _rgb("#A6A6A6" if paint == HATCHED else paint),
            "pattern": "hatch" if paint == HATCHED else "solid",
            "text": f"{name}\n{labelled(area_map.kpi, row)}" if with_labels else "",
            "ink": _rgb("#FFFFFF" if shade.get(shape.code, 0) >= LIGHT_TEXT_FROM else INK),
            "behind": [*_rgb("#FFFFFF" if paint == HATCHED else paint), 210],
            "mark": 255 if shape.code == marked else 0,
            "name": name,
            "figure": hover.figure,
            "basis": hover.basis,
            "place": hover.place,
        },
    }


def _rgb(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _layer(name: str, units: list[dict[str, object]]) -> dict[str, object]:
    """One layer for areas, labels and the mark.

    Streamlit makes every fill and line of the layer that a click has not chosen more transparent, and
    what it has chosen opaque. Areas and borders have their colours from the inner layers, which it leaves
    alone; the mark is fully transparent until it is chosen.
    """
    return {
        "@@type": "GeoJsonLayer",
        "id": name,
        "data": units,
        "opacity": 1,
        "pickable": True,
        "pointType": "circle+text",
        "getFillColor": "@@=[29, 29, 31, properties.mark]",
        "getLineColor": "@@=[255, 255, 255, properties.mark]",
        "getLineWidth": 1.5,
        "lineWidthUnits": "pixels",
        "getPointRadius": MARK_RADIUS,
        "pointRadiusUnits": "pixels",
        "getText": "@@=properties.text",
        "getTextColor": "@@=properties.ink",
        "getTextSize": LABEL_SIZE,
        "getTextPixelOffset": [0, LABEL_SHIFT],
        # A name wider than its area is read against that area's colour, not its neighbour's.
        "textBackground": True,
        "getTextBackgroundColor": "@@=properties.behind",
        "textCharacterSet": "auto",
        "textFontFamily": FONT,
        "textLineHeight": 1.15,
        "_subLayerProps": {
            "polygons-fill": _painted(),
            "polygons-stroke": {"getColor": [255, 255, 255, 255]},
            "points-text": {"pickable": False},
        },
    }


def _painted() -> dict[str, object]:
    """The areas: shades, and a hatch where nothing was reported."""
    return {
        "getFillColor": "@@=properties.fill",
        "extensions": [{"@@type": "FillStyleExtension", "pattern": True}],
        "fillPatternMask": True,
        "fillPatternAtlas": ATLAS,
        "fillPatternMapping": MAPPING,
        "getFillPattern": "@@=__source.object.properties.pattern",
        "getFillPatternScale": UNIT_SCALE,
    }
