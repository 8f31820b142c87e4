"""Simulated 培训台账: a few courses a month, with a row for each unit that sent attendees."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from etl import calendar
from etl.simulation.profile import chance, profile, share, weighted
from etl.simulation.staff import officers

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

Row = dict[str, object]

COURSES = {
    "政治理论": ("习近平法治思想学习", "城市治理理论学习"),
    "法律法规": ("行政处罚法实务", "城市管理执法办法解读", "行政强制法与证据规则", "行政复议典型案例"),
    "业务技能": ("执法文书制作", "执法记录设备使用", "案卷制作与评查", "非现场执法流程"),
    "应急处置": ("现场突发情况处置", "舆情应对演练"),
    "岗位练兵": ("队列与执法礼仪", "执法流程实操比武"),
    "作风纪律": ("执法纪律与服务意识", "典型案例警示教育"),
    "其他": ("心理健康与沟通技巧",),
}
CATEGORIES = {
    "政治理论": 14,
    "法律法规": 26,
    "业务技能": 26,
    "应急处置": 8,
    "岗位练兵": 12,
    "作风纪律": 12,
    "其他": 2,
}
LEVELS = {"省级": 6, "州(市)级": 38, "县(市、区)级": 50, "街道(乡镇)级": 6}
PROVIDERS = {"自办": 60, "党校": 16, "高校": 10, "警校": 6, "其他": 8}
HOURS = {2: 20, 4: 36, 6: 16, 8: 20, 16: 8}
SESSIONS = (3, 4, 4, 5, 6)


def trainings(campaign: Campaign, unit: Unit, period: str, seed: int) -> list[Row]:
    """The courses of a month; about as many hours an officer as is the unit's habit."""
    draw = chance(seed, "trainings", unit.code, period)
    leaves = campaign.leaves(unit.code)
    rows: list[Row] = []
    for number in range(1, draw.choice(SESSIONS) + 1):
        session = _session(draw, unit, period, number)
        attending = draw.sample(leaves, max(round(len(leaves) * draw.uniform(0.35, 0.8)), 1))
        rows += [
            session | _attendance(campaign, leaf, period, seed, draw) for leaf in leaves if leaf in attending
        ]
    return _to_habit(rows, sum(officers(campaign, leaf, period, seed) for leaf in leaves), unit, seed, draw)


def _session(draw: random.Random, unit: Unit, period: str, number: int) -> Row:
    category, level = weighted(draw, CATEGORIES), weighted(draw, LEVELS)
    last = calendar.last_day(period).day
    return {
        "session_id": f"PX-{period.replace('-', '')}-{number:02d}",
        "organiser": f"{unit.name}城市管理部门" if level == "州(市)级" else None,
        "organiser_level": level,
        "started_on": calendar.first_day(period) + timedelta(days=draw.randrange(last - 1)),
        "course": draw.choice(COURSES[category]),
        "category": category,
        "provider": weighted(draw, PROVIDERS),
        "mode": weighted(draw, {"线下": 72, "线上": 28}),
        "hours": Decimal(int(weighted(draw, {str(hours): weight for hours, weight in HOURS.items()}))),
    }


def _attendance(campaign: Campaign, leaf: Unit, period: str, seed: int, draw: random.Random) -> Row:
    people = officers(campaign, leaf, period, seed)
    invited = max(round(people * draw.uniform(0.35, 0.85)), 1)
    helpers = round(invited * draw.uniform(0, 0.5))
    attended = share(draw, invited, draw.uniform(0.92, 0.99))
    return {
        "unit": leaf.code,
        "expected": invited + helpers,
        "officers_attended": attended,
        "auxiliaries_attended": share(draw, helpers, 0.95),
        "senior_attended": share(draw, attended, 0.12) if draw.random() < 0.6 else None,
    }


def _to_habit(rows: list[Row], people: int, unit: Unit, seed: int, draw: random.Random) -> list[Row]:
    """Lengthen or shorten the courses by half hours so that the month comes near the unit's habit."""
    given = sum(int(row["hours"]) * row["officers_attended"] for row in rows)
    wanted = profile(seed, unit.code).training_hours * draw.uniform(0.85, 1.15) * people
    factor = wanted / given if given else 1
    hours = {
        row["session_id"]: Decimal(min(max(round(int(row["hours"]) * factor * 2), 4), 64)) / 2 for row in rows
    }
    return [row | {"hours": hours[row["session_id"]]} for row in rows]
