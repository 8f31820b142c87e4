"""The small map: units in five shades, what has no figure in grey, every label with its value.

Where the campaign has no boundaries, tiles with name and value stand in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from dashboard import format
from dashboard.components import block
from dashboard.components.geometry import WIDTH, Shape
from dashboard.components.marks import INK, STATUS
from dashboard.components.page import caption
from dashboard.components.scale import LIGHT_TEXT_FROM, SHADES, ShadeClass, classes
from dashboard.i18n import t
from metrics.kpi import Kpi

Row = Mapping[str, object]

TOO_FEW, PLAIN = "#D4D4D4", "#FFFFFF"
NAME_SIZE, VALUE_SIZE = 25, 23
HATCH = (
    '<defs><pattern id="hatch" width="12" height="12" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="12" height="12" fill="#F4F4F4"></rect>'
    '<line x1="0" y1="0" x2="0" y2="12" stroke="#A6A6A6" stroke-width="4"></line></pattern></defs>'
)
COLOURED = ("met", "missed", "no_target")


def show(
    kpi: Kpi,
    rows: Sequence[Row],
    shapes: Sequence[Shape],
    names: Mapping[str, str],
    *,
    title: str,
    source: str,
    picked: str | None,
) -> None:
    """A map of ``rows`` (one a unit), or tiles without ``shapes``; ``names`` are the short names."""
    target = next((row["target"] for row in rows if row["target"] is not None), None)
    legend = classes(kpi, [row for row in rows if row["status"] in COLOURED], target)
    shade = {code: each.shade for each in legend for code in each.codes}
    if shapes:
        drawing = _drawing(
            kpi, {str(row["unit_code"]): row for row in rows}, shapes, names, shade, picked, title
        )
    else:
        drawing = _tiles(kpi, rows, names, shade)
    block.show(
        f'<div class="map">{caption(title)}{drawing}{_legend(kpi, rows, legend, target)}'
        f'<p class="src">{escape(source)}</p></div>',
        key="area_map",
    )


def _drawing(
    kpi: Kpi,
    rows: Mapping[str, Row],
    shapes: Sequence[Shape],
    names: Mapping[str, str],
    shade: Mapping[str, int],
    picked: str | None,
    title: str,
) -> str:
    known = [shape for shape in shapes if shape.code in rows]
    # The outline picked out is drawn last, so that no neighbour covers its border.
    areas = "".join(
        _area(kpi, shape, rows[shape.code], names, shade, shape.code == picked)
        for shape in sorted(known, key=lambda shape: shape.code == picked)
    )
    labels = "".join(_label(kpi, shape, rows[shape.code], names, shade) for shape in known)
    return (
        f'<svg class="areas" viewBox="-6 -6 {WIDTH + 12} {shapes[0].height + 12}" role="img"'
        f' aria-label="{escape(title)}">{HATCH}{areas}{labels}</svg>'
    )


def _area(
    kpi: Kpi, shape: Shape, row: Row, names: Mapping[str, str], shade: Mapping[str, int], picked: bool
) -> str:
    border = f'stroke="{INK}" stroke-width="6"' if picked else 'stroke="#FFFFFF" stroke-width="3"'
    return (
        f'<path d="{shape.path}" fill="{_fill(row, shade)}" fill-rule="evenodd" {border}>'
        f"<title>{escape(said(kpi, row, names))}</title></path>"
    )


def _fill(row: Row, shade: Mapping[str, int]) -> str:
    if row["status"] == "not_reported":
        return "url(#hatch)"
    if str(row["unit_code"]) in shade:
        return SHADES[shade[str(row["unit_code"])]]
    return TOO_FEW if row["status"] == "too_few_cases" else "#EFEFEF"


def _label(kpi: Kpi, shape: Shape, row: Row, names: Mapping[str, str], shade: Mapping[str, int]) -> str:
    white = shade.get(shape.code, 0) >= LIGHT_TEXT_FROM
    name = names[shape.code]
    size = min(NAME_SIZE, max(18, shape.label_width / max(len(name), 3)))
    halo = ' class="halo"' if row["status"] == "not_reported" else ""
    return (
        f'<g fill="{PLAIN if white else INK}" text-anchor="middle" pointer-events="none"{halo}>'
        f'<text x="{shape.label_x:.0f}" y="{shape.label_y - 4:.0f}" font-size="{size:.0f}">{escape(name)}</text>'
        f'<text x="{shape.label_x:.0f}" y="{shape.label_y + 20:.0f}" font-size="{VALUE_SIZE}">'
        f"{escape(shown(kpi, row))}</text></g>"
    )


def shown(kpi: Kpi, row: Row) -> str:
    """The value, or the word for why there is none."""
    if row["status"] in ("not_reported", "not_applicable"):
        return t(STATUS[str(row["status"])].word)
    return format.figure(kpi, row)


def said(kpi: Kpi, row: Row, names: Mapping[str, str]) -> str:
    """A unit's figure in one line, for hovering and reading aloud."""
    parts = [
        names[str(row["unit_code"])],
        shown(kpi, row) + (f" {format.unit(kpi)}" if row["value"] is not None else ""),
    ]
    if row["cases"] is not None:
        parts.append(format.cases(row["cases"]))
    if row["target"] is not None:
        parts.append(f"{t('目标')} {format.target(kpi, row['target'])}")
    parts.append(t(STATUS[str(row["status"])].word))
    return " · ".join(dict.fromkeys(parts))


def _tiles(kpi: Kpi, rows: Sequence[Row], names: Mapping[str, str], shade: Mapping[str, int]) -> str:
    cells = "".join(
        f'<li class="{_tile_class(row, shade)}" title="{escape(said(kpi, row, names))}">'
        f"<span>{escape(names[str(row['unit_code'])])}</span><b>{escape(shown(kpi, row))}</b></li>"
        for row in rows
    )
    return f'<ul class="tiles">{cells}</ul>'


def _tile_class(row: Row, shade: Mapping[str, int]) -> str:
    if str(row["unit_code"]) in shade:
        return f"shade{shade[str(row['unit_code'])]}"
    return {"not_reported": "hatched", "too_few_cases": "few"}.get(str(row["status"]), "none")


def _legend(kpi: Kpi, rows: Sequence[Row], legend: Sequence[ShadeClass], target: float | None) -> str:
    """The classes with the counts of their units, the break at the target named, then what has no colour."""
    parts = []
    for each in legend:
        swatch = f'<i class="shade{each.shade}"></i>'
        parts.append(f"<li>{swatch}{escape(_limits(kpi, each))}({len(each.codes)})</li>")
        if target is not None and each.high == target:
            parts.append(f"<li><b>{escape('| ' + t('目标') + ' ' + format.plain(target))} |</b></li>")
    for status, css in (("too_few_cases", "few"), ("not_reported", "hatched"), ("not_applicable", "none")):
        count = sum(row["status"] == status for row in rows)
        if count:
            parts.append(f'<li><i class="{css}"></i>{escape(t(STATUS[status].word))}({count})</li>')
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
