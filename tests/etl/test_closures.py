"""销号: what may be closed, what a closure leaves untouched, and what is told when a unit takes its word back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta

import polars as pl
import pytest

from etl.build import build
from etl.closures import close, closures, latest_reports, ledger, waiting
from etl.journal import Journal
from etl.provenance import rows_behind
from etl.review import ReviewError, decide
from etl.sheets.issues import RECTIFIED
from etl.store import Store
from etl.warehouse import current_build
from tests.etl.example_workbooks import example_workbook_rows
from tests.etl.stores import NOW, assert_equal_builds, build_tables, load_into, write_workbook, yunnan

CAMPAIGN = yunnan()
UNIT = CAMPAIGN.reporting_units[-1]
MONTH, NEXT_MONTH = "2026-09", "2026-10"
STATUSES = (RECTIFIED, RECTIFIED, "整改中", "未整改")
SEEN = "现场核查 9月28日，照片 12-15"
ABOUT_THE_CAUSE = ("dim_build", "dim_unit_state", "dim_issue_closure")
"""Tables that say from what a build was made; what it answers stands in the others."""


def issue(number: int) -> str:
    """The number of the ledger's issue at this place."""
    return f"issue_id-{number:04d}"


def issues(statuses: Sequence[str]) -> list[dict]:
    """The same issues month after month, in these states."""
    rows = example_workbook_rows(CAMPAIGN, UNIT, MONTH, len(statuses))["issues"]
    return [
        {
            **row,
            # All in one place, and none of a kind whose rows are only counted.
            "unit": rows[0]["unit"],
            "focus_area": "执法不规范",
            "status": status,
            "closed_on": row["found_on"] + timedelta(days=3) if status == RECTIFIED else None,
        }
        for row, status in zip(rows, statuses, strict=True)
    ]


def reported(folder, statuses: Sequence[str] = STATUSES, period: str = MONTH):
    """A workbook with issues in these states, loaded; what was found in it."""
    path = folder / f"{period}-{len(list(folder.iterdir()))}.xlsx"
    write_workbook(path, CAMPAIGN, UNIT, period, rows={"issues": issues(statuses)})
    (file,) = load_into(folder / "store", [path], CAMPAIGN).files
    assert file.is_in
    return file.findings


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "store").mkdir()
    return tmp_path


@pytest.fixture
def journal(folder):
    with closing(Journal(Store(folder=folder / "store").journal_url)) as opened:
        yield opened


def closed(folder, journal, *numbers: int, evidence: str = SEEN) -> None:
    """The province closes issues of the unit as its latest report has them."""
    store = Store(folder=folder / "store")
    latest = ledger(store, latest_reports(journal.submissions()).values())
    with journal.writing() as connection:
        chosen = [issue(number) for number in numbers]
        close(connection, latest, UNIT.code, chosen, evidence=evidence, by="王芳", now=NOW)


def statuses(folder, month: str = MONTH) -> list[str]:
    """What the rows behind 问题整改完成率 say of each rectified issue in the current build."""
    store = Store(folder=folder / "store")
    place = pl.DataFrame(
        {"leaf_code": [issues(STATUSES)[0]["unit"]], "month": [date.fromisoformat(f"{month}-01")]}
    )
    (found,) = rows_behind(store, current_build(store), place, ["issues_rectified", "issues_found"])
    return found.rows.sort("row")["status"].to_list()


def test_a_closed_issue_is_confirmed_in_the_build_and_no_other_figure_moves(folder, journal):
    reported(folder)
    store = Store(folder=folder / "store")
    before = build_tables(current_build(store), without=ABOUT_THE_CAUSE)
    closed(folder, journal, 0)
    extended = build(store, journal, CAMPAIGN, now=NOW)
    assert extended.computed_units == (UNIT.code,)
    after = build_tables(extended.path, without=ABOUT_THE_CAUSE)
    assert [frames["mart_unit_month"]["issues_confirmed"].sum() for frames in (before, after)] == [0, 1]
    for frames in (before, after):
        frames["mart_unit_month"] = frames["mart_unit_month"].drop("issues_confirmed")
    assert {name: frame.rows() for name, frame in after.items()} == {
        name: frame.rows() for name, frame in before.items()
    }
    assert statuses(folder) == ["已销号", RECTIFIED, "整改中", "未整改"]
    assert_equal_builds(extended.path, build(store, journal, CAMPAIGN, now=NOW, full=True).path)
    assert not build(store, journal, CAMPAIGN, now=NOW).is_new


@pytest.mark.parametrize(
    ("numbers", "evidence", "why"),
    [
        ((), SEEN, "先选择"),
        ((1,), "  ", "核查情况"),
        ((0,), SEEN, "issue_id-0000已经销号"),
        ((1, 0), SEEN, "issue_id-0000已经销号"),
        ((2,), SEEN, "issue_id-0002在该单位最近一次报送中不是“已整改”"),
        ((1, 3), SEEN, "issue_id-0003在该单位"),
        ((9,), SEEN, "issue_id-0009在该单位"),
    ],
    ids=["none", "no evidence", "again", "one of them again", "under way", "one of them not", "unknown"],
)
def test_what_is_not_rectified_or_closed_already_is_refused_whole_in_both_languages(
    folder, journal, numbers, evidence, why
):
    reported(folder)
    closed(folder, journal, 0)
    with pytest.raises(ReviewError, match=why) as refused:
        closed(folder, journal, *numbers, evidence=evidence)
    zh, slash, en = str(refused.value).partition(" / ")
    assert zh
    assert slash
    assert en.isascii()
    assert [each.issue_id for each in closures(journal)] == [issue(0)]


def test_personal_numbers_in_the_evidence_are_masked(folder, journal):
    reported(folder)
    closed(folder, journal, 0, evidence="已电话 13987654321 核实")
    (held,) = closures(journal, UNIT.code)
    assert held.evidence == "已电话 139****4321 核实"
    assert (held.closed_by, held.closed_at) == ("王芳", NOW)


def test_the_unit_s_latest_report_that_counts_decides_what_can_be_closed(folder, journal):
    reported(folder)
    reported(folder, (RECTIFIED, "整改中", RECTIFIED, "未整改"), NEXT_MONTH)
    store = Store(folder=folder / "store")

    def open_to_closing() -> list[str]:
        latest = ledger(store, latest_reports(journal.submissions()).values())
        return waiting(latest, closures(journal))["issue_id"].to_list()

    assert open_to_closing() == [issue(0), issue(2)]
    closed(folder, journal, 2)
    assert open_to_closing() == [issue(0)]
    (later,) = journal.submissions(period=NEXT_MONTH)
    with journal.writing() as connection:
        decide(connection, later.submission_id, "returned", by="王芳", now=NOW)
    assert open_to_closing() == [issue(0), issue(1)]


def test_a_closed_issue_given_back_as_open_is_asked_about_and_stands_as_reported(folder, journal):
    reported(folder)
    closed(folder, journal, 0, 1)
    found = reported(folder, ("整改中", RECTIFIED, "整改中", "未整改"), NEXT_MONTH)
    (asked,) = [each for each in found if each.kind == "issue_reopened"]
    assert (asked.severity, asked.sheet, asked.column, asked.value) == (
        "verify",
        "问题整改台账",
        "整改状态",
        "整改中",
    )
    assert asked.cell.endswith("3")
    assert statuses(folder, NEXT_MONTH) == ["整改中", "已销号", "整改中", "未整改"]


def returned(journal, period: str) -> None:
    """The current report of a month, sent back."""
    report = max(journal.submissions(period=period), key=lambda each: each.revision)
    with journal.writing() as connection:
        decide(connection, report.submission_id, "returned", by="王芳", now=NOW)


def reopened(findings) -> list[tuple[str, object]]:
    """What is asked about closed issues: the last digit of the row, the status given."""
    return [(each.cell[-1], each.value) for each in findings if each.kind == "issue_reopened"]


def test_a_later_revision_of_the_month_is_asked_too_whatever_the_month_before_says(folder, journal):
    """Under way in the first month; rectified, closed and returned in the next; then under way again."""
    reported(folder, ("整改中", RECTIFIED, "整改中", "未整改"))
    reported(folder, (RECTIFIED, RECTIFIED, "整改中", "未整改"), NEXT_MONTH)
    closed(folder, journal, 0)
    returned(journal, NEXT_MONTH)
    found = reported(folder, ("整改中", "整改中", "整改中", "未整改"), NEXT_MONTH)
    assert reopened(found) == [("3", "整改中")]


@pytest.mark.parametrize(
    "before", [None, ("未整改",)], ids=["no month before", "not listed the month before"]
)
def test_an_issue_first_listed_in_the_month_it_was_closed_in_is_asked_about_in_its_next_revision(
    folder, journal, before
):
    if before:
        reported(folder, before)
    reported(folder, ("未整改", RECTIFIED, RECTIFIED), NEXT_MONTH)
    closed(folder, journal, 1, 2)
    returned(journal, NEXT_MONTH)
    assert reopened(reported(folder, ("未整改", RECTIFIED, "未整改"), NEXT_MONTH)) == [("5", "未整改")]


def test_a_closed_issue_that_last_month_did_not_list_is_not_missed_as_if_it_had(folder, journal):
    reported(folder, ("未整改",))
    reported(folder, ("未整改", RECTIFIED), NEXT_MONTH)
    closed(folder, journal, 1)
    returned(journal, NEXT_MONTH)
    assert {"issue_missing", "issue_reopened"} & {
        each.kind for each in reported(folder, ("整改中",), NEXT_MONTH)
    } == set()


def test_an_issue_nobody_closed_may_go_back_without_a_word_about_closing(folder):
    reported(folder)
    found = reported(folder, ("整改中", RECTIFIED, "整改中", "未整改"), NEXT_MONTH)
    assert "issue_reopened" not in {each.kind for each in found}
