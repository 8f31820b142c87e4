"""Scorecards of a campaign: dated data files ``scorecards/*.toml`` with weights, goalposts and red lines.

Here only what a file must be is checked: its keys, numbers and sums. Which KPIs there are, and which way
each is good, is not known here.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from etl.campaigns.files import Reader, Record, UnusableRecordError, problem
from etl.toml_problems import toml_problem

FOLDER = "scorecards"
FULL_WEIGHT = 100

GoalpostRule = Literal["fixed", "per_period_of_year", "month_share"]
ItemPeriod = Literal["month", "quarter", "ytd", "year", "rolling12"]


@dataclass(frozen=True, kw_only=True)
class ScorecardItem:
    """A KPI that is scored: no points at ``floor`` or beyond it, all of ``weight`` at ``target``.

    ``rule`` says how floor and target follow the year (as for targets); ``period``, where given, replaces
    the period a score is asked for. A number no source document gives is a setting (设定值).
    """

    kpi: str
    weight: Decimal
    floor: Decimal
    target: Decimal
    rule: str
    period: str | None
    is_setting: bool
    reason_zh: str
    reason_en: str
    citation_zh: str
    citation_en: str


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """How a unit is scored from a month on, until a later scorecard takes over.

    ``coverage_rule``: the share of the weights that must have a value for a unit to be ranked.
    ``red_lines``: KPIs that must be 0; they flag a unit and are never subtracted from its score.
    """

    key: str
    title_zh: str
    title_en: str
    valid_from: str
    coverage_rule: Fraction
    is_setting: bool
    citation_zh: str
    citation_en: str
    red_lines: tuple[str, ...]
    items: tuple[ScorecardItem, ...]


def read_scorecards(reader: Reader) -> tuple[Scorecard, ...]:
    """The scorecards of a campaign's folder by their first month; a campaign may have none.

    Adds to ``reader.problems`` file, key, what was found and what is expected.
    """
    paths = sorted((reader.folder / FOLDER).glob("*.toml"))
    found = [card for path in paths for card in _of_file(reader, path)]
    for name, pick in (("key", lambda card: card.key), ("valid_from", lambda card: card.valid_from)):
        reader.problems += _repeated(name, found, pick)
    return tuple(sorted(found, key=lambda card: card.valid_from))


def _repeated(name: str, cards: list[Scorecard], pick: Callable[[Scorecard], str]) -> list[str]:
    times = Counter(map(pick, cards))
    return [
        problem(
            FOLDER, f"{name} {value}", f"出现 {count} 次，应只有一次", f"stands {count} times, once expected"
        )
        for value, count in times.items()
        if count > 1
    ]


def _of_file(reader: Reader, path: Path) -> list[Scorecard]:
    file = f"{FOLDER}/{path.name}"
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        zh, en = toml_problem(error)
        reader.problems.append(problem(file, "文件", zh, en))
        return []
    entries = settings.pop("items", [])
    records = [
        Record(file=file, where=f"[[items]] {number}", values=values)
        for number, values in enumerate(entries if isinstance(entries, list) else [], start=1)
        if isinstance(values, dict)
    ]
    before = len(reader.problems)
    items = reader.each(records, _item)
    if len(reader.problems) > before:
        return []
    card = reader.one(Record(file=file, where="[]", values=settings), lambda record: _card(record, items))
    return [card] if card else []


def _card(record: Record, items: tuple[ScorecardItem, ...]) -> Scorecard:
    record.only(key for key in Scorecard.__dataclass_fields__ if key != "items")
    total = sum((item.weight for item in items), Decimal())
    if total != FULL_WEIGHT:
        zh, en = (
            f"各项 weight 之和应为 {FULL_WEIGHT}，现为 {total}",
            f"the weights should add up to {FULL_WEIGHT}",
        )
        raise record.refuse(zh, f"{en}, found {total}")
    named = [*(item.kpi for item in items), *record.texts("red_lines")]
    for kpi, times in Counter(named).items():
        if times > 1:
            raise record.refuse(
                f"{kpi} 列了 {times} 次，应只有一次", f"{kpi} stands {times} times, once expected"
            )
    return Scorecard(
        key=record.text("key"),
        title_zh=record.text("title_zh"),
        title_en=record.text("title_en"),
        valid_from=record.period("valid_from"),
        coverage_rule=_share(record, "coverage_rule"),
        is_setting=record.value("is_setting", bool),
        citation_zh=record.text("citation_zh"),
        citation_en=record.text("citation_en"),
        red_lines=record.texts("red_lines"),
        items=items,
    )


def _item(record: Record) -> ScorecardItem:
    record.only(ScorecardItem.__dataclass_fields__)
    weight, floor, target = (_number(record, key) for key in ("weight", "floor", "target"))
    if weight <= 0:
        raise record.refuse(f"weight 应大于 0，现为 {weight}", f"weight should be above 0, found {weight}")
    if floor == target:
        raise record.refuse(
            f"floor 与 target 不能相等，现均为 {floor}", f"floor and target must differ, both are {floor}"
        )
    return ScorecardItem(
        kpi=record.text("kpi"),
        weight=weight,
        floor=floor,
        target=target,
        rule=record.one_of("rule", GoalpostRule, "fixed"),
        period=record.one_of("period", ItemPeriod) if "period" in record.values else None,
        is_setting=record.value("is_setting", bool),
        reason_zh=record.text("reason_zh"),
        reason_en=record.text("reason_en"),
        citation_zh=record.text("citation_zh"),
        citation_en=record.text("citation_en"),
    )


def _number(record: Record, key: str) -> Decimal:
    """A whole or decimal number with at most four decimals."""
    found: Any = record.values.get(key)
    number = Decimal(found) if type(found) in (int, Decimal) else Decimal("NaN")
    if not number.is_finite() or number != round(number, 4):
        raise record.refuse(
            f"{key} 应为数字（至多四位小数），现为 {found!r}",
            f"{key} should be a number of at most four decimals, found {found!r}",
        )
    return number


def _share(record: Record, key: str) -> Fraction:
    """A share above 0 and up to 1, written as a fraction: ``2/3``."""
    written = record.text(key)
    top, _, bottom = written.partition("/")
    try:
        share = Fraction(int(top), int(bottom or 1))
    except (ValueError, ZeroDivisionError):
        raise _no_share(record, key, written) from None
    if not 0 < share <= 1:
        raise _no_share(record, key, written)
    return share


def _no_share(record: Record, key: str, written: str) -> UnusableRecordError:
    return record.refuse(
        f"{key} 应为 0 与 1 之间的分数，如 2/3，现为 {written!r}",
        f"{key} should be a fraction up to 1, such as 2/3, found {written!r}",
    )
