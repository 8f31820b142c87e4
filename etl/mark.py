"""The marked copy: a unit's own workbook back, with every finding at its cell and told how to mend it.

Marks are a fill, a note and the sheet 检查结果. They are recognised again by colour, author and headline,
so that a copy marked before is cleared first, and what the unit wrote or coloured itself stays.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import PatternFill
from openpyxl.styles.colors import Color
from openpyxl.utils import coordinate_to_tuple
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from etl.findings import Finding, Language, render, title
from etl.normalise import tidy
from etl.schema import Severity
from etl.writing.mark_formulas import formula_results, with_results
from etl.writing.mark_index import is_index, write_index
from etl.writing.mark_notes import own_note, with_mark
from etl.writing.serialise import workbook_bytes

COLOURS: dict[Severity, str] = {"must": "F8D7C4", "verify": "FFF2B8", "info": "DCEAF7"}
"""Light orange, yellow and blue, gravest first."""
LARGEST_SHEETS = 24 * 1024**2
"""Bytes of worksheets that are marked cell by cell, some 500,000 cells: 设定值. Of more, every cell would have to be
held open at once, in the memory of a server that is everybody's."""
UNKNOWN_CREATION = datetime(2000, 1, 1)
_NO_FILL = Color(indexed=64)
_SHOWN = {f"{alpha}{colour}" for colour in COLOURS.values() for alpha in ("00", "FF")}


def marked_copy(content: bytes, findings: Sequence[Finding], language: Language = "zh") -> bytes:
    """The workbook with these findings marked and no others: an .xlsx file.

    ``content`` is a workbook that could be read; ``findings`` those of its check. Values, formats,
    drop-downs and notes stay as they are. A sheet is unprotected where a marked cell is locked. Marking
    a marked copy again gives the same; without findings, a workbook without marks. Of an OpenDocument
    spreadsheet, and where the file's formats are beyond repair or its sheets larger than LARGEST_SHEETS, the list of
    findings alone, which says so.
    """
    workbook = _opened(content) if _sheets_size(content) <= LARGEST_SHEETS else None
    if workbook is None:
        return _list_alone(findings, language)
    results = formula_results(workbook, content)
    for worksheet in list(workbook.worksheets):
        if is_index(worksheet):
            workbook.remove(worksheet)
        else:
            _clear(worksheet)
    sheets = {tidy(worksheet.title): worksheet for worksheet in reversed(workbook.worksheets)}
    for (sheet, address), group in _by_cell(findings).items():
        if tidy(sheet) in sheets:
            _mark(sheets[tidy(sheet)], address, group, language)
    if findings:
        write_index(workbook, findings, {key: each.title for key, each in sheets.items()}, COLOURS, language)
    workbook.active = 0
    return with_results(workbook_bytes(workbook, workbook.properties.created), results)


def is_markable(content: bytes) -> bool:
    """Whether marks can be written into a workbook: not into an OpenDocument spreadsheet."""
    with ZipFile(BytesIO(content)) as archive:
        return "mimetype" not in archive.namelist()


def _opened(content: bytes) -> Workbook | None:
    """The workbook as it can be written again; None where its styles or parts contradict each other."""
    with warnings.catch_warnings():
        # openpyxl warns of parts it leaves out, such as the extensions of other programs.
        warnings.simplefilter("ignore", UserWarning)
        try:
            workbook = load_workbook(BytesIO(content), rich_text=True)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            # What openpyxl raises where a file the reader could read refers to styles or parts it lacks.
            return None
    if not _states_creation(content):
        workbook.properties.created = UNKNOWN_CREATION
    return workbook


def _sheets_size(content: bytes) -> int:
    """Bytes of the worksheets, inflated: what opening them for writing costs goes with it."""
    with ZipFile(BytesIO(content)) as archive:
        return sum(part.file_size for part in archive.infolist() if "worksheets/" in part.filename)


def _states_creation(content: bytes) -> bool:
    with ZipFile(BytesIO(content)) as archive:
        name = "docProps/core.xml"
        return name in archive.namelist() and b"created" in archive.read(name)


def _list_alone(findings: Sequence[Finding], language: Language) -> bytes:
    workbook = Workbook()
    write_index(workbook, findings, {}, COLOURS, language, alone=True)
    workbook.remove(workbook.worksheets[-1])
    return workbook_bytes(workbook, UNKNOWN_CREATION)


def _by_cell(findings: Sequence[Finding]) -> Mapping[tuple[str, str], list[Finding]]:
    """Findings that stand at a cell, by sheet and address, the gravest first."""
    grouped: dict[tuple[str, str], list[Finding]] = {}
    for each in sorted(findings, key=lambda each: list(COLOURS).index(each.severity)):
        if each.cell:
            grouped.setdefault((each.sheet, each.cell), []).append(each)
    return grouped


def _clear(worksheet: Worksheet) -> None:
    """Take the marks of an earlier round off; the unit's own fills and notes come back."""
    # Only cells that exist: going over rows would make cells all over a sheet with one far away.
    for cell in list(worksheet._cells.values()):
        if isinstance(cell, MergedCell):
            continue
        if cell.comment is not None:
            cell.comment = own_note(cell.comment)
        if _is_marked(cell):
            cell.fill = _fill_before(cell)


def _is_marked(cell: Cell) -> bool:
    fill = cell.fill
    return fill.fill_type == "solid" and fill.fgColor.rgb in _SHOWN


def _fill_before(cell: Cell) -> PatternFill:
    """The fill under a mark: its colour is kept as the mark's background, which a solid fill never shows."""
    before = cell.fill.bgColor
    if before == _NO_FILL:
        return PatternFill()
    return PatternFill("solid", fgColor=copy(before), bgColor=_NO_FILL)


def _mark(worksheet: Worksheet, address: str, findings: Sequence[Finding], language: Language) -> None:
    cell = _cell(worksheet, address)
    before = cell.fill
    if before.fill_type in (None, "solid"):
        # A patterned or shaded fill could not be brought back; the note alone marks such a cell.
        under = copy(before.fgColor) if before.fill_type else _NO_FILL
        cell.fill = PatternFill("solid", fgColor=f"FF{COLOURS[findings[0].severity]}", bgColor=under)
    cell.comment = with_mark(cell.comment, [_text(each, language) for each in findings])
    if cell.protection.locked and worksheet.protection.sheet:
        worksheet.protection.sheet = False


def _text(each: Finding, language: Language) -> str:
    shown = render(each, "", language)
    expected, remedy = {"zh": ("应为", "处理"), "en": ("Expected", "Remedy")}[language]
    return "\n".join(
        (
            f"【{shown['severity']}】{title(each, language)}",
            f"{expected}:{shown['expected']}",
            f"{remedy}:{shown['remedy']}",
        )
    )


def _cell(worksheet: Worksheet, address: str) -> Cell:
    """The cell to mark: of merged cells the first, and a new one with the looks of its column."""
    for merged in worksheet.merged_cells.ranges:
        if address in merged:
            return worksheet.cell(merged.min_row, merged.min_col)
    row, column = coordinate_to_tuple(address)
    is_new = (row, column) not in worksheet._cells
    cell = worksheet.cell(row, column)
    if is_new:
        for dimension in worksheet.column_dimensions.values():
            if (dimension.min or 0) <= column <= (dimension.max or 0):
                cell._style = copy(dimension._style)
    return cell
