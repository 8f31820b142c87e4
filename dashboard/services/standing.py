"""How a unit's month stands: what is uploaded, handed in, decided, attached; and until when it is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts, attachments
from dashboard.services.comparing import Compared, compared
from dashboard.services.reporting import place
from etl import drafts
from etl.calendar import first_day
from etl.campaign import Campaign, Unit
from etl.completeness import days_late, reports_of
from etl.drafts import Draft
from etl.extensions import due_at, in_force
from etl.journal import NOT_CURRENT, RETURNED, WITHDRAWN, Submission, frozen_months, is_frozen
from etl.journal_tables import SUBMISSION
from etl.keeping.purge import was_purged
from etl.review import reviews


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A unit's month as its liaison sees it; ``submissions`` are its revisions, the latest first.

    ``decisions`` are the reviews of each submission by its id, ``due_at`` the moment it is late from;
    ``campaign_due_at`` is earlier where the unit was granted an extension, for ``extension_reason`` ("" without one).
    ``draft_purged``: what was uploaded last was not handed in, and was purged on its schedule. ``is_register``: it
    hands in the province's register, which is of no units below it.
    ``compared`` is the latest revision beside the one before; one that was taken back is neither.
    """

    unit: Unit
    period: str
    due_at: datetime
    campaign_due_at: datetime
    extension_reason: str
    is_register: bool
    now: datetime
    is_frozen: bool
    draft: Draft | None
    draft_purged: bool
    submissions: Sequence[Submission]
    decisions: Mapping[str, Sequence[Mapping[str, object]]]
    attachments: Sequence[Mapping[str, object]]
    keeps_attachments: bool
    compared: Compared | None

    @property
    def latest(self) -> Submission | None:
        """The latest revision its sender has not taken back."""
        return next((each for each in self.submissions if each.state != WITHDRAWN), None)

    @property
    def counting(self) -> Submission | None:
        """The revision that counts: the latest that was neither returned nor withdrawn."""
        return next((each for each in self.submissions if each.state not in NOT_CURRENT), None)

    @property
    def beneath(self) -> Submission | None:
        """The revision that would count if the one that does were taken back."""
        stands = [each for each in self.submissions if each.state not in NOT_CURRENT]
        return stands[1] if len(stands) > 1 else None

    @property
    def restorable(self) -> Submission | None:
        """The latest revision its sender has taken back, where none that counts came after it: it can be restored."""
        if self.is_frozen:
            return None
        taken_back = next((each for each in self.submissions if each.state == WITHDRAWN), None)
        stands = self.counting.revision if self.counting else 0
        return taken_back if taken_back is not None and taken_back.revision > stands else None

    @property
    def seen_before(self) -> Submission | None:
        """The revision that holds the very bytes of the draft: handing them in again would change nothing."""
        if self.draft is None:
            return None
        return next((each for each in self.submissions if each.sha256 == self.draft.sha256), None)

    @property
    def returned(self) -> Mapping[str, object] | None:
        """Why the latest revision was returned, while nothing newer is handed in."""
        if self.latest is None or self.latest.state != RETURNED:
            return None
        return self.decisions[self.latest.submission_id][-1]

    @property
    def days_late(self) -> int:
        """Days past the due day begun when the first revision that was not given back came; 0 in time or without one."""
        report = reports_of(self.submissions, self.period).get(self.unit.code)
        if report is None or report.first_received_at is None:
            return 0
        return days_late(report.first_received_at, self.due_at)

    @property
    def is_late(self) -> bool:
        """Whether the month has fallen due for this unit."""
        return self.now >= self.due_at


def standing(here: Doors, principal: Principal, unit_code: str, period: str) -> Standing:
    """How a unit's month stands, for those who may read its submissions."""
    acts.allow(here, principal, "submission.read", unit=unit_code, what=f"{unit_code} {period}")
    campaign, unit = place(here, unit_code, period)
    held = here.journal().submissions(unit_code=unit_code, period=period)
    stands = [each for each in held if each.state != WITHDRAWN]
    with here.journal().reading() as connection:
        draft, extensions = drafts.find(connection, unit_code, period), in_force(connection, campaign)
        extension = extensions.get((unit_code, period))
        return Standing(
            unit=unit,
            period=period,
            due_at=due_at(campaign, extensions, unit_code, period),
            campaign_due_at=campaign.due_at(period),
            extension_reason=extension.reason if extension else "",
            is_register=unit.level != campaign.reporting_level,
            now=here.now(),
            is_frozen=is_frozen(connection, period),
            draft=draft,
            draft_purged=draft is None
            and _may_be_purged(campaign, period, here.now())
            and was_purged(connection, unit_code, period),
            submissions=tuple(sorted(held, key=lambda each: -each.revision)),
            decisions=reviews(connection, [each.submission_id for each in held]),
            attachments=attachments.held(connection, unit_code, period),
            keeps_attachments=attachments.are_kept(connection, unit_code, period),
            compared=compared(here, stands[-1], stands) if stands else None,
        )


def _may_be_purged(campaign: Campaign, period: str, now: datetime) -> bool:
    """Whether a month began longer ago than workbooks are kept: of any other the audit need not be searched."""
    days = campaign.workbooks_days
    return days is not None and first_day(period) + timedelta(days=days) <= now.date()


def open_months(here: Doors, principal: Principal, unit_code: str) -> list[str]:
    """The months that have fallen due for a unit, have no revision that counts and still take one, from the first anybody reported on."""
    acts.allow(here, principal, "submission.read", unit=unit_code, what=unit_code)
    campaign, now = here.campaign(), here.now()
    with here.journal().reading() as connection:
        # Of every unit and month no more than this: their findings are many.
        every = connection.execute(
            sa.select(SUBMISSION.c.unit_code, SUBMISSION.c.period, SUBMISSION.c.state)
        ).all()
        extensions, frozen = in_force(connection, campaign), frozen_months(connection)
    if not every:
        return []
    first = min(each.period for each in every)
    counted = {each.period for each in every if each.unit_code == unit_code and each.state not in NOT_CURRENT}
    return [
        each
        for each in campaign.periods
        if each >= first
        and each not in counted | frozen
        and due_at(campaign, extensions, unit_code, each) <= now
    ]


def returned_months(here: Doors, principal: Principal, unit_code: str) -> list[str]:
    """The months whose latest revision was returned to a unit and that still take a new one."""
    acts.allow(here, principal, "submission.read", unit=unit_code, what=unit_code)
    own = sa.select(SUBMISSION.c.period, SUBMISSION.c.state).where(
        SUBMISSION.c.unit_code == unit_code, SUBMISSION.c.state != WITHDRAWN
    )
    with here.journal().reading() as connection:
        latest = dict(connection.execute(own.order_by(SUBMISSION.c.revision)).all())
        frozen = frozen_months(connection)
    return sorted(period for period, state in latest.items() if state == RETURNED and period not in frozen)
