"""A KPI is one entry: added to the registry, it stands on every page without any of them being touched."""

from __future__ import annotations

import re

import pytest

from tests.dashboard.browsing import WIDE, opened, text_of
from tests.dashboard.conftest import served

KEY, TITLE_ZH, TITLE_EN = "posts_vacant_rate", "空编率（演练）", "Posts vacant (exercise)"
WITH_ONE_MORE_ENTRY = f"""
from dataclasses import replace
from metrics import kpis
kpis.KPIS["{KEY}"] = replace(
    kpis.KPIS["posts_filled_rate"],
    key="{KEY}", title_zh="{TITLE_ZH}", title_en="{TITLE_EN}",
    numerator="auxiliaries", denominator="posts",
)
from streamlit.web.cli import main
main()
"""
"""Starts the dashboard after adding one entry, as a line in a theme's file would."""

PAGES = ("", "ranking?by=kpi&", "map?", "indicator?", "unit?", "dictionary?")
"""All but 进度, which is about reports."""


@pytest.fixture(scope="module")
def address_with_it(stores):
    with served(stores("full"), ("-c", WITH_ONE_MORE_ENTRY)) as address:
        yield address


@pytest.mark.parametrize("page", PAGES)
def test_it_stands_on_the_page_in_both_languages(browser, address_with_it, page):
    view = page or "?"
    for language, title in (("zh", TITLE_ZH), ("en", TITLE_EN)):
        url = f"{address_with_it}/{view}month=2025-06&kpi={KEY}&lang={language}"
        with opened(browser, url, WIDE) as (shown, seen):
            assert title in text_of(shown)
            assert shown.locator("[data-go]").count() > 0
        assert (seen.outside, seen.failures) == ([], [])


def test_its_figure_is_that_of_its_columns(browser, address_with_it):
    with opened(browser, f"{address_with_it}/indicator?month=2025-06&kpi={KEY}&rows=530000", WIDE) as (
        page,
        _,
    ):
        page.wait_for_selector(".indicator-rows tbody tr")
        text = text_of(page)
    numerator, denominator = re.search(r"各行合计：分子 ([\d,]+)、分母 ([\d,]+)。", text).groups()
    assert f"{numerator} ÷ {denominator} × 100" in text
