"""The pages for those without a mouse and those who see little: every control by keyboard, every text legible."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.components import marks
from tests.dashboard.browsing import LEADERS_PAGES, NARROW, WIDE, opened

CONTROLS = """() => [...document.querySelectorAll(
    'a[href], button, input, [role=combobox], [tabindex="0"]')].filter((each) =>
    each.checkVisibility({visibilityProperty: true}) && each.tabIndex >= 0 && !each.disabled
    && each.getBoundingClientRect().width > 0)"""
REACHED = "() => { if (document.activeElement) document.activeElement.dataset.reached = 'yes'; }"
MISSED = f"() => ({CONTROLS})().filter((each) => !each.dataset.reached).map((each) => each.outerHTML.slice(0, 160))"
ROUNDS = 3
"""Rounds of Tab: a chart that has drawn its controls anew meanwhile is gone through again."""

PALE = """() => {
    const parts = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((part) => part / 255).map((part) =>
        part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
    const behind = (element) => {
        const {x, y, width, height} = element.getBoundingClientRect();
        const under = [...(element.closest('svg')?.querySelectorAll('rect') ?? [])].filter((each) => {
            const place = each.getBoundingClientRect();
            const {fillOpacity, opacity} = getComputedStyle(each);
            return fillOpacity * opacity === 1 && place.left <= x && place.right >= x + width && place.top <= y + height / 2
                && place.bottom >= y + height / 2;
        }).map((each) => parts(getComputedStyle(each).fill)).filter((fill) => fill.length === 3);
        if (under.length) return under.at(-1);
        for (let each = element; each; each = each.parentElement) {
            const [r, g, b, alpha = 1] = parts(getComputedStyle(each).backgroundColor);
            if (r !== undefined && alpha === 1) return [r, g, b];
        }
        return [255, 255, 255];
    };
    const found = new Set();
    const walker = document.createTreeWalker(document.querySelector('.stApp'), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (!node.textContent.trim() || !element.checkVisibility({visibilityProperty: true})) continue;
        // Names on a map stand on its shades; a test of the shades themselves sees to them.
        if (element.closest('.areas, .stDeckGlJsonChart, style, script, [data-testid=stSkeleton]')) continue;
        const style = getComputedStyle(element);
        const ink = parts(element.closest('svg') ? style.fill : style.color);
        const [one, two] = [light(ink), light(behind(element))].sort((a, b) => b - a);
        const ratio = (one + 0.05) / (two + 0.05);
        if (ratio < 4.5) found.add(`${node.textContent.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
    }
    return [...found];
}"""
"""Texts whose contrast to what is behind them is under 4.5 : 1 (WCAG 2, AA)."""

VIEWS = [
    "",
    *(each.key for each in LEADERS_PAGES[1:]),
    "indicator?rows=530000&month=2025-06&kpi=complaints_per_10k",
]


@pytest.mark.parametrize("view", VIEWS)
def test_the_keyboard_alone_reaches_every_control(browser, address, view):
    with opened(browser, f"{address('full')}/{view}", WIDE) as (page, _):
        missed = page.evaluate(MISSED)
        assert len(missed) > 5
        for _ in range(ROUNDS):
            for _ in range(len(missed) + 60):
                page.keyboard.press("Tab")
                page.evaluate(REACHED)
            missed = page.evaluate(MISSED)
            if not missed:
                break
    assert missed == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "390"])
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("store", ["full", "half"])
def test_every_text_stands_out_from_what_is_behind_it(browser, address, store, view, size):
    with opened(browser, f"{address(store)}/{view}", size) as (page, _):
        assert page.evaluate(PALE) == []


def test_the_stylesheet_has_the_colours_of_the_marks():
    sheet = (Path(marks.__file__).with_name("style.css")).read_text(encoding="utf-8")
    held = dict(re.findall(r"--(\w+): (#\w+);", sheet))
    named = {"met": marks.MET, "missed": marks.MISSED, "grey": marks.GREY, "ink": marks.INK}
    assert {name: held[name].upper() for name in named} == named
