"""Reasons given for doubtful values are read beside the figures they touch, by those who may."""

from __future__ import annotations

import pytest

from dashboard.access.principal import RefusedError
from dashboard.components.unit_explained import touched
from dashboard.services import explanations, hand_in, submitting, withdrawing
from etl.findings import key_of
from metrics.kpis import KPIS
from tests.etl.example_workbooks import example_workbook_rows
from tests.services.stores import CAMPAIGN, DIQING, KUNMING, MONTH, handed_in, liaison, somebody, workbook

REASON = "新录用人员到岗"


@pytest.fixture
def explained(here, tmp_path):
    """迪庆州 reports twice the officers of the month before, and says why."""
    handed_in(here, workbook(tmp_path, DIQING, "2026-08"), DIQING, period="2026-08")
    rows = example_workbook_rows(CAMPAIGN, CAMPAIGN.unit(DIQING, "prefecture"), MONTH, 6)
    for row in rows["basics"]:
        for name in ("posts", "posts_filled", "officers"):
            row[name] = 3 * row[name]
    draft = hand_in.receive(
        here, liaison(DIQING), DIQING, MONTH, "a.xlsx", workbook(tmp_path, DIQING, rows=rows)
    )
    assert draft.blocking == []
    hand_in.explain(here, liaison(DIQING), DIQING, MONTH, {key_of(each): REASON for each in draft.to_explain})
    submitting.submit(here, liaison(DIQING), DIQING, MONTH, draft.draft_id, "周伟")
    return here


def test_a_reason_stands_with_its_value_and_touches_the_kpis_that_rest_on_it(explained):
    found = explanations.given(explained, liaison(DIQING), DIQING, MONTH)
    officers = [each for each in found if each.column == "在编在岗执法人员数(不含协管人员)"]
    assert officers
    assert {(each.sheet, each.reason) for each in officers} == {("基础情况", REASON)}
    keys = touched(list(KPIS.values()), officers)
    assert {"officers_per_10k", "officers_gap", "certified_rate"} <= keys
    assert not keys & {"complaints_per_10k", "satisfaction_rate", "files_passed_rate"}
    assert touched(list(KPIS.values()), []) == frozenset()


def test_the_reasons_of_a_unit_are_open_to_leaders_and_closed_to_other_units(explained):
    for role in ("viewer", "analyst", "reviewer"):
        assert explanations.given(explained, somebody(role), DIQING, MONTH)
    for person in (liaison(KUNMING), somebody("admin"), somebody("auditor")):
        with pytest.raises(RefusedError):
            explanations.given(explained, person, DIQING, MONTH)


def test_what_was_withdrawn_explains_nothing(explained):
    (held,) = explained.journal().submissions(unit_code=DIQING, period=MONTH)
    withdrawing.withdraw(explained, liaison(DIQING), held.submission_id, "数据有误")
    assert explanations.given(explained, liaison(DIQING), DIQING, MONTH) == []
