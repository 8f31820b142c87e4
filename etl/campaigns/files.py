"""Reading a campaign's files, and saying which file and row is wrong and how to mend it."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args

from etl.calendar import is_period
from etl.toml_problems import toml_problem

_KINDS = {str: ("文字", "text"), bool: ("true 或 false", "true or false"), int: ("整数", "a whole number")}
_KINDS |= {list: ("列表", "a list"), dict: ("表", "a table")}

Fact = TypeVar("Fact")


class CampaignError(Exception):
    """A campaign's files cannot be used; ``problems`` says each place and what is expected there."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class UnusableRecordError(Exception):
    """One entry or row cannot be read; its reader reports it and goes on with the next."""


def problem(file: str, where: str | int | tuple[int, ...], zh: str, en: str) -> str:
    """One line that names the file, the row, rows or key, and what is expected, in both languages."""
    if isinstance(where, tuple):
        place = (f"第{'、'.join(map(str, where))}行", f"rows {', '.join(map(str, where))}")
    else:
        place = (f"第{where}行", f"row {where}") if isinstance(where, int) else (where, where)
    return f"{file} {place[0]}：{zh} / {place[1]}: {en}"


@dataclass(frozen=True, kw_only=True)
class Record:
    """A row of a CSV file or a table of campaign.toml, with its place; its readers refuse bad values."""

    file: str
    where: str | int
    values: dict[str, Any]

    def refuse(self, zh: str, en: str) -> UnusableRecordError:
        """What to raise when the record is not usable."""
        return UnusableRecordError(problem(self.file, self.where, zh, en))

    def only(self, keys: Iterable[str]) -> Record:
        """The record itself, refused where it has a key that means nothing: a misspelt one, most likely."""
        known = tuple(keys)
        for key in self.values:
            if key not in known:
                listed = " | ".join(known)
                raise self.refuse(f"不认识 {key}，可用 {listed}", f"unknown key {key}; known are {listed}")
        return self

    def value(self, key: str, kind: type, default: Any = None) -> Any:
        """The value of a key, which must be of this kind; the default where it is absent."""
        found = self.values.get(key, default)
        if found is None:
            raise self.refuse(f"缺少 {key}", f"{key} is missing")
        if type(found) is not kind:
            zh, en = _KINDS[kind]
            raise self.refuse(f"{key} 应为{zh}，现为 {found!r}", f"{key} should be {en}, found {found!r}")
        return found

    def text(self, key: str) -> str:
        """A text that must not be empty."""
        found = self.value(key, str)
        if not found.strip():
            raise self.refuse(f"{key} 不能为空", f"{key} must not be empty")
        return found.strip()

    def one_of(self, key: str, allowed: Any, default: str | None = None) -> str:
        """A text that must be one of the words of a Literal type."""
        found, words = self.value(key, str, default), get_args(allowed)
        if found not in words:
            listed = " | ".join(words)
            raise self.refuse(
                f"{key} 应为 {listed}，现为 {found!r}", f"{key} should be {listed}, found {found!r}"
            )
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where the key is absent."""
        found = self.value(key, list, [])
        if not all(isinstance(item, str) for item in found):
            raise self.refuse(f"{key} 应为文字列表", f"{key} should be a list of texts")
        return tuple(found)

    def split(self, key: str) -> tuple[str, ...]:
        """The parts of a cell separated by ``|``."""
        return tuple(part.strip() for part in self.value(key, str).split("|") if part.strip())

    def period(self, key: str) -> str:
        """A month written YYYY-MM."""
        found = self.text(key)
        if not is_period(found):
            raise self.refuse(
                f"{key} 应为 YYYY-MM，现为 {found!r}", f"{key} should be YYYY-MM, found {found!r}"
            )
        return found

    def count(self, key: str) -> int | None:
        """A whole number, not negative, written in digits alone; None where the cell is empty."""
        found = self.value(key, str).strip()
        if found and not (found.isascii() and found.isdecimal()):
            raise self.refuse(
                f"{key} 应为非负整数，现为 {found!r}", f"{key} should be a whole number, found {found!r}"
            )
        return int(found) if found else None

    def flag(self, key: str) -> bool:
        """A cell that holds ``true`` or ``false``."""
        found = self.text(key)
        if found not in ("true", "false"):
            raise self.refuse(
                f"{key} 应为 true 或 false，现为 {found!r}", f"{key} should be true or false, found {found!r}"
            )
        return found == "true"


@dataclass(kw_only=True)
class Reader:
    """Reads the files of one folder and collects every problem it meets."""

    folder: Path
    problems: list[str] = field(default_factory=list)

    def settings(self) -> dict[str, Any]:
        """campaign.toml as nested tables; empty, with a problem, when it cannot be read."""
        try:
            return tomllib.loads((self.folder / "campaign.toml").read_text(encoding="utf-8"))
        except FileNotFoundError:
            zh, en = "文件不存在，请补上", "the file is missing; add it"
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            zh, en = toml_problem(error)
        self.problems.append(problem("campaign.toml", "文件", zh, en))
        return {}

    def rows(self, file: str, columns: tuple[str, ...], *, optional: tuple[str, ...] = ()) -> list[Record]:
        """The rows of a CSV file whose header must be exactly these columns, then all or none of ``optional``."""
        try:
            with (self.folder / file).open(encoding="utf-8-sig", newline="") as stream:
                lines = csv.reader(stream, strict=True)
                header = tuple(next(lines, ()))
                table = list(lines)
        except FileNotFoundError:
            self.problems.append(problem(file, "文件", "文件不存在，请补上", "the file is missing; add it"))
            return []
        except UnicodeDecodeError as error:
            zh, en = (
                "编码不是 UTF-8，请另存为 UTF-8 的 CSV",
                f"not in UTF-8: save it as a .csv in UTF-8: {error}",
            )
            self.problems.append(problem(file, "文件", zh, en))
            return []
        except csv.Error as error:
            zh, en = (
                f"第{lines.line_num}行附近不是有效的 CSV，请核对引号",
                f"not valid CSV near line {lines.line_num}, check its quotes: {error}",
            )
            self.problems.append(problem(file, "文件", zh, en))
            return []
        if header not in (columns, columns + optional):
            listed = ",".join(columns + optional)
            self.problems.append(problem(file, 1, f"表头应为 {listed}", f"the header should be {listed}"))
            return []
        while table and not any(table[-1]):
            table.pop()
        numbered = enumerate(table, start=2)
        return [record for row, cells in numbered for record in self._record(file, row, header, cells)]

    def _record(self, file: str, row: int, columns: tuple[str, ...], cells: list[str]) -> list[Record]:
        if len(cells) == len(columns):
            return [Record(file=file, where=row, values=dict(zip(columns, cells, strict=True)))]
        zh = f"应有 {len(columns)} 格，现有 {len(cells)} 格"
        en = f"expected {len(columns)} cells, found {len(cells)}"
        self.problems.append(problem(file, row, zh, en))
        return []

    def each(self, records: list[Record], read: Callable[[Record], Fact]) -> tuple[Fact, ...]:
        """The facts of those records that can be read; the others become problems."""
        return tuple(fact for record in records for fact in self._attempt(record, read))

    def one(self, record: Record, read: Callable[[Record], Fact]) -> Fact | None:
        """The fact of one record, or None with a problem."""
        return next(iter(self._attempt(record, read)), None)

    def _attempt(self, record: Record, read: Callable[[Record], Fact]) -> list[Fact]:
        try:
            return [read(record)]
        except UnusableRecordError as error:
            self.problems.append(str(error))
            return []
