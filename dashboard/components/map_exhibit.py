"""The large map as an exhibit: the way through the months, the legend, and the drawing that is taken away.

A canvas cannot be saved as a drawing. The same map as SVG stands behind it: unseen on a wide screen, where
the canvas is, and in its place on a narrow one, where a canvas would catch the finger that scrolls.
"""

from __future__ import annotations

from datetime import date
from html import escape

from dashboard import format
from dashboard.components.area_map import AreaMap, outlines, tiles
from dashboard.components.deck import LABELLED_UNITS
from dashboard.components.links import link
from dashboard.components.map_legend import legend
from dashboard.i18n import t


def body(area_map: AreaMap, title: str, month: date, neighbours: tuple[date | None, date | None]) -> str:
    """What stands above the canvas; without outlines, the tiles in its place."""
    key = legend(area_map.kpi, area_map.rows, area_map.classes, area_map.target)
    bar = f'<div class="map-bar">{key}{_months(month, neighbours)}</div>'
    if not area_map.shapes:
        return f'<div class="map-tiles">{tiles(area_map)}</div>{bar}'
    many = " many" if len(area_map.shapes) > LABELLED_UNITS else ""
    return f'<div class="map-drawing{many}">{outlines(area_map, title)}</div>{bar}'


def _months(month: date, neighbours: tuple[date | None, date | None]) -> str:
    before, after = neighbours
    earlier = link(t("◀ 上月"), month=f"{before:%Y-%m}") if before else _ended(t("◀ 上月"))
    later = link(t("下月 ▶"), month=f"{after:%Y-%m}") if after else _ended(t("下月 ▶"))
    return f'<span class="map-play">{earlier} <b>{escape(format.month(month))}</b> {later}</span>'


def _ended(words: str) -> str:
    return f'<span class="grey" aria-disabled="true">{escape(words)}</span>'
