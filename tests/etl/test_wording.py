"""Findings in the reader's language: a Chinese sentence holds no English but names, references and what is in the file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from etl.findings import KINDS, Finding, Words, as_text, from_refusal, render
from etl.gate import REFUSAL_KINDS, Limits, Refusal
from etl.load import CheckedFile, check_file
from etl.read import WorkbookReader
from tests.etl.stores import REPOSITORY, SHARED, yunnan

CAMPAIGN = yunnan()
GOOD = REPOSITORY / "data" / "samples" / "sample-good.xlsx"
NOW = datetime(2026, 12, 1)
TERMS = {"Excel", "WPS", "CSV", "PDF", "RTF", "Word", "OpenDocument", "xlsx", "xls", "xlsb"}
"""What Chinese readers call by these names."""
REFERENCE = re.compile(r"(?<![A-Za-z])[A-Z]{1,3}(?:[0-9]+|(?=[、列]))")
CORPUS = sorted(
    path
    for folder in ("odd-workbooks", "government-workbooks")
    for path in (SHARED / "corpora" / folder).glob("*")
    if path.name != "MANIFEST.csv"
)[::4]


def english(sentence: str) -> list[str]:
    """The words in Latin letters of a Chinese sentence, but for terms and references to cells."""
    words = re.findall(r"[A-Za-z]+", REFERENCE.sub("", re.sub(r"\{\w+\}", "", sentence)))
    return [word for word in words if word not in TERMS]


def of_the_file(each: Finding) -> list[str]:
    """What in a finding's sentences is the file's own, a name of the campaign or a reference."""
    plain = [str(argument) for _, argument in each.arguments if not isinstance(argument, Words)]
    return sorted(filter(None, (each.value, each.sheet, each.column, *plain)), key=len, reverse=True)


def english_in(each: Finding) -> list[str]:
    shown = render(each, "", "zh")
    text = REFERENCE.sub("", " ".join(shown[name] for name in ("expected", "remedy")))
    for part in of_the_file(each):
        text = text.replace(part, "")
    # What was seen is the file's own where it is a cell's; of a file as a whole it is a sentence of ours.
    seen = shown["value"] if KINDS[each.kind].place == "file" else ""
    return english(f"{text} {seen}")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_kind_speaks_english_in_chinese(kind):
    for text in (kind.title_zh, kind.expected_zh, kind.remedy_zh):
        assert english(text) == [], text


def refusals() -> list[Refusal]:
    """Every refusal the source can make, with what a library might say of a file."""
    said = "\n".join(path.read_text("utf-8") for path in (REPOSITORY / "etl").rglob("*.py"))
    problems = set(re.findall(r'problem(?:=|": )"([^"]+)"', said))
    looks = set(re.findall(r'looks_like="([^"]+)"', said)) | {"docx", "pptx", "vsdx", "csv", "html"}
    assert {"directory", "truncated", "time", "process_died", "memory"} <= problems
    return [
        *(Refusal(kind=kind, detail={"problem": "Range is missing the row"}) for kind in REFUSAL_KINDS),
        *(
            Refusal(kind="corrupt_zip", detail={"problem": each, "part": "xl/a.xml"})
            for each in sorted(problems)
        ),
        *(Refusal(kind="not_spreadsheet", detail={"looks_like": each}) for each in sorted(looks)),
        *(
            Refusal(
                kind="too_large", detail={"what": what, "found": 2, "limit": 1, "sheet": "表", "cell": "XFD9"}
            )
            for what in vars(Limits())
        ),
    ]


@pytest.mark.parametrize(
    "refusal", refusals(), ids=lambda each: f"{each.kind} {list(each.detail.values())[:1]}"
)
def test_no_refusal_passes_on_an_internal_word(refusal):
    each = from_refusal(refusal)

    assert english_in(each) == []
    assert english(render(each, "", "zh")["value"]) == []


def test_a_known_problem_is_told_in_both_languages():
    each = from_refusal(Refusal(kind="corrupt_zip", detail={"problem": "truncated"}))

    assert "没有下载完整" in as_text(each, "a.xlsx")
    assert "half downloaded" in as_text(each, "a.xlsx", "en")


# Real files, broken as people break them


def paste(source: str, target: str, *, header: bool) -> Callable[[Workbook], None]:
    """A table pasted two rows below another, with or without its header."""

    def change(workbook: Workbook) -> None:
        rows = [row for row in workbook[source].iter_rows(values_only=True) if any(row)]
        first = workbook[target].max_row + 2
        for number, row in enumerate(rows if header else rows[2:], start=first):
            for column, value in enumerate(row, start=1):
                workbook[target].cell(number, column).value = value

    return change


def titled(old: str, new: str) -> Callable[[Workbook], None]:
    def change(workbook: Workbook) -> None:
        workbook[old].title = new

    return change


def put(sheet: str, cell: str, value: object) -> Callable[[Workbook], None]:
    def change(workbook: Workbook) -> None:
        workbook[sheet][cell] = value

    return change


def hide(workbook: Workbook) -> None:
    workbook["投诉台账"].row_dimensions[4].hidden = True
    workbook["投诉台账"].column_dimensions["E"].hidden = True


# change -> (kind, sheet, cell, a part of what is told in Chinese, and in English)
BROKEN: dict[str, tuple[Callable[[Workbook], None], tuple[str, str, str, str, str]]] = {
    "a sheet renamed": (titled("月度情况", "月度情况（9月）"), ("missing_sheet", "月度情况", "", "名称改回“月度情况”", "rename it back to 月度情况")),
    "a sheet under a name of its own": (titled("月度情况", "Sheet2"), ("missing_sheet", "月度情况", "", "是否即“Sheet2”", "Perhaps Sheet2?")),
    "the cover renamed": (titled("封面", "首页"), ("missing_cover", "封面", "", "名称改回“封面”", "rename it back to 封面")),
    "a log under a table": (paste("投诉台账", "月度情况", header=True), ("pasted_table", "月度情况", "A8", "移到“投诉台账”", "to 投诉台账")),
    "a log under another": (paste("培训台账", "投诉台账", header=True), ("pasted_table", "投诉台账", "A16", "移到“培训台账”", "to 培训台账")),
    "a cell far away": (put("基础情况", "XFD1048576", "x"), ("too_large", "基础情况", "XFD1048576", "先看“基础情况”的XFD1048576", "XFD1048576 of 基础情况")),
    "a hidden row and column": (hide, ("hidden_cells", "投诉台账", "", "第4行、E列", "row 4; column E")),
    "a number in myriads": (put("月度情况", "C3", "1.2万"), ("not_a_number", "月度情况", "C3", "是否为12000？", "Perhaps 12000?")),
}  # fmt: skip


@pytest.fixture(scope="module")
def reader():
    with WorkbookReader() as opened:
        yield opened


def checked(content: bytes, path: Path, reader: WorkbookReader) -> CheckedFile:
    path.write_bytes(content)
    return check_file(path, reader, CAMPAIGN, now=NOW, history=lambda *_: None)


def changed(change: Callable[[Workbook], None]) -> bytes:
    workbook = openpyxl.load_workbook(GOOD)
    change(workbook)
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(("change", "expected"), BROKEN.values(), ids=BROKEN)
def test_one_mistake_is_one_finding_with_its_place_and_remedy(change, expected, reader, tmp_path):
    file = checked(changed(change), tmp_path / "a.xlsx", reader)
    kind, sheet, cell, chinese, in_english = expected

    [each] = file.findings
    assert (each.kind, each.sheet) == (kind, sheet)
    if cell:
        assert each.cell == cell
    assert chinese in as_text(each, "a.xlsx")
    assert in_english in as_text(each, "a.xlsx", "en")
    assert english_in(each) == []


def test_a_table_pasted_without_its_header_is_told_where_it_begins(reader, tmp_path):
    file = checked(changed(paste("投诉台账", "月度情况", header=False)), tmp_path / "a.xlsx", reader)

    grave = [each for each in file.findings if each.severity == "must"]
    assert [each.kind for each in grave] == ["pasted_table"]
    assert "这些行未检查" in as_text(grave[0], "a.xlsx")


def test_rows_above_what_was_pasted_are_checked_all_the_same(reader, tmp_path):
    def change(workbook: Workbook) -> None:
        paste("投诉台账", "月度情况", header=True)(workbook)
        put("月度情况", "C3", "十二")(workbook)

    file = checked(changed(change), tmp_path / "a.xlsx", reader)

    assert [each.kind for each in file.findings] == ["chinese_numeral", "pasted_table"]


def test_two_slips_at_the_end_of_a_table_are_still_told_one_by_one(reader, tmp_path):
    def change(workbook: Workbook) -> None:
        sheet = workbook["月度情况"]
        for row in (sheet.max_row - 1, sheet.max_row):
            sheet.cell(row, 1).value = "某县"
            sheet.cell(row, 3).value = "十二"

    kinds = {each.kind for each in checked(changed(change), tmp_path / "a.xlsx", reader).findings}

    assert {"unknown_unit", "chinese_numeral"} <= kinds
    assert "pasted_table" not in kinds


def without_a_part(content: bytes) -> bytes:
    """The package without the cells of its third sheet."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(kept, "w") as other:
        for part in package.infolist():
            if not part.filename.endswith("sheet3.xml"):
                other.writestr(part.filename, package.read(part))
    return kept.getvalue()


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "cut in half": lambda content: content[: len(content) // 2],
    "something behind": lambda content: content + b"x" * 100,
    "a byte changed": lambda content: content[:3000] + b"\xff" * 40 + content[3040:],
    "a part gone": without_a_part,
    "a text": lambda content: "工单编号,单位\n1,甲县\n".encode(),
    "a web page": lambda content: b"<html><body><table></table></body></html>",
    "a picture": lambda content: b"\x89PNG\r\n\x1a\n" + content[:50],
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_told_of_without_english(damage, reader, tmp_path):
    file = checked(damage(GOOD.read_bytes()), tmp_path / "a.xlsx", reader)

    assert file.blocked
    assert [english_in(each) for each in file.findings] == [[]] * len(file.findings)


@pytest.mark.skipif(not CORPUS, reason="the corpora are not distributed with the repository")
def test_nobodys_files_are_told_of_without_english(reader):
    for path in CORPUS:
        file = check_file(path, reader, CAMPAIGN, now=NOW, history=lambda *_: None)
        for each in file.findings:
            assert english_in(each) == [], (path.name, as_text(each, path.name))
