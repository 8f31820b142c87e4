"""Simulated 基础情况, 月度情况 and 季度情况: one row for each unit below the reporting unit and its own office."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from etl.schema import NOT_APPLICABLE
from etl.simulation.profile import Profile, chance, count, months_since, profile, residents, share

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

Row = dict[str, object]

OWN_OFFICE_SHARE = 0.05
"""Officers of an own office against those of the units below it."""
SMALL_TEAM = 12
"""Teams up to this size keep their number."""
SMALL_PLACE = 40_000
"""Units with fewer people than this answer 不适用 where lawsuits are asked for."""


def basics(campaign: Campaign, unit: Unit, period: str, seed: int) -> list[Row]:
    """Posts, officers and notice boards of every unit below at the month's end."""
    return [
        _keys(leaf) | _staff(campaign, leaf, period, seed) | _boards(campaign, leaf, period, seed)
        for leaf in campaign.leaves(unit.code)
    ]


def monthly(campaign: Campaign, unit: Unit, period: str, seed: int) -> list[Row]:
    """Enforcement, disposals and communities of the month."""
    return [_keys(leaf) | _month(campaign, leaf, period, seed) for leaf in campaign.leaves(unit.code)]


def quarterly(campaign: Campaign, unit: Unit, period: str, seed: int) -> list[Row]:
    """Case files, reconsiderations and lawsuits of the quarter."""
    return [_keys(leaf) | _quarter(campaign, leaf, period, seed) for leaf in campaign.leaves(unit.code)]


def officers(campaign: Campaign, leaf: Unit, period: str, seed: int) -> int:
    """Officers on duty of a unit in a month; people come and go one by one."""
    base, month = _base(campaign, leaf, seed), months_since(campaign, period)
    grown = base * (1 + _habits(leaf, seed).progress * month)
    moved = sum(_moves(seed, leaf.code, leaf.level)[: month + 1]) if base > SMALL_TEAM else 0
    return max(round(grown) + moved, 3)


@lru_cache(maxsize=4096)
def _moves(seed: int, code: str, level: str) -> tuple[int, ...]:
    """Persons gained or lost, month by month, for ten years."""
    return tuple(chance(seed, "moves", code, level).choices((-1, 0, 0, 0, 0, 1), k=120))


def _keys(leaf: Unit) -> Row:
    return {"unit_code": leaf.code, "unit_name": leaf.name}


def _habits(leaf: Unit, seed: int) -> Profile:
    return profile(seed, leaf.parent)


def _base(campaign: Campaign, leaf: Unit, seed: int) -> float:
    """Officers at the campaign's start, before rounding."""
    per_10k = _habits(leaf, seed).officers_per_10k
    first = campaign.first_period
    if not leaf.own_office:
        factor = _team_factor(seed, leaf.code)
        return max(residents(campaign, leaf, first) / 10_000 * per_10k * factor, 4)
    below = [each for each in campaign.leaves(leaf.code) if not each.own_office]
    served = sum(residents(campaign, each, first) for each in below)
    return served / 10_000 * per_10k * OWN_OFFICE_SHARE + 8


@lru_cache(maxsize=4096)
def _team_factor(seed: int, code: str) -> float:
    return chance(seed, "officers", code).uniform(0.85, 1.18)


def _staff(campaign: Campaign, leaf: Unit, period: str, seed: int) -> Row:
    base, draw = _base(campaign, leaf, seed), chance(seed, "staff", leaf.code, leaf.level)
    on_duty = officers(campaign, leaf, period, seed)
    spare, vacant = draw.uniform(0.01, 0.05), draw.uniform(0.02, 0.10)
    growth = months_since(campaign, period)
    ceiling = base * (1 + _habits(leaf, seed).progress * 24)
    filled = on_duty + round(base * spare)
    certified = min(_habits(leaf, seed).certified_share + 0.003 * growth + draw.uniform(-0.02, 0.02), 1)
    frontline, helpers = draw.uniform(0.68, 0.88), draw.uniform(0.7, 1.6)
    trained = _trained_share(leaf, period, seed, pace=draw.uniform(0.85, 1.15))
    return {
        "posts": max(round((ceiling + base * spare) * (1 + vacant)) + 2, filled),
        "posts_filled": filled,
        "officers": on_duty,
        "certified_officers": min(round(on_duty * certified), on_duty),
        "frontline_officers": round(on_duty * frontline),
        "auxiliaries": round(base * helpers * (1 - 0.004 * growth)),
        "officers_trained_ytd": round(on_duty * trained),
    }


def _trained_share(leaf: Unit, period: str, seed: int, *, pace: float) -> float:
    """Officers trained since January: quick at first, everyone but a few by December."""
    hours = _habits(leaf, seed).training_hours / 7.5
    return min((int(period[5:]) / 12) ** 0.8 * hours * pace, 0.99)


def _boards(campaign: Campaign, leaf: Unit, period: str, seed: int) -> Row:
    if leaf.own_office:
        return {"notice_boards_due": NOT_APPLICABLE, "notice_boards_complete": NOT_APPLICABLE}
    draw = chance(seed, "boards", leaf.code)
    due = max(round(residents(campaign, leaf, period) / 6_000 * draw.uniform(0.8, 1.2)), 3)
    done = min(draw.uniform(0.62, 0.9) + 0.015 * months_since(campaign, period), 1)
    return {"notice_boards_due": due, "notice_boards_complete": round(due * done)}


def _month(campaign: Campaign, leaf: Unit, period: str, seed: int) -> Row:
    draw = chance(seed, "month", leaf.code, leaf.level, period)
    habits, people = _habits(leaf, seed), officers(campaign, leaf, period, seed)
    growth = months_since(campaign, period)
    actions = count(draw, people * draw.uniform(1.6, 2.4))
    major, due = count(draw, people * 0.03), count(draw, people * 0.5)
    disposals = count(draw, people * 2.8)
    recorders = min(habits.recorders_share + habits.progress * growth, 0.995)
    return {
        "actions": actions,
        "actions_two_recorders": share(draw, actions, recorders),
        "major_decisions": major,
        "major_decisions_reviewed": share(draw, major, 0.985) if draw.random() < 0.15 else major,
        "penalties_due": due,
        "penalties_published": share(draw, due, min(0.93 + habits.progress * growth, 0.99)),
        "disposals": disposals,
        "disposals_non_coercive": share(draw, disposals, draw.uniform(0.62, 0.8)),
        **_communities(campaign, leaf, period, seed),
    }


def _communities(campaign: Campaign, leaf: Unit, period: str, seed: int) -> Row:
    if leaf.own_office:
        return {"communities": NOT_APPLICABLE, "communities_served": NOT_APPLICABLE}
    draw = chance(seed, "communities", leaf.code)
    whole = max(round(residents(campaign, leaf, period) / 5_500 * draw.uniform(0.8, 1.2)), 2)
    served = min(draw.uniform(0.45, 0.8) + 0.012 * months_since(campaign, period), 0.98)
    return {
        "communities": whole,
        "communities_served": share(chance(seed, "served", leaf.code, period), whole, served),
    }


def _quarter(campaign: Campaign, leaf: Unit, period: str, seed: int) -> Row:
    draw = chance(seed, "quarter", leaf.code, leaf.level, period)
    reviewed = count(draw, officers(campaign, leaf, period, seed) * 0.35) + 6
    failed = share(draw, reviewed, max(0.035 - 0.001 * months_since(campaign, period), 0.008))
    excellent = share(draw, reviewed - failed, draw.uniform(0.2, 0.45))
    concluded, judged = count(draw, 2.2), count(draw, 1.6)
    row: Row = {
        "files_reviewed": reviewed,
        "files_excellent": excellent,
        "files_pass": reviewed - failed - excellent,
        "files_fail": failed,
        "reconsiderations_concluded": concluded,
        "reconsiderations_corrected": share(draw, concluded, 0.14),
        "lawsuits_judged": judged,
        "lawsuits_lost": share(draw, judged, 0.12),
    }
    if residents(campaign, leaf, period) in range(1, SMALL_PLACE):
        row |= dict.fromkeys(("lawsuits_judged", "lawsuits_lost"), NOT_APPLICABLE)
    return row
