"""Handing in through the service, on a real store: who may, what is found, what is kept, what a receipt says."""

from __future__ import annotations

import io
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial

import openpyxl
import pytest

from dashboard.access.permissions import ROLES
from dashboard.access.principal import RefusedError
from dashboard.services import attachments, hand_in, reviewing, submitted, submitting, withdrawing
from dashboard.services.reporting import NotReadyError
from dashboard.services.standing import open_months, standing
from etl.findings import key_of
from etl.journal import FrozenMonthError, current
from etl.review import ReviewError, decide, freeze
from tests.etl.example_workbooks import example_workbook_rows
from tests.etl.stores import REPOSITORY
from tests.services.stores import (
    CAMPAIGN,
    DIQING,
    KUNMING,
    MONTH,
    NOW,
    acts,
    doors_of,
    handed_in,
    liaison,
    published,
    somebody,
    workbook,
)

UNITS = [unit.code for unit in CAMPAIGN.reporting_units]
ROUNDS = int(os.environ.get("ROUNDS", "8"))
"""The environment may ask for more."""


def test_a_good_workbook_ends_in_a_receipt_and_in_the_figures(here, good):
    receipt = handed_in(here, good)
    (held,) = here.journal().submissions()
    published()
    assert receipt.number == "533400-202609-01"
    assert (held.state, held.certified_by, held.received_at) == ("received", "周伟", NOW)
    assert {key: content for key, content, _ in receipt.sheets}["complaints"] == "reported"
    assert standing(here, liaison(DIQING), DIQING, MONTH).draft is None
    assert (here.store.warehouse / "CURRENT").exists()
    who = f"liaison-{DIQING}"
    assert acts(here)[-1] == (who, "submission.submit", "done")


def test_pressing_twice_makes_one_submission(here, good):
    who = liaison(DIQING)
    draft = hand_in.receive(here, who, DIQING, MONTH, "报表.xlsx", good)
    hand_in.explain(here, who, DIQING, MONTH, {key_of(each): "属实" for each in draft.to_explain})
    receipts = [
        submitting.submit(here, who, DIQING, MONTH, draft.draft_id, "周伟"),
        submitting.submit(here, who, DIQING, MONTH, draft.draft_id, "周伟"),
    ]
    assert receipts[0] == receipts[1]
    assert len(here.journal().submissions()) == 1


def test_the_template_of_a_month_comes_back_filled_and_clean(here):
    name, content = hand_in.template(here, liaison(DIQING), DIQING, MONTH)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert name == "迪庆藏族自治州-2026-09.xlsx"
    assert book["封面"]["B3"].value is not None or book["封面"].max_row > 3


def test_what_must_be_mended_or_explained_stops_the_submission(here, tmp_path, good):
    who = liaison(DIQING)
    bad = openpyxl.load_workbook(io.BytesIO(good))
    sheet = bad["月度情况"]
    sheet.cell(row=sheet.max_row, column=4).value = "十二"
    mistaken = io.BytesIO()
    bad.save(mistaken)
    draft = hand_in.receive(here, who, DIQING, MONTH, "报表.xlsx", mistaken.getvalue())
    assert draft.blocking
    with pytest.raises(NotReadyError, match="必须修改"):
        submitting.submit(here, who, DIQING, MONTH, draft.draft_id, "周伟")
    _, marked = hand_in.marked(here, who, DIQING, MONTH, "zh")
    assert "检查结果" in openpyxl.load_workbook(io.BytesIO(marked)).sheetnames
    draft = hand_in.receive(here, who, DIQING, MONTH, "报表.xlsx", good)
    if draft.to_explain:
        with pytest.raises(NotReadyError, match="说明原因"):
            submitting.submit(here, who, DIQING, MONTH, draft.draft_id, "周伟")
    hand_in.explain(here, who, DIQING, MONTH, {key_of(each): "属实" for each in draft.to_explain})
    with pytest.raises(NotReadyError, match="姓名"):
        submitting.submit(here, who, DIQING, MONTH, draft.draft_id, "  ")
    assert here.journal().submissions() == []


def test_last_months_workbook_under_this_month_is_refused_on_the_page_as_well(here, tmp_path):
    unit = CAMPAIGN.unit(DIQING, CAMPAIGN.reporting_level)
    before = example_workbook_rows(CAMPAIGN, unit, "2026-08")
    handed_in(here, workbook(tmp_path, DIQING, "2026-08", rows=before), period="2026-08")

    again = hand_in.receive(
        here, liaison(DIQING), DIQING, MONTH, "a.xlsx", workbook(tmp_path, DIQING, rows=before)
    )

    assert [each.kind for each in again.blocking] == ["another_months_data"]


def test_a_reason_is_kept_with_the_value_it_explains_and_survives_the_next_upload(here, tmp_path):
    who = liaison(DIQING)
    odd = workbook(tmp_path, DIQING, cover={"data_to": "2026-09-29"})
    draft = hand_in.receive(here, who, DIQING, MONTH, "a.xlsx", odd)
    (asked,) = {key_of(each): each for each in draft.to_explain if each.kind == "window_differs"}.values()
    hand_in.explain(here, who, DIQING, MONTH, {key_of(asked): "电话 13812345678 已核实"})
    again = hand_in.receive(here, who, DIQING, MONTH, "a.xlsx", odd)
    reason = again.reasons[key_of(asked)]
    assert "已核实" in reason
    assert "13812345678" not in reason
    assert again.unexplained == [each for each in again.to_explain if key_of(each) != key_of(asked)]


def everything(here, person, unit, content):
    """All that somebody can do for a unit and month."""
    return [
        lambda: hand_in.template(here, person, unit, MONTH),
        lambda: hand_in.receive(here, person, unit, MONTH, "a.xlsx", content),
        lambda: standing(here, person, unit, MONTH),
        lambda: hand_in.explain(here, person, unit, MONTH, {}),
        lambda: hand_in.discard(here, person, unit, MONTH, "0123456789abcdef"),
        lambda: hand_in.marked(here, person, unit, MONTH, "zh"),
        lambda: submitting.submit(here, person, unit, MONTH, "x", "周伟"),
        lambda: attachments.add(here, person, unit, MONTH, "a.pdf", b"%PDF-1"),
        lambda: attachments.listed(here, person, unit, MONTH),
    ]


@pytest.mark.parametrize("whose", UNITS)
def test_a_liaison_hands_in_for_her_own_unit_and_no_other(tmp_path_factory, whose, good):
    here = doors_of(tmp_path_factory.mktemp("foreign"))
    foreign = [unit for unit in UNITS if unit != whose]
    for unit in foreign:
        for tried in everything(here, liaison(whose), unit, good):
            with pytest.raises(RefusedError):
                tried()
    assert here.journal().submissions() == []
    assert not here.store.rows.exists()
    assert not here.store.workbooks.exists()
    assert {outcome for _, _, outcome in acts(here)} == {"refused"}
    assert len(acts(here)) == 9 * len(foreign)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "liaison"])
def test_nobody_but_a_liaison_hands_in(here, role, good):
    with pytest.raises(RefusedError):
        hand_in.receive(here, somebody(role), DIQING, MONTH, "a.xlsx", good)


def test_the_receipt_and_the_files_of_one_unit_are_closed_to_the_liaison_of_another(here, good):
    receipt = handed_in(here, good)
    number = attachments.add(here, liaison(DIQING), DIQING, MONTH, "盖章页.pdf", b"%PDF-1.4 scan")
    other = liaison(KUNMING)
    for tried in (
        lambda: submitted.receipt(here, other, receipt.submission_id),
        lambda: withdrawing.withdraw(here, other, receipt.submission_id, "错了"),
        lambda: withdrawing.restore(here, other, receipt.submission_id, "错了"),
        lambda: attachments.download(here, other, number),
        lambda: attachments.download(here, other, 999),
        lambda: submitted.receipt(here, other, "nothing"),
    ):
        with pytest.raises(RefusedError):
            tried()
    assert attachments.download(here, liaison(DIQING), number)[1] == b"%PDF-1.4 scan"
    assert submitted.receipt(here, somebody("reviewer"), receipt.submission_id)[0] == receipt


@pytest.mark.parametrize("number", range(30))
def test_a_workbook_whose_cover_name_or_rows_are_another_unit_s_is_refused_whole(here, tmp_path, number):
    own, other = CAMPAIGN.reporting_units[number % 16], CAMPAIGN.reporting_units[(number + 1) % 16]
    name, content = {
        0: ("报表.xlsx", workbook(tmp_path, other.code)),
        1: (f"{other.short_name}9月.xlsx", workbook(tmp_path, own.code)),
        2: ("报表.xlsx", _with_foreign_rows(tmp_path, own.code, other.code)),
    }[number % 3]
    who = liaison(own.code)
    draft = hand_in.receive(here, who, own.code, MONTH, name, content)
    told = {each.kind for each in draft.blocking}
    assert {0: "other_unit", 1: "file_name_of_other_unit"}.get(number % 3, next(iter(told))) in told
    with pytest.raises(NotReadyError):
        submitting.submit(here, who, own.code, MONTH, draft.draft_id, "周伟")
    assert here.journal().submissions() == []
    assert not here.store.rows.exists()


def _with_foreign_rows(folder, own, other):
    """A unit's workbook with the rows of another's complaint log and figures."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(folder, own)))
    foreign = openpyxl.load_workbook(io.BytesIO(workbook(folder, other, count=7)))
    for title in ("月度情况", "投诉台账"):
        for row in foreign[title].iter_rows(min_row=3):
            for cell in row:
                book[title].cell(row=cell.row, column=cell.column).value = cell.value
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_another_month_s_workbook_is_not_this_month_s(here, tmp_path):
    draft = hand_in.receive(
        here, liaison(DIQING), DIQING, MONTH, "a.xlsx", workbook(tmp_path, DIQING, "2026-08")
    )
    assert "other_period" in {each.kind for each in draft.blocking}


def test_simulated_figures_are_not_handed_in_among_real_ones(here):
    content = (REPOSITORY / "data" / "samples" / "sample-good.xlsx").read_bytes()
    draft = hand_in.receive(here, liaison("532800"), "532800", MONTH, "a.xlsx", content)
    assert [each.kind for each in draft.blocking] == ["simulated_and_real"]


@pytest.mark.parametrize("content", [b"nothing of the kind", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0" * 8])
def test_what_is_no_workbook_is_a_finding_and_cannot_be_marked(here, content):
    draft = hand_in.receive(here, liaison(DIQING), DIQING, MONTH, "a.xlsx", content)
    assert draft.blocking
    with pytest.raises(NotReadyError, match="无法标注"):
        hand_in.marked(here, liaison(DIQING), DIQING, MONTH, "zh")


def test_a_withdrawn_submission_counts_no_more_and_its_bytes_do_not_come_back(here, good, tmp_path):
    receipt = handed_in(here, good)
    withdrawing.withdraw(here, liaison(DIQING), receipt.submission_id, "数据有误")
    assert current(here.journal().submissions()) == {}
    with pytest.raises(NotReadyError, match="完全相同"):
        handed_in(here, good)
    second = handed_in(here, workbook(tmp_path, DIQING, count=7))
    assert second.number.endswith("-02")


def test_what_was_withdrawn_is_restored_as_it_stood_with_its_receipt(here, good):
    who, receipt = liaison(DIQING), handed_in(here, good)
    before = here.journal().submission(receipt.submission_id)
    withdrawing.withdraw(here, who, receipt.submission_id, "以为报错了")
    hand_in.receive(here, who, DIQING, MONTH, "报表.xlsx", good)
    assert standing(here, who, DIQING, MONTH).restorable.revision == 1
    withdrawing.restore(here, who, receipt.submission_id, "核对无误")
    found = standing(here, who, DIQING, MONTH)
    assert (found.counting, found.draft, found.restorable) == (before, None, None)
    told = found.decisions[receipt.submission_id]
    assert [(each["decision"], each["reasons"]) for each in told] == [
        ("withdrawn", [{"reason": "以为报错了"}]),
        ("received", [{"reason": "核对无误"}]),
    ]
    assert (f"liaison-{DIQING}", "submission.restore", "done") in acts(here)


def test_only_what_is_withdrawn_is_restored_and_only_until_a_later_revision_stands(here, good, tmp_path):
    who, first = liaison(DIQING), handed_in(here, good)
    with pytest.raises(ReviewError, match="已接收"):
        withdrawing.restore(here, who, first.submission_id, "核对无误")
    withdrawing.withdraw(here, who, first.submission_id, "传错了")
    with pytest.raises(RefusedError):
        withdrawing.restore(here, liaison(KUNMING), first.submission_id, "核对无误")
    handed_in(here, workbook(tmp_path, DIQING, count=7))
    assert standing(here, who, DIQING, MONTH).restorable is None
    with pytest.raises(ReviewError, match="更新的版本"):
        withdrawing.restore(here, who, first.submission_id, "核对无误")


def test_a_frozen_month_restores_nothing(here, good):
    who, receipt = liaison(DIQING), handed_in(here, good)
    withdrawing.withdraw(here, who, receipt.submission_id, "传错了")
    with here.journal().writing() as connection:
        freeze(connection, MONTH, reason="已到期", by="王芳", now=NOW)
    assert standing(here, who, DIQING, MONTH).restorable is None
    with pytest.raises(FrozenMonthError):
        withdrawing.restore(here, who, receipt.submission_id, "核对无误")


@pytest.mark.parametrize("act", [withdrawing.withdraw, withdrawing.restore])
def test_taking_back_and_restoring_say_why(here, good, act):
    receipt = handed_in(here, good)
    with pytest.raises(NotReadyError, match="原因"):
        act(here, liaison(DIQING), receipt.submission_id, "  ")
    assert len(current(here.journal().submissions())) == 1


def test_what_was_uploaded_can_be_put_aside_and_what_was_handed_in_stands(here, good, tmp_path):
    receipt = handed_in(here, good)
    content = workbook(tmp_path, DIQING, count=7)
    draft = hand_in.receive(here, liaison(DIQING), DIQING, MONTH, "b.xlsx", content)
    hand_in.discard(here, liaison(DIQING), DIQING, MONTH, draft.draft_id)
    found = standing(here, liaison(DIQING), DIQING, MONTH)
    assert (found.draft, found.counting.submission_id) == (None, receipt.submission_id)
    assert (f"liaison-{DIQING}", "workbook.discard", "done") in acts(here)


def test_a_reason_handed_in_is_there_when_the_value_is_asked_about_again(here, tmp_path):
    who, odd = liaison(DIQING), {"data_to": "2026-09-29"}
    handed_in(here, workbook(tmp_path, DIQING, cover=odd))
    again = hand_in.receive(
        here, who, DIQING, MONTH, "b.xlsx", workbook(tmp_path, DIQING, cover=odd, count=7)
    )
    assert again.to_explain
    assert again.unexplained == []


def test_a_reviewed_submission_is_not_withdrawn(here, good):
    receipt = handed_in(here, good)
    with here.journal().writing() as connection:
        decide(connection, receipt.submission_id, "passed", by="王芳", now=NOW)
    with pytest.raises(Exception, match="已通过"):
        withdrawing.withdraw(here, liaison(DIQING), receipt.submission_id, "数据有误")


def test_a_frozen_month_takes_nothing_and_says_whom_to_ask(here, good, tmp_path):
    handed_in(here, good)
    with here.journal().writing() as connection:
        freeze(connection, MONTH, reason="已到期", by="王芳", now=NOW)
    with pytest.raises(FrozenMonthError, match=r"已冻结.*管理员"):
        handed_in(here, workbook(tmp_path, DIQING, count=7))
    with pytest.raises(FrozenMonthError, match="已冻结"):
        attachments.add(here, liaison(DIQING), DIQING, MONTH, "a.pdf", b"%PDF-1")
    assert len(here.journal().submissions()) == 1


def test_an_attachment_is_taken_off_by_its_own_liaison_until_the_month_is_passed(here, good):
    who, receipt = liaison(DIQING), handed_in(here, good)
    wrong, right = (
        attachments.add(here, who, DIQING, MONTH, f"{n}.pdf", b"%PDF-" + bytes([n])) for n in (1, 2)
    )
    for other in (liaison(KUNMING), somebody("reviewer")):
        with pytest.raises(RefusedError):
            attachments.remove(here, other, wrong)
    assert attachments.remove(here, who, wrong) == "1.pdf"
    assert [each["sequence"] for each in attachments.listed(here, who, DIQING, MONTH)] == [right]
    # Whose it was nobody knows any more: it is closed like any number that is nobody's.
    for gone in (attachments.download, attachments.remove):
        with pytest.raises(RefusedError):
            gone(here, who, wrong)
    reviewing.pass_submission(here, somebody("reviewer"), receipt.submission_id)
    with pytest.raises(NotReadyError, match="审核通过"):
        attachments.remove(here, who, right)
    reviewing.freeze(here, somebody("reviewer"), MONTH, "按期冻结")
    with pytest.raises(FrozenMonthError):
        attachments.remove(here, who, right)
    assert attachments.download(here, who, right)[1] == b"%PDF-\x02"


def test_the_number_of_an_attachment_is_never_another_s(here):
    first = attachments.add(here, liaison(DIQING), DIQING, MONTH, "a.pdf", b"%PDF-1")
    attachments.remove(here, liaison(DIQING), first)
    second = attachments.add(here, liaison(KUNMING), KUNMING, MONTH, "b.pdf", b"%PDF-2")
    assert second != first
    assert attachments.add(here, liaison(DIQING), DIQING, MONTH, "c.pdf", b"%PDF-1") == first
    (back,) = attachments.listed(here, liaison(DIQING), DIQING, MONTH)
    assert back["file_name"] == "c.pdf"


def test_what_a_passed_revision_stood_on_stays_though_a_later_one_came(here, good, tmp_path):
    who, receipt = liaison(DIQING), handed_in(here, good)
    scan = attachments.add(here, who, DIQING, MONTH, "盖章页.pdf", b"%PDF-1")
    reviewing.pass_submission(here, somebody("reviewer"), receipt.submission_id)
    handed_in(here, workbook(tmp_path, DIQING, count=7))
    assert standing(here, who, DIQING, MONTH).keeps_attachments
    with pytest.raises(NotReadyError, match="审核通过"):
        attachments.remove(here, who, scan)


def test_pressing_submit_for_what_was_put_aside_is_no_receipt_of_an_earlier_one(here, good, tmp_path):
    who = liaison(DIQING)
    handed_in(here, good)
    draft = hand_in.receive(here, who, DIQING, MONTH, "报表.xlsx", workbook(tmp_path, DIQING, count=7))
    hand_in.discard(here, who, DIQING, MONTH, draft.draft_id)
    with pytest.raises(NotReadyError, match="请先上传"):
        submitting.submit(here, who, DIQING, MONTH, draft.draft_id, "周伟")


def test_what_a_colleague_has_uploaded_since_is_neither_put_aside_nor_taken_by_a_stale_page(
    here, good, tmp_path
):
    who = liaison(DIQING)
    stale = hand_in.receive(here, who, DIQING, MONTH, "a.xlsx", good)
    newer = hand_in.receive(here, who, DIQING, MONTH, "b.xlsx", workbook(tmp_path, DIQING, count=7))
    for act in (hand_in.discard, partial(submitting.submit, certified_by="周伟")):
        with pytest.raises(NotReadyError, match="新的文件"):
            act(here, who, DIQING, MONTH, stale.draft_id)
    assert standing(here, who, DIQING, MONTH).draft.draft_id == newer.draft_id


def test_pressing_submit_again_gives_the_receipt_of_that_draft_whatever_came_since(here, good, tmp_path):
    who = liaison(DIQING)
    draft = hand_in.receive(here, who, DIQING, MONTH, "a.xlsx", good)
    first = submitting.submit(here, who, DIQING, MONTH, draft.draft_id, "周伟")
    handed_in(here, workbook(tmp_path, DIQING, count=7))
    assert submitting.submit(here, who, DIQING, MONTH, draft.draft_id, "周伟") == first


def test_an_earlier_version_does_not_come_back_by_an_upload_and_no_receipt_says_so(here, good, tmp_path):
    who, first = liaison(DIQING), handed_in(here, good)
    second = handed_in(here, workbook(tmp_path, DIQING, count=7))
    again = hand_in.receive(here, who, DIQING, MONTH, "报表.xlsx", good)
    assert standing(here, who, DIQING, MONTH).seen_before.revision == first.revision
    with pytest.raises(NotReadyError, match="第1版完全相同"):
        submitting.submit(here, who, DIQING, MONTH, again.draft_id, "周伟")
    assert standing(here, who, DIQING, MONTH).counting.submission_id == second.submission_id


def test_what_counts_already_is_told_so_when_it_is_uploaded_again(here, good):
    who, receipt = liaison(DIQING), handed_in(here, good)
    again = hand_in.receive(here, who, DIQING, MONTH, "报表.xlsx", good)
    assert standing(here, who, DIQING, MONTH).seen_before.submission_id == receipt.submission_id
    for _ in range(2):
        assert submitting.submit(here, who, DIQING, MONTH, again.draft_id, "周伟") == receipt
    assert len(here.journal().submissions()) == 1


def test_a_reason_for_one_issue_left_out_is_none_for_another(here, tmp_path):
    who, later = liaison(DIQING), doors_of(here.store.folder, now=NOW + timedelta(days=31))
    rows = example_workbook_rows(CAMPAIGN, CAMPAIGN.unit(DIQING), MONTH, 6)
    handed_in(here, workbook(tmp_path, DIQING, rows=rows))

    def without(*numbers):
        month = example_workbook_rows(CAMPAIGN, CAMPAIGN.unit(DIQING), "2026-10", 6)
        kept = [row for number, row in enumerate(rows["issues"]) if number not in numbers]
        content = workbook(tmp_path, DIQING, "2026-10", rows=month | {"issues": kept})
        return hand_in.receive(later, who, DIQING, "2026-10", "报表.xlsx", content)

    def asked(draft):
        return [each for each in draft.unexplained if each.kind == "issue_missing"]

    (first,) = asked(without(0))
    hand_in.explain(later, who, DIQING, "2026-10", {key_of(first): "0000当初报错"})
    assert [dict(each.arguments)["before"] for each in asked(without(0, 3))] == [
        rows["issues"][3]["issue_id"]
    ]
    assert len(asked(without(3, 4))) == 2


@pytest.mark.parametrize(
    ("name", "is_told"),
    [
        ("迪庆藏族自治州-2026-08.xlsx", True),
        ("迪庆2026年8月报表.xlsx", True),
        ("迪庆2026年9月报表（2026年8月补报）.xlsx", False),
        ("迪庆藏族自治州-2026-09-标注.xlsx", False),
        ("2026-10-08 修订.xlsx", False),
        ("2026年10月8日改.xlsx", False),
        ("迪庆202608.xlsx", True),
        ("迪庆２０２６年 ８ 月.xlsx", True),
        ("2026_08_v2.xlsx", True),
        ("迪庆2026年8月2版.xlsx", True),
        ("20261008.xlsx", False),
        ("2026年3季度.xlsx", False),
        ("2026年1至9月汇总.xlsx", False),
        ("2026年1月至9月汇总.xlsx", False),
        ("2026年8、9月.xlsx", False),
        ("2026年2号附件.xlsx", False),
        ("迪庆.xlsx", False),
    ],
)
def test_a_file_named_after_another_month_is_the_wrong_file(here, good, name, is_told):
    draft = hand_in.receive(here, liaison(DIQING), DIQING, MONTH, name, good)
    assert ["file_name_of_other_month" in {each.kind for each in draft.blocking}] == [is_told]


@pytest.mark.parametrize("taken", ["workbook", "attachment"])
def test_a_disk_that_is_nearly_full_takes_no_file_and_says_whom_to_ask(here, good, taken, monkeypatch):
    monkeypatch.setattr("dashboard.services.room.RESERVED", 2**62)
    take, name = {
        "workbook": (hand_in.receive, "a.xlsx"),
        "attachment": (attachments.add, "a.pdf"),
    }[taken]
    with pytest.raises(NotReadyError, match="磁盘快满"):
        take(here, liaison(DIQING), DIQING, MONTH, name, b"%PDF-1")
    assert not here.store.workbooks.exists()
    assert not here.store.attachments.exists()


def test_of_attachments_put_on_and_taken_off_a_month_takes_only_so_many(here):
    who = liaison(DIQING)
    for number in range(attachments.MOST_EVER):
        held = attachments.add(here, who, DIQING, MONTH, "扫描.pdf", b"%PDF-1 " + str(number).encode())
        attachments.remove(here, who, held)
    with pytest.raises(NotReadyError, match="已移除"):
        attachments.add(here, who, DIQING, MONTH, "扫描.pdf", b"%PDF-1 one more")
    assert attachments.add(here, who, DIQING, MONTH, "扫描.pdf", b"%PDF-1 0") == 1
    kept = [path for path in here.store.attachments.rglob("*") if path.is_file()]
    assert len(kept) == attachments.MOST_EVER


def test_a_number_no_attachment_can_have_is_refused_like_any_other(here):
    with pytest.raises(RefusedError):
        attachments.download(here, liaison(DIQING), 10**30)


def test_a_late_report_says_by_how_many_days_and_one_in_time_does_not(here, good):
    who, due = liaison(DIQING), CAMPAIGN.due_at(MONTH)
    for moment, days in ((due - timedelta(minutes=1), 0), (due, 1), (due + timedelta(days=3), 4)):
        at = doors_of(here.store.folder / str(days), now=moment)
        assert standing(at, who, DIQING, MONTH).days_late == 0
        handed_in(at, good)
        assert standing(at, who, DIQING, MONTH).days_late == days


def test_the_very_file_that_was_taken_back_is_told_before_it_is_pressed_in_vain(here, good, tmp_path):
    who, receipt = liaison(DIQING), handed_in(here, good)
    withdrawing.withdraw(here, who, receipt.submission_id, "传错了")
    hand_in.receive(here, who, DIQING, MONTH, "报表.xlsx", good)
    assert standing(here, who, DIQING, MONTH).seen_before.revision == 1
    hand_in.receive(here, who, DIQING, MONTH, "报表.xlsx", workbook(tmp_path, DIQING, count=7))
    assert standing(here, who, DIQING, MONTH).seen_before is None


def test_nobody_owes_a_month_before_anybody_has_reported(here, tmp_path):
    later = doors_of(here.store.folder, now=CAMPAIGN.due_at(MONTH))
    assert open_months(later, liaison(DIQING), DIQING) == []
    handed_in(here, workbook(tmp_path, KUNMING), KUNMING)
    assert open_months(later, liaison(DIQING), DIQING) == [MONTH]


def test_pairs_of_the_same_upload_at_once_make_one_revision_each(here, tmp_path):
    for round_number in range(ROUNDS):
        unit, period = UNITS[round_number % 16], CAMPAIGN.periods[round_number // 16]
        content = workbook(tmp_path, unit, period, count=2)
        results, problems = [], []
        # Nobody uploads as often as all rounds would within one moment.
        then = doors_of(here.store.folder, now=NOW + timedelta(hours=round_number))

        def press(then=then, unit=unit, period=period, content=content, results=results, problems=problems):
            try:
                results.append(handed_in(then, content, unit, period=period))
            except NotReadyError as error:
                # The other hand was quicker with its draft; what counts is what is stored.
                problems.append(error)

        threads = [threading.Thread(target=press) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        held = here.journal().submissions(unit_code=unit, period=period)
        assert len(results) >= 1
        assert [each.revision for each in held] == list(range(1, len(held) + 1))
        assert len({each.sha256 for each in held}) == len(held)


def test_eight_hands_on_one_month_leave_one_current_revision_numbered_without_a_gap(here, tmp_path):
    receipts = []
    for round_number in range(int(os.environ.get("ROUNDS", "2"))):
        then = doors_of(here.store.folder, now=NOW + timedelta(hours=round_number))
        contents = [
            workbook(tmp_path, DIQING, cover={"prepared_by": f"第{round_number}轮第{hand}人"})
            for hand in range(8)
        ]

        def press(content, then=then):
            with suppress(NotReadyError):  # another hand's newer draft stands in its place
                receipts.append(handed_in(then, content).submission_id)

        with ThreadPoolExecutor(8) as hands:
            list(hands.map(press, contents))
        held = here.journal().submissions(unit_code=DIQING, period=MONTH)
        assert [each.revision for each in held] == list(range(1, len(held) + 1))
        assert {each.submission_id for each in held} == set(receipts)
        assert len(current(held)) == 1
    assert len(set(receipts)) >= 2


@pytest.mark.parametrize("unit", [*UNITS, CAMPAIGN.top.code])
def test_only_the_top_unit_hands_in_a_register_of_no_units_below(here, unit):
    found = standing(here, liaison(unit), unit, MONTH)
    assert found.is_register == (unit == CAMPAIGN.top.code)


def test_a_campaign_that_reports_at_its_top_has_no_register(tmp_path):
    here = doors_of(tmp_path / "district")
    here.journal().claim("pingshan-2018", simulated=False, now=NOW)
    (unit,) = here.campaign().reporting_units
    assert unit == here.campaign().top
    assert not standing(here, liaison(unit.code), unit.code, "2018-12").is_register


def test_a_draft_survives_the_server(here, good):
    draft = hand_in.receive(here, liaison(DIQING), DIQING, MONTH, "a.xlsx", good)
    again = doors_of(here.store.folder, now=NOW + timedelta(hours=1))
    assert standing(again, liaison(DIQING), DIQING, MONTH).draft == draft
