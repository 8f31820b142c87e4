"""kill -9 of the running server under uploads: what it has answered for is there, and nothing is half stored."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from dashboard.access import accounts, sessions
from dashboard.access.doors import SHANGHAI
from dashboard.access.gate import COOKIE
from dashboard.services.attachments import MOST
from etl import audit, drafts
from etl.act import Act
from etl.journal import Journal
from etl.journal_tables import ATTACHMENT
from etl.store import Store
from tests.etl.stores import yunnan
from tests.services.stores import MONTH, workbook

KILLS = int(os.environ.get("KILLS", "2"))
"""The environment may ask for more."""
ROOT = Path(__file__).parents[2]
CAMPAIGN, UNIT, LONGEST = yunnan(), "533400", 2.5
UNITS = [unit.code for unit in CAMPAIGN.reporting_units]
PLACE = f"{UNIT}/{MONTH}"


def now() -> datetime:
    return datetime.now(SHANGHAI).replace(tzinfo=None)


@contextmanager
def server(store: Path, port: int) -> Iterator[subprocess.Popen]:
    """The dashboard on a store, answering; killed at the end, if it still runs."""
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py", f"--server.port={port}"]
    environment = os.environ | {"STORE_DIR": str(store), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*command, "--server.headless=true"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        try:
            assert any("URL:" in line for line in process.stdout)
            yield process
        finally:
            process.kill()


def signed_in(store: Path, number: int) -> str:
    """The secret of a new liaison's session: one person does not upload as often as all rounds together."""
    with closing(Journal(Store(folder=store).journal_url)) as journal, journal.writing() as connection:
        name = f"liaison{number}"
        accounts.create(
            connection, name, "李明", "Dianchi-2026-ok", roles=["liaison"], units=UNITS, now=now()
        )
        connection.execute(accounts.ACCOUNT.update().values(must_change_password=False))
        signed_in = Act(at=now(), who=name, action="sign_in", object="")
        audit.append(connection, Store(folder=store).audit_key(), signed_in)
        return sessions.start(connection, name, address="127.0.0.1", now=now())


def put(port: int, secret: str, place: str, what: str, content: bytes) -> bytes | None:
    """The answer to an upload; None where the server died before it had answered whole."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"cookie": f"{COOKIE}={secret}", "origin": f"http://127.0.0.1:{port}"}
    try:
        connection.request("PUT", f"/hand-in/{place}/{what}", content, headers)
        answer = connection.getresponse()
        told = answer.read()
        assert answer.status == 200, told.decode()
    except (OSError, http.client.HTTPException):
        return None
    else:
        return told
    finally:
        connection.close()


def uploading(
    port: int, secret: str, place: str, contents: list[bytes], acknowledged: dict[str, list[str]]
) -> None:
    """Upload until the server is gone, and note what it has answered for; attachments go to a place of their own."""
    for number in range(MOST):
        draft = put(port, secret, PLACE, "workbook?name=a.xlsx", contents[number % len(contents)])
        if draft is None:
            return
        acknowledged["drafts"].append(json.loads(draft)["draft"])
        page = b"%PDF-1.4 " + secret.encode() + str(number).encode()
        if put(port, secret, place, f"attachment?name={number}.pdf", page) is None:
            return
        acknowledged["attachments"].append(hashlib.sha256(page).hexdigest())


def check_whole(store: Path, acknowledged: dict[str, list[str]]) -> str:
    """What was answered for is there whole; the draft that stands now, by its id."""
    held = Store(folder=store)
    with closing(Journal(held.journal_url)) as journal, journal.reading() as connection:
        draft = drafts.find(connection, UNIT, MONTH)
        attached = set(connection.execute(sa.select(ATTACHMENT.c.sha256)).scalars())
        assert set(acknowledged["attachments"]) <= attached
        assert draft is not None or not acknowledged["drafts"]
        assert audit.first_fault(connection, held.audit_key()) is None
    named = attached | ({draft.sha256} if draft else set())
    files = [path for folder in (held.workbooks, held.attachments) for path in folder.glob("*/*")]
    whole = {path.stem: path for path in files if len(path.stem) == 64}
    assert named <= whole.keys()
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == sha256 for sha256, path in whole.items())
    return draft.draft_id if draft else ""


def test_what_a_killed_server_has_answered_for_is_there_when_it_starts_again(
    tmp_path, tmp_path_factory, free_port
):
    contents = [workbook(tmp_path_factory.mktemp("made"), UNIT, MONTH, count=count) for count in (3, 4, 5)]
    chance, store = random.Random(time.time_ns()), tmp_path / "store"
    store.mkdir()
    acknowledged: dict[str, list[str]] = {"drafts": [], "attachments": []}
    for number in range(KILLS):
        secret = signed_in(store, number)
        with server(store, free_port) as process:
            place = f"{UNITS[number % len(UNITS)]}/{CAMPAIGN.periods[number // len(UNITS)]}"
            client = threading.Thread(
                target=uploading, args=(free_port, secret, place, contents, acknowledged)
            )
            client.start()
            client.join(chance.uniform(0, LONGEST))
            process.send_signal(signal.SIGKILL)
            client.join()
        standing = check_whole(store, acknowledged)
        earlier = acknowledged["drafts"][:-1]
        # What stands is the last that was answered for, or the one the server had not yet answered for.
        assert standing not in earlier
    secret = signed_in(store, KILLS)
    with server(store, free_port):
        draft = put(free_port, secret, PLACE, "workbook?name=a.xlsx", contents[0])
        assert draft is not None
    assert check_whole(store, acknowledged) == json.loads(draft)["draft"]


@pytest.fixture
def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
