"""From a click until the page has come to rest, in Chromium, beside the page 排名 in the same run.

    python -m benchmarks.interactions [--repeats 3] [--against CHECKOUT]

Starts its own dashboard on the store (--store or STORE_DIR), waits until the server is idle, and walks through
the pages as a reader who has never seen them, then again. At rest: the script has ended, every block is drawn,
and neither the document nor the frames of the browser have stirred for a while. ``--against`` walks through
another checkout too, the two in turn. Figures are medians and ratios to 排名 (first view, or again) of one run.
Linux only (/proc); needs Chromium and playwright.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from benchmarks.first_paint import CHROMIUM, OFFLINE, SIZE
from benchmarks.served import ROOT, Served, served
from benchmarks.tables import print_table

REST_MILLISECONDS = 120_000
AIM = 2.0

WATCH = """
const watch = window.interaction = { from: 0, stirred: 0, ran: false };
for (const kind of ['pointerdown', 'keydown']) {
  addEventListener(kind, () => {
    watch.from = watch.stirred = performance.now();
    watch.ran = false;
  }, true);
}
document.addEventListener('DOMContentLoaded', () => {
  new MutationObserver((changes) => {
    watch.stirred = performance.now();
    watch.ran ||= changes.some(({ attributeName }) => attributeName === 'data-test-script-state');
  }).observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
});
let before = performance.now();
const frame = (now) => {
  if (now - before > 250) watch.stirred = Math.max(watch.stirred, now);
  before = now;
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
"""
AT_REST = """(hasRun) => {
  const find = (selector) => [...document.querySelectorAll(selector)];
  const ready = find('[data-testid=stApp][data-test-script-state=notRunning]').length
    && !find('[data-testid=stSkeleton], [data-testid=stAppSkeleton], [data-stale=true]').length
    && find('[data-testid=stPlotlyChart]').every((chart) => chart.querySelector('.main-svg'))
    && find('[data-testid=stDeckGlJsonChart]').every((map) => map.querySelector('canvas'));
  const { from, stirred, ran } = window.interaction;
  // A run too short to be seen has ended long before three seconds.
  return ready && (ran || !hasRun || performance.now() - from > 3000) && performance.now() - stirred > 500 ? { took: stirred - from } : null;
}"""


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """Something a reader does: ``before`` it what makes it possible, ``compared`` the one it is held against."""

    name: str
    act: Callable[[Page], None]
    before: Callable[[Page], None] = lambda page: None
    compared: str = "排名, first view"


def _pressed(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.click()


def _menu(name: str) -> Callable[[Page], None]:
    return lambda page: page.locator("header").get_by_text(name, exact=True).click()


def _opened(key: str) -> Callable[[Page], None]:
    return lambda page: page.locator(f".st-key-{key} input").click()


def _option(place: int) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("option").nth(place).click()


def _typed(page: Page) -> None:
    page.locator(".dictionary-side input, .stTextInput input").fill("投诉")


WALK = (
    Interaction(name="排名, first view", act=_menu("排名")),
    Interaction(name="地图, first view", act=_menu("地图")),
    Interaction(name="地图: 上月", act=_pressed(".map-play a")),
    Interaction(name="地图: row", act=_pressed(".map-list tbody tr")),
    Interaction(name="指标, first view", act=_menu("指标")),
    Interaction(name="指标: dots to funnel", act=_pressed("[data-go*='chart=funnel']")),
    Interaction(name="单位, first view", act=_menu("单位")),
    Interaction(name="进度, first view", act=_menu("进度")),
    Interaction(name="口径, first view", act=_menu("口径")),
    Interaction(
        name="口径: search",
        before=_typed,
        act=lambda page: page.keyboard.press("Enter"),
        compared="排名, again",
    ),
    Interaction(name="总览, again", act=_menu("总览"), compared="排名, again"),
    Interaction(name="总览: month", before=_opened("month"), act=_option(3), compared="排名, again"),
    Interaction(name="总览: period", before=_opened("period"), act=_option(4), compared="排名, again"),
    Interaction(name="排名, again", act=_menu("排名"), compared="排名, again"),
    Interaction(name="地图, again", act=_menu("地图"), compared="排名, again"),
    Interaction(name="指标, again", act=_menu("指标"), compared="排名, again"),
    Interaction(name="单位, again", act=_menu("单位"), compared="排名, again"),
)
AIMED_AT = ("地图, first view", "地图, again", "地图: 上月", "指标, first view", "指标, again")


def main() -> None:
    """Walk, and print a table a checkout."""
    options = _options()
    walks: dict[Path, list[dict[str, float]]] = {root: [] for root in filter(None, (ROOT, options.against))}
    for _ in range(options.repeats):
        for root, found in walks.items():
            with served(options.store, root=root.resolve()) as server:
                _idle(server)
                found.append(_walk(server.port))
    tables = {str(root): _rows(found) for root, found in walks.items()}
    for root, rows in tables.items():
        print(root)
        print_table(rows)
        far = [row["interaction"] for row in rows if row["interaction"] in AIMED_AT and row["ratio"] > AIM]
        print(f"more than {AIM:g} times 排名: {', '.join(map(str, far)) or 'none'}\n")
    if options.json:
        options.json.write_text(json.dumps(tables, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", type=Path, default=Path(os.environ.get("STORE_DIR", "data/store")))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def _idle(server: Served) -> None:
    """Wait until the server has done what it does after its start: it rests for twice as long as it works."""
    used = -1.0
    while server.cpu_seconds() - used > 0.1:
        used = server.cpu_seconds()
        time.sleep(12)


def _walk(port: int) -> dict[str, float]:
    """Milliseconds of each interaction, in a browser that has seen nothing yet."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OFFLINE))
        page = started.new_page(viewport=SIZE)
        page.add_init_script(WATCH)
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector(".head h1", timeout=REST_MILLISECONDS)
        _rested(page, has_run=False)
        found = {each.name: _measured(page, each) for each in WALK}
        started.close()
    return found


def _measured(page: Page, interaction: Interaction) -> float:
    interaction.before(page)
    _rested(page, has_run=False)
    interaction.act(page)
    return _rested(page, has_run=True)


def _rested(page: Page, *, has_run: bool) -> float:
    """Milliseconds from the last press until the page rests; ``has_run``: the script has to have run since."""
    found = page.wait_for_function(AT_REST, arg=has_run, polling=50, timeout=REST_MILLISECONDS)
    return found.json_value()["took"]


def _rows(walks: Sequence[dict[str, float]]) -> list[dict[str, object]]:
    middle = {each.name: median(walk[each.name] for walk in walks) for each in WALK}
    return [
        {
            "interaction": each.name,
            "ms": round(middle[each.name]),
            "compared with": each.compared,
            "ratio": round(middle[each.name] / middle[each.compared], 2),
        }
        for each in WALK
    ]


if __name__ == "__main__":
    main()
