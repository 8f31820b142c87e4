"""The words of a mapping: how a foreign log becomes a sheet of ours.

A mapping is one .toml file, in ``data/mappings/`` or anywhere else. ``docs/mappings.zh-CN.md`` tells every key with an
example that is run by a test; what a key may hold is checked in ``mapping_file``, what a condition may say in
``conditions``. A value that ``values`` does not name leaves its row unmapped unless ``otherwise`` is given, and so does a
missing value in a required column. A unit column has no ``otherwise``: a row is never given to another unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from etl.mappings.conditions import Condition
from etl.schema import Column, Sheet

ROW_NUMBER = "row_number"


class MappingError(Exception):
    """A mapping cannot be used; ``problems`` says each place and what is expected there."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class LogError(Exception):
    """A log does not fit its mapping at all; ``problems`` says what is expected."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """A column of the log, and what its values become; None takes them as they are."""

    header: str
    values: dict[str, str] | None


@dataclass(frozen=True, kw_only=True)
class Case:
    """Where a column of the log equals a value, or a condition holds, ours becomes ``gives``."""

    header: str | None
    equals: str
    condition: Condition | None
    gives: str

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers of the log it reads."""
        own = () if self.header is None else (self.header,)
        return (*own, *(self.condition.headers if self.condition else ()))


@dataclass(frozen=True, kw_only=True)
class ColumnSource:
    """Where one of our columns comes from; ``row_number`` is what stands before the number of a row of its month."""

    column: Column
    constant: str | None
    row_number: str | None
    lookups: tuple[Lookup, ...]
    cases: tuple[Case, ...]
    otherwise: str | None
    formats: tuple[str, ...]

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers of the log it reads, each once."""
        looked_up = (lookup.header for lookup in self.lookups)
        return tuple(dict.fromkeys((*looked_up, *(name for case in self.cases for name in case.headers))))

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Columns of ours its conditions name."""
        named = (case.condition.columns for case in self.cases if case.condition is not None)
        return tuple(dict.fromkeys(name for names in named for name in names))


@dataclass(frozen=True, kw_only=True)
class LogMapping:
    """How a foreign log becomes a sheet of ours.

    ``sheets`` names those of a workbook that are the log, by title or pattern (none: its only visible one), ``skip``
    those that are no part of it. ``complete`` says that a month without a row of a unit truly had none, from
    ``first_period`` to ``last_period``, or as far as the log's rows go.
    """

    name: str
    sheet: Sheet
    campaign: str
    period: Column
    missing: tuple[str, ...]
    source: dict[str, str]
    cover: dict[str, str]
    columns: tuple[ColumnSource, ...]
    sheets: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    complete: bool = False
    first_period: str | None = None
    last_period: str | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers the log must have."""
        return tuple(dict.fromkeys(header for source in self.columns for header in source.headers))
