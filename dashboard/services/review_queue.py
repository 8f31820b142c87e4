"""What the review looks at: what waits in a month and in others, and one submission with all that speaks for and against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts, attachments, explanations
from dashboard.services.comparing import Compared, compared
from dashboard.services.reporting import NotReadyError
from etl import review
from etl.completeness import reports_of
from etl.extensions import due_at, in_force
from etl.findings import SEVERITIES
from etl.journal import RECEIVED, WITHDRAWN, Submission, current, frozen_months


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The latest revision of a unit's month in the review's queue; ``asked`` counts values a 核实性 finding asks about."""

    submission: Submission
    asked: int
    is_late: bool

    def waited(self, now: datetime) -> float:
        """Days since it was received; none where a clock that ran ahead received it."""
        return max((now - self.submission.received_at).total_seconds() / 86_400, 0)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A value a 核实性 finding asks about, and the reason given; "" where the command line let it in without one."""

    sheet: str
    cell: str
    column: str
    value: str
    expected: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """One submission as a reviewer judges it: reasons, what changed since the revision before, what is attached."""

    submission: Submission
    asked: Sequence[Asked]
    compared: Compared | None
    decisions: Sequence[Mapping[str, object]]
    attachments: Sequence[Mapping[str, object]]


def queue(here: Doors, principal: Principal, period: str) -> list[Waiting]:
    """The latest revision of each unit for a month, those that wait for a decision first, the longest wait first.

    Where the latest was returned and an earlier one counts, that one stands beside it.
    """
    acts.allow(here, principal, "page.review", what=period)
    submissions = here.journal().submissions(period=period)
    reports = reports_of(submissions, period)
    campaign = here.campaign()
    with here.journal().reading() as connection:
        extensions = in_force(connection, campaign)
    found = [
        Waiting(
            submission=each,
            asked=sum(row["severity"] == SEVERITIES["verify"]["zh"] for row in each.findings),
            is_late=(reports[each.unit_code].first_received_at or each.received_at)
            >= due_at(campaign, extensions, each.unit_code, period),
        )
        for each in _to_look_at(submissions)
    ]
    return sorted(found, key=lambda each: (each.submission.state != RECEIVED, each.submission.received_at))


def _to_look_at(submissions: Sequence[Submission]) -> list[Submission]:
    # What its sender took back is as if it had never come.
    latest = {each.unit_code: each for each in submissions if each.state != WITHDRAWN}
    return [
        *latest.values(),
        *(each for each in current(submissions).values() if each not in latest.values()),
    ]


def waiting_elsewhere(here: Doors, principal: Principal, period: str) -> dict[str, int]:
    """How many submissions wait in each other month that is not frozen, the latest first."""
    acts.allow(here, principal, "page.review", what=period)
    with here.journal().reading() as connection:
        closed = frozen_months(connection) | {period}
        return {month: count for month, count in review.waiting_in(connection).items() if month not in closed}


def case(here: Doors, principal: Principal, submission_id: str) -> Case:
    """One submission with all that speaks for and against it, for those who may read what was handed in."""
    acts.allow(here, principal, "page.review", what=submission_id)
    held = here.journal().submission(submission_id)
    if held is None:
        raise NotReadyError("没有这份报送 / there is no such submission")
    acts.allow(here, principal, "submission.read", unit=held.unit_code, what=submission_id)
    of_month = here.journal().submissions(unit_code=held.unit_code, period=held.period)
    with here.journal().reading() as connection:
        return Case(
            submission=held,
            asked=_asked(held, explanations.of_submission(connection, submission_id)),
            compared=compared(here, held, of_month),
            decisions=review.reviews(connection, [submission_id]).get(submission_id, []),
            attachments=attachments.held(connection, held.unit_code, held.period),
        )


def _asked(held: Submission, told: Sequence[Mapping[str, object]]) -> list[Asked]:
    # Findings kept by earlier versions name no key: theirs are found by their place.
    reasons = {
        key: str(row["reason"])
        for row in told
        for key in (row["finding"], (row["sheet"], row["cell"], row["column_title"], row["value"]))
    }
    return [
        Asked(
            sheet=each["sheet"],
            cell=each["cell"],
            column=each["column"],
            value=each["value"],
            expected=each["expected"],
            reason=reasons.get(
                each.get("key", (each["sheet"], each["cell"], each["column"], each["value"])), ""
            ),
        )
        for each in held.findings
        if each["severity"] == SEVERITIES["verify"]["zh"]
    ]
