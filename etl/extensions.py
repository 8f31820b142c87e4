"""Extensions (准予延期): a later due day for the workbook of one unit and month, granted by the province for a reason.

This is the one place that decides the moment from which a unit's workbook is late. Whether a month as a whole
has fallen due stays with the campaign: an extension is a unit's, and the province's figures do not wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

import sqlalchemy as sa

from etl.campaign import Campaign
from etl.journal import FrozenMonthError, is_frozen
from etl.journal_tables import EXTENSION
from etl.masking import mask_text

LONGEST_REASON = 300


@dataclass(frozen=True, kw_only=True)
class Extension:
    """Until when a unit may hand in a month's workbook, who said so and why; late from ``due_at`` on.

    ``reason`` is typed freely and may tell of persons: for reviewers and the unit itself. A build, which everybody
    looks at, does not hold it, and it is empty in what is read from one.
    """

    unit_code: str
    period: str
    due_at: datetime
    granted_by: str
    granted_at: datetime
    reason: str = ""

    @property
    def last_day(self) -> date:
        """The day by the end of which the workbook is due."""
        return (self.due_at - timedelta(days=1)).date()


Extensions = Mapping[tuple[str, str], Extension]
"""Extensions by unit code and month (YYYY-MM)."""
NO_EXTENSIONS: Extensions = MappingProxyType({})


class ExtensionError(Exception):
    """Why an extension cannot be granted, and what to do, in both languages ("zh / en")."""


def due_at(campaign: Campaign, extensions: Extensions, unit_code: str, period: str) -> datetime:
    """The moment from which a unit's workbook is late: its extension's where it has one, else the campaign's."""
    granted = extensions.get((unit_code, period))
    return granted.due_at if granted else campaign.due_at(period)


def in_force(connection: sa.Connection, campaign: Campaign) -> dict[tuple[str, str], Extension]:
    """What was granted last for each unit and month, as far as it is later than the campaign's own due moment."""
    latest = {(each.unit_code, each.period): each for each in granted(connection)}
    return {place: each for place, each in latest.items() if each.due_at > campaign.due_at(each.period)}


def granted(connection: sa.Connection, period: str | None = None) -> list[Extension]:
    """Everything granted in its order, of one month where given; one that ends on the campaign's due day withdraws."""
    query = sa.select(*(column for column in EXTENSION.c if column is not EXTENSION.c.sequence))
    if period is not None:
        query = query.where(EXTENSION.c.period == period)
    rows = connection.execute(query.order_by(EXTENSION.c.sequence)).mappings()
    return [Extension(**row) for row in rows]


def grant(
    connection: sa.Connection,
    campaign: Campaign,
    unit_code: str,
    period: str,
    *,
    last_day: date,
    reason: str,
    by: str,
    now: datetime,
) -> None:
    """Let a unit hand in until 24:00 of a day; the campaign's own due day takes an extension back.

    Raises ExtensionError where there is no reason or the day does not fit, FrozenMonthError where the month
    is frozen.
    """
    if is_frozen(connection, period):
        raise FrozenMonthError(
            f"{period}已冻结，不能再准予延期；确有需要的，请管理员先重新开放该月"
            f" / {period} is frozen and takes no extension: an administrator must reopen it first"
        )
    told = mask_text(" ".join(reason.split())[:LONGEST_REASON])
    if not told:
        raise ExtensionError("请写明延期理由 / say why it is extended")
    extended = (unit_code, period) in in_force(connection, campaign)
    _require_later(last_day, campaign.due_day(period), extended=extended)
    connection.execute(
        EXTENSION.insert().values(
            unit_code=unit_code,
            period=period,
            due_at=datetime.combine(last_day + timedelta(days=1), time()),
            reason=told,
            granted_by=by,
            granted_at=now,
        )
    )


def _require_later(last_day: date, due_day: date, *, extended: bool) -> None:
    if last_day > due_day or (last_day == due_day and extended):
        return
    if last_day == due_day:
        raise ExtensionError(
            f"原定截止日就是{due_day}，延期须晚于这一天 / {due_day} is the due day already: give a later one"
        )
    raise ExtensionError(
        f"延期后的截止日须晚于原定截止日{due_day}；撤回延期请选原定截止日"
        f" / the extended due day must lie after {due_day}, the due day; choose that day to withdraw an extension"
    )
