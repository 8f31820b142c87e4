"""Typed rows of every sheet made by chance, as one reporting unit would hand them in month after month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zlib import crc32

from etl import calendar
from etl.sheets import SHEETS

Row = dict[str, Any]
LAST_SECOND = time(23, 59, 59)
NOT_LISTED = "逐利执法与廉政风险"


def focus_area(number: str) -> str:
    """One case in nine is of the kind that pages only count, the same in every month's log."""
    return NOT_LISTED if crc32(number.encode()) % 9 == 0 else "执法不规范"


def blank(sheet: str, **values: Any) -> Row:
    """A row of a sheet: the columns given, the others empty."""
    row = {column.name: None for column in SHEETS[sheet].columns}
    unknown = set(values) - set(row)
    if unknown:
        raise KeyError(f"sheet {sheet} has no column {sorted(unknown)}")
    return row | values


def some_day(random: Random, month: str) -> date:
    first, last = calendar.first_day(month), calendar.last_day(month)
    return first + timedelta(days=random.randint(0, (last - first).days))


def some_moment(random: Random, day: date) -> datetime:
    """Midnight at times: the day is known, the hour is not."""
    hour = time() if random.random() < 0.3 else time(random.randint(0, 23), random.randint(0, 59))
    return datetime.combine(day, hour)


def number(random: Random, most: int) -> int | None:
    """A count; 不适用 (None) at times."""
    return None if random.random() < 0.07 else random.randint(0, most)


def part_of(random: Random, whole: int | None) -> int | None:
    """A part of a whole: often all of it."""
    if whole is None or random.random() < 0.05:
        return None
    return random.choice([whole, random.randint(0, whole)])


def basics(random: Random, code: str, scale: int) -> Row:
    officers = number(random, scale)
    places = number(random, scale)
    return blank(
        "basics",
        unit_code=code,
        unit_name=code,
        posts=number(random, scale),
        posts_filled=number(random, scale),
        officers=officers,
        certified_officers=part_of(random, officers),
        frontline_officers=part_of(random, officers),
        auxiliaries=number(random, scale),
        officers_trained_ytd=part_of(random, officers),
        notice_boards_due=places,
        notice_boards_complete=part_of(random, places),
    )


MONTHLY_PARTS = {
    "actions": "actions_two_recorders",
    "major_decisions": "major_decisions_reviewed",
    "penalties_due": "penalties_published",
    "disposals": "disposals_non_coercive",
    "communities": "communities_served",
}


def monthly(random: Random, code: str, scale: int) -> Row:
    row = blank("monthly", unit_code=code, unit_name=code)
    for whole, part in MONTHLY_PARTS.items():
        row[whole] = number(random, scale)
        row[part] = part_of(random, row[whole])
    return row


def quarterly(random: Random, code: str, scale: int) -> Row:
    row = blank("quarterly", unit_code=code, unit_name=code)
    for name in ("files_excellent", "files_pass", "files_fail"):
        row[name] = number(random, scale)
    grades = [row["files_excellent"], row["files_pass"], row["files_fail"]]
    row["files_reviewed"] = sum(each or 0 for each in grades) if random.random() < 0.95 else None
    for whole, part in (
        ("reconsiderations_concluded", "reconsiderations_corrected"),
        ("lawsuits_judged", "lawsuits_lost"),
    ):
        row[whole] = number(random, scale)
        row[part] = part_of(random, row[whole])
    return row


def complaint(random: Random, number_: str, code: str, month: str) -> Row:
    """A case received in the month, or a little before it (recorded late)."""
    received_on = some_day(random, month) - timedelta(days=random.choice([0, 0, 0, 0, 12, 40]))
    received = some_moment(random, received_on)
    row = blank(
        "complaints",
        complaint_id=number_,
        unit=code,
        received_at=received,
        channel="12345热线",
        complaint_kind=random.choice(["城市管理问题诉求", "执法行为投诉"]),
        matter="噪声",
        excluded_reason=random.choice(["无"] * 6 + ["咨询建议", "同一诉求多渠道重复派单"]),
    )
    if row["complaint_kind"] == "执法行为投诉":
        row["focus_area"] = focus_area(number_)
    if random.random() < 0.8:
        due_on = received_on + timedelta(days=random.randint(0, 40))
        row["due_at"] = datetime.combine(due_on, LAST_SECOND)
        if random.random() < 0.3:
            row["due_at"] = received + timedelta(days=random.randint(1, 30))
    return developed(random, row, month)


def developed(random: Random, row: Row, month: str) -> Row:
    """The same case some time later: answered, closed, called back, or nothing new."""
    end = calendar.last_day(month)
    row = dict(row)
    row["finding"] = random.choice([row["finding"], "属实", "部分属实", "不属实", "待核实"])
    row["confirmed"] = random.choice([row["confirmed"], "解决", "解决", "未解决", "未答复", "未回访"])
    row["callback"] = random.choice([row["callback"], "满意", "基本满意", "不满意", "未接通"])
    row["repeat_of"] = random.choice([row["repeat_of"], None, None, "T-0"])
    if random.random() < 0.1:
        row["excluded_reason"] = random.choice(["无", "非本部门职责"])
    if random.random() < 0.6:
        latest = max((end - row["received_at"].date()).days, 0)
        closed = some_moment(random, row["received_at"].date() + timedelta(days=random.randint(0, latest)))
        row["closed_at"] = max(closed, row["received_at"])
        if row["due_at"] and random.random() < 0.15:
            row["closed_at"] = max(
                row["due_at"] + timedelta(seconds=random.choice([0, 1])), row["received_at"]
            )
    row["closed_on_time"] = _flag(random, row)
    row["responded_at"] = row["responded_at"] or first_contact(row, month)
    return row


def first_contact(row: Row, month: str) -> datetime | None:
    """Often not stated, else about a day after receipt: to the minute at the limit, or by the day alone."""
    # Dice of their own, so that a seed hands in the same with and without first contacts.
    random = Random(f"{row['complaint_id']} {month}")
    received = row["received_at"]
    after = random.choice(
        [None, None, *(timedelta(minutes=each) for each in (9, 1439, 1440, 1441, 2881, 4000))]
    )
    if after is None:
        return None
    contacted = received + after
    if random.random() < 0.3:
        contacted = datetime.combine(contacted, time())
    return min(contacted, max(received, datetime.combine(calendar.last_day(month), time(23, 59))))


def _flag(random: Random, row: Row) -> bool | None:
    """Derived where both times are known; else whatever the source knew."""
    if row["due_at"] and row["closed_at"]:
        return row["closed_at"] <= row["due_at"] if random.random() < 0.7 else None
    return random.choice([None, None, True, False])


def complaint_logs(
    random: Random, prefix: str, codes: list[str], months: list[str], scale: int
) -> Iterator[list[Row]]:
    """Month after month: the open cases carried on, some dropped, some closed ones listed again, new ones."""
    listed: list[Row] = []
    for place, month in enumerate(months):
        carried = [developed(random, row, month) for row in listed if random.random() < 0.5]
        fresh = [
            complaint(random, f"{prefix}-{place}-{serial}", random.choice(codes), month)
            for serial in range(random.randint(0, scale))
        ]
        for row in carried:
            if random.random() < 0.05:
                row["unit"] = random.choice(codes)
        listed = carried + fresh
        yield listed


def trainings(random: Random, codes: list[str], month: str, scale: int) -> list[Row]:
    rows = []
    for serial in range(random.randint(0, 4)):
        for code in random.sample(codes, random.randint(1, len(codes))):
            rows.append(
                blank(
                    "trainings",
                    session_id=f"P-{serial}",
                    unit=code,
                    started_on=some_day(random, month),
                    course="课",
                    category="其他",
                    hours=Decimal(random.choice(["0.01", "1.33", "4", "7.5", "12.25"])),
                    expected=random.randint(1, scale + 1),
                    officers_attended=random.choice([0, random.randint(0, scale)]),
                    auxiliaries_attended=random.choice([0, random.randint(0, scale)]),
                )
            )
    return [row | held_how(row, month) for row in rows]


def held_how(row: Row, month: str) -> Row:
    """Who held a course, who taught, in which way, and how many of the officers were senior, where that is stated."""
    # Dice of their own, so that a seed hands in the same attendances whatever is asked of a course besides.
    random = Random(f"{row['session_id']} {row['unit']} {month}")
    choices = {column.name: column.choices for column in SHEETS["trainings"].columns}
    return {
        "organiser_level": random.choice(choices["organiser_level"]),
        "provider": random.choice([None, *choices["provider"]]),
        "mode": random.choice(choices["mode"]),
        "senior_attended": random.choice([None, random.randint(0, row["officers_attended"])]),
    }


def courses_again(random: Random, told: list[Row], new: list[Row]) -> list[Row]:
    """Courses of earlier months listed once more, some told otherwise, beside this month's."""
    taken = {(row["session_id"], row["unit"]) for row in new}
    again = {}
    for row in told:
        key = row["session_id"], row["unit"]
        if key not in taken and random.random() < 0.15:
            again[key] = row | {"officers_attended": random.choice([row["officers_attended"], 1])}
    return list(again.values())


def issue(random: Random, number_: str, code: str, month: str) -> Row:
    found = some_day(random, month) - timedelta(days=random.choice([0, 0, 20, 60]))
    due = found + timedelta(days=random.randint(0, 90))
    if random.random() < 0.3:
        due = max(found, calendar.last_day(calendar.of(due)))
    row = blank(
        "issues",
        issue_id=number_,
        unit=code,
        focus_area=focus_area(number_),
        scope="个性问题",
        pace="立行立改",
        description="述",
        found_on=found,
        found_by="自查",
        measure="措",
        goal="目",
        department="部",
        owner="责",
        due_on=due,
        status="整改中",
    )
    return progressed(random, row, month)


def progressed(random: Random, row: Row, month: str) -> Row:
    row = dict(row)
    end = calendar.last_day(month)
    if random.random() < 0.35 and row["found_on"] <= end:
        closed = row["found_on"] + timedelta(days=random.randint(0, (end - row["found_on"]).days))
        row["closed_on"] = min(row["due_on"], end) if random.random() < 0.2 else closed
        row["status"] = "已整改"
    elif random.random() < 0.1:
        row["closed_on"], row["status"] = None, "未整改"
    return row


def issue_ledgers(random: Random, codes: list[str], months: list[str], scale: int) -> Iterator[list[Row]]:
    """Month after month: every issue again, as it stands now, a few forgotten, and new ones."""
    listed: list[Row] = []
    for place, month in enumerate(months):
        again = [progressed(random, row, month) for row in listed if random.random() < 0.95]
        fresh = [
            issue(random, f"W-{place}-{serial}", random.choice(codes), month)
            for serial in range(random.randint(0, scale))
        ]
        listed = again + fresh
        yield listed


def surveys(random: Random, codes: list[str], month: str, scale: int) -> list[Row]:
    rows = []
    for code in codes:
        if random.random() < 0.4:
            rows.append(
                blank(
                    "surveys",
                    unit=code,
                    wave=random.choice(["2025上", "2025下", f"{month}批"]),
                    collector=random.choice(["第三方", "第三方", "自测"]),
                    ended_on=some_day(random, month) - timedelta(days=random.choice([0, 0, 25])),
                    n_very_satisfied=random.randint(1, scale),
                    n_satisfied=random.randint(0, scale),
                    n_fairly_satisfied=random.randint(0, scale),
                    n_dissatisfied=random.randint(0, scale),
                    n_unsure=random.randint(0, scale),
                )
            )
    return rows


def events(random: Random, codes: list[str], month: str) -> list[Row]:
    kinds = ["查实违反执法禁令", "查实执法乱作为", "重大负面舆情", "整改不力"]
    rows = []
    for serial in range(random.randint(0, 4)):
        decided = some_day(random, month) - timedelta(days=random.choice([0, 0, 0, 35]))
        rows.append(
            blank(
                "events",
                event_id=random.choice([f"E-{month}-{serial}", f"E-{serial}"]),
                unit=random.choice(codes),
                event_kind=random.choice(kinds),
                occurred_on=decided,
                decided_by="省厅",
                decided_on=decided,
                document_no="文",
            )
        )
    # A number stands once in a register.
    return list({row["event_id"]: row for row in rows}.values())
