"""The map's page put together from its queries: the large map, the unit picked, all units, a small map a month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from html import escape

import polars as pl

from dashboard.components import (
    block,
    comparing,
    deck,
    exhibit,
    findings,
    headings,
    map_click,
    map_exhibit,
    map_legend,
    map_list,
    map_panel,
    map_words,
    notation,
    page,
    small_maps,
)
from dashboard.components.area_map import AreaMap
from dashboard.components.earlier import Earlier
from dashboard.components.exhibit import Exhibit
from dashboard.components.map_words import Hover
from dashboard.components.notation import Row
from dashboard.i18n import of, t
from dashboard.queries import builds, figures, maps
from dashboard.queries.maps import Place
from dashboard.state import CANVAS, Filters
from metrics.period import PeriodKind


@dataclass(frozen=True, kw_only=True)
class MapView:
    """What the page shows: the map of the month, each unit's words, the months beside it.

    ``by_month`` holds the units' rows a month, ``wholes`` those of the whole; ``before``, ``places`` and
    ``groups`` are what the units' figures are held against, ranks, and names of their groups. ``asked`` is the period at
    this level, ``kind`` what it comes to; ``table`` is the month as it is taken away.
    """

    filters: Filters
    today: date
    drawn: AreaMap
    hovers: Mapping[str, Hover]
    by_month: Mapping[date, list[Row]]
    wholes: Mapping[date, list[Row]]
    before: Mapping[str, Earlier]
    places: Mapping[str, Place]
    groups: Mapping[str, str]
    asked: PeriodKind | None
    kind: PeriodKind
    table: pl.DataFrame

    @property
    def whole(self) -> Row:
        """The figure of the whole in the month looked at."""
        return self.wholes[self.filters.month][0]


def view(filters: Filters, today: date) -> MapView:
    """Everything the page shows."""
    build, month, kpi, level = filters.build, filters.month, filters.kpi, filters.level
    asked = maps.period(build, kpi.key, level, filters.period)
    kind = figures.period_of(build, kpi, asked)
    by_month = maps.months_of(build, maps.months_drawn(build, month, today), kpi.key, level, today, asked)
    rows = by_month[month]
    before = {
        code: found[0]
        for (code, _), found in comparing.held_against(build, month, (kpi.key,), level, today, asked).items()
    }
    places = maps.places(build, month, kpi.key, level, today, asked)
    groups = map_words.group_names(build, level)
    hovers = map_words.hovers(kpi, rows, before, places, groups)
    drawn = AreaMap(
        kpi=kpi,
        rows=rows,
        shapes=builds.shapes(build, level),
        names=headings.unit_names(build, level),
        picked=filters.unit,
        limits=maps.class_limits(build, month, kpi.key, level, today, asked),
        lines={code: hover.basis for code, hover in hovers.items()},
    )
    wholes = maps.months_of(build, tuple(by_month), kpi.key, builds.top_level(build), today, kind)
    return MapView(
        filters=filters,
        today=today,
        drawn=drawn,
        hovers=hovers,
        by_month=by_month,
        wholes=wholes,
        before=before,
        places=places,
        groups=groups,
        asked=asked,
        kind=kind,
        table=notation.figure_table(rows, builds.unit_names(build, level)),
    )


def head(shown: MapView) -> None:
    """Title, small print and the sentence that answers."""
    build, kpi = shown.filters.build, shown.filters.kpi
    held = builds.dimensions(build).targets.get(kpi.key)
    page.head(
        f"{of(kpi, 'title')} · {headings.when(shown.kind, shown.filters.month)}",
        [
            *headings.standing(shown.filters.month),
            notation.coverage(shown.whole, shown.kind),
            notation.target_text(kpi, shown.whole["target"], held),
        ],
        map_words.sentence(build, kpi, shown.filters.level, shown.drawn.rows, shown.whole),
    )


def _framed(shown: MapView, title: str, what: str, **facts: object) -> Exhibit:
    """An exhibit of this page: its title, and the name of what it is saved as."""
    filters = shown.filters
    return Exhibit(
        title=title,
        name=exhibit.file_name(f"{filters.month:%Y-%m}", of(filters.kpi, "title"), what),
        simulated=builds.dimensions(filters.build).simulated,
        **facts,
    )


def _title(shown: MapView, what: str) -> str:
    who = headings.everyone(shown.filters.build, shown.filters.level)
    return headings.title(who, what, shown.filters.month, shown.kind)


def _source(shown: MapView) -> str:
    return headings.map_source(builds.campaign(shown.filters.build)) if shown.drawn.shapes else ""


def large_map(shown: MapView) -> None:
    """The map to move about in, as a drawing, or on a canvas for those who ask for one."""
    filters, drawn = shown.filters, shown.drawn
    title, on_canvas = _title(shown, headings.what(filters.kpi)), filters.explore == CANVAS
    around = maps.neighbours(filters.build, filters.month, shown.today)
    framed = _framed(
        shown,
        title,
        t("地图"),
        source=_source(shown),
        notes=[map_legend.why_there(drawn.kpi, drawn.target), *_moving(shown, on_canvas=on_canvas)],
        picture=bool(drawn.shapes),
        table=shown.table,
        finding=findings.judged(drawn.kpi, drawn.rows, drawn.names),
    )
    body = map_exhibit.body(
        drawn,
        shown.hovers,
        title,
        filters.level,
        months=map_exhibit.months(filters.month, around),
        on_canvas=on_canvas,
    )
    exhibit.show(framed, body, key="map_drawing")
    if drawn.shapes and on_canvas:
        _canvas(shown, title)


def _moving(shown: MapView, *, on_canvas: bool) -> list[str]:
    """How one moves about, and the other way to draw the map; nothing to be said of tiles."""
    if not shown.drawn.shapes:
        return []
    reading = escape(map_exhibit.reading(on_canvas=on_canvas))
    return [f'<span class="print-hidden">{reading} · {map_exhibit.switch(on_canvas=on_canvas)}</span>']


def _canvas(shown: MapView, title: str) -> None:
    filters, drawn = shown.filters, shown.drawn
    picked = filters.unit if filters.unit in drawn.names else ""
    click = map_click.current(filters.level, picked)
    layer = map_click.layer_name(filters.level)
    chart = deck.chart(drawn, shown.hovers, layer=layer, marked=click.sent)
    map_click.show(chart, filters.level, alt=title)


def panel(shown: MapView) -> None:
    """The unit picked, or how to pick one."""
    filters = shown.filters
    asked = (filters.build, filters.kpi, filters.month, shown.today, filters.period)
    picked = map_panel.panel_of(*asked, filters.unit) if filters.unit else None
    block.show(map_panel.body(picked) if picked else map_panel.nothing_picked(), key="map_panel")


def unit_list(shown: MapView) -> None:
    """All units, those in most need of attention first."""
    filters, dimensions = shown.filters, builds.dimensions(shown.filters.build)
    listed = map_list.UnitList(
        kpi=filters.kpi,
        level=headings.level_title(dimensions, filters.level),
        rows=shown.drawn.rows,
        names=shown.drawn.names,
        before=shown.before,
        places=shown.places,
        groups=shown.groups,
        picked=filters.unit,
    )
    notes = [map_words.own_offices(dimensions, filters.level)]
    title = _title(shown, map_list.order(filters.kpi))
    framed = _framed(shown, title, t("名单"), notes=notes, table=shown.table)
    exhibit.show(framed, map_list.body(listed), key="map_list")


def small(shown: MapView) -> None:
    """The same map a month, in the same classes."""
    filters = shown.filters
    build, level, kpi = filters.build, filters.level, filters.kpi
    months = {month: replace(shown.drawn, rows=rows) for month, rows in shown.by_month.items()}
    who = headings.everyone(build, level)
    title = small_maps.title(who, headings.what(kpi), list(months), shown.kind)
    table = maps.months_table(build, tuple(months), kpi.key, level, shown.today, shown.asked)
    note = t("各月用同一分级，同色同值；点选一月看该月大图。")
    framed = _framed(
        shown, title, t("各月小图"), source=_source(shown), notes=[note], picture=True, table=table
    )
    wholes = {month: rows[0] for month, rows in shown.wholes.items()}
    exhibit.show(framed, small_maps.body(months, wholes, filters.month), key="small_maps")
