"""The map as a drawing: units in five shades, what has no figure in grey, labels with values where they fit.

Where the campaign has no boundaries, tiles with name and value stand in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from dashboard.components.geometry import LABEL_HEIGHT, WIDTH, Shape
from dashboard.components.links import going
from dashboard.components.map_legend import HATCHED, NO_COLOUR, legend
from dashboard.components.marks import INK
from dashboard.components.notation import Row, labelled, said
from dashboard.components.scale import LIGHT_TEXT_FROM, SHADES, ShadeClass, classes_at, edges
from metrics.kpi import Kpi

PLAIN = "#FFFFFF"
NAME_SIZE, SMALLEST_NAME, VALUE_SIZE, LATIN_WIDTH = 25, 18, 23, 0.55
ROOM = 0.95
"""Share of a name that must lie inside its area."""
HATCH = (
    '<defs><pattern id="hatch" width="12" height="12" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="12" height="12" fill="#F4F4F4"></rect>'
    '<line x1="0" y1="0" x2="0" y2="12" stroke="#A6A6A6" stroke-width="4"></line></pattern></defs>'
)
COLOURED = ("met", "missed", "no_target")


@dataclass(frozen=True, kw_only=True)
class AreaMap:
    """What a map shows: a KPI's rows (one a unit), outlines, names; tiles where there are no outlines.

    ``page`` is the page a click on a unit opens, "" to pick the unit on this one. ``limits`` parts the
    classes where several maps share them, else the rows do. ``lines`` is small print of tiles by unit.
    """

    kpi: Kpi
    rows: Sequence[Row]
    shapes: Sequence[Shape]
    names: Mapping[str, str]
    picked: str | None
    page: str = ""
    limits: Sequence[float] | None = None
    lines: Mapping[str, str] = field(default_factory=dict)

    @property
    def target(self) -> float | None:
        """The target the classes break at."""
        return next((row["target"] for row in self.rows if row["target"] is not None), None)

    @property
    def coloured(self) -> list[Row]:
        """The rows that may be coloured."""
        return [row for row in self.rows if row["status"] in COLOURED]

    @property
    def classes(self) -> tuple[ShadeClass, ...]:
        """The classes of the units that may be coloured."""
        limits = edges(self.kpi, self.coloured, self.target) if self.limits is None else self.limits
        return classes_at(self.kpi, self.coloured, self.target, limits)

    @property
    def shade(self) -> dict[str, int]:
        """The shade of each unit that may be coloured."""
        return {code: each.shade for each in self.classes for code in each.codes}


def drawing(area_map: AreaMap, title: str) -> str:
    """The map, or its tiles, with the legend below."""
    drawn = outlines(area_map, title) if area_map.shapes else tiles(area_map)
    return drawn + legend(area_map.kpi, area_map.rows, area_map.classes, area_map.target)


def outlines(area_map: AreaMap, title: str) -> str:
    """The map without its legend."""
    shade = area_map.shade
    rows = {str(row["unit_code"]): row for row in area_map.rows}
    known = [shape for shape in area_map.shapes if shape.code in rows]
    # The outline picked out is drawn last, so that no neighbour covers its border.
    areas = "".join(
        _area(area_map, shape, rows[shape.code], shade)
        for shape in sorted(known, key=lambda shape: shape.code == area_map.picked)
    )
    labels = "".join(_label(area_map, shape, rows[shape.code], shade) for shape in known)
    return (
        f'<svg class="areas" viewBox="-6 -6 {WIDTH + 12} {known[0].height + 12}" role="group"'
        f' aria-label="{escape(title)}">{HATCH}{areas}{labels}</svg>'
    )


def _opens(area_map: AreaMap, code: str) -> str:
    """The link of a unit: its page, or picking it here (picked again, it is let go)."""
    let_go = code == area_map.picked and not area_map.page
    return f'data-key="{code}" tabindex="0" role="link" {going(area_map.page, unit="" if let_go else code)}'


def _area(area_map: AreaMap, shape: Shape, row: Row, shade: Mapping[str, int]) -> str:
    picked = shape.code == area_map.picked
    border = f'stroke="{INK}" stroke-width="6"' if picked else 'stroke="#FFFFFF" stroke-width="3"'
    text = escape(said(area_map.kpi, row, area_map.names[shape.code]))
    return (
        f'<path d="{shape.path}" fill="{fill(area_map.kpi, row, shade)}" fill-rule="evenodd" {border} aria-label="{text}"'
        f" {_opens(area_map, shape.code)}><title>{text}</title></path>"
    )


def fill(kpi: Kpi, row: Row, shade: Mapping[str, int]) -> str:
    """What a unit's area is painted with."""
    if row["status"] == "not_reported":
        return HATCHED
    if str(row["unit_code"]) in shade:
        return SHADES[kpi.direction][shade[str(row["unit_code"])]]
    return NO_COLOUR.get(str(row["status"]), NO_COLOUR["not_applicable"])


def _label(area_map: AreaMap, shape: Shape, row: Row, shade: Mapping[str, int]) -> str:
    """Name and value in the middle of the area: the value alone where the name is too long for it."""
    name, value = area_map.names[shape.code], escape(labelled(area_map.kpi, row))
    size = min(NAME_SIZE, max(SMALLEST_NAME, shape.label_width / max(letters(name), 3)))
    x, y = f"{shape.label_x:.0f}", shape.label_y
    if shape.label_height < LABEL_HEIGHT or shape.label_width < VALUE_SIZE * letters(value):
        return ""
    if shape.label_width < SMALLEST_NAME * letters(name) * ROOM:
        lines = f'<text x="{x}" y="{y + 8:.0f}" font-size="{VALUE_SIZE}">{value}</text>'
    else:
        lines = (
            f'<text x="{x}" y="{y - 4:.0f}" font-size="{size:.0f}">{escape(name)}</text>'
            f'<text x="{x}" y="{y + 20:.0f}" font-size="{VALUE_SIZE}">{value}</text>'
        )
    ink = PLAIN if shade.get(shape.code, 0) >= LIGHT_TEXT_FROM else INK
    # What of a name stands over the border is read against the colour of its own area.
    paint = fill(area_map.kpi, row, shade)
    halo = f' paint-order="stroke" stroke="{PLAIN if paint == HATCHED else paint}" stroke-width="5"'
    return f'<g fill="{ink}" text-anchor="middle" pointer-events="none" aria-hidden="true"{halo}>{lines}</g>'


def letters(text: str) -> float:
    """How long a text is, in letters of Chinese."""
    return sum(1 if ord(sign) > 0x2E80 else LATIN_WIDTH for sign in text)


def tiles(area_map: AreaMap) -> str:
    """A tile a unit with name and value, in the colours of the map."""
    shade = area_map.shade
    cells = "".join(
        _tile(area_map, row, shade) for row in area_map.rows if str(row["unit_code"]) in area_map.names
    )
    return f'<ul class="tiles">{cells}</ul>'


def _tile(area_map: AreaMap, row: Row, shade: Mapping[str, int]) -> str:
    code, paint = str(row["unit_code"]), fill(area_map.kpi, row, shade)
    text = PLAIN if shade.get(code, 0) >= LIGHT_TEXT_FROM else INK
    look = 'class="hatched"' if paint == HATCHED else f'style="background:{paint};color:{text}"'
    picked = ' aria-current="true"' if code == area_map.picked else ""
    line = f"<small>{escape(area_map.lines[code])}</small>" if code in area_map.lines else ""
    return (
        f'<li {look}{picked} title="{escape(said(area_map.kpi, row, area_map.names[code]))}"'
        f" {_opens(area_map, code)}><span>{escape(area_map.names[code])}</span>"
        f"<b>{escape(labelled(area_map.kpi, row))}</b>{line}</li>"
    )
