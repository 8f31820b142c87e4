"""The pages in a real browser without a network: what stands on them, at both sizes, and what they ask for."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.dashboard.browsing import LEADERS_PAGES, NARROW, PALE, WIDE, opened, resized, settled, text_of

# A key, the switch to English, ways to save, keys of entries, a formula,
# commands, a file's ending.
ENGLISH = re.compile(
    r"Ctrl|English|PNG|SVG|CSV|[a-z]+(_[a-z0-9]+)+|\bviolations\b|max\(|python -m etl (demo|load)|\.xlsx"
    r"|python -m dashboard accounts create zhangsan --name 张三 --role admin|数据目录：.*"
)


@pytest.mark.parametrize("path", ["", *(each.key for each in LEADERS_PAGES[1:])])
@pytest.mark.parametrize("store", ["full", "half", "bare", "district", "none"])
def test_a_page_asks_nothing_of_the_internet_fits_and_stands_out_from_what_is_behind_it(
    browser, address, store, path
):
    with opened(browser, f"{address(store)}/{path}", WIDE) as (page, seen):
        links = page.eval_on_selector_all("[data-go]", "all => all.map(each => each.dataset.go)")
        looks = {resized(page, size)["width"]: _look(page) for size in (WIDE, NARROW)}
    assert (seen.outside, seen.failures) == ([], [])
    assert {link.partition("?")[0] for link in links} <= {"", "./", *(each.key for each in LEADERS_PAGES)}
    for width, (needed, text, pale) in looks.items():
        assert needed <= width
        assert pale == []
        assert not re.search("[A-Za-z]{3,}", ENGLISH.sub("", text)), "an English remnant"
        assert not re.search("Traceback|Error|None|nan", ENGLISH.sub("", text))


def _look(page: object) -> tuple[int, str, list[str]]:
    """The width a page needs, all its text, and what of it does not stand out."""
    width = page.evaluate("document.documentElement.scrollWidth")
    return width, text_of(page), page.evaluate(PALE)


def test_the_overview_answers_on_its_first_screen(browser, address):
    with opened(browser, address("full") + "/", WIDE) as (page, _):
        text = text_of(page)
        bottoms = page.eval_on_selector_all(
            ".ranking tbody tr, .legend, .strip",
            "rows => rows.map(row => row.getBoundingClientRect().bottom)",
        )
        labels = page.locator(".areas text").all_text_contents()
    assert max(bottoms) <= WIDE["height"]
    for said in ("云南省 · 2025年6月", "15/16个州（市）已报（其中", "未报", "模拟数据", "迟2天"):
        assert said in text
    for said in ("群众满意率", "万人投诉率", "人均培训学时", "万人执法人员配备", "缺口", "问题整改", "逾期"):
        assert said in text
    assert "底图来源" in text
    assert "内部工作示意图，不得公开" in text
    assert {"昆明", "迪庆州", "未报"} <= set(labels)


def test_a_row_of_the_ranking_is_picked_by_keyboard_and_kept_in_the_address(browser, address):
    with opened(browser, address("full") + "/", WIDE) as (page, seen):
        row = page.locator(".ranking tbody tr").first
        code = row.get_attribute("data-key")
        row.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("tr.picked")
        page.wait_for_url(f"**unit={code}*")
        assert page.evaluate("document.activeElement.dataset.key") == code
        assert "失分最多" in text_of(page)
    assert seen.failures == []


def test_an_address_opens_what_it_names_and_ignores_what_makes_no_sense(browser, address):
    url = address("full") + "/?month=2025-05&kpi=officers_per_10k&by=kpi&unit=<script>alert(1)</script>"
    with opened(browser, url, WIDE) as (page, seen):
        text = text_of(page)
        assert page.locator("tr.picked").count() == 0
    assert "云南省 · 2025年5月" in text
    assert "同组排名 · 万人执法人员配备" in text
    assert seen.failures == []


def test_a_district_without_boundaries_shows_tiles_of_the_level_below(browser, address):
    with opened(browser, address("district") + "/", WIDE) as (page, _):
        tiles = page.locator(".tiles li").all_inner_texts()
        text = text_of(page)
    assert len(tiles) == 6
    assert all(re.search(r"坪山|坑梓|龙田|石井|马峦|碧岭", tile) for tile in tiles)
    assert "坪山区 · 2018年12月" in text
    assert "底图来源" not in text
    assert "模拟数据" not in text


def test_half_a_month_says_who_is_missing(browser, address):
    with opened(browser, address("half") + "/", WIDE) as (page, _):
        text = text_of(page)
    assert "9/16个州（市）已报（其中" in text
    assert "7个未报" in text
    assert text.count("未报，不排名") == 7


def test_without_data_the_page_names_the_command_to_run(browser, address):
    with opened(browser, address("none") + "/", WIDE) as (page, _):
        text = text_of(page)
    assert "还没有可看的数据" in text
    assert "python -m etl demo" in text


def test_the_dictionary_holds_every_kpi_sheet_and_source(browser, address):
    from etl.sheets import SHEETS
    from metrics.kpis import KPIS

    with opened(browser, address("full") + "/dictionary", WIDE) as (page, _):
        text = text_of(page)
    assert [kpi.title_zh for kpi in KPIS.values() if kpi.title_zh not in text] == []
    assert [sheet.title_zh for sheet in SHEETS.values() if sheet.title_zh not in text] == []
    assert "昆明阳宗海风景名胜区" in text
    assert "设定值" in text


def _arrived(page: object, address: str, shown: str) -> None:
    # A link changes the address before the page has begun to change: both are waited for.
    page.wait_for_url(address)
    page.wait_for_selector(shown)
    settled(page)


def test_a_link_to_another_page_keeps_the_month_looked_at(browser, address):
    with opened(browser, address("full") + "/?month=2025-05", WIDE) as (page, _):
        page.locator(".card a").first.click()
        _arrived(page, "**/indicator?*month=2025-05*", ".head h1:has-text('群众满意率')")
        assert "2025年5月" in page.locator("h1").inner_text()
        page.locator('[data-go^="dictionary"]').first.click()
        _arrived(page, "**/dictionary?*", ".head h1:has-text('口径')")
        page.get_by_role("link", name="总览").click()
        _arrived(page, "**month=2025-05*", ".head h1:has-text('云南省')")
        assert "2025年5月" in page.locator("h1").inner_text()


def test_back_undoes_one_step_at_a_time(browser, address):
    with opened(browser, address("full") + "/?month=2025-05&kpi=complaints_on_time_rate", WIDE) as (page, _):
        page.locator(".ranking tbody tr").first.click()
        _arrived(page, "**unit=*", "tr.picked")
        page.locator(".card a").first.click()
        _arrived(page, "**/indicator?*", ".head h1:has-text('群众满意率')")
        page.go_back()
        _arrived(page, "**unit=*", "tr.picked")
        page.go_back()
        page.wait_for_selector("tr.picked", state="detached")
        settled(page)
        assert "unit=" not in page.url
        assert "month=2025-05" in page.url


def test_the_first_page_opens_by_its_own_address_too(browser, address):
    with opened(browser, address("full") + "/overview?month=2025-05", WIDE) as (page, seen):
        assert "2025年5月" in page.locator("h1").inner_text()
        assert page.locator("[role=dialog]").count() == 0
    assert (seen.outside, seen.failures) == ([], [])


def test_what_a_page_asks_of_the_internet_is_refused_and_remembered(browser, address):
    with opened(browser, address("full"), WIDE) as (page, seen):
        asked = [
            "https://example.com/font.woff2",
            "http://127.0.0.1.example.com/x",
            "//tiles.example.com/1.png",
        ]
        answers = page.evaluate(
            "asked => Promise.all(asked.map(each => fetch(each, {mode: 'no-cors'}).then(() => 'came', () => 'refused')))",
            asked,
        )
    assert answers == ["refused"] * 3
    assert [urlsplit(each).hostname for each in seen.outside] == [
        "example.com",
        "127.0.0.1.example.com",
        "tiles.example.com",
    ]
