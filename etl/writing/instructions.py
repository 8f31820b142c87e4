"""填表说明: the workbook's second sheet, which tells what to fill, how, and by when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from openpyxl.worksheet.worksheet import Worksheet

from etl.schema import NOT_APPLICABLE, Column, Sheet
from etl.writing.layout import lines, protect, set_up_print, set_widths
from etl.writing.notes import TYPE_WORDS, limits_text

WIDTHS = (14, 36, 7, 16, 46, 50, 18)
HEADINGS = ("工作表", "栏目", "必填", "类型", "可选内容或单位", "说明", "示例")
LINE_HEIGHT, SENTENCE_HEIGHT, FONT_SCALE = 14, 21, 0.92


def deadline_text(day: date, *, estimated: bool) -> str:
    """The due day in words; 推算 where its calendar is not yet published."""
    return f"{day.year}年{day.month}月{day.day}日24:00前" + ("（按推算的工作日历）" if estimated else "")


def guidance(tables: Sequence[tuple[Sheet, tuple[Column, ...]]]) -> tuple[str, ...]:
    """How to fill the workbook, only such sentences as concern its own sheets."""
    columns = [column for _, columns in tables for column in columns]
    sentences = ["先在“封面”填写填报人、审核人、单位负责人和填报日期；浅灰色单元格已由系统填好，请勿改动。"]
    sentences.append("蓝色表头为必填，灰色表头为选填；鼠标停在表头上可看该栏的要求。")
    if any(sheet.zero_report for sheet, _ in tables):
        sentences.append("台账当月确实没有发生的，在“封面”的零报告栏填“是”；空白不等于零，按未报处理。")
    if any(sheet.unchanged for sheet, _ in tables):
        sentences.append("与上期无变化的表，在“封面”填“是”即可留空（一月份除外）；单元格批注中有上月数。")
    if any(column.not_applicable for column in columns):
        sentences.append(f"没有该项职能的填“{NOT_APPLICABLE}”，确实为零的填0，不要留空。")
    if any(sheet.cumulative for sheet, _ in tables):
        names = "、".join(f"“{sheet.title_zh}”" for sheet, _ in tables if sheet.cumulative)
        sentences.append(f"{names}逐月累计：上月已报的各行由系统带入，请更新进展，并在其后续填新行。")
    if any(sheet.once for sheet, _ in tables):
        names = "、".join(f"“{sheet.title_zh}”" for sheet, _ in tables if sheet.once)
        sentences.append(f"{names}只列本月的：以前月份报过的不再列，重复列出的只计一次，以较晚月份的为准。")
    sentences.append(
        "每件事一行，从表头下一行填起；不加合计行，不合并单元格，不写公式，不改表头，不增删栏目。"
    )
    sentences.append("日期填 2026-09-03，时间填 2026-09-03 10:20；编号、代码按文本填写。")
    sentences.append("填好后另存为 .xlsx 上传；如有问题，系统退回标出位置和改法的原表，改好再传即可。")
    return tuple(sentences)


def write_instructions(
    worksheet: Worksheet,
    *,
    heading: str,
    facts: Iterable[tuple[str, str]],
    tables: Sequence[tuple[Sheet, tuple[Column, ...]]],
) -> None:
    """Fill the instruction sheet: heading, facts (label, value), guidance, and the table of columns.

    ``tables`` are the workbook's sheets with the columns they have in it, the cover included.
    """
    set_widths(worksheet, WIDTHS)
    _put(worksheet, 1, 1, heading, "标题")
    worksheet.row_dimensions[1].height = 30
    row = 3
    for label, value in facts:
        _put(worksheet, row, 1, label, "小标题")
        _wide(worksheet, row, value)
        row += 1
    row = _write_guidance(worksheet, row + 1, guidance(tables))
    header_row = row + 1
    for index, text in enumerate(HEADINGS, start=1):
        _put(worksheet, header_row, index, text, "说明表头")
    worksheet.row_dimensions[header_row].height = 24
    _write_columns(worksheet, header_row + 1, tables)
    protect(worksheet, log=False)
    set_up_print(worksheet, landscape=True, header_rows=f"{header_row}:{header_row}")


def _put(worksheet: Worksheet, row: int, column: int, value: str, style: str) -> None:
    cell = worksheet.cell(row, column, value or None)
    cell.style = style


def _wide(worksheet: Worksheet, row: int, text: str) -> None:
    """A sentence that runs on over the empty cells to its right; without a text, room to write one."""
    if text:
        _put(worksheet, row, 2, text, "正文")
    for column in range(2, 2 if text else len(WIDTHS) + 1):
        _put(worksheet, row, column, "", "留白")
    worksheet.row_dimensions[row].height = SENTENCE_HEIGHT


def _write_guidance(worksheet: Worksheet, row: int, sentences: Sequence[str]) -> int:
    _put(worksheet, row, 1, "填报要求", "小标题")
    for number, sentence in enumerate(sentences, start=1):
        _wide(worksheet, row, f"{number}. {sentence}")
        row += 1
    return row


def _write_columns(
    worksheet: Worksheet, row: int, tables: Sequence[tuple[Sheet, tuple[Column, ...]]]
) -> None:
    for sheet, columns in tables:
        for column in columns:
            texts = _column_texts(sheet, column)
            for index, text in enumerate(texts, start=1):
                _put(worksheet, row, index, text, "说明格")
            count = max(
                lines(text, width, scale=FONT_SCALE) for text, width in zip(texts, WIDTHS, strict=True)
            )
            worksheet.row_dimensions[row].height = LINE_HEIGHT * count + 4
            row += 1


def _column_texts(sheet: Sheet, column: Column) -> tuple[str, ...]:
    return (
        sheet.title_zh,
        column.title_zh,
        "是" if column.required else "",
        TYPE_WORDS[column.type],
        "、".join(column.choices) or column.unit,
        ";".join(text for text in (column.note_zh, limits_text(column)) if text),
        column.example,
    )
