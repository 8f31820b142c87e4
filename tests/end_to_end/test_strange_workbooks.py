"""Files nobody made for this program: each gets a clear finding, none takes the process down."""

import resource
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from etl.findings import KINDS, as_text, render
from etl.load import check_file
from etl.read import WorkbookReader
from tests.etl.stores import SHARED, yunnan

FOLDERS = ("odd-workbooks", "government-workbooks")
FILES = sorted(
    path
    for folder in FOLDERS
    for path in (SHARED / "corpora" / folder).glob("*")
    if path.name != "MANIFEST.csv"
)
MOST_SECONDS, MOST_BYTES = 5, 512 * 2**20

pytestmark = pytest.mark.skipif(not FILES, reason="the corpora are not distributed with the repository")


def peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@pytest.fixture(scope="module")
def reader():
    with WorkbookReader() as opened:
        yield opened


@pytest.fixture(scope="module")
def campaign():
    return yunnan()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_strange_file_gets_a_finding_a_user_can_act_on(path: Path, reader, campaign):
    before, started = peak_bytes(), time.monotonic()

    file = check_file(path, reader, campaign, now=datetime(2026, 11, 1), history=lambda *_: None)

    assert time.monotonic() - started < MOST_SECONDS
    assert peak_bytes() - before < MOST_BYTES
    assert file.blocked
    for finding in file.findings:
        assert finding.kind in KINDS
        for language in ("zh", "en"):
            shown = render(finding, path.name, language)
            assert shown["expected"], finding.kind
            assert shown["remedy"], finding.kind
            text = as_text(finding, path.name, language)
            assert "Traceback" not in text
            assert "{" not in text.replace(shown["value"], "")
