"""A small store of made-up submissions, written the way acceptance writes them and built for real."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from etl.build import build
from etl.calendar import first_day, last_day
from etl.campaign import Campaign, Unit, load_campaign
from etl.journal import Journal, SubmittedSheet
from etl.sheets import SHEETS
from etl.store import Store

ROOT = Path(__file__).parents[2]
PROVENANCE = {
    "row": pl.Int32,
    "reporting_code": pl.String,
    "period": pl.Date,
    "submission_id": pl.String,
    "source_submission_id": pl.String,
    "column_letters": pl.String,
}


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Reporting units (by their place in the campaign) that report late, or not at all, in the last month."""

    late: frozenset[int] = frozenset({14})
    missing: frozenset[int] = frozenset({15})


def make_store(
    folder: Path,
    campaign_name: str,
    months: Iterable[str],
    *,
    simulated: bool = True,
    complaints_per_10k: float = 0.2,
    absence: Absence | None = None,
    rows: Mapping[str, Callable[..., list[dict]]] | None = None,
    now: datetime = datetime(2026, 10, 9, 9, 0),
) -> Store:
    """A published store; the last month is as ``absence`` says, the months before it are complete.

    ``rows`` takes the place of the made-up rows of some sheets.
    """
    campaign, store = load_campaign(ROOT / "data" / "campaigns" / campaign_name), Store(folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    absence, chosen = absence or Absence(), list(months)
    with closing(Journal(store.journal_url)) as journal:
        journal.claim(campaign.name, simulated=simulated, now=now)
        for period in chosen:
            for place, unit in enumerate(campaign.reporting_units):
                last = period == chosen[-1]
                if not (last and place in absence.missing):
                    days = 2 if last and place in absence.late else -1
                    _submit(store, journal, campaign, unit, period, complaints_per_10k, days, rows or {})
            if any(sheet.reported_by == "top" for sheet in campaign.sheets):
                _submit(store, journal, campaign, campaign.top, period, complaints_per_10k, -1, rows or {})
        build(store, journal, campaign, now=now)
    return store


def _submit(
    store: Store,
    journal: Journal,
    campaign: Campaign,
    unit: Unit,
    period: str,
    rate: float,
    days_after_due: int,
    instead: Mapping[str, Callable[..., list[dict]]],
) -> None:
    chance = random.Random(f"{unit.code}-{period}")
    submission = f"{unit.code}-{period}"
    top = unit == campaign.top and unit.level != campaign.reporting_level
    collected = [
        sheet
        for sheet in campaign.sheets
        if (sheet.reported_by == "top") == top
        and not (sheet.frequency == "quarterly" and int(period[5:]) % 3)
    ]
    sheets = []
    for sheet in collected:
        rows = (ROWS | instead)[sheet.sheet](campaign, unit, period, chance, rate)
        sheets.append(_stored(store, sheet.sheet, rows, unit.code, period, submission))
    received = datetime.combine(campaign.due_day(period) + timedelta(days=days_after_due), time(15))
    journal.record(
        {
            "submission_id": submission,
            "unit_code": unit.code,
            "period": period,
            "sha256": submission,
            "file_name": f"{submission}.xlsx",
            "received_at": received,
            "received_by": "样例",
            "data_from": first_day(period),
            "data_to": last_day(period),
            "cover": {},
            "findings": [],
        },
        sheets,
    )


def _stored(
    store: Store, key: str, rows: list[dict], code: str, period: str, submission: str
) -> SubmittedSheet:
    if not rows:
        return SubmittedSheet(sheet=key, content="zero_report", row_count=0, path=None)
    schema = {column.name: column.polars_type for column in SHEETS[key].columns} | PROVENANCE
    letters = json.dumps({column.name: chr(65 + place) for place, column in enumerate(SHEETS[key].columns)})
    filled = [
        dict.fromkeys(schema)
        | row
        | {
            "row": place + 2,
            "reporting_code": code,
            "period": first_day(period),
            "submission_id": submission,
            "source_submission_id": submission,
            "column_letters": letters,
        }
        for place, row in enumerate(rows)
    ]
    path = store.rows / key / code / f"{period}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(filled, schema=schema, orient="row").write_parquet(path)
    return SubmittedSheet(
        sheet=key, content="reported", row_count=len(rows), path=str(path.relative_to(store.rows))
    )


def _strength(unit: Unit) -> float:
    """How well a unit does its work, 0 to 1, the same in every month."""
    return random.Random(unit.code).random()


def _progress(campaign: Campaign, unit: Unit, period: str, chance: random.Random, rate: float) -> list[dict]:
    return [{"topic": topic, "text": "样例"} for topic in SHEETS["progress"].columns[0].choices]


def _basics(campaign: Campaign, unit: Unit, period: str, chance: random.Random, rate: float) -> list[dict]:
    rows = []
    for leaf in campaign.leaves(unit.code):
        residents = campaign.reference_population(leaf.code, period, leaf.level) or 0
        officers = 12 if leaf.own_office else round(residents / 10_000 * (3.9 + 1.3 * _strength(unit)))
        rows.append(
            {
                "unit_code": leaf.code,
                "unit_name": leaf.name,
                "posts": officers + 10,
                "posts_filled": officers + 3,
                "officers": officers,
                "certified_officers": officers - (officers > 30),
                "frontline_officers": officers * 8 // 10,
                "auxiliaries": officers * 2,
                "officers_trained_ytd": officers * int(period[5:]) // 12,
                "notice_boards_due": 10,
                "notice_boards_complete": 9,
            }
        )
    return rows


def _monthly(campaign: Campaign, unit: Unit, period: str, chance: random.Random, rate: float) -> list[dict]:
    rows = []
    for leaf in campaign.leaves(unit.code):
        actions, decisions, penalties = chance.randint(60, 90), chance.randint(1, 4), chance.randint(40, 60)
        rows.append(
            {
                "unit_code": leaf.code,
                "unit_name": leaf.name,
                "actions": actions,
                "actions_two_recorders": actions - (0 if _strength(unit) > 0.6 else chance.randint(0, 5)),
                "major_decisions": decisions,
                "major_decisions_reviewed": decisions,
                "penalties_due": penalties,
                "penalties_published": penalties - chance.randint(0, 3),
                "disposals": 100,
                "disposals_non_coercive": chance.randint(60, 80),
                "communities": 30,
                "communities_served": chance.randint(20, 30),
            }
        )
    return rows


def _quarterly(campaign: Campaign, unit: Unit, period: str, chance: random.Random, rate: float) -> list[dict]:
    return [
        {
            "unit_code": leaf.code,
            "unit_name": leaf.name,
            "files_reviewed": 20,
            "files_excellent": 6,
            "files_pass": 13,
            "files_fail": 1,
            "reconsiderations_concluded": 3,
            "reconsiderations_corrected": 1,
            "lawsuits_judged": 2,
            "lawsuits_lost": 0,
        }
        for leaf in campaign.leaves(unit.code)
    ]


def _complaints(
    campaign: Campaign, unit: Unit, period: str, chance: random.Random, rate: float
) -> list[dict]:
    rows = []
    for leaf in campaign.leaves(unit.code):
        residents = 0 if leaf.own_office else campaign.reference_population(leaf.code, period, leaf.level)
        expected = 60 if residents is None else residents / 10_000 * rate
        for place in range(round(expected * chance.uniform(0.7, 1.3))):
            rows.append(_complaint(f"{leaf.code}-{period}-{place}", leaf, period, chance, _strength(unit)))
    return rows


def _complaint(number: str, leaf: Unit, period: str, chance: random.Random, strength: float) -> dict:
    received = datetime.combine(first_day(period), time(9)) + timedelta(days=chance.randint(0, 20))
    in_time = chance.random() < 0.86 + 0.13 * strength
    return {
        "complaint_id": number,
        "unit": leaf.code,
        "received_at": received,
        "channel": "12345热线",
        "complaint_kind": chance.choice(("城市管理问题诉求", "城市管理问题诉求", "执法行为投诉")),
        "matter": chance.choice(("占道经营", "停车秩序", "噪声")),
        "excluded_reason": "无",
        "finding": chance.choice(("属实", "部分属实", "不属实", "不属实")),
        "due_at": received + timedelta(days=7),
        "responded_at": None if number.endswith("0") else received + timedelta(hours=3 if in_time else 30),
        "closed_at": received + timedelta(days=5 if in_time else 8),
        "confirmed": "解决" if chance.random() < 0.92 else "未解决",
        "callback": "满意" if chance.random() < 0.9 else "不满意",
        "repeat_of": f"{number}-前" if chance.random() < 0.04 else None,
    }


def _trainings(campaign: Campaign, unit: Unit, period: str, chance: random.Random, rate: float) -> list[dict]:
    rows = []
    for leaf in campaign.leaves(unit.code):
        residents = campaign.reference_population(leaf.code, period, leaf.level) or 0
        officers = 12 if leaf.own_office else round(residents / 10_000 * (3.9 + 1.3 * _strength(unit)))
        rows.append(
            {
                "session_id": f"{leaf.code}-{period}",
                "unit": leaf.code,
                "organiser": unit.name,
                "organiser_level": "县(市、区)级",
                "started_on": first_day(period),
                "course": "岗位练兵",
                "category": "岗位练兵",
                "provider": "自办",
                "mode": "线下",
                "hours": 8,
                "expected": officers + 1,
                "officers_attended": round(officers * (0.6 + 0.4 * _strength(unit))),
                "auxiliaries_attended": 0,
                "senior_attended": 0,
            }
        )
    return rows


def _issues(campaign: Campaign, unit: Unit, period: str, chance: random.Random, rate: float) -> list[dict]:
    """The ledger is cumulative: an issue a leaf and month so far, most of them rectified after three weeks."""
    rows, known = [], random.Random(unit.code)
    for earlier in campaign.periods[: campaign.periods.index(period) + 1]:
        for leaf in campaign.leaves(unit.code):
            found = first_day(earlier) + timedelta(days=known.randint(0, 25))
            done, rectified = found + timedelta(days=21), known.random() < 0.93
            closed = rectified and done <= last_day(period)
            if known.random() < 0.25:
                rows.append(_issue(f"{leaf.code}-{earlier}", leaf, found, done if closed else None))
    return rows


def _issue(number: str, leaf: Unit, found: date, closed: date | None) -> dict:
    return {
        "issue_id": number,
        "unit": leaf.code,
        "focus_area": "逐利执法与廉政风险" if int(leaf.code[-2:]) % 5 == 0 else "执法不规范",
        "scope": "个性问题",
        "pace": "限期整改",
        "description": "样例",
        "found_on": found,
        "found_by": "自查",
        "measure": "样例",
        "goal": "样例",
        "department": "综合科",
        "owner": "副局长",
        "due_on": found + timedelta(days=30),
        "status": "已整改" if closed else "整改中",
        "closed_on": closed,
    }


def _surveys(campaign: Campaign, unit: Unit, period: str, chance: random.Random, rate: float) -> list[dict]:
    """A wave a quarter, of which the register of every month lists those held so far."""
    rows = []
    for held in campaign.periods[: campaign.periods.index(period) + 1]:
        if int(held[5:]) % 3 == 0:
            for surveyed in campaign.reporting_units:
                wave = random.Random(f"{surveyed.code}-{held}")
                answers = 400 if surveyed != campaign.reporting_units[2] else 25
                dissatisfied = round(answers * (0.14 - 0.1 * _strength(surveyed) + wave.uniform(-0.01, 0.02)))
                rows.append(
                    {
                        "unit": surveyed.code,
                        "wave": held,
                        "collector": "第三方",
                        "agency": "样例调查机构",
                        "ended_on": first_day(held) + timedelta(days=19),
                        "n_very_satisfied": answers // 4,
                        "n_satisfied": answers // 4,
                        "n_fairly_satisfied": answers - 2 * (answers // 4) - dissatisfied,
                        "n_dissatisfied": dissatisfied,
                        "n_unsure": 5,
                    }
                )
    return rows


def _events(campaign: Campaign, unit: Unit, period: str, chance: random.Random, rate: float) -> list[dict]:
    return []


ROWS = {
    "progress": _progress,
    "basics": _basics,
    "monthly": _monthly,
    "quarterly": _quarterly,
    "complaints": _complaints,
    "trainings": _trainings,
    "issues": _issues,
    "surveys": _surveys,
    "events": _events,
}
