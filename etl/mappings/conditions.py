"""The conditions of a mapping: a small closed language of comparisons, checked before any row is read.

    condition   clause, or clauses joined by ``and`` and ``or`` (``and`` binds closer), with ``( … )``
    clause      value = value, and != < <= > >=; value ``is missing``; value ``is given``
    value       a column of ours (``closed_at``), a column of the log (``[办结时间]``), a text (``'已办结'``), a number,
                a date (``2026-09-03``, ``2026-09-03 10:20``), a duration (``15 days``, ``4 hours``, ``30 minutes``),
                or several of these with + and -

A column of the log is read as what it is compared with. Where a time has no time of day, whole days are compared and
subtracted. A clause with a missing value does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import polars as pl

from etl.mappings.moments import moment
from etl.schema import NO, YES, Column

LONGEST_CONDITION = 500
Kind = Literal["moment", "duration", "number", "text", "log"]
UNITS = {"day": 86_400, "days": 86_400, "hour": 3_600, "hours": 3_600, "minute": 60, "minutes": 60}
KIND_WORDS: dict[Kind, tuple[str, str]] = {
    "moment": ("日期", "a date"),
    "duration": ("时长", "a duration"),
    "number": ("数字", "a number"),
    "text": ("文字", "a text"),
    "log": ("台账的列", "a column of the log"),
}
_TOKEN = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?)|(?P<number>\d+(?:\.\d+)?)"
    r"|'(?P<text>[^']*)'|\[(?P<log>[^\[\]]+)\]|(?P<name>[A-Za-z_]\w*)|(?P<sign><=|>=|!=|[=<>()+-]))"
)


class ConditionError(Exception):
    """A condition cannot be read: at which character (from 1), and what is wrong there in both languages."""

    def __init__(self, position: int, zh: str, en: str) -> None:
        super().__init__(f"{position}: {en}")
        self.position, self.zh, self.en = position, zh, en


@dataclass(frozen=True, kw_only=True)
class Condition:
    """When a case holds: an expression over our typed columns and the log's (``log:HEADER``), and which it names."""

    holds: pl.Expr
    columns: tuple[str, ...]
    headers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Token:
    kind: str
    text: str
    position: int


@dataclass(frozen=True, kw_only=True)
class _Value:
    """A value: its expression, what it is, and for moments whether one without a time of day is part of it."""

    expression: pl.Expr
    kind: Kind
    position: int
    dated: pl.Expr = field(default_factory=lambda: pl.lit(value=False))


def parse_condition(text: str, columns: Mapping[str, Column]) -> Condition:
    """The condition a text says, over these columns of ours; raises ConditionError."""
    if len(text) > LONGEST_CONDITION:
        zh, en = f"不超过{LONGEST_CONDITION}个字符", f"at most {LONGEST_CONDITION} characters"
        raise ConditionError(LONGEST_CONDITION + 1, zh, en)
    parser = _Parser(tokens=_tokens(text), columns=columns, end=len(text) + 1)
    holds = parser.either()
    if parser.tokens:
        raise parser.unexpected("and、or 或到此为止", "and, or, or the end")
    return Condition(
        holds=holds.fill_null(value=False),
        columns=tuple(dict.fromkeys(parser.used)),
        headers=tuple(dict.fromkeys(parser.headers)),
    )


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            start = at + len(text[at:]) - len(text[at:].lstrip()) + 1
            raise ConditionError(start, f"无法识别 {text[start - 1]!r}", f"cannot read {text[start - 1]!r}")
        kind = str(found.lastgroup)
        # A quoted value begins with its quote.
        position = found.start(kind) + (0 if kind in ("text", "log") else 1)
        tokens.append(_Token(kind=kind, text=found[kind], position=position))
        at = found.end()
    return tokens


@dataclass(kw_only=True)
class _Parser:
    """Reads tokens from the left; what is read is checked at once."""

    tokens: list[_Token]
    columns: Mapping[str, Column]
    end: int
    used: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    def either(self) -> pl.Expr:
        holds = self.both()
        while self.take("or"):
            holds = holds | self.both()
        return holds

    def both(self) -> pl.Expr:
        holds = self.clause()
        while self.take("and"):
            holds = holds & self.clause()
        return holds

    def clause(self) -> pl.Expr:
        if self.take("("):
            holds = self.either()
            if not self.take(")"):
                raise self.unexpected(")", ")")
            return holds
        left = self.sum()
        if self.take("is"):
            if self.take("missing"):
                return left.expression.is_null()
            if self.take("given"):
                return left.expression.is_not_null()
            raise self.unexpected("missing 或 given", "missing or given")
        sign = next((sign for sign in _COMPARED if self.take(sign)), None)
        if sign is None:
            raise self.unexpected("= != < <= > >= 或 is", "= != < <= > >= or is")
        return _compared(left, sign, self.sum()).fill_null(value=False)

    def sum(self) -> _Value:
        value = self.value()
        while sign := next((sign for sign in "+-" if self.take(sign)), None):
            value = _added(value, sign, self.value())
        return value

    def value(self) -> _Value:
        if not self.tokens:
            raise self.unexpected("一个值", "a value")
        token = self.tokens.pop(0)
        if token.kind == "name":
            return self.column(token)
        if token.kind == "log":
            header = token.text.strip()
            self.headers.append(header)
            return _Value(expression=pl.col(f"log:{header}"), kind="log", position=token.position)
        if token.kind == "text":
            return _Value(expression=pl.lit(token.text), kind="text", position=token.position)
        if token.kind == "date":
            return _date(token)
        if token.kind == "number":
            return self.number(token)
        self.tokens.insert(0, token)
        raise self.unexpected("一个值", "a value")

    def column(self, token: _Token) -> _Value:
        column = self.columns.get(token.text)
        if column is None or column.type == "unit":
            known = " | ".join(name for name, each in self.columns.items() if each.type != "unit")
            zh = f"没有列 {token.text}；应为 {known}，台账的列写在 [ ] 内，文字写在 ' ' 内"
            en = f"no column {token.text}; expected {known}; the log's columns stand in [ ], texts in ' '"
            raise ConditionError(token.position, zh, en)
        self.used.append(column.name)
        value = pl.col(column.name)
        if column.type in ("date", "datetime"):
            return _moment(value.cast(pl.Datetime("ms")), token.position)
        if column.type in ("integer", "decimal"):
            return _Value(expression=value.cast(pl.Float64), kind="number", position=token.position)
        if column.type == "yes_no":
            value = pl.when(value).then(pl.lit(YES)).when(~value).then(pl.lit(NO))
        return _Value(expression=value, kind="text", position=token.position)

    def number(self, token: _Token) -> _Value:
        unit = next((unit for unit in UNITS if self.take(unit)), None)
        number = float(token.text)
        if unit is None:
            return _Value(expression=pl.lit(number), kind="number", position=token.position)
        length = pl.lit(round(number * UNITS[unit] * 1000)).cast(pl.Duration("ms"))
        return _Value(expression=length, kind="duration", position=token.position)

    def take(self, text: str) -> bool:
        """Whether this word or sign stands next; it is then passed over."""
        if not self.tokens or self.tokens[0].kind not in ("name", "sign") or self.tokens[0].text != text:
            return False
        self.tokens.pop(0)
        return True

    def unexpected(self, zh: str, en: str) -> ConditionError:
        found = self.tokens[0].text if self.tokens else ""
        position = self.tokens[0].position if self.tokens else self.end
        return ConditionError(position, f"应为 {zh}，现为 {found!r}", f"expected {en}, found {found!r}")


_COMPARED = ("<=", ">=", "!=", "=", "<", ">")


def _moment(value: pl.Expr, position: int) -> _Value:
    return _Value(expression=value, kind="moment", position=position, dated=value.dt.time() == pl.time(0, 0))


def _date(token: _Token) -> _Value:
    try:
        day = datetime.fromisoformat(token.text)
    except ValueError as error:
        raise ConditionError(
            token.position, f"没有这一天：{token.text}", f"no such date: {token.text}"
        ) from error
    return _moment(pl.lit(day, dtype=pl.Datetime("ms")), token.position)


def _read_as(value: _Value, kind: Kind) -> _Value:
    """A column of the log as what it is held against; anything else is what it is."""
    if value.kind != "log" or kind == "log":
        return value
    if kind == "moment":
        return _moment(moment(value.expression), value.position)
    if kind == "number":
        number = value.expression.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
        return _Value(expression=number, kind="number", position=value.position)
    if kind == "text":
        return _Value(expression=value.expression, kind="text", position=value.position)
    raise _mismatch(value, kind)


def _added(left: _Value, sign: str, right: _Value) -> _Value:
    """The sum or difference: of a date and a duration, of two dates, of two durations or numbers."""
    if right.kind == "duration":
        left = _read_as(left, "moment")
    elif "log" in (left.kind, right.kind):
        other: Kind = left.kind if left.kind != "log" else right.kind
        wanted: Kind = "moment" if other == "log" else other
        left, right = _read_as(left, wanted), _read_as(right, wanted)
    if left.kind == right.kind == "moment" and sign == "-":
        whole_days = left.expression.dt.truncate("1d") - right.expression.dt.truncate("1d")
        difference = pl.when(left.dated | right.dated).then(whole_days)
        difference = difference.otherwise(left.expression - right.expression)
        return _Value(expression=difference, kind="duration", position=left.position)
    pairs = (("moment", "duration"), ("duration", "duration"), ("number", "number"))
    if (left.kind, right.kind) not in pairs:
        raise _mismatch(right, left.kind)
    expression = left.expression + right.expression if sign == "+" else left.expression - right.expression
    return _Value(expression=expression, kind=left.kind, position=left.position, dated=left.dated)


def _compared(left: _Value, sign: str, right: _Value) -> pl.Expr:
    left, right = _read_as(left, right.kind), _read_as(right, left.kind)
    if left.kind == right.kind == "log":
        left, right = _read_as(left, "text"), _read_as(right, "text")
    if left.kind != right.kind:
        raise _mismatch(right, left.kind)
    if left.kind == "text" and sign not in ("=", "!="):
        raise ConditionError(
            right.position,
            f"文字只能用 = 或 != 比较，现为 {sign}",
            f"texts are compared by = or != only, found {sign}",
        )
    exact = _COMPARE[sign](left.expression, right.expression)
    if left.kind != "moment":
        return exact
    days = _COMPARE[sign](left.expression.dt.date(), right.expression.dt.date())
    return pl.when(left.dated | right.dated).then(days).otherwise(exact)


_COMPARE = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def _mismatch(value: _Value, kind: Kind) -> ConditionError:
    (found_zh, found_en), (zh, en) = KIND_WORDS[value.kind], KIND_WORDS[kind]
    return ConditionError(
        value.position,
        f"{found_zh}不能与{zh}相比或相加减",
        f"{found_en} cannot be compared with, added to or taken from {en}",
    )
