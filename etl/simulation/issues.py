"""Simulated 问题整改台账: every issue found since the campaign began, and how far each has come."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from etl import calendar
from etl.simulation.profile import chance, months_since, profile, weighted

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

Row = dict[str, object]

FOCUS = {"执法不规范": 48, "执法方式单一": 22, "逐利执法与廉政风险": 6, "执法作风与服务意识": 24}
TEXTS = {
    "执法不规范": (
        ("执法文书填写要素不全", "开展文书制作专项培训，逐案复核", "文书要素齐全率100%"),
        ("现场执法未全程使用记录设备", "补齐设备并纳入日常检查", "执法行动双设备全覆盖"),
        ("处罚决定未在规定时间内公开", "指定专人按期公示，每周核对", "处罚决定按期公开"),
        ("个别案卷证据材料不完整", "建立案卷交叉评查制度", "案卷合格率达到98%以上"),
    ),
    "执法方式单一": (
        ("以罚代管，劝导教育不足", "推行轻微违法首次不罚清单", "非强制手段占比提高"),
        ("错时值守安排不足，夜间投诉集中", "调整勤务时间，增加夜间巡查", "夜间投诉明显下降"),
    ),
    "逐利执法与廉政风险": (("罚缴分离执行情况需加强核查", "开展专项自查并建立台账", "罚缴分离全面落实"),),
    "执法作风与服务意识": (
        ("窗口和现场解释说明不到位", "规范执法用语，开展情景演练", "执法行为投诉下降"),
        ("群众来电回应不及时", "明确首问责任和回访时限", "首次联系时间缩短至2小时内"),
    ),
}
FOUND_BY = {
    "自查": 46,
    "上级督导": 18,
    "案卷评查": 14,
    "群众举报": 12,
    "督察": 6,
    "媒体": 2,
    "其他": 2,
}
PACES = {"立行立改": (15, 30), "限期整改": (45, 100), "长期整改": (150, 280)}
DEPARTMENTS = ("执法监督科", "法制科", "直属执法大队", "综合科", "市容管理科")
OWNERS = ("科长", "大队长", "副局长", "教导员")
STAGES = ("案结", "事了", "治成")
AT_FIRST, LATER = (4, 6), (1, 3)
LONGEST_DELAY_DAYS = 120


def issues(campaign: Campaign, unit: Unit, period: str, seed: int) -> list[Row]:
    """The ledger a unit hands in for a month: what is closed after the month's end is still open in it."""
    until = calendar.last_day(period)
    leaves = tuple(leaf.code for leaf in campaign.leaves(unit.code))
    found = [
        issue
        for month in campaign.periods
        if month <= period
        for issue in _found(unit.code, leaves, month, months_since(campaign, month), seed)
    ]
    return [
        {"issue_id": f"WT-{number:04d}"} | _as_known(issue, until)
        for number, issue in enumerate(found, start=1)
    ]


def _as_known(issue: Row, until: date) -> Row:
    closed = issue["closed_on"]
    if closed is not None and closed <= until:
        return issue | {"status": "已整改"}
    begun = (until - issue["found_on"]).days > 10
    return issue | {"closed_on": None, "stage": None, "status": "整改中" if begun else "未整改"}


@lru_cache(maxsize=2048)
def _found(unit_code: str, leaves: tuple[str, ...], period: str, since: int, seed: int) -> tuple[Row, ...]:
    """Issues found in a month: most of them at the campaign's start."""
    draw = chance(seed, "issues", unit_code, period)
    number = draw.randint(*(AT_FIRST if since < 3 else LATER))
    days = sorted(draw.randrange(calendar.last_day(period).day) for _ in range(number))
    first = calendar.first_day(period)
    return tuple(
        _issue(
            draw, draw.choice(leaves), first + timedelta(days=day), profile(seed, unit_code).rectified_on_time
        )
        for day in days
    )


def _issue(draw: random.Random, leaf: str, found: date, on_time: float) -> Row:
    focus = weighted(draw, FOCUS)
    description, measure, goal = draw.choice(TEXTS[focus])
    pace = weighted(draw, {"立行立改": 40, "限期整改": 48, "长期整改": 12})
    due = found + timedelta(days=draw.randint(*PACES[pace]))
    return {
        "unit": leaf,
        "focus_area": focus,
        "scope": weighted(draw, {"个性问题": 70, "共性问题": 30}),
        "pace": pace,
        "description": description,
        "found_on": found,
        "found_by": weighted(draw, FOUND_BY),
        "measure": measure,
        "goal": goal,
        "department": draw.choice(DEPARTMENTS),
        "owner": draw.choice(OWNERS),
        "due_on": due,
        "closed_on": _closed(draw, found, due, on_time),
        "stage": draw.choice(STAGES),
    }


def _closed(draw: random.Random, found: date, due: date, on_time: float) -> date:
    if draw.random() < on_time:
        return found + (due - found) * draw.uniform(0.4, 1)
    return due + timedelta(days=draw.randint(3, LONGEST_DELAY_DAYS))
