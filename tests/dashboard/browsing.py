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


# Asked of the browser itself, not of this process for every request; what needs no network has no host.
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
    """A page with every request off this machine refused and remembered, drawn to its end.

    ``visit`` is the role looked around in on simulated data, such as liaison.530100; a leader's without one.
    """
    context, seen = browser.new_context(viewport=size, accept_downloads=True), Seen()

    def refuse(route: object) -> None:
        seen.outside.append(route.request.url)
        route.abort()

    context.route(OUTSIDE, refuse)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    if origin in SECRETS:
        context.add_cookies([{"name": COOKIE, "value": SECRETS[origin], "url": origin}])
    if visit:
        context.add_cookies([{"name": visitors.COOKIE, "value": visit, "url": origin}])
    page = context.new_page()
    page.on("pageerror", lambda error: seen.failures.append(str(error)))
    page.on("console", lambda message: _remember(message, seen))
    page.goto(url)
    page.wait_for_selector(drawn, timeout=60_000)
    if drawn == DRAWN:
        settled(page)
    try:
        yield page, seen
    finally:
        context.close()


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
