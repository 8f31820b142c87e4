"""A sheet of a foreign log under its own headers: where its header stands, and which cells hold no plain value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from etl.checking.finding_batches import column_letters
from etl.checking.finding_kinds import KINDS
from etl.checking.marks import CELL_MARKS, range_end
from etl.mappings.log_rows import NO_FAULTS, WHOLE_ROW
from etl.normalise import tidy
from etl.read import SheetReading

SEARCHED_ROWS = 100
"""Rows at the top of a sheet among which its header is looked for."""
MOST_COVERED_CELLS = 500_000
_FULL_DATE = re.compile(r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}")


@dataclass(frozen=True, kw_only=True)
class LogTable:
    """The rows below a header, as texts.

    ``cells`` has a column a header, under the mapping's spelling where it reads it; a header that is empty or repeated
    is named by its place: ``第7列``. ``rows`` are their numbers on the sheet. ``faults`` are cells without a plain
    value (``log_rows.NO_FAULTS``). ``repeated`` gives the letters of columns that share a header which is read and
    differ in what they hold; ``above`` the numbers of filled rows above the header that are titles; ``stranded`` of those
    there that hold data: they are among the rows, each with a fault of the row as a whole. ``hidden`` and ``formulas``
    are what is hidden and where formulas have a result.
    """

    title: str
    visible: str
    header_row: int
    cells: pl.DataFrame
    rows: pl.Series
    faults: pl.DataFrame
    repeated: Mapping[str, tuple[str, ...]]
    above: tuple[int, ...]
    stranded: tuple[int, ...]
    hidden: tuple[str, ...]
    formulas: int

    def missing(self, headers: Iterable[str]) -> list[str]:
        """Those of the headers that the sheet does not have."""
        return [header for header in headers if header not in self.cells.columns]


def header_key(text: str) -> str:
    """A header as it is compared: half width, without spaces and line breaks, a number as it is typed."""
    key = tidy(text)
    return key.removesuffix(".0") if key.removesuffix(".0").isdigit() else key


def log_table(
    sheet: SheetReading,
    headers: Sequence[str],
    *,
    dated: Sequence[str] = (),
    doubtful: Mapping[int, tuple[int, int]] | None = None,
) -> LogTable:
    """The sheet below the row that has most of these headers; if none has any, below the first row that is half full.

    Rows above it that are no titles come first among the rows; ``dated`` are the headers of the date that tells a row's
    month. ``doubtful`` are rows of a text file that may hold others, with their first line and last.
    """
    doubtful = doubtful or {}
    at = _header_index(sheet, headers)
    header_row, texts = _header_texts(sheet, at)
    stranded = _stranded(sheet, at, texts, headers, dated, doubtful)
    is_data = (pl.col("row") > header_row) | pl.col("row").is_in(list(stranded))
    data = sheet.cells.filter(is_data)
    names, repeated = _names(texts, data, headers)
    marks = sheet.marks.filter(is_data)
    marked = marks.filter(pl.col("kind") == "formula_without_value")["row"].unique()
    absent = marked.filter(~marked.is_in(data["row"].implode()))
    if absent.len():
        data = pl.concat([data, absent.to_frame("row")], how="diagonal").sort("row")
    cells = data.select(pl.col(number).alias(name) for number, name in names.items())
    return LogTable(
        title=sheet.title,
        visible=sheet.visible,
        header_row=header_row,
        cells=cells,
        rows=data["row"],
        faults=pl.concat(
            [_row_faults(data["row"], stranded, doubtful), _faults(marks, sheet.marks, data, names)]
        ),
        repeated=repeated,
        above=tuple(sheet.cells.filter((pl.col("row") < header_row) & ~is_data)["row"]),
        stranded=stranded,
        hidden=_hidden(sheet.marks, data, names),
        formulas=marks.filter(pl.col("kind") == "formula").height,
    )


def _stranded(
    sheet: SheetReading,
    at: int,
    texts: Mapping[str, str],
    headers: Sequence[str],
    dated: Sequence[str],
    doubtful: Mapping[int, tuple[int, int]],
) -> tuple[int, ...]:
    """The rows above the header that hold data: they fill half of the columns read, or one besides the date."""
    keys = {header_key(header) for header in headers}
    read = [column for column, text in texts.items() if header_key(text) in keys]
    dates = [column for column in read if header_key(texts[column]) in {header_key(each) for each in dated}]
    header_row = sheet.cells["row"][at]
    found = []
    for line in sheet.cells.head(at).iter_rows(named=True):
        filled = [column for column in read if (line[column] or "").strip()]
        has_date = any(_FULL_DATE.match((line[column] or "").strip()) for column in dates)
        if line["row"] in doubtful or (len(filled) >= 2 and (len(filled) * 2 >= len(read) or has_date)):
            found.append(line["row"])
    upper = {
        row
        for row, column, detail in _merged(sheet.marks)
        if row < header_row <= range_end(detail, row, column)[0]
    }
    return tuple(row for row in found if row not in upper)


def _row_faults(
    rows: pl.Series, stranded: Sequence[int], doubtful: Mapping[int, tuple[int, int]]
) -> pl.DataFrame:
    """The faults of rows as a whole: they stand above the header, or may hold others."""
    lines: list[tuple[object, ...]] = []
    for index, row in enumerate(rows if stranded or doubtful else ()):
        if row in stranded:
            lines.append(
                (index, WHOLE_ROW, "在表头以上而像数据", "it stands above the header, but looks like data")
            )
        if row in doubtful:
            first, last = doubtful[row]
            zh = f"文件第{first}至{last}行的引号可能没有成对，格内可能混入了别的行"
            en = (
                f"quotes on lines {first} to {last} of the file may not be paired: a cell may hold other rows"
            )
            lines.append((index, WHOLE_ROW, zh, en))
    return pl.DataFrame(lines, schema=NO_FAULTS.schema, orient="row")


def _header_index(sheet: SheetReading, headers: Sequence[str]) -> int:
    """Which of the filled rows is the header."""
    wanted = {header_key(header) for header in headers}
    rows = range(min(SEARCHED_ROWS, sheet.cells.height))
    found = [len(wanted & {header_key(text) for text in _header_texts(sheet, at)[1].values()}) for at in rows]
    if max(found, default=0):
        return found.index(max(found))
    filled = [sum(text is not None for text in sheet.cells.row(at)[1:]) for at in rows]
    return next(at for at in rows if filled[at] * 2 >= max(filled))


def _header_texts(sheet: SheetReading, at: int) -> tuple[int, dict[str, str]]:
    """Number of a filled row, and its texts by column; one merged with cells above it has the text of the first."""
    row, *texts = sheet.cells.row(at)
    columns = [name for name in sheet.cells.columns if name != "row"]
    found = {name: text.strip() for name, text in zip(columns, texts, strict=True) if text and text.strip()}
    for first, column, detail in _merged(sheet.marks.filter(pl.col("row") < row)):
        last_row, _ = range_end(detail, first, column)
        name = str(column)
        if row <= last_row and name in columns and name not in found:
            above = sheet.cells.filter(pl.col("row") == first)[name]
            if above.len() and above[0]:
                found[name] = above[0].strip()
    return row, found


def _merged(marks: pl.DataFrame) -> list[tuple[int, int, str]]:
    if marks.is_empty():
        return []
    return marks.filter(pl.col("kind") == "merged").select("row", "column", "detail").rows()


def _names(
    texts: Mapping[str, str], data: pl.DataFrame, headers: Sequence[str]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The name of each column that has a header or holds anything; and headers read that stand over several."""
    names, repeated = _read_names(texts, data, headers)
    taken = set(names.values())
    for number in (name for name in data.columns if name != "row"):
        if number in names:
            continue
        name = texts.get(number, "")
        if not name and data[number].null_count() == data.height:
            continue
        if not name or name in taken:
            name = _free(f"第{number}列", taken | set(texts.values()))
        names[number] = name
        taken.add(name)
    ordered = sorted(names.items(), key=lambda item: int(item[0]))
    return dict(ordered), repeated


def _read_names(
    texts: Mapping[str, str], data: pl.DataFrame, headers: Sequence[str]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The columns the mapping reads: those spelt as it spells them, else the same but for spaces and width."""
    names: dict[str, str] = {}
    repeated = {}
    exact = {header: [number for number, text in texts.items() if text == header] for header in headers}
    alike = {
        header: [
            number
            for number, text in texts.items()
            if header_key(text) == header_key(header) and text not in headers
        ]
        for header in headers
    }
    for header in headers:
        numbers = exact[header] or [number for number in alike[header] if number not in names]
        if numbers:
            names[numbers[0]] = header
        if any(not data[number].equals(data[numbers[0]], null_equal=True) for number in numbers[1:]):
            repeated[header] = tuple(column_letters(int(number)) for number in numbers)
    return names, repeated


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "'"
    return name


def _faults(
    marks: pl.DataFrame, all_marks: pl.DataFrame, data: pl.DataFrame, names: Mapping[str, str]
) -> pl.DataFrame:
    """Cells of named columns that hold no plain value: as ``check`` finds them, and those a merged cell covers."""
    if all_marks.is_empty():
        return NO_FAULTS
    picture = (pl.col("kind") == "formula") & pl.col("detail").str.contains("DISPIMG")
    kinds = marks.with_columns(kind=pl.when(picture).then(pl.lit("picture_in_cell")).otherwise("kind"))
    plain = kinds.filter(pl.col("kind").is_in(CELL_MARKS)).select("row", "column", "kind")
    covered = pl.DataFrame(
        _covered(all_marks, data),
        schema={"row": pl.Int32, "column": pl.Int32, "kind": pl.String},
        orient="row",
    )
    rows = data.select("row").with_row_index("index")
    found = pl.concat([plain, covered]).join(rows, on="row", how="inner")
    found = found.filter(pl.col("column").cast(pl.String).is_in(list(names)))
    found = found.unique(["index", "column"], keep="first", maintain_order=True).sort("index", "column")
    lines = [_fault(line, names) for line in found.iter_rows(named=True)]
    return pl.DataFrame(lines, schema=NO_FAULTS.schema, orient="row")


def _fault(line: Mapping[str, object], names: Mapping[str, str]) -> tuple[object, ...]:
    header = names[str(line["column"])]
    cell, kind = f"{column_letters(int(str(line['column'])))}{line['row']}", KINDS[str(line["kind"])]
    return line["index"], header, f"{header}（{cell}）{kind.title_zh}", f"{header} ({cell}): {kind.title_en}"


def _covered(marks: pl.DataFrame, data: pl.DataFrame) -> list[tuple[int, int, str]]:
    """The cells merged ranges cover beside their first: what they should hold is not known."""
    held = set(data["row"])
    covered: list[tuple[int, int, str]] = []
    for row, column, detail in _merged(marks):
        last_row, last_column = range_end(detail, row, column)
        last_column = min(last_column, data.width)
        for each in range(row, min(last_row, max(held, default=0)) + 1):
            if each not in held or len(covered) > MOST_COVERED_CELLS:
                continue
            covered += [
                (each, number, "merged_cells")
                for number in range(column, last_column + 1)
                if (each, number) != (row, column)
            ]
    return covered


def _hidden(marks: pl.DataFrame, data: pl.DataFrame, names: Mapping[str, str]) -> tuple[str, ...]:
    """Hidden rows and columns that hold something: 第4行, E列."""
    if marks.is_empty():
        return ()
    rows = marks.filter(pl.col("kind") == "hidden_row")["row"].unique().sort()
    columns = marks.filter(pl.col("kind") == "hidden_column")["column"].unique().sort()
    rows = rows.filter(rows.is_in(data["row"].implode()))
    return (
        *(f"第{row}行" for row in rows),
        *(f"{column_letters(column)}列" for column in columns if str(column) in names),
    )
