"""The workbook contract: what every template holds, for every campaign, reporter and kind of month."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest
from openpyxl.utils import range_boundaries
from python_calamine import CalamineWorkbook

from etl.campaign import Campaign, load_campaign
from etl.campaigns.units import Unit
from etl.schema import Column
from etl.sheets import SHEETS
from etl.template import KNOWN_VERSIONS, TEMPLATE_VERSION, build_workbook, template_workbook
from etl.template_sheets import TemplateSheet, sheets_for
from tests.etl.filling import fill_workbook

CAMPAIGNS = {
    folder.name: load_campaign(folder)
    for folder in sorted((Path(__file__).parents[2] / "data" / "campaigns").iterdir())
    if (folder / "campaign.toml").exists()
}
ORDINARY_BYTES = 60_000
LOG_ROWS = 2000


@dataclass(frozen=True, kw_only=True)
class Case:
    """One template, as bytes and as openpyxl reads them."""

    campaign: Campaign
    unit: Unit
    period: str
    tables: tuple[TemplateSheet, ...]
    content: bytes
    workbook: openpyxl.Workbook

    def each_table(self):
        for table in self.tables[1:]:
            yield table, self.workbook[table.sheet.title_zh]


def reporters() -> list[tuple[str, str, str]]:
    cases = []
    for name, campaign in CAMPAIGNS.items():
        quarter = next(period for period in campaign.periods if period.endswith("-09"))
        ordinary = next(period for period in campaign.periods if period.endswith("-10"))
        for code in dict.fromkeys((campaign.reporting_units[0].code, campaign.top.code)):
            cases += [(name, code, ordinary), (name, code, quarter)]
    return cases


@pytest.fixture(scope="module", params=reporters(), ids="-".join)
def case(request) -> Case:
    name, code, period = request.param
    campaign = CAMPAIGNS[name]
    unit = campaign.unit(code)
    content = template_workbook(campaign, unit, period)
    return Case(
        campaign=campaign,
        unit=unit,
        period=period,
        tables=sheets_for(campaign, unit, period),
        content=content,
        workbook=openpyxl.load_workbook(BytesIO(content)),
    )


@pytest.fixture(scope="module")
def province() -> Campaign:
    return CAMPAIGNS["yunnan-2025"]


def checks_at(worksheet, cell: str) -> list:
    """The entry checks whose range holds the cell."""
    column, row, _, _ = range_boundaries(cell)
    return [
        check
        for check in worksheet.data_validations.dataValidation
        for left, top, right, bottom in (range_boundaries(str(part)) for part in check.sqref.ranges)
        if left <= column <= right and top <= row <= bottom
    ]


def listed(workbook: openpyxl.Workbook, source: str) -> list[str]:
    """The texts a drop-down offers: from the check itself or from the range it refers to."""
    if source.startswith('"'):
        return source.strip('"').split(",")
    title, cells = source.rsplit("!", 1)
    return [row[0].value for row in workbook[title.strip("'")][cells.replace("$", "")]]


def data_rows(table: TemplateSheet, case: Case) -> range:
    counts = {
        "log": LOG_ROWS,
        "fixed": len(table.sheet.columns[0].choices),
        "units": len(case.campaign.leaves(case.unit.code)) if table.sheet.rows == "units" else 0,
    }
    return range(3, 3 + counts[table.sheet.rows])


def letter(index: int) -> str:
    return openpyxl.utils.get_column_letter(index)


# Which sheets, which columns


def test_sheets_stand_in_their_order_with_the_cover_first_and_lists_last(case):
    titles = case.workbook.sheetnames
    assert titles[:2] == ["封面", "填表说明"]
    assert [title for title in titles[2:] if title != "选项"] == [t.sheet.title_zh for t in case.tables[1:]]
    if "选项" in titles:
        assert titles[-1] == "选项"
        assert case.workbook["选项"].sheet_state == "hidden"


def test_a_unit_reports_only_what_its_role_and_the_month_ask_for(province):
    prefecture = province.reporting_units[0]
    ordinary = [table.sheet.key for table in sheets_for(province, prefecture, "2026-10")]
    quarter = [table.sheet.key for table in sheets_for(province, prefecture, "2026-09")]
    register = [table.sheet.key for table in sheets_for(province, province.top, "2026-10")]
    assert ordinary == ["cover", "progress", "basics", "monthly", "complaints", "trainings", "issues"]
    assert set(quarter) - set(ordinary) == {"quarterly"}
    assert register == ["cover", "surveys", "events"]


def test_a_county_reports_no_workbook(province):
    county = province.leaves(province.reporting_units[0].code)[0]
    with pytest.raises(ValueError, match=county.code):
        sheets_for(province, county, "2026-10")


def test_the_cover_asks_about_empty_logs_only_where_the_log_is_in_the_workbook(case):
    names = {column.name for column in case.tables[0].columns}
    for sheet in SHEETS.values():
        for flag in (sheet.zero_report, sheet.unchanged):
            if flag:
                assert (flag in names) == (sheet in [table.sheet for table in case.tables])


def test_columns_the_campaign_leaves_out_are_not_in_the_template(province):
    tables = {
        table.sheet.key: table for table in sheets_for(province, province.reporting_units[0], "2026-10")
    }
    without = province.collected("complaints").without
    assert without
    assert not {column.name for column in tables["complaints"].columns} & set(without)


# The contract of the sheets


def test_cover_headers_stand_exactly_once_in_column_a_with_the_value_beside_them(case):
    cover = case.workbook["封面"]
    first_column = [cell.value for cell in cover["A"]]
    for column in case.tables[0].columns:
        assert first_column.count(column.title_zh) == 1
    everything = [cell.value for row in cover.iter_rows() for cell in row]
    assert all(everything.count(column.title_zh) == 1 for column in case.tables[0].columns)
    values = {row[0].value: row[1].value for row in cover.iter_rows()}
    for column in case.tables[0].columns:
        assert (values[column.title_zh] is not None) == column.prefilled
    assert values["行政区划代码"] == case.unit.code
    assert values["报告期"] == case.period
    assert (values["统计起始日"].date(), values["统计截止日"].date()) == case.campaign.window(case.period)


def test_headers_are_the_titles_alone_and_the_rest_follows_a_line_break(case):
    book = CalamineWorkbook.from_filelike(BytesIO(case.content))
    for table in case.tables[1:]:
        grid = book.get_sheet_by_name(table.sheet.title_zh).to_python(skip_empty_area=False)
        assert [str(text).split("\n")[0] for text in grid[1]] == [c.title_zh for c in table.columns]
        assert all("\n" in text for text in grid[1])


def test_every_header_tells_whether_it_is_required_and_every_choice(case):
    for table, worksheet in case.each_table():
        for index, column in enumerate(table.columns, start=1):
            note = worksheet.cell(2, index).comment.text
            assert note.startswith("必填" if column.required else "选填")
            assert column.note_zh in note
            assert all(choice in note for choice in column.choices)


def test_the_data_area_holds_nothing_but_keys(case):
    for table, worksheet in case.each_table():
        for row in worksheet.iter_rows(min_row=3):
            for column, cell in zip(table.columns, row, strict=False):
                assert (cell.value is not None) == column.prefilled


def test_each_unit_stands_once_under_its_code_as_text(case):
    leaves = (
        [(leaf.code, leaf.name) for leaf in case.campaign.leaves(case.unit.code)] if unit_tables(case) else []
    )
    for _, worksheet in unit_tables(case):
        cells = list(worksheet.iter_rows(min_row=3, max_col=2))
        assert [(code.value, name.value) for code, name in cells] == leaves
        assert {code.data_type for code, _ in cells} == {"s"}
        assert {code.number_format for code, _ in cells} == {"@"}


def unit_tables(case: Case) -> list:
    return [(table, worksheet) for table, worksheet in case.each_table() if table.sheet.rows == "units"]


def test_headers_and_keys_are_locked_and_everything_else_is_open(case):
    for table, worksheet in case.each_table():
        assert worksheet.protection.sheet
        assert worksheet.protection.password is None
        for index, column in enumerate(table.columns, start=1):
            assert worksheet.cell(2, index).protection.locked
            if table.sheet.rows == "log":
                assert not worksheet.column_dimensions[letter(index)].protection.locked
                continue
            for row in data_rows(table, case):
                assert worksheet.cell(row, index).protection.locked == column.prefilled


def test_log_rows_can_be_inserted_deleted_sorted_and_filtered(case):
    for table, worksheet in case.each_table():
        allowed = table.sheet.rows == "log"
        protection = worksheet.protection
        forbidden = (protection.insertRows, protection.deleteRows, protection.sort, protection.autoFilter)
        assert set(forbidden) == {not allowed}
        assert (worksheet.auto_filter.ref is not None) == allowed


def test_the_cover_opens_what_the_reporter_fills_in_and_locks_the_rest(case):
    cover = case.workbook["封面"]
    by_title = {column.title_zh: column for column in case.tables[0].columns}
    seen = {row[0].value: row[1].protection.locked for row in cover.iter_rows() if row[0].value in by_title}
    assert seen == {t: column.prefilled and column.kind == "key" for t, column in by_title.items()}


def expected_options(column: Column, case: Case) -> list[str] | None:
    if column.type == "choice":
        return list(column.choices)
    if column.type == "yes_no":
        return ["是", "否"]
    if column.type != "unit":
        return None
    if column.unit_scope == "any":
        top = case.campaign.top.code
        return [u.name for u in case.campaign.units if u.code != top and not u.own_office]
    leaves = case.campaign.leaves(case.unit.code)
    return [leaf.name for leaf in leaves if column.unit_scope == "below_or_own" or not leaf.own_office]


def test_every_choice_has_a_drop_down_with_exactly_its_options_on_every_data_row(case):
    for table, worksheet in case.each_table():
        rows = data_rows(table, case)
        for index, column in enumerate(table.columns, start=1):
            options = expected_options(column, case)
            for row in (rows[0], rows[-1]):
                lists = [c for c in checks_at(worksheet, f"{letter(index)}{row}") if c.type == "list"]
                found = [sorted(listed(case.workbook, check.formula1)) for check in lists]
                assert found == ([] if options is None else [sorted(options)])


def test_numbers_and_dates_are_checked_while_typed_with_a_message(case):
    for table, worksheet in case.each_table():
        for index, column in enumerate(table.columns, start=1):
            if column.type in ("integer", "decimal", "date", "datetime"):
                (check,) = checks_at(worksheet, f"{letter(index)}3")
                assert check.error
                assert check.showErrorMessage
                assert (check.errorStyle == "warning") == (column.type in ("date", "datetime"))


def test_cells_show_dates_numbers_and_texts_in_their_own_format(case):
    formats = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "integer": "#,##0", "decimal": "0.00"}
    for table, worksheet in case.each_table():
        for index, column in enumerate(table.columns, start=1):
            log = table.sheet.rows == "log"
            styled = worksheet.column_dimensions[letter(index)] if log else worksheet.cell(3, index)
            assert styled.number_format == formats.get(column.type, "@")


def test_lists_and_messages_stay_within_what_excel_takes(case):
    for worksheet in case.workbook:
        for check in worksheet.data_validations.dataValidation:
            assert len(check.formula1) <= 255
            assert len(check.error) <= 255
            assert len(check.errorTitle) <= 32
        assert len(worksheet.title) <= 31


def test_no_formula_no_merged_cell_and_only_the_lists_are_hidden(case):
    for worksheet in case.workbook:
        assert not worksheet.merged_cells.ranges
        assert all(cell.data_type != "f" for row in worksheet.iter_rows() for cell in row)
        assert (worksheet.sheet_state == "visible") == (worksheet.title != "选项")


def test_the_page_is_a4_one_page_wide_with_its_header_repeated(case):
    for _, worksheet in case.each_table():
        assert worksheet.page_setup.orientation == "landscape"
        assert (worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight) == (1, 0)
        assert worksheet.print_title_rows == "$1:$2"
        assert worksheet.freeze_panes.endswith("3")


def test_the_version_is_on_the_cover_and_in_the_file_properties(case):
    cover = {row[0].value: row[1].value for row in case.workbook["封面"].iter_rows()}
    properties = {item.name: item.value for item in case.workbook.custom_doc_props.props}
    assert cover["模板版本"] == properties["template_version"] == TEMPLATE_VERSION
    assert TEMPLATE_VERSION in KNOWN_VERSIONS


def test_the_instructions_name_every_column_and_the_deadline(case):
    rows = list(case.workbook["填表说明"].iter_rows(values_only=True))
    named = {(row[0], row[1]) for row in rows}
    for table in case.tables:
        assert {(table.sheet.title_zh, column.title_zh) for column in table.columns} <= named
    due = case.campaign.due_day(case.period)
    assert any(row[0] == "报送时限" and f"{due.year}年{due.month}月{due.day}日" in row[1] for row in rows)


def test_equal_inputs_give_equal_bytes_and_an_ordinary_file_is_small(case):
    assert template_workbook(case.campaign, case.unit, case.period) == case.content
    assert len(case.content) < ORDINARY_BYTES


def test_the_time_of_making_is_an_argument(province):
    made = datetime(2026, 10, 8, 9, 30)
    content = template_workbook(province, province.top, "2026-10", created=made)
    assert openpyxl.load_workbook(BytesIO(content)).properties.modified == made
    assert {part.date_time for part in ZipFile(BytesIO(content)).infolist()} == {(2026, 10, 8, 9, 30, 0)}


# Contents


ISSUE = {
    "issue_id": "WT-0001",
    "focus_area": "执法不规范",
    "scope": "个性问题",
    "found_on": date(2026, 9, 3),
    "description": "=1+1",
    "status": "整改中",
}


def reporter(campaign: Campaign) -> tuple[Unit, tuple[Unit, ...]]:
    unit = campaign.reporting_units[0]
    return unit, campaign.leaves(unit.code)


def grid_of(content: bytes, title: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name(title).to_python()


def test_carried_rows_stand_in_the_log_with_units_by_name_and_texts_as_texts(province):
    unit, leaves = reporter(province)
    own = leaves[-1]
    frame = pl.DataFrame({"row": [3], "unit": [own.code], **{name: [value] for name, value in ISSUE.items()}})
    content = template_workbook(province, unit, "2026-10", carried={"issues": frame})
    header, row = grid_of(content, "问题整改台账")[1:3]
    shown = {text.split("\n")[0]: value for text, value in zip(header, row, strict=True)}
    assert shown["县(市、区)/本级"] == own.name
    assert shown["发现日期"] == date(2026, 9, 3)
    assert shown["问题描述"] == "=1+1"


def test_a_carried_row_is_as_tall_as_its_text_and_a_short_one_stays_free_to_grow(province):
    unit, _ = reporter(province)
    frame = pl.DataFrame({"issue_id": ["WT-0001", "WT-0002"], "description": ["短", "亮证执法" * 40]})
    content = template_workbook(province, unit, "2026-10", carried={"issues": frame})
    heights = openpyxl.load_workbook(BytesIO(content))["问题整改台账"].row_dimensions
    assert heights[3].height is None
    assert heights[4].height > 100


def test_last_months_stocks_stand_in_notes_not_in_cells(province):
    unit, leaves = reporter(province)
    frame = pl.DataFrame(
        {
            column.name: [leaves[0].code if column.type == "code" else leaves[0].name]
            if column.prefilled
            else [None if column.name == "posts" else 1234]
            for column in SHEETS["basics"].columns
        }
    )
    content = template_workbook(province, unit, "2026-10", previous={"basics": frame})
    worksheet = openpyxl.load_workbook(BytesIO(content))["基础情况"]
    for index, column in enumerate(SHEETS["basics"].columns[2:], start=3):
        note = worksheet.cell(3, index).comment.text
        assert note == ("上月：不适用" if column.name == "posts" else "上月：1,234")
        assert worksheet.cell(3, index).value is None
        assert worksheet.cell(4, index).comment is None


def contents(campaign: Campaign) -> tuple[dict[str, object], dict[str, list[dict[str, object]]]]:
    _, leaves = reporter(campaign)
    cover = {"prepared_by": "张某", "prepared_on": date(2026, 10, 28), "complaints_zero_report": True}
    rows = {
        "progress": [{"topic": "存在问题", "text": "无"}],
        "basics": [{"unit_code": leaf.code, "posts": 10, "posts_filled": "不适用"} for leaf in leaves],
        "trainings": [{"session_id": "007", "unit": leaves[0].name, "hours": Decimal("4.25")}],
    }
    return cover, rows


def test_built_and_filled_workbooks_hold_the_same_values(province):
    unit, leaves = reporter(province)
    cover, rows = contents(province)
    built = build_workbook(province, unit, "2026-10", cover=cover, rows=rows)
    filled = fill_workbook(template_workbook(province, unit, "2026-10"), cover, rows)
    for title in CalamineWorkbook.from_filelike(BytesIO(built)).sheet_names:
        assert grid_of(built, title) == grid_of(filled, title)
    basics = grid_of(built, "基础情况")[2:]
    assert [row[:4] for row in basics] == [[leaf.code, leaf.name, 10, "不适用"] for leaf in leaves]
    assert grid_of(built, "培训台账")[2][:2] == ["007", leaves[0].name]
    assert [row[1] for row in grid_of(built, "整治情况")[2:]] == ["", "", "", "无", ""]
    assert ["投诉台账零报告", "是"] in [row[:2] for row in grid_of(built, "封面")]


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ({"surveys": []}, "surveys"),
        ({"complaints": [{"telephone": "1"}]}, "telephone"),
        ({"basics": [{"unit_code": "999999"}]}, "999999"),
    ],
)
def test_contents_that_do_not_fit_are_refused_by_name(province, rows, named):
    with pytest.raises(ValueError, match=named):
        build_workbook(province, province.reporting_units[0], "2026-10", rows=rows)


def test_a_log_longer_than_usual_keeps_its_drop_downs_to_the_last_row(province):
    _, leaves = reporter(province)
    rows = [
        {"event_id": f"E{n}", "unit": leaves[0].code, "event_kind": "整改不力"} for n in range(LOG_ROWS + 5)
    ]
    content = build_workbook(province, province.top, "2026-10", rows={"events": rows})
    worksheet = openpyxl.load_workbook(BytesIO(content))["认定事项"]
    assert worksheet.max_row == LOG_ROWS + 7
    assert [check.type for check in checks_at(worksheet, f"C{worksheet.max_row}")] == ["list"]


# Other programs


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
def test_libreoffice_keeps_headers_drop_downs_and_protection(province, tmp_path):
    source = tmp_path / "template.xlsx"
    source.write_bytes(template_workbook(province, province.reporting_units[0], "2026-09"))
    profile, out = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", tmp_path / "out"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    before, after = openpyxl.load_workbook(source), openpyxl.load_workbook(out / "template.xlsx")
    assert after.sheetnames == before.sheetnames
    for table in sheets_for(province, province.reporting_units[0], "2026-09")[1:]:
        old, new = before[table.sheet.title_zh], after[table.sheet.title_zh]
        assert [cell.value for cell in new[2]] == [cell.value for cell in old[2]]
        assert new.protection.sheet
        assert new.protection.insertRows == old.protection.insertRows
        for cell in (f"{letter(index)}3" for index in range(1, len(table.columns) + 1)):
            kept = [(check.type, check.formula1) for check in checks_at(new, cell)]
            assert kept == [(check.type, check.formula1) for check in checks_at(old, cell)]
