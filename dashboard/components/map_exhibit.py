"""The large map as an exhibit: the way through the months, the legend, the drawing or the canvas asked for.

A canvas cannot be saved as a drawing. Where one is asked for, the drawing stands behind it: unseen on a wide
screen, and in its place on a narrow one, where a canvas would catch the finger that scrolls.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape

from dashboard import format
from dashboard.components.area_map import AreaMap, tiles
from dashboard.components.deck import Hover
from dashboard.components.links import link
from dashboard.components.map_drawing import movable
from dashboard.components.map_legend import legend
from dashboard.i18n import t
from dashboard.state import CANVAS


def body(
    area_map: AreaMap,
    hovers: Mapping[str, Hover],
    title: str,
    level: str,
    *,
    months: str,
    on_canvas: bool,
) -> str:
    """Legend, ``months`` (the way through them) and drawing; without outlines, tiles in its place."""
    key = legend(area_map.kpi, area_map.rows, area_map.classes, area_map.target)
    bar = f'<div class="map-bar">{key}{months}</div>'
    if not area_map.shapes:
        return f'<div class="map-tiles">{tiles(area_map)}</div>{bar}'
    behind = " behind" if on_canvas else ""
    return f'{bar}<div class="map-drawing{behind}">{movable(area_map, hovers, title, level)}</div>'


def switch(*, on_canvas: bool) -> str:
    """From the drawing to the canvas and back, as a link."""
    if on_canvas:
        return link(t("改回示意图"), explore="")
    return link(t("交互底图（可自由缩放，载入较慢）"), explore=CANVAS)


def reading(*, on_canvas: bool) -> str:
    """How one moves about on the map."""
    if on_canvas:
        return t("滚轮缩放，拖动平移，点选单位")
    return t("按＋−、Ctrl加滚轮或双指缩放，拖动平移，点选单位")


def months(month: date, neighbours: tuple[date | None, date | None]) -> str:
    """The way to the month before and after."""
    before, after = neighbours
    earlier = link(t("◀ 上月"), month=f"{before:%Y-%m}") if before else _ended(t("◀ 上月"))
    later = link(t("下月 ▶"), month=f"{after:%Y-%m}") if after else _ended(t("下月 ▶"))
    return f'<span class="map-play">{earlier} <b>{escape(format.month(month))}</b> {later}</span>'


def _ended(words: str) -> str:
    return f'<span class="grey" aria-disabled="true">{escape(words)}</span>'
