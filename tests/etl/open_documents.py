"""The same workbook as an OpenDocument spreadsheet, written by hand: an oracle of its own for what is read from it."""

import zipfile
from datetime import date, datetime
from html import escape
from io import BytesIO

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
    for prefix in ("office", "table", "text", "meta", "style")
)
HIDDEN_STYLE = (
    '<office:automatic-styles><style:style style:name="hidden" style:family="table">'
    '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
)


def as_open_document(content: bytes) -> bytes:
    """An .xlsx workbook as .ods: values, formulas with the results they have, merged, hidden, custom properties."""
    workbook = openpyxl.load_workbook(BytesIO(content))
    results = openpyxl.load_workbook(BytesIO(content), data_only=True)
    sheets = "".join(_sheet(sheet, results[sheet.title]) for sheet in workbook.worksheets)
    body = f"<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body>"
    custom = "".join(
        f'<meta:user-defined meta:name="{escape(each.name)}">{escape(str(each.value))}</meta:user-defined>'
        for each in workbook.custom_doc_props.props
    )
    parts = {
        "mimetype": MIMETYPE,
        "content.xml": f"<office:document-content {NAMES}>{HIDDEN_STYLE}{body}</office:document-content>",
        "meta.xml": f"<office:document-meta {NAMES}><office:meta>{custom}</office:meta></office:document-meta>",
        "META-INF/manifest.xml": "<manifest/>",
    }
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return written.getvalue()


def _sheet(sheet: Worksheet, results: Worksheet) -> str:
    columns = "".join(
        f"<table:table-column{_hidden(sheet.column_dimensions[get_column_letter(cell.column)].hidden)}/>"
        for cell in next(sheet.iter_rows(max_row=1))
    )
    rows = "".join(
        f"<table:table-row{_hidden(sheet.row_dimensions[number].hidden)}>"
        f"{''.join(_cell(cell, results[cell.coordinate].value, sheet) for cell in row)}</table:table-row>"
        for number, row in enumerate(sheet.iter_rows(), 1)
    )
    style = "" if sheet.sheet_state == "visible" else ' table:style-name="hidden"'
    return f'<table:table table:name="{escape(sheet.title)}"{style}>{columns}{rows}</table:table>'


def _hidden(hidden: bool) -> str:
    return ' table:visibility="collapse"' if hidden else ""


def _cell(cell: Cell, result: object, sheet: Worksheet) -> str:
    formula = cell.data_type == "f"
    value = result if formula else cell.value
    told = f' table:formula="of:{escape(str(cell.value))}"' if formula else ""
    for merged in sheet.merged_cells.ranges:
        if merged.start_cell.coordinate == cell.coordinate:
            told += f' table:number-columns-spanned="{merged.size["columns"]}"'
            told += f' table:number-rows-spanned="{merged.size["rows"]}"'
    kind, attribute, text = _value(value)
    typed = f' office:value-type="{kind}"{attribute}' if kind else ""
    return f"<table:table-cell{told}{typed}>{text}</table:table-cell>"


def _value(value: object) -> tuple[str, str, str]:
    if value is None:
        return "", "", ""
    if isinstance(value, bool):
        return "boolean", f' office:boolean-value="{str(value).lower()}"', ""
    if isinstance(value, int | float):
        return "float", f' office:value="{value!r}"', ""
    if isinstance(value, datetime | date):
        text = value.isoformat()
        return "date", f' office:date-value="{text.removesuffix("T00:00:00")}"', ""
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    return "string", "", paragraphs
