"""账号 and 审计 in a real browser on real data: an account is made, used and found in the audit."""

from __future__ import annotations

import csv
import io
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from dashboard.access import accounts, sessions, visitors
from dashboard.access.doors import SHANGHAI
from etl import audit
from etl.act import Act
from etl.journal import Journal
from etl.store import Store
from tests.dashboard.browsing import NARROW, SECRETS, WIDE, opened, settled, text_of
from tests.dashboard.conftest import served
from tests.dashboard.test_everyone import PALE

PASSWORD, NEW_PASSWORD = "Dianchi-2026-ok", "Erhai-2026-better"
SCRIPT = "<script>document.title='hacked'</script>"
EARLIER_ACTS = 130
BOM = b"\xef\xbb\xbf"


def now() -> datetime:
    return datetime.now(SHANGHAI).replace(tzinfo=None)


@contextmanager
def written(folder: Path):
    """A writing transaction of the store's journal."""
    with closing(Journal(Store(folder=folder).journal_url)) as journal, journal.writing() as connection:
        yield connection


@pytest.fixture(scope="module")
def store(stores):
    """Real data with an administrator, an auditor, and an audit of more than one page."""
    folder = stores("district")
    key = Store(folder=folder).audit_key()
    with written(folder) as connection:
        for account_id, name, role in (
            ("boss", "张敏", "admin"),
            ("inspector", "钱七", "auditor"),
            ("script", SCRIPT, "viewer"),
        ):
            accounts.create(connection, account_id, name, PASSWORD, roles=[role], units=[], now=now())
        connection.execute(accounts.ACCOUNT.update().values(must_change_password=False))
        for number in range(EARLIER_ACTS):
            who = SCRIPT if number == EARLIER_ACTS - 1 else f"earlier{number}"
            act = Act(at=now(), who=who, action="sign_in", object="", outcome="refused")
            audit.append(connection, key, act)
    return folder


@pytest.fixture(scope="module")
def real(store):
    """The address of a dashboard of its own on it."""
    with served(store) as address:
        yield address


@contextmanager
def signed_in(browser, real, store, account_id, path, size=WIDE):
    """A page as somebody sees it."""
    with written(store) as connection:
        SECRETS[real] = sessions.start(connection, account_id, address="127.0.0.1", now=now())
    try:
        with opened(browser, f"{real}/{path}", size) as seen:
            yield seen
    finally:
        del SECRETS[real]


def choose(page, field, title):
    """Choose from a field that takes several."""
    page.locator(f".st-key-{field} input").fill(title)
    page.get_by_role("option", name=title).click()
    page.keyboard.press("Escape")
    settled(page)


def made(page, account_id, name, role, unit=None):
    """An account made in the browser; the password shown."""
    page.locator(".st-key-new_account input").fill(account_id)
    page.locator(".st-key-new_name input").fill(name)
    choose(page, "new_roles", role)
    if unit:
        choose(page, "new_units", unit)
    page.locator(".st-key-create_account button").click()
    page.wait_for_selector(".people-told")
    settled(page)
    return page.locator(".people-password textarea").input_value()


def sign_in(page, account_id, password):
    page.locator("#account").fill(account_id)
    page.locator("#password").fill(password)
    page.get_by_role("button").click()


def lines(page):
    """Who, what and what it was done to, of each act shown."""
    page.wait_for_selector(".audit-table")
    cells = (
        "all => all.map(row => ['who', 'what', 'object'].map(css => row.querySelector('.' + css).innerText))"
    )
    return [tuple(line) for line in page.eval_on_selector_all(".audit-table tbody tr", cells)]


def test_an_account_made_in_the_browser_signs_in_changes_its_password_and_is_found_in_the_audit(
    browser, real, store
):
    with signed_in(browser, real, store, "boss", "accounts") as (page, seen):
        assert page.locator(".st-key-new_units").count() == 0
        password = made(page, "wangwu", "王五", "联络员", "坪山")
        assert "只显示这一次" in text_of(page)
        assert page.locator(".st-key-new_account input").input_value() == ""
        page.reload()
        page.wait_for_selector(".accounts-table")
        settled(page)
        assert page.locator(".people-password").count() == 0
        assert "wangwu" in page.locator(".accounts-table").inner_text()
    assert seen.failures == []

    with closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto(f"{real}/sign-in")
        sign_in(page, "wangwu", password)
        page.wait_for_url("**/password")
        page.goto(f"{real}/dictionary")
        assert page.url.endswith("/password")
        for field, value in (("old", password), ("new", NEW_PASSWORD), ("again", NEW_PASSWORD)):
            page.locator(f"#{field}").fill(value)
        page.get_by_role("button").click()
        page.wait_for_url("**/sign-in*")
        sign_in(page, "wangwu", NEW_PASSWORD)
        page.wait_for_selector(".person")
        page.get_by_text("王五").first.wait_for()

    with signed_in(browser, real, store, "inspector", "audit") as (page, _):
        found = lines(page)
    assert ("张敏 boss", "新建账号", "wangwu") in found
    assert ("王五 wangwu", "登录", "") in found
    assert ("王五 wangwu", "修改口令", "") in found


def test_what_cannot_be_is_said_in_words_and_the_fields_keep_what_was_typed(browser, real, store):
    with signed_in(browser, real, store, "boss", "accounts") as (page, seen):
        page.locator(".st-key-new_account input").fill("王五")
        page.locator(".st-key-new_name input").fill("王五")
        choose(page, "new_roles", "领导")
        page.locator(".st-key-create_account button").click()
        page.get_by_role("alert").filter(has_text="不可用").wait_for()
        settled(page)
        assert page.locator(".st-key-new_name input").input_value() == "王五"
        assert not page.get_by_text("Traceback").count()
    assert seen.failures == []


def test_an_administrator_stops_an_account_and_starts_it_again(browser, real, store):
    with signed_in(browser, real, store, "boss", "accounts") as (page, _):
        made(page, "sunba", "孙八", "领导")
        page.locator(".st-key-picked_account input").fill("sunba")
        page.get_by_role("option", name="孙八 · sunba").click()
        for button, state in (("停用", "已停用"), ("重新启用", "待改初始口令")):
            page.get_by_role("button", name=button, exact=True).click()
            page.locator(".accounts-table tr", has_text="sunba").get_by_text(state).wait_for()
            settled(page)
        page.get_by_role("button", name="重置口令").click()
        page.get_by_role("button", name="确认重置").click()
        page.wait_for_selector(".people-password")
        assert len(page.locator(".people-password textarea").input_value()) >= 12


def test_nobody_s_text_is_run(browser, real, store):
    for account_id, path in (("boss", "accounts"), ("inspector", "audit")):
        with signed_in(browser, real, store, account_id, path) as (page, seen):
            if path == "audit":
                page.locator(".st-key-audit_who input").fill("<script>")
                page.keyboard.press("Enter")
                page.locator(".exhibit h2", has_text="1条").wait_for()
            assert SCRIPT in page.locator(".people-table").inner_text()
            assert page.title() != "hacked"
            assert page.locator(".people-table script").count() == 0
        assert seen.failures == []


def test_an_auditor_pages_narrows_verifies_and_takes_the_acts_away(browser, real, store):
    with signed_in(browser, real, store, "inspector", "audit") as (page, seen):
        first = [who for who, *_ in lines(page)]
        page.get_by_role("button", name="更早").click()
        page.get_by_role("button", name="回到最新").wait_for()
        settled(page)
        second = [who for who, *_ in lines(page)]
        page.locator(".st-key-audit_verify button").click()
        page.get_by_role("status").filter(has_text="审计记录完整").wait_for()
        page.locator(".st-key-audit_who input").fill("earlier12")
        page.keyboard.press("Enter")
        page.locator(".exhibit h2", has_text="10条").wait_for()
        settled(page)
        page.locator(".st-key-audit_export button").click()
        with page.expect_download() as download:
            page.locator(".people-told [data-save=csv]").click()
        saved = Path(download.value.path()).read_bytes()
    assert len(first) == 100
    assert second
    assert not {who for who in first if who.startswith("earlier")} & set(second)
    assert saved.startswith(BOM)
    rows = list(csv.DictReader(io.StringIO(saved.removeprefix(BOM).decode())))
    assert {row["账号"] for row in rows} == {"earlier12", *(f"earlier12{last}" for last in range(9))}
    assert seen.failures == []


def test_a_visitor_looks_at_accounts_and_changes_none(browser, address):
    with opened(browser, f"{address('full')}/dictionary") as (page, seen):
        cookie = {"name": visitors.COOKIE, "value": "admin", "url": address("full")}
        page.context.add_cookies([cookie])
        page.goto(f"{address('full')}/accounts")
        page.wait_for_selector(".people-matrix")
        settled(page)
        assert "访客只能查看" in text_of(page)
        assert page.locator(".st-key-create_account button").is_disabled()
        assert page.locator(".people-matrix tbody tr").count() > 20
    assert seen.failures == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "390"])
@pytest.mark.parametrize(("account_id", "path"), [("boss", "accounts"), ("inspector", "audit")])
def test_a_page_fits_asks_nothing_of_the_internet_and_can_be_read(
    browser, real, store, account_id, path, size
):
    with signed_in(browser, real, store, account_id, path, size) as (page, seen):
        page.wait_for_selector(".people-table")
        width = page.evaluate("document.documentElement.scrollWidth")
        pale = page.evaluate(PALE)
    assert (seen.outside, seen.failures, pale) == ([], [], [])
    assert width <= size["width"]
