"""销号: the rectified issues that wait for the province, and closing them with what was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts, publishing
from etl import closures
from etl.campaign import Campaign
from etl.closures import Closure
from etl.journal import Submission, current
from etl.sheets.issues import RECTIFIED

LONGEST_EVIDENCE = 300


@dataclass(frozen=True, kw_only=True)
class Rectified:
    """An issue a unit gives as rectified, and the row of the ledger it stands in."""

    unit_code: str
    issue_id: str
    county: str
    description: str
    measure: str
    found_on: date | None
    due_on: date | None
    closed_on: date | None
    period: str
    file_name: str
    revision: int
    row: int


@dataclass(frozen=True, kw_only=True)
class Closed:
    """A closed issue; ``reported`` is its status as the unit told it last."""

    closure: Closure
    county: str
    reported: str

    @property
    def is_given_back(self) -> bool:
        """Whether the unit says by now that it is not rectified after all."""
        return self.reported != RECTIFIED


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What the reports up to a month leave to be closed, and what of them is closed, the latest first."""

    waiting: Sequence[Rectified]
    closed: Sequence[Closed]


def closing(here: Doors, principal: Principal, period: str) -> Closing:
    """The issues told up to a month, as far as they are still rectified by what was told last.

    One that a later month leaves out, or says nothing of, waits all the same.
    """
    acts.allow(here, principal, "submission.read", what=period)
    journal, closed = here.journal(), closures.closures(here.journal())
    reports = list(current(journal.submissions()).values())
    told = closures.told_last(here.store, [each for each in reports if each.period <= period])
    by_now = closures.told_last(here.store, reports)
    waiting = closures.waiting(told, closed).join(
        closures.waiting(by_now, closed), on=list(closures.ISSUE), how="semi", maintain_order="left"
    )
    submissions = {each.submission_id: each for each in reports}
    return Closing(
        waiting=_rectified(here.campaign(), waiting, submissions),
        closed=_closed(here.campaign(), told, by_now, closed),
    )


def _rectified(
    campaign: Campaign, waiting: pl.DataFrame, submissions: Mapping[str, Submission]
) -> list[Rectified]:
    counties = _counties(campaign)
    return [
        Rectified(
            unit_code=each["reporting_code"],
            issue_id=each["issue_id"],
            # The campaign's units may have changed since: a code it no longer has is better than no page.
            county=counties.get((each["reporting_code"], each["unit"]), each["unit"]),
            description=each["description"] or "",
            measure=each["measure"] or "",
            found_on=each["found_on"],
            due_on=each["due_on"],
            closed_on=each["closed_on"],
            period=submissions[each["submission_id"]].period,
            file_name=submissions[each["submission_id"]].file_name,
            revision=submissions[each["submission_id"]].revision,
            row=each["row"],
        )
        for each in waiting.iter_rows(named=True)
    ]


def _closed(
    campaign: Campaign, told: pl.DataFrame, by_now: pl.DataFrame, closed: Sequence[Closure]
) -> list[Closed]:
    """The closures of issues told up to a month."""
    counties = _counties(campaign)
    places = {(code, issue): unit for code, issue, unit in told.select(*closures.ISSUE, "unit").iter_rows()}
    statuses = {
        (code, issue): status for code, issue, status in by_now.select(*closures.ISSUE, "status").iter_rows()
    }
    return [
        Closed(
            closure=each,
            county=counties.get((key[0], places[key]), places[key]),
            reported=statuses[key],
        )
        for each in closed
        if (key := (each.unit_code, each.issue_id)) in places
    ]


def _counties(campaign: Campaign) -> dict[tuple[str, str], str]:
    """Names of the units a ledger names, by the reporting unit's code and their own; an own office has its unit's."""
    return {
        (reporting.code, leaf.code): leaf.name
        for reporting in campaign.reporting_units
        for leaf in campaign.leaves(reporting.code)
    }


def close(here: Doors, principal: Principal, unit_code: str, issue_ids: Sequence[str], evidence: str) -> None:
    """Close rectified issues of a unit with one evidence, all or none.

    Raises ReviewError where there is no evidence, or one of them is closed already or not reported as rectified.
    """
    what = f"{unit_code} {'、'.join(issue_ids)}"
    with acts.acting(here, principal, "issue.close", unit=unit_code, what=what) as connection:
        reports = current(here.journal().submissions(unit_code=unit_code)).values()
        closures.close(
            connection,
            closures.told_last(here.store, reports),
            unit_code,
            issue_ids,
            evidence=" ".join(evidence.split())[:LONGEST_EVIDENCE],
            by=principal.name,
            now=here.now(),
        )
    publishing.publish_soon(here)
