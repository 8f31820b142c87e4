"""指标: where a number comes from, which differences are real, and the way down to the counties."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from itertools import pairwise
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components import certainty_words, indicator_page, indicator_table
from dashboard.components.charts import references, set_apart
from dashboard.components.indicator_facts import Indicator
from dashboard.queries import builds, reports
from metrics.connection import current_build
from tests.dashboard.browsing import NARROW, WIDE, loaded, opened, settled, text_of
from tests.dashboard.chosen_filters import chosen

PAGE = "/indicator?month=2025-06&kpi=complaints_on_time_rate"


JUNE, LATER = date(2025, 6, 1), date(2025, 8, 1)


@pytest.fixture
def indicator_of(monkeypatch, stores):
    """The facts of the page on the full store at a level, with a unit picked."""
    monkeypatch.setenv("STORE_DIR", str(stores("full")))

    def of(level: str, unit: str | None, kpi: str = "complaints_on_time_rate") -> Indicator:
        filters = chosen(builds.build(), JUNE, kpi, level=level, by_score=False, unit=unit)
        return indicator_page.facts(filters, LATER)

    return of


def test_a_share_of_what_is_stated_says_of_how_many_it_is_not(monkeypatch, stores):
    monkeypatch.setenv("STORE_DIR", str(stores("full")))
    filters = chosen(builds.build(), JUNE, "first_contact_rate", by_score=False)
    told = indicator_page.unstated(filters, indicator_page.facts(filters, LATER), LATER)
    valid, stated, blank = (int(each.replace(",", "")) for each in re.findall(r"[\d,]+", told))
    with duckdb.connect(str(current_build(stores("full"))), read_only=True) as connection:
        sql = "select sum(complaints_valid), sum(complaints_contact_stated) from mart_unit_month where month = '2025-06-01'"
        assert connection.execute(sql).fetchall() == [(valid, stated)]
    assert blank == valid - stated > 0


def test_a_picked_county_stays_among_its_neighbours(indicator_of):
    kunming = indicator_of("county", "530100")
    for row in kunming.rows:
        picked = indicator_of("county", str(row["unit_code"]))
        assert (picked.code, picked.rows, picked.back) == ("530100", kunming.rows, "530100")
    assert indicator_of("prefecture", "530100").code == "530000"
    assert indicator_of("county", None).code == "530000"


def test_the_day_a_report_is_due_is_the_one_of_the_progress_page(indicator_of):
    days = {row["due_on"] for row in reports.reports(builds.build(), (JUNE,), LATER)}
    assert days == {indicator_of("prefecture", None).due}


@pytest.mark.parametrize("kpi", ["complaints_on_time_rate", "complaints_per_10k", "training_attendance_rate"])
def test_no_word_of_a_difference_contradicts_the_interval_beside_it(indicator_of, kpi):
    table = indicator_table.export(indicator_of("prefecture", None, kpi))
    (column,) = (name for name in table.columns if "99.8%控制限" in name)
    own, *others = table.to_dicts()
    said = [row for row in others if row[column]]
    assert said
    for row in said:
        holds = row["95%区间下限"] <= own["数值"] <= row["95%区间上限"]
        assert (row[column] == "不能区分") == holds


def test_the_sentence_counts_the_units_as_the_table_does(indicator_of):
    found = indicator_of("prefecture", None)
    words = [certainty_words.word(each) for each in found.certainty.values()]
    by_state = certainty_words.states(found.kpi, found.funnel)
    for difference, state in certainty_words.STATES.items():
        assert len(certainty_words.differing(by_state, difference)) == sum(state in word for word in words)
    assert not {"显著", "不显著"} & set(words)


def test_units_of_a_count_are_not_read_against_its_total_and_have_no_intervals(indicator_of):
    found = indicator_of("prefecture", None, "issues_overdue")
    assert not found.has_intervals
    assert [each.dash for each in references(found)] == ["dash"]
    assert {each.dash for each in references(indicator_of("prefecture", None))} == {"solid", "dash"}


def test_the_table_taken_away_begins_with_the_explained_unit(indicator_of):
    table = indicator_table.export(indicator_of("county", "530100"))
    assert table["单位"][:2].to_list() == ["昆明", "五华区"]
    assert table["分母"][0] == table["分母"][1:].sum()
    assert "." not in ",".join(map(str, table["分母"]))


@given(
    places=st.lists(st.floats(min_value=-1e3, max_value=1e3), min_size=1, max_size=4).map(sorted),
    least=st.floats(min_value=0.1, max_value=50),
)
def test_labels_keep_their_order_and_never_cover_one_another(places, least):
    moved = set_apart(places, least)
    assert all(after - before >= least - 1e-6 for before, after in pairwise(moved))
    if all(after - before >= least for before, after in pairwise(places)):
        assert moved == pytest.approx(places)


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


def test_a_county_is_picked_and_let_go_among_the_counties_of_its_prefecture(browser, address):
    url = address("full") + PAGE + "&level=county&unit=530100&rows=530100"
    with opened(browser, url, WIDE) as (page, seen):
        rows = ".st-key-indicator_table .indicator-table tbody tr"
        page.wait_for_selector(rows)
        count = page.locator(rows).count()
        page.locator(f'{rows}[data-key="530102"]').click()
        page.wait_for_selector(".indicator-table tr.picked:has-text('五华区')")
        settled(page)
        assert page.locator(rows).count() == count
        assert page.locator(".indicator-rows").count() == 1
        page.locator(".indicator-table tr.picked").click()
        page.wait_for_selector(".indicator-table tr.picked", state="detached")
        settled(page)
        assert "unit=530100" in page.url
        assert page.locator(rows).count() == count
    assert seen.failures == []


def test_the_funnel_is_a_view_of_its_own_and_is_saved_with_title_and_points(browser, address):
    with opened(browser, address("full") + PAGE + "&chart=funnel", WIDE) as (page, seen):
        assert "控制限" in text_of(page)
        page.wait_for_selector(".st-key-indicator_units_frame .chart .point")
        with page.expect_download() as download:
            page.locator('.st-key-indicator_units_frame [data-save="svg"]').click()
        drawing = Path(download.value.path()).read_text(encoding="utf-8")
    assert "投诉按期办结率" in drawing
    assert "模拟数据" in drawing
    assert drawing.count('class="point"') >= 10
    assert seen.failures == []


def test_charts_are_there_without_plotly_and_tell_on_hovering_which_is_loaded_when_asked_for(
    browser, address
):
    with opened(browser, address("full") + PAGE, WIDE) as (page, seen):
        assert page.locator(".chart > svg").count() == 2
        assert loaded(page) == []
        unit = page.locator(".st-key-indicator_units_frame .point").first
        box = unit.bounding_box()
        # Close to a mark is meant by it.
        page.mouse.move(box["x"] - 6, box["y"] + box["height"] / 2)
        told = page.locator("body > .tip").inner_text()
        assert told == unit.get_attribute("data-tip")
        assert "n=" in told
        page.get_by_text("交互图表").first.click()
        page.wait_for_selector(".st-key-indicator_units .scatterlayer .point")
        assert loaded(page) == ["PlotlyChart"]
        assert "explore=charts" in page.url
        with page.expect_download() as download:
            page.locator('.st-key-indicator_units_frame [data-save="svg"]').click()
        assert 'class="point"' in Path(download.value.path()).read_text(encoding="utf-8")
    assert (seen.outside, seen.failures) == ([], [])


def test_the_months_stand_apart_on_a_phone(browser, address):
    with opened(browser, address("full") + PAGE, NARROW) as (page, _):
        page.wait_for_selector(".st-key-indicator_trend_frame .chart")
        boxes = page.eval_on_selector_all(
            ".st-key-indicator_trend_frame .chart text",
            "texts => texts.filter(text => /月$/.test(text.textContent)).map(text => text.getBoundingClientRect())"
            ".map(box => [box.left, box.right])",
        )
    assert len(boxes) >= 1
    assert all(left[1] <= right[0] for left, right in pairwise(sorted(boxes)))


def test_a_figure_opens_down_to_workbook_row_and_cell(browser, address, stores):
    url = address("full") + PAGE.replace("complaints_on_time_rate", "complaints_per_10k")
    with opened(browser, url, WIDE) as (page, seen):
        page.get_by_text("的每一行（工作簿").first.click()
        page.wait_for_url("**rows=530000*")
        page.wait_for_selector(".indicator-rows tbody tr")
        settled(page)
        first = page.locator(".indicator-rows tbody tr").first.inner_text().split()
        shown = page.locator(".indicator-rows tbody tr").count()
        text = text_of(page)
        assert page.locator(".indicator-rows").is_visible()
        with page.expect_download() as download:
            page.locator('.st-key-indicator_rows_0 [data-save="csv"]').click()
        taken = pl.read_csv(download.value.path(), infer_schema=False)
    with duckdb.connect(str(current_build(stores("full"))), read_only=True) as connection:
        sql = "select sum(complaints_valid) from mart_unit_month where month = '2025-06-01'"
        valid = connection.execute(sql).fetchone()[0]
    assert f"计入{valid:,}行；各行合计：分子 {valid:,}。" in text
    assert "来自专项的人口表" in text
    name, month, _revision, number = first[:4]
    assert (name in text, month) == (True, "2025-06")
    assert set(re.findall(r"[A-Z]+(\d+)", " ".join(first))) == {number}
    assert taken.height >= shown > 9
    # A column nobody has filled in says nothing.
    assert all(set(column) - {None, "–"} for column in taken.iter_columns())
    assert seen.failures == []


def test_the_cases_that_were_late_can_be_listed_alone(browser, address):
    with opened(browser, address("full") + PAGE + "&rows=530000", WIDE) as (page, seen):
        page.wait_for_selector(".indicator-rows tbody tr")
        late = page.get_by_role("link", name="只计入分母")
        count = int(re.search(r"(\d+)行", late.inner_text())[1])
        late.click()
        page.wait_for_url("**part=rest*")
        page.wait_for_function(
            "n => document.querySelectorAll('.indicator-rows tbody tr').length === n", arg=count
        )
        added = page.locator(".indicator-rows tbody tr td:nth-last-child(2)").all_inner_texts()
        settled(page)
        page.get_by_text("收起明细").click()
        page.wait_for_function("!location.search.includes('part')")
    assert count > 0
    assert set(added) == {"–"}
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


def test_a_picture_of_the_months_takes_along_what_the_page_says_beside_it(browser, address):
    with opened(browser, address("half") + PAGE, WIDE) as (page, _):
        note = page.locator(
            ".st-key-indicator_trend_frame .src.told, .st-key-indicator_trend .src.told"
        ).first
        said = note.evaluate(
            "each => { const copy = each.cloneNode(true);"
            " copy.querySelectorAll('.print-hidden').forEach(part => part.remove()); return copy.textContent.trim(); }"
        )
        with page.expect_download() as download:
            page.locator("[class*=st-key-indicator_trend] [data-save=svg]").first.click()
        drawn = Path(download.value.path()).read_text(encoding="utf-8")
    lines = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    assert said
    assert said.replace(" ", "") in unescape("".join(lines)).replace(" ", "")
    assert "交互图表" not in drawn
