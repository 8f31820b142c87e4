"""The pictures of the README, taken of the simulated data in a browser without a network.

    python -m docs.screenshots [--store DIR]

Without a store it makes one first, which takes a minute. Needs Chromium and playwright (requirements-dev.txt).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.first_paint import CHROMIUM, DRAWN, DRAWN_MILLISECONDS, OFFLINE, SIZE
from benchmarks.served import served

PICTURES = Path(__file__).parent / "pictures"
MONTH = "2026-09"
VIEWS = {
    "overview": f"?month={MONTH}",
    "ranking": f"ranking?month={MONTH}",
    "map": f"map?month={MONTH}&kpi=complaints_on_time_rate",
    "indicator": f"indicator?month={MONTH}&kpi=complaints_on_time_rate&level=county&unit=530100",
}
LANGUAGES = ("zh", "en")
WITH_MAPS = "--use-angle=swiftshader"
"""Maps are drawn by the processor, since a machine without a screen has no graphics card."""


def main() -> None:
    """Take every view in every language."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", type=Path, help="a store with simulated data")
    options = parser.parse_args()
    PICTURES.mkdir(exist_ok=True)
    with simulated_store(options.store) as store, served(store) as server, sync_playwright() as playwright:
        arguments = [each for each in OFFLINE if each != "--disable-gpu"] + [WITH_MAPS]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        for language in LANGUAGES:
            for name, view in VIEWS.items():
                address = f"http://127.0.0.1:{server.port}/{view}&lang={language}"
                _take(browser, address, PICTURES / f"{name}-{language}.png")
        browser.close()


@contextmanager
def simulated_store(given: Path | None) -> Iterator[Path]:
    """The store given, else one made for the time being."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "etl", "demo", "--until", "2026-10", "--store", folder]
        subprocess.run(command, check=True)
        yield Path(folder)


def _take(browser: Browser, address: str, path: Path) -> None:
    page = browser.new_page(viewport=SIZE)
    page.goto(address)
    page.wait_for_function(DRAWN, polling="raf", timeout=DRAWN_MILLISECONDS)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path)
    page.close()
    print(path.name)


if __name__ == "__main__":
    main()
