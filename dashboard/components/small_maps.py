"""One small map a month in the same classes, so that a colour means the same all year; a map leads to its month.

The outlines stand once in the page; every map uses them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from dashboard import format
from dashboard.components import headings
from dashboard.components.area_map import AreaMap, fill
from dashboard.components.geometry import WIDTH
from dashboard.components.links import going
from dashboard.components.map_legend import HATCHED
from dashboard.components.notation import Row, shown
from dashboard.i18n import t
from metrics.period import PeriodKind

COARSE_HATCH = (
    '<pattern id="coarse-hatch" width="50" height="50" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="50" height="50" fill="#F4F4F4"></rect>'
    '<line x1="0" y1="0" x2="0" y2="50" stroke="#A6A6A6" stroke-width="22"></line></pattern>'
)


def title(who: str, what: str, months: Sequence[date], kind: PeriodKind) -> str:
    """云南省各州(市) · 投诉按期办结率(%) · 2025年12月至2026年11月 · 实时数据."""
    last = headings.when(kind, months[-1])
    span = t("{first}至{last}", first=format.month(months[0]), last=last) if len(months) > 1 else last
    return " · ".join((who, what, span, headings.edition()))


def body(months: Mapping[date, AreaMap], wholes: Mapping[date, Row], month: date) -> str:
    """The maps in order, each with its month above and the value of the whole below."""
    first = next(iter(months))
    cells = "".join(
        _cell(each, area_map, wholes[each], current=each == month, defined=each == first)
        for each, area_map in months.items()
    )
    return f'<ul class="map-months">{cells}</ul>'


def _cell(month: date, area_map: AreaMap, whole: Row, *, current: bool, defined: bool) -> str:
    value, mark = shown(area_map.kpi, whole), ' aria-current="true"' if current else ""
    spoken = t("{month}:{value}", month=format.month(month), value=value)
    return (
        f'<li data-key="month-{month:%Y-%m}" tabindex="0" role="link" aria-label="{escape(spoken)}"{mark}'
        f" {going(month=f'{month:%Y-%m}')}><span>{month:%Y-%m}</span>{_map(area_map, defined=defined)}"
        f"<b>{escape(value)}</b></li>"
    )


def _map(area_map: AreaMap, *, defined: bool) -> str:
    if not area_map.shapes:
        return ""
    shade, painted = area_map.shade, {}
    for row in area_map.rows:
        paint = fill(area_map.kpi, row, shade).replace(HATCHED, "url(#coarse-hatch)")
        painted.setdefault(paint, []).append(str(row["unit_code"]))
    drawn = {shape.code for shape in area_map.shapes}
    areas = "".join(
        f'<g fill="{paint}">{_used([code for code in codes if code in drawn])}</g>'
        for paint, codes in painted.items()
    )
    height = area_map.shapes[0].height
    return (
        f'<svg viewBox="-6 -6 {WIDTH + 12} {height + 12}" aria-hidden="true" stroke="#FFFFFF" stroke-width="6">'
        f"{_definitions(area_map) if defined else ''}{areas}</svg>"
    )


def _used(codes: Sequence[str]) -> str:
    return "".join(f'<use href="#area-{code}"></use>' for code in codes)


def _definitions(area_map: AreaMap) -> str:
    paths = "".join(
        f'<path id="area-{shape.code}" d="{shape.path}" fill-rule="evenodd"></path>'
        for shape in area_map.shapes
    )
    return f"<defs>{COARSE_HATCH}{paths}</defs>"
