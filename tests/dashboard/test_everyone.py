"""The pages for those without a mouse and those who see little: every control by keyboard, every text legible."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.components import marks
from tests.dashboard.browsing import LEADERS_PAGES, NARROW, PALE, WIDE, opened

CONTROLS = """() => [...document.querySelectorAll(
    'a[href], button, input, [role=combobox], [tabindex="0"]')].filter((each) =>
    each.checkVisibility({visibilityProperty: true}) && each.tabIndex >= 0 && !each.disabled
    && each.getBoundingClientRect().width > 0)"""
REACHED = "() => { if (document.activeElement) document.activeElement.dataset.reached = 'yes'; }"
MISSED = f"() => ({CONTROLS})().filter((each) => !each.dataset.reached).map((each) => each.outerHTML.slice(0, 160))"
ROUNDS = 3
"""Rounds of Tab: a chart that has drawn its controls anew meanwhile is gone through again."""

ROWS = "indicator?rows=530000&month=2025-06&kpi=complaints_per_10k"
VIEWS = ["", *(each.key for each in LEADERS_PAGES[1:]), ROWS]


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
def test_the_rows_behind_a_figure_stand_out_from_what_is_behind_them(browser, address, size):
    with opened(browser, f"{address('full')}/{ROWS}", size) as (page, _):
        assert page.locator(".indicator-table").count()
        assert page.evaluate(PALE) == []


def test_the_stylesheet_has_the_colours_of_the_marks():
    sheet = (Path(marks.__file__).with_name("style.css")).read_text(encoding="utf-8")
    held = dict(re.findall(r"--(\w+): (#\w+);", sheet))
    named = {"met": marks.MET, "missed": marks.MISSED, "grey": marks.GREY, "ink": marks.INK}
    assert {name: held[name].upper() for name in named} == named
