"""Closing through the service, and what it leaves on the liaison's desk: who may, once, all or none, audited."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import openpyxl
import polars as pl
import pytest

from dashboard.access.permissions import ROLES
from dashboard.access.principal import RefusedError
from dashboard.services import closing, hand_in
from dashboard.services.open_work import open_work
from etl.accept import stored_history
from etl.closures import closures
from etl.review import ReviewError
from etl.sheets.issues import RECTIFIED
from tests.etl.example_workbooks import example_workbook_rows
from tests.services.stores import (
    CAMPAIGN,
    DIQING,
    KUNMING,
    MONTH,
    NOW,
    DoorsAt,
    acts,
    doors_of,
    handed_in,
    liaison,
    published,
    somebody,
    workbook,
)

REVIEWER = somebody("reviewer")
NEXT_MONTH, LATER = "2026-10", datetime(2026, 10, 31, 10)
SEEN = "现场核查，照片 12-15"


@pytest.fixture
def here(tmp_path):
    doors = doors_of(tmp_path / "store", now=LATER)
    yield doors
    published()


def issues(statuses, unit_code=DIQING):
    """A ledger of the unit with an issue of each of these states."""
    unit = CAMPAIGN.unit(unit_code, CAMPAIGN.reporting_level)
    rows = example_workbook_rows(CAMPAIGN, unit, MONTH, len(statuses))["issues"]
    return [
        {
            **row,
            "status": status,
            "closed_on": row["found_on"] + timedelta(days=3) if status == RECTIFIED else None,
        }
        for row, status in zip(rows, statuses, strict=True)
    ]


def complaints(unit_code=DIQING):
    """A log of the unit in which every second case is open."""
    unit = CAMPAIGN.unit(unit_code, CAMPAIGN.reporting_level)
    rows = example_workbook_rows(CAMPAIGN, unit, MONTH, 4)["complaints"]
    still_open = {"closed_at": None, "closed_on_time": None}
    return [
        {**row, "excluded_reason": "无", **(still_open if number % 2 else {})}
        for number, row in enumerate(rows)
    ]


def reported(here, folder, statuses, period=MONTH, unit_code=DIQING):
    rows = {"issues": issues(statuses, unit_code), "complaints": complaints(unit_code)}
    return handed_in(here, workbook(folder, unit_code, period, rows=rows), unit_code, period=period)


def waiting(here, period=MONTH):
    return [each.issue_id for each in closing.closing(here, REVIEWER, period).waiting]


def test_rectified_issues_wait_with_the_row_they_stand_in_and_are_closed_several_at_once(here, tmp_path):
    reported(here, tmp_path, [RECTIFIED, "整改中", RECTIFIED, RECTIFIED])
    found = closing.closing(here, REVIEWER, MONTH)
    assert [(each.issue_id, each.row) for each in found.waiting] == [
        ("issue_id-0000", 3),
        ("issue_id-0002", 5),
        ("issue_id-0003", 6),
    ]
    assert {each.unit_code for each in found.waiting} == {DIQING}
    counties = {unit.name for unit in CAMPAIGN.leaves(DIQING)}
    assert {each.county for each in found.waiting} <= counties
    closing.close(here, REVIEWER, DIQING, ["issue_id-0000", "issue_id-0003"], f" {SEEN}\n")
    found = closing.closing(here, REVIEWER, MONTH)
    assert [each.issue_id for each in found.waiting] == ["issue_id-0002"]
    assert {each.closure.issue_id for each in found.closed} == {"issue_id-0000", "issue_id-0003"}
    assert {(each.closure.evidence, each.closure.closed_by, each.reported) for each in found.closed} == {
        (SEEN, "王芳", RECTIFIED)
    }
    assert acts(here)[-1] == ("reviewer", "issue.close", "done")


@dataclass(frozen=True, kw_only=True)
class DoorsLater(DoorsAt):
    """Doors of a campaign one of whose counties is no more."""

    without: str

    def campaign(self):
        return replace(CAMPAIGN, units=tuple(unit for unit in CAMPAIGN.units if unit.code != self.without))


def test_an_issue_of_a_county_the_campaign_no_longer_has_is_shown_under_its_code(here, tmp_path):
    reported(here, tmp_path, [RECTIFIED, RECTIFIED])
    closing.close(here, REVIEWER, DIQING, ["issue_id-0000"], SEEN)
    gone = {each["issue_id"]: each["unit"] for each in issues([RECTIFIED, RECTIFIED])}
    for issue_id, code in gone.items():
        later = DoorsLater(store=here.store, stands_at=LATER, without=code)
        found = closing.closing(later, REVIEWER, MONTH)
        shown = {each.issue_id: each.county for each in found.waiting}
        shown |= {each.closure.issue_id: each.county for each in found.closed}
        assert shown.keys() == gone.keys()
        assert shown[issue_id] == code


def test_what_is_said_to_be_rectified_on_a_day_to_come_is_not_closed_before(here, tmp_path):
    reported(here, tmp_path, [RECTIFIED])
    day = issues([RECTIFIED])[0]["closed_on"]
    before, then = (
        doors_of(here.store.folder, now=datetime.combine(day - timedelta(days=back), NOW.time()))
        for back in (1, 0)
    )
    with pytest.raises(ReviewError, match="还没有到"):
        closing.close(before, REVIEWER, DIQING, ["issue_id-0000"], SEEN)
    closing.close(then, REVIEWER, DIQING, ["issue_id-0000"], SEEN)
    assert len(closures(here.journal())) == 1


def test_pressing_twice_closes_once(here, tmp_path):
    reported(here, tmp_path, [RECTIFIED, RECTIFIED])
    problems = []

    def press():
        try:
            closing.close(here, REVIEWER, DIQING, ["issue_id-0000", "issue_id-0001"], SEEN)
        except ReviewError as error:
            problems.append(str(error))

    hands = [threading.Thread(target=press) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(closures(here.journal())) == 2
    assert len(problems) == 3
    assert all("已经销号" in problem for problem in problems)
    done = [action for _, action, outcome in acts(here) if outcome == "done"]
    assert done.count("issue.close") == 1


def test_one_that_cannot_be_closed_leaves_the_others_open_too(here, tmp_path):
    reported(here, tmp_path, [RECTIFIED, "整改中"])
    with pytest.raises(ReviewError, match="issue_id-0001"):
        closing.close(here, REVIEWER, DIQING, ["issue_id-0000", "issue_id-0001"], SEEN)
    with pytest.raises(ReviewError, match="核查情况"):
        closing.close(here, REVIEWER, DIQING, ["issue_id-0000"], " \n ")
    assert closures(here.journal()) == []
    assert "issue.close" not in {action for _, action, _ in acts(here)}


def test_an_issue_of_one_unit_is_none_of_another(here, tmp_path):
    reported(here, tmp_path, [RECTIFIED])
    reported(here, tmp_path, [RECTIFIED], unit_code=KUNMING)
    closing.close(here, REVIEWER, KUNMING, ["issue_id-0000"], SEEN)
    found = closing.closing(here, REVIEWER, MONTH)
    assert [(each.unit_code, each.issue_id) for each in found.waiting] == [(DIQING, "issue_id-0000")]
    assert open_work(here, liaison(DIQING), DIQING).closed == ()


def test_a_closed_issue_that_is_given_back_stands_out_and_an_earlier_month_offers_what_still_holds(
    here, tmp_path
):
    reported(here, tmp_path, [RECTIFIED, RECTIFIED, RECTIFIED])
    closing.close(here, REVIEWER, DIQING, ["issue_id-0000"], SEEN)
    reported(here, tmp_path, ["整改中", "整改中", RECTIFIED], NEXT_MONTH)
    for period in (MONTH, NEXT_MONTH):
        (held,) = closing.closing(here, REVIEWER, period).closed
        assert held.is_given_back
        assert held.reported == "整改中"
        assert waiting(here, period) == ["issue_id-0002"]
    assert open_work(here, liaison(DIQING), DIQING).closed == ()


@pytest.mark.parametrize("role", [role for role in ROLES if role != "reviewer"])
def test_nobody_but_a_reviewer_closes(here, tmp_path, role):
    reported(here, tmp_path, [RECTIFIED])
    person = liaison(DIQING) if role == "liaison" else somebody(role)
    with pytest.raises(RefusedError):
        closing.close(here, person, DIQING, ["issue_id-0000"], SEEN)
    assert acts(here)[-1][1:] == ("issue.close", "refused")
    assert closures(here.journal()) == []
    if role == "admin":
        # An administrator looks, to open a frozen month again.
        assert waiting(here) == ["issue_id-0000"]
    else:
        with pytest.raises(RefusedError):
            closing.closing(here, person, MONTH)


@pytest.mark.parametrize("person", [liaison(KUNMING), *(somebody(role) for role in ROLES)], ids=str)
def test_open_work_is_for_the_unit_s_own_liaison_and_the_reviewer(here, tmp_path, person):
    reported(here, tmp_path, [RECTIFIED])
    if person.roles == {"reviewer"}:
        assert open_work(here, person, DIQING) == open_work(here, liaison(DIQING), DIQING)
        return
    with pytest.raises(RefusedError):
        open_work(here, person, DIQING)


def test_every_issue_is_open_waiting_or_closed_and_the_template_carries_the_same(here, tmp_path):
    assert open_work(here, liaison(DIQING), DIQING) is None
    statuses = [RECTIFIED, "整改中", RECTIFIED, "未整改", RECTIFIED, "未整改"]
    reported(here, tmp_path, statuses)
    closing.close(here, REVIEWER, DIQING, ["issue_id-0002"], SEEN)
    work = open_work(here, liaison(DIQING), DIQING)
    assert work.period == MONTH
    assert numbers(work.waiting) == ("issue_id-0000", "issue_id-0004")
    assert numbers(work.closed) == ("issue_id-0002",)
    assert numbers(work.issues) == ("issue_id-0001", "issue_id-0003", "issue_id-0005")
    _, content = hand_in.template(here, liaison(DIQING), DIQING, NEXT_MONTH)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert carried(book, "投诉台账") == set(numbers(work.cases)) == {"complaint_id-0001", "complaint_id-0003"}
    assert carried(book, "问题整改台账") == {*numbers((*work.issues, *work.waiting, *work.closed))}


def numbers(items):
    return tuple(each.number for each in items)


def carried(book, title):
    """The numbers that stand in a template's log."""
    numbers = (row[0].value for row in book[title].iter_rows(min_row=3))
    return {number for number in numbers if number}


def test_what_is_open_is_carried_on_from_whichever_month_told_it_last(here, tmp_path):
    """October is never handed in, November says there was nothing: neither closes what September left open."""
    november, december = "2026-11", "2026-12"
    reported(here, tmp_path, ["整改中", RECTIFIED, "未整改"])
    later = doors_of(here.store.folder, now=datetime(2026, 12, 1, 9))
    left_open = {"complaint_id-0001", "complaint_id-0003"}

    def template(period):
        _, content = hand_in.template(later, liaison(DIQING), DIQING, period)
        book = openpyxl.load_workbook(io.BytesIO(content))
        return carried(book, "投诉台账"), carried(book, "问题整改台账")

    assert template(november) == (left_open, {f"issue_id-000{number}" for number in range(3)})
    logs = ("issues", "complaints", "trainings")
    whole = example_workbook_rows(CAMPAIGN, CAMPAIGN.unit(DIQING, CAMPAIGN.reporting_level), november)
    flags = {f"{key}_zero_report": True for key in logs}
    content = workbook(tmp_path, DIQING, november, rows=whole | {key: [] for key in logs}, cover=flags)
    draft = hand_in.receive(later, liaison(DIQING), DIQING, november, "报表.xlsx", content)
    assert {"open_case_missing", "issue_missing"} <= {each.kind for each in draft.to_explain}
    handed_in(later, content, period=november)
    work = open_work(later, liaison(DIQING), DIQING)
    assert work.period == november
    assert set(numbers(work.cases)) == left_open
    assert numbers(work.issues) == ("issue_id-0000", "issue_id-0002")
    assert template(december) == template(november)
    assert numbers(work.waiting) == ("issue_id-0001",)
    for period in (MONTH, november):
        (rectified,) = closing.closing(later, REVIEWER, period).waiting
        assert (rectified.issue_id, rectified.row) == ("issue_id-0001", 4)
        assert (rectified.period, rectified.revision) == (MONTH, 1)
    closing.close(later, REVIEWER, DIQING, ["issue_id-0001"], SEEN)
    assert numbers(open_work(later, liaison(DIQING), DIQING).closed) == ("issue_id-0001",)


def test_rows_stored_under_an_earlier_type_of_their_column_still_stand_beside_later_ones(here, tmp_path):
    receipt = reported(here, tmp_path, ["整改中"])
    held = here.journal().submission(receipt.submission_id)
    (path,) = (here.store.rows / each.path for each in held.sheets if each.sheet == "complaints")
    as_it_was = pl.read_parquet(path).cast({"received_at": pl.Datetime("us"), "complaint_id": pl.Categorical})
    as_it_was.write_parquet(path)
    reported(here, tmp_path, ["整改中"], NEXT_MONTH)
    history = stored_history(here.store, here.journal())
    assert history(DIQING, NEXT_MONTH, "complaints")["received_at"].dtype == pl.Datetime("ms")


def test_what_is_open_is_overdue_from_the_day_after_it_was_due(here, tmp_path):
    reported(here, tmp_path, ["整改中"])
    due = issues(["整改中"])[0]["due_on"]
    for day, overdue in ((due, ()), (due + timedelta(days=1), ("issue_id-0000",))):
        at = doors_of(here.store.folder, now=datetime.combine(day, NOW.time()))
        assert numbers(open_work(at, liaison(DIQING), DIQING).overdue_issues) == overdue


def test_an_open_case_is_overdue_once_its_time_is_up(here, tmp_path):
    reported(here, tmp_path, [RECTIFIED])
    first, second = (each["due_at"] for each in complaints() if each["closed_at"] is None)
    assert first < second
    for moment, overdue in (
        (first, ()),
        (first + timedelta(minutes=1), ("complaint_id-0001",)),
        (second + timedelta(minutes=1), ("complaint_id-0001", "complaint_id-0003")),
    ):
        at = doors_of(here.store.folder, now=moment)
        work = open_work(at, liaison(DIQING), DIQING)
        assert numbers(work.overdue_cases) == overdue
        assert numbers(work.cases) == ("complaint_id-0001", "complaint_id-0003")
