"""Values typed into an issued template, cell by cell, as a person would: no workbook is parsed or built.

A template is built once for a unit and a set of sheets; each month its dates are put forward and its
cells filled in the parts of the file. A tenth of the work of building every workbook anew, and what is not
typed in stays as ``etl.template`` made it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from etl.template import build_workbook
from etl.template_sheets import TemplateSheet, sheets_for
from etl.writing.cells import cell_value
from etl.writing.instructions import deadline_text
from etl.writing.layout import FIRST_DATA_ROW, column_width, row_height
from etl.writing.prefill import names_by_scope, period_text, set_rows

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

Rows = Mapping[str, Sequence[Mapping[str, object]]]

BUILT_IN = datetime(2000, 1, 1)
_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)" s="([0-9]+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_COLUMN_STYLE = re.compile(r'<col [^>]*?style="([0-9]+)" min="([0-9]+)"')


@dataclass(frozen=True, kw_only=True)
class IssuedTemplate:
    """A template's parts by name, and the part that holds each of its sheets, by title."""

    parts: dict[str, str]
    sheets: dict[str, str]


def type_in(
    campaign: Campaign,
    unit: Unit,
    period: str,
    *,
    cover: Mapping[str, object],
    rows: Rows,
    created: datetime,
) -> bytes:
    """The unit's template of the month with these values in it; equal arguments give equal bytes.

    Values are those ``build_workbook`` takes. KeyError for a row whose key does not stand in the template.
    """
    tables = sheets_for(campaign, unit, period)
    issued = _issued(campaign, unit, period, tables)
    parts = dict(issued.parts)
    data_from, data_to = campaign.window(period)
    values = {"period": period, "data_from": data_from, "data_to": data_to, **cover}
    name = issued.sheets[tables[0].sheet.title_zh]
    parts[name] = _with_cells(parts[name], _form_cells(tables[0], values))
    for table in tables[1:]:
        name = issued.sheets[table.sheet.title_zh]
        parts[name] = _filled(parts[name], campaign, unit, table, rows.get(table.sheet.key, ()))
    return _packed(parts, created)


_templates: dict[tuple[object, ...], tuple[str, IssuedTemplate]] = {}
"""Templates built so far in this process, with the month each was built for."""


def _issued(campaign: Campaign, unit: Unit, period: str, tables: Sequence[TemplateSheet]) -> IssuedTemplate:
    """The month's template, made from the first one built for the unit with the same sheets."""
    key = (campaign.folder, unit.code, tuple(table.sheet.key for table in tables))
    if key not in _templates:
        _templates[key] = (
            period,
            _unpacked(build_workbook(campaign, unit, period, created=BUILT_IN, simulated=True)),
        )
    built_for, issued = _templates[key]
    if built_for == period:
        return issued
    forward = {
        _deadline(campaign, built_for): _deadline(campaign, period),
        period_text(built_for): period_text(period),
    }
    parts = {name: _replaced(text, forward) for name, text in issued.parts.items()}
    return IssuedTemplate(parts=parts, sheets=issued.sheets)


def _deadline(campaign: Campaign, period: str) -> str:
    return deadline_text(campaign.due_day(period), estimated=campaign.due_is_estimated(period))


def _replaced(text: str, forward: Mapping[str, str]) -> str:
    for old, new in forward.items():
        text = text.replace(escape(old), escape(new))
    return text


def _unpacked(content: bytes) -> IssuedTemplate:
    with ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    titles = re.findall(r'<sheet name="([^"]+)"', parts["xl/workbook.xml"])
    sheets = {title: f"xl/worksheets/sheet{number}.xml" for number, title in enumerate(titles, start=1)}
    return IssuedTemplate(parts=parts, sheets=sheets)


def _packed(parts: Mapping[str, str], created: datetime) -> bytes:
    stamped = f"{created:%Y-%m-%dT%H:%M:%SZ}"
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = ZipInfo(name, date_time=created.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            if name == "docProps/core.xml":
                text = text.replace(f"{BUILT_IN:%Y-%m-%dT%H:%M:%SZ}", stamped)
            archive.writestr(entry, text)
    return packed.getvalue()


def _form_cells(table: TemplateSheet, values: Mapping[str, object]) -> dict[str, object]:
    return {
        f"B{row}": cell_value(column, values[column.name], {})
        for row, column in enumerate(table.columns, start=FIRST_DATA_ROW)
        if column.name in values
    }


def _filled(
    part: str, campaign: Campaign, unit: Unit, table: TemplateSheet, rows: Sequence[Mapping[str, object]]
) -> str:
    """A table's part with rows beside its set keys, or appended to its log."""
    names = names_by_scope(campaign, unit, table.columns)
    written = [
        {
            letter: cell_value(column, value, names.get(column.unit_scope, {}))
            for letter, column in _lettered(table)
            if (value := row.get(column.name)) is not None
        }
        for row in rows
    ]
    if table.sheet.rows == "log":
        return _with_rows(part, table, written, _heights(table, rows))
    key = table.sheet.columns[0].name
    at = {
        row[key]: number
        for number, row in enumerate(set_rows(table.sheet, campaign, unit), start=FIRST_DATA_ROW)
    }
    cells = {
        f"{letter}{at[row[key]]}": value
        for row, line in zip(rows, written, strict=True)
        for letter, value in line.items()
    }
    return _with_cells(part, cells)


def _lettered(table: TemplateSheet) -> Iterator[tuple[str, object]]:
    return ((get_column_letter(number), column) for number, column in enumerate(table.columns, start=1))


def _with_cells(part: str, cells: Mapping[str, object]) -> str:
    """The part with values in cells that are there already."""

    def put(found: re.Match[str]) -> str:
        at, style = found.groups()
        return _cell(at, style, cells[at]) if at in cells else found.group()

    return _CELL.sub(put, part)


def _heights(table: TemplateSheet, rows: Sequence[Mapping[str, object]]) -> list[float | None]:
    widths = {column.name: column_width(table.sheet, column) for column in table.columns}
    return [
        row_height(table.sheet, ((row.get(name), width) for name, width in widths.items())) for row in rows
    ]


def _with_rows(
    part: str, table: TemplateSheet, rows: Sequence[Mapping[str, object]], heights: Sequence[float | None]
) -> str:
    """The part with rows below its header, in the styles of its columns."""
    styles = {get_column_letter(int(first)): style for style, first in _COLUMN_STYLE.findall(part)}
    lines = []
    for number, (row, height) in enumerate(zip(rows, heights, strict=True), start=FIRST_DATA_ROW):
        tall = f' ht="{height:g}" customHeight="1"' if height else ""
        cells = "".join(_cell(f"{letter}{number}", styles[letter], value) for letter, value in row.items())
        lines.append(f'<row r="{number}"{tall}>{cells}</row>')
    last = f"{get_column_letter(len(table.columns))}{FIRST_DATA_ROW - 1 + len(rows)}"
    part = re.sub(r'<dimension ref="[^"]+"', f'<dimension ref="A1:{last}"', part, count=1)
    return part.replace("</sheetData>", "".join(lines) + "</sheetData>", 1)


def _cell(at: str, style: str, value: object) -> str:
    if isinstance(value, str):
        return (
            f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        )
    number = _serial(value) if isinstance(value, date) else value
    return f'<c r="{at}" s="{style}" t="n"><v>{number}</v></c>'


@lru_cache(maxsize=65_536)
def _serial(moment: date) -> float:
    return to_excel(moment)
