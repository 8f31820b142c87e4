"""Workbooks on their way into one: whoever is at it at the same time, and wherever it is cut short, a result is whole."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event

import pytest

from etl.keeping import batches
from etl.keeping.batches import ABANDONED, KEPT, MERGED, READING, Merging
from etl.keeping.due import SHANGHAI
from etl.store import Store

NOW = datetime(2030, 6, 1, 9)
BATCH, OTHER = "0123456789abcdef", "fedcba9876543210"
ROUNDS = int(os.environ.get("ROUNDS", "10"))
"""The environment may ask for more."""
WAIT = 60


@pytest.fixture
def store(tmp_path):
    return Store(folder=tmp_path / "store")


@pytest.fixture
def month(store):
    return store.merging / "530100-2026-09"


def merging_of(files: int, merged_at: datetime = NOW) -> Merging:
    return Merging(files=files, conflicts=(), merged_at=merged_at)


def folders(month):
    return sorted(path.suffix for path in month.iterdir() if path.is_dir())


def test_a_result_stays_a_day_and_what_its_removal_left_half_goes_at_once(store, month):
    batches.keep(month, merging_of(2), b"merged")
    (month / f"half{MERGED}").mkdir()
    assert [path.name for path in batches.forget(store, NOW)] == [f"half{MERGED}"]
    assert batches.latest(month, NOW + KEPT) == merging_of(2)
    later = NOW + KEPT + timedelta(seconds=1)
    assert (batches.latest(month, later), batches.latest_workbook(month, later)) == (None, None)
    assert len(batches.forget(store, later)) == 1
    assert folders(month) == []


def test_of_two_results_left_side_by_side_the_later_one_counts(month):
    batches.keep(month, merging_of(2), b"earlier")
    (earlier,) = month.glob(f"*{MERGED}")
    aside = earlier.rename(month.parent / "aside")
    batches.keep(month, merging_of(3, NOW + timedelta(minutes=1)), b"later")
    # As if the server had been killed before it took the earlier one away.
    aside.rename(earlier)
    assert batches.latest(month, NOW + timedelta(hours=1)).files == 3
    assert batches.latest_workbook(month, NOW + timedelta(hours=1)) == b"later"


def test_a_result_that_cannot_be_put_down_leaves_the_one_before(month):
    batches.keep(month, merging_of(2), b"merged")
    with pytest.raises(TypeError):
        batches.keep(month, merging_of(3), "no bytes")
    assert batches.latest(month, NOW) == merging_of(2)
    assert batches.latest_workbook(month, NOW) == b"merged"
    assert folders(month) == [MERGED]


def test_a_claimed_batch_is_out_of_reach_and_goes_even_if_its_merging_fails(month):
    batches.take(month, BATCH, 1, b"a county's")

    def failing():
        with batches.claimed(month, BATCH, 1) as files:
            assert not batches.is_whole(month, BATCH, 1)
            with pytest.raises(FileNotFoundError):
                batches.claimed(month, BATCH, 1).__enter__()
            for number in range(5):
                batches.take(month, f"{number:016x}", 1, b"another's")
            raise ValueError([path.read_bytes() for path in files])

    with pytest.raises(ValueError, match="a county's"):
        failing()
    assert READING not in folders(month)


def test_files_of_a_merging_that_was_killed_go_after_an_hour(store, month):
    killed = month / f"killed{READING}"
    killed.mkdir(parents=True)
    (killed / "01.xlsx").write_bytes(b"a county's")
    seconds = NOW.replace(tzinfo=SHANGHAI).timestamp()
    os.utime(killed, (seconds, seconds))
    assert batches.forget(store, NOW + ABANDONED) == []
    past = NOW + ABANDONED + timedelta(seconds=1)
    assert batches.forget(store, past, dry_run=True) == [killed]
    assert killed.exists()
    assert batches.forget(store, past) == [killed]
    assert not killed.exists()


def test_whoever_merges_looks_and_forgets_at_the_same_time_there_is_one_whole_result(store, month):
    """Two of a unit merge again and again while others look and the server forgets what is past its time."""
    now = datetime.now(SHANGHAI).replace(tzinfo=None)
    batches.keep(month, merging_of(1, now), b"1")
    ended = Event()

    def merging(batch: str, files: int) -> None:
        for _ in range(ROUNDS):
            for number in range(1, files + 1):
                batches.take(month, batch, number, b"a county's")
            with batches.claimed(month, batch, files) as paths:
                content = str(len([path.read_bytes() for path in paths])).encode()
            batches.keep(month, merging_of(files, now), content)

    def looking() -> int:
        looked = 0
        while not ended.is_set():
            assert batches.latest(month, now) is not None
            assert batches.latest_workbook(month, now) in (b"1", b"2", b"3")
            assert batches.forget(store, now) == []
            looked += 1
        return looked

    with ThreadPoolExecutor() as pool:
        watching = pool.submit(looking)
        working = [pool.submit(merging, BATCH, 2), pool.submit(merging, OTHER, 3)]
        try:
            for each in working:
                each.result(WAIT)
        finally:
            ended.set()
        assert watching.result(WAIT) > 0
    assert folders(month) == [MERGED]
    assert batches.latest_workbook(month, now) == str(batches.latest(month, now).files).encode()
