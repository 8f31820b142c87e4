"""A foreign log from its file: a text file, or those sheets of a workbook that are the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl

from etl.gate import Refusal, RefusedError, check_container
from etl.mappings.log_table import LogTable, header_key, log_table
from etl.mappings.mapping import LogError, LogMapping
from etl.read import Reading, SheetReading
from etl.reading.sheet_tables import MARK_COLUMNS
from etl.reading.text_table import read_text_table

HEAD_BYTES = 65_536
SHOWN_HEADERS = 60
WILD = ("*", "?")
MARKUP = ("html", "xml", "xml_spreadsheet")


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A sheet with something on it that is not read; ``on_purpose`` where the mapping says so."""

    title: str
    visible: str
    rows: int
    on_purpose: bool


@dataclass(frozen=True, kw_only=True)
class ForeignLog:
    """The sheets that are the log, in the file's order, and those left out. A text file is one sheet without a title."""

    tables: tuple[LogTable, ...]
    left_out: tuple[LeftOut, ...]


def read_log(
    path: Path, mapping: LogMapping, read_workbook: Callable[[Path], Reading | Refusal]
) -> ForeignLog | Refusal:
    """Read a log; content decides which way, and a workbook passes the same file guard as any other.

    Raises LogError where the sheets to read cannot be told or lack what the mapping reads; OSError where the file
    cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if (form := _text_form(head)) is not None:
        if form in MARKUP:
            return Refusal(kind="not_spreadsheet", detail={"looks_like": form})
        text = read_text_table(path)
        if isinstance(text, Refusal):
            return text
        sheet = SheetReading(
            title="", visible="visible", cells=text.cells, marks=pl.DataFrame(schema=MARK_COLUMNS)
        )
        return ForeignLog(tables=_tables([sheet], mapping, text.doubtful), left_out=())
    reading = read_workbook(path)
    if isinstance(reading, Refusal):
        return reading
    filled = [sheet for sheet in reading.sheets if sheet.cells.height]
    if not filled:
        return Refusal(kind="empty_file", detail={})
    chosen = _chosen(reading.sheets, mapping)
    left_out = tuple(
        LeftOut(
            title=sheet.title,
            visible=sheet.visible,
            rows=sheet.cells.height,
            on_purpose=_is_named(sheet, mapping.skip),
        )
        for sheet in filled
        if not any(sheet is each for each in chosen)
    )
    return ForeignLog(tables=_tables(chosen, mapping), left_out=left_out)


def _text_form(head: bytes) -> str | None:
    """What kind of text a file is; None where it is none, or nothing at all."""
    try:
        check_container(head)
    except RefusedError as error:
        is_text = error.refusal.kind == "text_not_workbook"
        return str(error.refusal.detail["looks_like"]) if is_text else None
    return None


def _is_named(sheet: SheetReading, names: Sequence[str]) -> bool:
    """Whether one of the names is the sheet's title, or a pattern for it; a hidden one is never meant by a pattern."""
    title = sheet.title.strip()
    return title in names or (
        sheet.visible == "visible" and any(fnmatchcase(title, name) for name in names if _is_wild(name))
    )


def _is_skipped(sheet: SheetReading, mapping: LogMapping) -> bool:
    """Whether a sheet that only a pattern means is left out by name."""
    return _is_named(sheet, mapping.skip) and sheet.title.strip() not in mapping.sheets


def _is_wild(name: str) -> bool:
    return any(sign in name for sign in WILD)


def _chosen(sheets: Sequence[SheetReading], mapping: LogMapping) -> list[SheetReading]:
    """The sheets that are the log: those the mapping names, else the only visible one that it does not skip."""
    if mapping.sheets:
        chosen = [sheet for sheet in sheets if _is_named(sheet, mapping.sheets)]
        absent = [name for name in mapping.sheets if not any(_is_named(sheet, (name,)) for sheet in sheets)]
        if absent:
            raise LogError([_no_sheet(absent, sheets, mapping)])
        return [sheet for sheet in chosen if sheet.cells.height and not _is_skipped(sheet, mapping)]
    visible = [
        sheet
        for sheet in sheets
        if sheet.cells.height and sheet.visible == "visible" and not _is_named(sheet, mapping.skip)
    ]
    if len(visible) != 1:
        raise LogError([_undecided(visible, sheets, mapping)])
    return visible


def _no_sheet(absent: Sequence[str], sheets: Sequence[SheetReading], mapping: LogMapping) -> str:
    listed, listed_en = _listed(sheets)
    names = "、".join(absent)
    return (
        f"没有映射 {mapping.name} 的 [log] sheets 所写的工作表“{names}”；文件中有：{listed}"
        f" / no sheet {names}, which [log] sheets of the mapping {mapping.name} names; the file has: {listed_en}"
    )


def _undecided(visible: Sequence[SheetReading], sheets: Sequence[SheetReading], mapping: LogMapping) -> str:
    listed, listed_en = _listed([sheet for sheet in sheets if sheet.cells.height])
    zh, en = ("不止一张可见的工作表有数据", "more than one visible sheet holds data")
    if not visible:
        zh, en = "可见的工作表都没有数据", "no visible sheet holds data"
    return (
        f'{zh}，不作猜测：{listed}。请在映射 {mapping.name} 中写明读哪几张，如 [log] sheets = ["1月", "2月"]，'
        '也可用通配符 "*月"，"*" 为全部可见的表；不是台账的写入 skip'
        f" / {en}, and none is guessed: {listed_en}. Name those to read in the mapping {mapping.name}, such as"
        ' [log] sheets = ["1月", "2月"] or a pattern ("*" is every visible one); those that are no part of the log'
        " go into skip"
    )


def _listed(sheets: Sequence[SheetReading]) -> tuple[str, str]:
    zh = "、".join(
        f"“{sheet.title}”（{sheet.cells.height}行{'' if sheet.visible == 'visible' else '，隐藏'}）"
        for sheet in sheets
    )
    en = ", ".join(
        f"{sheet.title} ({sheet.cells.height} rows{'' if sheet.visible == 'visible' else ', hidden'})"
        for sheet in sheets
    )
    return zh, en


def _tables(
    sheets: Iterable[SheetReading], mapping: LogMapping, doubtful: Mapping[int, tuple[int, int]] | None = None
) -> tuple[LogTable, ...]:
    """The tables of a log; ``doubtful`` are rows of a text file that may hold others."""
    dated = next(source.headers for source in mapping.columns if source.column == mapping.period)
    tables = tuple(log_table(sheet, mapping.headers, dated=dated, doubtful=doubtful) for sheet in sheets)
    if doubtful and (lines := doubtful.get(tables[0].header_row)):
        raise LogError([_doubtful_header(*lines)])
    problems = [
        problem
        for table in tables
        for problem in (
            missing_columns(table.missing(mapping.headers), table.cells.columns, mapping, table),
            _repeated(table, mapping),
        )
        if problem
    ]
    if problems:
        raise LogError(problems)
    return tables


def _doubtful_header(first: int, last: int) -> str:
    return (
        f"文件第{first}至{last}行作为表头，其中的引号可能没有成对，格内可能混入了别的行；请改正后再转换"
        f" / lines {first} to {last} of the file are its header, and their quotes may not be paired: a cell may hold"
        " other rows. Mend them and convert again"
    )


def missing_columns(
    missing: Sequence[str], headers: Sequence[str], mapping: LogMapping, table: LogTable | None = None
) -> str:
    """What to say of columns a log lacks: which, what may be meant, and what it has; nothing where it lacks none."""
    if not missing:
        return ""
    where, where_en = _place(table)
    others = [header for header in headers if header not in mapping.headers]
    alike = {header: _similar(header, others) for header in missing}
    zh = "、".join(
        f"“{header}”" + (f"（是否即“{near}”？）" if near else "") for header, near in alike.items()
    )
    en = ", ".join(header + (f" (perhaps {near}?)" if near else "") for header, near in alike.items())
    shown = headers[:SHOWN_HEADERS]
    more = f"……共{len(headers)}列" if len(headers) > SHOWN_HEADERS else ""
    more_en = f" … {len(headers)} in all" if more else ""
    return (
        f"{where}台账缺少{len(missing)}列：{zh}。现有的列：{'、'.join(shown)}{more}。请核对文件与映射 {mapping.name}"
        f" / {where_en}the log has no column {en}. It has: {', '.join(shown)}{more_en}."
        f" Check the file and the mapping {mapping.name}"
    )


def _similar(header: str, headers: Sequence[str]) -> str:
    keys = {header_key(each): each for each in headers}
    near = get_close_matches(header_key(header), keys, n=1, cutoff=0.6)
    inside = [
        each
        for key, each in keys.items()
        if header_key(header) in key or (len(key) > 1 and key in header_key(header))
    ]
    return keys[near[0]] if near else next(iter(inside), "")


def _place(table: LogTable | None) -> tuple[str, str]:
    if table is None:
        return "", ""
    if not table.title:
        return f"第{table.header_row}行作为表头，", f"With row {table.header_row} as its header, "
    return (
        f"工作表“{table.title}”以第{table.header_row}行为表头，",
        f"On the sheet {table.title}, with row {table.header_row} as its header, ",
    )


def _repeated(table: LogTable, mapping: LogMapping) -> str:
    if not table.repeated:
        return ""
    where, where_en = _place(table)
    zh = "、".join(f"“{header}”（{'、'.join(letters)}列）" for header, letters in table.repeated.items())
    en = ", ".join(f"{header} ({', '.join(letters)})" for header, letters in table.repeated.items())
    return (
        f"{where}要读的表头重复而内容不同：{zh}，不作猜测；请改名其中一列，并核对映射 {mapping.name}"
        f" / {where_en}headers to be read stand over columns that differ: {en}; rename all but one,"
        f" and check the mapping {mapping.name}"
    )
