"""The review of a simulated store: what the province has passed, frozen and found closed by now.

Every month before the last is passed and frozen, as in a province at work; of the last month only what has waited
long enough and asks nothing is passed. Nothing is decided after now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import polars as pl
import sqlalchemy as sa

from etl import closures, review
from etl.findings import SEVERITIES
from etl.journal import PASSED, RECEIVED, Journal, Submission, current, frozen_months
from etl.simulation.profile import chance

if TYPE_CHECKING:
    from etl.campaign import Campaign
    from etl.store import Store

REVIEWED_BY = "模拟审核"
DAYS_TO_REVIEW, DAYS_TO_FREEZE = (1, 3), 20
"""Days from receipt to the decision, and from the due moment to the freezing: later than the last correction."""
CLOSED_SHARE = 0.8
"""The share of the rectified issues of a frozen month that the province has been to see."""
EVIDENCE = "现场核查（模拟）"
NOT_REPORTED = "{units}经催报仍未报送，按未报冻结（模拟）"


def review_store(store: Store, journal: Journal, campaign: Campaign, *, seed: int, now: datetime) -> None:
    """Decide on everything a simulated store has received, as its reviewers would have by now; twice changes nothing."""
    submissions = journal.submissions()
    last = max((each.period for each in submissions), default="")
    with journal.writing() as connection:
        for each, decided_at in _passed(submissions, last, seed):
            if decided_at <= now:
                review.decide(connection, each.submission_id, PASSED, by=REVIEWED_BY, now=decided_at)
        for period in sorted({each.period for each in submissions} - {last} - frozen_months(connection)):
            frozen_at = campaign.due_at(period) + timedelta(days=DAYS_TO_FREEZE, hours=10)
            if frozen_at <= now:
                _freeze(connection, campaign, submissions, period, frozen_at)
                _close_issues(connection, store, submissions, period, frozen_at, seed)


def _passed(submissions: Iterable[Submission], last: str, seed: int) -> Iterator[tuple[Submission, datetime]]:
    """What is passed, and when: the revision that counts of each unit and month, some days after it came."""
    for each in current(list(submissions)).values():
        if each.state != RECEIVED:
            continue
        asks = any(finding["severity"] == SEVERITIES["verify"]["zh"] for finding in each.findings)
        if each.period < last or not asks:
            draw = chance(seed, "review", each.unit_code, each.period)
            day = each.received_at.date() + timedelta(days=draw.randint(*DAYS_TO_REVIEW))
            yield each, datetime.combine(day, time(draw.randint(9, 16), draw.randint(0, 59)))


def _freeze(
    connection: sa.Connection,
    campaign: Campaign,
    submissions: Iterable[Submission],
    period: str,
    frozen_at: datetime,
) -> None:
    came = {each.unit_code for each in submissions if each.period == period}
    missing = [unit.short_name for unit in campaign.reporting_units if unit.code not in came]
    reason = NOT_REPORTED.format(units="、".join(missing)) if missing else ""
    review.freeze(connection, period, reason=reason, by=REVIEWED_BY, now=frozen_at)


def _close_issues(
    connection: sa.Connection,
    store: Store,
    submissions: Iterable[Submission],
    period: str,
    closed_at: datetime,
    seed: int,
) -> None:
    """Close most of what a month's ledgers give as rectified and nobody has closed yet."""
    reports = [each for each in current(list(submissions)).values() if each.period == period]
    reported = closures.ledger(store, reports)
    for code, issues in closures.waiting(reported, closures.closed_in(connection)).group_by(
        "reporting_code", maintain_order=True
    ):
        seen = [
            issue
            for issue in issues.filter(pl.col("closed_on") <= closed_at.date())["issue_id"]
            if chance(seed, "closure", *code, issue).random() < CLOSED_SHARE
        ]
        if seen:
            closures.close(
                connection, reported, str(code[0]), seen, evidence=EVIDENCE, by=REVIEWED_BY, now=closed_at
            )
