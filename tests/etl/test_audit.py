"""The audit: nothing in it can be altered, left out or cut off unseen."""

import random
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from etl import audit
from etl.act import Act
from etl.journal import Journal

KEY, NOW = b"k" * 32, datetime(2026, 10, 1, 9)
ACTS = 1_000


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("audit") / "journal.sqlite"
    journal = Journal(f"sqlite:///{path}")
    with journal.writing() as connection:
        for number in range(ACTS):
            act = Act(
                at=NOW + timedelta(seconds=number),
                who=f"账号{number % 7}",
                action="submission.submit",
                object=f"530100 2026-{number % 12 + 1:02d}",
                outcome="refused" if number % 5 == 0 else "done",
                detail={"revision": number, "reason": "原表有误"},
            )
            assert audit.append(connection, KEY, act) == number + 1
    journal.close()
    return path


def fault(path, key=KEY):
    journal = Journal(f"sqlite:///{path}")
    with journal.reading() as connection:
        found = audit.first_fault(connection, key)
    journal.close()
    return found


def tampered(written, tmp_path, statement):
    path = tmp_path / "journal.sqlite"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(written)) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
        copy.executescript(statement)
        copy.commit()
    return fault(path)


def test_what_was_written_holds(written):
    assert fault(written) is None
    assert fault(written, b"x" * 32) is not None


CHANGES = [
    "update audit set who = '别人' where sequence = {n}",
    "update audit set outcome = 'done ' where sequence = {n}",
    "update audit set at = '2026-10-02 09:00:00.000000' where sequence = {n}",
    "update audit set detail = '{{}}' where sequence = {n}",
    "update audit set seal = '" + "0" * 64 + "' where sequence = {n}",
    "delete from audit where sequence = {n}",
]


@pytest.mark.parametrize("change", CHANGES)
def test_tampering_with_any_one_act_is_told(written, tmp_path, change):
    for number in [1, 2, ACTS // 2, ACTS - 1, ACTS, *random.Random(1).sample(range(1, ACTS), 5)]:
        found = tampered(written, tmp_path, change.format(n=number))
        assert found is not None
        assert str(number) in found or str(number - 1) in found


def test_a_cut_off_end_an_act_put_in_between_and_two_swapped_are_told(written, tmp_path):
    assert tampered(written, tmp_path, "delete from audit where sequence > 990") is not None
    assert tampered(written, tmp_path, "delete from audit_end") is not None
    assert tampered(written, tmp_path, "update audit_end set sequence = 999") is not None
    own = "select seal from audit where sequence = 990"
    cut = f"delete from audit where sequence > 990; update audit_end set sequence = 990, seal = ({own})"
    assert "990" in tampered(written, tmp_path, cut)
    swap = (
        "update audit set sequence = case sequence when 5 then -6 when 6 then -5 end where sequence in (5, 6)"
    )
    assert tampered(written, tmp_path, swap) is not None


def test_an_audit_that_was_emptied_is_told_where_anybody_has_signed_in(written, tmp_path):
    nobody = "delete from audit; delete from audit_end"
    account = "insert into account values ('a', '李明', 'x', '[]', '[]', 1, 0, 0, null, '2026-10-01')"
    session = "insert into session values ('h', 'a', '2026-09-30 08:00:00.000000', '2026-09-30 08:00:00.000000', null, '127.0.0.1')"
    assert tampered(written, tmp_path, nobody) is None
    assert "清空" in tampered(written, tmp_path, f"{nobody}; {account}; {session}")
    # Nor does an act of later hide it.
    journal = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    with journal.writing() as connection:
        audit.append(connection, KEY, Act(at=NOW, who="a", action="sign_in", object=""))
        assert "清空" in audit.first_fault(connection, KEY)
    journal.close()


def test_an_audit_of_before_the_end_had_a_seal_of_its_own_holds_after_the_upgrade_which_is_an_act(
    written, tmp_path
):
    (tmp_path / "audit.key").write_bytes(KEY)
    own = "select audit.seal from audit where audit.sequence = audit_end.sequence"
    before = f"update audit_end set seal = ({own}); update alembic_version set version_num = '0003'"
    assert tampered(written, tmp_path, before) is None
    journal = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    with journal.reading() as connection:
        (last,) = audit.listed(connection, limit=1)
    journal.close()
    assert (last["sequence"], last["action"], last["object"]) == (ACTS + 1, "journal.upgrade", "0004")
    assert tampered(written, tmp_path, f"{before}; delete from audit where sequence > 990") is not None


@pytest.mark.parametrize("seal", ["中", "", "x"])
def test_a_seal_that_is_none_is_a_fault_like_any_other(written, tmp_path, seal):
    assert tampered(written, tmp_path, f"update audit_end set seal = '{seal}'") is not None
    assert "5" in tampered(written, tmp_path, f"update audit set seal = '{seal}' where sequence = 5")


def test_personal_numbers_never_reach_the_audit(tmp_path):
    journal = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    act = Act(at=NOW, who="a", action="x", object="13912344321", detail={"note": "电话13912344321"})
    with journal.writing() as connection:
        audit.append(connection, KEY, act)
        [found] = audit.listed(connection, limit=5)
    journal.close()
    assert "13912344321" not in str(found)
    assert "139****4321" in found["detail"]["note"]
