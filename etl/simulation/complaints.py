"""Simulated 投诉台账: the cases received in a month, and those of earlier months still open at its start."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from etl import calendar
from etl.sheets.complaints import CONDUCT, FOCUS_AREAS
from etl.simulation.profile import Profile, chance, count, profile, residents, town_factor, weighted

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

Row = dict[str, object]

SEASON = (0.92, 0.68, 0.95, 1.0, 1.08, 1.18, 1.30, 1.28, 1.10, 0.98, 0.92, 0.90)
"""Complaints by month of the year: few about the Spring Festival, many in the summer's evenings."""
SUMMER = (6, 7, 8, 9)
LOOK_BACK = 2
"""Months before this one whose cases may still be open."""
ALLOWED_DAYS = (5, 7, 7, 10, 15)

CHANNELS = {
    "12345热线": 58,
    "网络平台": 16,
    "来电": 12,
    "信访": 5,
    "现场": 5,
    "媒体": 1,
    "其他": 3,
}
MATTERS = {
    "占道经营": 24,
    "停车秩序": 17,
    "噪声": 13,
    "油烟": 9,
    "市容环卫": 11,
    "违法建设": 8,
    "渣土扬尘": 6,
    "户外广告": 4,
    "园林绿化": 3,
    "市政设施": 3,
    "其他": 2,
}
IN_SUMMER = {"噪声": 1.7, "油烟": 1.6, "占道经营": 1.25}
EXCLUDED = {"无": 93, "咨询建议": 3, "非本部门职责": 2.5, "同一诉求多渠道重复派单": 1.5}
FINDINGS = {"属实": 52, "部分属实": 25, "不属实": 21, "待核实": 2}
CONDUCT_SHARE, REPEATED_SHARE, UNCONTACTED_SHARE = 0.04, 0.04, 0.12
UNSTATED_SHARE, LATE_CONTACT_MINUTES = 0.06, (1500, 5500)


def complaints(campaign: Campaign, unit: Unit, period: str, seed: int) -> list[Row]:
    """The log a unit hands in for a month: what is closed after the month's end is still open in it."""
    start, end = (datetime.combine(day, time()) for day in campaign.window(period))
    end += timedelta(days=1)
    earlier = [
        calendar.add_months(period, -back)
        for back in range(LOOK_BACK, 0, -1)
        if calendar.add_months(period, -back) >= campaign.first_period
    ]
    carried = [case for month in earlier for case in _cases(campaign, unit, month, seed)]
    open_before = [case for case in carried if case["excluded_reason"] == "无" and case["closed_at"] >= start]
    return [_as_known(case, end) for case in (*open_before, *_cases(campaign, unit, period, seed))]


def _as_known(case: Row, moment: datetime) -> Row:
    """A case as it stands at a moment: nothing that happens later."""
    if case["closed_at"] >= moment:
        later = dict.fromkeys(("closed_at", "confirmed", "callback"))
        contacted = case["responded_at"]
        known = contacted if contacted is not None and contacted < moment else None
        return {**case, **later, "finding": "待核实", "responded_at": known}
    return dict(case)


def _cases(campaign: Campaign, unit: Unit, period: str, seed: int) -> tuple[Row, ...]:
    """Every case received in a month, in order of receipt, with all that will become of it."""
    leaves = tuple(
        (leaf.code, residents(campaign, leaf, period) * town_factor(leaf))
        for leaf in campaign.leaves(unit.code)
        if not leaf.own_office
    )
    return _drawn_cases(unit.code, leaves, period, seed)


@lru_cache(maxsize=16)
def _drawn_cases(
    unit_code: str, leaves: tuple[tuple[str, float], ...], period: str, seed: int
) -> tuple[Row, ...]:
    habits, draw = profile(seed, unit_code), chance(seed, "complaints", unit_code, period)
    season = SEASON[int(period[5:]) - 1]
    received = [
        (_moment(draw, period), code)
        for code, weight in leaves
        for _ in range(count(draw, weight / 10_000 * habits.complaints_per_10k * season))
    ]
    cases: list[Row] = []
    for number, (moment, code) in enumerate(sorted(received), start=1):
        case = {"complaint_id": f"{unit_code}-{period[2:4]}{period[5:]}-{number:04d}", "unit": code}
        case |= _case(draw, habits, period, moment)
        case["responded_at"] = _first_contact(case, habits)
        if cases and draw.random() < REPEATED_SHARE:
            case["repeat_of"] = draw.choice(cases)["complaint_id"]
        cases.append(case)
    return tuple(cases)


def _moment(draw: random.Random, period: str) -> datetime:
    """A moment in the month, before noon of its last day, when workbooks are put together."""
    last = calendar.last_day(period).day
    day = draw.randint(1, last)
    hour = draw.choices(range(24), (1,) * 7 + (3, 8, 10, 9, 7, 5, 6, 8, 8, 7, 6, 5, 6, 7, 6, 4, 2))[0]
    first = calendar.first_day(period)
    return datetime(first.year, first.month, day, min(hour, 11) if day == last else hour, draw.randint(0, 59))


def _case(draw: random.Random, habits: Profile, period: str, received: datetime) -> Row:
    conduct = draw.random() < CONDUCT_SHARE
    due = datetime.combine(received.date(), time()) + timedelta(days=draw.choice(ALLOWED_DAYS))
    closed = _closed(draw, habits, received, due)
    excluded = weighted(draw, EXCLUDED)
    case: Row = {
        "received_at": received,
        "channel": weighted(draw, CHANNELS),
        "complaint_kind": CONDUCT if conduct else "城市管理问题诉求",
        "focus_area": weighted(draw, dict(zip(FOCUS_AREAS, (45, 25, 5, 25), strict=True)))
        if conduct
        else None,
        "matter": weighted(draw, _matters(period)),
        "excluded_reason": excluded,
        "due_at": due,
        "responded_at": received + timedelta(minutes=draw.randint(8, 600)),
        "closed_at": closed,
        "finding": weighted(draw, FINDINGS) if conduct or draw.random() < 0.9 else None,
    }
    if excluded == "无":
        case |= _called_back(draw, habits, on_time=closed < due + timedelta(days=1))
    case["responded_at"] = min(case["responded_at"], closed)
    return case


def _first_contact(case: Row, habits: Profile) -> datetime | None:
    """When the complainant was first contacted: mostly within hours, by slow units at times days later, at times not stated."""
    # Chance of its own, so that a seed has the same cases whatever is told of their first contact.
    draw = chance("first contact", case["complaint_id"])
    if draw.random() < UNSTATED_SHARE:
        return None
    if draw.random() < habits.closed_on_time:
        return case["responded_at"]
    late = case["received_at"] + timedelta(minutes=draw.randint(*LATE_CONTACT_MINUTES))
    return min(late, case["closed_at"])


def _matters(period: str) -> dict[str, float]:
    if int(period[5:]) not in SUMMER:
        return MATTERS
    return {matter: weight * IN_SUMMER.get(matter, 1) for matter, weight in MATTERS.items()}


def _closed(draw: random.Random, habits: Profile, received: datetime, due: datetime) -> datetime:
    """When a case is closed: mostly well before it is due, some days after."""
    if draw.random() < habits.closed_on_time:
        allowed = due - received
        return _minute(received + allowed * min(draw.betavariate(1.3, 2.6) + 0.02, 1))
    return _minute(due + timedelta(days=1, hours=draw.uniform(9, 17) + 24 * draw.randint(0, 11)))


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _called_back(draw: random.Random, habits: Profile, *, on_time: bool) -> Row:
    if draw.random() < UNCONTACTED_SHARE:
        return {"confirmed": "未回访", "callback": draw.choice(("未回访", "未接通"))}
    satisfied = habits.satisfied - (0 if on_time else 0.2)
    solved = draw.random() < satisfied + 0.03
    content = {"满意": 62, "基本满意": 33, "不满意": 3} if solved else {"不满意": 60, "基本满意": 30}
    return {"confirmed": "解决" if solved else "未解决", "callback": weighted(draw, content | {"未评价": 5})}
