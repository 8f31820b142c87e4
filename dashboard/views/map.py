"""地图: 在哪里? The large map with the unit picked beside it, all units as a list, and a small map a month."""

from dataclasses import replace

import streamlit as st

from dashboard import state
from dashboard.components import (
    block,
    deck,
    exhibit,
    headings,
    map_click,
    map_exhibit,
    map_list,
    map_panel,
    map_words,
    notation,
    page,
    small_maps,
)
from dashboard.components.area_map import COLOURED, AreaMap
from dashboard.components.scale import edges
from dashboard.i18n import of, t
from dashboard.queries import builds, figures, maps

filters, today = state.filters(), builds.today()
build, month, kpi, level, unit = filters.build, filters.month, filters.kpi, filters.level, filters.unit
dimensions, campaign = builds.dimensions(build), builds.campaign(build)
asked = maps.period(build, kpi.key, level, filters.period)
kind, level_title = figures.period_of(build, kpi, asked), headings.level_title(dimensions, level)
names = headings.unit_names(build, level)
shapes = builds.shapes(build, level)

by_month = maps.months_of(build, maps.months_drawn(build, month, today), kpi.key, level, today, asked)
wholes = maps.months_of(build, tuple(by_month), kpi.key, builds.top_level(build), today, kind)
before = maps.values_before(build, month, kpi.key, level, today, asked)
places = maps.places(build, month, kpi.key, level, today, asked)
groups = map_words.group_names(build, level)

drawn = AreaMap(kpi=kpi, rows=by_month[month], shapes=shapes, names=names, picked=unit)
# The classes of a whole year: a colour means the same in every month one steps through.
pooled = [row for rows in by_month.values() for row in rows if row["status"] in COLOURED]
drawn = replace(drawn, limits=edges(kpi, pooled, drawn.target))
hovers = map_words.hovers(kpi, drawn.rows, before, places, groups)
drawn = replace(drawn, lines={code: hover.basis for code, hover in hovers.items()})
whole = wholes[month][0]

page.head(
    f"{of(kpi, 'title')} · {headings.when(kind, month)}",
    [
        headings.edition(),
        notation.coverage(whole, kind),
        notation.target_text(kpi, whole["target"], dimensions.targets.get(kpi.key)),
    ],
    map_words.sentence(build, kpi, level, drawn.rows, whole),
)
who, what = headings.everyone(build, level), headings.what(kpi)
title = headings.title(who, what, month, kind)
file = f"{month:%Y-%m}", of(kpi, "title")
source = headings.map_source(campaign) if shapes else ""
shared = {
    "simulated": dimensions.simulated,
    "table": notation.figure_table(drawn.rows, builds.unit_names(build, level)),
}

left, right = st.columns([58, 42], gap="medium")
with left, st.container(key="map_frame", gap=None):
    framed = exhibit.Exhibit(
        title=title, name=exhibit.file_name(*file, t("地图")), source=source, picture=bool(shapes), **shared
    )
    exhibit.show(
        framed,
        map_exhibit.body(drawn, title, month, maps.neighbours(build, month, today)),
        key="map_drawing",
    )
    if shapes:
        click = map_click.current(level, unit if unit in names else "")
        chart = deck.chart(drawn, hovers, layer=map_click.layer_name(level), marked=click.sent)
        map_click.show(chart, level, alt=title)
        page.note(source + " · " + t("滚轮缩放,拖动平移,点选单位"))
with right:
    picked = map_panel.panel_of(build, kpi, month, today, filters.period, unit) if unit else None
    block.show(map_panel.body(picked) if picked else map_panel.nothing_picked(), key="map_panel")
    listed = map_list.UnitList(
        kpi=kpi,
        level=level_title,
        rows=drawn.rows,
        names=names,
        before=before,
        places=places,
        groups=groups,
        picked=unit,
    )
    exhibit.show(
        exhibit.Exhibit(
            title=headings.title(who, map_list.order(kpi), month, kind),
            name=exhibit.file_name(*file, t("名单")),
            notes=[map_words.own_offices(dimensions, level)],
            **shared,
        ),
        map_list.body(listed),
        key="map_list",
    )

months = {each: replace(drawn, rows=rows) for each, rows in by_month.items()}
exhibit.show(
    exhibit.Exhibit(
        title=small_maps.title(who, what, list(months), kind),
        name=exhibit.file_name(*file, t("各月小图")),
        source=source,
        notes=[t("各月用同一分级,同色同值;点选一月看该月大图。")],
        picture=True,
        simulated=dimensions.simulated,
        table=maps.months_table(build, tuple(by_month), kpi.key, level, today, asked),
    ),
    small_maps.body(months, {each: rows[0] for each, rows in wholes.items()}, month),
    key="small_maps",
)
