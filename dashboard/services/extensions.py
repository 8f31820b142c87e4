"""Extensions: granting a unit a later due day for one month, and what was granted so far."""

from __future__ import annotations

from datetime import date

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts, publishing
from dashboard.services.reporting import place
from etl import extensions
from etl.extensions import Extension


def grant(
    here: Doors, principal: Principal, unit_code: str, period: str, last_day: date, reason: str
) -> None:
    """Let a unit hand a month in until 24:00 of a day; the campaign's own due day takes an extension back.

    Raises ExtensionError, FrozenMonthError, NotReadyError where unit or month is none, RefusedError.
    """
    what = f"{unit_code} {period}"
    acts.allow(here, principal, "extension.grant", unit=unit_code, what=what)
    campaign, _ = place(here, unit_code, period)
    told = {"last_day": last_day, "reason": reason}
    with acts.acting(here, principal, "extension.grant", unit=unit_code, what=what, **told) as connection:
        extensions.grant(
            connection,
            campaign,
            unit_code,
            period,
            last_day=last_day,
            reason=reason,
            by=principal.name,
            now=here.now(),
        )
    publishing.publish_soon(here)


def listed(here: Doors, principal: Principal, period: str) -> list[Extension]:
    """Everything granted for a month, in its order: to whom, until when, by whom and why."""
    acts.allow(here, principal, "submission.read", what=period)
    with here.journal().reading() as connection:
        return extensions.granted(connection, period)
