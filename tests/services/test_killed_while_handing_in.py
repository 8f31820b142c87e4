"""kill -9 at random moments while workbooks are handed in: nothing acknowledged is lost, nothing is half stored."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from dashboard.access.doors import Doors
from dashboard.services.standing import standing
from etl import audit
from etl.build import build
from etl.journal import Journal
from etl.store import Store
from tests.etl.stores import assert_equal_builds, yunnan
from tests.services.stores import NOW, liaison, workbook

KILLS = int(os.environ.get("KILLS", "6"))
"""The environment may ask for more."""
CAMPAIGN, PERIOD = yunnan(), "2025-04"


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory):
    """Three revisions each of two units."""
    folder, paths = tmp_path_factory.mktemp("workbooks"), []
    for count in (4, 5, 6):
        for unit in ("533400", "533300"):
            path = folder / f"{unit}-{PERIOD}-{count}.xlsx"
            path.write_bytes(workbook(tmp_path_factory.mktemp("made"), unit, PERIOD, count=count))
            paths.append(path)
    return paths


def killed(folder: Path, workbooks: list[Path], after: float = 600) -> list[list[str]]:
    """What a process acknowledged until it ended, or was killed so many seconds after it had started to work."""
    command = [sys.executable, "-m", "tests.services.handing_in_process", str(folder), *map(str, workbooks)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        timer = subprocess.Popen(
            ["sh", "-c", f"sleep {after:.3f}; kill -9 {process.pid}"], stderr=subprocess.DEVNULL
        )
        told = [line.split() for line in process.stdout if line.endswith("\n")]
        process.wait()
        timer.kill()
        timer.wait()
    return told


def test_a_kill_at_any_moment_loses_nothing_acknowledged_and_leaves_nothing_half(workbooks, tmp_path):
    chance, folder = random.Random(time.time_ns()), tmp_path / "store"
    folder.mkdir()
    started = time.monotonic()
    assert sum(line[0] == "receipt" for line in killed(folder, workbooks)) == len(workbooks)
    longest = time.monotonic() - started
    folder = tmp_path / "killed"
    folder.mkdir()
    receipts: dict[str, str] = {}
    for _ in range(KILLS):
        told = killed(folder, workbooks, chance.uniform(0, longest))
        receipts |= {
            number: sha256 for kind, number, sha256 in (line for line in told if line[0] == "receipt")
        }
        _check_whole(folder, receipts)
        drafts = [line for line in told if line[0] == "draft"]
        if drafts and told[-1][0] == "draft":
            _check_draft(folder, drafts[-1])
    assert receipts
    store = Store(folder=folder)
    with closing(Journal(store.journal_url)) as journal:
        continued = build(store, journal, CAMPAIGN, now=NOW).path
        assert_equal_builds(continued, build(store, journal, CAMPAIGN, now=NOW, full=True).path)


def _check_whole(folder: Path, receipts: dict[str, str]) -> None:
    """Every receipt stands for a submission, and every submission has its bytes, rows, revision and act."""
    store = Store(folder=folder)
    with closing(Journal(store.journal_url)) as journal:
        held = journal.submissions()
        numbers = {
            f"{each.unit_code}-{each.period.replace('-', '')}-{each.revision:02d}": each for each in held
        }
        assert {number: numbers[number].sha256 for number in receipts} == receipts
        for each in held:
            assert store.kept(store.workbooks, each.sha256, ".xlsx").exists()
            for sheet in each.sheets:
                if sheet.path is not None:
                    assert pl.read_parquet(store.rows / sheet.path).height == sheet.row_count
        for key in {(each.unit_code, each.period) for each in held}:
            revisions = [each.revision for each in held if (each.unit_code, each.period) == key]
            assert revisions == list(range(1, len(revisions) + 1))
        with journal.reading() as connection:
            assert audit.first_fault(connection, store.audit_key()) is None
            acts = list(audit.listed(connection, limit=10_000))
    # Whoever hands in again what a kill kept from being acknowledged is told so, and that is an act as well.
    told = {row["detail"]["sha256"] for row in acts if row["action"] == "submission.submit"}
    assert told == {each.sha256 for each in held}


def _check_draft(folder: Path, line: list[str]) -> None:
    """A draft that was acknowledged and not handed in yet is there, or its submission is."""
    _, unit, period, draft_id = line
    here = Doors(store=Store(folder=folder))
    draft = standing(here, liaison(unit), unit, period).draft
    assert draft is None or draft.draft_id == draft_id
    if draft is None:
        assert here.journal().submissions(unit_code=unit, period=period)
