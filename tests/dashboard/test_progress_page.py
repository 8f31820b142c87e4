"""进度: who has not reported yet, from the build alone and word for word as the command line has it."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import date, datetime, time, timedelta

import pytest

from dashboard.components.progress_head import due, sentence
from dashboard.components.progress_list import body, excused, to_remind
from dashboard.components.progress_reminder import reminder
from dashboard.queries import builds, reports
from etl.calendar import first_day
from etl.campaign import load_campaign
from etl.completeness import COLUMNS, REASON, Report, completeness, matrix
from etl.extensions import NO_EXTENSIONS, Extension, in_force
from etl.journal import Journal
from metrics.connection import current_build, open_build, runner
from tests.dashboard.browsing import NARROW, WIDE, opened, settled, text_of
from tests.metrics.random_store import random_data_set, stored

YUNNAN = load_campaign(builds.CAMPAIGNS / "yunnan-2025")
TODAY = date(2026, 11, 25)
MONTHLY = ("progress", "basics", "monthly", "complaints", "trainings", "issues")


def row_of(
    report: Report | None,
    *,
    code: str = "532900",
    period: str = "2026-10",
    today: date = TODAY,
    until: date | None = None,
) -> dict:
    """A unit's report of a month as the page has it, the unit granted an extension to ``until``."""
    found = matrix(
        YUNNAN,
        {code: report} if report else {},
        period,
        datetime(today.year, today.month, today.day),
        extended(code, period, until) if until else NO_EXTENSIONS,
    )
    whole = reports.whole_reports(found).to_dicts()
    return next(row for row in whole if row["unit_code"] == code) | {"is_register": code == YUNNAN.top.code}


def extended(code: str, period: str, until: date) -> dict[tuple[str, str], Extension]:
    """An extension of a unit and month that ends with this day."""
    granted = Extension(
        unit_code=code,
        period=period,
        due_at=datetime.combine(until + timedelta(days=1), time()),
        reason="停电",
        granted_by="王芳",
        granted_at=datetime(2026, 10, 30, 9),
    )
    return {(code, period): granted}


def came(on: datetime, *, without: tuple[str, ...] = ()) -> Report:
    """A report of all monthly sheets but some."""
    contents = {key: "not_reported" if key in without else "reported" for key in MONTHLY}
    return Report(revision=1, first_received_at=on, contents=contents)


@pytest.mark.parametrize("seed", range(6))
def test_the_build_and_the_journal_tell_the_same_of_every_unit_month_and_sheet(seed, tmp_path):
    data = random_data_set(seed, tmp_path)
    store = stored(data, tmp_path)
    with closing(Journal(store.journal_url)) as journal:
        submissions = journal.submissions()
        with journal.reading() as connection:
            extensions = in_force(connection, data.campaign)
    assert extensions
    with closing(open_build(current_build(store.folder))) as connection:
        for period in data.campaign.periods:
            shown = reports.sheet_matrix(
                runner(connection), data.campaign, [first_day(period)], data.today
            ).to_dicts()
            told = completeness(data.campaign, submissions, period, data.today, extensions)
            # Reasons of extensions are the province's to read.
            assert shown == told.drop(REASON).to_dicts()


# What the reminder says


def letter(row: dict, today: date = TODAY) -> str:
    return reminder(row, YUNNAN.title_zh, today)


def test_a_missing_report_is_asked_for_with_its_sheets_its_due_date_and_the_days_since():
    text = letter(row_of(None))
    assert text.startswith("大理白族自治州联络员：\n您好！")
    assert "2026年10月月报已于2026年10月31日24:00截止" in text
    assert "逾期25天" in text
    assert "应报6张表：整治情况、基础情况、月度情况、投诉台账、培训台账、问题整改台账" in text
    assert "投诉台账、培训台账、问题整改台账本月确无发生的，请在封面填零报告" in text


def test_who_sends_a_reminder_signs_it_and_can_be_asked():
    row = row_of(None)
    assert letter(row).endswith("请与我们联系，以便核对。谢谢！\n2026年11月25日")
    signed = reminder(row, YUNNAN.title_zh, TODAY, sender="王芳")
    assert signed.endswith("请与王芳联系，以便核对。谢谢！\n王芳\n2026年11月25日")


def test_before_the_due_date_the_reminder_says_how_many_days_are_left():
    waiting = row_of(None, period="2026-11")
    assert waiting["state"] == "not_due"
    assert "还有5天" in letter(waiting)
    assert "就是今天" in letter(waiting, date(2026, 11, 30))
    assert "逾期" not in letter(waiting)


def test_a_late_report_is_not_asked_for_again():
    text = letter(row_of(came(datetime(2026, 11, 2, 15))))
    assert "于2026年11月2日收到" in text
    assert "迟2天" in text
    assert "尽快填报" not in text


def test_a_report_short_of_sheets_names_them_and_how_to_mend_it():
    row = row_of(came(datetime(2026, 10, 30), without=("basics", "trainings")))
    assert (row["state"], row["absent"]) == ("on_time", ["basics", "trainings"])
    text = letter(row)
    assert "其中缺2张表：基础情况、培训台账" in text
    assert "重新报送整份工作簿" in text
    assert "培训台账本月确无发生的" in text


def test_a_returned_report_is_to_be_mended():
    row = row_of(Report())
    assert row["returned"]
    assert "已退回" in letter(row)
    assert "请按退回意见修改后重新报送" in letter(row)


def test_an_extension_moves_the_day_a_report_is_held_to():
    late, in_time = datetime(2026, 11, 12, 9), datetime(2026, 11, 9, 9)
    until = date(2026, 11, 10)
    assert row_of(came(in_time))["state"] == "late"
    assert row_of(came(in_time), until=until)["state"] == "on_time"
    assert (row := row_of(came(late), until=until))["state"] == "late"
    assert (row["days_late"], row["due_on"], row["due_day"]) == (2, date(2026, 10, 31), until)
    assert row_of(None, until=date(2026, 11, 26))["state"] == "not_due"
    assert row_of(None, until=TODAY)["state"] == "not_due"
    assert row_of(None, until=TODAY - timedelta(days=1))["state"] == "not_reported"


def test_the_reminder_after_an_extension_counts_from_its_day_and_names_the_first():
    text = letter(row_of(None, until=date(2026, 11, 10)))
    assert "已于2026年11月10日24:00（原定2026年10月31日，已准予延期）截止" in text
    assert "逾期15天" in text
    assert "截止时间为2026年11月30日24:00" in letter(row_of(Report(), until=date(2026, 11, 30)))


def test_who_may_still_report_under_an_extension_is_not_reminded_but_named():
    running, ran_out = date(2026, 11, 30), date(2026, 11, 10)
    rows = [
        row_of(None, code="530100", until=running),
        row_of(None, code="530300", until=ran_out),
        row_of(Report(), code="530400", until=running),
        row_of(None, code="532900"),
    ]
    names = {unit.code: unit.short_name for unit in YUNNAN.reporting_units}
    found = to_remind(rows, names, campaign_title=YUNNAN.title_zh, today=TODAY)
    assert {each.row["unit_code"] for each in found} == {"530300", "530400", "532900"}
    assert excused(rows, names, TODAY) == ["昆明（延期至11月30日）"]
    told, frozen = (
        re.sub("<[^>]+>", "", sentence(rows, names, level="州（市）", today=TODAY, is_frozen=is_frozen))
        for is_frozen in (False, True)
    )
    assert "曲靖、大理州未报（逾期15至25天）；昆明准予延期至11月30日；玉溪已退回待改；截止" in told
    # A frozen month waits for nothing.
    assert frozen.endswith("4个单位未报。")
    assert "<details" not in body(found, [], is_frozen=True)


def test_only_reports_with_something_open_are_reminded_and_the_missing_ones_come_first():
    rows = [
        row_of(came(datetime(2026, 10, 30)), code="530100"),
        row_of(came(datetime(2026, 11, 2)), code="530300"),
        row_of(None, code="532900"),
    ]
    names = {unit.code: unit.short_name for unit in YUNNAN.reporting_units}
    found = to_remind(rows, names, campaign_title=YUNNAN.title_zh, today=TODAY)
    assert [each.row["unit_code"] for each in found] == ["532900", "530300"]


def test_the_due_date_says_where_it_is_estimated_and_how_long_there_is():
    row = row_of(None, period="2026-11") | {"due_is_estimated": True}
    assert due(row, TODAY) == "截止11月30日24:00（推算），还有5天"
    assert due(row, date(2026, 11, 30)) == "今天24:00截止（推算）"
    assert due(row_of(None), TODAY) == "截止10月31日24:00"


def test_a_sheet_left_out_of_a_current_report_is_missing_not_returned():
    found = matrix(
        YUNNAN,
        {"532900": came(datetime(2026, 10, 30), without=("basics",))},
        "2026-10",
        datetime(2026, 11, 2),
    )
    contents = dict(found.filter(unit_code="532900").select("sheet", "content").rows())
    assert list(found.columns) == list(COLUMNS)
    assert (contents["basics"], contents["monthly"], contents["quarterly"]) == ("未报", "已报", "不适用")


# The page


def test_who_has_not_reported_stands_on_the_first_screen(browser, address):
    with opened(browser, address("half") + "/progress?month=2025-06", WIDE) as (page, seen):
        text = text_of(page)
        bottoms = page.eval_on_selector_all(
            ".progress-list > li, .progress-months tr",
            "rows => rows.map(row => row.getBoundingClientRect().bottom)",
        )
        sheets = page.locator(".progress-sheets")
        standing_out = sheets.first.locator("tbody tr").evaluate_all(
            "rows => rows.map(row => [!!row.querySelector('.missed, .late'), row.checkVisibility()])"
        )
        folded = sheets.last.locator("tbody tr").evaluate_all(
            "rows => rows.map(row => [!!row.querySelector('.missed, .late'), row.checkVisibility()])"
        )
        rest = page.locator("[data-key=sheets-rest]").inner_text()
        wanted = page.locator(".progress-list summary").nth(0)
        wanted.click()
        opened_text = page.locator(".progress-list textarea").nth(0)
        letter_text = opened_text.input_value()
        page.locator("[data-copy]").nth(0).click()
        copied = page.locator("[data-copy]").nth(0).inner_text()
        selected = opened_text.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert max(bottoms) <= WIDE["height"]
    assert "9/16个州（市）已报（其中曲靖迟2天）；7个单位未报" in text
    assert len(bottoms) == 8 + 2 + 17
    assert standing_out == [[True, True]] * 8
    assert folded == [[False, False]] * 9
    assert rest.startswith("其余8个单位和登记表")
    assert letter_text.startswith("玉溪市联络员：")
    assert (copied, selected) == ("已复制", letter_text)
    assert seen.failures == []


def test_the_head_of_a_column_leads_to_its_month(browser, address):
    with opened(browser, address("full") + "/progress?month=2025-06", WIDE) as (page, seen):
        page.locator(".progress-months thead a", has_text="5月").click()
        page.wait_for_url("**month=2025-05*")
        page.wait_for_selector(".progress-months thead .now:has-text('5月')")
        settled(page)
        text = text_of(page)
    assert "16/16个州（市）已报；截止5月31日24:00。" in text
    assert "全部按时报送" in text
    assert seen.failures == []


def test_on_a_phone_the_matrix_scrolls_within_itself_under_the_names_of_its_units(browser, address):
    with opened(browser, address("full") + "/progress?month=2025-06&unit=<script>", NARROW) as (page, seen):
        page.locator("[data-key=sheets-rest]").click()
        sheets = page.locator(".progress-scroll", has=page.locator(".progress-sheets")).last
        sheets.evaluate("area => { area.scrollLeft = area.scrollWidth; }")
        left = sheets.evaluate(
            "area => area.querySelector('tbody .unit').getBoundingClientRect().left - area.getBoundingClientRect().left"
        )
        scrolled = sheets.evaluate("area => area.scrollLeft")
        width = page.evaluate("document.documentElement.scrollWidth")
        names = page.locator(".progress-months thead .unit").evaluate(
            "head => head.getBoundingClientRect().right"
        )
        months = page.locator(".progress-months thead tr:last-child th").evaluate_all(
            "heads => heads.map(head => [head.getBoundingClientRect().left, head.getBoundingClientRect().right])"
        )
        year = page.locator(".progress-months .year span").last.evaluate(
            "label => label.getBoundingClientRect().left"
        )
    assert len(months) > 1
    assert all(left >= names - 1 or right <= names + 1 for left, right in months), "a month is cut off"
    assert names <= year < NARROW["width"]
    assert scrolled > 0
    assert left == 0
    assert width <= NARROW["width"]
    assert seen.failures == []


def test_every_cell_of_the_months_says_in_words_what_its_shape_shows(browser, address):
    with opened(browser, address("half") + "/progress?month=2025-06", WIDE) as (page, _):
        cells = page.locator(".progress-months tbody td:not(.count)")
        titles = cells.evaluate_all("cells => cells.map(cell => cell.title)")
    assert len(titles) == 17 * 2
    assert all(re.search(r" 2025年[456]月 · (按时|迟报\d+天|未报，逾期\d+天)", title) for title in titles)
