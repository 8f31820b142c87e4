"""The map as a drawing to be moved about in: outlines, labels for every enlargement, buttons, words on hovering.

The script (zoom.js) moves and enlarges it; without it, it is the map of the first page, larger. The map is one
stop of the tabulator, arrows lead from unit to unit, and a unit is picked as in the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from dashboard.components.area_map import HATCH, NAME_SIZE, PLAIN, VALUE_SIZE, AreaMap, fill, letters
from dashboard.components.chart_marks import lines_of
from dashboard.components.deck import Hover, drawn_shapes
from dashboard.components.geometry import WIDTH, Shape
from dashboard.components.links import going
from dashboard.components.map_legend import HATCHED
from dashboard.components.marks import INK
from dashboard.components.notation import Row, labelled
from dashboard.components.scale import LIGHT_TEXT_FROM
from dashboard.i18n import t

BORDER, PICKED, HALO = 1.5, 3, 5
"""Widths: of borders and of the picked outline in pixels, of what parts a label from what is under it in its own units."""
STEP = 1.6
"""How much a press of a button enlarges."""


def movable(area_map: AreaMap, hovers: Mapping[str, Hover], title: str, level: str) -> str:
    """The map with its buttons; ``level`` is what the reader's place on it is remembered by."""
    return (
        f'<div class="map-zoom" data-zoom="{escape(level)}">{_buttons()}{_outlines(area_map, hovers, title)}'
        f'<p class="map-zoom-hint" aria-hidden="true">{escape(t("按住Ctrl再滚动滚轮，可缩放地图"))}</p></div>'
    )


def _buttons() -> str:
    words = (
        (str(STEP), "+", t("放大地图")),
        (f"{1 / STEP:.3f}", "−", t("缩小地图")),
        ("0", "⟲", t("地图复原")),
    )
    buttons = "".join(
        f'<button type="button" data-times="{times}" title="{escape(word)}" aria-label="{escape(word)}">{sign}</button>'
        for times, sign, word in words
    )
    return f'<div class="map-zoom-buttons">{buttons}</div>'


def _outlines(area_map: AreaMap, hovers: Mapping[str, Hover], title: str) -> str:
    shade, shapes = area_map.shade, drawn_shapes(area_map)
    rows = {str(row["unit_code"]): row for row in area_map.rows}
    picked = [shape for shape in shapes if shape.code == area_map.picked]
    first = (picked or shapes)[0].code
    # The outline picked out is drawn last, so that no neighbour covers its border.
    areas = "".join(
        _area(area_map, shape, rows[shape.code], shade, hovers[shape.code], is_stop=shape.code == first)
        for shape in [shape for shape in shapes if shape not in picked] + picked
    )
    labels = "".join(_label(area_map, shape, rows[shape.code], shade) for shape in shapes)
    return (
        f'<svg class="areas" viewBox="-6 -6 {WIDTH + 12} {shapes[0].height + 12}" role="group"'
        f' aria-label="{escape(title)}">{HATCH}<g stroke="{PLAIN}" stroke-width="{BORDER}" fill-rule="evenodd">'
        f'{areas}</g><g text-anchor="middle" pointer-events="none" aria-hidden="true" paint-order="stroke"'
        f' stroke-width="{HALO}">{labels}</g></svg>'
    )


def _area(
    area_map: AreaMap, shape: Shape, row: Row, shade: Mapping[str, int], hover: Hover, *, is_stop: bool
) -> str:
    picked = shape.code == area_map.picked
    border = f' stroke="{INK}" stroke-width="{PICKED}" aria-current="true"' if picked else ""
    leads = going(unit="" if picked else shape.code)
    return (
        f'<path d="{shape.path}" fill="{fill(area_map.kpi, row, shade)}"{border} vector-effect="non-scaling-stroke"'
        f' data-tip="" aria-label="{lines_of([area_map.names[shape.code], hover.figure, hover.basis, hover.place])}"'
        f' data-key="{shape.code}" tabindex="{0 if is_stop else -1}" role="link" {leads}></path>'
    )


def _label(area_map: AreaMap, shape: Shape, row: Row, shade: Mapping[str, int]) -> str:
    """Name and value, with the room there is for them; the script shows them once they fit."""
    name, value = area_map.names[shape.code], labelled(area_map.kpi, row)
    paint = fill(area_map.kpi, row, shade)
    ink = PLAIN if shade.get(shape.code, 0) >= LIGHT_TEXT_FROM else INK
    at = f"{shape.label_x:.0f} {shape.label_y:.0f}"
    room = f"{shape.label_width:.0f} {shape.label_height} {letters(name):.1f} {letters(value):.1f}"
    return (
        f'<g transform="translate({at})" data-at="{at}" data-room="{room}" data-size="{NAME_SIZE}" fill="{ink}"'
        f' stroke="{PLAIN if paint == HATCHED else paint}"><text y="-6" font-size="{NAME_SIZE}">{escape(name)}</text>'
        f'<text y="21" font-size="{VALUE_SIZE}">{escape(value)}</text></g>'
    )
