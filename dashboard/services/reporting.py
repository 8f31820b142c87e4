"""Who reports which month: the units and months of the campaign, and what stands in the way of an act."""

from __future__ import annotations

from dashboard.access.doors import Doors
from etl.campaign import Campaign, Unit


class NotReadyError(Exception):
    """What stands in the way of an act and how to mend it, in both languages ("zh / en")."""


def unit_named(campaign: Campaign, code: str) -> Unit:
    """A unit that hands in, by its code; NotReadyError for any other."""
    for unit in (*campaign.reporting_units, campaign.top):
        if unit.code == code:
            return unit
    raise NotReadyError(f"“{code}”不是填报单位 / {code} is no reporting unit")


def place(here: Doors, unit_code: str, period: str) -> tuple[Campaign, Unit]:
    """The campaign, and the unit that reports; NotReadyError where unit or month is none of its own."""
    campaign = here.campaign()
    month_named(campaign, period)
    return campaign, unit_named(campaign, unit_code)


def month_named(campaign: Campaign, period: str) -> None:
    """Raise NotReadyError unless this is a month of the campaign, such as 2026-09."""
    if period not in campaign.periods:
        raise NotReadyError(f"“{period}”不在本专项的报告期内 / {period} is not a month of this campaign")
