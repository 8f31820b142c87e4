"""How far a sheet reaches and what is exceptional in it, found before its cells are read.

A reader lays a sheet out as a dense table from its first to its furthest cell, so two cells in opposite
corners of a 2 kB file would ask for 17 thousand million cells. Every part is therefore scanned while it
is inflated. A sheet in the spelling all usual programs write is scanned by byte patterns, in a fraction
of the time of reading it; any other spelling is parsed exactly.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from etl.gate import Limits, refused, too_large
from etl.reading.package import CHUNK_BYTES, Part, inflated
from etl.reading.sheet_marks import usual_marks
from etl.reading.sheet_parse import ExactScan, SheetScan, check_extent, column_number

OVERLAP_BYTES = 64
ORDINARY_COLUMNS = 26
ORDINARY_ROWS = 99_999

# Roots of the parts the reader itself interprets; it knows no encoding but UTF-8.
READER_ROOTS = frozenset(("worksheet", "workbook", "sst", "styleSheet", "Relationships", "Types"))

UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
PROLOG = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*+(?>(?:<\?.*?\?>|<!--.*?-->)\s*)*+<([A-Za-z_][^\s/>]*)", re.DOTALL
)
DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*+<\?xml[^>]*>")
ENCODING = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*+<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
# Start tags beginning with c, except a cell in columns A to Z and rows 1 to 99999.
UNUSUAL_CELL = re.compile(rb'<c(?! r="[A-Z][1-9]\d{0,4}")([^>]{0,20})')
POSITION = re.compile(rb'\A r="([A-Z]{1,3})([1-9]\d{0,6})"')
PREFIXED_CELL = re.compile(rb":(?:c|row|sheetData)[\s/>]")
SHEET_DATA = re.compile(rb"[<:]sheetData[\s/>]")
LINK = re.compile(rb"<(?:[\w.-]+:)?(?:ddeLink|oleLink)[\s/>]")


def scan_parts(content: bytes, parts: tuple[Part, ...], limits: Limits) -> dict[str, SheetScan]:
    """Inflate and scan every part; sheet scans by part name, case folded.

    Raises RefusedError: too_large, corrupt_zip, corrupt_xml, doctype, dde_link.
    """
    sheets: dict[str, SheetScan] = {}
    strings = 0
    for part in parts:
        scan, part_strings = _scan_part(content, part, limits)
        strings += part_strings
        if strings > limits.strings:
            raise too_large("strings", strings, limits.strings)
        if scan is not None:
            sheets[part.name.casefold()] = scan
    if sum(scan.cells for scan in sheets.values()) > limits.cells:
        sheets = {name: _counted(content, parts, name, scan, limits) for name, scan in sheets.items()}
    cells = sum(scan.cells for scan in sheets.values())
    for scan in sheets.values():
        check_extent(scan, cells, limits)
    return sheets


def _counted(
    content: bytes, parts: tuple[Part, ...], name: str, scan: SheetScan, limits: Limits
) -> SheetScan:
    """The scan with its cells counted one by one: the quick count takes cells with style alone for values."""
    if scan.exact:
        return scan
    part = next(part for part in parts if part.name.casefold() == name)
    exact = ExactScan(limits=limits, part=part.name)
    exact.parse(inflated(content, part, limits))
    return exact.sheet


def _scan_part(content: bytes, part: Part, limits: Limits) -> tuple[SheetScan | None, int]:
    quick = _QuickScan(limits=limits, part=part.name)
    for window in _windows(inflated(content, part, limits)):
        quick.read(window)
    if not quick.needs_exact():
        return (quick.sheet if quick.is_sheet else None), quick.strings
    exact = ExactScan(limits=limits, part=part.name)
    exact.parse(inflated(content, part, limits))
    if quick.foreign_encoding and (exact.root in READER_ROOTS or exact.is_sheet):
        raise refused("corrupt_xml", part=part.name[:200], problem="encoding")
    return (exact.sheet if exact.is_sheet else None), quick.strings


def _windows(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes cut before the start of a cell, else of a tag, so that no pattern is torn in two.

    Where no tag starts for longer than CHUNK_BYTES, the cut falls anywhere and the windows overlap.
    """
    rest = b""
    for piece in pieces:
        window = rest + piece
        cut = max(window.rfind(b"<c "), 0) or max(window.rfind(b"<"), 0)
        if len(window) - cut > CHUNK_BYTES:
            yield window
            rest = window[-OVERLAP_BYTES:]
        else:
            yield window[:cut]
            rest = window[cut:]
    yield rest


@dataclass(kw_only=True)
class _QuickScan:
    """Byte patterns over one part: enough to let an ordinary sheet pass, or to ask for the exact scan."""

    limits: Limits
    part: str
    begun: bool = False
    is_markup: bool = False
    is_sheet: bool = False
    foreign_encoding: bool = False
    unusual: bool = False
    strings: int = 0
    sheet: SheetScan = field(default_factory=SheetScan)

    def read(self, window: bytes) -> None:
        if not self.begun and window.strip():
            self._begin(window)
            window = DECLARATION.sub(b"", window)
        if not self.is_sheet and b"sheetData" in window and SHEET_DATA.search(window):
            self.is_sheet = True
            self.unusual = self.unusual or not self.is_markup
        if self.is_sheet:
            if not self.unusual:
                self._read_cells(window)
        elif self.is_markup:
            self._read_other(window)

    def needs_exact(self) -> bool:
        if self.is_sheet and not self.unusual:
            scan, limits = self.sheet, self.limits
            return (
                scan.cells > limits.cells
                or scan.last_row > limits.rows
                or scan.last_column > limits.columns
                or scan.last_row * scan.last_column > limits.area
            )
        return self.unusual

    def _begin(self, window: bytes) -> None:
        self.begun = True
        self.is_markup = window.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"<", *UTF_16))
        if not self.is_markup:
            return
        encoding = ENCODING.match(window)
        named = encoding.group(1).lower() if encoding else b"utf-8"
        self.foreign_encoding = window.startswith(UTF_16) or named not in (b"utf-8", b"us-ascii", b"utf8")
        # Whatever stands before the root and is neither comment nor instruction is left to the parser.
        self.unusual = self.foreign_encoding or PROLOG.match(window) is None

    def _read_other(self, window: bytes) -> None:
        self.strings += window.count(b"<si") + window.count(b":si") // 2
        if self.strings > self.limits.strings:
            raise too_large("strings", self.strings, self.limits.strings)
        if (b"ddeLink" in window or b"oleLink" in window) and LINK.search(window):
            raise refused("dde_link", part=self.part[:200])

    def _read_cells(self, window: bytes) -> None:
        self.sheet.cells += window.count(b'<c r="')
        marks = usual_marks(window, self.limits.columns)
        # An attribute in single quotes would escape the patterns.
        if marks is None or (b"'" in window and b"='" in window) or PREFIXED_CELL.search(window):
            self.unusual = True
            return
        self.sheet.marks += marks
        self.sheet.last_row = max(self.sheet.last_row, ORDINARY_ROWS)
        self.sheet.last_column = max(self.sheet.last_column, ORDINARY_COLUMNS)
        for found in UNUSUAL_CELL.findall(window):
            if found[:1].isalpha():
                continue
            position = POSITION.match(found)
            if position is None:
                self.unusual = True
                return
            self.sheet.last_column = max(self.sheet.last_column, column_number(position.group(1).decode()))
            self.sheet.last_row = max(self.sheet.last_row, int(position.group(2)))
