"""A foreign log is read from the sheets that are meant, whatever stands above, beside and between its rows."""

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from etl.campaign import load_campaign
from etl.convert import Converted, ForeignLog, LogError, convert_log, load_mapping, read_log, write_workbooks
from etl.gate import Refusal
from etl.mappings.log_notes import is_whole, log_notes
from etl.mappings.log_refusals import refusal_text
from etl.read import WorkbookReader
from tests.etl.open_documents import as_open_document
from tests.etl.stores import REPOSITORY

TODAY = date(2019, 1, 10)
MAPPING = (REPOSITORY / "data" / "mappings" / "pingshan-case-log.toml").read_text(encoding="utf-8")
HEADERS = (
    "REC_ID",
    "STREET_NAME",
    "CREATE_TIME",
    "EVENT_SRC_NAME",
    "EVENT_PROPERTY_NAME",
    "EVENT_TYPE_NAME",
    "MAIN_TYPE_NAME",
    "SUB_TYPE_NAME",
    "INTIME_ARCHIVE_NUM",
    "OVERTIME_ARCHIVE_NUM",
)


def row(number: object, **changes: object) -> list[object]:
    """A row that maps cleanly, but for the changes; its time of receipt is a true date."""
    usual = ("龙田街道", datetime(2018, 7, 4, 17, 24), "12345", "投诉", "-", "-", "噪声", 1, 0)
    return list((dict(zip(HEADERS, (f"R{number}", *usual), strict=True)) | changes).values())


def filled(sheet: Worksheet, *rows: list[object]) -> Worksheet:
    for each in rows:
        sheet.append(each)
    return sheet


def book(**sheets: list[list[object]]) -> openpyxl.Workbook:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        filled(workbook.create_sheet(title), *rows)
    return workbook


def saved(workbook: openpyxl.Workbook, path: Path) -> Path:
    content = BytesIO()
    workbook.save(content)
    path.write_bytes(as_open_document(content.getvalue()) if path.suffix == ".ods" else content.getvalue())
    return path


@pytest.fixture(scope="module")
def pingshan():
    return load_campaign(REPOSITORY / "data" / "campaigns" / "pingshan-2018")


@pytest.fixture(scope="module")
def mapping_of(tmp_path_factory):
    """A mapping of the Pingshan log that says this of its sheets, with one text replaced where asked."""
    folder = tmp_path_factory.mktemp("mappings")

    def made(log: str = "", old: str = "", new: str = ""):
        path = folder / f"m{len(list(folder.iterdir()))}.toml"
        assert old in MAPPING
        path.write_text(MAPPING.replace(old, new).replace("[source]", f"[log]\n{log}\n[source]"), "utf-8")
        return load_mapping(path)

    return made


@pytest.fixture(scope="module")
def reader():
    with WorkbookReader() as reader:
        yield reader


@pytest.fixture(scope="module")
def come_to(reader, pingshan) -> Callable[..., tuple[ForeignLog, Converted]]:
    def come(path: Path, mapping) -> tuple[ForeignLog, Converted]:
        log = read_log(path, mapping, reader.read)
        assert not isinstance(log, Refusal), log
        return log, convert_log(log, mapping, pingshan, today=TODAY)

    return come


def converted_rows(converted: Converted) -> pl.DataFrame:
    return pl.concat([each.rows for each in converted.workbooks if each.rows.height], how="diagonal")


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_two_equal_headers_leave_their_columns_unmapped_under_names_of_their_own(
    come_to, mapping_of, tmp_path, ending
):
    rows = [
        [*HEADERS, "备注", "备注", None],
        [*row(1), "a", "b", "c"],
        [*row(2, STREET_NAME="?"), "d", "e", "f"],
    ]
    _, converted = come_to(saved(book(台账=rows), tmp_path / f"a.{ending}"), mapping_of())
    assert converted_rows(converted)["complaint_id"].to_list() == ["R1"]
    [refused] = converted.unmapped.to_dicts()
    assert (refused["备注"], refused["第12列"], refused["第13列"]) == ("d", "e", "f")
    assert (refused["sheet"], refused["line"]) == ("台账", 3)


def test_a_header_that_is_read_and_stands_twice_over_other_values_is_not_guessed(
    come_to, mapping_of, tmp_path
):
    same = saved(book(a=[[*HEADERS, "REC_ID"], [*row(1), "R1"]]), tmp_path / "same.xlsx")
    other = saved(book(a=[[*HEADERS, "REC_ID"], [*row(1), "R2"]]), tmp_path / "other.xlsx")
    assert come_to(same, mapping_of())[1].unmapped.is_empty()
    with pytest.raises(LogError, match=r"“REC_ID”（A、K列），不作猜测"):
        come_to(other, mapping_of())


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_the_header_is_found_under_a_title(come_to, mapping_of, tmp_path, ending):
    workbook = book(
        台账=[["坪山区民生诉求台账"], ["2018年", "单位：件"], [], list(HEADERS), row(1), [], row(2)]
    )
    workbook["台账"].merge_cells("A1:J1")
    log, converted = come_to(saved(workbook, tmp_path / f"a.{ending}"), mapping_of())
    assert (log.tables[0].header_row, log.tables[0].above) == (4, (1, 2))
    assert converted_rows(converted)["complaint_id"].to_list() == ["R1", "R2"]
    assert any("表头以上第1、2行有内容" in line for line in log_notes(log, converted))


def test_a_header_of_two_rows_is_read_where_its_cells_are_merged(come_to, mapping_of, tmp_path):
    upper = [*HEADERS[:8], "结案", None]
    workbook = book(台账=[upper, [None] * 8 + list(HEADERS[8:]), row(1)])
    for letter in "ABCDEFGH":
        workbook["台账"].merge_cells(f"{letter}1:{letter}2")
    workbook["台账"].merge_cells("I1:J1")
    _, converted = come_to(saved(workbook, tmp_path / "a.xlsx"), mapping_of())
    assert converted_rows(converted)["closed_on_time"].to_list() == [True]


def test_headers_are_known_without_spaces_and_line_breaks_and_as_numbers(come_to, mapping_of, tmp_path):
    headers = ["REC_ID", "STREET_\nNAME", " CREATE_TIME ", *HEADERS[3:], 3]
    path = saved(book(a=[headers, [*row(1), "龙田"]]), tmp_path / "a.xlsx")
    mapping = mapping_of(old='from = "STREET_NAME"', new='from = 3\nvalues = { "龙田" = "龙田街道" }')
    assert converted_rows(come_to(path, mapping)[1])["unit"].to_list() == ["440310903"]


def test_missing_columns_are_named_at_once_with_what_may_be_meant(come_to, mapping_of, tmp_path):
    path = saved(book(台账=[["REC ID", "街道", *HEADERS[2:]], row(1)]), tmp_path / "a.xlsx")
    with pytest.raises(LogError) as refused:
        come_to(path, mapping_of())
    [problem] = refused.value.problems
    assert "工作表“台账”以第1行为表头，台账缺少2列：“REC_ID”（是否即“REC ID”？）、“STREET_NAME”。" in problem
    assert "现有的列：REC ID、街道、CREATE_TIME" in problem


YEAR = {f"{month}月": [list(HEADERS), row(month), row(month + 100)] for month in (6, 7, 8)}


def test_several_sheets_are_not_guessed_among(come_to, mapping_of, tmp_path):
    path = saved(book(**YEAR), tmp_path / "a.xlsx")
    with pytest.raises(LogError, match=r"“6月”（3行）、“7月”（3行）、“8月”（3行）.*\[log\] sheets"):
        come_to(path, mapping_of())


@pytest.mark.parametrize(
    ("log", "read", "left", "whole"),
    [
        ('sheets = "*月"', ["6月", "7月", "8月"], [("说明", False)], False),
        ('sheets = ["*月"]\nskip = "说明"', ["6月", "7月", "8月"], [("说明", True)], True),
        (
            'sheets = ["8月", "6月"]\nskip = ["说*", "7月"]',
            ["6月", "8月"],
            [("7月", True), ("说明", True)],
            True,
        ),
        ('sheets = ["*"]\nskip = ["?明"]', ["6月", "7月", "8月"], [("说明", True)], True),
        ('skip = ["说明", "7月", "8月"]', ["6月"], [("7月", True), ("8月", True), ("说明", True)], True),
    ],
)
def test_the_sheets_a_mapping_names_are_read_and_the_others_told(
    come_to, mapping_of, tmp_path, log, read, left, whole
):
    path = saved(book(**YEAR, 说明=[["填表说明"], ["二"]], 空=[]), tmp_path / "a.xlsx")
    found, converted = come_to(path, mapping_of(log))
    assert [table.title for table in found.tables] == read
    assert [(each.title, each.on_purpose) for each in found.left_out] == left
    assert len(converted_rows(converted)) == 2 * len(read)
    assert is_whole(found, converted) == whole
    assert any("“说明”有2行内容" in line for line in log_notes(found, converted))


def test_a_sheet_the_mapping_names_and_the_file_lacks_is_told(come_to, mapping_of, tmp_path):
    path = saved(book(**YEAR), tmp_path / "a.xlsx")
    with pytest.raises(LogError, match="“9月”；文件中有：“6月”"):
        come_to(path, mapping_of('sheets = ["6月", "9月"]'))


def test_a_hidden_sheet_is_read_by_its_name_alone_and_always_told(come_to, mapping_of, tmp_path):
    workbook = book(藏=[list(HEADERS), row(1)], 台账=[list(HEADERS), row(2), row(3)])
    workbook["藏"].sheet_state = "hidden"
    workbook.active = 1
    path = saved(workbook, tmp_path / "a.xlsx")
    for log, numbers in (
        ("", ["R2", "R3"]),
        ('sheets = "*"', ["R2", "R3"]),
        ('sheets = ["藏", "*"]', ["R1", "R2", "R3"]),
    ):
        found, converted = come_to(path, mapping_of(log))
        assert converted_rows(converted)["complaint_id"].to_list() == numbers
        assert [(each.title, each.rows) for each in found.left_out] == (
            [] if "R1" in numbers else [("藏", 2)]
        )
        assert is_whole(found, converted) == ("R1" in numbers)


def test_a_case_told_on_two_sheets_is_told_with_both(come_to, mapping_of, tmp_path):
    path = saved(book(甲=[list(HEADERS), row(1)], 乙=[list(HEADERS), row(2), row(1)]), tmp_path / "a.xlsx")
    _, converted = come_to(path, mapping_of('sheets = "*"'))
    [refused] = converted.unmapped.to_dicts()
    assert (refused["sheet"], refused["line"]) == ("乙", 3)
    assert refused["reason_zh"] == "工单编号与“甲”第 2 行重复"


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_a_cell_without_a_value_never_falls_to_otherwise(come_to, mapping_of, tmp_path, ending):
    rows = [list(HEADERS), *(row(number) for number in range(2, 9))]
    workbook = book(台账=rows)
    sheet = workbook["台账"]
    sheet["E2"], sheet["A4"] = '="投"&"诉"', 123456789012345678
    for column in range(1, 11):
        sheet.cell(5, column).value = '="x"'
    sheet.merge_cells("B6:B7")
    sheet.row_dimensions[8].hidden = True
    log, converted = come_to(saved(workbook, tmp_path / f"a.{ending}"), mapping_of())
    told = dict(converted.unmapped.select("line", "reason_zh").rows())
    assert told[2] == "EVENT_PROPERTY_NAME（E2）公式没有计算结果"
    assert told[4] == "REC_ID（A4）超过15位的数字已失真"
    assert told[5].count("公式没有计算结果") == len(HEADERS)
    assert told[7] == "STREET_NAME（B7）数据区有合并单元格"
    assert converted_rows(converted)["complaint_id"].to_list() == ["R3", "R6", "R8"]
    assert any(
        line.startswith("工作表“台账”：隐藏的行或列内有数据") and "第8行" in line
        for line in log_notes(log, converted)
    )


def test_an_error_value_keeps_its_row_from_being_placed(come_to, mapping_of, tmp_path):
    workbook = book(台账=[list(HEADERS), row(1), row(2)])
    workbook["台账"]["I3"] = "#N/A"
    _, converted = come_to(saved(workbook, tmp_path / "a.xlsx"), mapping_of())
    assert converted.unmapped["reason_zh"].to_list() == ["INTIME_ARCHIVE_NUM（I3）单元格为错误值"]


def test_a_formula_with_its_result_is_read_and_told(come_to, mapping_of, tmp_path, reader):
    path = saved(book(台账=[list(HEADERS), row(1)]), tmp_path / "a.xlsx")
    content = path.read_bytes()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    sheet = re.sub(r'<c r="I2"[^>]*>.*?</c>', '<c r="I2"><f>0+1</f><v>1</v></c>', sheet)
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in (parts | {"xl/worksheets/sheet1.xml": sheet.encode()}).items():
            archive.writestr(name, part)
    log, converted = come_to(path, mapping_of())
    assert converted_rows(converted)["closed_on_time"].to_list() == [True]
    assert any("1个单元格是公式" in line for line in log_notes(log, converted))


def test_semicolons_separate_too(come_to, mapping_of, tmp_path):
    lines = [";".join(HEADERS), ";".join(map(str, row(1))), ";".join(map(str, row(2)))]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["sep=;", *lines]), encoding="gb18030")
    assert len(converted_rows(come_to(path, mapping_of())[1])) == 2


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty_file"),
        (b"REC_ID,\xff\xfe\x80,\xe5,1\n", "not_spreadsheet"),
        (b"<html><table><tr><td>REC_ID</td></tr></table></html>", "not_spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + b"\0\0", "legacy_xls"),
        (b"%PDF-1.7", "not_spreadsheet"),
    ],
)
def test_what_is_no_log_is_refused_as_at_the_check(reader, mapping_of, tmp_path, content, kind):
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    refused = read_log(path, mapping_of(), reader.read)
    assert isinstance(refused, Refusal)
    assert refused.kind == kind
    zh, en = refusal_text(refused, "a.xls").split(" / ", 1)
    assert "填报" not in zh
    assert re.search("[a-z]{4}", en)
    assert not re.search("[\u4e00-\u9fff]", en)


# Rows above the header, quotes that are not closed


def test_data_above_the_header_is_listed_and_its_month_is_no_zero_report(come_to, mapping_of, tmp_path):
    june = [row(at, CREATE_TIME=datetime(2018, 6, at)) for at in (1, 2)]
    rows = [["坪山区台账", "2018年"], *june, list(HEADERS), row(3)]
    complete = mapping_of('complete = true\nfirst_period = "2018-05"')
    log, converted = come_to(saved(book(台账=rows), tmp_path / "a.xlsx"), complete)
    assert (log.tables[0].above, log.tables[0].stranded) == ((1,), (2, 3))
    assert converted.unmapped.select("line", "reason_zh").rows() == [
        (2, "在表头以上而像数据"),
        (3, "在表头以上而像数据"),
    ]
    assert {book.period: book.rows.height for book in converted.workbooks} == {"2018-05": 0, "2018-07": 1}
    assert [period for _, period in converted.undecided] == ["2018-06"]
    assert not is_whole(log, converted)
    assert any("表头以上第2、3行像数据" in line for line in log_notes(log, converted))


@pytest.mark.parametrize(
    ("cells", "is_data"),
    [
        (["坪山区台账"], False),
        (["制表：甲", None, None, "2018年"], False),
        (["制表：甲", None, None, "2018-07-31"], False),
        ([None, None, datetime(2018, 7, 31)], False),
        ([None, "龙田街道", datetime(2018, 7, 31)], True),
        (["R9", "龙田街道", None, "12345"], False),
        (["R9", "龙田街道", None, "12345", "投诉", "噪声"], True),
    ],
)
def test_a_row_above_the_header_is_data_where_half_is_filled_or_its_month_told(
    come_to, mapping_of, tmp_path, cells, is_data
):
    log, converted = come_to(
        saved(book(台账=[cells, list(HEADERS), row(1)]), tmp_path / "a.xlsx"), mapping_of()
    )
    assert bool(log.tables[0].stranded) == is_data
    assert converted.unmapped.height == is_data


def text_log(*rows: str) -> str:
    return "\n".join([",".join(HEADERS), *rows]) + "\n"


def line(number: int, matter: str = "噪声", street: str = "龙田街道") -> str:
    return ",".join(map(str, row(number, MAIN_TYPE_NAME=matter, STREET_NAME=street)))


def test_a_quote_that_is_never_closed_is_refused_with_its_line(reader, mapping_of, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(text_log(line(1), line(2, '"噪声'), line(3), line(4)), "utf-8")
    refused = read_log(path, mapping_of(), reader.read)
    assert isinstance(refused, Refusal)
    assert refused.detail["open_quote"] == 3
    text = refusal_text(refused, "a.csv")
    assert "第3行有一个引号一直没有闭合" in text
    assert "on line 3 is never closed" in text


@pytest.mark.parametrize(
    ("rows", "listed", "done"),
    [
        ((line(1), line(2, '"两\n行"'), line(3)), [], 3),
        ((line(1), line(2, '"两,\n行"'), line(3)), [], 3),
        ((line(1), line(2, '"噪声'), line(3, '噪声"'), line(4)), [3], 2),
        ((line(1), line(2, '"噪声'), line(3, '"噪声'), line(4)), [3], 2),
        ((line(1), line(2, '"噪声'), line(3, street='龙田街道"'), line(4)), [3], 2),
        ((line(1), line(2, street='"龙田街道'), line(3, '噪声"'), line(4)), [3], 2),
    ],
)
def test_a_cell_that_may_have_swallowed_rows_is_listed_and_one_of_two_lines_is_read(
    come_to, mapping_of, tmp_path, rows, listed, done
):
    path = tmp_path / "a.csv"
    path.write_text(text_log(*rows), "utf-8")
    log, converted = come_to(path, mapping_of())
    assert converted.unmapped["line"].to_list() == listed
    assert converted_rows(converted).height == done
    assert all("文件第3至4行的引号可能没有成对" in text for text in converted.unmapped["reason_zh"])
    assert f"读取{done + len(listed)}行" in next(iter(log_notes(log, converted)))


def test_a_header_that_may_have_swallowed_rows_is_refused(come_to, mapping_of, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(",".join(HEADERS) + ',"备注\n' + line(1) + ',"\n' + line(2) + ",\n", "utf-8")
    with pytest.raises(LogError, match="文件第1至2行作为表头"):
        come_to(path, mapping_of())


def test_rows_alike_in_all_that_is_read_are_counted_where_the_log_has_no_numbers(
    come_to, mapping_of, tmp_path
):
    path = saved(book(台账=[[*HEADERS, "备注"], [*row(1), "a"], [*row(1), "b"], row(2)]), tmp_path / "a.xlsx")
    by_row = mapping_of(
        old='[columns.complaint_id]\nfrom = "REC_ID"', new='[columns.complaint_id]\nrow_number = "R-"'
    )
    log, converted = come_to(path, by_row)
    # REC_ID is not read here, so the third row is like the first, too.
    assert converted.identical == 2
    assert any(line.startswith("2行与前面的行在所读各列完全相同") for line in log_notes(log, converted))
    assert come_to(path, mapping_of())[1].identical == 0


def test_a_complete_log_without_a_row_says_that_its_months_are_unknown(come_to, mapping_of, tmp_path):
    path = saved(book(台账=[list(HEADERS)]), tmp_path / "a.xlsx")
    log, converted = come_to(path, mapping_of("complete = true"))
    assert not is_whole(log, converted)
    assert any("请在 [log] 中写明 first_period 和 last_period" in line for line in log_notes(log, converted))
    told = mapping_of('complete = true\nfirst_period = "2018-05"\nlast_period = "2018-06"')
    log, converted = come_to(path, told)
    assert [book.period for book in converted.workbooks] == ["2018-05", "2018-06"]
    assert is_whole(log, converted)


# The law


cells = st.one_of(
    st.sampled_from(
        [None, "", " ", "-", "投诉", "12345", 1, 0, 3.5, True, "龙田街道", "坪山区", "=1+1", "#N/A", "*"]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8),
    st.dates(date(2017, 12, 1), date(2019, 1, 31)),
)
good_rows = st.builds(
    lambda number, at, street: row(number, CREATE_TIME=at, STREET_NAME=street),
    st.integers(1, 9),
    st.datetimes(datetime(2017, 12, 20), datetime(2019, 1, 10)).map(lambda at: at.replace(microsecond=0)),
    st.sampled_from(["龙田街道", "坑梓街道", "坪山区", "440310903", "不明"]),
)
data_rows = st.one_of(good_rows, st.lists(cells, max_size=14), st.just([]))
headers = st.builds(
    lambda mixed, others: [*mixed, *others],
    st.permutations(HEADERS),
    st.lists(
        st.sampled_from(
            ["备注", "备注", None, "REC_ID ", "^x$", "*", "log:", "reason_zh", "sheet", "line", 7]
        ),
        max_size=4,
    ),
)
titles = st.lists(st.lists(st.sampled_from(["台账", "2018年", None]), max_size=3), max_size=3)
# Rows above the header: sparse titles, which are no data, and whole rows, which are; True says that a row is data.
above_rows = st.tuples(titles, st.lists(good_rows, max_size=3)).flatmap(
    lambda both: st.permutations([*((False, each) for each in both[0]), *((True, each) for each in both[1])])
)
sheets = st.tuples(
    above_rows, headers, st.lists(data_rows, max_size=6), st.sampled_from(["visible", "hidden"])
)


def is_filled(cells: list[object]) -> bool:
    return any(cell is not None and str(cell).strip() for cell in cells)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(sheets, min_size=1, max_size=3),
    st.sampled_from(["", 'sheets = "*"']),
    st.sampled_from(["xlsx", "ods"]),
)
def test_every_row_read_is_converted_or_listed(
    reader, pingshan, mapping_of, tmp_path_factory, made, named, ending
):
    """Rows are counted as they were written: all that hold anything on a sheet that is read, but header and titles."""
    folder = tmp_path_factory.mktemp("law")
    workbook = book(
        **{
            f"表{at}": [*(cells for _, cells in above), header, *rows]
            for at, (above, header, rows, _) in enumerate(made)
        }
    )
    for at, each in enumerate(made):
        workbook[f"表{at}"].sheet_state = each[3] if at else "visible"
    path = saved(workbook, folder / f"a.{ending}")
    mapping = mapping_of(named)
    try:
        log = read_log(path, mapping, reader.read)
    except LogError:
        # Nothing is converted, and nothing is lost: which sheets are meant, or a column, is not known.
        return
    converted = convert_log(log, mapping, pingshan, today=TODAY)
    written = sum(
        is_filled(cells)
        for at, (above, _, rows, visible) in enumerate(made)
        if not at or visible == "visible"
        for cells in (*(cells for is_data, cells in above if is_data), *rows)
    )
    listed = sum(each.rows for each in log.left_out if each.visible == "visible")
    assert (
        sum(each.rows.height for each in converted.workbooks) + converted.unmapped.height + listed == written
    )
    assert {each.title for each in log.left_out} == {
        f"表{at}" for at, each in enumerate(made) if at and each[3] == "hidden"
    }
    assert all(converted.unmapped["reason_zh"])
    assert len(list(log_notes(log, converted))) >= len(log.tables)
    write_workbooks(converted, pingshan, folder / "out")
