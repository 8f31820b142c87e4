"""A page in a real browser with the network cut off, and what went on behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from dashboard.access import visitors
from dashboard.access.gate import COOKIE
from dashboard.access.permissions import PERMISSIONS
from dashboard.pages import PAGES

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
DRAWN = ".head h1, .empty"

LEADERS_PAGES = [page for page in PAGES if PERMISSIONS[f"page.{page.key}"].reach["viewer"]]
"""The pages a leader may open; the others have tests of their own, as those who may open them."""
SECRETS: dict[str, str] = {}
"""The session's secret by the address of a dashboard that wants one: those on real data."""

# A page below the root is asked for Streamlit's own addresses first, to find out where the root is.
PROBES = re.compile(r"/[a-z]+/_stcore/(health|host-config)$")


# What needs no network has no host.
OUTSIDE = re.compile(r"^(?!(https?|wss?)://127\.0\.0\.1[:/]|(data|blob|about|chrome-error|chrome):)")


@dataclass
class Seen:
    """What went on behind a page: requests off this machine, errors in its console."""

    outside: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@contextmanager
def opened(
    browser: object, url: str, size: dict[str, int] = WIDE, *, drawn: str = DRAWN, visit: str = ""
) -> Iterator[tuple[object, Seen]]:
    """A page drawn to its end; what it asked for off this machine, which the browser never reaches, is remembered.

    ``visit`` is the role looked around in on simulated data, such as liaison.530100; a leader's without one.
    """
    context, seen = IDLE.pop() if IDLE else browser.new_context(accept_downloads=True), Seen()
    try:
        page = context.new_page()
        page.set_viewport_size(size)
        _sign_in(context, page, "{0.scheme}://{0.netloc}".format(urlsplit(url)), visit)
        page.on("request", lambda request: OUTSIDE.match(request.url) and seen.outside.append(request.url))
        page.on("pageerror", lambda error: seen.failures.append(str(error)))
        page.on("console", lambda message: _remember(message, seen))
        page.goto(url)
        page.wait_for_selector(drawn, timeout=60_000)
        if drawn == DRAWN:
            settled(page)
        yield page, seen
    except BaseException:
        context.close()
        raise
    for each in context.pages:
        each.close()
    IDLE.append(context)


IDLE: list[object] = []
"""Contexts nobody uses. What they keep of the scripts need not be fetched and compiled for every page anew."""


def _sign_in(context: object, page: object, origin: str, visit: str) -> None:
    """Forget who was here before, and be who is to look."""
    context.clear_cookies()
    stored = {"origin": origin, "storageTypes": "local_storage,session_storage"}
    context.new_cdp_session(page).send("Storage.clearDataForOrigin", stored)
    if origin in SECRETS:
        context.add_cookies([{"name": COOKIE, "value": SECRETS[origin], "url": origin}])
    if visit:
        context.add_cookies([{"name": visitors.COOKIE, "value": visit, "url": origin}])


FAILED = ".st-key-failed"
"""What stands in the place of a page that could not be made."""


def settled(page: object) -> None:
    """Wait until the script has run to its end, nothing on the page is stale, and its style sheet holds."""
    page.wait_for_function(
        "() => { const app = document.querySelector('.stApp');"
        " return app && app.dataset.testScriptState === 'notRunning'"
        " && !document.querySelector('[data-stale=true]')"
        " && getComputedStyle(document.documentElement).getPropertyValue('--ink'); }",
        timeout=60_000,
    )
    assert not page.locator(FAILED).count(), "a page could not be made: see the server's log"


def resized(page: object, size: dict[str, int]) -> dict[str, int]:
    """Give the window another size, and wait until the page has come to rest in it; the size."""
    page.set_viewport_size(size)
    page.wait_for_function("width => innerWidth === width", arg=size["width"])
    settled(page)
    at_rest(page)
    return size


def at_rest(page: object) -> None:
    """Wait until nothing moves: what opens beside a list that is open closes it again."""
    page.wait_for_function("() => !document.getAnimations().some(each => each.playState === 'running')")


def _remember(message: object, seen: Seen) -> None:
    where = str((message.location or {}).get("url", ""))
    if message.type == "error" and not PROBES.search(where):
        seen.failures.append(f"{message.text} {where}")


def loaded(page: object) -> list[str]:
    """Which of the large libraries the page has loaded so far."""
    names = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    return [
        library for library in ("PlotlyChart", "DeckGlJsonChart") if any(library in name for name in names)
    ]


def text_of(page: object) -> str:
    """All text a reader sees."""
    return page.locator("body").inner_text()


PALE = """() => {
    const parts = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((part) => part / 255).map((part) =>
        part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
    const behind = (element) => {
        const {x, y, width, height} = element.getBoundingClientRect();
        const under = [...(element.closest('svg')?.querySelectorAll('rect') ?? [])].filter((each) => {
            const place = each.getBoundingClientRect();
            const {fillOpacity, opacity} = getComputedStyle(each);
            return fillOpacity * opacity === 1 && place.left <= x && place.right >= x + width && place.top <= y + height / 2
                && place.bottom >= y + height / 2;
        }).map((each) => parts(getComputedStyle(each).fill)).filter((fill) => fill.length === 3);
        if (under.length) return under.at(-1);
        for (let each = element; each; each = each.parentElement) {
            const [r, g, b, alpha = 1] = parts(getComputedStyle(each).backgroundColor);
            if (r !== undefined && alpha === 1) return [r, g, b];
        }
        return [255, 255, 255];
    };
    const found = new Set();
    const walker = document.createTreeWalker(document.querySelector('.stApp'), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (!node.textContent.trim() || !element.checkVisibility({visibilityProperty: true})) continue;
        // Names on a map stand on its shades; a test of the shades themselves sees to them.
        if (element.closest('.areas, .stDeckGlJsonChart, style, script, [data-testid=stSkeleton]')) continue;
        const style = getComputedStyle(element);
        const ink = parts(element.closest('svg') ? style.fill : style.color);
        const [one, two] = [light(ink), light(behind(element))].sort((a, b) => b - a);
        const ratio = (one + 0.05) / (two + 0.05);
        if (ratio < 4.5) found.add(`${node.textContent.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
    }
    return [...found];
}"""
"""Texts whose contrast to what is behind them is under 4.5 : 1 (WCAG 2, AA)."""
