"""The review through the service: passing, returning, freezing, reopening, and what each leaves behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dashboard.access.permissions import ROLES
from dashboard.access.principal import RefusedError
from dashboard.components import revision_changes
from dashboard.services import extensions, review_queue, reviewing, withdrawing
from dashboard.services.reporting import NotReadyError
from dashboard.services.standing import open_months, returned_months, standing
from etl.journal import FrozenMonthError, current
from etl.journal_tables import SUBMISSION
from etl.review import ReviewError
from tests.etl.example_workbooks import example_workbook_rows
from tests.services.stores import (
    CAMPAIGN,
    DIQING,
    KUNMING,
    MONTH,
    acts,
    doors_of,
    handed_in,
    liaison,
    somebody,
    workbook,
)

REVIEWER, ADMIN = somebody("reviewer"), somebody("admin")
REASON = {"sheet": "月度情况", "cell": "D4", "reason": "与上月相差过大，请核实"}


def states(here):
    return [each.state for each in here.journal().submissions()]


def test_a_returned_submission_counts_no_more_and_its_liaison_reads_why(here, good, tmp_path):
    receipt = handed_in(here, good)
    reviewing.return_submission(here, REVIEWER, receipt.submission_id, [REASON, {"reason": " "}])
    found = standing(here, liaison(DIQING), DIQING, MONTH)
    assert current(here.journal().submissions()) == {}
    assert found.returned["reasons"] == [REASON]
    assert found.returned["decided_by"] == "王芳"
    handed_in(here, workbook(tmp_path, DIQING, count=7))
    assert standing(here, liaison(DIQING), DIQING, MONTH).returned is None
    assert states(here) == ["returned", "received"]


def test_a_return_without_a_reason_is_none(here, good):
    receipt = handed_in(here, good)
    with pytest.raises(NotReadyError, match="理由"):
        reviewing.return_submission(here, REVIEWER, receipt.submission_id, [{"reason": ""}])
    assert states(here) == ["received"]


def test_a_decision_is_taken_once_and_on_the_latest_revision_only(here, good, tmp_path):
    first = handed_in(here, good)
    second = handed_in(here, workbook(tmp_path, DIQING, count=7))
    with pytest.raises(ReviewError, match="更新的版本"):
        reviewing.pass_submission(here, REVIEWER, first.submission_id)
    reviewing.pass_submission(here, REVIEWER, second.submission_id)
    with pytest.raises(ReviewError, match="已通过"):
        reviewing.pass_submission(here, REVIEWER, second.submission_id)
    reviewing.return_submission(here, REVIEWER, second.submission_id, [REASON])
    with pytest.raises(ReviewError, match="已退回"):
        reviewing.return_submission(here, REVIEWER, second.submission_id, [REASON])


def test_a_mistaken_return_becomes_a_pass_until_a_later_revision_comes(here, good, tmp_path):
    first = handed_in(here, good)
    reviewing.return_submission(here, REVIEWER, first.submission_id, [REASON])
    reviewing.pass_submission(here, REVIEWER, first.submission_id)
    assert states(here) == ["passed"]
    assert standing(here, liaison(DIQING), DIQING, MONTH).returned is None
    told = review_queue.case(here, REVIEWER, first.submission_id).decisions
    assert [each["decision"] for each in told] == ["returned", "passed"]
    reviewing.return_submission(here, REVIEWER, first.submission_id, [REASON])
    handed_in(here, workbook(tmp_path, DIQING, count=7))
    with pytest.raises(ReviewError, match="更新的版本"):
        reviewing.pass_submission(here, REVIEWER, first.submission_id)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "至少写一条"),
        ([{"sheet": "", "cell": "", "reason": " "}], "至少写一条"),
        ([REASON, {"sheet": "投诉台账", "cell": "C12", "reason": ""}], "投诉台账 C12没有写"),
        ([{"sheet": "", "cell": "C12", "reason": "与上月不符"}], "C12所在的工作表"),
        ([{"sheet": "投诉台账", "cell": "第三行", "reason": "与上月不符"}], "不是单元格"),
        ([{"sheet": "投诉台账", "cell": "C0", "reason": "与上月不符"}], "不是单元格"),
    ],
)
def test_a_reason_of_return_names_a_place_that_can_be_found(here, good, given, told):
    receipt = handed_in(here, good)
    with pytest.raises(NotReadyError, match=told):
        reviewing.return_submission(here, REVIEWER, receipt.submission_id, given)
    assert states(here) == ["received"]


def test_a_cell_is_kept_as_a_workbook_names_it(here, good):
    receipt = handed_in(here, good)
    given = [{"sheet": "投诉台账", "cell": " c12：Ｃ20 ", "reason": "与上月不符"}]
    reviewing.return_submission(here, REVIEWER, receipt.submission_id, given)
    (decision,) = review_queue.case(here, REVIEWER, receipt.submission_id).decisions
    assert decision["reasons"] == [{"sheet": "投诉台账", "cell": "C12:C20", "reason": "与上月不符"}]


def test_what_was_taken_back_is_as_if_it_had_never_come(here, good, tmp_path):
    who = liaison(DIQING)
    first = handed_in(here, good)
    second = handed_in(here, workbook(tmp_path, DIQING, count=7))
    withdrawing.withdraw(here, who, second.submission_id, "传错了")
    assert standing(here, who, DIQING, MONTH).latest.submission_id == first.submission_id
    (waiting,) = review_queue.queue(here, REVIEWER, MONTH)
    assert waiting.submission.submission_id == first.submission_id
    third = handed_in(here, workbook(tmp_path, DIQING, count=8))
    found = review_queue.case(here, REVIEWER, third.submission_id)
    assert found.compared.before.submission_id == first.submission_id
    reviewing.return_submission(here, REVIEWER, third.submission_id, [REASON])
    fourth = handed_in(here, workbook(tmp_path, DIQING, count=9))
    withdrawing.withdraw(here, who, fourth.submission_id, "又传错了")
    stands = standing(here, who, DIQING, MONTH)
    assert stands.returned["reasons"] == [REASON]
    assert stands.counting.submission_id == first.submission_id


def test_a_revision_comes_to_review_again_once_the_later_one_is_taken_back(here, good, tmp_path):
    first = handed_in(here, good)
    second = handed_in(here, workbook(tmp_path, DIQING, count=7))
    with pytest.raises(ReviewError, match="更新的版本"):
        reviewing.pass_submission(here, REVIEWER, first.submission_id)
    withdrawing.withdraw(here, liaison(DIQING), second.submission_id, "传错了")
    reviewing.pass_submission(here, REVIEWER, first.submission_id)
    assert states(here) == ["passed", "withdrawn"]


@pytest.mark.parametrize("how", ["withdrawn", "returned"])
def test_a_revision_that_counts_again_is_not_frozen_over_unreviewed_without_a_reason(
    here, good, tmp_path, how
):
    handed_in(here, good)
    second = handed_in(here, workbook(tmp_path, DIQING, count=7))
    if how == "withdrawn":
        withdrawing.withdraw(here, liaison(DIQING), second.submission_id, "传错了")
    else:
        reviewing.return_submission(here, REVIEWER, second.submission_id, [REASON])
    with pytest.raises(ReviewError, match="1份未审核"):
        reviewing.freeze(here, REVIEWER, MONTH, "")


def test_a_revision_that_counts_again_unreviewed_waits_beside_the_later_one_that_was_returned(
    here, good, tmp_path
):
    first, second = handed_in(here, good), handed_in(here, workbook(tmp_path, DIQING, count=7))
    reviewing.return_submission(here, REVIEWER, second.submission_id, [REASON])
    waiting = [each.submission for each in review_queue.queue(here, REVIEWER, MONTH)]
    assert [(each.revision, each.state) for each in waiting] == [(1, "received"), (2, "returned")]
    reviewing.pass_submission(here, REVIEWER, first.submission_id)
    # The return of the later one can still be undone; the earlier one is behind it then.
    reviewing.pass_submission(here, REVIEWER, second.submission_id)
    (latest,) = review_queue.queue(here, REVIEWER, MONTH)
    assert (latest.submission.revision, latest.submission.state) == (2, "passed")
    with pytest.raises(ReviewError, match="更新的版本"):
        reviewing.return_submission(here, REVIEWER, first.submission_id, [REASON])


def test_a_passed_revision_beneath_a_returned_one_stays_in_sight(here, good, tmp_path):
    first, second = handed_in(here, good), handed_in(here, workbook(tmp_path, DIQING, count=7))
    reviewing.return_submission(here, REVIEWER, second.submission_id, [REASON])
    reviewing.pass_submission(here, REVIEWER, first.submission_id)
    shown = {
        each.submission.revision: each.submission.state for each in review_queue.queue(here, REVIEWER, MONTH)
    }
    assert shown == {1: "passed", 2: "returned"}
    reviewing.return_submission(here, REVIEWER, first.submission_id, [REASON])
    assert states(here) == ["returned", "returned"]


def test_a_liaison_is_told_of_every_month_that_was_returned_and_still_takes_a_revision(here, tmp_path):
    who = liaison(DIQING)
    for period in ("2026-07", "2026-08", MONTH):
        receipt = handed_in(here, workbook(tmp_path, DIQING, period), period=period)
        reviewing.return_submission(here, REVIEWER, receipt.submission_id, [REASON])
    handed_in(here, workbook(tmp_path, DIQING, "2026-08", count=7), period="2026-08")
    assert returned_months(here, who, DIQING) == ["2026-07", MONTH]
    reviewing.freeze(here, REVIEWER, "2026-07", "到期")
    assert returned_months(here, who, DIQING) == [MONTH]
    assert "2026-07" not in open_months(here, who, DIQING)
    with pytest.raises(RefusedError):
        returned_months(here, liaison(KUNMING), DIQING)


def test_what_counts_again_can_be_taken_back_by_its_sender(here, good, tmp_path):
    first, second = handed_in(here, good), handed_in(here, workbook(tmp_path, DIQING, count=7))
    reviewing.return_submission(here, REVIEWER, second.submission_id, [REASON])
    who = liaison(DIQING)
    withdrawing.withdraw(here, who, first.submission_id, "以第2版为准，正在修改")
    assert current(here.journal().submissions()) == {}
    # And restored: what was returned after it does not stand.
    assert standing(here, who, DIQING, MONTH).restorable.revision == 1
    withdrawing.restore(here, who, first.submission_id, "先按第1版计")
    assert standing(here, who, DIQING, MONTH).counting.revision == 1


def test_all_that_keeps_a_month_from_being_frozen_without_a_reason_is_told_at_once(here, good):
    handed_in(here, good)
    due, longer = CAMPAIGN.due_at(MONTH), CAMPAIGN.due_day(MONTH) + timedelta(days=2)
    extensions.grant(here, REVIEWER, KUNMING, MONTH, longer, "大雪封山")
    open_still, over = (doors_of(here.store.folder, now=due + timedelta(days=days)) for days in (-1, 3))
    with pytest.raises(ReviewError) as refused:
        reviewing.freeze(open_still, REVIEWER, MONTH, "")
    told = str(refused.value).partition(" / ")[0]
    assert told == (
        "2026-09还有1份未审核；还没有昆明、曲靖、玉溪、保山、昭通等15个单位的报送（未报、已退回或已撤回）；"
        "到9月30日24:00才截止；昆明准予延期至10月2日。先办完，或逐项写明为何照样冻结"
    )
    with pytest.raises(ReviewError) as refused:
        reviewing.freeze(over, REVIEWER, MONTH, "")
    assert "截止" not in str(refused.value)
    assert "延期" not in str(refused.value)
    reviewing.freeze(here, REVIEWER, MONTH, "领导要求提前冻结")
    assert reviewing.locks(here, REVIEWER, MONTH)[-1]["reason"] == "领导要求提前冻结"


@pytest.mark.parametrize(
    ("period", "why"),
    [("九月", "报告期"), ("2099-01", "报告期"), ("2026-10", "还没有开始"), ("2026-9", "报告期")],
)
def test_what_is_no_month_that_has_begun_is_not_frozen(here, period, why):
    with pytest.raises((NotReadyError, ReviewError), match=why):
        reviewing.freeze(here, REVIEWER, period, "是")
    assert reviewing.locks(here, REVIEWER, period) == []


def test_what_waits_in_other_months_is_told_until_it_is_decided_or_its_month_is_frozen(here, good, tmp_path):
    earlier = handed_in(here, workbook(tmp_path, DIQING, "2026-08"), period="2026-08")
    handed_in(here, workbook(tmp_path, DIQING, "2026-07"), period="2026-07")
    handed_in(here, good)
    handed_in(here, workbook(tmp_path, DIQING, count=7))
    assert review_queue.waiting_elsewhere(here, REVIEWER, MONTH) == {"2026-08": 1, "2026-07": 1}
    assert review_queue.waiting_elsewhere(here, REVIEWER, "2026-08") == {MONTH: 1, "2026-07": 1}
    reviewing.pass_submission(here, REVIEWER, earlier.submission_id)
    reviewing.freeze(here, REVIEWER, "2026-07", "领导要求")
    assert review_queue.waiting_elsewhere(here, REVIEWER, MONTH) == {}


def test_what_changed_since_the_revision_before_is_told_by_sheet(here, good, tmp_path):
    first = handed_in(here, good)
    second = handed_in(here, workbook(tmp_path, DIQING, count=7))
    assert review_queue.case(here, REVIEWER, first.submission_id).compared is None
    found = review_queue.case(here, REVIEWER, second.submission_id).compared
    assert found.before.submission_id == first.submission_id
    assert {each.sheet: (each.added_count, each.removed_count) for each in found.sheets}["complaints"] == (
        1,
        0,
    )


def test_one_changed_cell_is_told_with_what_it_was_to_the_reviewer_and_to_its_liaison(here, good, tmp_path):
    rows = example_workbook_rows(CAMPAIGN, CAMPAIGN.unit(DIQING, CAMPAIGN.reporting_level), MONTH)
    note = rows["issues"][0]["measure"]
    rows["issues"][0]["measure"] = f"{note}，电话13812345678"
    handed_in(here, good)
    second = handed_in(here, workbook(tmp_path, DIQING, rows=rows))
    found = review_queue.case(here, REVIEWER, second.submission_id).compared
    (sheet,) = found.sheets
    (cell,) = sheet.cells
    assert (sheet.sheet, sheet.count, cell.column) == ("issues", 1, "measure")
    assert cell.key == (rows["issues"][0]["issue_id"],)
    assert (cell.before, cell.after) == (note, f"{note}，电话138****5678")
    assert standing(here, liaison(DIQING), DIQING, MONTH).compared == found
    told = revision_changes.table(found)
    assert f'data-label="原为">{note}</td>' in told
    assert "13812345678" not in told


def test_the_reasons_given_stand_beside_the_values_they_explain(here, tmp_path):
    odd = workbook(tmp_path, DIQING, cover={"data_to": "2026-09-29"})
    receipt = handed_in(here, odd)
    found = review_queue.case(here, REVIEWER, receipt.submission_id)
    (asked,) = [each for each in found.asked if each.column == "统计截止日"]
    assert (asked.value, asked.reason) == ("2026-09-29", "已核实，属实")
    # So they do beside findings kept by a version that named no keys.
    with here.journal().writing() as connection:
        (kept,) = connection.execute(sa.select(SUBMISSION.c.findings)).scalars()
        of_before = [{name: each[name] for name in each if name != "key"} for each in kept]
        connection.execute(SUBMISSION.update().values(findings=of_before))
    assert review_queue.case(here, REVIEWER, receipt.submission_id).asked == found.asked
    (waiting,) = review_queue.queue(here, REVIEWER, MONTH)
    assert waiting.asked == len(found.asked)


def test_a_month_is_frozen_and_only_an_administrator_with_a_reason_reopens_it(here, good, tmp_path):
    receipt = handed_in(here, good)
    with pytest.raises(ReviewError, match="1份未审核"):
        reviewing.freeze(here, REVIEWER, MONTH, "")
    reviewing.pass_submission(here, REVIEWER, receipt.submission_id)
    here = doors_of(here.store.folder, now=CAMPAIGN.due_at(MONTH))
    with pytest.raises(ReviewError, match="昆明、曲靖、玉溪、保山、昭通等15个单位"):
        reviewing.freeze(here, REVIEWER, MONTH, "")
    assert states(here) == ["passed"]
    reviewing.freeze(here, REVIEWER, MONTH, "其余单位试运行未报")
    assert states(here) == ["frozen"]
    with pytest.raises(FrozenMonthError):
        reviewing.return_submission(here, REVIEWER, receipt.submission_id, [REASON])
    with pytest.raises(RefusedError):
        reviewing.reopen(here, REVIEWER, MONTH, "更正")
    with pytest.raises(ReviewError, match="理由"):
        reviewing.reopen(here, ADMIN, MONTH, " ")
    reviewing.reopen(here, ADMIN, MONTH, "迪庆州更正")
    assert states(here) == ["passed"]
    assert [each["reason"] for each in reviewing.locks(here, REVIEWER, MONTH)] == [
        "其余单位试运行未报",
        "迪庆州更正",
    ]
    assert handed_in(here, workbook(tmp_path, DIQING, count=7)).revision == 2
    done = [(who, action) for who, action, outcome in acts(here) if outcome == "done"]
    assert ("reviewer", "month.freeze") in done
    assert ("admin", "month.reopen") in done


@pytest.mark.parametrize("role", [role for role in ROLES if role != "reviewer"])
def test_nobody_but_a_reviewer_reviews(here, good, role):
    receipt, person = handed_in(here, good), somebody(role)
    looking = [
        lambda: review_queue.queue(here, person, MONTH),
        lambda: review_queue.waiting_elsewhere(here, person, MONTH),
        lambda: review_queue.case(here, person, receipt.submission_id),
    ]
    for tried in (
        # An administrator sees what has come, to open a frozen month again, and nothing of what it holds.
        *(looking if role != "admin" else looking[-1:]),
        lambda: reviewing.pass_submission(here, person, receipt.submission_id),
        lambda: reviewing.return_submission(here, person, receipt.submission_id, [REASON]),
        lambda: reviewing.freeze(here, person, MONTH, "是"),
    ):
        with pytest.raises(RefusedError):
            tried()
    assert states(here) == ["received"]
