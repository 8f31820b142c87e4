"""The small map: units in five shades, what has no figure in grey, every label with its value.

Where the campaign has no boundaries, tiles with name and value stand in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dashboard import format
from dashboard.components.geometry import WIDTH, Shape
from dashboard.components.links import going
from dashboard.components.marks import INK, STATUS
from dashboard.components.notation import Row, said, shown
from dashboard.components.scale import LIGHT_TEXT_FROM, SHADES, ShadeClass, classes
from dashboard.i18n import t
from metrics.kpi import Kpi

TOO_FEW, NONE, PLAIN = "#D4D4D4", "#EFEFEF", "#FFFFFF"
NAME_SIZE, VALUE_SIZE = 25, 23
HATCH = (
    '<defs><pattern id="hatch" width="12" height="12" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="12" height="12" fill="#F4F4F4"></rect>'
    '<line x1="0" y1="0" x2="0" y2="12" stroke="#A6A6A6" stroke-width="4"></line></pattern></defs>'
)
COLOURED = ("met", "missed", "no_target")
NO_COLOUR = {"too_few_cases": "few", "not_reported": "hatched", "not_due": "none", "not_applicable": "none"}
"""Statuses without a shade, and the class of their swatch."""


@dataclass(frozen=True, kw_only=True)
class AreaMap:
    """What a map shows: a KPI's rows (one a unit), outlines, names; tiles where there are no outlines.

    ``page`` is the page a click on a unit opens, "" to pick the unit on this one.
    """

    kpi: Kpi
    rows: Sequence[Row]
    shapes: Sequence[Shape]
    names: Mapping[str, str]
    picked: str | None
    page: str = ""

    @property
    def target(self) -> float | None:
        """The target the classes break at."""
        return next((row["target"] for row in self.rows if row["target"] is not None), None)

    @property
    def classes(self) -> tuple[ShadeClass, ...]:
        """The classes of the units that may be coloured."""
        return classes(self.kpi, [row for row in self.rows if row["status"] in COLOURED], self.target)


def drawing(area_map: AreaMap, title: str) -> str:
    """The map, or its tiles, with the legend below."""
    shade = {code: each.shade for each in area_map.classes for code in each.codes}
    drawn = _drawing(area_map, shade, title) if area_map.shapes else _tiles(area_map, shade)
    return drawn + _legend(area_map)


def _drawing(area_map: AreaMap, shade: Mapping[str, int], title: str) -> str:
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
        f'<path d="{shape.path}" fill="{_fill(row, shade)}" fill-rule="evenodd" {border} aria-label="{text}"'
        f" {_opens(area_map, shape.code)}><title>{text}</title></path>"
    )


def _fill(row: Row, shade: Mapping[str, int]) -> str:
    if row["status"] == "not_reported":
        return "url(#hatch)"
    if str(row["unit_code"]) in shade:
        return SHADES[shade[str(row["unit_code"])]]
    return TOO_FEW if row["status"] == "too_few_cases" else NONE


def _label(area_map: AreaMap, shape: Shape, row: Row, shade: Mapping[str, int]) -> str:
    white = shade.get(shape.code, 0) >= LIGHT_TEXT_FROM
    name = area_map.names[shape.code]
    size = min(NAME_SIZE, max(18, shape.label_width / max(len(name), 3)))
    halo = (
        ' paint-order="stroke" stroke="#FFFFFF" stroke-width="6"' if row["status"] == "not_reported" else ""
    )
    return (
        f'<g fill="{PLAIN if white else INK}" text-anchor="middle" pointer-events="none" aria-hidden="true"{halo}>'
        f'<text x="{shape.label_x:.0f}" y="{shape.label_y - 4:.0f}" font-size="{size:.0f}">{escape(name)}</text>'
        f'<text x="{shape.label_x:.0f}" y="{shape.label_y + 20:.0f}" font-size="{VALUE_SIZE}">'
        f"{escape(shown(area_map.kpi, row))}</text></g>"
    )


def _tiles(area_map: AreaMap, shade: Mapping[str, int]) -> str:
    cells = "".join(
        f'<li class="{_tile_class(row, shade)}" title="{escape(said(area_map.kpi, row, area_map.names[code]))}"'
        f" {_opens(area_map, code)}><span>{escape(area_map.names[code])}</span>"
        f"<b>{escape(shown(area_map.kpi, row))}</b></li>"
        for row in area_map.rows
        if (code := str(row["unit_code"])) in area_map.names
    )
    return f'<ul class="tiles">{cells}</ul>'


def _tile_class(row: Row, shade: Mapping[str, int]) -> str:
    if str(row["unit_code"]) in shade:
        return f"shade{shade[str(row['unit_code'])]}"
    return {"not_reported": "hatched", "too_few_cases": "few"}.get(str(row["status"]), "none")


def _legend(area_map: AreaMap) -> str:
    """The classes with the counts of their units, the break at the target named, then what has no colour."""
    kpi, target, parts = area_map.kpi, area_map.target, []
    for each in area_map.classes:
        swatch = f'<i class="shade{each.shade}"></i>'
        parts.append(f"<li>{swatch}{escape(_limits(kpi, each))}({len(each.codes)})</li>")
        if target is not None and each.high == target:
            parts.append(f"<li><b>{escape('| ' + t('目标') + ' ' + format.plain(target))} |</b></li>")
    for status, css in NO_COLOUR.items():
        count = sum(row["status"] == status for row in area_map.rows)
        if count:
            parts.append(f'<li><i class="{css}"></i>{escape(t(STATUS[status].word))}({count})</li>')
    if kpi.direction != "context":
        parts.append(f"<li>{escape(t('越深越需要关注'))}</li>")
    return f'<ul class="legend">{"".join(parts)}</ul>'


def _limits(kpi: Kpi, each: ShadeClass) -> str:
    below, above = ("<", "≥") if kpi.direction == "up" else ("≤", ">")
    if each.low is None and each.high is None:
        return t("全部")
    if each.low is None:
        return below + format.plain(each.high)
    if each.high is None:
        return above + format.plain(each.low)
    return f"{format.plain(each.low)}–{format.plain(each.high)}"
