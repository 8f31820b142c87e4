"""地图: where units stand, what a click does, and what the canvas is sent."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components import deck, map_click, map_drawing, map_legend, map_words, small_maps
from dashboard.components.area_map import AreaMap
from dashboard.components.geometry import Shape, shapes_of
from dashboard.components.scale import LIGHT_TEXT_FROM, SHADES, classes_at, edges
from dashboard.queries import builds, maps
from metrics.kpis import KPIS
from tests.dashboard.browsing import NARROW, WIDE, loaded, opened, settled, text_of

BOUNDARIES = Path(__file__).parents[2] / "data" / "campaigns" / "yunnan-2025" / "boundaries.geojson"
KPI = KPIS["complaints_on_time_rate"]
JUNE, LATER = date(2025, 6, 1), date(2025, 8, 1)


def _area_map(level: str, month_value: float = 90.0) -> AreaMap:
    shapes = shapes_of(BOUNDARIES.read_bytes(), level)
    rows = [
        {
            "unit_code": shape.code,
            "value": month_value + place % 9,
            "cases": 412.0,
            "target": 95.0,
            "status": "met" if month_value + place % 9 >= 95 else "missed",
        }
        for place, shape in enumerate(shapes)
    ]
    rows[0] |= {"value": None, "status": "not_reported"}
    names = {shape.code: "西双版纳州" for shape in shapes}
    return AreaMap(kpi=KPI, rows=rows, shapes=shapes, names=names, picked=None)


def _spec(area_map: AreaMap, marked: str = "") -> str:
    hover = deck.Hover(
        figure="92.1% ▼ 未达标",
        basis="n=412 · 目标 ≥95 · ↓0.7个百分点 较上月",
        place="并列第3名 / 10（第二组）",
    )
    hovers = {shape.code: hover for shape in area_map.shapes}
    return deck.chart(area_map, hovers, layer="prefecture-0", marked=marked).to_json()


@pytest.mark.parametrize(("level", "kilobytes"), [("prefecture", 30), ("county", 120)])
def test_the_canvas_is_sent_little_and_nothing_twice(level, kilobytes):
    sent = _spec(_area_map(level))
    assert sent == _spec(_area_map(level))
    assert len(sent.encode()) < kilobytes * 1000
    (layer,) = json.loads(sent)["layers"]
    outlines = [
        json.dumps(geometry["coordinates"])
        for unit in layer["data"]
        for geometry in unit["geometry"]["geometries"]
        if geometry["type"] != "Point"
    ]
    assert max(Counter(outlines).values()) == 1
    assert len(outlines) == len(layer["data"])


@pytest.mark.parametrize(("level", "kilobytes"), [("prefecture", 30), ("county", 140)])
def test_the_drawing_is_small(level, kilobytes):
    area_map = _area_map(level)
    hover = deck.Hover(
        figure="92.1% ▼ 未达标",
        basis="n=412 · 目标 ≥95 · ↓0.7个百分点 较上月",
        place="并列第3名 / 10（第二组）",
    )
    drawn = map_drawing.movable(area_map, dict.fromkeys(area_map.names, hover), "地图", level)
    assert len(drawn.encode()) < kilobytes * 1000
    ElementTree.fromstring(drawn)


def test_a_click_changes_nothing_of_what_the_canvas_is_sent():
    area_map = _area_map("prefecture")
    assert _spec(replace(area_map, picked="530100")) == _spec(area_map)
    assert _spec(area_map, marked="530100") != _spec(area_map)


CODES = st.sampled_from(["", "530100", "530300"])


@given(names=st.integers(min_value=0, max_value=9), clicked=CODES, picked=CODES)
def test_the_picked_unit_has_one_mark_and_no_other_unit_has_any(names, clicked, picked):
    found = map_click.marking(names, clicked, picked)
    assert {found.sent, found.clicked} - {""} == {picked} - {""}
    assert not (found.sent and found.clicked)
    # What the browser has marked goes with the name of its layer, and with nothing else.
    assert (found.names == names) == (found.clicked == clicked)


@pytest.mark.parametrize(
    ("clicked", "before", "picked", "after"),
    [
        pytest.param("530100", "", "", "530100", id="a click picks"),
        pytest.param("530300", "530100", "530100", "530300", id="another click picks another"),
        pytest.param("", "530100", "530100", "", id="clicked again, or beside the map, it is let go"),
        pytest.param("530100", "", "530100", "", id="picked in the list, then clicked: let go"),
        pytest.param("", "", "530300", "530300", id="a layer renamed is no click"),
    ],
)
def test_what_a_click_does(clicked, before, picked, after):
    assert map_click.after_click(clicked, before, picked) == after


def _borders(shapes: tuple[Shape, ...]) -> Counter[frozenset[tuple[int, int]]]:
    return Counter(
        frozenset(step)
        for shape in shapes
        for rings in shape.polygons
        for ring in rings
        for step in pairwise(ring)
    )


@pytest.mark.parametrize("level", ["prefecture", "county"])
def test_neighbours_keep_their_common_border_and_every_ring_is_closed(level):
    shapes = shapes_of(BOUNDARIES.read_bytes(), level)
    shared = Counter(_borders(shapes).values())
    assert set(shared) == {1, 2}
    assert shared[2] > shared[1] / 2
    rings = [ring for shape in shapes for rings in shape.polygons for ring in rings]
    assert all(ring[0] == ring[-1] for ring in rings)
    assert all(shape.label_x > 0 for shape in shapes)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("direction", list(SHADES))
def test_labels_can_be_read_on_every_shade_and_shades_differ_in_lightness(direction):
    shades = SHADES[direction]
    text = ["#1D1D1F" if place < LIGHT_TEXT_FROM else "#FFFFFF" for place in range(len(shades))]
    assert min(map(_contrast, shades, text)) >= 4.5
    assert all(_contrast(light, dark) >= 1.2 for light, dark in pairwise(shades))
    assert sorted(shades, key=_luminance, reverse=True) == list(shades)


def test_the_same_value_has_the_same_colour_in_every_month():
    rows = [
        {"unit_code": str(value), "value": value, "target": None, "status": "no_target"}
        for value in range(20)
    ]
    limits = edges(KPI, rows, None)
    one, other = (
        {code: each.shade for each in classes_at(KPI, part, None, limits) for code in each.codes}
        for part in (rows[:12], rows[8:])
    )
    assert {code: one[code] for code in one.keys() & other.keys()} == {
        code: other[code] for code in one.keys() & other.keys()
    }


@pytest.mark.parametrize(("target", "said"), [(95.0, "以目标≥95为界"), (None, "单位数相近")])
def test_the_legend_says_why_classes_part_where_they_do(target, said):
    rows = [
        {"unit_code": str(value), "value": float(value), "target": target, "status": status}
        for value in range(80, 100)
        for status in ["no_target" if target is None else "met" if value >= target else "missed"]
    ]
    assert (target in edges(KPI, rows, target)) == (target is not None)
    assert said in map_legend.why_there(KPI, target)


def test_counties_are_ranked_beside_the_others_of_their_prefecture_over_a_year(monkeypatch, stores):
    monkeypatch.setenv("STORE_DIR", str(stores("full")))
    build = builds.build()
    places, above = maps.places(build, JUNE, KPI.key, "county", LATER, None), maps.parents(build, "county")
    assert places
    assert all(place.group == above[code] for code, place in places.items())
    assert all(1 <= place.rank <= place.ranked for place in places.values())
    assert maps.period(build, KPI.key, "county", None) == "rolling12"
    assert maps.period(build, KPI.key, "county", "month") == "month"
    assert maps.period(build, KPI.key, "prefecture", None) is None


def _clicked_until_it_answers(page, canvas, attempts=8):
    """Click the canvas: drawn by software it hears nothing before its first picture stands."""
    from playwright.sync_api import TimeoutError as NoAnswer

    for _ in range(attempts):
        canvas.click()
        with suppress(NoAnswer):
            page.wait_for_selector(".map-panel", timeout=10_000)
            return
    raise AssertionError("the canvas never answered a click")


MAP, SVG = f"/map?month=2025-06&kpi={KPI.key}", ".map-zoom svg"


def _view(page) -> list[float]:
    """The part of the map that is shown: left, top, width, height."""
    return [float(part) for part in page.locator(SVG).get_attribute("viewBox").split()]


def _middle(page, code: str) -> tuple[float, float]:
    """A point of the screen inside a unit: where its label stands."""
    at = f"""code => {{
        const svg = document.querySelector("{SVG}");
        const unit = svg.querySelector(`[data-key="${{code}}"]`), label = [...svg.querySelectorAll('[data-at]')]
            .map(each => new DOMPoint(...each.dataset.at.split(' ').map(Number)))
            .find(point => unit.isPointInFill(point));
        const there = label.matrixTransform(svg.getScreenCTM());
        return [there.x, there.y];
    }}"""
    return tuple(page.evaluate(at, code))


def test_the_wheel_scrolls_the_page_and_enlarges_the_map_under_its_point_with_ctrl(browser, address):
    with opened(browser, address("full") + MAP, WIDE) as (page, seen):
        whole, (x, y) = _view(page), _middle(page, "530100")
        page.mouse.move(x, y)
        page.mouse.wheel(0, 80)
        page.wait_for_function("document.querySelector('.stMain').scrollTop > 0")
        assert page.locator(".map-zoom.hinting").count() == 1
        assert _view(page) == whole
        page.evaluate("document.querySelector('.stMain').scrollTop = 0")
        page.keyboard.down("Control")
        page.mouse.wheel(0, -300)
        page.keyboard.up("Control")
        page.wait_for_selector(".map-zoom.enlarged")
        assert page.evaluate("document.querySelector('.stMain').scrollTop") == 0
        assert _view(page)[2] < whole[2] / 2
        assert _middle(page, "530100") == pytest.approx((x, y), abs=3)
        page.locator(".map-zoom [data-times='0']").click()
        assert _view(page) == whole
    assert (seen.outside, seen.failures) == ([], [])


def test_a_click_opens_the_unit_beside_a_map_that_stays_where_it_was_moved_to(browser, address):
    with opened(browser, address("full") + MAP, WIDE) as (page, seen):
        assert loaded(page) == []
        page.locator(".map-zoom button").first.click()
        x, y = _middle(page, "530100")
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 60, y + 30, steps=4)
        page.mouse.up()
        moved = _view(page)
        assert _middle(page, "530100") == pytest.approx((x + 60, y + 30), abs=3)
        # What ends a drag is no click.
        assert "unit=" not in page.url
        page.mouse.click(x + 60, y + 30)
        page.wait_for_url("**unit=530100*")
        page.wait_for_selector(".map-panel")
        settled(page)
        assert page.locator(f"{SVG} path[aria-current]").get_attribute("data-key") == "530100"
        assert "下辖" in page.locator(".map-panel").inner_text()
        assert _view(page) == moved
        page.locator(".map-play a").first.click()
        page.wait_for_url("**month=2025-05*")
        settled(page)
        assert _view(page) == moved
    assert (seen.outside, seen.failures) == ([], [])


def test_hovering_and_the_keyboard_tell_of_a_unit_and_arrows_lead_to_its_neighbours(browser, address):
    with opened(browser, address("full") + MAP, WIDE) as (page, seen):
        page.mouse.move(*_middle(page, "530100"))
        told = page.locator("body > .tip").inner_text()
        assert told == page.locator(f'{SVG} [data-key="530100"]').get_attribute("aria-label")
        assert told.startswith("昆明")
        assert all(word in told for word in ("%", "n=", "目标", "名"))
        # One stop of the tabulator, whatever the number of units.
        assert page.locator(f"{SVG} [tabindex='0']").count() == 1
        page.locator(f"{SVG} [tabindex='0']").focus()
        page.keyboard.press("ArrowRight")
        code = page.evaluate("document.activeElement.dataset.key")
        assert page.locator(f"{SVG} [tabindex='0']").get_attribute("data-key") == code
        assert page.locator("body > .tip").inner_text() == page.evaluate("document.activeElement.ariaLabel")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**unit={code}*")
        page.wait_for_selector(".map-panel")
        settled(page)
        assert page.evaluate("document.activeElement.dataset.key") == code
        last = page.locator(".map-list tbody tr").last
        code = last.get_attribute("data-key").removeprefix("list-")
        last.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**unit={code}*")
        page.wait_for_selector(f'.map-list tr[data-key="list-{code}"].picked')
        assert page.evaluate("document.activeElement.dataset.key") == f"list-{code}"
    assert (seen.outside, seen.failures) == ([], [])


def test_labels_lie_within_their_counties_and_more_appear_as_the_map_is_enlarged(browser, address):
    shown = f"""() => {{
        const svg = document.querySelector("{SVG}"), to = svg.getScreenCTM().inverse();
        return [...svg.querySelectorAll('[data-room] text')].filter(text => text.getAttribute('display') !== 'none')
            .map(text => {{
                const box = text.getBoundingClientRect();
                const middle = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2).matrixTransform(to);
                const [own] = [...svg.querySelectorAll('path[data-key]')].filter(path => path.isPointInFill(middle));
                return [own?.dataset.key ?? '', box.height];
            }});
    }}"""
    with opened(browser, address("full") + MAP + "&level=county", WIDE) as (page, _):
        few = page.evaluate(shown)
        for _ in range(3):
            page.locator(".map-zoom button").first.click()
        more = page.evaluate(shown)
    assert 0 < len(few) < len(more)
    assert all(code for code, _ in [*few, *more])
    # Type keeps its size.
    assert max(height for _, height in more) == pytest.approx(max(height for _, height in few), abs=1)


def test_the_canvas_is_loaded_when_it_is_asked_for_and_answers_clicks(browser, address):
    with opened(browser, address("full") + MAP, WIDE) as (page, seen):
        page.get_by_text("交互底图").click()
        canvas = page.locator(".st-key-map_canvas canvas").first
        page.wait_for_function("document.querySelector('.st-key-map_canvas canvas')?.width > 300")
        _clicked_until_it_answers(page, canvas)
        page.wait_for_url("**unit=53*")
        settled(page)
        assert loaded(page) == ["DeckGlJsonChart"]
        assert not page.locator(SVG).is_visible()
        assert "下辖" in page.locator(".map-panel").inner_text()
    assert (seen.outside, seen.failures) == ([], [])


def test_the_map_can_be_taken_away_as_a_drawing_with_its_source(browser, address):
    with opened(browser, address("full") + f"/map?month=2025-06&kpi={KPI.key}", WIDE) as (page, _):
        with page.expect_download() as download:
            page.locator('.st-key-map_drawing [data-save="svg"]').click()
        drawing = Path(download.value.path()).read_text(encoding="utf-8")
    assert download.value.suggested_filename.endswith("地图.svg")
    assert drawing.count("<path") >= 16
    for said in ("内部工作示意图，不得公开", "模拟数据", "昆明", "越深越需要关注"):
        assert said in drawing


def test_the_small_maps_name_their_months_and_outline_each_unit_once():
    area_map = _area_map("prefecture")
    whole = {"status": "missed", "value": 92.1, "target": 95.0}
    drawn = small_maps.body(
        {date(2025, 5, 1): area_map, JUNE: area_map}, {date(2025, 5, 1): whole, JUNE: whole}, JUNE
    )
    assert drawn.count("<path id=") == len(area_map.shapes)
    assert drawn.count("<use ") == 2 * len(area_map.shapes)
    assert all(f">{month}</text>" in drawn for month in ("2025-05", "2025-06"))
    assert drawn.count('aria-current="true"') == 1


def test_nobody_is_first_of_one_and_a_shared_rank_says_so():
    alone, shared = (maps.Place(rank=1, sharing=count, ranked=count, group="a") for count in (1, 2))
    assert map_words.place_text(alone, {"a": "第一组"}, KPI) == ""
    assert map_words.place_text(shared, {"a": "第一组"}, KPI) == "并列第1名 / 2（第一组）"


def test_a_phone_gets_the_drawing_in_place_of_the_canvas(browser, address):
    url = address("half") + f"/map?kpi={KPI.key}&unit=530100&explore=map"
    with opened(browser, url, NARROW) as (page, seen):
        assert page.locator(SVG).is_visible()
        assert not page.locator(".st-key-map_canvas").is_visible()
        assert "未报" in text_of(page)
    assert seen.failures == []


def test_a_district_without_boundaries_fills_the_page_with_tiles(browser, address):
    with opened(browser, address("district") + "/map", WIDE) as (page, _):
        boxes = [tile.bounding_box() for tile in page.locator(".tiles li").all()]
        text = text_of(page)
    assert len(boxes) == 6
    assert all(box["width"] > 200 and box["height"] >= 150 for box in boxes)
    assert "底图来源" not in text
