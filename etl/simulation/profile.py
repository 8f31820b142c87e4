"""What a simulated unit is like: its size, and the habits that stay with it from month to month."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from etl import calendar

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

UNKNOWN_POPULATION = 300_000
"""Residents of a reporting unit whose population the campaign does not know."""
ZONE_RESIDENTS = 12_000
"""What stands for the people of a functional zone when its work is sized."""

_TOWN_ENDINGS = ("区", "市", "街道")


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A reporting unit's habits; shares lie between 0 and 1.

    ``officers_per_10k`` and ``complaints_per_10k`` are per 10,000 residents (the latter a month).
    ``diligence`` decides how readily its workbooks come late, ``progress`` how much it improves a month.
    """

    officers_per_10k: float
    certified_share: float
    complaints_per_10k: float
    closed_on_time: float
    satisfied: float
    training_hours: float
    recorders_share: float
    rectified_on_time: float
    diligence: float
    progress: float


def chance(*words: object) -> random.Random:
    """The source of chance for one thing; equal words give equal draws on every machine."""
    return random.Random(" ".join(map(str, words)))


@lru_cache(maxsize=1024)
def profile(seed: int, unit_code: str) -> Profile:
    """The habits of a unit under a seed."""
    draw = chance(seed, "profile", unit_code)
    return Profile(
        officers_per_10k=draw.uniform(3.4, 5.1),
        certified_share=draw.uniform(0.90, 0.985),
        complaints_per_10k=draw.uniform(0.50, 1.05),
        closed_on_time=draw.uniform(0.87, 0.975),
        satisfied=draw.uniform(0.83, 0.94),
        training_hours=draw.uniform(5.8, 9.0),
        recorders_share=draw.uniform(0.84, 0.97),
        rectified_on_time=draw.uniform(0.80, 0.97),
        diligence=draw.random(),
        progress=draw.uniform(0.001, 0.006),
    )


def residents(campaign: Campaign, leaf: Unit, period: str) -> int:
    """How many people a unit below a reporting unit is taken to serve; 0 for an own office."""
    if leaf.own_office:
        return 0
    known = campaign.reference_population(leaf.code, period)
    if known is not None:
        return known
    if campaign.states_no_population(leaf.code, period):
        return ZONE_RESIDENTS
    whole = campaign.reference_population(leaf.parent, period) or UNKNOWN_POPULATION
    return whole // sum(not each.own_office for each in campaign.leaves(leaf.parent))


def town_factor(leaf: Unit) -> float:
    """How much more residents of a town complain than those of the country."""
    return 1.25 if leaf.name.endswith(_TOWN_ENDINGS) else 0.8


def share(draw: random.Random, whole: int, part: float) -> int:
    """A number of about ``part`` of ``whole``, never below none nor above all of it."""
    spread = (max(whole, 1) * max(part, 0.01) * max(1 - part, 0.01)) ** 0.5
    return min(max(round(draw.gauss(whole * part, spread)), 0), whole)


def count(draw: random.Random, expected: float) -> int:
    """How often something happens that is expected so many times: about a Poisson number."""
    whole = max(round(draw.gauss(expected, expected**0.5)), 0) if expected > 0 else 0
    return whole if expected > 3 else min(whole, 6)


def weighted(draw: random.Random, weights: dict[str, float]) -> str:
    """One of the choices, each as likely as its weight says."""
    return draw.choices(list(weights), list(weights.values()))[0]


def months_since(campaign: Campaign, period: str) -> int:
    """Months from the campaign's first to this one."""
    return calendar.months_between(campaign.first_period, period)
