"""Merging through the service, on a real store: who may, what is kept and for how long, whose it is."""

from __future__ import annotations

import io
import os
import shutil
import time
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread

import openpyxl
import pytest
import sqlalchemy as sa

from dashboard.access.doors import SHANGHAI
from dashboard.access.permissions import ROLES
from dashboard.access.principal import RefusedError
from dashboard.services import hand_in, merging
from dashboard.services.checking import CHECKS_AT_ONCE
from dashboard.services.keeping import purge_once
from dashboard.services.pacing import MOST, TooOftenError
from dashboard.services.reporting import NotReadyError
from etl.journal_tables import AUDIT
from etl.keeping.batches import ABANDONED, KEPT, READING
from tests.services.stores import DIQING, KUNMING, MONTH, NOW, doors_of, liaison, somebody, workbook

BATCH, NEXT_BATCH, THIRD_BATCH = "0123456789abcdef", "fedcba9876543210", "00112233445566ff"
PATIENCE = 60
NAMES = ["香格里拉市.xlsx", "德钦县 13812345678.xlsx"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Two workbooks of 迪庆州 that differ in who prepared them."""
    folder = tmp_path_factory.mktemp("files")
    return [workbook(folder, DIQING), workbook(folder, DIQING, cover={"prepared_by": "和某"})]


def taken(here, files, batch=BATCH):
    for number, content in enumerate(files, start=1):
        merging.take(here, liaison(DIQING), DIQING, MONTH, batch, number, content)


def merged(here, files, batch=BATCH):
    taken(here, files, batch)
    return merging.merge(here, liaison(DIQING), DIQING, MONTH, batch, NAMES[: len(files)])


def kept(here):
    """Every file on the way, by name."""
    return sorted(path.name for path in here.store.merging.glob("*/*/*"))


def changed_at(here, moment, batch=BATCH):
    """Say of a batch that its last file came at this moment."""
    folder = here.store.merging / f"{DIQING}-{MONTH}" / batch
    os.utime(folder, (moment, moment))


@contextmanager
def waiting_in_line(here, batch=BATCH):
    """A merging of a batch that is waiting for its place in line; in it goes what comes of it, once the wait is over."""
    came: list[object] = []

    def merging_it():
        try:
            came.append(merging.merge(here, liaison(DIQING), DIQING, MONTH, batch, NAMES))
        except Exception as error:
            came.append(error)

    thread = Thread(target=merging_it)
    with CHECKS_AT_ONCE, CHECKS_AT_ONCE:
        thread.start()
        until = time.monotonic() + PATIENCE
        while not list(here.store.merging.glob(f"*/*{READING}/*")) and time.monotonic() < until:
            os.sched_yield()
        yield came
    thread.join(PATIENCE)


def acts(here):
    with here.journal().reading() as connection:
        rows = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.sequence)).mappings().all()
    return [(row["action"], row["outcome"]) for row in rows]


def test_what_is_merged_can_be_downloaded_and_handed_in_the_usual_way(here, files):
    made = merged(here, files)
    assert (made.files, [each.kind for each in made.conflicts]) == (2, ["values_differ"])
    assert merging.latest(here, liaison(DIQING), DIQING, MONTH) == made
    name, content = merging.download(here, liaison(DIQING), DIQING, MONTH)
    assert name == "迪庆藏族自治州-2026-09-合并.xlsx"
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames[0] == "合并报告"
    draft = hand_in.receive(here, liaison(DIQING), DIQING, MONTH, name, content)
    assert [(each.kind, each.column) for each in draft.blocking] == [("required_empty", "填报人")]
    done = ["workbook.merge", "workbook.merged", "workbook.merged"]
    assert acts(here)[:3] == [(action, "done") for action in done]


def test_the_files_are_gone_once_they_are_merged_and_the_result_when_the_next_is_there(here, files):
    taken(here, files)
    assert kept(here) == ["01.xlsx", "02.xlsx"]
    made = merged(here, files)
    assert kept(here) == ["merged.xlsx", "result.json"]
    merging.take(here, liaison(DIQING), DIQING, MONTH, NEXT_BATCH, 1, files[0])
    # The connection is lost here: what was merged before is still there.
    assert merging.latest(here, liaison(DIQING), DIQING, MONTH) == made
    assert merging.download(here, liaison(DIQING), DIQING, MONTH)[1]
    broken = merged(here, [b"no workbook"] * 2, NEXT_BATCH)
    assert merging.latest(here, liaison(DIQING), DIQING, MONTH) == broken
    assert kept(here) == ["result.json"]


def test_two_who_merge_for_one_unit_at_once_both_get_their_own_and_the_later_one_stays(here, files):
    taken(here, files)
    with waiting_in_line(here) as first:
        taken(here, files[:1] * 2, NEXT_BATCH)
    second = merging.merge(here, liaison(DIQING), DIQING, MONTH, NEXT_BATCH, NAMES)
    assert [len(made.conflicts) for made in (*first, second)] == [1, 0]
    assert merging.latest(here, liaison(DIQING), DIQING, MONTH) == second
    assert kept(here) == ["merged.xlsx", "result.json"]


def test_a_batch_taken_in_before_another_began_can_be_merged_after_it(here, files):
    taken(here, files)
    merged(here, files[:1] * 2, NEXT_BATCH)
    made = merging.merge(here, liaison(DIQING), DIQING, MONTH, BATCH, NAMES)
    assert merging.latest(here, liaison(DIQING), DIQING, MONTH) == made


def test_a_batch_pressed_twice_is_merged_once_and_the_second_is_told(here, files):
    taken(here, files)
    with waiting_in_line(here) as first, pytest.raises(NotReadyError, match="请重新选择"):
        merging.merge(here, liaison(DIQING), DIQING, MONTH, BATCH, NAMES)
    assert first == [merging.latest(here, liaison(DIQING), DIQING, MONTH)]


def test_files_that_are_lost_while_they_wait_in_line_are_told_of_with_a_remedy(here, files):
    taken(here, files)
    with waiting_in_line(here) as came:
        for folder in here.store.merging.glob(f"*/*{READING}"):
            shutil.rmtree(folder)
    assert "请重新选择" in str(came[0])
    assert isinstance(came[0], NotReadyError)


def test_a_disk_that_takes_nothing_is_told_of_with_a_remedy(here, files):
    here.store.merging.write_bytes(b"where a folder should be")
    with pytest.raises(NotReadyError, match="联系省厅管理员"):
        merging.take(here, liaison(DIQING), DIQING, MONTH, BATCH, 1, files[0])


def test_of_the_batches_of_a_month_that_wait_only_the_newest_two_are_kept(here, files):
    taken(here, files)
    taken(here, files, NEXT_BATCH)
    changed_at(here, 2)
    changed_at(here, 1, NEXT_BATCH)
    taken(here, files, THIRD_BATCH)
    with pytest.raises(NotReadyError, match="请重新选择"):
        merging.merge(here, liaison(DIQING), DIQING, MONTH, NEXT_BATCH, NAMES)
    for batch in (BATCH, THIRD_BATCH):
        assert merging.merge(here, liaison(DIQING), DIQING, MONTH, batch, NAMES).has_workbook


def test_mergings_and_uploads_have_one_pace_and_downloads_none(here, files):
    merged(here, files)
    merging.download(here, liaison(DIQING), DIQING, MONTH)
    for _ in range(MOST - 1):
        hand_in.receive(here, liaison(DIQING), DIQING, MONTH, "a.xlsx", b"no workbook")
    taken(here, files)
    before = acts(here)
    with pytest.raises(TooOftenError):
        merging.merge(here, liaison(DIQING), DIQING, MONTH, BATCH, NAMES)
    with pytest.raises(TooOftenError):
        hand_in.receive(here, liaison(DIQING), DIQING, MONTH, "a.xlsx", b"no workbook")
    assert acts(here) == before


def test_after_a_day_nothing_is_left_of_a_result_whoever_looks_or_nobody(here, files):
    merged(here, files)
    purge_once(doors_of(here.store.folder, now=NOW + KEPT))
    assert kept(here) == ["merged.xlsx", "result.json"]
    later = doors_of(here.store.folder, now=NOW + KEPT + timedelta(seconds=1))
    assert merging.latest(later, liaison(DIQING), DIQING, MONTH) is None
    with pytest.raises(NotReadyError, match="重新合并"):
        merging.download(later, liaison(DIQING), DIQING, MONTH)
    purge_once(later)
    assert kept(here) == []


def test_files_nobody_merges_are_gone_after_an_hour_without_a_visit(here, files):
    taken(here, files)
    taken(here, files, NEXT_BATCH)
    changed_at(here, NOW.replace(tzinfo=SHANGHAI).timestamp())
    purge_once(doors_of(here.store.folder, now=NOW + ABANDONED))
    assert len(kept(here)) == 4
    purge_once(doors_of(here.store.folder, now=NOW + ABANDONED + timedelta(seconds=1)))
    assert len(kept(here)) == 2


def everything(here, person, unit, content):
    """All that somebody can do about merging for a unit and month."""
    return [
        lambda: merging.take(here, person, unit, MONTH, BATCH, 1, content),
        lambda: merging.merge(here, person, unit, MONTH, BATCH, NAMES),
        lambda: merging.latest(here, person, unit, MONTH),
        lambda: merging.download(here, person, unit, MONTH),
    ]


@pytest.mark.parametrize("role", [None, *(role for role in ROLES if role != "liaison")])
def test_nobody_but_the_unit_s_own_liaison_gets_at_it(here, files, role):
    made = merged(here, files)
    person = liaison(KUNMING) if role is None else somebody(role)
    for tried in everything(here, person, DIQING, files[0]):
        with pytest.raises(RefusedError):
            tried()
    assert acts(here)[-4:] == [*[("workbook.merge", "refused")] * 3, ("workbook.merged", "refused")]
    assert merging.latest(here, liaison(DIQING), DIQING, MONTH) == made
    assert merging.latest(here, liaison(KUNMING), KUNMING, MONTH) is None


@pytest.mark.parametrize(
    ("batch", "number", "content"),
    [
        ("../../other", 1, b"x"),
        ("0123", 1, b"x"),
        (BATCH, 0, b"x"),
        (BATCH, 21, b"x"),
        (BATCH, 1, b""),
        (BATCH, 1, bytes(hand_in.LARGEST + 1)),
    ],
)
def test_what_is_no_file_of_a_batch_is_not_taken_in(here, batch, number, content):
    with pytest.raises(NotReadyError):
        merging.take(here, liaison(DIQING), DIQING, MONTH, batch, number, content)
    assert kept(here) == []


@pytest.mark.parametrize("names", [[], ["a.xlsx"], ["a.xlsx"] * 3, ["a.xlsx"] * 21])
def test_a_batch_that_is_not_whole_is_not_merged(here, files, names):
    taken(here, files)
    with pytest.raises(NotReadyError):
        merging.merge(here, liaison(DIQING), DIQING, MONTH, BATCH, names)
    assert merging.latest(here, liaison(DIQING), DIQING, MONTH) is None


def test_files_of_another_unit_and_broken_ones_are_named_and_nothing_of_theirs_is_merged(here, tmp_path):
    foreign = workbook(tmp_path, KUNMING)
    made = merged(here, [foreign, b"no workbook"])
    assert [each.kind for each in made.conflicts] == ["unreadable", "other_unit"]
    assert not made.has_workbook
    assert "13812345678" not in str(made.conflicts)
    with pytest.raises(NotReadyError, match="重新合并"):
        merging.download(here, liaison(DIQING), DIQING, MONTH)
    assert {path.parent.parent for path in here.store.merging.glob("*/*/*")} == {
        here.store.merging / f"{DIQING}-{MONTH}"
    }
