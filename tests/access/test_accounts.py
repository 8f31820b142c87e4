"""Accounts and sessions in a real journal: right and wrong passwords, locks, ends."""

from datetime import datetime, timedelta

import pytest

from dashboard.access import accounts, sessions
from dashboard.access.accounts import AccountError
from dashboard.access.doors import Doors
from dashboard.access.passwords import random_password, weakness
from etl.journal import Journal, StoreConflictError
from etl.store import Store

NOW = datetime(2026, 10, 1, 9)
PASSWORD, OTHER = "Dianchi-2026-ok", "Another-2026-ok"


@pytest.fixture
def journal(tmp_path):
    journal = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    with journal.writing() as connection:
        accounts.create(connection, "kunming", "李明", PASSWORD, roles=["liaison"], units=["530100"], now=NOW)
    yield journal
    journal.close()


def sign_in(journal, password=PASSWORD, now=NOW):
    return accounts.signs_in(journal, "kunming", password, now=now)


def test_the_right_password_signs_in_and_a_wrong_one_does_not(journal):
    assert sign_in(journal).units == ("530100",)
    assert sign_in(journal, OTHER) is None
    assert accounts.signs_in(journal, "nobody", PASSWORD, now=NOW) is None


def test_nothing_in_the_journal_is_the_password(journal, tmp_path):
    journal.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert PASSWORD.encode() not in kept
    assert b"$argon2id$" in kept


def test_five_wrong_ones_in_a_row_lock_an_account_for_a_while(journal):
    for _ in range(accounts.FAILURES_ALLOWED):
        assert sign_in(journal, OTHER) is None
    assert sign_in(journal) is None
    assert sign_in(journal, now=NOW + accounts.LOCKED_FOR - timedelta(seconds=1)) is None
    assert sign_in(journal, now=NOW + accounts.LOCKED_FOR) is not None


def test_a_right_one_in_between_starts_the_count_anew(journal):
    for _ in range(3):
        for _ in range(accounts.FAILURES_ALLOWED - 1):
            sign_in(journal, OTHER)
        assert sign_in(journal) is not None


def started(journal, now=NOW) -> str:
    with journal.writing() as connection:
        return sessions.session_hash(sessions.start(connection, "kunming", address="10.0.0.7", now=now))


def holder(journal, session, now=NOW):
    return sessions.principal_of(journal, session, address="10.0.0.7", now=now)


def test_a_session_is_its_account_as_it_stands_now(journal):
    session = started(journal)
    assert holder(journal, session).roles == {"liaison"}
    with journal.writing() as connection:
        accounts.change_rights(connection, "kunming", roles=["viewer"], units=[], is_active=True, now=NOW)
    assert (holder(journal, session).roles, holder(journal, session).units) == ({"viewer"}, frozenset())
    with journal.writing() as connection:
        accounts.change_rights(connection, "kunming", roles=["viewer"], units=[], is_active=False, now=NOW)
    assert holder(journal, session) is None
    assert sign_in(journal) is None


def test_starting_a_stopped_account_again_revives_no_session(journal):
    session = started(journal)
    for is_active in (False, True):
        with journal.writing() as connection:
            accounts.change_rights(
                connection, "kunming", roles=["viewer"], units=[], is_active=is_active, now=NOW
            )
    assert holder(journal, session) is None
    assert sign_in(journal) is not None


def test_an_account_of_before_that_is_both_reviews_nothing_and_can_be_stopped(journal):
    session = started(journal)
    with journal.writing() as connection:
        both = accounts.ACCOUNT.update().where(accounts.ACCOUNT.c.account_id == "kunming")
        connection.execute(both.values(roles=["liaison", "reviewer"]))
    assert holder(journal, session).roles == {"liaison"}
    with journal.writing() as connection:
        held = accounts.find(connection, "kunming")
        kept = {"roles": held.roles, "units": held.units}
        accounts.change_rights(connection, "kunming", **kept, is_active=False, now=NOW)
    assert sign_in(journal) is None


def test_nobody_reviews_what_they_hand_in(journal):
    with pytest.raises(accounts.AccountError, match="不同的人"), journal.writing() as connection:
        accounts.change_rights(
            connection, "kunming", roles=["liaison", "reviewer"], units=["530100"], is_active=True, now=NOW
        )


def test_a_session_ends_when_told_when_idle_and_after_a_day_of_work(journal):
    session = started(journal)
    assert holder(journal, session, NOW + sessions.IDLE) is None
    at = NOW
    while at < NOW + sessions.LONGEST:
        assert holder(journal, session, at) is not None
        at += sessions.IDLE - timedelta(minutes=1)
    assert holder(journal, session, NOW + sessions.LONGEST) is None
    other = started(journal)
    with journal.writing() as connection:
        sessions.end(connection, other, now=NOW)
    assert holder(journal, other) is None


def test_another_password_ends_every_session(journal):
    held = [started(journal), started(journal)]
    with journal.writing() as connection:
        accounts.change_password(connection, "kunming", OTHER, must_change=False, now=NOW)
    assert [holder(journal, session) for session in held] == [None, None]
    assert sign_in(journal, OTHER) is not None
    assert sign_in(journal) is None


@pytest.mark.parametrize("session", ["", "x", "0" * 64, "visit:admin."])
def test_a_made_up_session_is_nobodys(journal, session):
    assert holder(journal, session) is None


@pytest.mark.parametrize(
    "password", ["short-A1", "alllowercaseletters", "Kunming-2026-kunming", "AAAaaa111111", "12345678901234"]
)
def test_a_weak_password_is_refused_with_the_reason(journal, password):
    assert " / " in weakness(password, account_id="kunming", name="李明")
    with journal.writing() as connection, pytest.raises(AccountError):
        accounts.change_password(connection, "kunming", password, must_change=False, now=NOW)


def test_a_first_password_is_strong_and_never_the_same():
    found = {random_password() for _ in range(50)}
    assert len(found) == 50
    assert all(weakness(each, account_id="", name="") is None for each in found)


def test_a_store_people_have_accounts_in_takes_no_simulated_data(journal):
    with pytest.raises(StoreConflictError, match="已建有账号"):
        journal.claim("yunnan-2025", simulated=True, now=NOW)
    journal.claim("yunnan-2025", simulated=False, now=NOW)
    assert journal.is_simulated() is False


def test_visitors_are_let_in_only_where_data_are_simulated_and_nobody_has_an_account(tmp_path):
    here = Doors(store=Store(folder=tmp_path))
    assert not here.takes_visitors()
    here.journal().claim("yunnan-2025", simulated=True, now=NOW)
    assert here.takes_visitors()
    assert not Doors(store=here.store, origin="https://kaohe.example.gov.cn").takes_visitors()
    with here.journal().writing() as connection:
        accounts.create(connection, "boss", "张敏", PASSWORD, roles=["admin"], units=[], now=NOW)
    assert not here.takes_visitors()


def test_an_address_is_taken_from_the_header_only_behind_the_proxy(tmp_path):
    alone = Doors(store=Store(folder=tmp_path))
    behind = Doors(store=alone.store, origin="https://kaohe.example.gov.cn")
    assert alone.address_of("127.0.0.1", "10.0.0.9") == "127.0.0.1"
    assert behind.address_of("127.0.0.1", "203.0.113.7, 10.0.0.9") == "10.0.0.9"
    assert behind.address_of("127.0.0.1", "") == "127.0.0.1"
    assert behind.address_of("10.0.0.5", "10.0.0.9") == "10.0.0.5"


@pytest.mark.parametrize(("roles", "units"), [(["liaison"], []), (["viewer"], ["530100"]), (["nobody"], [])])
def test_roles_and_units_must_go_together(journal, roles, units):
    with journal.writing() as connection, pytest.raises(AccountError):
        accounts.create(connection, "other", "甲", PASSWORD, roles=roles, units=units, now=NOW)
