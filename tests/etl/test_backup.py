"""Backups of a store in use: whole when restored, refused when damaged or never finished."""

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from etl import audit, drafts
from etl.accept import accept
from etl.act import Act
from etl.build import build
from etl.drafts import Draft
from etl.journal import PASSED, Journal
from etl.journal_tables import ATTACHMENT
from etl.keeping.backup import backup
from etl.keeping.manifest import JOURNAL, MANIFEST, BackupError, finished, read_manifest, unfinished
from etl.keeping.purge import purge
from etl.keeping.restore import restore
from etl.keeping.verify import verified
from etl.load import check_file
from etl.migrate import OtherJournalError
from etl.read import WorkbookReader
from etl.review import decide, freeze
from etl.store import Store
from etl.warehouse import current_build
from tests.etl.example_workbooks import example_workbook_rows
from tests.etl.stores import NOW, REPOSITORY, assert_equal_builds, load_into, write_workbook, yunnan
from tests.etl.test_migrate import first_version

MONTH, USER = "2026-09", "keeper"
BACKUPS, PROCESSES = 10, 2
ROUND, BEFORE = 6, 2
"""Submissions handed in around each backup, and how many of them before it begins."""
WAIT = 60
LATER = datetime(2030, 1, 1)
"""When everything of these tests is past its days."""
KILLS, FLIPS = 5, 500
posix = pytest.mark.skipif(os.name == "nt", reason="kill -9 and named pipes are POSIX")


@pytest.fixture(scope="module")
def campaign():
    return yunnan()


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory, campaign):
    """Two units' workbooks; in one a cell reads differently from what is stored of it."""
    folder = tmp_path_factory.mktemp("workbooks")
    paths = []
    for unit in campaign.reporting_units[-PROCESSES:]:
        complaints = example_workbook_rows(campaign, unit, MONTH)["complaints"]
        complaints[0]["due_at"] = f"{complaints[0]['due_at']:%Y.%m.%d}"
        path = folder / f"{unit.code}.xlsx"
        paths.append(write_workbook(path, campaign, unit, MONTH, rows={"complaints": complaints}))
    return paths


@pytest.fixture(scope="module")
def source(tmp_path_factory, campaign, workbooks):
    """A store with everything a backup has to bring along."""
    folder = tmp_path_factory.mktemp("source") / "store"
    load_into(folder, workbooks, campaign)
    store = Store(folder=folder)
    draft, scan = b"a draft that is no workbook", b"%PDF- a stamped page"
    journal = Journal(store.journal_url)
    with journal.writing() as connection:
        drafts.keep(connection, draft_of(store.keep(store.workbooks, draft, ".xlsx")))
        told = {"unit_code": "533400", "period": MONTH, "file_name": "盖章页.pdf", "size": len(scan)}
        told |= {"sha256": store.keep(store.attachments, scan, ""), "added_by": "测试", "added_at": NOW}
        connection.execute(ATTACHMENT.insert().values(**told))
        audit.append(connection, store.audit_key(), act("attachment.add"))
    journal.close()
    return store


@pytest.fixture
def mine(source, tmp_path):
    """A store of its own for a test that spoils it."""
    shutil.copytree(source.folder, tmp_path / "mine")
    return Store(folder=tmp_path / "mine")


def draft_of(sha256: str) -> Draft:
    return Draft(
        draft_id="d1",
        unit_code="533400",
        period="2026-10",
        sha256=sha256,
        file_name="草稿.xlsx",
        findings=(),
        reasons={},
        uploaded_by="测试",
        uploaded_at=NOW,
    )


def act(action: str) -> Act:
    return Act(at=NOW, who="测试", action=action, object=f"533400 {MONTH}")


def started(*arguments: object) -> subprocess.Popen:
    command = [sys.executable, "-m", "etl", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    return subprocess.Popen(command, cwd=REPOSITORY, start_new_session=os.name != "nt", **pipes)


def run(*arguments: object) -> tuple[int, str, str]:
    process = started(*arguments)
    out, err = process.communicate()
    assert "Traceback" not in err
    return process.returncode, out, err


def kill(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def kpi_table(store: Store) -> str:
    command = [
        sys.executable,
        "-m",
        "metrics",
        "table",
        "--month",
        MONTH,
        "--period",
        "ytd",
        "--format",
        "csv",
    ]
    command += ["--store", str(store.folder)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True).stdout.decode()


def journal_of(path: Path) -> list[str]:
    """Everything a journal holds but its audit, which goes on with every backup."""
    with closing(sqlite3.connect(path)) as connection:
        return [line for line in connection.iterdump() if not line.startswith('INSERT INTO "audit')]


def acts_of(store: Store) -> list[dict]:
    """The acts of a store in their order."""
    journal = Journal(store.journal_url)
    with journal.reading() as connection:
        acts = list(audit.listed(connection, limit=10_000))
    journal.close()
    return acts[::-1]


def submissions_of(store: Store) -> list:
    journal = Journal(store.journal_url)
    found = journal.submissions()
    journal.close()
    return found


def kept(folder: Path) -> dict[str, bytes]:
    """Every file of a store or a backup that is neither journal, derived nor about the backup."""
    parts = [folder / part for part in ("workbooks", "attachments", "rows")]
    paths = [path for part in parts for path in part.rglob("*") if path.is_file()]
    paths += [folder / "masking.key", folder / "audit.key"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def flip(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 1 << random.Random(position).randrange(8)
    path.write_bytes(content)


def test_a_restored_store_is_the_store_that_was_backed_up(source, tmp_path):
    before, acts = journal_of(source.folder / "journal.sqlite"), acts_of(source)
    code, out, told = run("backup", tmp_path / "backups", "--store", source.folder)
    assert code == 0
    assert "已备份并核对" in told
    [made] = finished(tmp_path / "backups")
    assert out.strip() == str(made)

    code, out, _ = run("restore", made, "--verify-only")
    assert code == 0
    assert "备份完好" in out

    code, out, _ = run("restore", made, "--store", tmp_path / "restored")

    restored = Store(folder=tmp_path / "restored")
    assert code == 0
    assert "报送2份" in out
    assert acts[-1]["action"] in out
    assert submissions_of(restored) == submissions_of(source)
    assert journal_of(restored.folder / "journal.sqlite") == before
    assert acts_of(restored)[:-1] == acts
    assert kept(restored.folder) == kept(source.folder)
    assert any(path.startswith("rows/seen/") for path in kept(restored.folder))
    assert_equal_builds(current_build(restored), current_build(source))
    assert kpi_table(restored) == kpi_table(source)


def test_a_backup_is_the_owners_alone_and_holds_nothing_but_what_its_manifest_names(source, tmp_path):
    made = backup(source, tmp_path / "backups", NOW, user=USER)

    assert made.folder.name == "20270115-093000-1"
    named = {file.path for file in verified(made.folder).files}
    there = {path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()}
    assert there == named | {MANIFEST}
    assert named == {"journal.sqlite", *kept(source.folder)}
    if os.name != "nt":
        assert made.folder.stat().st_mode & 0o077 == 0
        for key in ("masking.key", "audit.key"):
            assert (made.folder / key).stat().st_mode & 0o077 == 0
            restore(made.folder, Store(folder=tmp_path / key), NOW, user=USER)
            assert (tmp_path / key / key).stat().st_mode & 0o077 == 0


def hand_in(folder: Path, workbook: Path, stop, wanted, accepted) -> None:
    """Accept one submission after the other as they are wanted, each with its audited act, until told to stop."""
    store = Store(folder=folder)
    journal = Journal(store.journal_url)
    with WorkbookReader() as reader:
        file = check_file(workbook, reader, yunnan(), now=NOW, history=lambda *_: None)
    told = {"file_name": workbook.name, "received_by": "测试", "received_at": NOW, "findings": []}
    for number in count():
        wanted.acquire()
        if stop.is_set():
            break
        # Other bytes are another revision, whose rows are the same.
        content = file.content + str(number).encode()
        sealed = (store.audit_key(), act("submission.submit"))
        assert accept(store, journal, file.checked, content, sealed=sealed, **told).is_new
        accepted.release()
    journal.close()


@pytest.fixture
def under_load(mine, workbooks):
    """Processes that hand in to a store: semaphores of submissions wanted and accepted, and the way to stop."""
    context = get_context("spawn")
    stop, wanted, accepted = context.Event(), context.Semaphore(0), context.Semaphore(0)
    processes = [
        context.Process(target=hand_in, args=(mine.folder, path, stop, wanted, accepted))
        for path in workbooks
    ]
    for process in processes:
        process.start()

    def exit_codes() -> list[int | None]:
        stop.set()
        for _ in processes:
            wanted.release()
        for process in processes:
            process.join(WAIT)
        return [process.exitcode for process in processes]

    yield wanted, accepted, exit_codes
    exit_codes()


def test_backups_taken_while_submissions_come_in_are_each_whole(mine, under_load, tmp_path, campaign):
    wanted, accepted, exit_codes = under_load
    made, stored = [], []
    for _ in range(BACKUPS):
        for _ in range(ROUND):
            wanted.release()
        assert all(accepted.acquire(timeout=WAIT) for _ in range(BEFORE))
        made.append(backup(mine, tmp_path / "backups", NOW, user=USER))
        stored.append(len(submissions_of(mine)))
        assert all(accepted.acquire(timeout=WAIT) for _ in range(ROUND - BEFORE))
    assert exit_codes() == [0] * PROCESSES

    final = submissions_of(mine)
    sizes = [each.manifest.counts["submissions"] for each in made]
    assert sizes == sorted(set(sizes))
    # Submissions went on coming in while backups were made.
    assert any(size < after for size, after in zip(sizes, stored, strict=True))
    assert finished(tmp_path / "backups") == [each.folder for each in reversed(made)]
    for number, each in enumerate(made):
        restored = Store(folder=tmp_path / f"restored{number}")
        restore(each.folder, restored, NOW, user=USER)
        assert_whole(restored)
        assert submissions_of(restored) == final[: sizes[number]]
    journal = Journal(restored.journal_url)
    assert build(restored, journal, campaign, now=NOW).is_new
    journal.close()


def assert_whole(store: Store) -> None:
    for submission in submissions_of(store):
        workbook = store.kept(store.workbooks, submission.sha256, ".xlsx")
        assert hashlib.sha256(workbook.read_bytes()).hexdigest() == submission.sha256
        assert all((store.rows / sheet.path).is_file() for sheet in submission.sheets if sheet.path)
    journal = Journal(store.journal_url)
    with journal.reading() as connection:
        assert audit.first_fault(connection, store.audit_key()) is None
    journal.close()


def test_one_flipped_bit_in_any_file_is_refused_with_the_file_named(source, tmp_path):
    made = backup(source, tmp_path / "backups", NOW, user=USER).folder
    for file in read_manifest(made).files:
        path = made / file.path
        whole = path.read_bytes()
        for position in {0, len(whole) // 2, len(whole) - 1}:
            flip(path, position)
            with pytest.raises(BackupError, match=path.name):
                restore(made, Store(folder=tmp_path / "restored"), NOW, user=USER)
            assert not (tmp_path / "restored").exists()
            path.write_bytes(whole)
    restore(made, Store(folder=tmp_path / "restored"), NOW, user=USER)


def test_one_flipped_bit_anywhere_in_the_manifest_is_refused(source, tmp_path):
    made = backup(source, tmp_path / "backups", NOW, user=USER).folder
    whole = (made / MANIFEST).read_bytes()
    for position in {0, len(whole) - 1, *random.Random(1).sample(range(len(whole)), FLIPS)}:
        flip(made / MANIFEST, position)
        with pytest.raises(BackupError, match=MANIFEST):
            read_manifest(made)
        (made / MANIFEST).write_bytes(whole)
    verified(made)


def test_a_file_that_is_lost_or_cut_short_is_refused(source, tmp_path):
    made = backup(source, tmp_path / "backups", NOW, user=USER).folder
    path = next((made / "rows").rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BackupError, match=path.name):
        restore(made, Store(folder=tmp_path / "restored"), NOW, user=USER)
    path.unlink()
    assert_refused(made, tmp_path, path.name)


def assert_refused(made: Path, tmp_path: Path, named: str) -> None:
    with pytest.raises(BackupError, match=named):
        verified(made)
    code, out, err = run("restore", made, "--store", tmp_path / "restored")
    assert (code, out) == (1, "")
    assert named in err
    assert not (tmp_path / "restored").exists()


@posix
def test_a_backup_killed_half_way_has_no_manifest_and_is_refused(mine, tmp_path):
    rows = max((mine.rows).rglob("*.parquet"))
    content = rows.read_bytes()
    rows.unlink()
    # The backup stops where it opens this file: a pipe nobody writes to.
    os.mkfifo(rows)
    process = started("backup", tmp_path / "backups", "--store", mine.folder)
    pipe = opened_by(process, rows)
    kill(process)
    os.close(pipe)

    [half] = unfinished(tmp_path / "backups")
    assert finished(tmp_path / "backups") == []
    assert (half / "journal.sqlite").exists()
    assert_refused(half, tmp_path, MANIFEST)

    rows.unlink()
    rows.write_bytes(content)
    code, _, told = run("backup", tmp_path / "backups", "--store", mine.folder)
    assert code == 0
    assert str(half) in told
    assert len(finished(tmp_path / "backups")) == 1


def opened_by(process: subprocess.Popen, pipe: Path) -> int:
    """The writing end of a pipe, as soon as the process has opened it for reading."""
    while process.poll() is None:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            continue
    raise AssertionError(process.communicate())


@posix
def test_a_backup_killed_at_any_moment_is_whole_or_refused(source, tmp_path):
    begun = time.monotonic()
    assert run("backup", tmp_path / "backups", "--store", source.folder)[0] == 0
    seconds = time.monotonic() - begun
    chance = random.Random(20261126)
    for _ in range(KILLS):
        process = started("backup", tmp_path / "backups", "--store", source.folder)
        try:
            process.communicate(timeout=chance.uniform(seconds / 2, seconds))
        except subprocess.TimeoutExpired:
            kill(process)
    for half in unfinished(tmp_path / "backups"):
        with pytest.raises(BackupError, match=MANIFEST):
            verified(half)
    for made in finished(tmp_path / "backups"):
        verified(made)
    assert backup(source, tmp_path / "backups", NOW, user=USER).shared


def test_what_has_not_changed_is_shared_with_the_backup_before_and_outlives_it(source, tmp_path):
    first = backup(source, tmp_path / "backups", NOW, user=USER)
    second = backup(source, tmp_path / "backups", NOW, user=USER)

    assert first.shared == 0
    assert second.shared == len(kept(source.folder)) - len(["masking.key", "audit.key"])
    path = next(file.path for file in second.manifest.files if file.path.startswith("rows/"))
    assert (first.folder / path).samefile(second.folder / path)
    assert not (first.folder / path).samefile(source.folder / path)
    shutil.rmtree(first.folder)
    restore(second.folder, Store(folder=tmp_path / "restored"), NOW, user=USER)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second file system")
def test_where_the_file_system_cannot_link_files_are_copied(source, tmp_path):
    first = backup(source, tmp_path / "backups", NOW, user=USER)
    with TemporaryDirectory(dir="/dev/shm") as elsewhere:
        shutil.move(first.folder, Path(elsewhere) / "first")
        first.folder.symlink_to(Path(elsewhere) / "first")

        second = backup(source, tmp_path / "backups", NOW, user=USER)

    assert second.shared == 0
    told = [
        {file for file in each.files if file.path != JOURNAL}
        for each in (first.manifest, verified(second.folder))
    ]
    assert told[0] == told[1]


def test_damage_in_the_backup_before_is_not_carried_on(source, tmp_path):
    first = backup(source, tmp_path / "backups", NOW, user=USER)
    path = next(file.path for file in first.manifest.files if file.path.startswith("rows/"))
    flip(first.folder / path, 5)
    flip(first.folder / MANIFEST, 5)
    assert backup(source, tmp_path / "backups", NOW, user=USER).shared == 0
    flip(first.folder / MANIFEST, 5)
    shutil.rmtree(finished(tmp_path / "backups")[0])

    second = backup(source, tmp_path / "backups", NOW, user=USER)

    assert second.shared > 0
    assert not (first.folder / path).samefile(second.folder / path)
    verified(second.folder)


def freeze_and_purge(store: Store) -> list[Path]:
    """Every workbook of a passed and frozen month purged on its schedule; where they were."""
    journal, paths = Journal(store.journal_url), []
    with journal.writing() as connection:
        for each in submissions_of(store):
            decide(connection, each.submission_id, PASSED, by="测试", now=NOW)
        freeze(connection, MONTH, reason="", by="测试", now=NOW)
    # The draft and what it names go too: nobody has touched it for as long.
    paths = [held.path for held in purge(store, journal, 400, LATER, who="测试").workbooks]
    journal.close()
    return paths


def test_purged_workbooks_are_named_as_purged_and_a_backup_without_them_is_whole(mine, tmp_path):
    paths = freeze_and_purge(mine)
    assert len(paths) == PROCESSES + 1

    code, _, told = run("backup", tmp_path / "backups", "--store", mine.folder)

    [made] = finished(tmp_path / "backups")
    submitted = {each.sha256 for each in submissions_of(mine)}
    assert code == 0
    assert f"{PROCESSES}个原件已按保留期限清除" in told
    assert {Path(path).stem for path in verified(made).absent} == submitted
    assert verified(made).faults == []
    restored = Store(folder=tmp_path / "restored")
    restore(made, restored, NOW, user=USER)
    assert kept(restored.folder) == kept(mine.folder)
    # The restored store knows as well why they are not there.
    assert backup(restored, tmp_path / "again", NOW, user=USER).manifest.missing == ()


def test_a_workbook_that_is_gone_and_was_not_purged_is_missing_and_said_loudly(mine, tmp_path):
    lost = a_workbook(mine)
    lost.unlink()

    code, out, told = run("backup", tmp_path / "backups", "--store", mine.folder)

    [made] = finished(tmp_path / "backups")
    assert (code, out.strip()) == (1, str(made))
    assert f"!!! 缺少 {lost.relative_to(mine.folder).as_posix()}" in told
    code, out, told = run("restore", made, "--store", tmp_path / "restored")
    assert code == 1
    assert "!!! 缺少" in told
    assert kept(tmp_path / "restored") == kept(mine.folder)
    assert current_build(Store(folder=tmp_path / "restored")) is not None


def a_row_file(store: Store) -> Path:
    return store.rows / next(s.path for s in submissions_of(store)[0].sheets if s.path)


def a_workbook(store: Store) -> Path:
    return store.kept(store.workbooks, submissions_of(store)[0].sha256, ".xlsx")


def audit_key(store: Store) -> Path:
    return store.folder / "audit.key"


def masking_key(store: Store) -> Path:
    return store.folder / "masking.key"


def journal_file(store: Store) -> Path:
    return store.folder / "journal.sqlite"


@pytest.mark.parametrize("lost", [a_row_file, audit_key, masking_key, journal_file])
def test_a_store_that_lacks_what_it_needs_is_told_and_leaves_no_half_backup(mine, tmp_path, lost):
    path = lost(mine)
    path.unlink()

    with pytest.raises(BackupError, match=path.name):
        backup(mine, tmp_path / "backups", NOW, user=USER)

    assert list((tmp_path / "backups").glob("*")) == []


def test_missing_rows_end_the_command_with_a_sentence(mine, tmp_path):
    path = a_row_file(mine)
    path.unlink()

    code, out, err = run("backup", tmp_path / "backups", "--store", mine.folder)

    assert (code, out) == (1, "")
    assert f"缺少 {path}" in err
    assert "从较早的备份把这个文件放回原处" in err


@pytest.mark.parametrize("spoilt", [a_row_file, a_workbook, audit_key, masking_key])
def test_damage_in_the_store_is_told_instead_of_backed_up(mine, tmp_path, spoilt):
    backup(mine, tmp_path / "backups", NOW, user=USER)
    flip(spoilt(mine), 10)

    with pytest.raises(BackupError, match=spoilt(mine).name):
        backup(mine, tmp_path / "backups", NOW, user=USER)

    assert len(list((tmp_path / "backups").iterdir())) == 1


TAMPERING = {
    "update audit set who = '别人'": "第1条被改动",
    "delete from audit where sequence = (select max(sequence) from audit)": "被截断",
    "delete from audit_end": "被截断",
}


@pytest.mark.parametrize(("tampering", "fault"), TAMPERING.items())
def test_a_store_whose_audit_was_tampered_with_is_backed_up_and_restored_and_says_so_each_time(
    mine, tmp_path, tampering, fault
):
    with closing(sqlite3.connect(journal_file(mine))) as connection:
        connection.execute(tampering)
        connection.commit()

    code, out, told = run("backup", tmp_path / "backups", "--store", mine.folder)

    [made] = finished(tmp_path / "backups")
    assert (code, out.strip()) == (1, str(made))
    assert "!!! 审计记录不可信" in told
    assert fault in told
    assert run("restore", made, "--verify-only")[0] == 1
    code, _, told = run("restore", made, "--store", tmp_path / "restored")
    restored = Store(folder=tmp_path / "restored")
    assert code == 1
    assert fault in told
    assert submissions_of(restored) == submissions_of(mine)
    assert kept(restored.folder) == kept(mine.folder)
    assert current_build(restored) is not None


def test_an_audit_tampered_with_in_the_backup_itself_is_refused(source, tmp_path):
    made = backup(source, tmp_path / "backups", NOW, user=USER).folder
    with closing(sqlite3.connect(made / "journal.sqlite")) as connection:
        connection.execute("update audit set who = '别人'")
        connection.commit()

    assert_refused(made, tmp_path, "journal.sqlite")


def test_a_backup_and_a_restore_stand_in_the_audit_of_the_store_they_were_done_to(mine, tmp_path):
    made = backup(mine, tmp_path / "backups", NOW, user=USER).folder
    restored = Store(folder=tmp_path / "restored")
    restore(made, restored, NOW, user=USER)

    for store, action in ((mine, "store.backup"), (restored, "store.restore")):
        *earlier, last = acts_of(store)
        assert (last["who"], last["action"], last["object"], last["outcome"]) == (
            "命令行",
            action,
            str(made),
            "done",
        )
        assert last["detail"]["user"] == USER
        assert earlier == acts_of(mine)[:-1]
        assert_whole(store)


def test_a_journal_that_is_damaged_is_not_backed_up(mine, tmp_path):
    journal_file(mine).write_bytes(b"not a journal" * 1000)
    with pytest.raises(BackupError, match=r"journal\.sqlite"):
        backup(mine, tmp_path / "backups", NOW, user=USER)

    assert list((tmp_path / "backups").iterdir()) == []


def test_a_backup_is_restored_into_an_empty_folder_only(source, tmp_path):
    made = backup(source, tmp_path / "backups", NOW, user=USER).folder
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")

    with pytest.raises(BackupError, match="--store"):
        restore(made, Store(folder=taken), NOW, user=USER)

    assert [path.name for path in taken.iterdir()] == ["mine.txt"]


def test_a_folder_of_backups_names_the_latest(source, tmp_path):
    backup(source, tmp_path / "backups", NOW, user=USER)
    latest = backup(source, tmp_path / "backups", datetime(2027, 1, 16), user=USER).folder

    with pytest.raises(BackupError, match=latest.name):
        verified(tmp_path / "backups")


@pytest.mark.parametrize("path", ["../outside", "rows/../../outside", "/etc/outside", "rows\\..\\outside"])
def test_a_manifest_cannot_name_a_file_outside_the_store(source, tmp_path, path):
    made = backup(source, tmp_path / "backups", NOW, user=USER).folder
    told = json.loads((made / MANIFEST).read_text(encoding="utf-8"))
    del told["seal"]
    told["files"].append({"path": path, "size": 0, "sha256": hashlib.sha256(b"").hexdigest()})
    body = json.dumps(told, ensure_ascii=False, indent=1).removesuffix("\n}")
    seal = hashlib.sha256(body.encode()).hexdigest()
    (made / MANIFEST).write_text(f'{body},\n "seal": "{seal}"\n}}\n', encoding="utf-8")

    with pytest.raises(BackupError, match="不是备份的文件"):
        restore(made, Store(folder=tmp_path / "restored"), NOW, user=USER)


def test_an_earlier_versions_journal_is_backed_up_as_it_is_and_upgraded_when_restored(tmp_path):
    store = Store(folder=tmp_path / "store")
    store.folder.mkdir()
    first_version(journal_file(store))
    before = journal_of(journal_file(store))

    made = backup(store, tmp_path / "backups", NOW, user=USER)
    restored = Store(folder=tmp_path / "restored")
    restore(made.folder, restored, NOW, user=USER)

    assert journal_of(journal_file(store)) == before
    assert made.manifest.migration == "0001"
    assert submissions_of(restored) == submissions_of(store)


def test_a_later_versions_journal_is_left_to_that_version(mine, tmp_path):
    with closing(sqlite3.connect(journal_file(mine))) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
        connection.commit()

    with pytest.raises(OtherJournalError):
        backup(mine, tmp_path / "backups", NOW, user=USER)

    assert list((tmp_path / "backups").iterdir()) == []
