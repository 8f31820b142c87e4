"""The looks of a workbook of ours: one accent for what is required, grey for what is not, light lines."""

from __future__ import annotations

from typing import Literal

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.workbook import Workbook

from etl.schema import Column
from etl.writing.notes import TYPE_WORDS

FONT = "等线"
INK, MUTED, ACCENT, WHITE = "262626", "6B6B6B", "1F6FB2", "FFFFFF"
OPTIONAL_FILL, PREFILLED_FILL, LINE = "E3E5E8", "F3F3F3", "D0D3D8"

NUMBER_FORMATS = {
    "text": "@",
    "code": "@",
    "month": "@",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    "integer": "#,##0",
    "decimal": "0.00",
    "choice": "@",
    "yes_no": "@",
    "unit": "@",
}
NUMBER_TYPES, CENTRED_TYPES = ("integer", "decimal"), ("date", "datetime", "month", "code", "yes_no")


WRAPPED = Alignment(vertical="center", wrap_text=True)
INDENTED = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour)


def lines_around(colour: str = LINE) -> Border:
    side = Side(style="thin", color=colour)
    return Border(left=side, right=side, top=side, bottom=side)


def _style(name: str, *, locked: bool = True, size: float = 11, bold: bool = False, **looks) -> NamedStyle:
    colour = looks.pop("colour", INK)
    return NamedStyle(
        name=name,
        font=Font(name=FONT, size=size, bold=bold, color=colour),
        protection=Protection(locked=locked),
        **looks,
    )


def data_alignment(column_type: str) -> Alignment:
    horizontal = None
    if column_type in NUMBER_TYPES:
        horizontal = "right"
    elif column_type in CENTRED_TYPES:
        horizontal = "center"
    wrap = column_type in ("text", "unit", "choice")
    return Alignment(horizontal=horizontal, vertical="center", wrap_text=wrap)


def _data_styles(column_type: str) -> tuple[NamedStyle, ...]:
    """The looks of one column type: open to entry, the same with lines around it, prefilled; and in a form."""
    word = TYPE_WORDS[column_type]
    form = {
        "number_format": NUMBER_FORMATS[column_type],
        "alignment": INDENTED,
        "border": lines_around(),
    }
    shape = {"number_format": NUMBER_FORMATS[column_type], "alignment": data_alignment(column_type)}
    return (
        _style(f"填报 {word}", locked=False, **shape),
        _style(f"填报格 {word}", locked=False, border=lines_around(), **shape),
        _style(f"已填 {word}", colour=MUTED, fill=_fill(PREFILLED_FILL), border=lines_around(), **shape),
        _style(f"填报项 {word}", locked=False, **form),
        _style(f"已填项 {word}", colour=MUTED, fill=_fill(PREFILLED_FILL), **form),
    )


def _header_styles() -> tuple[NamedStyle, ...]:
    """Headers over a column (表头) and beside a form's cell (项), required and optional; the instructions' own."""
    centre = {"alignment": Alignment(horizontal="center", vertical="center", wrap_text=True)}
    left = {"alignment": INDENTED}
    accent = {"bold": True, "colour": WHITE, "fill": _fill(ACCENT), "border": lines_around(WHITE)}
    grey = {"bold": True, "fill": _fill(OPTIONAL_FILL), "border": lines_around(WHITE)}
    return (
        _style("必填表头", **accent, **centre),
        _style("选填表头", **grey, **centre),
        _style("必填项", **accent, **left),
        _style("选填项", **grey, **left),
        _style("说明表头", size=10, **accent, alignment=WRAPPED),
    )


def _text_styles() -> tuple[NamedStyle, ...]:
    one_line = Alignment(vertical="center")
    underline = Border(bottom=Side(style="thin", color=LINE))
    return (
        _style("标题", size=14, bold=True, alignment=one_line),
        _style("小标题", bold=True, colour=ACCENT, alignment=one_line),
        _style("正文", alignment=one_line),
        _style("提示语", size=9, colour=MUTED, alignment=INDENTED),
        _style("留白", locked=False, border=underline, alignment=one_line),
        _style("说明格", size=10, border=lines_around(), alignment=WRAPPED),
    )


def add_styles(workbook: Workbook) -> None:
    """Register every look of ours in the workbook, so that a cell names its style and stores no more."""
    data = [style for column_type in NUMBER_FORMATS for style in _data_styles(column_type)]
    for style in (*data, *_header_styles(), *_text_styles()):
        workbook.add_named_style(style)


def data_style(column: Column, place: Literal["form", "table", "log"]) -> str:
    """Name of the style of a data cell; keys that the template fills in are locked."""
    suffix = {"form": "项", "table": "格", "log": ""}[place]
    if column.prefilled and column.kind == "key":
        return f"已填{suffix if place == 'form' else ''} {TYPE_WORDS[column.type]}"
    return f"填报{suffix} {TYPE_WORDS[column.type]}"


def header_style(column: Column, *, form: bool = False) -> str:
    """Name of the style of a header: accent for required columns, grey for optional ones."""
    return ("必填" if column.required else "选填") + ("项" if form else "表头")


def second_line(column: Column) -> str:
    """What a header says below its Chinese title: the English one, and the unit."""
    return column.title_en + (f" · {column.unit}" if column.unit else "")


def header_text(column: Column) -> CellRichText:
    """The Chinese title alone on the first line; English title and unit after the line break."""
    colour = WHITE if column.required else MUTED
    return CellRichText(
        TextBlock(
            InlineFont(rFont=FONT, sz=11, b=True, color=WHITE if column.required else INK), column.title_zh
        ),
        TextBlock(InlineFont(rFont=FONT, sz=8, color=colour), "\n" + second_line(column)),
    )
