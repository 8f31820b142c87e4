"""Extensions through the service: who may grant one, and all that it changes for the unit and for nobody else."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import openpyxl
import pytest
import sqlalchemy as sa

from dashboard.access.permissions import ROLES
from dashboard.access.principal import RefusedError
from dashboard.services import extensions, hand_in, review_queue, reviewing
from dashboard.services.reporting import NotReadyError
from dashboard.services.standing import open_months, standing
from etl.extensions import ExtensionError
from etl.journal import FrozenMonthError
from etl.journal_tables import AUDIT
from metrics.connection import current_build, open_build
from tests.services.stores import (
    CAMPAIGN,
    DIQING,
    KUNMING,
    MONTH,
    acts,
    handed_in,
    liaison,
    published,
    somebody,
    workbook,
)

REVIEWER = somebody("reviewer")
DUE_DAY = CAMPAIGN.due_day(MONTH)
UNTIL = DUE_DAY + timedelta(days=15)
AFTER = datetime.combine(DUE_DAY + timedelta(days=5), datetime.min.time())
"""After the month's due day, before the extended one."""
REASON = "机房停电"


def test_an_extension_moves_what_its_liaison_is_told_and_nobody_elses(here, tmp_path):
    extensions.grant(here, REVIEWER, DIQING, MONTH, UNTIL, REASON)
    handed_in(here, workbook(tmp_path, "530300"), "530300")
    later = replace(here, stands_at=AFTER)
    own, other = (standing(later, liaison(code), code, MONTH) for code in (DIQING, KUNMING))
    assert (own.is_late, other.is_late) == (False, True)
    assert own.due_at - own.campaign_due_at == timedelta(days=15)
    assert (own.extension_reason, other.extension_reason) == (REASON, "")
    assert other.due_at == other.campaign_due_at == CAMPAIGN.due_at(MONTH)
    assert MONTH not in open_months(later, liaison(DIQING), DIQING)
    assert MONTH in open_months(later, liaison(KUNMING), KUNMING)
    assert MONTH in open_months(replace(here, stands_at=own.due_at), liaison(DIQING), DIQING)


def test_the_template_of_that_unit_alone_names_the_later_day(here):
    extensions.grant(here, REVIEWER, DIQING, MONTH, UNTIL, REASON)
    told = {}
    for code in (DIQING, KUNMING):
        _, content = hand_in.template(here, liaison(code), code, MONTH)
        sheet = openpyxl.load_workbook(io.BytesIO(content))["填表说明"]
        told[code] = next(row[1].value for row in sheet.iter_rows() if row[0].value == "报送时限")
    later, planned = (f"{day.year}年{day.month}月{day.day}日24:00前" for day in (UNTIL, DUE_DAY))
    assert told[DIQING].startswith(f"{later}（已准予延期；原定{planned}")
    assert told[KUNMING].startswith(planned)
    assert later not in told[KUNMING]


def test_the_reviewers_queue_calls_late_what_came_after_the_units_own_day(here, tmp_path):
    extensions.grant(here, REVIEWER, DIQING, MONTH, UNTIL, REASON)
    later = replace(here, stands_at=AFTER)
    for code in (DIQING, KUNMING):
        handed_in(later, workbook(tmp_path, code), unit=code)
    late = {each.submission.unit_code: each.is_late for each in review_queue.queue(here, REVIEWER, MONTH)}
    assert late == {DIQING: False, KUNMING: True}


def test_a_granted_extension_is_published_audited_and_listed(here, tmp_path):
    handed_in(here, workbook(tmp_path, DIQING))
    extensions.grant(here, REVIEWER, KUNMING, MONTH, UNTIL, f"{REASON}，电话13987654321")
    published()
    with open_build(current_build(here.store.folder)) as connection:
        (found,) = connection.execute("select reporting_code, due_at from dim_extension").fetchall()
    assert found == (KUNMING, datetime.combine(UNTIL + timedelta(days=1), datetime.min.time()))
    (listed,) = extensions.listed(here, REVIEWER, MONTH)
    assert (listed.unit_code, listed.last_day, listed.granted_by) == (KUNMING, UNTIL, "王芳")
    assert acts(here)[-1] == ("reviewer", "extension.grant", "done")
    with here.journal().reading() as connection:
        query = sa.select(AUDIT).where(AUDIT.c.action == "extension.grant")
        (act,) = connection.execute(query).mappings()
    assert (act["object"], act["detail"]["last_day"]) == (f"{KUNMING} {MONTH}", str(UNTIL))
    assert REASON in act["detail"]["reason"]
    assert "13987654321" not in str(act["detail"]) + listed.reason


@pytest.mark.parametrize(
    ("unit", "month", "last_day", "reason", "error"),
    [
        (DIQING, MONTH, DUE_DAY, REASON, ExtensionError),
        (DIQING, MONTH, UNTIL, " ", ExtensionError),
        (DIQING, "2031-01", UNTIL, REASON, NotReadyError),
        ("530102", MONTH, UNTIL, REASON, NotReadyError),
    ],
)
def test_what_cannot_be_granted_leaves_neither_an_extension_nor_a_trace(
    here, unit, month, last_day, reason, error
):
    with pytest.raises(error, match=" / "):
        extensions.grant(here, REVIEWER, unit, month, last_day, reason)
    assert extensions.listed(here, REVIEWER, MONTH) == []
    assert acts(here) == []


def test_a_frozen_month_is_extended_for_nobody(here):
    reviewing.freeze(here, REVIEWER, MONTH, "按期冻结")
    with pytest.raises(FrozenMonthError):
        extensions.grant(here, REVIEWER, DIQING, MONTH, UNTIL, REASON)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "reviewer"])
def test_nobody_but_a_reviewer_grants_and_who_does_not_review_reads_no_list(here, role):
    people = [somebody(role), replace(liaison(DIQING), roles=frozenset({role}))]
    for person in people:
        with pytest.raises(RefusedError):
            extensions.grant(here, person, DIQING, MONTH, UNTIL, REASON)
        if role != "admin":
            with pytest.raises(RefusedError):
                extensions.listed(here, person, MONTH)
    assert extensions.listed(here, REVIEWER, MONTH) == []
    assert {outcome for _, _, outcome in acts(here)} == {"refused"}


def test_a_day_in_the_past_may_be_granted_after_the_fact(here, tmp_path):
    later = replace(here, stands_at=AFTER)
    handed_in(later, workbook(tmp_path, DIQING))
    extensions.grant(later, REVIEWER, DIQING, MONTH, date(AFTER.year, AFTER.month, AFTER.day), REASON)
    (waiting,) = review_queue.queue(later, REVIEWER, MONTH)
    assert waiting.is_late is False
