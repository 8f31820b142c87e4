"""What changed since the revision before, as the review and whoever handed it in read it: a line a cell or row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from html import escape
from itertools import islice

from dashboard import format
from dashboard.components import plain_table
from dashboard.components.plain_table import Line, line
from dashboard.i18n import clauses, of, t
from dashboard.services.comparing import Compared
from etl.revisions import MOST_TOLD, SheetChange
from etl.schema import NO, YES, Sheet
from etl.sheets import SHEETS


def summary(found: Compared) -> str:
    """How much changed on which sheet, in one sentence; plain text."""
    told = [_sheet(each) for each in found.sheets]
    what = clauses(told) if told else t("各表内容没有变化")
    return t("与第{n}版相比：{what}", n=found.before.revision, what=what)


def _sheet(each: SheetChange) -> str:
    parts = [
        t("改{count}格", count=each.cell_count) if each.cell_count else "",
        t("新增{count}行", count=each.added_count) if each.added_count else "",
        t("去掉{count}行", count=each.removed_count) if each.removed_count else "",
    ]
    return " ".join([of(SHEETS[each.sheet], "title"), *(part for part in parts if part)])


def table(found: Compared) -> str:
    """The first changes one by one, as HTML; nothing where nothing changed."""
    if not found.count:
        return ""
    titles = (t("工作表"), t("单位或编号"), t("列"), t("原为"), t("现为"))
    lines = list(islice((each for sheet in found.sheets for each in _lines(sheet, found.names)), MOST_TOLD))
    left = t("共{count}处，以上是前{told}处。", count=found.count, told=len(lines))
    note = f'<p class="src">{escape(left)}</p>' if found.count > len(lines) else ""
    return f'<div class="closing">{plain_table.table(titles, lines)}</div>{note}'


def _lines(each: SheetChange, names: Mapping[str, str]) -> Iterator[Line]:
    sheet = SHEETS[each.sheet]
    title, row = of(sheet, "title"), t("整行")
    for cell in each.cells:
        before, after = (_text(sheet, cell.column, value, names) for value in (cell.before, cell.after))
        column = of(sheet.column(cell.column), "title")
        yield line(title, _key(sheet, cell.key, names), column, before, after)
    for key in each.added:
        yield line(title, _key(sheet, key, names), row, format.MISSING, t("新增"))
    for key in each.removed:
        yield line(title, _key(sheet, key, names), row, t("原有"), t("去掉"))


def _key(sheet: Sheet, key: tuple[object, ...], names: Mapping[str, str]) -> str:
    return " · ".join(_text(sheet, name, value, names) for name, value in zip(sheet.unique, key, strict=True))


def _text(sheet: Sheet, column: str, value: object, names: Mapping[str, str]) -> str:
    """A stored value as it reads on the sheet; a blank and 不适用 are stored alike."""
    if value is None:
        return format.MISSING
    if isinstance(value, bool):
        return t(YES) if value else t(NO)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | Decimal):
        return format.plain(value)
    named = sheet.column(column).type in ("unit", "code")
    return names.get(str(value), str(value)) if named else str(value)
