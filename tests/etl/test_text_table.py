"""Text exports are read as texts, whatever their encoding, delimiter and decoration."""

from pathlib import Path

import polars as pl
import pytest

from etl.gate import Limits, Refusal
from etl.mappings.log_table import LogTable, log_table
from etl.read import SheetReading
from etl.reading.sheet_tables import MARK_COLUMNS
from etl.reading.text_table import TextTable, read_text_table

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
TEXT = '编号,县(市、区),内容\n001,五华区,"噪声,夜间"\n002,,无\n'


def table(path: Path, content: bytes, limits: Limits | None = None) -> TextTable:
    path.write_bytes(content)
    outcome = read_text_table(path, limits)
    assert isinstance(outcome, TextTable), outcome
    return outcome


def under_header(found: TextTable) -> LogTable:
    """The table as a log whose mapping reads nothing."""
    marks = pl.DataFrame(schema=MARK_COLUMNS)
    return log_table(SheetReading(title="", visible="visible", cells=found.cells, marks=marks), ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encoding_and_delimiter_are_found(tmp_path, encoding, delimiter):
    text = TEXT.replace(",", delimiter)
    found = table(tmp_path / "导出.csv", text.encode(encoding))
    assert (found.encoding, found.delimiter) == (encoding, delimiter)
    log = under_header(found)
    assert log.cells.columns == ["编号", "县(市、区)", "内容"]
    assert log.cells.rows() == [("001", "五华区", f"噪声{delimiter}夜间"), ("002", None, "无")]
    assert log.rows.to_list() == [2, 3]


def test_semicolons_within_cells_do_not_make_columns(tmp_path):
    found = table(tmp_path / "导出.csv", "编号,内容\n1,a;b;c\n2,d;e;f\n".encode())
    assert (found.delimiter, found.cells.width) == (",", 3)


def test_title_and_blank_rows_above_the_header_are_passed_over(tmp_path):
    found = table(
        tmp_path / "导出.csv", ("\n,,\n12345热线办件导出,,\n" + TEXT + "\n003,官渡区,油烟\n").encode()
    )
    log = under_header(found)
    assert log.header_row == 4
    assert log.cells["编号"].to_list() == ["001", "002", "003"]
    assert log.rows.to_list() == [5, 6, 8]


def test_empty_and_repeated_headers_are_named_by_their_place(tmp_path):
    log = under_header(table(tmp_path / "导出.csv", "编号,,编号\n1,2,3,4\n".encode()))
    assert log.cells.columns == ["编号", "第2列", "第3列", "第4列"]
    assert log.cells.rows() == [("1", "2", "3", "4")]


def test_line_breaks_inside_quotes_belong_to_the_cell(tmp_path):
    found = table(tmp_path / "导出.csv", '编号,内容\r\n1,"第一行\n第二行"\r\n2,x\r\n'.encode())
    log = under_header(found)
    assert log.cells["内容"].to_list() == ["第一行\n第二行", "x"]
    assert log.rows.to_list() == [2, 3]


@pytest.mark.parametrize(
    ("content", "limits", "kind"),
    [
        (b"", Limits(), "empty_file"),
        (b"\n,,\n \n", Limits(), "empty_file"),
        (b"PK\x03\x04\0\0\0\0", Limits(), "not_spreadsheet"),
        (b'a,"' + b"x" * 200_000, Limits(), "not_spreadsheet"),
        (b"a,b\n1,2\n3,4\n", Limits(rows=2), "too_large"),
        (b"a,b\n1,2\n", Limits(columns=1), "too_large"),
        (b"a,b\n1,2\n", Limits(file_bytes=3), "too_large"),
        (b"a,b\n1,222\n", Limits(text_characters=2), "too_large"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, limits, kind):
    path = tmp_path / "导出.csv"
    path.write_bytes(content)
    outcome = read_text_table(path, limits)
    assert isinstance(outcome, Refusal)
    assert outcome.kind == kind


@pytest.mark.skipif(not CORPORA.exists(), reason="the collected files lie beside the repository")
def test_a_complaint_log_of_ten_thousand_rows_keeps_every_row(tmp_path):
    found = read_text_table(CORPORA / "complaints" / "pingshan_2018_民生诉求.csv")
    assert isinstance(found, TextTable)
    log = under_header(found)
    assert log.cells.height == 10_000
    assert log.cells["REC_ID"].null_count() == 0
