"""Whether a month is settled, so that it can be frozen without a reason: all told at once what it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from dashboard.access.doors import Doors
from etl.campaign import Unit
from etl.extensions import due_at, in_force
from etl.journal import current
from etl.review import ReviewError, waiting_in

UNITS_NAMED = 5


def require_settled(here: Doors, connection: sa.Connection, period: str) -> None:
    """Raise ReviewError with all that is still open: what waits for review, who is missing, whose time is not up."""
    told = [
        *_waiting(connection, period),
        *_missing(here, period),
        *_still_due(here, connection, period),
    ]
    if told:
        zh, en = ("；".join(zh for zh, _ in told), "; ".join(en for _, en in told))
        raise ReviewError(
            f"{period}{zh}。先办完，或逐项写明为何照样冻结 / {period}: {en}. Settle it first, or say why it is frozen all the same"
        )


def _waiting(connection: sa.Connection, period: str) -> Iterator[tuple[str, str]]:
    if waiting := waiting_in(connection).get(period, 0):
        yield f"还有{waiting}份未审核", f"{waiting} submissions are not reviewed"


def _missing(here: Doors, period: str) -> Iterator[tuple[str, str]]:
    """The units that report and have no revision that counts."""
    counting = {code for code, _ in current(here.journal().submissions(period=period))}
    if missing := [unit for unit in here.campaign().reporting_units if unit.code not in counting]:
        yield (
            f"还没有{_named(missing)}的报送（未报、已退回或已撤回）",
            f"no report that counts of {_named(missing)}",
        )


def _named(units: Sequence[Unit]) -> str:
    named = "、".join(unit.short_name for unit in units[:UNITS_NAMED])
    return f"{named}等{len(units)}个单位" if len(units) > UNITS_NAMED else named


def _still_due(here: Doors, connection: sa.Connection, period: str) -> Iterator[tuple[str, str]]:
    """Until when units may still report in time: all of them, or those that were granted longer."""
    campaign, granted = here.campaign(), in_force(connection, here.campaign())
    due = campaign.due_at(period)
    if here.now() < due:
        yield f"到{_day(due)}24:00才截止", f"due by the end of {_last(due)}"
    longer = {unit: due_at(campaign, granted, unit.code, period) for unit in campaign.reporting_units}
    for unit, until in longer.items():
        if until > due and here.now() < until:
            yield (
                f"{unit.short_name}准予延期至{_day(until)}",
                f"{unit.name_en or unit.short_name} was granted until {_last(until)}",
            )


def _last(moment: datetime) -> date:
    return (moment - timedelta(days=1)).date()


def _day(moment: datetime) -> str:
    day = _last(moment)
    return f"{day.month}月{day.day}日"
