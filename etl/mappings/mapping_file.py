"""Reading a mapping's .toml file, and saying which key is wrong and how to mend it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etl.mappings.conditions import Condition, ConditionError, parse_condition
from etl.mappings.mapping import ROW_NUMBER, Case, ColumnSource, LogMapping, Lookup, MappingError
from etl.mappings.moments import TIME_FORMATS, is_time_format, misreads_date_cells
from etl.schema import NO, YES, Column, Sheet
from etl.sheets import COVER, SHEETS
from etl.toml_problems import toml_problem

KEYS = ("sheet", "campaign", "period", "missing", "log", "source", "cover", "columns")
LOG_KEYS = ("sheets", "skip", "complete", "first_period", "last_period")
SOURCE_KEYS = ("title_zh", "title_en", "note_zh", "note_en", "licence", "url")
WAYS = ("from", "first_of", "cases", "constant", ROW_NUMBER)
COLUMN_KEYS = (*WAYS, "values", "otherwise", "formats")
DERIVED_ON_THE_COVER = ("prepared_on",)


def load_mapping(path: Path) -> LogMapping:
    """The mapping in a .toml file.

    Raises MappingError with every problem found: file, key, what was found and what is expected.
    """
    reader = _MappingReader(file=path.name)
    mapping = reader.mapping(path.stem, _settings(path))
    if reader.problems or mapping is None:
        raise MappingError(reader.problems)
    return mapping


def _settings(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        zh, en = "文件不存在，请核对映射名称", "there is no such file; check the mapping's name"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        zh, en = toml_problem(error)
    raise MappingError([f"{path.name}：{zh} / {en}"])


@dataclass(kw_only=True)
class _MappingReader:
    """Reads the parts of one mapping and collects every problem it meets."""

    file: str
    problems: list[str] = field(default_factory=list)
    known: dict[str, Column] = field(default_factory=dict)

    def refuse(self, key: str, zh: str, en: str) -> None:
        self.problems.append(f"{self.file} [{key}]：{zh} / {en}")

    def mapping(self, name: str, settings: dict[str, Any]) -> LogMapping | None:
        self.known_keys("", settings, KEYS)
        sheet = self.sheet(settings.get("sheet"))
        if sheet is None:
            return None
        columns = self.columns(sheet, self.table(settings, "columns"))
        period = self.period(sheet, settings.get("period"), columns)
        self.dependencies(columns)
        cover = self.cover(self.table(settings, "cover"))
        log = self.log(sheet, self.table(settings, "log"))
        return period and LogMapping(
            name=name,
            sheet=sheet,
            campaign=self.text("campaign", settings.get("campaign", "")),
            period=period,
            missing=self.texts("missing", settings.get("missing", [])),
            source=self.named_texts("source", self.table(settings, "source"), SOURCE_KEYS),
            cover=cover,
            columns=columns,
            **log,
        )

    def log(self, sheet: Sheet, table: dict[str, Any]) -> dict[str, Any]:
        """What ``[log]`` says of the log as a whole, under the names LogMapping has for it."""
        self.known_keys("log", table, LOG_KEYS)
        complete = table.get("complete", False)
        if not isinstance(complete, bool):
            self.refuse(
                "log.complete",
                f"应为 true 或 false，现为 {complete!r}",
                f"should be true or false, found {complete!r}",
            )
        elif complete and sheet.zero_report is None:
            self.refuse(
                "log.complete", f"{sheet.title_zh}没有零报告", f"the {sheet.title_en} has no zero report"
            )
        periods = {name: table[name] for name in ("first_period", "last_period") if name in table}
        for name, value in periods.items():
            if not complete or not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(value)):
                zh, en = (
                    "应为 YYYY-MM，且与 complete = true 同用",
                    "should be YYYY-MM and go with complete = true",
                )
                self.refuse(f"log.{name}", f"{zh}，现为 {value!r}", f"{en}, found {value!r}")
        named = {name: self.texts(f"log.{name}", _listed(table.get(name, []))) for name in ("sheets", "skip")}
        return {**named, "complete": bool(complete), **{name: str(value) for name, value in periods.items()}}

    def dependencies(self, columns: tuple[ColumnSource, ...]) -> None:
        """A condition names columns of ours that are known before it."""
        by_name = {source.column.name: source for source in columns}
        for source in columns:
            key = f"columns.{source.column.name}.cases"
            for name in source.depends_on:
                other = by_name.get(name)
                if other is None:
                    zh, en = (
                        f"条件用到的列 {name} 没有来源",
                        f"the column {name} of a condition has no source",
                    )
                elif other.depends_on or other.row_number is not None:
                    zh = f"条件不能用 {name}，它本身由条件或行号得出"
                    en = (
                        f"a condition cannot name {name}, which comes from a condition or a row number itself"
                    )
                elif source.column.type in ("unit", "date", "datetime"):
                    zh, en = (
                        "单位和日期列的条件只能用台账的列",
                        "conditions of units and dates name the log's columns only",
                    )
                else:
                    continue
                self.refuse(key, zh, en)

    def sheet(self, key: Any) -> Sheet | None:
        logs = [name for name, sheet in SHEETS.items() if _is_log_of_units(sheet)]
        if key in logs:
            return SHEETS[key]
        expected = " | ".join(logs)
        self.refuse("sheet", f"应为 {expected}，现为 {key!r}", f"should be {expected}, found {key!r}")
        return None

    def period(self, sheet: Sheet, name: Any, columns: tuple[ColumnSource, ...]) -> Column | None:
        dates = [
            source.column
            for source in columns
            if source.column.required and source.column.type in ("date", "datetime")
        ]
        for column in dates:
            if column.name == name:
                return column
        expected = " | ".join(column.name for column in dates)
        zh = f"应为必填的日期列（{expected}），现为 {name!r}"
        self.refuse("period", zh, f"should be a required date column ({expected}), found {name!r}")
        return None

    def cover(self, table: dict[str, Any]) -> dict[str, str]:
        persons = [
            column.name
            for column in COVER.columns
            if column.required and not column.prefilled and column.name not in DERIVED_ON_THE_COVER
        ]
        for name in persons:
            if name not in table:
                self.refuse(f"cover.{name}", "缺少，请填固定值", "is missing; give a constant")
        return self.named_texts("cover", table, tuple(persons))

    def columns(self, sheet: Sheet, tables: dict[str, Any]) -> tuple[ColumnSource, ...]:
        self.known = {column.name: column for column in sheet.columns}
        self.known_keys("columns", tables, self.known)
        for column in sheet.columns:
            if column.required and column.name not in tables:
                zh, en = "必填列缺少来源", "a required column has no source"
                self.refuse(f"columns.{column.name}", zh, en)
        return tuple(
            self.column(column, self.table(tables, column.name, f"columns.{column.name}"))
            for column in sheet.columns
            if column.name in tables
        )

    def column(self, column: Column, table: dict[str, Any]) -> ColumnSource:
        key = f"columns.{column.name}"
        self.known_keys(key, table, COLUMN_KEYS)
        if len([way for way in WAYS if way in table]) != 1:
            listed = " | ".join(WAYS)
            self.refuse(key, f"应恰有 {listed} 之一", f"should have exactly one of {listed}")
        if "values" in table and "from" not in table:
            self.refuse(key, "values 须与 from 同用", "values belong to from")
        if column.type == "unit" and "otherwise" in table:
            self.refuse(
                key,
                "单位不能用 otherwise，以免归到别的单位",
                "a unit has no otherwise: rows would change hands",
            )
        lookups = [table] if "from" in table else self.tables(f"{key}.first_of", table.get("first_of", []))
        cases = self.tables(f"{key}.cases", table.get("cases", []))
        if ROW_NUMBER in table and (column.kind != "key" or column.type != "text" or "otherwise" in table):
            self.refuse(
                f"{key}.{ROW_NUMBER}",
                "只用于编号列，且不与 otherwise 同用",
                "belongs to a column of numbers, without otherwise",
            )
        number = self.text(f"{key}.{ROW_NUMBER}", table[ROW_NUMBER]) if ROW_NUMBER in table else None
        return ColumnSource(
            column=column,
            constant=self.ours(column, key, table.get("constant")),
            row_number=number,
            lookups=tuple(self.lookup(column, key, part, part is not table) for part in lookups),
            cases=tuple(self.case(column, f"{key}.cases", part, at) for at, part in enumerate(cases, 1)),
            otherwise=self.ours(column, key, table.get("otherwise")),
            formats=self.formats(column, key, table.get("formats")),
        )

    def lookup(self, column: Column, key: str, table: dict[str, Any], alone: bool) -> Lookup:
        if alone:
            self.known_keys(f"{key}.first_of", table, ("from", "values"))
        values = table.get("values")
        if values is None:
            closed = _closed_values(column)
            return Lookup(header=self.header(f"{key}.from", table.get("from")), values=closed)
        pairs = self.table(table, "values", f"{key}.values")
        if not pairs:
            self.refuse(f"{key}.values", "不能为空表", "must not be an empty table")
        translated = {
            theirs.strip(): self.ours(column, f"{key}.values", ours) or "" for theirs, ours in pairs.items()
        }
        return Lookup(header=self.header(f"{key}.from", table.get("from")), values=translated)

    def case(self, column: Column, key: str, table: dict[str, Any], number: int) -> Case:
        self.known_keys(key, table, ("column", "equals", "when", "gives"))
        if ("when" in table) == ("equals" in table or "column" in table):
            self.refuse(
                key,
                f"第{number}项应为 column 和 equals，或 when",
                f"number {number} should have column and equals, or when",
            )
        header = None if "when" in table else self.header(f"{key}.column", table.get("column"))
        return Case(
            header=header,
            equals="" if header is None else self.header(f"{key}.equals", table.get("equals")),
            condition=self.condition(f"{key}.when", number, table["when"]) if "when" in table else None,
            gives=self.ours(column, f"{key}.gives", table.get("gives", "")) or "",
        )

    def condition(self, key: str, number: int, value: Any) -> Condition | None:
        """The condition of the n-th case; what is wrong is told with the character it stands at."""
        try:
            return parse_condition(self.text(key, value), self.known)
        except ConditionError as error:
            zh, en = (
                f"第{number}项第{error.position}个字符：{error.zh}",
                f"number {number}, character {error.position}: {error.en}",
            )
            self.refuse(key, zh, en)
            return None

    def ours(self, column: Column, key: str, value: Any) -> str | None:
        """A value of ours, which a choice column must know; None where none is given."""
        if value is None:
            return None
        allowed = _closed_values(column)
        if isinstance(value, str) and allowed is not None and value not in allowed:
            expected = " | ".join(allowed)
            self.refuse(key, f"应为 {expected}，现为 {value!r}", f"should be {expected}, found {value!r}")
        return self.text(key, value)

    def formats(self, column: Column, key: str, value: Any) -> tuple[str, ...]:
        if value is None:
            return TIME_FORMATS
        if column.type not in ("date", "datetime"):
            self.refuse(f"{key}.formats", "只用于日期列", "belong to date columns only")
        formats = self.texts(f"{key}.formats", value)
        for text in formats:
            if not is_time_format(text):
                zh, en = f"不是日期格式：{text!r}", f"not a format of dates: {text!r}"
                self.refuse(f"{key}.formats", zh, en)
            elif misreads_date_cells(text):
                zh = f"会把真正的日期单元格（形如 2018-03-04 05:06:07）读成别的日期：{text!r}"
                en = f"would read true dates of a workbook (such as 2018-03-04 05:06:07) as others: {text!r}"
                self.refuse(f"{key}.formats", zh, en)
        return formats

    def known_keys(self, key: str, table: dict[str, Any], known: Iterable[str]) -> None:
        for name in table.keys() - set(known):
            listed = " | ".join(known)
            place = f"{key}.{name}" if key else name
            self.refuse(place, f"未知，应为 {listed}", f"is unknown; expected {listed}")

    def table(self, parent: dict[str, Any], name: str, key: str = "") -> dict[str, Any]:
        value = parent.get(name, {})
        if isinstance(value, dict):
            return value
        self.refuse(key or name, f"应为表，现为 {value!r}", f"should be a table, found {value!r}")
        return {}

    def tables(self, key: str, value: Any) -> list[dict[str, Any]]:
        if isinstance(value, list) and all(isinstance(part, dict) for part in value):
            return value
        self.refuse(key, f"应为表的列表，现为 {value!r}", f"should be a list of tables, found {value!r}")
        return []

    def named_texts(self, key: str, table: dict[str, Any], known: tuple[str, ...]) -> dict[str, str]:
        self.known_keys(key, table, known)
        return {name: self.text(f"{key}.{name}", value) for name, value in table.items() if name in known}

    def texts(self, key: str, value: Any) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return tuple(value)
        self.refuse(key, f"应为文字列表，现为 {value!r}", f"should be a list of texts, found {value!r}")
        return ()

    def header(self, key: str, value: Any) -> str:
        """A header or value of the log: a text, or a number as it stands in a cell."""
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.text(key, value).strip()

    def text(self, key: str, value: Any) -> str:
        if isinstance(value, str):
            return value
        self.refuse(key, f"应为文字，现为 {value!r}", f"should be a text, found {value!r}")
        return ""


def _is_log_of_units(sheet: Sheet) -> bool:
    """A log whose rows name one unit below the reporting unit, so that a row's workbook is known."""
    units = [column for column in sheet.columns if column.type == "unit"]
    if sheet.rows != "log" or len(units) != 1:
        return False
    return units[0].required and units[0].unit_scope in ("below", "below_or_own")


def _closed_values(column: Column) -> dict[str, str] | None:
    """The values a choice or yes-no column may hold, each for itself; None for open columns."""
    words = (YES, NO) if column.type == "yes_no" else column.choices
    return {word: word for word in words} or None


def _listed(value: Any) -> Any:
    """A single text as a list of one."""
    return [value] if isinstance(value, str) else value
