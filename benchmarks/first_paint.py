"""A page in a real browser with no network but the loopback: until something, and until everything, is drawn."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), "chromium"
)
OFFLINE = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name is looked up, so that nothing leaves this machine, whatever a page asks for. A route of Playwright's would
    # switch off what the browser keeps of earlier pages.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
SIZE = {"width": 1440, "height": 900}
DRAWN_MILLISECONDS = 60_000

DRAWN = """() => {
    const find = (selector) => [...document.querySelectorAll(selector)];
    const ready = find('[data-testid=stApp][data-test-script-state=notRunning]').length
        && find('[data-testid=stMain] [data-testid=stElementContainer]').length
        && !find('[data-testid=stSkeleton], [data-testid=stAppSkeleton]').length
        && find('[data-testid=stPlotlyChart]').every((chart) => chart.querySelector('.main-svg'))
        && find('[data-testid=stDeckGlJsonChart]').every((map) => map.querySelector('canvas'))
        && find('[data-testid^=stBidiComponent]').every((block) => block.clientHeight || !block.checkVisibility());
    if (!ready) return null;
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
        () => done(performance.now()))));
}"""
"""Milliseconds since navigation once the script has finished and every block, chart and map has been painted."""

FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


@dataclass(frozen=True, kw_only=True)
class Paint:
    """Milliseconds from navigation to the first contentful paint, and until the page's content is drawn."""

    first: float
    drawn: float


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium that asks nothing of the internet by itself."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OFFLINE))
        yield started
        started.close()


def visits(started: Browser, address: str) -> tuple[Paint, Paint]:
    """A page opened by a browser that has never seen the dashboard, and opened again by the same browser."""
    context = started.new_context(viewport=SIZE)
    page = context.new_page()
    try:
        return _visit(page, address), _visit(page, address)
    finally:
        context.close()


def _visit(page: Page, address: str) -> Paint:
    page.goto("about:blank")
    page.goto(address, wait_until="commit")
    drawn = page.wait_for_function(DRAWN, polling="raf", timeout=DRAWN_MILLISECONDS).json_value()
    return Paint(first=page.evaluate(FIRST_PAINT), drawn=drawn)
