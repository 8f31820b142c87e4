"""A report of which every revision was returned is 已退回 wherever reports are shown, never 未报."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import datetime

import pytest

from dashboard.components.headline import sentence
from etl.build import build
from etl.campaign import load_campaign
from etl.journal import RETURNED, Journal
from etl.review import decide
from tests.dashboard.browsing import opened, text_of
from tests.dashboard.conftest import MONTHS, served
from tests.dashboard.sample_store import ROOT, make_store

CAMPAIGN = load_campaign(ROOT / "data" / "campaigns" / "yunnan-2025")
UNIT, MISSING, MONTH = CAMPAIGN.reporting_units[0], CAMPAIGN.reporting_units[-1], MONTHS[-1]
NOW = datetime(2026, 10, 10, 9)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A dashboard on a store in which one unit's only report was returned and one has not reported."""
    store = make_store(tmp_path_factory.mktemp("returned"), CAMPAIGN.name, MONTHS)
    with closing(Journal(store.journal_url)) as journal:
        with journal.writing() as connection:
            submission = f"{UNIT.code}-{MONTH}"
            decide(connection, submission, RETURNED, by="王芳", now=NOW, reasons=[{"reason": "数据有误"}])
        build(store, journal, CAMPAIGN, now=NOW)
    with served(store.folder) as at:
        yield at


def signs(page, place: str) -> list[str]:
    """The words of the marks in a place."""
    found = page.locator(f"{place} [role=img]").evaluate_all("all => all.map(each => each.ariaLabel)")
    assert found
    return found


def test_the_overview_says_returned_of_what_was_returned_and_not_reported_of_what_never_came(
    browser, address
):
    with opened(browser, f"{address}/?month={MONTH}") as (page, seen):
        cells = {unit: f'.strip [data-key="{unit.code}"]' for unit in (UNIT, MISSING)}
        told = {unit: page.locator(place).inner_text() for unit, place in cells.items()}
        assert [signs(page, cells[unit]) for unit in (UNIT, MISSING)] == [["已退回"], ["未报"]]
        head = page.locator(".one").first.inner_text()
    assert ("已退回" in told[UNIT], "未报" in told[UNIT]) == (True, False)
    assert "未报" in told[MISSING]
    assert f"{MISSING.short_name}未报；{UNIT.short_name}已退回待改" in head
    assert seen.failures == []


def test_the_unit_s_page_says_so_beside_its_figures_and_in_its_reports(browser, address):
    with opened(browser, f"{address}/unit?unit={UNIT.code}&month={MONTH}") as (page, seen):
        facts = page.locator(".unit-facts > div", has_text="报送").inner_text()
        latest = ".unit-reports tbody tr:first-child td:nth-child(2)"
        assert signs(page, latest) == ["已退回"]
        timing, head = page.locator(latest).inner_text(), page.locator(".one").first.inner_text()
    assert "已退回" in facts
    assert "未报" not in re.sub("未报，不排名", "", facts)
    assert "已退回" in timing
    assert head.startswith("本月月报已退回待改")
    assert seen.failures == []


def test_the_pages_agree_with_the_one_of_who_has_reported(browser, address):
    with opened(browser, f"{address}/progress?month={MONTH}") as (page, _):
        text = text_of(page)
    assert f"{UNIT.short_name}已退回待改" in text
    assert f"{MISSING.short_name}未报" in text


def test_more_than_a_few_are_counted_and_a_returned_one_is_not_waited_for():
    names = {unit.code: unit.short_name for unit in CAMPAIGN.reporting_units}
    rows = [
        {"unit_code": code, "state": state, "has_report": False, "returned": returned, "extended_to": None}
        for code, state, returned in zip(
            names, ["not_due"] * 2 + ["not_reported"] * 4, [True, False, *[True] * 3, False], strict=False
        )
    ]
    told = re.sub("<[^>]+>", "", sentence(rows, [], names, level="州（市）", top=CAMPAIGN.top.code))
    units = list(names.values())
    assert told == f"0/6个州（市）已报；{units[5]}未报；4个已退回待改；1个未到期。"
