"""The words of a mapping: how a foreign complaint log becomes a sheet of ours.

A mapping is one .toml file in ``data/mappings/``. Its keys:

``sheet``      key of the log it becomes, such as ``complaints``
``campaign``   the campaign it was written for (a hint)
``period``     our date column that decides in which month's workbook a row stands
``missing``    values that mean an empty cell, besides the empty cell itself
``[source]``   title, note and licence of the log
``[cover]``    constants for the cover: the persons, who are not in the log
``[columns.X]``  where our column X comes from, one of

    ``constant = "…"``                       the same for every row
    ``from = "THEIR HEADER"``                their value, translated by ``values`` where given
    ``first_of = [{from, values}, …]``       the first that has a value, or is found in its ``values``
    ``cases = [{column, equals, gives}, …]``  the first case that holds

  and besides ``otherwise = "…"``, taken where that gives nothing, and ``formats`` (strptime, in the order
  they are tried) for times. Without ``otherwise`` a value that ``values`` does not name leaves the row
  unmapped, and so does a missing value in a required column. A choice column without ``values`` takes
  our own choices as they are; a unit column looks the name or code up among the campaign's units and has
  no ``otherwise``, because a row is never given to another unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from etl.schema import Column, Sheet

TIME_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
)
"""Forms of a time that can be read one way only; any other needs ``formats``."""


class MappingError(Exception):
    """A mapping cannot be used; ``problems`` says each place and what is expected there."""

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
    """Where a column of the log equals a value, ours becomes ``gives``."""

    header: str
    equals: str
    gives: str


@dataclass(frozen=True, kw_only=True)
class ColumnSource:
    """Where one of our columns comes from."""

    column: Column
    constant: str | None
    lookups: tuple[Lookup, ...]
    cases: tuple[Case, ...]
    otherwise: str | None
    formats: tuple[str, ...]

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers of the log it reads, each once."""
        return tuple(dict.fromkeys(part.header for part in (*self.lookups, *self.cases)))


@dataclass(frozen=True, kw_only=True)
class LogMapping:
    """How a foreign log becomes a sheet of ours; see the module for what each part means."""

    name: str
    sheet: Sheet
    campaign: str
    period: Column
    missing: tuple[str, ...]
    source: dict[str, str]
    cover: dict[str, str]
    columns: tuple[ColumnSource, ...]

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers the log must have."""
        return tuple(dict.fromkeys(header for source in self.columns for header in source.headers))
