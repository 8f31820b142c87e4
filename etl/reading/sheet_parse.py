"""An exact parse of one sheet: how far it reaches, and which of its cells are exceptional."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from etl.gate import Limits, refused, too_large
from etl.reading.parts import feed, local_name, refusing_parser

FORMULA_CHARACTERS = 200
REFERENCE = re.compile(r"\A([A-Za-z]{1,7})(\d{1,10})\Z")

Mark = tuple[int, int, str, str]


@dataclass(kw_only=True)
class SheetScan:
    """What a scan found: row, column, kind and detail of each mark; unless `exact`, an extent not too small.

    `lowest` and `rightmost` are the cells that reach furthest, known of an exact scan alone.
    """

    exact: bool = False
    cells: int = 0
    last_row: int = 0
    last_column: int = 0
    marks: list[Mark] = field(default_factory=list)
    part: str = ""
    lowest: str = ""
    rightmost: str = ""

    def reach(self, row: int, column: int) -> None:
        """Count a cell in: how far the sheet reaches now, and by which cells."""
        if row > self.last_row:
            self.last_row, self.lowest = row, address(row, column)
        if column > self.last_column:
            self.last_column, self.rightmost = column, address(row, column)


def check_extent(scan: SheetScan, cells: int, limits: Limits) -> None:
    """Refuse a sheet that reaches too far, given the cells counted in the workbook so far."""
    measured = (
        ("cells", cells, limits.cells, ""),
        ("rows", scan.last_row, limits.rows, scan.lowest),
        ("columns", scan.last_column, limits.columns, scan.rightmost),
        ("area", scan.last_row * scan.last_column, limits.area, scan.lowest),
    )
    for what, found, limit, cell in measured:
        if found > limit:
            # Of too many cells in the workbook no one sheet is at fault.
            raise too_large(what, found, limit, **({"part": scan.part, "cell": cell} if cell else {}))


def address(row: int, column: int) -> str:
    """The A1 reference of a cell counted from 1."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def column_number(letters: str) -> int:
    """Column letters as a number, A being 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def hidden_marks(name: str, first: int, last: int, last_column: int) -> list[Mark]:
    """The marks of a hidden row, or of a range of hidden columns."""
    if name == "row":
        return [(first, 0, "hidden_row", "")]
    return [(0, column, "hidden_column", "") for column in range(first, min(last, last_column) + 1)]


def formula_kind(value: str | None, cell_type: str) -> str:
    """Whether a formula cell holds a result: an empty one counts only where its type is text."""
    stored = bool(value) or (value is not None and cell_type == "str")
    return "formula" if stored else "formula_without_value"


@dataclass(kw_only=True)
class ExactScan:
    """A parse of one part that follows positions the way the reader does.

    A cell without a reference stands right of the one before it; a row without a number follows the one
    before it. A cell counts as soon as it holds a value, an inline text or a formula: style alone does not.
    """

    limits: Limits
    part: str
    sheet: SheetScan = field(default_factory=lambda: SheetScan(exact=True))
    root: str = ""
    is_sheet: bool = False
    depth: int = 0
    strings: int = 0
    row: int = 0
    column: int = 0
    cell_row: int = 0
    cell_type: str = ""
    holds: str = ""
    text: list[str] = field(default_factory=list)
    formula: str | None = None
    value: str | None = None

    def parse(self, pieces: Iterator[bytes]) -> None:
        parser = refusing_parser(self.part)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        feed(parser, pieces, self.part)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        name = local_name(tag)
        if name == "c" and self.is_sheet:
            self._start_cell(attributes)
        elif name in ("v", "f", "is", "t"):
            self.holds, self.text = name, []
        elif name == "row" and self.is_sheet:
            self._start_row(attributes)
        elif name == "col":
            self._mark_hidden_columns(attributes)
        else:
            self._start_other(name)

    def _start_other(self, name: str) -> None:
        self.root = self.root or name
        self.is_sheet = self.is_sheet or name == "sheetData"
        self.strings += name == "si"
        if self.strings > self.limits.strings:
            raise too_large("strings", self.strings, self.limits.strings)
        if name in ("ddeLink", "oleLink"):
            raise refused("dde_link", part=self.part[:200])
        if self.depth > self.limits.depth:
            raise too_large("depth", self.depth, self.limits.depth)

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self.row = int(number) if number.isascii() and number.isdigit() else self.row + 1
        self.column = 0
        if attributes.get("hidden") in ("1", "true"):
            self._mark(*hidden_marks("row", self.row, self.row, 0))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = REFERENCE.match(attributes.get("r", ""))
        self.cell_row = int(reference.group(2)) if reference else max(self.row, 1)
        self.column = column_number(reference.group(1)) if reference else self.column + 1
        self.cell_type = attributes.get("t", "")
        self.formula = self.value = None

    def _characters(self, text: str) -> None:
        if self.holds:
            self.text.append(text)

    def _end(self, tag: str) -> None:
        self.depth -= 1
        name = local_name(tag)
        if name == "c" and self.is_sheet:
            self._end_cell()
        elif name == self.holds:
            self._end_text(name)

    def _end_text(self, name: str) -> None:
        text = "".join(self.text)
        if name == "f":
            self.formula = text
        else:
            self.value = text
        self.holds = ""

    def _end_cell(self) -> None:
        if self.value is None and self.formula is None:
            return
        scan = self.sheet
        scan.cells += 1
        scan.part = self.part
        scan.reach(self.cell_row, self.column)
        if scan.cells > self.limits.cells or scan.last_row * scan.last_column > self.limits.area:
            check_extent(scan, scan.cells, self.limits)
        if self.cell_type == "e":
            self._mark((self.cell_row, self.column, "error_value", self.value or ""))
        if self.formula is not None:
            kind = formula_kind(self.value, self.cell_type)
            self._mark((self.cell_row, self.column, kind, self.formula[:FORMULA_CHARACTERS]))

    def _mark_hidden_columns(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") not in ("1", "true"):
            return
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if first.isdigit() and last.isdigit():
            self._mark(*hidden_marks("col", int(first), int(last), self.limits.columns))

    def _mark(self, *marks: Mark) -> None:
        self.sheet.marks.extend(marks)
