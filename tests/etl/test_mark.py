"""The marked copy: the user's own workbook, its findings at their cells, and nothing of hers lost."""

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from etl.campaign import load_campaign
from etl.findings import blocks, finding
from etl.load import check_file
from etl.mark import COLOURS, marked_copy
from etl.read import WorkbookReader
from etl.simulation.plan import PlannedWorkbook
from etl.simulation.typed_in import type_in
from etl.simulation.workbook import contents
from etl.template_sheets import RESULTS_TITLE
from etl.writing.mark_notes import MARKER

CAMPAIGN = load_campaign(Path(__file__).parents[2] / "data" / "campaigns" / "yunnan-2025")
UNIT = CAMPAIGN.unit("533300")
PERIOD = "2026-10"
RECEIVED = datetime(2026, 10, 31, 16)


@pytest.fixture(scope="module")
def reader():
    with WorkbookReader() as opened:
        yield opened


@pytest.fixture(scope="module")
def flawed() -> bytes:
    """A workbook with mistakes that block it, one doubt, a note and a fill of the unit's own."""
    planned = PlannedWorkbook(unit_code=UNIT.code, period=PERIOD, received_at=RECEIVED)
    cover, rows = contents(CAMPAIGN, planned, seed=1, first=PERIOD)
    rows["basics"][0] |= {"certified_officers": 999, "frontline_officers": "—"}
    rows["complaints"][0] |= {"channel": "热线", "complaint_kind": None}
    rows["trainings"][0] |= {"hours": 88}
    content = type_in(CAMPAIGN, UNIT, PERIOD, cover=cover, rows=rows, created=RECEIVED)
    workbook = load_workbook(BytesIO(content), rich_text=True)
    cell = workbook["基础情况"]["F3"]
    assert cell.value == 999
    cell.comment = Comment("请李科核对", "王某")
    cell.fill = PatternFill("solid", fgColor="FFCCFFCC")
    workbook["月度情况"]["N1"] = "=1+1"
    saved = BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def checked(content: bytes, reader: WorkbookReader, folder: Path):
    path = folder / "workbook.xlsx"
    path.write_bytes(content)
    return check_file(path, reader, CAMPAIGN, now=datetime(2026, 11, 5), history=lambda *_: None)


def test_each_finding_stands_at_its_cell_and_in_the_list(flawed, reader, tmp_path):
    file = checked(flawed, reader, tmp_path)
    marked = load_workbook(BytesIO(marked_copy(flawed, file.findings)))
    assert marked.sheetnames[0] == RESULTS_TITLE
    assert marked[RESULTS_TITLE].max_row == 3 + len(file.findings)
    at = [each for each in file.findings if each.cell]
    assert {each.severity for each in at} >= {"must", "verify"}
    for each in at:
        cell = marked[each.sheet][each.cell]
        assert cell.fill.fgColor.rgb[2:] in COLOURS.values()
        assert cell.comment.author == MARKER
    links = {cell.hyperlink.location for cell in marked[RESULTS_TITLE]["D"] if cell.hyperlink}
    assert links == {f"'{each.sheet}'!{each.cell}" for each in at}


def test_the_gravest_finding_of_a_cell_colours_it(flawed):
    both = [
        about("long_course", "培训台账", "J3"),
        about("not_a_number", "培训台账", "J3"),
    ]
    cell = load_workbook(BytesIO(marked_copy(flawed, both)))["培训台账"]["J3"]
    assert cell.fill.fgColor.rgb[2:] == COLOURS["must"]
    assert cell.comment.text.index("不是数字") < cell.comment.text.index("学时偏多")


def test_marking_twice_equals_marking_once(flawed, reader, tmp_path):
    findings = checked(flawed, reader, tmp_path).findings
    once = marked_copy(flawed, findings)
    twice = marked_copy(once, findings)
    assert opened_looks(twice) == opened_looks(once)
    assert marked_copy(twice, findings) == twice


def test_without_findings_the_marks_go_and_everything_else_stays(flawed, reader, tmp_path):
    findings = checked(flawed, reader, tmp_path).findings
    assert opened_looks(marked_copy(marked_copy(flawed, findings), ())) == opened_looks(flawed)


def test_marks_keep_the_units_own_note_and_fill(flawed, reader, tmp_path):
    once = marked_copy(flawed, checked(flawed, reader, tmp_path).findings)
    marked = load_workbook(BytesIO(once))["基础情况"]["F3"].comment
    assert marked.text.endswith("请李科核对")
    after = load_workbook(BytesIO(marked_copy(once, ())))["基础情况"]["F3"]
    assert (after.comment.author, after.comment.text) == ("王某", "请李科核对")
    assert after.fill.fgColor.rgb == "FFCCFFCC"


def test_drop_downs_and_protection_survive(flawed, reader, tmp_path):
    findings = checked(flawed, reader, tmp_path).findings
    before, after = load_workbook(BytesIO(flawed)), load_workbook(BytesIO(marked_copy(flawed, findings)))
    for worksheet in before:
        assert checks(after[worksheet.title]) == checks(worksheet)
        assert after[worksheet.title].protection.sheet == worksheet.protection.sheet
        assert after[worksheet.title].sheet_state == worksheet.sheet_state


def test_every_marked_cell_can_be_edited(flawed):
    findings = [
        about("unit_name_differs", "基础情况", "B3"),
        about("required_empty", "投诉台账", "C3"),
    ]
    marked = load_workbook(BytesIO(marked_copy(flawed, findings)))
    assert marked["基础情况"]["B3"].protection.locked
    assert not marked["基础情况"].protection.sheet
    assert not marked["投诉台账"]["C3"].protection.locked
    assert marked["投诉台账"].protection.sheet


def test_the_mended_copy_is_clean(flawed, reader, tmp_path):
    file = checked(flawed, reader, tmp_path)
    workbook = load_workbook(BytesIO(marked_copy(flawed, file.findings)), rich_text=True)
    basics, complaints = workbook["基础情况"], workbook["投诉台账"]
    basics["F3"] = basics["E3"].value
    basics["G3"] = 0
    for cell in complaints[2]:
        title = str(cell.value).split("\n")[0]
        if title in ("来源渠道", "投诉性质"):
            complaints.cell(3, cell.column).value = {"来源渠道": "其他", "投诉性质": "城市管理问题诉求"}[
                title
            ]
    saved = BytesIO()
    workbook.save(saved)
    again = checked(saved.getvalue(), reader, tmp_path)
    assert not blocks(again.findings)
    assert {each.kind for each in again.findings} <= {each.kind for each in file.findings}


def test_stored_results_of_formulas_survive():
    workbook, plain = Workbook(), BytesIO()
    workbook.active.title = "基础情况"
    for row, formula in enumerate(("=1+1", '="甲"&"乙<"', "=TRUE()"), start=1):
        workbook.active.cell(row, 1).value = formula
    workbook.save(plain)
    stored = (
        ('t="n"><f>1+1</f><v>2</v>'),
        ('t="str"><f>"甲"&amp;"乙&lt;"</f><v>甲乙&lt;</v>'),
        ('t="b"><f>TRUE()</f><v>1</v>'),
    )
    content = with_stored_results(plain.getvalue(), stored)
    marked = marked_copy(content, [about("required_empty", "基础情况", "A4")])
    values = load_workbook(BytesIO(marked), data_only=True)["基础情况"]
    formulas = load_workbook(BytesIO(marked))["基础情况"]
    assert [values[f"A{row}"].value for row in (1, 2, 3)] == [2, "甲乙<", True]
    assert formulas["A2"].value == '="甲"&"乙<"'


def test_a_sheet_of_the_units_own_under_our_title_stays():
    workbook, saved = Workbook(), BytesIO()
    workbook.active.title = RESULTS_TITLE
    workbook.active["A1"] = "自己的记录"
    workbook.save(saved)
    marked = marked_copy(saved.getvalue(), [finding("missing_cover", sheet="封面")])
    assert load_workbook(BytesIO(marked_copy(marked, ()))).active["A1"].value == "自己的记录"


def test_what_a_unit_typed_is_never_a_formula_in_the_list(flawed):
    findings = [about("not_a_number", "月度情况", "C3", value="=HYPERLINK(1)")]
    listed = load_workbook(BytesIO(marked_copy(flawed, findings)))[RESULTS_TITLE]
    assert listed["F4"].value == "=HYPERLINK(1)"
    assert listed["F4"].data_type == "s"


@pytest.mark.parametrize(("language", "word"), [("zh", "应为"), ("en", "Expected")])
def test_notes_and_list_speak_the_language_asked_for(flawed, language, word):
    findings = [about("percent", "月度情况", "C3")]
    marked = load_workbook(BytesIO(marked_copy(flawed, findings, language)))
    assert word in marked["月度情况"]["C3"].comment.text
    assert word in [cell.value for cell in marked[RESULTS_TITLE][3]]


def about(kind: str, sheet: str, cell: str, value: str = ""):
    words = dict.fromkeys(("expectation", "zero_hint", "expected_name", "rule", "others"), "…")
    return finding(kind, sheet=sheet, cell=cell, value=value, **words)


def with_stored_results(content: bytes, cells: tuple[str, ...]) -> bytes:
    """The file with the ends of its formula cells replaced, in their order."""
    packed, ends = BytesIO(), iter(cells)
    with ZipFile(BytesIO(content)) as archive, ZipFile(packed, "w") as written:
        for name in archive.namelist():
            data = archive.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = re.sub(r">(?=<f>)<f>.*?</f><v ?/>", lambda _: f" {next(ends)}", data.decode("utf-8"))
                data = text.encode("utf-8")
            written.writestr(name, data)
    return packed.getvalue()


def opened_looks(content: bytes) -> dict:
    """Everything a person sees or relies on, cell by cell and sheet by sheet."""
    workbook = load_workbook(BytesIO(content), rich_text=True)
    seen: dict = {"sheets": workbook.sheetnames}
    for worksheet in workbook:
        seen[worksheet.title] = checks(worksheet)
        for row in worksheet.iter_rows():
            for cell in row:
                if cell.value is None and cell.comment is None:
                    continue
                note = (cell.comment.author, cell.comment.text) if cell.comment else None
                seen[worksheet.title, cell.coordinate] = (
                    cell.value,
                    cell.number_format,
                    cell.fill.fill_type,
                    cell.fill.fgColor.rgb,
                    cell.font.name,
                    cell.protection.locked,
                    note,
                )
    return seen


def checks(worksheet) -> list:
    return sorted(
        (str(each.sqref), each.type, each.formula1) for each in worksheet.data_validations.dataValidation
    )


def test_of_a_workbook_too_large_to_be_held_open_the_findings_are_listed_alone():
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("月度情况")
    for number in range(9_000):
        sheet.append([f"{number}-{column}-xxxxxxxxxxxxxxxxxxxxxxxxxxxxx" for column in range(60)])
    kept = BytesIO()
    workbook.save(kept)
    found = [finding("other_unit", sheet="月度情况", cell="D14", value="x", wanted="y")]
    marked = load_workbook(BytesIO(marked_copy(kept.getvalue(), found)))
    assert marked.sheetnames == [RESULTS_TITLE]
    assert "D14" in [cell.value for row in marked[RESULTS_TITLE] for cell in row]
