"""An OpenDocument spreadsheet (.ods): what its package says, how far its sheets reach, what is exceptional in them.

Its cells stand one after another and may be repeated by a number, so that a line of text can ask for a thousand
million of them. The content is therefore parsed exactly, and counted, before the reader lays it out (ODF 1.3 part 3, 9).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from etl.gate import Limits, refused, too_large
from etl.reading.package import Part, inflated
from etl.reading.parts import (
    LISTED_CHARACTERS,
    LISTED_LINKS,
    WorkbookFacts,
    elements_in,
    feed,
    refusing_parser,
)
from etl.reading.sheet_parse import FORMULA_CHARACTERS, Mark, SheetScan, address, check_extent, formula_kind
from etl.reading.sheet_scan import ENCODING, UTF_16

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
"""The kind of document the reader knows; its templates and flat forms are others."""
CONTENT, META, MANIFEST = "content.xml", "meta.xml", "meta-inf/manifest.xml"
MACRO_FOLDERS = ("basic/", "scripts/")
# The reader goes by prefixes; a document may bind others (XML namespaces 1.0), and would then be read as empty.
PREFIXES = {
    f"xmlns:{prefix}": f"urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"
    for prefix in ("office", "table", "text")
}
CELLS = ("table:table-cell", "table:covered-table-cell")
HIDDEN = ("collapse", "filter")
VALUES = (
    "office:value",
    "office:date-value",
    "office:time-value",
    "office:boolean-value",
    "office:string-value",
)
MOST_REPEATED = 10_000_000


def is_open_document(content: bytes, parts: tuple[Part, ...], limits: Limits) -> bool:
    """Whether the package says it is an OpenDocument spreadsheet."""
    part = next((part for part in parts if part.name == "mimetype"), None)
    return part is not None and b"".join(inflated(content, part, limits)).strip() == MIMETYPE


def open_document(
    content: bytes, parts: tuple[Part, ...], limits: Limits
) -> tuple[WorkbookFacts, dict[str, SheetScan]]:
    """The facts of the workbook, and the scan of each sheet by its title.

    Raises RefusedError: too_large, corrupt_zip, corrupt_xml, doctype, dde_link, encrypted, macro.
    """
    by_name = {part.name.casefold(): part for part in parts}
    _check_parts(content, by_name, limits)
    if CONTENT not in by_name:
        raise refused("corrupt_zip", problem="no_content")
    scan = _ContentScan(limits=limits)
    scan.parse(inflated(content, by_name[CONTENT], limits))
    facts = WorkbookFacts(
        sheet_parts={title: title for title in scan.sheets},
        date_1904=False,
        external_links=tuple(link[:LISTED_CHARACTERS] for link in scan.links[:LISTED_LINKS]),
        custom=_custom_properties(content, by_name, limits),
    )
    return facts, scan.sheets


def _check_parts(content: bytes, by_name: dict[str, Part], limits: Limits) -> None:
    """Inflate and count every part; refuse macros and what is encrypted."""
    for name, part in by_name.items():
        for _ in inflated(content, part, limits):
            pass
        if name.startswith(MACRO_FOLDERS):
            raise refused("macro", part=part.name[:200])
    manifest = by_name.get(MANIFEST)
    if "encrypted-package" in by_name or (
        manifest is not None
        and elements_in(inflated(content, manifest, limits), manifest.name, {"encryption-data"})
    ):
        raise refused("encrypted")


def _custom_properties(content: bytes, by_name: dict[str, Part], limits: Limits) -> dict[str, str]:
    part = by_name.get(META)
    if part is None:
        return {}
    found = elements_in(inflated(content, part, limits), part.name, {"user-defined"})
    named = {each.attributes.get("meta:name", "")[:LISTED_CHARACTERS]: each.text for each in found}
    return {name: text[:LISTED_CHARACTERS] for name, text in list(named.items())[:LISTED_LINKS]}


@dataclass(kw_only=True)
class _ContentScan:
    """A parse of content.xml that follows positions the way the reader does."""

    limits: Limits
    sheets: dict[str, SheetScan] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    sheet: SheetScan | None = None
    cells: int = 0
    row: int = 0
    column: int = 0
    row_repeats: int = 1
    row_hidden: bool = False
    row_holds: bool = False
    cell: dict[str, str] | None = None
    text: list[str] = field(default_factory=list)
    paragraphs: int = 0
    noted: int = 0

    def parse(self, pieces: Iterator[bytes]) -> None:
        parser = refusing_parser(CONTENT)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        feed(parser, _in_utf_8(pieces), CONTENT)
        if not self.sheets:
            raise refused("corrupt_xml", part=CONTENT, problem="no_sheet")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._check_element(name, attributes)
        self.path.append(name)
        if name == "table:table":
            self._start_sheet(attributes)
        elif name == "table:table-column" and self.sheet is not None:
            self._start_column(self.sheet, attributes)
        elif name == "table:table-row":
            self.row_repeats = _repeats(attributes, "table:number-rows-repeated")
            self.row_hidden = attributes.get("table:visibility") in HIDDEN
            self.row_holds, self.column = False, 0
        elif name in CELLS:
            self.cell, self.text, self.paragraphs = attributes, [], 0
        elif name == "text:p" and not self.noted:
            self.paragraphs += 1
        elif name == "office:annotation":
            self.noted += 1
        elif name in ("table:table-source", "table:cell-range-source"):
            self.links.append(attributes.get("xlink:href", ""))

    def _check_element(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.path) >= self.limits.depth:
            raise too_large("depth", len(self.path) + 1, self.limits.depth)
        for key in attributes:
            if key.startswith("xmlns"):
                _check_binding(key, attributes[key])
        if name in ("office:dde-source", "table:dde-link"):
            raise refused("dde_link", part=CONTENT)
        if name == "office:script":
            raise refused("macro", part=CONTENT)

    def _start_sheet(self, attributes: dict[str, str]) -> None:
        title = attributes.get("table:name", "")
        if self.path[-2:-1] != ["office:spreadsheet"] or title in self.sheets:
            raise refused("corrupt_xml", part=CONTENT, problem="table")
        self.sheet = self.sheets[title] = SheetScan(exact=True)
        self.row = self.column = 0

    def _start_column(self, sheet: SheetScan, attributes: dict[str, str]) -> None:
        first = self.column + 1
        self.column += _repeats(attributes, "table:number-columns-repeated")
        if attributes.get("table:visibility") in HIDDEN:
            last = min(self.column, self.limits.columns)
            sheet.marks += [(0, number, "hidden_column", "") for number in range(first, last + 1)]

    def _characters(self, text: str) -> None:
        if self.cell is not None and not self.noted:
            self.text.append(text)

    def _end(self, name: str) -> None:
        self.path.pop()
        if name in CELLS and self.sheet is not None and self.cell is not None:
            self._end_cell(self.sheet, self.cell)
            self.cell = None
        elif name == "table:table-row" and self.sheet is not None:
            if self.row_hidden and self.row_holds:
                rows = range(self.row + 1, self.row + self.row_repeats + 1)
                self.sheet.marks += [(row, 0, "hidden_row", "") for row in rows]
            self.row += self.row_repeats
        elif name == "office:annotation":
            self.noted -= 1

    def _end_cell(self, sheet: SheetScan, cell: dict[str, str]) -> None:
        """Count a cell, as often as it is repeated, and mark what is exceptional in it."""
        first, text = self.column + 1, "".join(self.text).strip()
        repeats = _repeats(cell, "table:number-columns-repeated")
        self.column += repeats
        if (merged := _merged(cell, self.row + 1, first)) is not None:
            sheet.marks.append(merged)
        if not (text or "office:value-type" in cell or "table:formula" in cell):
            return
        self.row_holds = True
        self._count(sheet, repeats * self.row_repeats)
        kinds = list(_cell_marks(cell, text if self.paragraphs else None))
        if kinds:
            sheet.marks += [
                (row, column, kind, detail)
                for kind, detail in kinds
                for row in range(self.row + 1, self.row + self.row_repeats + 1)
                for column in range(first, self.column + 1)
            ]

    def _count(self, sheet: SheetScan, cells: int) -> None:
        """Count cells that hold something, up to the present place; refuse as soon as a limit is passed."""
        sheet.cells += cells
        self.cells += cells
        last_row, last_column = self.row + self.row_repeats, max(sheet.last_column, self.column)
        if last_row != sheet.last_row or last_column != sheet.last_column or self.cells > self.limits.cells:
            sheet.last_row, sheet.last_column = last_row, last_column
            check_extent(sheet, self.cells, self.limits)


def _check_binding(key: str, value: str) -> None:
    if (key in PREFIXES or value in PREFIXES.values()) and PREFIXES.get(key) != value:
        raise refused("corrupt_xml", part=CONTENT, problem="prefix")


def _in_utf_8(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes; refused where they say to be in another encoding, which the reader does not know."""
    for number, piece in enumerate(pieces):
        if number == 0:
            named = ENCODING.match(piece)
            if piece.startswith(UTF_16) or (named and named.group(1).lower() not in (b"utf-8", b"us-ascii")):
                raise refused("corrupt_xml", part=CONTENT, problem="encoding")
        yield piece


def _repeats(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name)
    if text is None:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 0 < int(text) <= MOST_REPEATED):
        raise refused("corrupt_xml", part=CONTENT, problem="repeated")
    return int(text)


def _merged(cell: dict[str, str], row: int, column: int) -> Mark | None:
    if "table:number-rows-spanned" not in cell and "table:number-columns-spanned" not in cell:
        return None
    rows = _repeats(cell, "table:number-rows-spanned")
    columns = _repeats(cell, "table:number-columns-spanned")
    if rows == columns == 1:
        return None
    last = address(row + rows - 1, column + columns - 1)
    return row, column, "merged", f"{address(row, column)}:{last}"


def _cell_marks(cell: dict[str, str], text: str | None) -> Iterator[tuple[str, str]]:
    """Kind and detail of what is exceptional in a cell: an error, a formula with or without its result."""
    if cell.get("calcext:value-type") == "error":
        yield "error_value", text or ""
    formula = cell.get("table:formula")
    if formula is not None:
        # A result that is an empty text is stored as an empty paragraph, without any type.
        is_text = cell.get("office:value-type", "string") == "string"
        value = next((cell[name] for name in VALUES if name in cell), text)
        yield formula_kind(value, "str" if is_text else ""), formula[:FORMULA_CHARACTERS]
