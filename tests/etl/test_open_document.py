"""An OpenDocument spreadsheet is read like the workbook it was made of, and nothing exceptional in it is missed."""

import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from etl.command_words import write_marked
from etl.gate import Limits, Refusal
from etl.load import check_file
from etl.mark import is_markable, marked_copy
from etl.read import Reading, WorkbookReader
from tests.etl.open_documents import as_open_document
from tests.etl.stores import REPOSITORY, yunnan

SAMPLES = REPOSITORY / "data" / "samples"
NOW = datetime(2026, 12, 1, 9)


@pytest.fixture(scope="module")
def reader():
    with WorkbookReader() as reader:
        yield reader


def read(reader: WorkbookReader, path: Path, content: bytes) -> Reading:
    path.write_bytes(content)
    reading = reader.read(path)
    assert not isinstance(reading, Refusal), reading
    return reading


def saved(workbook: openpyxl.Workbook) -> bytes:
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


@pytest.mark.parametrize("name", ["sample-good.xlsx", "sample-to-mend.xlsx"])
def test_a_workbook_of_ours_saved_as_ods_has_the_same_findings_rows_and_origin(reader, tmp_path, name):
    path = tmp_path / "月报.ods"
    path.write_bytes(as_open_document((SAMPLES / name).read_bytes()))

    told = [
        check_file(each, reader, yunnan(), now=NOW, history=lambda *_: None)
        for each in (SAMPLES / name, path)
    ]

    assert told[0].findings == told[1].findings
    assert told[1].is_simulated
    for key, sheet in told[0].checked.sheets.items():
        assert sheet.rows.equals(told[1].checked.sheets[key].rows), key


def test_what_is_exceptional_in_a_sheet_is_marked_as_in_a_workbook(reader, tmp_path):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["C4"], sheet["D4"], sheet["C5"], sheet["D6"] = "编号", "时间", 123456789012345678, "=1+1"
    sheet["C7"], sheet["D8"], sheet["E6"] = "x", datetime(2026, 9, 3, 10, 20, 30), 0.1
    sheet.merge_cells("C7:C9")
    sheet.row_dimensions[8].hidden = True
    sheet.column_dimensions["E"].hidden = True
    hidden = workbook.create_sheet("藏")
    hidden["A1"], hidden.sheet_state = "y", "hidden"
    content = saved(workbook)

    first, second = (
        read(reader, tmp_path / name, each)
        for name, each in (("a.xlsx", content), ("a.ods", as_open_document(content)))
    )

    for before, after in zip(first.sheets, second.sheets, strict=True):
        assert (before.title, before.visible) == (after.title, after.visible)
        assert before.cells.equals(after.cells)
        assert before.marks.drop("detail").equals(after.marks.drop("detail"))
    assert "formula_without_value" in second.sheets[0].marks["kind"].to_list()


def test_repeated_cells_and_rows_are_laid_out_and_an_error_is_told(reader, tmp_path):
    row = (
        '<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="2"/>'
        '<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="7"/>'
        "</table:table-row>"
        '<table:table-row><table:table-cell table:formula="of:=NA()" office:value-type="string"'
        ' calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048572"><table:table-cell'
        ' table:number-columns-repeated="16384"/></table:table-row>'
    )
    content = as_open_document(saved(openpyxl.Workbook()))
    content = with_rows(content, row)

    [sheet] = read(reader, tmp_path / "a.ods", content).sheets

    assert sheet.cells.rows()[:3] == [(number, None, None, "7", "7") for number in (1, 2, 3)]
    assert ("error_value", "#N/A") in sheet.marks.select("kind", "detail").rows()


def with_rows(content: bytes, rows: str) -> bytes:
    """The same document with these rows on its only sheet."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts["content.xml"].decode()
    start, end = text.index("<table:table-row"), text.index("</table:table>")
    parts["content.xml"] = f"{text[:start]}{rows}{text[end:]}".encode()
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return written.getvalue()


def test_the_limits_hold_for_repeated_cells(tmp_path):
    rows = "".join(
        '<table:table-row table:number-rows-repeated="100"><table:table-cell table:number-columns-repeated="100"'
        ' office:value-type="float" office:value="7"/></table:table-row>'
        for _ in range(3)
    )
    path = tmp_path / "a.ods"
    path.write_bytes(with_rows(as_open_document(saved(openpyxl.Workbook())), rows))
    with WorkbookReader(Limits(cells=29_999)) as reader:
        refused = reader.read(path)
    assert isinstance(refused, Refusal)
    assert (refused.kind, refused.detail["what"], refused.detail["found"]) == ("too_large", "cells", 30_000)


def test_marks_cannot_be_written_into_an_ods_so_its_findings_are_listed(reader, tmp_path, capsys):
    path = tmp_path / "月报.ods"
    path.write_bytes(as_open_document((SAMPLES / "sample-to-mend.xlsx").read_bytes()))
    file = check_file(path, reader, yunnan(), now=NOW, history=lambda *_: None)
    assert not is_markable(file.content)

    write_marked([file], tmp_path / "marked", "zh")

    assert [each.name for each in (tmp_path / "marked").iterdir()] == ["月报.xlsx"]
    listed = openpyxl.load_workbook(tmp_path / "marked" / "月报.xlsx").active
    assert "在原文件中改正" in listed["A2"].value
    assert listed.max_row == 3 + len(file.findings)
    assert ".ods 写不进标注" in capsys.readouterr().err
    assert (
        "直接提交本文件"
        in openpyxl.load_workbook(
            BytesIO(marked_copy((SAMPLES / "sample-to-mend.xlsx").read_bytes(), file.findings))
        )
        .active["A2"]
        .value
    )
