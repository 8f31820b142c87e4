"""The gate in front of a real dashboard on loopback: who gets in, by which door, and for how long."""

from __future__ import annotations

import asyncio
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from starlette.responses import PlainTextResponse
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dashboard.access import accounts, sessions
from dashboard.access.accounts import change_rights
from dashboard.access.doors import Doors
from dashboard.access.gate import COOKIE, HEADER, Gate
from etl import audit
from etl.journal import Journal
from etl.store import Store
from tests.dashboard.conftest import LEADER, SHANGHAI, leaders_session, served, stores

__all__ = ["stores"]

PASSWORD, NEW_PASSWORD = "Dianchi-2026-ok", "Erhai-2026-better"
PAGES = (
    "/",
    "/ranking",
    "/unit",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/media/nothing.png",
    "/password",
)


def now() -> datetime:
    return datetime.now(SHANGHAI).replace(tzinfo=None)


@pytest.fixture(scope="module")
def store(stores):
    """Real data, and two accounts besides the leader's."""
    folder = stores("district")
    leaders_session(folder)
    with closing(Journal(Store(folder=folder).journal_url)) as journal, journal.writing() as connection:
        for account_id in ("kunming", "baoshan"):
            accounts.create(connection, account_id, "李明", PASSWORD, roles=["analyst"], units=[], now=now())
    return folder


@pytest.fixture(scope="module")
def real(store):
    """The address of a dashboard on real data."""
    with served(store) as address:
        yield address


@pytest.fixture(scope="module")
def simulated(stores):
    """The address of a dashboard on simulated data."""
    with served(stores("full")) as address:
        yield address


@contextmanager
def journal_of(store):
    journal = Journal(Store(folder=store).journal_url)
    yield journal
    journal.close()


def ask(address, path, *, method="GET", body="", **headers):
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if method == "POST":
        named = {"origin": address, "content-type": "application/x-www-form-urlencoded"} | named
    connection.request(method, path, body or None, named)
    answer = connection.getresponse()
    answer.text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer


def cookie(secret):
    return f"{COOKIE}={secret}"


def sign_in(address, account="kunming", password=PASSWORD, **headers):
    form = urlencode({"account": account, "password": password})
    return ask(address, "/sign-in", method="POST", body=form, **headers)


def given(answer):
    """The session's secret in an answer."""
    return answer.getheader("set-cookie").partition("=")[2].partition(";")[0]


def _socket(address, *, secret="", origin=None, headers=()):
    named = [("cookie", cookie(secret))] if secret else []
    way = {"subprotocols": ["streamlit"], "max_size": None, "proxy": None, "origin": origin or address}
    netloc = urlsplit(address).netloc
    return connect(f"ws://{netloc}/_stcore/stream", additional_headers=[*named, *headers], **way)


async def _rerun(socket):
    """Whether a rerun is answered to its end."""
    request = BackMsg()
    request.rerun_script.query_string = ""
    await socket.send(request.SerializeToString())
    while True:
        message = ForwardMsg.FromString(await socket.recv())
        if message.WhichOneof("type") == "script_finished":
            return True


def apart(coroutine):
    """Run it in a thread of its own: the browser tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def become(store, role, *, is_active=True):
    with journal_of(store) as journal, journal.writing() as connection:
        change_rights(connection, LEADER, roles=[role], units=[], is_active=is_active, now=now())


def refused(address, **way):
    """Whether a socket is closed before the pages say anything."""

    async def tried():
        try:
            async with asyncio.timeout(30):
                async with _socket(address, **way) as socket:
                    await _rerun(socket)
        except (ConnectionClosed, InvalidStatus):
            return True
        return False

    return apart(tried())


@pytest.mark.parametrize("path", PAGES)
def test_without_a_session_nothing_is_served(real, path):
    page = ask(real, path, accept="text/html")
    thing = ask(real, path)
    assert page.status in (303, 404)
    assert page.status == 404 or page.getheader("location") == "/sign-in"
    assert thing.status in (401, 404)
    assert "教育" not in thing.text
    assert refused(real)


def test_a_forged_or_foreign_cookie_opens_nothing(real, stores):
    other = sessions.session_hash("something")
    for secret in ("forged", other, "visit:viewer.", ""):
        assert ask(real, "/", accept="text/html", cookie=cookie(secret)).status == 303
        assert refused(real, secret=secret)
    assert ask(real, "/", accept="text/html", cookie="assessment_visit=admin").status == 303


def test_nobody_says_by_a_header_who_they_are(real, store):
    secret = leaders_session(store)
    named = [(HEADER.decode(), secret), ("x-assessment-session", sessions.session_hash(secret))]
    assert ask(real, "/", accept="text/html", **dict(named)).status == 303
    assert refused(real, headers=named)


def test_a_signed_in_person_gets_pages_and_a_socket(real):
    answer = sign_in(real)
    assert (answer.status, answer.getheader("location")) == (303, "/password")
    secret = given(answer)
    # A first password opens nothing but the way to change it.
    assert ask(real, "/", accept="text/html", cookie=cookie(secret)).getheader("location") == "/password"
    assert refused(real, secret=secret)
    form = urlencode({"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD})
    changed = ask(real, "/password", method="POST", body=form, cookie=cookie(secret))
    assert (changed.status, changed.getheader("location")) == (303, "/sign-in?changed")
    assert ask(real, "/", accept="text/html", cookie=cookie(secret)).status == 303
    secret = given(sign_in(real, password=NEW_PASSWORD))
    assert ask(real, "/", accept="text/html", cookie=cookie(secret)).status == 200
    assert not refused(real, secret=secret)


def test_the_cookie_is_no_script_s_business(real):
    assert sign_in(real, LEADER, "wrong").getheader("set-cookie") is None
    said = sign_in(real, "baoshan").getheader("set-cookie").lower()
    assert "httponly" in said
    assert "samesite=lax" in said


def test_replaying_a_cookie_after_signing_out_opens_nothing(real, store):
    secret = leaders_session(store)
    assert ask(real, "/", accept="text/html", cookie=cookie(secret)).status == 200
    assert ask(real, "/sign-out", method="POST", cookie=cookie(secret)).status == 303
    assert ask(real, "/", accept="text/html", cookie=cookie(secret)).status == 303
    assert refused(real, secret=secret)


@pytest.mark.parametrize("way", ["stopped", "signed out", "expired"])
def test_an_open_page_ends_with_its_session(real, store, way):
    secret = leaders_session(store)

    async def tried():
        async with _socket(real, secret=secret) as socket:
            assert await _rerun(socket)
            end_session()
            with pytest.raises(ConnectionClosed):
                await _rerun(socket)

    def end_session():
        with journal_of(store) as journal, journal.writing() as connection:
            if way == "stopped":
                change_rights(connection, LEADER, roles=["viewer"], units=[], is_active=False, now=now())
            elif way == "signed out":
                sessions.end(connection, sessions.session_hash(secret), now=now())
            else:
                past = now() - sessions.LONGEST - timedelta(minutes=1)
                connection.execute(accounts.SESSION.update().values(started_at=past))

    try:
        apart(tried())
    finally:
        become(store, "viewer")
        with journal_of(store) as journal, journal.writing() as connection:
            # A session that began before there was any act would look like an audit that was emptied.
            connection.execute(accounts.SESSION.delete())


def test_a_changed_role_counts_on_an_open_page(real, store):
    secret = leaders_session(store)

    async def pages(socket):
        request = BackMsg()
        request.rerun_script.query_string = ""
        await socket.send(request.SerializeToString())
        found = []
        while True:
            message = ForwardMsg.FromString(await socket.recv())
            if message.WhichOneof("type") == "navigation":
                found = [page.url_pathname for page in message.navigation.app_pages if not page.is_hidden]
            if message.WhichOneof("type") == "script_finished":
                return found

    async def tried():
        async with _socket(real, secret=secret) as socket:
            before = await pages(socket)
            become(store, "auditor")
            return before, await pages(socket)

    before, after = apart(tried())
    become(store, "viewer")
    assert "ranking" in before
    assert "ranking" not in after


def test_another_site_may_neither_post_nor_open_a_socket(real, store):
    secret = leaders_session(store)
    for origin in ("http://example.com", "null", real.replace("http", "https"), "http://127.0.0.1:1"):
        assert sign_in(real, origin=origin).status == 403
        assert ask(real, "/sign-out", method="POST", origin=origin, cookie=cookie(secret)).status == 403
        assert refused(real, secret=secret, origin=origin)
    assert ask(real, "/", accept="text/html", cookie=cookie(secret)).status == 200


def test_only_the_page_s_own_host_is_served(real, store):
    secret = leaders_session(store)
    for host in ("example.com", "127.0.0.1.example.com", "", "[", "[::1", "a]b"):
        assert ask(real, "/", accept="text/html", cookie=cookie(secret), host=host).status == 400


def test_streamlit_s_own_ways_in_are_closed_to_everybody(real, store):
    secret = leaders_session(store)
    for path, method in (("/_stcore/upload_file/a/b", "PUT"), ("/_stcore/metrics", "GET")):
        assert ask(real, path, method=method, cookie=cookie(secret), origin=real).status == 404


def test_the_health_of_the_server_is_told_to_all_and_nothing_else(real):
    assert ask(real, "/_stcore/health").status == 200


def test_an_answer_may_not_be_framed_or_guessed_at(real, store):
    answer = ask(real, "/", accept="text/html", cookie=cookie(leaders_session(store)))
    assert answer.getheader("x-frame-options") == "DENY"
    assert answer.getheader("x-content-type-options") == "nosniff"


def test_a_name_nobody_has_and_a_wrong_password_are_told_apart_by_nothing(real):
    wrong, unknown = sign_in(real, "kunming", "wrong"), sign_in(real, "nobody", "wrong")
    assert wrong.status == unknown.status == 401
    assert wrong.text.replace("kunming", "") == unknown.text.replace("nobody", "")


def test_what_is_typed_into_the_sign_in_page_comes_back_as_text(real):
    assert "<script>" not in sign_in(real, '"><script>alert(1)</script>', "x").text


def test_a_visitor_looks_around_on_simulated_data_and_chooses_a_role(simulated):
    assert ask(simulated, "/", accept="text/html").status == 200
    answer = ask(simulated, "/visit", method="POST", body=urlencode({"as": "auditor"}))
    assert answer.status == 303
    assert "assessment_visit=auditor" in answer.getheader("set-cookie")
    assert not refused(simulated)


def test_there_are_no_visitors_on_real_data(real):
    answer = ask(real, "/visit", method="POST", body=urlencode({"as": "admin"}), accept="text/html")
    assert (answer.status, answer.getheader("set-cookie")) == (401, None)


def answered(folder, peer, *, origin=""):
    """The status the gate of a store answers to a request from a network address, whatever Host it names."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    async def within(scope, receive, send):
        await PlainTextResponse("within")(scope, receive, send)

    headers = [(b"host", urlsplit(origin).netloc.encode() or b"localhost"), (b"accept", b"text/html")]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
    gate = Gate(within, Doors(store=Store(folder=folder), origin=origin))
    apart(gate({**scope, "client": (peer, 50_000)}, receive, send))
    return sent[0]["status"]


def test_without_an_origin_only_this_machine_is_served_whatever_host_is_named(stores):
    simulated = stores("full")
    assert answered(simulated, "127.0.0.1") == answered(simulated, "::1") == 200
    for peer in ("203.0.113.9", "192.168.1.7", "2001:db8::1", ""):
        assert answered(simulated, peer) == 403
    # With one, everybody comes to the sign-in page, and nobody is a visitor.
    assert answered(simulated, "203.0.113.9", origin="https://kaohe.example.gov.cn") == 303


def told(store, count=1):
    """Who did what with which outcome, the latest acts of the store first."""
    with journal_of(store) as journal, journal.reading() as connection:
        return [
            (each["who"], each["action"], each["outcome"]) for each in audit.listed(connection, limit=count)
        ]


def test_what_nobody_is_called_may_be_a_password_and_is_not_kept(real, store):
    for typed in (PASSWORD, "13812345678", "x" * 4_000):
        assert sign_in(real, typed, "wrong").status == 401
        assert told(store) == [("未知账号", "sign_in", "refused")]


def test_a_wrong_old_password_is_audited(real, store):
    secret = given(sign_in(real, "baoshan"))
    form = urlencode({"old": "wrong", "new": NEW_PASSWORD, "again": NEW_PASSWORD})
    with journal_of(store) as journal, journal.writing() as connection:
        connection.execute(accounts.ACCOUNT.update().values(must_change_password=False))
    assert ask(real, "/password", method="POST", body=form, cookie=cookie(secret)).status == 401
    assert told(store) == [("baoshan", "password", "refused")]


def test_signing_in_and_being_refused_are_audited_and_the_audit_is_whole(real, store):
    sign_in(real, "kunming", "wrong")
    with journal_of(store) as journal, journal.reading() as connection:
        acts = list(audit.listed(connection, limit=5))
        assert audit.first_fault(connection, Store(folder=store).audit_key()) is None
    assert [(acts[0]["who"], acts[0]["action"], acts[0]["outcome"])] == [("kunming", "sign_in", "refused")]
    assert "wrong" not in json.dumps(acts, default=str, ensure_ascii=False).replace('"wrong"', "")
