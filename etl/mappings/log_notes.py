"""What is told of a log as a whole, beside the rows that could not be placed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from etl.mappings.log_file import ForeignLog, LeftOut
from etl.mappings.log_table import LogTable

if TYPE_CHECKING:
    from etl.convert import Converted

LISTED = 10
_PLACE = re.compile("第(?P<row>[0-9]+)行|(?P<column>[A-Z]+)列")


def log_notes(log: ForeignLog, converted: Converted) -> Iterator[str]:
    """A line each: sheets left out, rows above a header, what is hidden or computed, zero reports withheld."""
    for table in log.tables:
        yield from _table_notes(table)
    for sheet in log.left_out:
        yield _left_out(sheet)
    if converted.undecided:
        named = [f"{unit.name} {period}" for unit, period in converted.undecided]
        units = "a unit and month" if len(named) == 1 else f"{len(named)} units and months"
        yield (
            f"{len(named)}个单位月份没有行，但有未转换的行可能属于它们，没有作零报告：{_listed(named)}"
            f" / no zero report for {units} without a row, because rows not converted may be theirs: {_listed_en(named)}"
        )
    if converted.is_span_unknown:
        yield (
            "映射写明台账是全的，但没有转换的行可据以确定月份，没有作零报告；请在 [log] 中写明 first_period 和 last_period"
            " / the mapping says that the log is complete, but no converted row tells its months, and there is no zero"
            " report: set first_period and last_period in [log]"
        )
    if converted.identical:
        yield (
            f"{converted.identical}行与前面的行在所读各列完全相同，仍各作一行转换；请核对是否重复登记"
            f" / {counted(converted.identical, 'row')} {'is' if converted.identical == 1 else 'are'} the same as an"
            " earlier one in every column read and converted all the same: check whether a case was entered twice"
        )


def is_whole(log: ForeignLog, converted: Converted) -> bool:
    """Whether nothing of the log is left over but what its mapping leaves out on purpose."""
    left = any(not sheet.on_purpose for sheet in log.left_out)
    return not (left or converted.unmapped.height or converted.undecided or converted.is_span_unknown)


def counted(number: int, noun: str) -> str:
    """A number of things in English: 1 row, 2 rows."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _listed(places: Sequence[object]) -> str:
    return "、".join(map(str, places[:LISTED])) + ("……" if len(places) > LISTED else "")


def _listed_en(places: Sequence[object]) -> str:
    """Places by number or letter, 第4行 as row 4 and E列 as column E."""
    named = [_PLACE.sub(_place_en, str(place)) for place in places[:LISTED]]
    return ", ".join(named) + (f" … {len(places)} in all" if len(places) > LISTED else "")


def _place_en(found: re.Match[str]) -> str:
    return f"row {found['row']}" if found["row"] else f"column {found['column']}"


def _table_notes(table: LogTable) -> Iterator[str]:
    where, where_en = (
        (f"工作表“{table.title}”", f"sheet {table.title}") if table.title else ("台账", "the log")
    )
    yield (
        f"{where}：第{table.header_row}行为表头，读取{table.rows.len()}行"
        f" / {where_en}: row {table.header_row} is the header, {counted(table.rows.len(), 'row')} read"
    )
    if table.above:
        yield (
            f"{where}：表头以上第{_listed(table.above)}行有内容，按标题处理，不作数据"
            f" / {where_en}: filled rows above the header, taken for titles, not data: {_listed_en(table.above)}"
        )
    if table.stranded:
        yield (
            f"{where}：表头以上第{_listed(table.stranded)}行像数据，没有转换，列入 unmapped.csv；如是数据，请移到表头以下"
            f" / {where_en}: rows above the header that look like data are not converted but listed in unmapped.csv;"
            f" move them below the header if they are: {_listed_en(table.stranded)}"
        )
    if table.hidden:
        yield (
            f"{where}：隐藏的行或列内有数据，已读取，请核对：{_listed(table.hidden)}"
            f" / {where_en}: data in hidden rows or columns were read; check them: {_listed_en(table.hidden)}"
        )
    if table.formulas:
        yield (
            f"{where}：{table.formulas}个单元格是公式，按保存的计算结果读取"
            f" / {where_en}: the stored {'result' if table.formulas == 1 else 'results'} of"
            f" {counted(table.formulas, 'formula')} {'was' if table.formulas == 1 else 'were'} read"
        )


def _left_out(sheet: LeftOut) -> str:
    zh, en = ("隐藏的工作表", "hidden sheet") if sheet.visible != "visible" else ("工作表", "sheet")
    why, why_en = (
        ("映射写明不读", "which the mapping skips")
        if sheet.on_purpose
        else (
            "没有读取；如是台账，把表名写入映射的 [log] sheets，不是则写入 skip",
            "which was not read: name it in [log] sheets of the mapping, or in skip if it is no part of the log",
        )
    )
    return f"{zh}“{sheet.title}”有{sheet.rows}行内容，{why} / {en} {sheet.title} holds {counted(sheet.rows, 'row')}, {why_en}"
