"""One browser for all tests of a process: playwright runs only once in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.first_paint import CHROMIUM, OFFLINE


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Debian's Chromium; where there is none, the tests that look at pages say so and are skipped."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: pages cannot be looked at (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OFFLINE))
        yield started
        started.close()
