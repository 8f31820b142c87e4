"""kill -9 at random moments of a load: nothing acknowledged is lost, nothing is half stored."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from etl.journal import Journal
from etl.store import Store
from etl.warehouse import current_build
from tests.etl.stores import build_tables, write_workbook, yunnan

KILLS = int(os.environ.get("KILLS", "6"))
"""The environment may ask for more."""
RECEIPT_TIMES = {"received_at", "first_received_at"}


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workbooks")
    campaign = yunnan()
    return [
        write_workbook(folder / f"{unit.code}-{period}.xlsx", campaign, unit, period, count=4)
        for unit in campaign.reporting_units[-2:]
        for period in ("2025-04", "2025-05")
    ]


@pytest.fixture(scope="module")
def uninterrupted(workbooks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("uninterrupted") / "store"
    started = time.monotonic()
    assert start(workbooks, folder).wait() == 0
    return folder, time.monotonic() - started


def start(workbooks, folder: Path, stderr=subprocess.DEVNULL) -> subprocess.Popen:
    command = [sys.executable, "-m", "etl", "load", *map(str, workbooks), "--store", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True)


def acknowledged(messages: Path) -> int:
    return len(re.findall("已接收 / accepted", messages.read_text(encoding="utf-8")))


def contents(folder: Path) -> dict[str, object]:
    """Everything a store says, but for the times of receipt."""
    store = Store(folder=folder)
    journal = Journal(store.journal_url)
    submissions = journal.submissions()
    journal.close()
    found: dict[str, object] = {
        "journal": [(s.submission_id, s.revision, s.state, s.cover, s.sheets) for s in submissions]
    }
    for submission in submissions:
        for sheet in submission.sheets:
            if sheet.path:
                rows = pl.read_parquet(store.rows / sheet.path)
                assert rows.height == sheet.row_count
                found[sheet.path] = rows.rows()
    build = current_build(store)
    for name, frame in build_tables(build).items() if build else ():
        found[name] = sorted(map(repr, frame.drop(RECEIPT_TIMES & set(frame.columns)).rows()))
    return found


@pytest.mark.skipif(
    os.name == "nt", reason="kill -9 is a POSIX signal; the order of writes is the same there"
)
def test_a_killed_load_loses_nothing_acknowledged_and_can_simply_be_run_again(
    workbooks, uninterrupted, tmp_path
):
    reference, seconds = uninterrupted
    expected = contents(reference)
    random_source = random.Random(20261125)
    interrupted = 0
    for number in range(KILLS):
        folder, messages = tmp_path / f"store{number}", tmp_path / f"messages{number}"
        with messages.open("wb") as stderr:
            process = start(workbooks, folder, stderr)
            try:
                process.wait(timeout=random_source.uniform(0.2, seconds))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                interrupted += process.wait() == -signal.SIGKILL
        if (folder / "journal.sqlite").exists():
            after = contents(folder)
            assert len(after["journal"]) >= acknowledged(messages)
            assert after["journal"] == expected["journal"][: len(after["journal"])]

        assert start(workbooks, folder).wait() == 0

        assert contents(folder) == expected, number
        assert list((folder / "warehouse").glob(".building-*")) == []
    # A machine that was slower while the reference was loaded lets some finish before their kill.
    assert interrupted
