"""Cells as text: one spelling for every value a cell can hold, so that the checks read texts alone.

Text stays as it stands. A whole number is `123`, another number its shortest exact form `0.1`, a truth
value `TRUE` or `FALSE`, a date `2026-09-03`, with a time `2026-09-03 10:20:30`, a time alone `10:20:30`,
a duration `30:05:00` in hours.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

# Of these, values of different kinds can be equal: 1, 1.0 and TRUE.
EQUAL_KINDS = {bool, int, float}
WRITTEN_ALIKE = {str, date, datetime}
"""Python writes a date and a moment in whole seconds as here, but for midnight."""
SECOND_CHARACTERS, MIDNIGHT = len("2026-09-03 10:20:30"), " 00:00:00"

Cell = str | float | int | bool | date | datetime | time | timedelta


def cell_text(value: Cell) -> str:
    """The text of one cell; an empty cell is an empty text."""
    return TEXT_FORMS[type(value)](value)


def cell_texts(values: Sequence[Cell]) -> Sequence[str]:
    """The texts of a column of cells; the column itself where it holds nothing else."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return values
    if len(kinds & EQUAL_KINDS) > 1:
        return list(map(cell_text, values))
    # A register repeats the same few numbers and moments, so each is turned into text once.
    different = list(set(values))
    forms = _moment_texts(different) if kinds <= WRITTEN_ALIKE else map(cell_text, different)
    texts = dict(zip(different, forms, strict=True))
    return list(map(texts.__getitem__, values))


def _moment_texts(values: Sequence[str | date | datetime]) -> list[str]:
    """The texts of moments, nearly all of which Python writes as they are wanted."""
    texts = list(map(str, values))
    for place, text in enumerate(texts):
        if len(text) > SECOND_CHARACTERS or text.endswith(MIDNIGHT):
            texts[place] = cell_text(values[place])
    return texts


def number_text(value: float) -> str:
    """A number without exponent where it is whole; `nan` and `inf` by these names."""
    return str(int(value)) if value.is_integer() else repr(value)


def datetime_text(value: datetime) -> str:
    """Date and time to the nearest second: the stored fraction of a day is seldom exact."""
    rounded = _to_second(value) if value.microsecond else value
    return rounded.strftime("%Y-%m-%d %H:%M:%S") if rounded.time() != time() else rounded.date().isoformat()


def _to_second(value: datetime) -> datetime:
    if value.microsecond < 500_000 or value > datetime.max - timedelta(seconds=1):
        return value.replace(microsecond=0)
    return value.replace(microsecond=0) + timedelta(seconds=1)


def time_text(value: time) -> str:
    """A time to the nearest second, never 24:00:00."""
    rounded = _to_second(datetime.combine(date(2000, 1, 1), value))
    return rounded.strftime("%H:%M:%S") if rounded.day == 1 else "23:59:59"


def duration_text(value: timedelta) -> str:
    """A duration as hours, minutes and seconds, as the format [h]:mm:ss shows it."""
    seconds = round(value.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else ''}{hours}:{rest // 60:02}:{rest % 60:02}"


TEXT_FORMS: dict[type, Callable[..., str]] = {
    str: str,
    float: number_text,
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    date: date.isoformat,
    datetime: datetime_text,
    time: time_text,
    timedelta: duration_text,
}
