"""The server purges by itself; who had a draft that is gone is told why; an upload of the same bytes keeps its file."""

from __future__ import annotations

import os
import time
from contextlib import closing
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from filelock import FileLock

from dashboard.access.doors import SHANGHAI
from dashboard.services import hand_in, previewing, submitting
from dashboard.services.keeping import purge_once
from dashboard.services.reporting import NotReadyError
from dashboard.services.standing import standing
from etl.act import SERVER
from etl.findings import key_of
from etl.journal import Journal
from etl.journal_tables import AUDIT, DRAFT
from etl.store import Store
from tests.dashboard.conftest import served
from tests.services.stores import DIQING, MONTH, NOW, doors_of, liaison

LATER = datetime(2031, 1, 1)
"""When everything of these tests is past its days, by the clock of this machine too."""
ROUNDS = int(os.environ.get("ROUNDS", "6"))
"""The environment may ask for more."""
PATIENCE = 60


def acts_of(journal) -> list[tuple[str, str]]:
    with journal.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.select(AUDIT.c.who, AUDIT.c.action))]


def test_a_server_purges_a_forgotten_draft_and_whoever_asks_for_it_is_told(here, good):
    who = liaison(DIQING)
    draft = hand_in.receive(here, who, DIQING, MONTH, "报表.xlsx", good)
    later = doors_of(here.store.folder, now=LATER)

    purge_once(later)

    assert not here.store.kept(here.store.workbooks, draft.sha256, ".xlsx").exists()
    assert acts_of(here.journal())[-2:] == [(SERVER, "draft.purge"), (SERVER, "workbook.purge")]
    for asked in (
        lambda: hand_in.marked(later, who, DIQING, MONTH, "zh"),
        lambda: hand_in.explain(later, who, DIQING, MONTH, {}),
        lambda: submitting.submit(later, who, DIQING, MONTH, draft.draft_id, "周伟"),
        lambda: previewing.draft_build(later, who, DIQING, MONTH).__enter__(),
    ):
        with pytest.raises(NotReadyError, match="已按保留期限清除；请重新上传"):
            asked()
    assert standing(later, who, DIQING, MONTH).draft_purged
    again = hand_in.receive(later, who, DIQING, MONTH, "报表.xlsx", good)
    assert hand_in.marked(later, who, DIQING, MONTH, "zh")[1]
    assert again.sha256 == draft.sha256
    assert not standing(later, who, DIQING, MONTH).draft_purged


def test_a_draft_whose_file_is_lost_is_told_of_without_a_traceback(here, good):
    who = liaison(DIQING)
    draft = hand_in.receive(here, who, DIQING, MONTH, "报表.xlsx", good)
    here.store.kept(here.store.workbooks, draft.sha256, ".xlsx").unlink()
    for asked in (
        lambda: hand_in.marked(here, who, DIQING, MONTH, "zh"),
        lambda: submitting.submit(here, who, DIQING, MONTH, draft.draft_id, "周伟"),
    ):
        with pytest.raises(NotReadyError, match="请重新上传"):
            asked()


def test_a_purge_waits_for_a_backup_and_is_done_the_next_time(here, good):
    hand_in.receive(here, liaison(DIQING), DIQING, MONTH, "报表.xlsx", good)
    later = doors_of(here.store.folder, now=LATER)
    with FileLock(here.store.purge_lock):
        purge_once(later)
    assert standing(here, liaison(DIQING), DIQING, MONTH).draft is not None
    purge_once(later)
    assert standing(here, liaison(DIQING), DIQING, MONTH).draft is None


def test_a_purge_that_fails_leaves_the_server_running(here, good, caplog):
    hand_in.receive(here, liaison(DIQING), DIQING, MONTH, "报表.xlsx", good)
    (here.store.folder / "audit.key").write_bytes(b"cut short")

    purge_once(doors_of(here.store.folder, now=LATER))

    assert "purging failed" in caplog.text
    with here.journal().reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(DRAFT)).scalar_one() == 1


def test_a_workbook_handed_in_at_the_moment_its_bytes_are_purged_has_its_file(here, good):
    """The bytes were an upload replaced long ago; they come again in the very moment a purge is after them."""
    who, path = liaison(DIQING), None
    purges = 0
    for _ in range(ROUNDS):
        sha256 = here.store.keep(here.store.workbooks, good, ".xlsx")
        path = here.store.kept(here.store.workbooks, sha256, ".xlsx")
        os.utime(path, (0, 0))
        with here.journal().writing() as connection:
            connection.execute(DRAFT.delete())
        start, received = Barrier(2), []

        def handing_in(start=start, received=received):
            start.wait()
            received.append(hand_in.receive(here, who, DIQING, MONTH, "报表.xlsx", good))

        thread = Thread(target=handing_in)
        thread.start()
        start.wait()
        while thread.is_alive():
            purge_once(doors_of(here.store.folder, now=machine_now()))
            purges += 1
        thread.join()
        assert path.exists()
        assert received[0].sha256 == sha256
    assert purges >= ROUNDS
    hand_in.explain(here, who, DIQING, MONTH, {key_of(each): "属实" for each in received[0].to_explain})
    assert submitting.submit(here, who, DIQING, MONTH, received[0].draft_id, "周伟").sha256 == sha256


def machine_now() -> datetime:
    return datetime.now(SHANGHAI).replace(tzinfo=None)


def test_a_server_that_starts_purges_beside_answering(tmp_path):
    folder = tmp_path / "store"
    folder.mkdir()
    store = Store(folder=folder)
    with closing(Journal(store.journal_url)) as journal:
        journal.claim("yunnan-2025", simulated=False, now=NOW)
        sha256 = store.keep(store.workbooks, b"an upload replaced since", ".xlsx")
        path = store.kept(store.workbooks, sha256, ".xlsx")
        os.utime(path, (0, 0))
        with served(folder):
            until = time.monotonic() + PATIENCE
            while path.exists() and time.monotonic() < until:
                os.sched_yield()
        assert not path.exists()
        assert (SERVER, "workbook.purge") in acts_of(journal)


def test_a_store_nothing_was_put_into_is_left_alone(tmp_path):
    here = doors_of(tmp_path / "store", now=NOW + timedelta(days=900))
    purge_once(here)
    assert list(here.store.folder.iterdir()) == []
