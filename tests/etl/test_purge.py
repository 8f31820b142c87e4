"""Workbooks as received past their days: which go, which stay, what is left of them; and nobody's upload is lost."""

import hashlib
import os
import subprocess
import sys
from contextlib import closing
from datetime import date, datetime, timedelta
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import pytest
import sqlalchemy as sa
from filelock import FileLock

from etl import audit, drafts
from etl.act import COMMAND_LINE, Act
from etl.drafts import Draft
from etl.journal import PASSED, RECEIVED, RETURNED, WITHDRAWN, Journal, SubmittedSheet
from etl.journal_tables import ATTACHMENT, AUDIT, SUBMISSION
from etl.keeping import batches
from etl.keeping.contents import purged
from etl.keeping.due import GRACE, SHANGHAI
from etl.keeping.purge import BusyError, purge, was_purged
from etl.review import freeze, reopen
from etl.store import Store
from tests.etl.stores import REPOSITORY

NOW, DAYS = datetime(2030, 6, 1, 9), 400
OLD, YOUNG = NOW - timedelta(days=DAYS, seconds=1), NOW - timedelta(days=DAYS - 1)
UNIT, MONTH = "530100", "2026-09"
ROUNDS = int(os.environ.get("ROUNDS", "60"))
"""The environment may ask for more."""
WAIT = 60


@pytest.fixture
def store(tmp_path):
    (tmp_path / "store").mkdir()
    return Store(folder=tmp_path / "store")


@pytest.fixture
def journal(store):
    with closing(Journal(store.journal_url)) as journal:
        journal.claim("yunnan-2025", simulated=False, now=NOW)
        yield journal


def brought(store, content: bytes, at: datetime = OLD) -> str:
    """Bytes kept as a workbook as received, brought at this moment; their sha256."""
    sha256 = store.keep(store.workbooks, content, ".xlsx")
    age(store, sha256, at)
    return sha256


def age(store, sha256: str, at: datetime) -> None:
    seconds = at.replace(tzinfo=SHANGHAI).timestamp()
    os.utime(path_of(store, sha256), (seconds, seconds))


def path_of(store, sha256: str):
    return store.kept(store.workbooks, sha256, ".xlsx")


def submitted(
    journal, sha256: str, at: datetime, *, state: str = PASSED, period: str = MONTH, unit: str = UNIT
):
    """A submission of these bytes as the journal has it."""
    values = {
        "submission_id": f"{unit}-{period}-{sha256[:16]}",
        "unit_code": unit,
        "period": period,
        "sha256": sha256,
        "file_name": "报表.xlsx",
        "received_at": at,
        "received_by": "李明",
        "data_from": date(2026, 9, 1),
        "data_to": date(2026, 9, 30),
        "cover": {},
        "findings": [],
    }
    journal.record(values, [SubmittedSheet(sheet="basics", content="zero", row_count=0, path=None)])
    with journal.writing() as connection:
        this = SUBMISSION.c.submission_id == values["submission_id"]
        connection.execute(SUBMISSION.update().where(this).values(state=state))


def frozen(journal, period: str = MONTH) -> None:
    with journal.writing() as connection:
        freeze(connection, period, reason="已到期", by="王芳", now=OLD)


def drafted(journal, sha256: str, at: datetime, period: str = "2026-10") -> None:
    """A draft uploaded then."""
    told = {"findings": (), "reasons": {}, "file_name": "草稿.xlsx", "uploaded_by": "李明"}
    draft = Draft(draft_id="d", unit_code=UNIT, period=period, sha256=sha256, uploaded_at=at, **told)
    with journal.writing() as connection:
        drafts.keep(connection, draft)


def acts(journal) -> list[dict]:
    with journal.reading() as connection:
        return [
            dict(row) for row in connection.execute(sa.select(AUDIT).order_by(AUDIT.c.sequence)).mappings()
        ]


def purge_now(store, journal, **more):
    return purge(store, journal, DAYS, NOW, who=COMMAND_LINE, **more)


def test_an_attachment_stays_with_its_month_and_one_taken_off_goes_after_a_day(store, journal):
    attached, taken_off, fresh = (store.keep(store.attachments, each, "") for each in (b"a", b"b", b"c"))
    for sha256, moment in ((attached, OLD), (taken_off, OLD), (fresh, NOW)):
        seconds = moment.replace(tzinfo=SHANGHAI).timestamp()
        os.utime(store.kept(store.attachments, sha256, ""), (seconds, seconds))
    told = {"unit_code": UNIT, "period": MONTH, "sha256": attached, "file_name": "盖章页.pdf", "size": 1}
    with journal.writing() as connection:
        connection.execute(ATTACHMENT.insert().values(**told, added_by="李明", added_at=OLD))

    found = purge_now(store, journal)

    there = {
        sha256: store.kept(store.attachments, sha256, "").exists() for sha256 in (attached, taken_off, fresh)
    }
    assert there == {attached: True, taken_off: False, fresh: True}
    assert [held.sha256 for held in found.orphans] == [taken_off]


WAYS = list(
    product(
        (PASSED, RECEIVED, RETURNED, WITHDRAWN), (False, True), (OLD, YOUNG), (OLD, NOW), (None, OLD, YOUNG)
    )
)


def test_a_workbook_goes_exactly_when_nothing_that_names_it_is_young_of_an_open_month_or_a_live_draft(
    store, journal
):
    """Every state, in a frozen month and an open one, old and young, brought long ago and just now, a draft's or not.

    What its month was frozen over waits for no review any more: a frozen month takes no decision.
    """
    periods, expected = (
        iter([f"{year}-{month:02}" for year in range(2026, 2060) for month in range(1, 13)]),
        {},
    )
    for number, (state, is_frozen, at, brought_at, draft) in enumerate(WAYS):
        sha256, period = brought(store, f"{number}".encode()), next(periods)
        submitted(journal, sha256, at, state=state, period=period)
        if is_frozen:
            frozen(journal, period)
        if draft:
            drafted_in(journal, sha256, draft, number)
        age(store, sha256, brought_at)
        goes = is_frozen and at == OLD and brought_at == OLD and draft != YOUNG
        expected[sha256] = not goes

    found = purge_now(store, journal)

    assert {sha256: path_of(store, sha256).exists() for sha256 in expected} == expected
    assert {held.sha256 for held in found.workbooks} == {
        sha256 for sha256, stays in expected.items() if not stays
    }
    assert found.orphans == ()
    assert len(found.drafts) == sum(draft == OLD for *_, draft in WAYS)


def drafted_in(journal, sha256: str, at: datetime, number: int) -> None:
    told = {"findings": (), "reasons": {}, "file_name": "草稿.xlsx", "uploaded_by": "李明", "uploaded_at": at}
    with journal.writing() as connection:
        drafts.keep(
            connection,
            Draft(draft_id=f"d{number}", unit_code=f"u{number}", period="2026-10", sha256=sha256, **told),
        )


def test_what_another_unit_or_month_still_needs_stays_for_both(store, journal):
    sha256 = brought(store, b"one workbook in two months")
    submitted(journal, sha256, OLD)
    submitted(journal, sha256, OLD, period="2026-10")
    frozen(journal)

    assert purge_now(store, journal).kept["open"] == 1
    assert path_of(store, sha256).exists()

    frozen(journal, "2026-10")
    purge_now(store, journal)
    assert not path_of(store, sha256).exists()


def test_what_waits_for_review_is_told_apart_from_what_was_overtaken_until_the_month_is_frozen(
    store, journal
):
    first, second = brought(store, b"first"), brought(store, b"second")
    for sha256 in (first, second):
        submitted(journal, sha256, OLD, state=RECEIVED)

    found = purge_now(store, journal)
    assert found.workbooks == ()
    assert (found.kept["open"], found.kept["waiting"]) == (1, 1)

    frozen(journal)
    assert {held.sha256 for held in purge_now(store, journal).workbooks} == {first, second}
    with journal.writing() as connection:
        reopen(connection, MONTH, reason="更正", by="张敏", now=NOW)
    third = brought(store, b"third")
    submitted(journal, third, OLD, state=RECEIVED)
    assert purge_now(store, journal).kept["waiting"] == 1
    assert path_of(store, third).exists()


def test_an_upload_replaced_since_goes_after_a_day_and_not_within_it(store, journal):
    yesterday, today = NOW - GRACE, NOW - GRACE + timedelta(minutes=1)
    gone, stays = brought(store, b"replaced yesterday", yesterday), brought(store, b"replaced today", today)
    left = path_of(store, gone).with_name(".left-by-a-killed-upload")
    left.write_bytes(b"half a workbook")
    os.utime(left, (0, 0))

    found = purge_now(store, journal)

    assert {held.path for held in found.orphans} == {path_of(store, gone), left}
    assert not path_of(store, gone).exists()
    assert not left.exists()
    assert path_of(store, stays).exists()


def test_a_draft_somebody_has_worked_on_since_stays_whatever_its_age(store, journal):
    sha256 = brought(store, b"a draft that is explained now and then")
    drafted(journal, sha256, OLD)
    with journal.writing() as connection:
        act = Act(at=YOUNG, who="liming", action="finding.explain", object=f"{UNIT} 2026-10")
        audit.append(connection, store.audit_key(), act)

    assert purge_now(store, journal).drafts == ()
    assert path_of(store, sha256).exists()


def test_a_draft_untouched_for_as_long_goes_with_its_workbook_and_is_told_of(store, journal):
    sha256 = brought(store, b"a forgotten draft")
    drafted(journal, sha256, OLD)

    purge_now(store, journal)

    assert not path_of(store, sha256).exists()
    with journal.reading() as connection:
        assert drafts.find(connection, UNIT, "2026-10") is None
        assert was_purged(connection, UNIT, "2026-10")
        assert not was_purged(connection, UNIT, MONTH)


def test_rows_journal_and_hash_stay_and_the_audit_names_what_went(store, journal):
    # As many as it takes for a sha256 in which eleven digits look like a telephone's.
    contents = [f"workbook {number}".encode() for number in range(2000)]
    telephone = next(each for each in contents if _looks_like_a_telephone(hashlib.sha256(each).hexdigest()))
    hashes = {brought(store, telephone), brought(store, b"another")}
    for sha256 in hashes:
        submitted(journal, sha256, OLD)
    frozen(journal)
    held = journal.submissions()

    purge_now(store, journal, told={"user": "keeper"})

    assert journal.submissions() == held
    (act,) = [each for each in acts(journal) if each["action"] == "workbook.purge"]
    assert (act["who"], act["detail"]["user"], act["detail"]["workbooks"]) == (COMMAND_LINE, "keeper", 2)
    with journal.reading() as connection:
        assert purged(connection) == hashes
        assert audit.first_fault(connection, store.audit_key()) is None


def _looks_like_a_telephone(sha256: str) -> bool:
    from etl.masking import mask_text

    return mask_text(sha256) != sha256


def test_nothing_to_purge_writes_nothing(store, journal):
    purge_now(store, journal)
    assert acts(journal) == []


def test_a_dry_run_says_what_would_go_and_changes_nothing(store, journal):
    sha256 = brought(store, b"a forgotten draft")
    drafted(journal, sha256, OLD)

    found = purge_now(store, journal, dry_run=True)

    assert [held.sha256 for held in found.workbooks] == [sha256]
    assert path_of(store, sha256).exists()
    assert acts(journal) == []
    assert purge_now(store, journal) == found


def test_a_purge_killed_after_the_journal_was_written_is_finished_by_the_next(store, journal):
    sha256 = brought(store, b"a workbook")
    submitted(journal, sha256, OLD)
    frozen(journal)
    content = path_of(store, sha256).read_bytes()
    purge_now(store, journal)
    # As after a kill: the journal says it, the file is still there.
    brought(store, content)

    assert [held.sha256 for held in purge_now(store, journal).workbooks] == [sha256]
    assert not path_of(store, sha256).exists()


def test_no_purge_while_a_backup_runs(store, journal):
    with FileLock(store.purge_lock), pytest.raises(BusyError, match="稍后再试"):
        purge_now(store, journal)


def purging(folder, wanted, done) -> None:
    """Purge once each time it is wanted, by this machine's clock."""
    store = Store(folder=folder)
    with closing(Journal(store.journal_url)) as journal:
        while wanted.acquire(timeout=WAIT):
            purge(store, journal, DAYS, datetime.now(SHANGHAI).replace(tzinfo=None), who=COMMAND_LINE)
            done.release()


def test_bytes_brought_again_while_they_are_purged_are_there_afterwards(store, journal):
    """The same bytes, orphans of long ago, are uploaded at the very moment another process purges them."""
    context = get_context("spawn")
    wanted, done = context.Semaphore(0), context.Semaphore(0)
    process = context.Process(target=purging, args=(store.folder, wanted, done), daemon=True)
    process.start()
    contents = [f"workbook {number}".encode() for number in range(8)]
    long_ago = datetime(2020, 1, 1)
    try:
        for _ in range(ROUNDS):
            hashes = [brought(store, content, long_ago) for content in contents]
            wanted.release()
            for content in contents:
                store.keep(store.workbooks, content, ".xlsx")
            assert done.acquire(timeout=WAIT)
            assert [sha256 for sha256 in hashes if not path_of(store, sha256).exists()] == []
    finally:
        process.kill()
        process.join(WAIT)
    # Some were purged in between, or nothing was tried.
    assert "workbook.purge" in {each["action"] for each in acts(journal)}


def run(*arguments: object) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "etl", *map(str, arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, encoding="utf-8")
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_the_command_lists_what_it_would_purge_and_then_does(store, journal):
    sha256 = brought(store, b"nobody's upload", datetime(2020, 1, 1))

    code, out, told = run("purge", "--dry-run", "--store", store.folder)
    assert (code, out) == (0, f"orphan\t{sha256}\n")
    assert "将清除（400天）" in told
    assert path_of(store, sha256).exists()

    code, out, told = run("purge", "--store", store.folder)
    assert (code, out) == (0, f"orphan\t{sha256}\n")
    assert "已清除（400天）" in told
    assert not path_of(store, sha256).exists()
    assert acts(journal)[-1]["detail"]["user"]


def test_a_campaign_without_the_setting_never_purges(store, tmp_path):
    with closing(Journal(store.journal_url)) as journal:
        journal.claim("pingshan-2018", simulated=False, now=NOW)
    sha256 = brought(store, b"nobody's upload", datetime(2020, 1, 1))

    code, out, told = run("purge", "--store", store.folder, "--campaign", "pingshan-2018")

    assert (code, out) == (0, "")
    assert "workbooks_days" in told
    assert path_of(store, sha256).exists()


def waiting(store, batch: str, at: datetime) -> Path:
    """A workbook to be merged with others, taken in at this moment."""
    month = store.merging / f"{UNIT}-{MONTH}"
    batches.take(month, batch, 1, b"a county's workbook")
    seconds = at.replace(tzinfo=SHANGHAI).timestamp()
    os.utime(month / batch, (seconds, seconds))
    return month / batch


@pytest.mark.parametrize("campaign", ["yunnan-2025", "pingshan-2018"])
def test_the_command_takes_away_what_was_never_merged_whatever_the_campaign_says(store, campaign):
    with closing(Journal(store.journal_url)) as journal:
        journal.claim(campaign, simulated=False, now=NOW)
    now = datetime.now(SHANGHAI).replace(tzinfo=None)
    old = waiting(store, "0" * 16, datetime(2020, 1, 1))
    young = waiting(store, "1" * 16, now)
    for options in (["--dry-run"], []):
        assert old.exists()
        code, out, _ = run("purge", *options, "--store", store.folder, "--campaign", campaign)
        assert (code, out) == (0, f"merging\t{old.name}\t{UNIT}-{MONTH}\n")
    assert (old.exists(), young.exists()) == (False, True)
