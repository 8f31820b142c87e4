"""The sheet 合并报告 of a merged workbook: what came from which file, and every conflict with its cells and values."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from etl.conflicts import lines
from etl.merge import Merged, Share
from etl.sheets import SHEETS
from etl.template_sheets import MERGE_REPORT_TITLE
from etl.writing.cells import put_styled
from etl.writing.layout import set_up_print, set_widths

WIDTHS = (36, 10, 26, 15, 24, 11, 26, 44, 36)
HEADERS = ("文件", "序号", "问题", "工作表", "所在行", "单元格", "列", "表中所填", "处理")
FIELDS = ("file", "number", "what", "sheet", "about", "cell", "column", "value", "remedy")
MOST_LINES = 5_000
FILES_ROW = 4


def write_report(workbook: Workbook, *, merged: Merged) -> None:
    """Add the report first in the workbook, in the words of its liaison; the door does not read it."""
    worksheet = workbook.create_sheet(MERGE_REPORT_TITLE, 0)
    workbook.active = 0
    set_widths(worksheet, WIDTHS)
    put_styled(worksheet, 1, 1, MERGE_REPORT_TITLE, "标题")
    told = f"合并了{len(merged.shares)}份文件，{len(merged.conflicts)}处冲突。本表供核对，报送时不读取，可以删除。"
    put_styled(worksheet, 2, 1, told, "正文")
    row = _files(worksheet, FILES_ROW, merged.shares)
    _conflicts(worksheet, row + 1, merged)
    for sheet in workbook.worksheets:
        sheet.sheet_view.tabSelected = sheet is worksheet
    set_up_print(worksheet, landscape=True, header_rows=None)


def _files(worksheet: Worksheet, row: int, shares: Sequence[Share]) -> int:
    """What each file brought, sheet by sheet; the next row."""
    put_styled(worksheet, row, 1, "各文件填报的行数（模板已列、未改动的行不计）", "小标题")
    keys = [key for key in SHEETS if any(key in share.rows for share in shares)]
    for number, text in enumerate(["文件", *(SHEETS[key].title_zh for key in keys)], start=1):
        put_styled(worksheet, row + 1, number, text, "说明表头")
    for at, share in enumerate(shares, start=row + 2):
        for number, text in enumerate([share.file, *(_brought(share, key) for key in keys)], start=1):
            put_styled(worksheet, at, number, text, "说明格")
    return row + 2 + len(shares)


def _brought(share: Share, key: str) -> str:
    if share.rows.get(key):
        return f"{share.rows[key]}行"
    return "零报告" if key in share.zero_reports else "空白"


def _conflicts(worksheet: Worksheet, row: int, merged: Merged) -> None:
    """Every conflict, a row a place; of very many the first."""
    if not merged.conflicts:
        put_styled(worksheet, row, 1, "没有冲突", "小标题")
        return
    put_styled(worksheet, row, 1, "冲突", "小标题")
    for number, text in enumerate(HEADERS, start=1):
        put_styled(worksheet, row + 1, number, text, "说明表头")
    told = lines(merged.conflicts, whole=True)
    for at, line in enumerate(told[:MOST_LINES], start=row + 2):
        for number, name in enumerate(FIELDS, start=1):
            put_styled(worksheet, at, number, line[name], "说明格")
    if len(told) > MOST_LINES:
        more = f"另有{len(told) - MOST_LINES}行未列出；请先处理以上冲突，再合并一次"
        put_styled(worksheet, row + 2 + MOST_LINES, 1, more, "正文")
