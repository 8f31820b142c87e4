"""The data of a revision as a workbook: read by the door it gives the same rows; who gets it, and who does not."""

from __future__ import annotations

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from urllib.parse import unquote

import openpyxl
import polars as pl
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette

from dashboard.access.permissions import PERMISSIONS, ROLES
from dashboard.access.principal import RefusedError
from dashboard.services import checking, files, submitted
from dashboard.services.reporting import NotReadyError
from etl.accept import PROVENANCE
from etl.closures import checking_history
from etl.journal_tables import AUDIT
from etl.load import check_file
from etl.schema import NOT_APPLICABLE
from etl.sheets import SHEETS
from tests.etl.example_workbooks import example_workbook_rows
from tests.services.stores import (
    CAMPAIGN,
    DIQING,
    KUNMING,
    MONTH,
    NOW,
    DoorsAt,
    doors_of,
    handed_in,
    liaison,
    published,
    somebody,
    workbook,
)

REVIEWER = somebody("reviewer")
NUMBER, MASKED = "13812345678", "138****5678"
AUGUST = "2026-08"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    doors = doors_of(tmp_path_factory.mktemp("submitted") / "store")
    yield doors
    published()


def rows_of(period):
    """Example rows with 不适用 in a figure, and a telephone number in a text and in a key."""
    rows = example_workbook_rows(CAMPAIGN, CAMPAIGN.unit(DIQING, CAMPAIGN.reporting_level), period)
    figure = next(column.name for column in SHEETS["monthly"].columns if column.not_applicable)
    rows["monthly"][0][figure] = NOT_APPLICABLE
    rows["issues"][0]["measure"] = f"电话{NUMBER}"
    rows["complaints"][0]["complaint_id"] = NUMBER
    return rows


@pytest.fixture(scope="module")
def filled(here, tmp_path_factory):
    """August, every sheet of which is reported."""
    content = workbook(tmp_path_factory.mktemp("filled"), DIQING, AUGUST, rows=rows_of(AUGUST))
    return handed_in(here, content, period=AUGUST)


@pytest.fixture(scope="module")
def declared(here, filled, tmp_path_factory):
    """September, with every declaration its cover asks for: empty logs on purpose, and sheets as they were."""
    flags = [flag for sheet in SHEETS.values() for flag in (sheet.zero_report, sheet.unchanged) if flag]
    empty = {sheet.key: [] for sheet in SHEETS.values() if sheet.zero_report or sheet.unchanged}
    rows = {key: empty.get(key, held) for key, held in rows_of(MONTH).items()}
    rows = {key: held for key, held in rows.items() if key in rows_of(MONTH)}
    content = workbook(
        tmp_path_factory.mktemp("declared"), DIQING, rows=rows, cover=dict.fromkeys(flags, True)
    )
    return handed_in(here, content)


def stored(here, submission_id):
    """The rows of each sheet without what is stored beside them, in the order of the sheet."""
    held = here.journal().submission(submission_id)
    return {
        sheet.sheet: pl.read_parquet(here.store.rows / sheet.path).drop(PROVENANCE, strict=False)
        for sheet in held.sheets
        if sheet.path is not None
    }


def read_again(here, content, tmp_path):
    """A workbook read and checked by the door."""
    path = tmp_path / "downloaded.xlsx"
    path.write_bytes(content)
    history = checking_history(here.store, here.journal())
    return check_file(path, checking.reader(), CAMPAIGN, now=NOW, history=history)


@pytest.mark.parametrize("kind", ["filled", "declared"])
def test_what_is_downloaded_gives_the_same_rows_and_cover_when_the_door_reads_it(
    here, kind, tmp_path, request
):
    receipt = request.getfixturevalue(kind)
    held, rows = here.journal().submission(receipt.submission_id), stored(here, receipt.submission_id)
    contents = {sheet.sheet: sheet.content for sheet in held.sheets}
    _, content = submitted.workbook(here, liaison(DIQING), receipt.submission_id)
    checked = read_again(here, content, tmp_path).checked
    assert checked.sheets.keys() == contents.keys()
    for key, sheet in checked.sheets.items():
        found = sheet.rows.drop(PROVENANCE, strict=False)
        if contents[key] in ("reported", "unchanged"):
            assert found.equals(rows[key].select(found.columns)), key
            assert sheet.content == "reported"
        else:
            assert found.is_empty()
            assert sheet.content == contents[key]
    told = {name: str(value) for name, value in checked.cover.items() if value is not None}
    assert told == {name: str(value) for name, value in held.cover.items() if value is not None}
    must = {each.kind for each in checked.findings if each.severity == "must"}
    assert must == ({"unchanged_but_filled"} if "unchanged" in contents.values() else set())


def test_both_ways_of_declaring_are_among_what_is_read_again(here, declared):
    held = here.journal().submission(declared.submission_id)
    assert {"zero_report", "unchanged"} <= {sheet.content for sheet in held.sheets}


def test_a_telephone_number_is_masked_in_it(here, filled):
    _, content = submitted.workbook(here, REVIEWER, filled.submission_id)
    book = openpyxl.load_workbook(io.BytesIO(content))
    text = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert NUMBER not in text
    assert f"电话{MASKED}" in text


def test_a_revision_with_rows_of_a_county_the_campaign_has_no_more_says_why_it_is_no_workbook(here, filled):
    @dataclass(frozen=True, kw_only=True)
    class DoorsLater(DoorsAt):
        def campaign(self):
            county = next(leaf.code for leaf in CAMPAIGN.leaves(DIQING) if not leaf.own_office)
            return replace(CAMPAIGN, units=tuple(unit for unit in CAMPAIGN.units if unit.code != county))

    later = DoorsLater(store=here.store)
    with pytest.raises(NotReadyError, match="现已不设的单位"):
        submitted.workbook(later, liaison(DIQING), filled.submission_id)


def answer(here, principal, submission_id):
    """Status, headers and length of what the route answers."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    path = f"/submissions/{submission_id}/workbook"
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    # A thread of its own: the browser of other tests keeps an event loop in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        app = Starlette(routes=files.routes(here))
        thread.submit(lambda: asyncio.run(app(scope | {"principal": principal}, receive, send))).result()
    start, *rest = sent
    return start["status"], dict(start["headers"]), b"".join(part.get("body", b"") for part in rest)


def test_the_route_gives_it_to_its_liaison_and_the_reviewer_and_tells_the_audit(here, filled):
    for person in (liaison(DIQING), REVIEWER):
        status, headers, body = answer(here, person, filled.submission_id)
        assert (status, body[:2]) == (200, b"PK")
        name = f"迪庆藏族自治州-{AUGUST}-第1版.xlsx"
        assert unquote(headers[b"content-disposition"].decode()).endswith(name)
        with here.journal().reading() as connection:
            last = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.sequence.desc())).mappings().first()
        assert (last["who"], last["action"], last["object"]) == (
            person.account_id,
            "submission.read",
            filled.submission_id,
        )
        assert last["detail"]["file"] == name


@pytest.mark.parametrize(
    "role", [role for role in ROLES if PERMISSIONS["submission.read"].reach[role] != "all"]
)
def test_nobody_else_gets_it(here, filled, role):
    person = liaison(KUNMING) if role == "liaison" else somebody(role)
    with pytest.raises(RefusedError):
        submitted.workbook(here, person, filled.submission_id)
    status, _, body = answer(here, person, filled.submission_id)
    assert (status, b"PK" in body) == (403, False)


def test_a_submission_there_is_none_of_is_told_so_to_a_reviewer_only(here, filled):
    with pytest.raises(NotReadyError, match="没有这份报送"):
        submitted.workbook(here, REVIEWER, f"{filled.submission_id}0")
    assert answer(here, liaison(DIQING), "533400-2026-08-0")[0] == 403
