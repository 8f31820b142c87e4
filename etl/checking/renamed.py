"""Which unknown sheet of a workbook is a missing one under another name: so that its old name is the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from etl.checking.cover_reading import cover_labels
from etl.checking.layout import header_of
from etl.findings import Finding, Words, finding
from etl.normalise import tidy
from etl.schema import Sheet
from etl.sheets import COVER
from etl.template_sheets import TemplateSheet

if TYPE_CHECKING:
    from etl.read import SheetReading


def renamed(table: TemplateSheet, others: Iterable[SheetReading]) -> SheetReading | None:
    """The sheet that has more than half of a missing table's headers, or that is named much like it and has some."""
    found = {sheet.title: _headers(table, sheet) for sheet in others}
    alike = [
        (count, sheet)
        for sheet in others
        if (count := found[sheet.title]) * 2 > len(table.columns) or (count and _named_alike(table, sheet))
    ]
    return max(alike, key=lambda each: each[0])[1] if alike else None


def _headers(table: TemplateSheet, sheet: SheetReading) -> int:
    if table.sheet is COVER:
        return len(cover_labels(sheet)[0])
    titles = {tidy(column.title_zh) for column in table.columns}
    header = header_of(table.columns, sheet.cells)
    return 0 if header is None else len(titles & set(header[2]))


def _named_alike(table: TemplateSheet, sheet: SheetReading) -> bool:
    wanted, name = tidy(table.sheet.title_zh), tidy(sheet.title)
    return wanted in name or name in wanted


def missing_sheet(sheet: Sheet, other: SheetReading | None) -> Finding:
    """The finding that tells of a missing sheet, and of the one that it may be."""
    kind = "missing_cover" if sheet is COVER else "missing_sheet"
    if other is None:
        return finding(kind, sheet=sheet.title_zh)
    similar = Words(
        zh=f"是否即“{other.title}”？是的，把它的名称改回“{sheet.title_zh}”；不是的，",
        en=f"Perhaps {other.title}? If so, rename it back to {sheet.title_zh}. If not: ",
    )
    return finding(kind, sheet=sheet.title_zh, value=other.title, similar=similar)
