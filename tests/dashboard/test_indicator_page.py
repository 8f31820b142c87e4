"""指标: where a number comes from, which differences are real, and the way down to the counties."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import duckdb

from metrics.connection import current_build
from tests.dashboard.browsing import NARROW, WIDE, opened, settled, text_of

PAGE = "/indicator?month=2025-06&kpi=complaints_on_time_rate"


def _totals(store: Path) -> tuple[int, int]:
    """On-time and due complaints of the month, straight from the mart."""
    with duckdb.connect(str(current_build(store)), read_only=True) as connection:
        sql = "select sum(complaints_on_time), sum(complaints_due) from mart_unit_month where month = '2025-06-01'"
        return connection.execute(sql).fetchone()


def test_the_formula_is_filled_in_with_the_totals_of_the_mart(browser, address, stores):
    on_time, due = _totals(stores("full"))
    with opened(browser, address("full") + PAGE, WIDE) as (page, seen):
        text = text_of(page)
    assert f"{on_time:,} ÷ {due:,} × 100 = {100 * on_time / due:.2f}" in re.sub(r"\s+", " ", text)
    for said in ("目标", "设定值", "95%区间", "小样本", "距达标"):
        assert said in text
    assert (seen.outside, seen.failures) == ([], [])


def test_a_row_leads_by_keyboard_to_the_counties_of_its_prefecture(browser, address):
    with opened(browser, address("full") + PAGE, WIDE) as (page, seen):
        page.locator('.indicator-table tr[data-go*="530100"]').first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**level=county*")
        page.get_by_text("五华区").first.wait_for()
        settled(page)
        names = page.locator(".indicator-table tbody tr").all_inner_texts()
    assert any(name.startswith("五华区") for name in names)
    assert not any("麒麟区" in name for name in names)
    assert seen.failures == []


def test_the_funnel_is_a_view_of_its_own_and_is_saved_with_title_and_points(browser, address):
    with opened(browser, address("full") + PAGE + "&chart=funnel", WIDE) as (page, seen):
        assert "控制限" in text_of(page)
        page.wait_for_selector(".st-key-indicator_units .scatterlayer .point")
        with page.expect_download() as download:
            page.locator('.st-key-indicator_frame [data-save="svg"]').click()
        drawing = Path(download.value.path()).read_text(encoding="utf-8")
    assert "投诉按期办结率" in drawing
    assert "模拟数据" in drawing
    assert drawing.count('class="point"') >= 10
    assert seen.failures == []


def test_the_months_stand_apart_on_a_phone(browser, address):
    with opened(browser, address("full") + PAGE, NARROW) as (page, _):
        page.wait_for_selector(".st-key-indicator_trend .xtick text")
        boxes = page.eval_on_selector_all(
            ".st-key-indicator_trend .xtick text",
            "texts => texts.filter(text => text.textContent).map(text => text.getBoundingClientRect())"
            ".map(box => [box.left, box.right])",
        )
    assert len(boxes) >= 1
    assert all(left[1] <= right[0] for left, right in pairwise(sorted(boxes)))


def test_a_figure_opens_down_to_workbook_row_and_cell(browser, address, stores):
    url = address("full") + PAGE.replace("complaints_on_time_rate", "complaints_per_10k")
    with opened(browser, url, WIDE) as (page, seen):
        page.get_by_text("看构成它的每一行").first.click()
        page.wait_for_url("**rows=530000*")
        page.wait_for_selector(".indicator-rows tbody tr")
        settled(page)
        first = page.locator(".indicator-rows tbody tr").first.inner_text().split()
        shown = page.locator(".indicator-rows tbody tr").count()
        text = text_of(page)
        assert page.locator(".indicator-rows").is_visible()
        with page.expect_download() as download:
            page.locator('.st-key-indicator_rows_0 [data-save="csv"]').click()
        table = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    with duckdb.connect(str(current_build(stores("full"))), read_only=True) as connection:
        sql = "select sum(complaints_valid) from mart_unit_month where month = '2025-06-01'"
        valid = connection.execute(sql).fetchone()[0]
    assert f"计入{valid:,}行;各行合计:分子 {valid:,}。" in text
    assert "来自专项的人口表" in text
    name, month, _revision, number = first[:4]
    assert (name in text, month) == (True, "2025-06")
    assert set(re.findall(r"[A-Z]+(\d+)", " ".join(first))) == {number}
    assert len(table) >= shown + 1 > 10
    assert seen.failures == []


def test_rows_that_may_not_be_shown_are_counted(browser, address, stores):
    url = address("full") + PAGE.replace("complaints_on_time_rate", "issues_rectified_rate") + "&rows=530000"
    with opened(browser, url, NARROW) as (page, seen):
        page.wait_for_selector(".indicator-rows tbody tr")
        text = text_of(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    withheld = re.search(r"其中(\d+)行只计数不列出", text)
    assert int(withheld[1]) > 0
    assert "逐利" not in text
    assert seen.failures == []
