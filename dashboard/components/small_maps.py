"""One small map a month in the same classes, so that a colour means the same all year; a map leads to its month.

The outlines stand once in the page; every map uses them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from dashboard import format
from dashboard.components import headings
from dashboard.components.area_map import HATCH, AreaMap, fill
from dashboard.components.exhibit import Title
from dashboard.components.geometry import WIDTH
from dashboard.components.links import going
from dashboard.components.map_legend import HATCHED, legend
from dashboard.components.marks import GREY, INK
from dashboard.components.notation import Row, shown
from dashboard.i18n import t
from metrics.period import PeriodKind

TEXT_SIZE, LINE = 138, 175
"""Month and value stand in the drawing, so that they are taken away with it."""
TILES_A_ROW = 3
TILE = WIDTH // TILES_A_ROW
COARSE_HATCH = (
    '<pattern id="coarse-hatch" width="50" height="50" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="50" height="50" fill="#F4F4F4"></rect>'
    '<line x1="0" y1="0" x2="0" y2="50" stroke="#A6A6A6" stroke-width="22"></line></pattern>'
)


def title(who: str, what: str, months: Sequence[date], kind: PeriodKind) -> Title:
    """云南省各州（市）· 投诉按期办结率（%）· 2025年12月至2026年11月 · 实时数据."""
    last = headings.when(kind, months[-1])
    span = t("{first}至{last}", first=format.month(months[0]), last=last) if len(months) > 1 else last
    subject = " · ".join((who, what, span))
    return Title(f"{subject} · {headings.edition()}", subject)


def body(months: Mapping[date, AreaMap], wholes: Mapping[date, Row], month: date) -> str:
    """The maps in order, each with its month above and the value of the whole below."""
    first = next(iter(months))
    cells = "".join(
        _cell(each, area_map, wholes[each], current=each == month, defined=each == first)
        for each, area_map in months.items()
    )
    return f'<ul class="map-months">{cells}</ul>{_key(list(months.values()))}'


def _key(months: Sequence[AreaMap]) -> str:
    """The legend of all months together."""
    last = months[-1]
    rows = [row for each in months for row in each.rows]
    return legend(last.kpi, rows, last.classes, last.target, counted=False)


def _cell(month: date, area_map: AreaMap, whole: Row, *, current: bool, defined: bool) -> str:
    value, key = shown(area_map.kpi, whole), f"{month:%Y-%m}"
    spoken = t("{month}：{value}", month=format.month(month), value=value)
    mark = ' aria-current="true"' if current else ""
    return (
        f'<li data-key="month-{key}" tabindex="0" role="link" aria-label="{escape(spoken)}"{mark}'
        f" {going(month=key)}>{_map(area_map, key, value, defined=defined)}</li>"
    )


def _map(area_map: AreaMap, month: str, value: str, *, defined: bool) -> str:
    height = area_map.shapes[0].height if area_map.shapes else _tiles_height(area_map)
    return (
        f'<svg viewBox="-6 -{LINE} {WIDTH + 12} {height + 2 * LINE}" aria-hidden="true" text-anchor="middle"'
        f' font-size="{TEXT_SIZE}">{_definitions(area_map) if defined else ""}'
        f'<text x="{WIDTH // 2}" y="{TEXT_SIZE - LINE}" fill="{GREY}">{month}</text>'
        f'<g stroke="#FFFFFF" stroke-width="6">{_areas(area_map)}</g>'
        f'<text x="{WIDTH // 2}" y="{height + TEXT_SIZE}" fill="{INK}" font-weight="600">{escape(value)}</text></svg>'
    )


def _areas(area_map: AreaMap) -> str:
    shade, drawn = area_map.shade, _places(area_map)
    painted: dict[str, list[str]] = {}
    for row in area_map.rows:
        if str(row["unit_code"]) in drawn:
            paint = fill(area_map.kpi, row, shade).replace(HATCHED, "url(#coarse-hatch)")
            painted.setdefault(paint, []).append(str(row["unit_code"]))
    return "".join(f'<g fill="{paint}">{_used(codes)}</g>' for paint, codes in painted.items())


def _used(codes: Sequence[str]) -> str:
    return "".join(f'<use href="#area-{code}"></use>' for code in codes)


def _definitions(area_map: AreaMap) -> str:
    paths = "".join(
        f'<path id="area-{code}" d="{path}" fill-rule="evenodd"></path>'
        for code, path in _places(area_map).items()
    )
    return f"{HATCH}<defs>{COARSE_HATCH}{paths}</defs>"


def _places(area_map: AreaMap) -> dict[str, str]:
    """The outline of each unit; without boundaries, a tile in the campaign's order."""
    if area_map.shapes:
        return {shape.code: shape.path for shape in area_map.shapes}
    return {
        str(row["unit_code"]): _tile(place // TILES_A_ROW, place % TILES_A_ROW)
        for place, row in enumerate(area_map.rows)
    }


def _tile(line: int, column: int) -> str:
    return f"M{column * TILE},{line * TILE}h{TILE}v{TILE}h-{TILE}z"


def _tiles_height(area_map: AreaMap) -> int:
    return -(-len(area_map.rows) // TILES_A_ROW) * TILE
