"""Simulated 满意度调查 and 认定事项: the register kept by the top unit."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from etl import calendar
from etl.simulation.profile import chance, months_since, profile, share

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

Row = dict[str, object]

THIRD_PARTY_MONTHS = {6: "上半年", 12: "下半年"}
SELF_MONTHS = {3: "第一季度", 9: "第三季度"}
ANSWERS = (280, 620)
COUNTY_SHARE, COUNTY_ANSWERS = 0.15, (60, 160)
EVENT_KINDS = ("查实违反执法禁令", "查实执法乱作为", "重大负面舆情", "整改不力")
EVENT_SHARE = 0.4
CATCH_UP_MONTHS = 6
"""The first simulated month also lists the waves of so many months before it."""


def surveys(campaign: Campaign, period: str, seed: int, *, first: str) -> list[Row]:
    """Survey waves that ended in the month; in the ``first`` simulated month, the last half year's too."""
    months = [period]
    if period == first:
        earlier = (calendar.add_months(period, -back) for back in range(CATCH_UP_MONTHS, 0, -1))
        months = [month for month in earlier if month >= campaign.first_period] + months
    return [row for month in months for row in _waves(campaign, month, seed)]


def _waves(campaign: Campaign, period: str, seed: int) -> list[Row]:
    year, month = int(period[:4]), int(period[5:])
    if month in THIRD_PARTY_MONTHS:
        draw = chance(seed, "counties", period)
        below = [leaf for leaf in campaign.units if leaf.level == campaign.leaf_level and not leaf.own_office]
        counties = draw.sample(below, round(len(below) * COUNTY_SHARE))
        units = (*campaign.reporting_units, *(leaf for leaf in below if leaf in counties))
        wave, collector = f"{year}年{THIRD_PARTY_MONTHS[month]}第三方", "第三方"
    elif month in SELF_MONTHS:
        units, wave, collector = campaign.reporting_units, f"{year}年{SELF_MONTHS[month]}自测", "自测"
    else:
        return []
    ended = date(year, month, 20)
    return [
        {"unit": unit.code, "wave": wave, "collector": collector, "ended_on": ended}
        | ({"agency": "模拟调查机构"} if collector == "第三方" else {})
        | _answers(campaign, unit, period, seed, collector)
        for unit in units
    ]


def _answers(campaign: Campaign, unit: Unit, period: str, seed: int, collector: str) -> Row:
    draw = chance(seed, "survey", unit.code, period, collector)
    surveyed = unit.level == campaign.reporting_level
    number = draw.randint(*(ANSWERS if surveyed else COUNTY_ANSWERS))
    better = 0.03 if collector == "自测" else 0.0
    habits = profile(seed, unit.code if surveyed else unit.parent)
    grown = habits.progress * months_since(campaign, period) / 2
    satisfied = min(habits.satisfied + better + grown, 0.985)
    content = share(draw, number, satisfied)
    very = share(draw, content, 0.34)
    rather = share(draw, content - very, 0.55)
    return {
        "n_very_satisfied": very,
        "n_satisfied": rather,
        "n_fairly_satisfied": content - very - rather,
        "n_dissatisfied": number - content,
        "n_unsure": share(draw, number, 0.04),
    }


def events(campaign: Campaign, period: str, seed: int) -> list[Row]:
    """What was verified in the month: seldom anything."""
    draw = chance(seed, "events", period)
    if draw.random() > EVENT_SHARE:
        return []
    first = calendar.first_day(period)
    occurred = first.replace(day=draw.randint(1, 12))
    return [
        {
            "event_id": f"RD-{period.replace('-', '')}-01",
            "unit": draw.choice(campaign.reporting_units).code,
            "event_kind": draw.choice(EVENT_KINDS),
            "occurred_on": occurred,
            "decided_by": "模拟认定单位",
            "decided_on": occurred.replace(day=draw.randint(16, 26)),
            "document_no": f"模拟〔{first.year}〕{draw.randint(1, 90)}号",
        }
    ]
