"""Accounts and the audit through their service, on a real store: who may, the rules, and what is told of it."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from dashboard.access import accounts, sessions, visitors
from dashboard.access.accounts import AccountError
from dashboard.access.passwords import weakness
from dashboard.access.permissions import PERMISSIONS, ROLES
from dashboard.access.principal import RefusedError
from dashboard.queries.acts import Wanted
from dashboard.services import people
from etl import audit
from etl.act import Act
from etl.journal_tables import AUDIT
from tests.services.stores import NOW, doors_of, somebody

ADMIN, AUDITOR = somebody("admin"), somebody("auditor")
KUNMING, PROVINCE = "530100", "530000"

FUNCTIONS = {
    "list_accounts": ("page.accounts", lambda here, who: people.list_accounts(here, who)),
    "create_account": (
        "account.manage",
        lambda here, who: people.create_account(here, who, "wangwu", "王五", roles=["viewer"]),
    ),
    "change_account": (
        "account.manage",
        lambda here, who: people.change_account(here, who, "lisi", roles=["analyst"], units=[]),
    ),
    "stop": ("account.manage", lambda here, who: people.change_account(here, who, "lisi", is_active=False)),
    "reset_password": ("account.manage", lambda here, who: people.reset_password(here, who, "lisi")),
    "read_acts": ("page.audit", lambda here, who: people.read_acts(here, who)),
    "kinds_of_acts": ("page.audit", lambda here, who: people.kinds_of_acts(here, who)),
    "export_acts": ("page.audit", lambda here, who: people.export_acts(here, who)),
    "verify_audit": ("audit.verify", lambda here, who: people.verify_audit(here, who)),
}


@pytest.fixture
def here(tmp_path):
    """A store with two administrators and a liaison."""
    doors = doors_of(tmp_path / "store")
    with doors.journal().writing() as connection:
        for account_id, name, role, units in (
            ("admin", "张敏", "admin", []),
            ("second", "陈静", "admin", []),
            ("lisi", "李四", "liaison", [KUNMING]),
        ):
            accounts.create(
                connection, account_id, name, "Dianchi-2026-ok", roles=[role], units=units, now=NOW
            )
    yield doors
    doors.journal().close()


def found(here, account_id):
    with here.journal().reading() as connection:
        return accounts.find(connection, account_id)


def told(here):
    """Every act as recorded, after the whole chain has been checked."""
    with here.journal().reading() as connection:
        assert audit.first_fault(connection, here.store.audit_key()) is None
        rows = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.sequence)).mappings().all()
    return [(row["who"], row["action"], row["object"], row["outcome"]) for row in rows]


def session_of(here, account_id):
    with here.journal().writing() as connection:
        secret = sessions.start(connection, account_id, address="127.0.0.1", now=NOW)
    return sessions.session_hash(secret)


def holder(here, session):
    return sessions.principal_of(here.journal(), session, address="127.0.0.1", now=NOW)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_gets_through_as_its_cell_says_and_a_refusal_is_told(here, name, role):
    action, act = FUNCTIONS[name]
    before, allowed = accounts.accounts(here.journal()), PERMISSIONS[action].reach[role] == "all"
    if allowed:
        act(here, somebody(role))
        assert all(outcome == "done" for *_, outcome in told(here))
        return
    with pytest.raises(RefusedError, match="无权"):
        act(here, somebody(role))
    assert [(who, done, outcome) for who, done, _, outcome in told(here)] == [(role, action, "refused")]
    assert accounts.accounts(here.journal()) == before


@pytest.mark.parametrize("name", ["create_account", "change_account", "stop", "reset_password"])
def test_a_visitor_looks_and_changes_nothing(here, name):
    visitor, before = visitors.visitor("admin"), accounts.accounts(here.journal())
    assert len(people.list_accounts(here, visitor)) == 3
    with pytest.raises(AccountError, match=r"访客只能查看.* / visitors"):
        FUNCTIONS[name][1](here, visitor)
    assert accounts.accounts(here.journal()) == before
    assert told(here) == []


def test_a_new_account_signs_in_with_the_password_told_and_must_change_it(here):
    password = people.create_account(
        here, ADMIN, " wangwu ", " 王  五 ", roles=["liaison"], units=[KUNMING, PROVINCE]
    )
    account = accounts.signs_in(here.journal(), "wangwu", password, now=NOW)
    assert (account.name, account.roles, account.units) == ("王 五", ("liaison",), (PROVINCE, KUNMING))
    assert account.must_change_password
    assert told(here) == [("admin", "account.manage", "wangwu", "done")]


def test_a_first_password_is_never_too_weak_for_a_short_account(here):
    for number in range(20):
        account_id = f"e{'abcdefghijklmnopqrst'[number]}"
        password = people.create_account(here, ADMIN, account_id, "a", roles=["viewer"])
        assert weakness(password, account_id=account_id, name="a") is None


def test_no_password_stands_in_the_audit(here):
    passwords = [
        people.create_account(here, ADMIN, "wangwu", "王五", roles=["viewer"]),
        people.reset_password(here, ADMIN, "lisi"),
    ]
    text = people.export_acts(here, AUDITOR)
    assert len(text.splitlines()) == 3
    assert not any(password in text for password in passwords)


@pytest.mark.parametrize(
    ("account_id", "name", "roles", "units", "said"),
    [
        ("lisi", "李四", ["viewer"], [], "已存在"),
        ("", "王五", ["viewer"], [], "不可用"),
        ("王五", "王五", ["viewer"], [], "不可用"),
        ("命令行", "王五", ["viewer"], [], "不可用"),
        ("Lisi", "王五", ["viewer"], [], "不可用"),
        ("visit-admin", "王五", ["viewer"], [], "不可用"),
        ("wangwu\n", "  ", ["viewer"], [], "不能为空"),
        ("wangwu", "王五", [], [], "至少选一个角色"),
        ("wangwu", "王五", ["emperor"], [], "没有这样的角色"),
        ("wangwu", "王五", ["liaison"], [], "至少选一个所属单位"),
        ("wangwu", "王五", ["liaison"], ["999999"], "没有这样的填报单位"),
        ("wangwu", "王五", ["viewer"], [KUNMING], "只有联络员"),
    ],
)
def test_an_account_that_makes_no_sense_is_not_made(here, account_id, name, roles, units, said):
    with pytest.raises(AccountError, match=rf"(?s){said}.* / "):
        people.create_account(here, ADMIN, account_id, name, roles=roles, units=units)
    assert len(accounts.accounts(here.journal())) == 3
    assert told(here) == []


def test_a_change_leaves_what_it_does_not_name(here):
    people.change_account(here, ADMIN, "lisi", is_active=False)
    assert (found(here, "lisi").roles, found(here, "lisi").units) == (("liaison",), (KUNMING,))
    people.change_account(here, ADMIN, "lisi", roles=["liaison"], units=[PROVINCE])
    assert (found(here, "lisi").is_active, found(here, "lisi").units) == (False, (PROVINCE,))
    with pytest.raises(AccountError, match="没有账号"):
        people.change_account(here, ADMIN, "nobody", is_active=False)


def test_an_account_whose_rights_no_longer_make_sense_can_still_be_stopped(here):
    with here.journal().writing() as connection:
        accounts.change_rights(
            connection, "lisi", roles=["liaison"], units=["999999"], is_active=True, now=NOW
        )
    people.change_account(here, ADMIN, "lisi", is_active=False)
    assert not found(here, "lisi").is_active


@pytest.mark.parametrize("change", [{"is_active": False}, {"roles": ["viewer"], "units": []}])
def test_the_last_administrator_stays_one(here, change):
    people.change_account(here, ADMIN, "second", **change)
    with pytest.raises(AccountError, match=r"最后一个在用的系统管理员.* / admin is the last"):
        people.change_account(here, ADMIN, "admin", **change)
    # Whoever presses: an administrator who was demoted between the page and the press, too.
    with pytest.raises(AccountError, match="最后一个"):
        people.change_account(here, replace(ADMIN, account_id="second"), "admin", **change)
    assert (found(here, "admin").is_active, found(here, "admin").roles) == (True, ("admin",))


def test_two_administrators_who_stop_each_other_at_once_leave_one(here):
    def stop(who, whom):
        try:
            people.change_account(here, replace(ADMIN, account_id=who), whom, is_active=False)
        except AccountError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(max_workers=2) as both:
        said = sorted(both.map(stop, ("admin", "second"), ("second", "admin")))
    assert said[0] == ""
    assert "最后一个" in said[1]
    assert sum(found(here, each).is_active for each in ("admin", "second")) == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"roles": ["viewer"], "units": []}])
def test_an_administrator_neither_stops_nor_demotes_themselves(here, change):
    with pytest.raises(AccountError, match=r"不能停用自己.* / you cannot"):
        people.change_account(here, ADMIN, "admin", **change)
    people.change_account(here, ADMIN, "admin", roles=["admin", "viewer"], units=[])
    assert found(here, "admin").roles == ("admin", "viewer")
    with pytest.raises(AccountError, match="自己的口令"):
        people.reset_password(here, ADMIN, "admin")


def test_a_stopped_account_s_open_session_ends_for_good(here):
    session = session_of(here, "lisi")
    assert holder(here, session).account_id == "lisi"
    people.change_account(here, ADMIN, "lisi", is_active=False)
    assert holder(here, session) is None
    people.change_account(here, ADMIN, "lisi", is_active=True)
    assert holder(here, session) is None
    assert holder(here, session_of(here, "lisi")).account_id == "lisi"


def test_another_role_is_felt_by_an_open_session(here):
    session = session_of(here, "lisi")
    people.change_account(here, ADMIN, "lisi", roles=["viewer"], units=[])
    assert (holder(here, session).roles, holder(here, session).units) == ({"viewer"}, frozenset())


def test_another_password_ends_the_old_one_and_every_session(here):
    session = session_of(here, "lisi")
    password = people.reset_password(here, ADMIN, "lisi")
    assert holder(here, session) is None
    assert accounts.signs_in(here.journal(), "lisi", "Dianchi-2026-ok", now=NOW) is None
    assert accounts.signs_in(here.journal(), "lisi", password, now=NOW).must_change_password


def test_the_list_says_when_somebody_signed_in_last(here):
    session_of(here, "lisi")
    seen = {each.account.account_id: each.last_sign_in for each in people.list_accounts(here, ADMIN)}
    assert seen == {"admin": None, "lisi": NOW, "second": None}


@pytest.fixture
def busy(here):
    """A store in whose audit each of 30 days has one act, numbered by day."""
    with here.journal().writing() as connection:
        for day in range(30):
            act = Act(
                at=NOW + timedelta(days=day),
                who=("lisi", "命令行", "100%")[day % 3],
                action=("sign_in", "account.create", "submission.submit")[day % 3],
                object=("", "wangwu", "530100 2026-09")[day % 3],
                outcome="refused" if day % 2 else "done",
            )
            audit.append(connection, here.store.audit_key(), act)
    return here


def numbers(here, **wanted):
    return [row["sequence"] for row in people.read_acts(here, AUDITOR, Wanted(**wanted))]


def test_the_audit_is_paged_without_a_gap_or_an_act_twice(busy):
    pages, before = [], None
    while page := people.read_acts(busy, AUDITOR, before=before, limit=7):
        pages += [row["sequence"] for row in page]
        before = page[-1]["sequence"]
    assert pages == list(range(30, 0, -1))


def test_the_audit_is_narrowed_down(busy):
    everything = numbers(busy)
    assert numbers(busy, who="LISI") == numbers(busy, who="李") == [n for n in everything if n % 3 == 1]
    assert numbers(busy, who="%") == [n for n in everything if n % 3 == 0]
    assert numbers(busy, act="account.create") == [n for n in everything if n % 3 == 2]
    assert numbers(busy, what="2026-09") == [n for n in everything if n % 3 == 0]
    assert numbers(busy, outcome="refused") == [n for n in everything if n % 2 == 0]
    first, last = date(2026, 10, 1), date(2026, 10, 3)
    assert numbers(busy, first=first, last=last) == [4, 3, 2]
    assert numbers(busy, outcome="done", first=first, last=last) == [3]
    assert numbers(busy, who="nobody") == []


def test_an_account_made_on_the_page_and_on_the_command_line_is_the_same_kind_of_act(busy):
    people.create_account(busy, ADMIN, "sunba", "孙八", roles=["viewer"])
    people.change_account(busy, ADMIN, "sunba", is_active=False)
    assert numbers(busy, act="account.create", first=date(2026, 10, 28)) == [29]
    assert [row["object"] for row in people.read_acts(busy, AUDITOR, Wanted(act="account.change"))] == [
        "sunba"
    ]
    assert 31 in numbers(busy, act="account.create")
    assert people.kinds_of_acts(busy, AUDITOR) == [
        "account.change",
        "account.create",
        "sign_in",
        "submission.submit",
    ]


def test_an_export_holds_what_was_looked_for_and_is_told_itself(busy):
    rows = list(csv.DictReader(io.StringIO(people.export_acts(busy, AUDITOR, Wanted(outcome="refused")))))
    assert [int(row["序号"]) for row in rows] == list(range(30, 0, -2))
    assert {row["结果"] for row in rows} == {"拒绝"}
    last = people.read_acts(busy, AUDITOR, limit=1)[0]
    assert (last["who"], last["action"], last["outcome"]) == ("auditor", "audit.export", "done")
    assert last["detail"] == {"acts": 15, "wanted": "outcome=refused"}


def test_an_export_of_nothing_still_has_its_columns(here):
    assert people.export_acts(here, AUDITOR).startswith("序号,发生时间,账号")


@pytest.mark.parametrize("typed", ["=1+1", "@SUM(A1)", "+A1", "-A1", "＝1", "\t=1", "|cmd"])
def test_what_was_typed_into_the_sign_in_page_is_no_formula_in_the_export(here, typed):
    with here.journal().writing() as connection:
        act = Act(at=NOW, who=typed, action="sign_in", object="", outcome="refused")
        audit.append(connection, here.store.audit_key(), act)
    (row,) = csv.DictReader(io.StringIO(people.export_acts(here, AUDITOR)))
    assert row["账号"] == f"'{typed}"


def test_verifying_finds_the_first_act_that_was_altered_and_is_told_itself(busy):
    assert people.verify_audit(busy, AUDITOR) is None
    assert told(busy)[-1] == ("auditor", "audit.verify", "", "done")
    with busy.journal().writing() as connection:
        connection.execute(AUDIT.update().where(AUDIT.c.sequence == 7).values(who="somebody"))
    assert people.verify_audit(busy, AUDITOR) == "第7条被改动 / act 7 was altered"
