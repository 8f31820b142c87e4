"""Merging real files: issued, filled in county by county, read, merged, and accepted by the door."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from etl.accept import stored_history
from etl.findings import blocks
from etl.journal import Journal
from etl.load import check_file
from etl.merge_files import merge_files
from etl.read import WorkbookReader
from etl.sheets import SHEETS
from etl.store import Store
from etl.template_sheets import MERGE_REPORT_TITLE
from etl.writing.issue_template import issue_template
from tests.etl.example_workbooks import example_cover, example_workbook_rows
from tests.etl.filling import fill_workbook
from tests.etl.stores import NOW, REPOSITORY, load_into, write_workbook, yunnan

CAMPAIGN = yunnan()
UNIT = CAMPAIGN.unit("533400")
LAST_MONTH, MONTH = "2026-08", "2026-09"
TODAY = date(2026, 10, 1)
FORMULA = "=HYPERLINK(A1)"


@pytest.fixture(scope="module")
def reader():
    with WorkbookReader() as opened:
        yield opened


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with last month's workbook, whose open cases and issues stand in this month's template."""
    folder = tmp_path_factory.mktemp("merge-store")
    rows = example_workbook_rows(CAMPAIGN, UNIT, LAST_MONTH, 9)
    for row in rows["complaints"]:
        row |= {"excluded_reason": "无", "closed_at": None, "closed_on_time": None}
    path = write_workbook(folder / "last.xlsx", CAMPAIGN, UNIT, LAST_MONTH, rows=rows)
    assert load_into(folder / "store", [path], CAMPAIGN).files[0].is_in
    return Store(folder=folder / "store")


@pytest.fixture(scope="module")
def template(store):
    return issue_template(CAMPAIGN, UNIT, MONTH, store)


@pytest.fixture(scope="module")
def counties(template, tmp_path_factory):
    """The template as each county sends it back: its own rows added, its own open cases brought up to date."""
    folder = tmp_path_factory.mktemp("counties")
    whole = example_workbook_rows(CAMPAIGN, UNIT, MONTH, 8)
    paths = []
    for leaf in CAMPAIGN.leaves(UNIT.code):
        path = folder / f"{leaf.name}.xlsx"
        path.write_bytes(returned(template, leaf, whole))
        paths.append((path.name, path))
    return paths


def returned(template, leaf, whole):
    """What one county makes of the template."""
    own = {
        key: [{name: value for name, value in row.items() if name != "unit_code"} | {"unit_code": leaf.code}]
        for key, rows in whole.items()
        for row in rows
        if row.get("unit_code") == leaf.code and row.get("unit_name") == leaf.name
    }
    if leaf == CAMPAIGN.leaves(UNIT.code)[0]:
        own["progress"] = whole["progress"]
    cover = {
        name: example_cover(CAMPAIGN, UNIT, MONTH)[name]
        for name in ("reviewed_by", "approved_by", "prepared_on")
    }
    book = openpyxl.load_workbook(BytesIO(fill_workbook(template, cover | {"prepared_by": leaf.name}, own)))
    for key, title in (("complaints", "投诉台账"), ("issues", "问题整改台账"), ("trainings", "培训台账")):
        _own_log(book[title], leaf, [row for row in whole[key] if row["unit"] == leaf.code], key)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def _own_log(sheet, leaf, rows, key):
    """New rows below those carried on, and a word changed in the county's own carried ones."""
    titles = [str(cell.value).split("\n")[0] for cell in sheet[2]]
    columns = {column.title_zh: column.name for column in SHEETS[key].columns}
    carried = [line for line in sheet.iter_rows(min_row=3) if line[0].value is not None]
    for line in carried:
        if line[1].value == leaf.name and key == "complaints":
            line[titles.index("街道(乡镇)")].value = f"{leaf.name}改过"
    for number, row in enumerate(rows, start=3 + len(carried)):
        for place, title in enumerate(titles, start=1):
            value = row.get(columns[title])
            cell = sheet.cell(number, place)
            cell.value = (
                f"9-{value}" if columns[title] in ("complaint_id", "issue_id") else _typed(value, leaf)
            )
    if rows and key == "complaints":
        cell = sheet.cell(3 + len(carried), 1 + titles.index("街道(乡镇)"))
        cell.value, cell.data_type = FORMULA, "s"


def _typed(value, leaf):
    if isinstance(value, bool):
        return "是" if value else "否"
    return leaf.name if value == leaf.code else value


@pytest.fixture(scope="module")
def made(counties, reader, store):
    return merge_files(counties, reader.read, CAMPAIGN, store, today=TODAY)


def test_only_what_the_counties_sign_differently_is_a_conflict(made, counties):
    assert [(each.kind, each.sheet, each.places[0].column) for each in made.merged.conflicts] == [
        ("values_differ", "封面", "填报人")
    ]
    assert {share.file for share in made.merged.shares} == {name for name, _ in counties}
    assert made.to == (UNIT, MONTH)


def test_every_county_s_own_word_on_carried_cases_is_in_the_result(made):
    rows = made.merged.rows["complaints"]
    changed = {row["street"] for row in rows if not str(row["complaint_id"]).startswith("9-")}
    assert changed == {f"{leaf.name}改过" for leaf in CAMPAIGN.leaves(UNIT.code) if not leaf.own_office}
    assert len({row["complaint_id"] for row in rows}) == len(rows) > 9


def checked(content, reader, folder, store):
    path = folder / "merged.xlsx"
    path.write_bytes(content)
    with closing(Journal(store.journal_url)) as journal:
        return check_file(path, reader, CAMPAIGN, now=NOW, history=stored_history(store, journal))


def test_the_door_takes_it_but_for_the_cells_in_conflict_and_does_not_mind_the_report(
    made, reader, store, tmp_path
):
    file = checked(made.content, reader, tmp_path, store)
    assert {(each.kind, each.column) for each in file.findings if each.severity == "must"} == {
        ("required_empty", "填报人")
    }
    assert "unknown_sheet" not in {each.kind for each in file.findings}
    mended = openpyxl.load_workbook(BytesIO(made.content))
    at = next(row[0].row for row in mended["封面"].iter_rows(max_col=1) if row[0].value == "填报人")
    mended["封面"].cell(at, 2).value = "张某"
    saved = BytesIO()
    mended.save(saved)
    assert not blocks(checked(saved.getvalue(), reader, tmp_path, store).findings)


def test_it_is_the_template_with_its_locks_drop_downs_and_notes(made, template):
    plain, filled = openpyxl.load_workbook(BytesIO(template)), openpyxl.load_workbook(BytesIO(made.content))
    assert filled.sheetnames == [MERGE_REPORT_TITLE, *plain.sheetnames]
    for sheet in plain:
        other = filled[sheet.title]
        assert other.protection.sheet == sheet.protection.sheet
        assert looks(other) == looks(sheet)
        assert {cell.coordinate: cell.comment.text for cell in sheet[2] if cell.comment} == {
            cell.coordinate: cell.comment.text for cell in other[2] if cell.comment
        }


def looks(sheet):
    return sorted(
        (str(each.sqref), each.type, each.formula1) for each in sheet.data_validations.dataValidation
    )


def test_texts_that_look_like_formulas_stay_texts(made):
    book = openpyxl.load_workbook(BytesIO(made.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert FORMULA in {cell.value for cell in cells}
    assert "f" not in {cell.data_type for cell in cells}


def test_the_report_names_every_file_and_every_value_in_conflict(made, counties):
    sheet = openpyxl.load_workbook(BytesIO(made.content))[MERGE_REPORT_TITLE]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    for name, _ in counties:
        assert texts.count(name) == 2
    for leaf in CAMPAIGN.leaves(UNIT.code):
        assert leaf.name in texts


def test_what_was_merged_merges_again_and_the_old_report_is_passed_over(made, reader, store, tmp_path):
    path = tmp_path / "merged.xlsx"
    path.write_bytes(made.content)
    again = merge_files([(path.name, path)] * 2, reader.read, CAMPAIGN, store, today=TODAY)
    assert again.merged.conflicts == ()
    assert again.merged.rows == made.merged.rows
    assert [share.file for share in again.merged.shares] == ["merged.xlsx", "merged.xlsx (2)"]


def test_simulated_contents_stay_simulated(reader, tmp_path):
    sample = REPOSITORY / "data" / "samples" / "sample-good.xlsx"
    made = merge_files([("a", sample), ("b", sample)], reader.read, CAMPAIGN, None, today=date(2026, 12, 1))
    path = tmp_path / "merged.xlsx"
    path.write_bytes(made.content)
    assert check_file(path, reader, CAMPAIGN, now=NOW, history=lambda *_: None).is_simulated


def run(*arguments):
    command = [sys.executable, "-m", "etl", "merge", *map(str, arguments)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, encoding="utf-8")


def test_the_command_writes_one_workbook_and_says_what_conflicts(counties, store, tmp_path):
    out, files = tmp_path / "out" / "州.xlsx", [path for _, path in counties]

    done = run(*files, "--out", out, "--format", "json", "--store", store.folder)

    assert done.returncode == 1, done.stderr
    assert {line["file"] for line in json.loads(done.stdout)} == {path.name for path in files}
    assert MERGE_REPORT_TITLE in openpyxl.load_workbook(out).sheetnames
    same = run(files[0], files[0], "--out", out, "--store", store.folder)
    assert (same.returncode, same.stdout) == (0, "")
    assert sorted(path.name for path in out.parent.iterdir()) == ["州-旧.xlsx", "州.xlsx"]


def test_the_command_tells_a_wrong_command_line_from_files_that_cannot_be_merged(counties, tmp_path):
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"no workbook")
    out = tmp_path / "out.xlsx"
    assert run(counties[0][1], "--out", out).returncode == 2
    assert run(counties[0][1], tmp_path / "none.xlsx", "--out", out).returncode == 2
    nothing = run(broken, broken, "--out", out, "--store", tmp_path / "store")
    assert (nothing.returncode, out.exists()) == (1, False)
    assert "broken.xlsx" in nothing.stdout
