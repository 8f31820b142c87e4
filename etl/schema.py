"""The words a workbook is described in: Sheet, Column, Rule.

A sheet of the template is one entry made of these words (``etl/sheets/``). Template, validation,
drop-downs, data dictionary and most tests are loops over the entries; nothing else knows a sheet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl

ColumnType = Literal[
    "text", "code", "month", "date", "datetime", "integer", "decimal", "choice", "yes_no", "unit"
]
Severity = Literal["must", "verify", "info"]
"""強制 of a finding: 强制性 (must be mended) · 核实性 (mend it or state why) · 提示 (for information)."""

YES, NO = "是", "否"
NOT_APPLICABLE = "不适用"

POLARS_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "code": pl.String(),
    "month": pl.String(),
    "date": pl.Date(),
    "datetime": pl.Datetime("ms"),
    "integer": pl.Int64(),
    "decimal": pl.Decimal(18, 2),
    "choice": pl.String(),
    "yes_no": pl.Boolean(),
    "unit": pl.String(),
}


LARGEST: dict[str, int] = {"integer": 10_000_000, "decimal": 10_000}
"""What no count of persons, cases or places, and no course's hours, can exceed: more is a slip."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a sheet: what a cell under this header means and may hold.

    ``unit_scope`` says which units a ``unit`` or ``code`` column may name: ``below`` the reporting
    unit, ``below_or_own`` (own office included) or ``any`` unit of the campaign under its top.
    ``not_applicable`` admits 不适用, stored as a missing number. ``end_of_day`` makes a date without
    a time end at 24:00 of its day. ``carried_key`` marks text that must stay unique when masked.
    """

    name: str
    title_zh: str
    title_en: str
    type: ColumnType
    unit: str = ""
    kind: Literal["", "key", "stock", "flow"] = ""
    required: bool = True
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    above: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    unit_scope: Literal["", "below", "below_or_own", "any"] = ""
    not_applicable: bool = False
    end_of_day: bool = False
    carried_key: bool = False
    prefilled: bool = False
    note_zh: str = ""
    note_en: str = ""
    example: str = ""

    def __post_init__(self) -> None:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError(f"column {self.name}: choices belong to, and only to, a choice column")
        if self.type in LARGEST and self.maximum is None:
            object.__setattr__(self, "maximum", LARGEST[self.type])
        if (self.type == "unit") and not self.unit_scope:
            raise ValueError(f"column {self.name}: a unit column names its unit_scope")

    @property
    def polars_type(self) -> pl.DataType:
        return POLARS_TYPES[self.type]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A statement about the rows of one sheet that spans cells.

    ``violated`` is an expression over the typed columns (and ``data_from``, ``data_to``, ``month_end``, ``today``
    as dates) that is true where the statement fails; a missing cell makes it unknown, never violated. The
    finding is put at the cell of the first of ``columns``.
    """

    kind: str
    severity: Severity
    columns: tuple[str, ...]
    violated: pl.Expr
    expected_zh: str
    expected_en: str


@dataclass(frozen=True, kw_only=True)
class HistoryRule:
    """A statement about this month's rows against what was told by last month.

    ``columns`` are those it rests on: where one is not collected nothing is known of it, and nothing found.
    ``violated`` takes (this month's typed rows with ``row``, typed rows told by last month) and returns the
    offending rows: columns ``row`` (null when the offence is an absent row), ``column``, ``value``
    and ``expected`` (the earlier value as text). Of a sheet whose rows are carried on the earlier rows are all
    told so far, as told last. Issues closed that no ledger lists
    are among its rows, ``row`` and everything but number and status null.
    """

    kind: str
    severity: Severity
    columns: tuple[str, ...]
    violated: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]
    expected_zh: str
    expected_en: str


@dataclass(frozen=True, kw_only=True)
class OnceRule:
    """A statement that a row belongs to one month: the ``columns`` that tell it from all others occur in no other month.

    Where they do all the same, the row of the latest month counts. The finding is put at the first of ``columns``.
    """

    kind: str
    severity: Severity
    columns: tuple[str, ...]
    expected_zh: str
    expected_en: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet of the workbook: its title, who fills its rows, its columns and rules.

    ``layout`` is ``form`` (header text in column A, value in column B) or ``table``.
    ``rows`` says where rows come from: ``form``, ``fixed`` (one per value of the first column's
    choices), ``units`` (each unit below the reporting unit and its own office, exactly once) or
    ``log`` (as many as happened). ``zero_report`` names the cover's column that declares an empty log
    on purpose; ``unchanged`` the one that takes last month's rows over. ``unique`` columns together
    occur once in a workbook; with ``replaces_earlier`` a row in a later month replaces the one with the
    same ``unique`` values and reporting unit in an earlier month. ``carried`` says which of
    the rows told so far stand in the next template (all of a cumulative ledger, a log's open cases), none where one of
    ``carried_columns`` is not collected: it cannot be known which are open. ``once`` says of a log by which columns
    its rows belong to one month alone.
    """

    key: str
    title_zh: str
    title_en: str
    purpose_zh: str
    purpose_en: str
    layout: Literal["form", "table"]
    rows: Literal["form", "fixed", "units", "log"]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    history_rules: tuple[HistoryRule, ...] = ()
    once: OnceRule | None = None
    zero_report: str | None = None
    unchanged: str | None = None
    unique: tuple[str, ...] = ()
    replaces_earlier: bool = False
    carried: pl.Expr | None = None
    carried_columns: tuple[str, ...] = ()
    cumulative: bool = False

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"sheet {self.key}: column names repeat")
        for rule in (*self.rules, *self.history_rules):
            unknown = set(rule.columns) - set(names)
            if unknown:
                raise ValueError(
                    f"sheet {self.key}: rule {rule.kind} names unknown columns {sorted(unknown)}"
                )

    @property
    def key_columns(self) -> tuple[str, ...]:
        """Names of the columns that together identify a row."""
        return tuple(column.name for column in self.columns if column.kind == "key")

    @property
    def tells_flows(self) -> bool:
        """Whether every number on it is of its own period alone, so that two periods hardly ever agree in all of them."""
        return self.rows == "units" and all(column.kind in ("key", "flow") for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of this name; KeyError names the sheet."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"sheet {self.key} has no column {name}")

    def collected_columns(self, without: tuple[str, ...] = ()) -> tuple[Column, ...]:
        """The columns a campaign collects, those it leaves out dropped."""
        return tuple(column for column in self.columns if column.name not in without)


def at_most(lesser: str, greater: str, severity: Severity, zh: str, en: str) -> Rule:
    """The number in ``lesser`` may not exceed the one in ``greater`` (部分不大于全部)."""
    return Rule(
        kind="part_exceeds_whole" if severity == "must" else "part_exceeds_whole_check",
        severity=severity,
        columns=(lesser, greater),
        violated=pl.col(lesser) > pl.col(greater),
        expected_zh=zh,
        expected_en=en,
    )


def not_before(later: str, earlier: str, zh: str, en: str) -> Rule:
    """What happens ``later`` may not be dated before what happens ``earlier``.

    Where either side has no time of day (midnight), only the days are compared.
    """
    later_at, earlier_at = pl.col(later).cast(pl.Datetime("ms")), pl.col(earlier).cast(pl.Datetime("ms"))
    midnight = (later_at.dt.time() == pl.time(0, 0)) | (earlier_at.dt.time() == pl.time(0, 0))
    return Rule(
        kind="date_order",
        severity="must",
        columns=(later, earlier),
        violated=pl.when(midnight)
        .then(later_at.dt.date() < earlier_at.dt.date())
        .otherwise(later_at < earlier_at),
        expected_zh=zh,
        expected_en=en,
    )


def within_data_window(name: str, title_zh: str, title_en: str) -> Rule:
    """What a workbook reports may not be dated after its last day of data (统计截止日)."""
    return Rule(
        kind="after_data_to",
        severity="must",
        columns=(name,),
        violated=pl.col(name).cast(pl.Date) > pl.col("data_to"),
        expected_zh=f"{title_zh}不晚于统计截止日",
        expected_en=f"{title_en} not after the last day of data",
    )


def not_in_future(name: str, title_zh: str, title_en: str, *, bounded: bool = True) -> Rule:
    """What is reported as having happened may not be dated after the day of the check.

    Of a month that has not ended the last day of data is still to come and rules nothing out. A date after
    both days is told once: of a column that is ``bounded``, by ``within_data_window``.
    """
    day = pl.col(name).cast(pl.Date)
    told = (day > pl.col("data_to")).fill_null(value=False) if bounded else pl.lit(value=False)
    return Rule(
        kind="in_the_future",
        severity="must",
        columns=(name,),
        violated=(day > pl.col("today")) & ~told,
        expected_zh=f"{title_zh}不晚于检查当天",
        expected_en=f"{title_en} not after the day of the check",
    )


def after_month(name: str, title_zh: str, title_en: str) -> Rule:
    """What puts a row into a month may not be dated after that month, however long the cover's days of data are."""
    day = pl.col(name).cast(pl.Date)
    return Rule(
        kind="after_month",
        severity="verify",
        columns=(name,),
        violated=(day > pl.col("month_end")) & (day <= pl.col("data_to")) & (day <= pl.col("today")),
        expected_zh=f"{title_zh}不晚于报告期最后一天",
        expected_en=f"{title_en} not after the last day of the month reported",
    )


def before_data_from(name: str, title_zh: str, title_en: str) -> Rule:
    """A row dated before the first day of data is carried on or recorded late: for information."""
    return Rule(
        kind="before_data_from",
        severity="info",
        columns=(name,),
        violated=pl.col(name).cast(pl.Date) < pl.col("data_from"),
        expected_zh=f"{title_zh}一般不早于统计起始日；早于者按结转或补录处理",
        expected_en=f"{title_en} is usually not before the first day of data; earlier rows count as carried on",
    )


def required_when(name: str, when: str, value: str, zh: str, en: str) -> Rule:
    """A cell that must be filled when another cell of its row holds ``value``."""
    return Rule(
        kind="required_when",
        severity="must",
        columns=(name, when),
        violated=pl.col(name).is_null() & (pl.col(when) == value),
        expected_zh=zh,
        expected_en=en,
    )
