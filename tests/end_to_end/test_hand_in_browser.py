"""From sign-in to receipt in a real browser: twenty mistakes found at once, mended, submitted, returned, passed, frozen."""

from __future__ import annotations

import io
import re
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from dashboard.access import accounts
from dashboard.access.doors import SHANGHAI, Doors
from dashboard.access.gate import COOKIE
from dashboard.services import hand_in, submitting
from etl import audit
from etl.findings import key_of
from etl.journal import FrozenMonthError, Journal
from etl.store import Store
from tests.dashboard.browsing import NARROW, WIDE, at_rest, opened, settled, text_of
from tests.dashboard.conftest import served
from tests.etl.example_workbooks import example_workbook_rows
from tests.etl.stores import write_workbook, yunnan
from tests.services.stores import liaison, published, workbook

MONTH, UNIT, TOP = "2026-09", "533400", "530000"
PASSWORD = "Dianchi-2026-ok"
CAMPAIGN = yunnan()


def with_people(folder):
    """A real store nothing was handed into yet, with the people who will."""
    people = (
        ("diqing", "李明", "liaison", [UNIT]),
        ("kunming", "和丽", "liaison", ["530100"]),
        ("province", "赵敏", "liaison", [TOP]),
        ("review", "王芳", "reviewer", []),
    )
    with closing(Journal(Store(folder=folder).journal_url)) as journal, journal.writing() as connection:
        now = datetime.now(SHANGHAI).replace(tzinfo=None)
        for account_id, name, role, units in people:
            accounts.create(connection, account_id, name, PASSWORD, roles=[role], units=units, now=now)
        connection.execute(accounts.ACCOUNT.update().values(must_change_password=False))
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The store everything is handed into."""
    return with_people(tmp_path_factory.mktemp("hand-in"))


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """The address of a dashboard on a store nothing is handed into."""
    with served(with_people(tmp_path_factory.mktemp("untouched"))) as address:
        yield address


@pytest.fixture(scope="module")
def real(store):
    """The address of a dashboard on it."""
    with served(store) as address:
        yield address
    published()


def sign_in(page, account_id):
    page.fill("#account", account_id)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_selector(".head h1")
    settled(page)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A good workbook of 迪庆州 on disk."""
    path = tmp_path_factory.mktemp("workbooks") / "迪庆9月.xlsx"
    return write_workbook(path, CAMPAIGN, CAMPAIGN.unit(UNIT, CAMPAIGN.reporting_level), MONTH, count=12)


def mistaken(path):
    """The workbook with twenty mistakes, and the cells they stand in; the cells' right values beside them."""
    book = openpyxl.load_workbook(path)
    seeded, right = set(), {}

    def put(sheet, column, row, value):
        titles = {str(cell.value).split("\n")[0]: cell.column for cell in book[sheet][2]}
        cell = book[sheet].cell(row=row, column=titles[column])
        right[sheet, cell.coordinate] = cell.value
        seeded.add((sheet, cell.coordinate))
        cell.value = value

    for row, value in zip((3, 4, 5), ("十二", "约30", "3..5"), strict=True):
        put("基础情况", "核定执法编制数", row, value)
    for row, value in zip((3, 4, 5), (-1, 2.5, None), strict=True):
        put("月度情况", "应公开行政处罚决定数", row, value)
    for row, value in zip(range(3, 8), ("热线", "電話", "12345x", "口头", None), strict=True):
        put("投诉台账", "来源渠道", row, value)
    for row, value in zip(range(3, 7), ("2026-02-30 09:00", "昨天", "2099-01-01 10:00", None), strict=True):
        put("投诉台账", "受理时间", row, value)
    for row, value in zip(range(3, 6), ("abc", None, -3), strict=True):
        put("培训台账", "学时", row, value)
    for row, value in zip(range(3, 5), (None, date(2099, 1, 1)), strict=True):
        put("问题整改台账", "发现日期", row, value)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue(), seeded, right


def upload(page, name, content):
    """Choose a file and wait until the page shows what was found in it."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    chosen = {"name": name, "mimeType": kind, "buffer": content}
    with page.expect_response("**/workbook?*") as answer:
        page.locator(".st-key-upload_workbook input").set_input_files(chosen)
    assert answer.value.status == 200, answer.value.text()
    page.locator(".st-key-findings", has_text=f"{name}：").wait_for(timeout=30_000)
    settled(page)


def test_a_liaison_goes_from_sign_in_through_twenty_mistakes_to_a_receipt(browser, real, store, good):
    content, seeded, right = mistaken(good)
    assert len(seeded) == 20
    with opened(browser, f"{real}/?month={MONTH}", drawn="#account") as (page, seen):
        sign_in(page, "diqing")
        page.goto(f"{real}/?month={MONTH}")
        page.wait_for_selector(".st-key-upload_workbook input", state="attached")
        settled(page)
        assert "迪庆州 · 2026年9月报送" in text_of(page)
        upload(page, "9月.xlsx", content)
        assert "必须修改" in text_of(page)
        with page.expect_download() as download:
            page.get_by_text("下载标注好的工作簿").click()
        marked = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
        commented = {
            (sheet.title, cell.coordinate)
            for sheet in marked.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.comment and cell.fill.fgColor.rgb[-6:] == "F8D7C4"
        }
        assert seeded - commented == set()
        for (sheet, address), value in right.items():
            marked[sheet][address].value = value
        mended = io.BytesIO()
        marked.save(mended)
        upload(page, "9月-标注.xlsx", mended.getvalue())
        assert "0处必须修改" in text_of(page)
        assert "提交后的指标预览" in text_of(page)
        assert "各表均有填报，没有零报告和无变化的声明。" in text_of(page)
        for field in page.locator(".st-key-reasons input").all():
            field.fill("已核实，属实")
            field.press("Enter")
            settled(page)
        page.reload()
        page.get_by_role("button", name="提交").wait_for()
        settled(page)
        page.get_by_label("数据负责人姓名").fill("周伟")
        page.get_by_role("button", name="提交").click()
        page.get_by_text("已提交。回执号").first.wait_for(timeout=60_000)
        settled(page)
        text = text_of(page)
    assert f"回执号 {UNIT}-202609-01" in text
    assert seen.failures == []
    with closing(Journal(Store(folder=store).journal_url)) as journal:
        (held,) = journal.submissions()
    assert (held.unit_code, held.certified_by, held.received_by) == (UNIT, "周伟", "李明")


def handed_in(store, folder, unit, count, month=MONTH):
    """A submission of a unit through the service, as its liaison."""
    here = Doors(store=Store(folder=store))
    content = workbook(folder, unit, month, count=count)
    draft = hand_in.receive(here, liaison(unit), unit, month, "报表.xlsx", content)
    hand_in.explain(here, liaison(unit), unit, month, {key_of(each): "属实" for each in draft.to_explain})
    return submitting.submit(here, liaison(unit), unit, month, draft.draft_id, "周伟")


def pressed(page, button, told):
    """Press a button and wait for what it comes to."""
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_text(told).first.wait_for(timeout=30_000)
    settled(page)


def test_a_reviewer_returns_then_passes_and_a_frozen_month_takes_nothing(browser, real, store, tmp_path):
    kunming = "530100"
    handed_in(store, tmp_path, kunming, 6)
    with opened(browser, f"{real}/", drawn="#account") as (page, seen):
        sign_in(page, "review")
        page.goto(f"{real}/review?month={MONTH}&unit={kunming}")
        page.get_by_text("昆明 · 报送内容").wait_for(timeout=30_000)
        settled(page)
        page.get_by_text("退回修改").click()
        at_rest(page)
        page.get_by_label("单元格").first.fill("D4")
        page.get_by_label("退回理由").first.fill("与上月相差过大<b>请核实</b>")
        # What is refused is told at the form, which stays open with all that was typed.
        pressed(page, "退回", "请选择D4所在的工作表")
        assert page.locator("[class*=st-key-refused_return]").get_by_text("请选择D4").count() == 1
        page.get_by_label("工作表").first.click()
        page.get_by_role("option", name="月度情况").click()
        pressed(page, "退回", "第1版已退回")
        # A return that was a mistake is undone, and taken again.
        page.get_by_text("撤销退回").click()
        pressed(page, "改为审核通过", "第1版已审核通过")
        page.get_by_text("退回修改").click()
        at_rest(page)
        page.get_by_label("退回理由").first.fill("与上月相差过大<b>请核实</b>")
        pressed(page, "退回", "第1版已退回")
        handed_in(store, tmp_path, kunming, 7)
        page.reload()
        page.get_by_text("与第1版相比").wait_for(timeout=30_000)
        settled(page)
        pressed(page, "审核通过", "第2版已审核通过")
        page.get_by_text("冻结本月").first.click()
        page.get_by_label("理由（有报送未审核、有单位未报或尚未截止时必填）").fill("到期冻结")
        pressed(page, "冻结本月", "已冻结，本月不再接收新的版本")
    assert seen.failures == []
    with pytest.raises(FrozenMonthError, match="已冻结，不再接收新的版本；确需更正的，请联系省厅管理员"):
        handed_in(store, tmp_path, kunming, 8)
    with opened(browser, f"{real}/?month={MONTH}", drawn="#account") as (page, seen):
        sign_in(page, "kunming")
        page.goto(f"{real}/?month={MONTH}")
        page.get_by_text("本月已冻结，不再接收新的版本").wait_for(timeout=30_000)
        settled(page)
        assert page.locator(".st-key-upload_workbook").count() == 0
        cookies = {each["name"]: each["value"] for each in page.context.cookies()}
        foreign = [
            f"/hand-in/{UNIT}/{MONTH}/template",
            f"/hand-in/{UNIT}/{MONTH}/marked",
            f"/receipts/{UNIT}-2026-09-0123456789abcdef",
        ]
        assert [page.request.get(f"{real}{path}").status for path in foreign] == [403] * 3
        sent = page.request.put(
            f"{real}/hand-in/{UNIT}/{MONTH}/workbook", data=b"x", headers={"origin": real}
        )
        assert sent.status == 403
        # Which page is whose, test_permissions asks for each; that a closed one is closed in the browser, these.
        for path in ("progress", "review", "indicator?rows=533400"):
            page.goto(f"{real}/{path}")
            page.get_by_text("您的账号不能打开这一页").wait_for(timeout=30_000)
            settled(page)
            assert "迪庆" not in text_of(page)
        page.goto(f"{real}/unit?unit={UNIT}&month={MONTH}")
        page.get_by_role("heading", name="昆明市 · 2026年9月").first.wait_for(timeout=30_000)
        settled(page)
        assert "迪庆" not in text_of(page)
    assert COOKIE in cookies


def test_a_reviewer_closes_a_rectified_issue_and_its_liaison_sees_it_closed(browser, real, store, tmp_path):
    kunming, month = "530100", "2026-08"
    handed_in(store, tmp_path, kunming, 6, month)
    with opened(browser, f"{real}/", drawn="#account") as (page, seen):
        sign_in(page, "review")
        page.goto(f"{real}/review?month={month}&unit={kunming}")
        page.get_by_text("昆明待销号的问题（2个）").wait_for(timeout=30_000)
        settled(page)
        page.get_by_text("昆明待销号的问题（2个）").click()
        page.locator("table", has_text="issue_id-0005").wait_for(timeout=30_000)
        pressed(page, "销号", "请先选择要销号的问题")
        choice = page.locator(".st-key-closing_form").get_by_role("button", name="issue_id-0002")
        if not choice.is_visible():
            page.get_by_text("昆明待销号的问题（2个）").click()
        choice.click()
        page.get_by_label("销号依据").fill("现场核查<b>属实</b>，照片 12-15")
        pressed(page, "销号", "已销号1个。")
        page.get_by_text("昆明已销号的问题（1个）").click(timeout=30_000)
        assert "现场核查<b>属实</b>，照片 12-15" in text_of(page)
        assert page.get_by_text("昆明待销号的问题（1个）").count() == 1
    assert seen.failures == []
    with opened(browser, f"{real}/", drawn="#account") as (page, seen):
        sign_in(page, "kunming")
        page.goto(f"{real}/?month={month}")
        page.get_by_text("已销号1个").first.wait_for(timeout=30_000)
        settled(page)
        page.get_by_text("已销号1个").click()
        assert "issue_id-0002" in text_of(page)
    assert seen.failures == []


def test_what_is_typed_or_pressed_for_one_unit_is_never_another_s(browser, real, store, tmp_path):
    month, first, second = "2026-05", "530100", UNIT
    for unit in (first, second):
        handed_in(store, tmp_path, unit, 6, month)
    with opened(browser, f"{real}/", drawn="#account") as (page, seen):
        sign_in(page, "review")
        page.goto(f"{real}/review?month={month}")
        page.get_by_text("昆明 · 报送内容").wait_for(timeout=30_000)
        page.get_by_text("退回修改").click()
        page.get_by_label("退回理由").first.fill("昆明的第3行有误")
        # Whoever passes one sees that one, passed, and goes on to the next by a link.
        pressed(page, "审核通过", "第1版已审核通过")
        assert page.get_by_role("heading", name="昆明 · 报送内容").count() == 1
        page.get_by_role("link", name="下一份待审核：迪庆").click()
        page.get_by_text("迪庆州 · 报送内容").wait_for(timeout=30_000)
        settled(page)
        page.get_by_text("退回修改").click()
        assert page.get_by_label("退回理由").first.input_value() == ""
    assert seen.failures == []
    with closing(Journal(Store(folder=store).journal_url)) as journal:
        assert {each.unit_code: each.state for each in journal.submissions(period=month)} == {
            first: "passed",
            second: "received",
        }


def test_a_role_taken_away_counts_for_what_is_pressed_on_an_open_page(browser, real, store, tmp_path):
    month = "2026-04"
    handed_in(store, tmp_path, "530100", 6, month)
    now = datetime.now(SHANGHAI).replace(tzinfo=None)

    def become(*roles):
        with closing(Journal(Store(folder=store).journal_url)) as journal, journal.writing() as connection:
            accounts.change_rights(connection, "review", roles=roles, units=[], is_active=True, now=now)

    with opened(browser, f"{real}/", drawn="#account") as (page, seen):
        sign_in(page, "review")
        page.goto(f"{real}/review?month={month}")
        page.get_by_text("昆明 · 报送内容").wait_for(timeout=30_000)
        settled(page)
        become("viewer")
        page.get_by_role("button", name="审核通过").click()
        page.get_by_text("王芳（领导）").wait_for(timeout=30_000)
        settled(page)
    become("reviewer")
    assert seen.failures == []
    with closing(Journal(Store(folder=store).journal_url)) as journal:
        assert [each.state for each in journal.submissions(period=month)] == ["received"]
        with journal.reading() as connection:
            told = [(each["action"], each["outcome"]) for each in audit.listed(connection, limit=3)]
    assert ("submission.pass", "refused") in told


def test_what_comes_of_a_press_is_told_in_the_reader_s_language(browser, real, store, tmp_path):
    handed_in(store, tmp_path, "530100", 6, "2026-03")
    with opened(browser, f"{real}/", drawn="#account") as (page, seen):
        sign_in(page, "review")
        page.goto(f"{real}/review?month=2026-03&lang=en")
        page.get_by_text("Freeze the month").first.click(timeout=30_000)
        at_rest(page)
        pressed(page, "Freeze the month", "Settle it first, or say why")
        refused = page.locator(".st-key-refused_freeze").inner_text()
    assert seen.failures == []
    assert re.findall("[\u3002\uff0c\uff1b]|\u672a\u5ba1\u6838", refused) == []


def test_a_liaison_takes_back_what_she_handed_in_and_restores_it(browser, real, store, tmp_path):
    month = "2026-07"
    handed_in(store, tmp_path, "530100", 6, month)
    with opened(browser, f"{real}/", NARROW, drawn="#account") as (page, seen):
        sign_in(page, "kunming")
        page.goto(f"{real}/?month={month}")
        page.get_by_text("撤回第1版").click(timeout=30_000)
        page.get_by_label("撤回原因").fill("以为报错了")
        pressed(page, "撤回", "已撤回第1版。")
        page.get_by_text("恢复已撤回的第1版").click()
        page.get_by_label("恢复原因").fill("核对无误")
        pressed(page, "恢复", "已恢复第1版，等待审核。")
        assert page.get_by_text("撤回第1版", exact=True).count() == 1
    assert seen.failures == []


def split(folder, counties, month):
    """A workbook of 迪庆州 as three counties send it: each its own rows, all with a preparer of their own."""
    rows = example_workbook_rows(CAMPAIGN, CAMPAIGN.unit(UNIT), month, 9)
    paths = []
    for number, leaf in enumerate(counties):
        own = {
            key: [row for row in each if leaf.code in (row.get("unit_code"), row.get("unit"))]
            for key, each in rows.items()
        }
        path, cover = folder / f"{leaf.name}.xlsx", {"prepared_by": f"填报人{number}"}
        paths.append(write_workbook(path, CAMPAIGN, CAMPAIGN.unit(UNIT), month, rows=own, cover=cover))
    return paths


def choose(page, paths):
    """Choose files to be merged, and wait until the page shows what came of them."""
    with page.expect_response(re.compile(r"/merge/[0-9a-f]{16}\?")) as answer:
        page.locator(".st-key-upload_merge input").set_input_files([str(path) for path in paths])
    assert answer.value.status == 200, answer.value.text()
    page.locator(".st-key-merged").wait_for(timeout=30_000)
    settled(page)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_liaison_merges_what_the_counties_sent_and_uploads_it(browser, untouched, tmp_path, size):
    month, other = "2026-08", "2026-07"
    paths = split(tmp_path, CAMPAIGN.leaves(UNIT)[:3], month)
    with opened(browser, f"{untouched}/?month={month}", size, drawn="#account") as (page, seen):
        sign_in(page, "diqing")
        page.goto(f"{untouched}/?month={month}")
        page.get_by_text("合并县（市、区）报来的表").click()
        page.locator(".st-key-upload_merge input").set_input_files(str(paths[0]))
        page.get_by_text("请一次选中2至20份文件").wait_for()
        choose(page, paths)
        text = text_of(page)
        assert "合并了3份" in text
        assert "填报人0" in text
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        with page.expect_download() as download:
            page.get_by_text("下载合并好的工作簿").click()
        content = Path(download.value.path()).read_bytes()
        upload(page, "合并.xlsx", content)
        assert "填报人" in page.locator(".st-key-findings").inner_text()
        page.goto(f"{untouched}/?month={other}")
        page.wait_for_selector(".st-key-upload_workbook input", state="attached")
        settled(page)
        assert page.locator(".st-key-merged").count() == 0
    assert seen.failures == []
    assert "合并报告" in openpyxl.load_workbook(io.BytesIO(content)).sheetnames


PAYLOADS = (
    "<script>window.__xss=1</script>",
    "<img src=x onerror=window.__xss=1>",
    "<svg onload=window.__xss=1>",
    '"><img src=x onerror=window.__xss=1>',
    "'><svg/onload=window.__xss=1>",
    "</textarea><script>window.__xss=1</script>",
    "</style><script>window.__xss=1</script>",
    "<a href=javascript:window.__xss=1>点我</a>",
    "[点我](javascript:window.__xss=1)",
    "![x](x){onerror=window.__xss=1}",
    "<iframe srcdoc='<script>parent.__xss=1</script>'>",
    "<details open ontoggle=window.__xss=1>",
    "<input autofocus onfocus=window.__xss=1>",
    "<body onload=window.__xss=1>",
    "<math><mtext><img src=x onerror=window.__xss=1></mtext></math>",
    "&lt;img src=x onerror=window.__xss=1&gt;",
    "${window.__xss=1}",
    "{{window.__xss=1}}",
    "<b style=position:fixed;inset:0;background:red>冒充</b>",
    '=HYPERLINK("javascript:window.__xss=1")',
)


def poisoned(content):
    """The workbook with a payload in the cells of two columns, and in what people sign with."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet, column, first in (
        ("投诉台账", "来源渠道", 3),
        ("整治情况", "内容", 3),
        ("投诉台账", "工单编号", 3),
    ):
        titles = {str(cell.value).split("\n")[0]: cell.column for cell in book[sheet][2]}
        for number, payload in enumerate(PAYLOADS):
            cell = book[sheet].cell(row=first + number, column=titles[column])
            if cell.value is not None or column == "来源渠道":
                cell.value, cell.data_type = payload, "s"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_text_from_cells_and_file_names_is_shown_as_text(browser, real, store, tmp_path):
    month, payload = "2026-10", PAYLOADS[1]
    content = poisoned(workbook(tmp_path, UNIT, month, count=len(PAYLOADS)))
    with opened(browser, f"{real}/", drawn="#account") as (page, seen):
        sign_in(page, "diqing")
        page.goto(f"{real}/?month={month}")
        page.wait_for_selector(".st-key-upload_workbook input", state="attached")
        settled(page)
        upload(page, f"{payload}.xlsx", content)
        shown = page.locator(".st-key-findings").inner_text()
        assert [each for each in PAYLOADS if " ".join(each.split()) not in " ".join(shown.split())] == []
        chosen = {"name": f"[x](#y) {payload}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1"}
        page.locator(".st-key-upload_attachment input").set_input_files(chosen)
        page.locator(".st-key-attached", has_text="onerror").wait_for(timeout=30_000)
        settled(page)
        pressed(page, "移除", "已移除附件")
        assert page.locator(".st-key-attached").get_by_role("link").count() == 0
        assert page.locator(".st-key-told").get_by_text("[x](#y)").count() == 1
        settled(page)
        assert page.evaluate("window.__xss") is None
        assert (
            page.locator(".stMain script, .stMain iframe, .stMain [onerror], .stMain [onload]").count() == 0
        )
    assert seen.failures == []
    here, who = Doors(store=Store(folder=store)), liaison(UNIT)
    rows = example_workbook_rows(CAMPAIGN, CAMPAIGN.unit(UNIT), month, len(PAYLOADS))
    for key, columns in (
        ("issues", ("issue_id", "description", "measure", "department")),
        ("complaints", ("complaint_id", "street")),
    ):
        for row, told in zip(rows[key], PAYLOADS, strict=False):
            row.update(dict.fromkeys(columns, told))
    good = workbook(tmp_path, UNIT, month, cover={"prepared_by": payload}, rows=rows)
    draft = hand_in.receive(here, who, UNIT, month, "报表.xlsx", good)
    hand_in.explain(here, who, UNIT, month, {key_of(each): payload for each in draft.to_explain})
    receipt = submitting.submit(here, who, UNIT, month, draft.draft_id, payload)
    published()
    with opened(browser, f"{real}/", drawn="#account") as (page, seen):
        sign_in(page, "review")
        for view in (
            f"review?month={month}&unit={UNIT}",
            f"unit?month={month}&unit={UNIT}",
            f"map?month={month}&unit={UNIT}&kpi=issues_rectified_rate",
            f"indicator?month={month}&kpi=issues_rectified_rate&rows={TOP}",
        ):
            page.goto(f"{real}/{view}")
            page.wait_for_selector(".head h1")
            settled(page)
            if "&rows" in view:
                # An issue's number is free text.
                assert "onerror=window.__xss=1" in text_of(page)
            assert page.evaluate("window.__xss") is None
            assert page.locator(".stMain [onerror], .stMain iframe").count() == 0
        page.goto(f"{real}/receipts/{receipt.submission_id}")
        assert payload in text_of(page)
        assert page.evaluate("window.__xss") is None
    assert seen.failures == []


def test_the_province_s_own_register_has_no_open_work_and_no_counties_to_merge(browser, tmp_path):
    here = Doors(store=Store(folder=with_people(tmp_path)))
    for code in (TOP, UNIT):
        unit = CAMPAIGN.unit(code)
        content = write_workbook(tmp_path / f"{code}.xlsx", CAMPAIGN, unit, MONTH).read_bytes()
        draft = hand_in.receive(here, liaison(code), code, MONTH, "报表.xlsx", content)
        hand_in.explain(here, liaison(code), code, MONTH, {key_of(each): "属实" for each in draft.to_explain})
        submitting.submit(here, liaison(code), code, MONTH, draft.draft_id, "周伟")
    published()
    told = {}
    with served(tmp_path) as real:
        for account_id in ("province", "diqing"):
            with opened(browser, f"{real}/?month={MONTH}", drawn="#account") as (page, seen):
                sign_in(page, account_id)
                page.goto(f"{real}/?month={MONTH}")
                page.wait_for_selector(".st-key-upload_workbook input", state="attached")
                settled(page)
                told[account_id] = text_of(page)
            assert seen.failures == []
    assert "云南省 · 2026年9月报送" in told["province"]
    words = ("合并县（市、区）报来的表", "至2026年9月的报送", "未办结的投诉和未销号的问题也已列入")
    assert [word in told["diqing"] for word in words] == [True] * 3
    assert [word in told["province"] for word in words] == [False] * 3
