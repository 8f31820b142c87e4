"""Merging through the service, on a real store: who may, what is kept and for how long, whose it is."""

from __future__ import annotations

import io
import os
from datetime import datetime, timedelta

import openpyxl
import pytest
import sqlalchemy as sa

from dashboard.access.permissions import ROLES
from dashboard.access.principal import RefusedError
from dashboard.services import hand_in, merging
from dashboard.services.hand_in import NotReadyError
from etl.journal_tables import AUDIT
from tests.etl.stores import yunnan
from tests.services.stores import MONTH, doors_of, liaison, published, somebody, workbook

CAMPAIGN = yunnan()
DIQING, KUNMING = "533400", "530100"
BATCH, NEXT_BATCH = "0123456789abcdef", "fedcba9876543210"
NAMES = ["香格里拉市.xlsx", "德钦县 13812345678.xlsx"]


@pytest.fixture
def here(tmp_path):
    doors = doors_of(tmp_path / "store")
    yield doors
    published()


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
    return sorted(path.name for path in here.store.merging.rglob("*") if path.is_file())


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
    assert acts(here)[:2] == [("workbook.merge", "done")] * 2


def test_the_files_are_gone_once_they_are_merged_and_the_result_when_the_next_begins(here, files):
    taken(here, files)
    assert kept(here) == ["01.xlsx", "02.xlsx"]
    merged(here, files)
    assert kept(here) == ["merged.xlsx", "result.json"]
    merging.take(here, liaison(DIQING), DIQING, MONTH, NEXT_BATCH, 1, files[0])
    assert kept(here) == ["01.xlsx"]
    assert merging.latest(here, liaison(DIQING), DIQING, MONTH) is None


def test_after_a_day_nothing_is_left_of_it_whoever_looks(here, files):
    merged(here, files)
    later = doors_of(here.store.folder, now=datetime.now() + timedelta(days=2))
    assert merging.latest(later, liaison(KUNMING), KUNMING, MONTH) is None
    assert kept(here) == []
    with pytest.raises(NotReadyError, match="重新合并"):
        merging.download(later, liaison(DIQING), DIQING, MONTH)


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
    assert acts(here)[-4:] == [("workbook.merge", "refused")] * 4
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
    assert os.listdir(here.store.merging) == [f"{DIQING}-{MONTH}"]
