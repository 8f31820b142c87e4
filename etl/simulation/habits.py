"""How people type: odd but acceptable forms, values that call for a reason, and mistakes to be mended."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from etl.checking.units import named_units
from etl.sheets import SHEETS

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

Row = dict[str, object]
Rows = dict[str, list[Row]]
Change = Callable[[Row, random.Random], None]

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
UNTIDY_ROWS = 6
"""So many rows of each sheet are typed in odd forms."""
AGAINST_LAST_MONTH = 0.3


def untidy(rows: Rows, campaign: Campaign, unit: Unit, draw: random.Random) -> Rows:
    """The same values as somebody in a hurry types them; every one of them has one meaning."""
    return {
        key: _untidy_sheet(key, [dict(row) for row in sheet_rows], campaign, unit, draw)
        for key, sheet_rows in rows.items()
    }


def _untidy_sheet(
    key: str, rows: list[Row], campaign: Campaign, unit: Unit, draw: random.Random
) -> list[Row]:
    sheet = SHEETS[key]
    for row in draw.sample(rows, min(UNTIDY_ROWS, len(rows))):
        columns = [column for column in sheet.columns if row.get(column.name) is not None]
        column = draw.choice([each for each in columns if not each.prefilled])
        value = row[column.name]
        if column.type == "integer" and isinstance(value, int):
            row[column.name] = draw.choice((f"{value:,}", f"{value}".translate(FULL_WIDTH), f" {value} "))
        elif isinstance(value, datetime):
            row[column.name] = _typed_moment(value, draw)
        elif isinstance(value, date):
            row[column.name] = _typed_day(value, draw)
        elif column.type == "unit":
            row[column.name] = _short_name(campaign, unit, column, str(value))
        elif column.type == "choice":
            row[column.name] = f"{value} "
    return rows


def _typed_day(value: date, draw: random.Random) -> str:
    return draw.choice(
        (
            f"{value.year}年{value.month}月{value.day}日",
            f"{value.year}/{value.month}/{value.day}",
            f"{value.year}.{value.month}.{value.day}",
        )
    )


def _typed_moment(value: datetime, draw: random.Random) -> str:
    clock = f" {value:%H:%M}" if (value.hour, value.minute) != (0, 0) else ""
    return _typed_day(value.date(), draw) + clock


def _short_name(campaign: Campaign, unit: Unit, column: object, code: str) -> str:
    """The unit's short name, or its code where the name could mean another."""
    candidates = named_units(campaign, unit, column)
    named = next(each for each in candidates if each.code == code)
    match = campaign.find_unit(named.short_name, candidates)
    return named.short_name if match.unit == named else code


def doubtful(rows: Rows, draw: random.Random) -> Rows:
    """One or two values that are allowed but call for a reason (核实性), at times against last month too."""
    changed = _changed(rows, DOUBTS, draw, draw.randint(1, 2))
    if changed.get("issues") and draw.random() < AGAINST_LAST_MONTH:
        changed["issues"].pop(draw.randrange(len(changed["issues"])))
    if changed.get("basics") and draw.random() < AGAINST_LAST_MONTH:
        _many_gone(draw.choice(changed["basics"]))
    return changed


def _many_gone(row: Row) -> None:
    """A third and more of a team lent to another."""
    row["officers"] = round(int(row["officers"]) * 0.62)
    for name in ("certified_officers", "frontline_officers", "officers_trained_ytd"):
        row[name] = min(int(row[name]), row["officers"])


def mistaken(rows: Rows, draw: random.Random) -> Rows:
    """Three values that must be mended (强制性) before the workbook can be accepted."""
    return _changed(rows, MISTAKES, draw, 3)


def _changed(rows: Rows, changes: Mapping[str, tuple[Change, ...]], draw: random.Random, number: int) -> Rows:
    copied = {key: [dict(row) for row in sheet_rows] for key, sheet_rows in rows.items()}
    possible = [(key, change) for key, listed in changes.items() if copied.get(key) for change in listed]
    for key, change in draw.sample(possible, min(number, len(possible))):
        change(draw.choice(copied[key]), draw)
    return copied


def _over_posts(row: Row, draw: random.Random) -> None:
    row["posts"] = max(int(row["posts_filled"]) - draw.randint(1, 3), 0)


def _no_due_time(row: Row, draw: random.Random) -> None:
    row["due_at"] = None


def _long_course(row: Row, draw: random.Random) -> None:
    row["hours"] = 88


def _more_than_invited(row: Row, draw: random.Random) -> None:
    row["expected"] = max(int(row["officers_attended"]) + int(row["auxiliaries_attended"]) - 1, 1)


DOUBTS: dict[str, tuple[Change, ...]] = {
    "basics": (_over_posts,),
    "complaints": (_no_due_time,),
    "trainings": (_long_course, _more_than_invited),
}


def _more_certified(row: Row, draw: random.Random) -> None:
    row["certified_officers"] = int(row["officers"]) + draw.randint(1, 4)


def _dash(row: Row, draw: random.Random) -> None:
    row["frontline_officers"] = "—"


def _words_for_a_number(row: Row, draw: random.Random) -> None:
    row["penalties_due"] = "十二"


def _percent(row: Row, draw: random.Random) -> None:
    row["disposals_non_coercive"] = "72%"


def _own_word(row: Row, draw: random.Random) -> None:
    row["channel"] = "热线"


def _no_kind(row: Row, draw: random.Random) -> None:
    row["complaint_kind"] = None


def _no_such_day(row: Row, draw: random.Random) -> None:
    received = row["received_at"]
    row["received_at"] = f"{received.year}-02-30 09:00"


def _no_attendance(row: Row, draw: random.Random) -> None:
    row["officers_attended"] = None


MISTAKES: dict[str, tuple[Change, ...]] = {
    "basics": (_more_certified, _dash),
    "monthly": (_words_for_a_number, _percent),
    "complaints": (_own_word, _no_kind, _no_such_day),
    "trainings": (_no_attendance,),
}
"""At least three of them fit any workbook with a complaint log."""
