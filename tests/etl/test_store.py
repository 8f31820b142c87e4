"""What several processes may do to one store at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from etl.journal import Journal, SubmittedSheet
from etl.store import Store, write_once

THREADS = 8
SHEET = SubmittedSheet(sheet="basics", content="reported", row_count=1, path="x")


def values(sha256: str) -> dict[str, object]:
    day = datetime(2026, 9, 30)
    return {
        "submission_id": f"U-2026-09-{sha256}",
        "unit_code": "U",
        "period": "2026-09",
        "sha256": sha256,
        "file_name": "a.xlsx",
        "received_at": day,
        "received_by": "测试",
        "data_from": day.date(),
        "data_to": day.date(),
        "cover": {},
        "findings": [],
    }


def at_once(work, arguments):
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, arguments))


def test_everyone_gets_the_same_masking_key(tmp_path):
    store = Store(folder=tmp_path / "store")

    keys = at_once(lambda _: store.masking_key(), range(THREADS))

    assert len(set(keys)) == 1
    assert len(keys[0]) == 32


def test_what_was_written_once_is_not_written_again(tmp_path):
    write_once(tmp_path / "key", b"first")
    write_once(tmp_path / "key", b"second")

    assert (tmp_path / "key").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_revisions_are_numbered_without_gaps_whoever_comes_first(tmp_path):
    store = Store(folder=tmp_path)

    def hand_in(number: int) -> tuple[int, bool]:
        journal = Journal(store.journal_url)
        try:
            return journal.record(values(f"{number:064d}"), [SHEET])
        finally:
            journal.close()

    results = at_once(hand_in, range(3 * THREADS))

    assert sorted(results) == [(revision, True) for revision in range(1, 3 * THREADS + 1)]


def test_the_same_bytes_at_the_same_moment_are_one_submission(tmp_path):
    store = Store(folder=tmp_path)

    def hand_in(_: int) -> tuple[int, bool]:
        journal = Journal(store.journal_url)
        try:
            return journal.record(values("0" * 64), [SHEET])
        finally:
            journal.close()

    results = at_once(hand_in, range(THREADS))

    assert [revision for revision, _ in results] == [1] * THREADS
    assert sum(is_new for _, is_new in results) == 1
