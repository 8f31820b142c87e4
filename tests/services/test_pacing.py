"""How often an account may upload: so many within so long, whichever server takes them, and then a time to come back."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import get_context

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette

from dashboard.services import files, hand_in
from dashboard.services.pacing import MOST, WITHIN, TooOftenError
from etl import audit
from etl.journal_tables import AUDIT
from tests.services.stores import DIQING, KUNMING, MONTH, NOW, doors_of, liaison

NO_WORKBOOK = b"nothing of the kind"
PROCESSES, WAIT = 2, 120


def upload(here, unit=DIQING):
    return hand_in.receive(here, liaison(unit), unit, MONTH, "a.xlsx", NO_WORKBOOK)


def uploads(here) -> int:
    query = sa.select(sa.func.count()).where(AUDIT.c.action == "workbook.upload")
    with here.journal().reading() as connection:
        assert audit.first_fault(connection, here.store.audit_key()) is None
        return connection.execute(query).scalar_one()


def test_one_upload_too_many_is_told_when_to_come_back_and_leaves_no_trace(tmp_path):
    here = doors_of(tmp_path / "store")
    for _ in range(MOST):
        upload(here)
    held = uploads(here)

    with pytest.raises(TooOftenError, match="10:10:01后再来") as refused:
        upload(here)

    assert refused.value.seconds == WITHIN.total_seconds()
    assert uploads(here) == held == MOST
    upload(here, KUNMING)
    later = doors_of(here.store.folder, now=NOW + WITHIN)
    upload(later)


def test_the_time_counts_from_the_first_of_the_last_uploads(tmp_path):
    folder = tmp_path / "store"
    for number in range(MOST):
        upload(doors_of(folder, now=NOW + number * timedelta(seconds=10)))
    last = NOW + WITHIN - timedelta(seconds=1)
    with pytest.raises(TooOftenError) as refused:
        upload(doors_of(folder, now=last))
    assert refused.value.seconds == 1
    upload(doors_of(folder, now=NOW + WITHIN))
    with pytest.raises(TooOftenError):
        upload(doors_of(folder, now=NOW + WITHIN))


def uploading(folder, tries: int, taken) -> None:
    """A server of its own that takes as many uploads of one account as it may."""
    here = doors_of(folder)
    for _ in range(tries):
        try:
            upload(here)
        except TooOftenError:
            continue
        with taken.get_lock():
            taken.value += 1


def test_servers_of_one_store_count_together(tmp_path):
    here, context = doors_of(tmp_path / "store"), get_context("spawn")
    taken = context.Value("i", 0)
    processes = [
        context.Process(target=uploading, args=(here.store.folder, MOST * 2 // 3, taken))
        for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(WAIT)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    assert taken.value == uploads(here) == MOST


def put(here, path: str, body: bytes) -> tuple[int, dict[bytes, bytes], str]:
    """What the route answers to a liaison of 迪庆州 behind the gate."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "PUT", "path": path, "query_string": b"name=a.xlsx", "headers": []}
    # A thread of its own: the browser of other tests keeps an event loop in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        app = Starlette(routes=files.routes(here))
        thread.submit(
            lambda: asyncio.run(app(scope | {"principal": liaison(DIQING)}, receive, send))
        ).result()
    start, *rest = sent
    return start["status"], dict(start["headers"]), b"".join(part.get("body", b"") for part in rest).decode()


def test_what_goes_wrong_on_the_disk_is_told_in_a_sentence(tmp_path, caplog):
    here = doors_of(tmp_path / "store")
    # A file where the folder of workbooks should be: nothing can be put there.
    here.store.workbooks.write_bytes(b"")
    status, _, told = put(here, f"/hand-in/{DIQING}/{MONTH}/workbook", NO_WORKBOOK)
    assert (status, told[:5]) == (500, "没有办成，")
    assert "workbook failed" in caplog.text


def test_the_upload_route_answers_429_with_a_sentence_and_the_seconds(tmp_path):
    here = doors_of(tmp_path / "store")
    address = f"/hand-in/{DIQING}/{MONTH}/workbook"
    answers = [put(here, address, NO_WORKBOOK) for _ in range(MOST + 1)]
    assert [status for status, _, _ in answers] == [200] * MOST + [429]
    _, headers, told = answers[-1]
    assert headers[b"retry-after"] == b"600"
    assert re.fullmatch("您在10分钟内已上传、标注或合并30次，请在10:10:01后再来；.*", told)
