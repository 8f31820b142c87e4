"""What is told of a log as a whole, beside the rows that could not be placed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from etl.mappings.log_file import ForeignLog, LeftOut
from etl.mappings.log_table import LogTable

if TYPE_CHECKING:
    from etl.convert import Converted

LISTED = 10


def log_notes(log: ForeignLog, converted: Converted) -> Iterator[str]:
    """A line each: sheets left out, rows above a header, what is hidden or computed, zero reports withheld."""
    for table in log.tables:
        yield from _table_notes(table)
    for sheet in log.left_out:
        yield _left_out(sheet)
    if converted.undecided:
        named = [f"{unit.name} {period}" for unit, period in converted.undecided]
        listed = "、".join(named[:LISTED]) + ("……" if len(named) > LISTED else "")
        yield (
            f"{len(named)}个单位月份没有行，但有未转换的行可能属于它们，没有作零报告：{listed}"
            f" / no zero report for {len(named)} units and months without a row, because rows not converted may be theirs"
        )


def is_whole(log: ForeignLog, converted: Converted) -> bool:
    """Whether nothing of the log is left over but what its mapping leaves out on purpose."""
    left = any(not sheet.on_purpose for sheet in log.left_out)
    return not left and not converted.unmapped.height and not converted.undecided


def _table_notes(table: LogTable) -> Iterator[str]:
    where, where_en = (
        (f"工作表“{table.title}”", f"sheet {table.title}") if table.title else ("台账", "the log")
    )
    if table.title:
        yield (
            f"{where}：第{table.header_row}行为表头，读取{table.rows.len()}行"
            f" / {where_en}: row {table.header_row} is the header, {table.rows.len()} rows read"
        )
    if table.above:
        listed = "、".join(map(str, table.above[:LISTED])) + ("……" if len(table.above) > LISTED else "")
        yield (
            f"{where}：表头以上第{listed}行有内容，按标题处理，不作数据"
            f" / {where_en}: {len(table.above)} filled rows above the header are taken for titles, not data"
        )
    if table.hidden:
        listed = "、".join(table.hidden[:LISTED]) + ("……" if len(table.hidden) > LISTED else "")
        yield (
            f"{where}：隐藏的行或列内有数据，已读取，请核对：{listed}"
            f" / {where_en}: data in hidden rows or columns were read; check them: {len(table.hidden)}"
        )
    if table.formulas:
        yield (
            f"{where}：{table.formulas}个单元格是公式，按保存的计算结果读取"
            f" / {where_en}: stored results of {table.formulas} formulas were read"
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
    return f"{zh}“{sheet.title}”有{sheet.rows}行内容，{why} / {en} {sheet.title} holds {sheet.rows} rows, {why_en}"
