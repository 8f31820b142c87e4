"""What a cell of a column may hold, said in both languages, for findings."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from difflib import get_close_matches

from etl.findings import Argument, Words
from etl.schema import Column

LISTED_CHOICES = 40


def expectation(column: Column) -> Words:
    """A short statement of a valid value for this column."""
    zh, en = _FORMS[column.type](column) if column.type in _FORMS else ("文字", "a text")
    if column.not_applicable:
        zh, en = f"{zh}，或“不适用”", f"{en}, or 不适用"
    return Words(zh=zh, en=en)


def _number(column: Column, zh: str, en: str) -> tuple[str, str]:
    unit = f"（单位：{column.unit}）" if column.unit else ""
    most_zh, most_en = f"、不超过{column.maximum:,}", f", at most {column.maximum:,}"
    if column.above is not None:
        return f"大于{column.above}{most_zh}的{zh}{unit}", f"{en} above {column.above}{most_en}"
    if column.minimum is not None:
        return f"不小于{column.minimum}{most_zh}的{zh}{unit}", f"{en} of at least {column.minimum}{most_en}"
    return f"不超过{column.maximum:,}的{zh}{unit}", f"{en}{most_en}"


def _choices(column: Column) -> tuple[str, str]:
    text = listed_names(column.choices)
    return text, text


_FORMS = {
    "integer": lambda column: _number(column, "整数", "a whole number"),
    "decimal": lambda column: _number(column, "最多两位小数的数字", "a number with at most two decimals"),
    "date": lambda column: ("形如 2026-09-03 的日期", "a date such as 2026-09-03"),
    "datetime": lambda column: (
        "形如 2026-09-03 10:20 的日期时间",
        "a date and time such as 2026-09-03 10:20",
    ),
    "month": lambda column: ("形如 2026-09 的月份", "a month such as 2026-09"),
    "yes_no": lambda column: ("是 | 否", "是 (yes) | 否 (no)"),
    "choice": _choices,
    "code": lambda column: ("单位的行政区划代码", "a unit's division code"),
    "unit": lambda column: ("单位名称或代码", "a unit's name or code"),
}


def listed_names(names: tuple[str, ...]) -> str:
    """Names in one line, the first of them where there are many."""
    more = f" … ({len(names)})" if len(names) > LISTED_CHOICES else ""
    return " | ".join(names[:LISTED_CHOICES]) + more


def zero_hint(column: Column) -> Words:
    """How to say that there was none, or no such task, where the column is a number."""
    if column.type not in ("integer", "decimal") or _excludes_zero(column):
        return Words(zh="", en="")
    if column.not_applicable:
        return Words(
            zh="；没有发生的填0，没有该项任务的填“不适用”",
            en="; 0 where there was none, 不适用 where there is no such task",
        )
    return Words(zh="；没有的填0", en="; 0 where there was none")


def _excludes_zero(column: Column) -> bool:
    lowest = column.minimum if column.above is None else column.above
    return lowest is not None and (lowest > 0 or (column.above is not None and lowest == 0))


def nearest(text: str, names: tuple[str, ...]) -> Words:
    """The name most like a text, as a suggestion to be confirmed by a person; empty when none is."""
    close = get_close_matches(text, names, n=1, cutoff=0.5)
    if not close:
        return Words(zh="", en="")
    return Words(zh=f"是否为“{close[0]}”？", en=f"Perhaps {close[0]}? ")


_MYRIADS = re.compile(r"(?:约|共|近)?([0-9][0-9,]*(?:\.[0-9]+)?)(百|千|万|亿)(?:余|多)?(.*)")
_TIMES = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}


def meant(column: Column, text: str) -> Words:
    """The number that 1.2万 says, as a suggestion to be confirmed by a person; empty where it says none that fits."""
    found = _MYRIADS.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    if found is None or found[3] not in ("", column.unit):
        return Words(zh="", en="")
    number = Decimal(found[1].replace(",", "")) * _TIMES[found[2]]
    if number != number.to_integral_value() or number > (column.maximum or 0):
        return Words(zh="", en="")
    return Words(zh=f"是否为{number:.0f}？", en=f"Perhaps {number:.0f}? ")


def cell_arguments(kind: str, column: Column, text: str) -> dict[str, Argument]:
    """The arguments of a finding about one cell of this column."""
    with_time = column.type == "datetime"
    return {
        "expectation": expectation(column),
        "zero_hint": zero_hint(column),
        "with_time": Words(
            zh="，可带时间 10:20" if with_time else "", en=", with a time such as 10:20" if with_time else ""
        ),
        "choices": listed_names(column.choices),
        "nearest": nearest(text, column.choices) if kind == "not_a_choice" else Words(zh="", en=""),
        "meant": meant(column, text) if kind == "not_a_number" else Words(zh="", en=""),
        "limit": column.max_length or 0,
        "found": len(text),
    }
