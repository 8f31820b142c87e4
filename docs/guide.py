"""The pictures of the liaisons' guide, and how long a small prefecture's workbook takes to fill in.

    python -m docs.guide [--store DIR]

A liaison of 迪庆州 hands in the month that is open today: a workbook with mistakes, then the mended one; a
reviewer returns it. Works on a copy of the store; without one it makes simulated data first, which takes a
minute. Needs Chromium and playwright (requirements-dev.txt).
"""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import openpyxl
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.first_paint import CHROMIUM, DRAWN_MILLISECONDS, OFFLINE
from benchmarks.served import Served, served
from dashboard.access import visitors
from docs.screenshots import PICTURES, simulated_store
from etl import calendar
from etl.campaign import Campaign, Unit, load_campaign
from etl.demo import workbook_bytes
from etl.sheets import SHEETS
from etl.simulation.plan import PlannedWorkbook
from etl.simulation.typed_in import type_in
from etl.simulation.workbook import contents
from etl.store import Store
from etl.writing.issue_template import issue_template

CAMPAIGN = Path(__file__).resolve().parent.parent / "data" / "campaigns" / "yunnan-2025"
UNIT, FIRST, SEED = "533400", "2025-10", 1
SIZE = {"width": 1120, "height": 700}
KEY_SECONDS, THINK_SECONDS = 0.28, 1.35
"""A keystroke of an average typist, and the moment before each cell (Card, Moran, Newell: the keystroke-level
model, Communications of the ACM 23(7), 1980)."""
READY = """() => document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'
    && document.querySelector('.head h1') && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')"""
"""That the page's script has run to its end, and nothing on it is of the run before or still to come."""
MISTAKES = {
    ("基础情况", "E6"): "约十人",
    ("月度情况", "D4"): -3,
    ("投诉台账", "F20"): "热线",
    ("培训台账", "G3"): "半天",
}


def main() -> None:
    """Take the pictures and print the figures the guide gives."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", type=Path, help="a store with simulated data; it is copied")
    options = parser.parse_args()
    campaign, now = load_campaign(CAMPAIGN), datetime.now()
    # The last month that is over: of one that has only begun there is hardly anything to hand in.
    month = [each for each in campaign.periods if calendar.last_day(each) < now.date()][-1]
    unit = campaign.unit(UNIT, campaign.reporting_level)
    planned = PlannedWorkbook(unit_code=UNIT, period=month, received_at=now.replace(microsecond=0))
    cover, rows = contents(campaign, planned, seed=SEED, first=FIRST)
    so_far = {key: _so_far(key, held, now) for key, held in rows.items()}
    filled = type_in(campaign, unit, month, cover=cover, rows=so_far, created=planned.received_at)
    with simulated_store(options.store) as given, tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "store"
        shutil.copytree(given, copy)
        whole = workbook_bytes(campaign, planned, seed=SEED, first=FIRST)
        _tell_minutes(campaign, unit, month, copy, whole)
        with served(copy) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OFFLINE))
            _hand_in(browser, server, month, filled)
            browser.close()


def _so_far(key: str, rows: Sequence[Mapping[str, object]], now: datetime) -> list[dict[str, object]]:
    """A simulated month as far as it has happened: nobody hands in what is still to come."""
    happened = [rule.columns[0] for rule in SHEETS[key].rules if rule.kind == "in_the_future"]
    required = [name for name in happened if SHEETS[key].column(name).required]
    known = [row for row in rows if not any(_is_later(row.get(name), now) for name in required)]
    return [
        {**row, **(_still_open(key) if any(_is_later(row.get(name), now) for name in happened) else {})}
        for row in known
    ]


def _is_later(moment: object, now: datetime) -> bool:
    return moment is not None and f"{moment:%Y-%m-%d}" > f"{now:%Y-%m-%d}"


def _still_open(key: str) -> dict[str, object]:
    """A case or issue that is dealt with later in the month, as it stands before."""
    if key == "issues":
        return {"status": "整改中", "closed_on": None}
    return {
        "responded_at": None,
        "closed_at": None,
        "closed_on_time": None,
        "callback": None,
        "confirmed": None,
    }


def _tell_minutes(campaign: Campaign, unit: Unit, month: str, store: Path, filled: bytes) -> None:
    """How many cells are typed, and how long that takes by the keystroke-level model."""
    template = openpyxl.load_workbook(io.BytesIO(issue_template(campaign, unit, month, Store(folder=store))))
    by_sheet = {
        sheet.title: _typed(template[sheet.title], sheet)
        for sheet in openpyxl.load_workbook(io.BytesIO(filled)).worksheets
        if sheet.title in template.sheetnames
    }
    for title, texts in by_sheet.items():
        seconds = sum(THINK_SECONDS + KEY_SECONDS * (len(text) + 1) for text in texts)
        print(f"{title}: {len(texts)} cells, {sum(map(len, texts))} keys, {seconds / 60:.0f} min")


def _typed(template: object, sheet: object) -> list[str]:
    """The texts of the cells a template did not hold already, rows of logs found again by their number."""
    held = {str(row[0].value): {str(cell.value) for cell in row} for row in template.iter_rows()}
    return [
        str(cell.value)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
        and cell.value != template[cell.coordinate].value
        and str(cell.value) not in held.get(str(row[0].value), ())
    ]


def _hand_in(browser: Browser, server: Served, month: str, filled: bytes) -> None:
    """The whole way, a picture at each station."""
    page = _page(browser, server, f"liaison.{UNIT}", f"hand_in?month={month}")
    _take(page, "guide-start")
    _upload(page, "迪庆州填报表.xlsx", _with_mistakes(filled))
    _take(page, "guide-findings")
    began = time.monotonic()
    _upload(page, "迪庆州填报表-已改.xlsx", filled)
    print(f"upload and check: {time.monotonic() - began:.1f} s")
    for number, field in enumerate(page.locator(".st-key-reasons input").all()):
        field.fill("本月新录用人员到岗")
        field.press("Enter")
        page.locator(".st-key-reasons .met").nth(number).wait_for(timeout=DRAWN_MILLISECONDS)
    _take(page, "guide-submit")
    page.get_by_label("数据负责人姓名").fill("李某某")
    page.get_by_role("button", name="提交", exact=True).click()
    page.get_by_text("已提交。回执号").first.wait_for(timeout=DRAWN_MILLISECONDS)
    _take(page, "guide-receipt")
    page.close()
    _return(browser, server, month)
    page = _page(browser, server, f"liaison.{UNIT}", f"hand_in?month={month}")
    _take(page, "guide-returned")
    page.close()


def _return(browser: Browser, server: Served, month: str) -> None:
    page = _page(browser, server, "reviewer", f"review?month={month}&unit={UNIT}")
    page.get_by_text("退回修改").click()
    # What opens beside a list that is open closes it again.
    page.wait_for_function("() => !document.getAnimations().some(each => each.playState === 'running')")
    page.get_by_label("工作表").first.click()
    page.get_by_role("option", name="基础情况").click()
    page.get_by_label("单元格").first.fill("E6")
    page.get_by_label("退回理由").first.fill("在岗人数较上月增加6人，请核对并补充录用文件")
    page.get_by_label("退回理由").first.press("Tab")
    page.wait_for_function(READY, polling="raf", timeout=DRAWN_MILLISECONDS)
    page.get_by_role("button", name="退回", exact=True).click()
    page.get_by_text("第1版已退回").wait_for(timeout=DRAWN_MILLISECONDS)
    page.close()


def _page(browser: Browser, server: Served, role: str, view: str) -> Page:
    address = f"http://127.0.0.1:{server.port}"
    page = browser.new_page(viewport=SIZE)
    page.context.add_cookies([{"name": visitors.COOKIE, "value": quote(role), "url": address}])
    page.goto(f"{address}/{view}")
    page.wait_for_function(READY, polling="raf", timeout=DRAWN_MILLISECONDS)
    return page


def _upload(page: Page, name: str, content: bytes) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    chosen = {"name": name, "mimeType": kind, "buffer": content}
    page.locator(".st-key-upload_workbook input").set_input_files(chosen)
    page.locator(".st-key-findings", has_text=f"{name}：").wait_for(timeout=DRAWN_MILLISECONDS)
    page.wait_for_function(READY, polling="raf", timeout=DRAWN_MILLISECONDS)


def _with_mistakes(filled: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(filled))
    for (sheet, cell), value in MISTAKES.items():
        book[sheet][cell].value = value
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _take(page: Page, name: str) -> None:
    """The page down to its end, without what only simulated data show."""
    page.wait_for_function(READY, polling="raf", timeout=DRAWN_MILLISECONDS)
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size(SIZE | {"height": min(height, 1400)})
    page.wait_for_function(READY, polling="raf", timeout=DRAWN_MILLISECONDS)
    page.screenshot(path=PICTURES / f"{name}.png")
    page.set_viewport_size(SIZE)
    print(f"{name}.png")


if __name__ == "__main__":
    main()
