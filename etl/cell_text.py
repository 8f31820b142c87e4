"""Cells as text: one spelling for every value a cell can hold, so that the checks read texts alone.

Text stays as it stands. A whole number is `123`, another number its shortest exact form `0.1`, a truth
value `TRUE` or `FALSE`, a date `2026-09-03`, with a time `2026-09-03 10:20:30`, a time alone `10:20:30`,
a duration `30:05:00` in hours.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import compress

import polars as pl

# A number in a cell holds 15 digits for certain (IEEE 754 binary64); Excel cuts what is typed beyond.
LONG_NUMBER = r"^-?\d{16,}"

Cell = str | float | int | bool | date | datetime | time | timedelta


def cell_text(value: Cell) -> str:
    """The text of one cell; an empty cell is an empty text."""
    return TEXT_FORMS[type(value)](value)


def text_series(values: list[Cell]) -> pl.Series:
    """A column of cells as texts, empty cells as null.

    Columns of one kind below a header are the rule, so values are turned into text kind by kind.
    """
    kinds = list(map(type, values))
    distinct = set(kinds)
    if distinct <= {str}:
        texts = values
    elif len(distinct) == 1:
        texts = COLUMN_FORMS[kinds[0]](values)
    else:
        texts = _mixed(values, kinds, distinct)
    return pl.Series(texts, dtype=pl.String).replace("", None)


def long_numbers(values: list[Cell], texts: pl.Series) -> list[tuple[int, str]]:
    """Index and text of the numbers of more than 15 digits, which may have lost the last ones.

    `texts` is the text_series of `values`: texts of that many digits are looked for first.
    """
    candidates = texts.str.contains(LONG_NUMBER).fill_null(False).arg_true()
    return [(index, texts[index]) for index in candidates if type(values[index]) in (float, int)]


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


def _number_texts(values: list[float]) -> list[str]:
    """Numbers as text; a register repeats the same few, so each is turned into text once."""
    texts = {value: number_text(value) for value in set(values)}
    return [texts[value] for value in values]


def _datetime_texts(values: list[datetime]) -> list[str]:
    series = pl.Series(values, dtype=pl.Datetime("us"))
    rounded = (series.dt.offset_by("500ms")).dt.truncate("1s")
    return rounded.dt.to_string("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00").to_list()


COLUMN_FORMS: dict[type, Callable[[list], list[str]]] = {
    kind: (lambda values, form=form: [form(value) for value in values]) for kind, form in TEXT_FORMS.items()
}
COLUMN_FORMS[float] = _number_texts
COLUMN_FORMS[datetime] = _datetime_texts


def _mixed(values: list[Cell], kinds: list[type], distinct: set[type]) -> list[str]:
    """Turn each kind's values into text apart, then put them back in their places."""
    forms = {
        kind: iter(COLUMN_FORMS[kind](list(compress(values, [other is kind for other in kinds]))))
        for kind in distinct
    }
    return [next(forms[kind]) for kind in kinds]
