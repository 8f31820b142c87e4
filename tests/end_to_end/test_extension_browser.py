"""A reviewer grants an extension in a real browser; 进度 and the liaison's own page say so."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime

import pytest

from dashboard.access import accounts
from dashboard.access.doors import SHANGHAI, Doors
from dashboard.services import hand_in, submitting
from etl.findings import key_of
from etl.journal import Journal
from etl.store import Store
from tests.dashboard.browsing import at_rest, opened, settled
from tests.dashboard.conftest import served
from tests.end_to_end.test_hand_in_browser import PASSWORD, pressed, sign_in
from tests.services.stores import liaison, published, workbook

MONTH, UNIT, REPORTED = "2025-06", "533400", "530100"
"""Long past at any clock: what is said here does not depend on today."""
RELOADS = 40


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A real store: one unit has reported, one will be given time."""
    folder = tmp_path_factory.mktemp("extension")
    here = Doors(store=Store(folder=folder))
    content = workbook(tmp_path_factory.mktemp("workbooks"), REPORTED, MONTH)
    draft = hand_in.receive(here, liaison(REPORTED), REPORTED, MONTH, "报表.xlsx", content)
    reasons = {key_of(each): "属实" for each in draft.to_explain}
    hand_in.explain(here, liaison(REPORTED), REPORTED, MONTH, reasons)
    submitting.submit(here, liaison(REPORTED), REPORTED, MONTH, draft.draft_id, "周伟")
    published()
    with closing(Journal(Store(folder=folder).journal_url)) as journal, journal.writing() as connection:
        now = datetime.now(SHANGHAI).replace(tzinfo=None)
        for account_id, name, role, units in (
            ("diqing", "李明", "liaison", [UNIT]),
            ("review", "王芳", "reviewer", []),
        ):
            accounts.create(connection, account_id, name, PASSWORD, roles=[role], units=units, now=now)
        connection.execute(accounts.ACCOUNT.update().values(must_change_password=False))
    return folder


def test_an_extension_is_granted_and_read_wherever_it_matters(browser, store):
    with served(store) as real:
        with opened(browser, f"{real}/", drawn="#account") as (page, seen):
            sign_in(page, "review")
            page.goto(f"{real}/review?month={MONTH}")
            page.get_by_text("准予一个单位延期").wait_for()
            # What is still being drawn closes an open list.
            settled(page)
            page.get_by_text("准予一个单位延期").click()
            at_rest(page)
            form = page.get_by_test_id("stForm").filter(has_text="延期理由")
            form.get_by_label("单位").click()
            page.get_by_role("option", name="迪庆").click()
            page.get_by_role("spinbutton", name="day, 延期后的截止日").click()
            page.keyboard.type("15")
            page.keyboard.press("Tab")
            page.get_by_text("理由仅审核人员和该单位可见").wait_for()
            page.get_by_label("延期理由").fill("")
            pressed(page, "准予", "请写明延期理由")
            page.get_by_label("延期理由").fill("机房停电<b>")
            pressed(page, "准予", "已准予迪庆州延期至7月15日24:00")
            line = page.locator(".st-key-extensions tbody tr").inner_text()
            assert [part in line for part in ("迪庆", "7月15日24:00", "王芳", "机房停电<b>")] == [True] * 4
            cell = page.locator(".progress-months tbody tr", has_text="迪庆").locator("td").first
            for _ in range(RELOADS):
                # The build runs in the background of the server.
                page.goto(f"{real}/progress?month={MONTH}")
                cell.wait_for()
                settled(page)
                if "▷" in cell.inner_text():
                    break
            assert "延期至7月15日" in cell.get_attribute("title")
            sheets = page.locator(".progress-sheets tbody tr", has_text="迪庆")
            assert "未报 · 已逾期 · 延期至7月15日" in sheets.locator("td").nth(2).get_attribute("title")
            assert "延期至7月15日" in sheets.locator(".came").inner_text()
            # Why is for reviewers and the unit itself; everybody opens this page.
            assert "机房停电" not in page.content()
        assert seen.failures == []
        with opened(browser, f"{real}/?month={MONTH}", drawn="#account") as (page, seen):
            sign_in(page, "diqing")
            page.goto(f"{real}/?month={MONTH}")
            page.get_by_text("已准予延期至7月15日24:00（原定6月30日）").wait_for()
            page.get_by_text("延期理由：机房停电<b>").wait_for()
            settled(page)
        assert seen.failures == []
