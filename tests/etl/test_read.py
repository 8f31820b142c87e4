"""A workbook is read cell for cell, at its true places, and what is exceptional in it is marked."""

import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from etl.gate import Limits, Refusal
from etl.read import Reading, WorkbookReader
from etl.reading.cell_text import cell_text, cell_texts
from etl.reading.sheet_tables import MARK_KINDS, SHORT_COLUMN, sheet_tables
from etl.reading.sheet_texts import SheetTexts, write_texts

Cell = str | float | int | bool | date | datetime | None


@pytest.fixture(scope="module")
def reader() -> Iterator[WorkbookReader]:
    with WorkbookReader() as reader:
        yield reader


def saved(workbook: Workbook, path: Path) -> Path:
    workbook.save(path)
    return path


def respelled(path: Path, old: bytes, new: bytes) -> Path:
    """The same workbook with something in its first sheet written differently."""
    target = path.with_name(f"另-{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                assert old in content
                content = content.replace(old, new)
            copy.writestr(entry.filename, content)
    return target


def read(reader: WorkbookReader, path: Path) -> Reading:
    outcome = reader.read(path)
    assert isinstance(outcome, Reading), outcome
    return outcome


def held_cells(cells: pl.DataFrame) -> dict[tuple[int, int], str]:
    """(row, column) to text, of the cells that hold one."""
    return {
        (row["row"], int(name)): text
        for row in cells.to_dicts()
        for name, text in row.items()
        if name != "row" and text is not None
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" 前后有空格 ", " 前后有空格 "),
        ("00123", "00123"),
        (12, "12"),
        (12.0, "12"),
        (-3.0, "-3"),
        (0.0, "0"),
        (0.1, "0.1"),
        (1234.5, "1234.5"),
        (1e-7, "1e-07"),
        (123456789012345.0, "123456789012345"),
        (1e15, "1000000000000000"),
        (1e20, "100000000000000000000"),
        (float("inf"), "inf"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2026, 9, 3), "2026-09-03"),
        (datetime(2026, 9, 3), "2026-09-03"),
        (datetime(2026, 9, 3, 10, 20, 30), "2026-09-03 10:20:30"),
        (datetime(2026, 9, 3, 10, 20, 29, 999_999), "2026-09-03 10:20:30"),
        (datetime(2026, 9, 3, 10, 20, 30, 12), "2026-09-03 10:20:30"),
        (datetime(2026, 9, 3, 23, 59, 59, 999_999), "2026-09-04"),
        (time(10, 20, 30), "10:20:30"),
        (time(23, 59, 59, 999_999), "23:59:59"),
        (timedelta(hours=30, minutes=5), "30:05:00"),
        (timedelta(seconds=-61), "-0:01:01"),
        ("", ""),
    ],
)
def test_every_value_has_one_text(value, text):
    assert cell_text(value) == text


MIXED_CELLS = st.lists(
    st.one_of(
        st.sampled_from(["", "  ", " 甲 ", "12", "12.0", "2026-09-03 00:00:00"]),
        st.integers(-3, 3),
        st.floats(allow_nan=False),
        st.booleans(),
        st.dates(date(1899, 12, 30)),
        st.datetimes(datetime(1899, 12, 30)),
        st.dates(date(1899, 12, 30)).map(
            lambda day: datetime(day.year, day.month, day.day, 23, 59, 59, 999_999)
        ),
        st.times(),
        st.timedeltas(),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=50, deadline=None)
@given(values=MIXED_CELLS)
def test_a_column_of_any_kinds_of_cells_is_the_texts_of_its_cells(values):
    assert list(cell_texts(values)) == [cell_text(value) for value in values]


@pytest.mark.parametrize("rows", [2, SHORT_COLUMN + 1])
def test_cells_are_handed_over_whatever_characters_they_hold(tmp_path, rows):
    columns = [[f"甲\x1f{row}\n乙" for row in range(rows)], ["", *("\x1f" for _ in range(1, rows))]]
    texts = SheetTexts(rows=list(range(3, 3 + rows)), first_column=2, columns=columns, marks=[])
    write_texts(texts, tmp_path / "0", Limits(), 0)

    cells, marks = sheet_tables(tmp_path / "0")

    assert cells["row"].to_list() == list(range(3, 3 + rows))
    assert cells["1"].null_count() == rows
    assert cells["2"].to_list() == columns[0]
    assert cells["3"].to_list() == [None, *columns[1][1:]]
    assert marks.is_empty()


def test_the_reading_process_starts_without_the_library_of_tables():
    code = "import sys, etl.reading.process; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_dates_times_and_durations_in_cells(reader, tmp_path):
    workbook = Workbook()
    values = [
        date(2026, 9, 3),
        datetime(2026, 9, 3, 10, 20, 30),
        time(8, 0),
        timedelta(hours=30),
        True,
        0.1,
        7,
    ]
    for row, value in enumerate(["混合", *values], 1):
        workbook.active.cell(row, 1, value)
    cells = read(reader, saved(workbook, tmp_path / "值.xlsx")).sheets[0].cells
    assert cells["1"].to_list() == [
        "混合",
        "2026-09-03",
        "2026-09-03 10:20:30",
        "08:00:00",
        "30:00:00",
        "TRUE",
        "0.1",
        "7",
    ]


def test_dates_of_the_1904_system_are_the_dates_shown(reader, tmp_path):
    workbook = Workbook()
    workbook.epoch = datetime(1904, 1, 1)
    workbook.active["A1"] = date(2026, 9, 3)
    reading = read(reader, saved(workbook, tmp_path / "苹果.xlsx"))
    assert reading.date_1904
    assert reading.sheets[0].cells.rows() == [(1, "2026-09-03")]


TEXTS = st.text(st.sampled_from("州市县 投诉abcXYZ0189，。<&>\"'_-/"), max_size=12).filter(
    lambda text: not text.startswith("=")
)
CELLS = st.one_of(
    st.none(),
    TEXTS,
    st.integers(-(10**14), 10**14),
    # openpyxl writes 16 digits, so only numbers of at most 15 are in the file as they were given.
    st.floats(-1e12, 1e12).map(lambda number: float(f"{number:.15g}")),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2099, 12, 31)),
    st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
)
TABLES = st.dictionaries(st.tuples(st.integers(1, 60), st.integers(1, 40)), CELLS, min_size=1, max_size=40)


def test_blanks_around_a_text_stay_and_a_text_of_blanks_is_empty(reader, tmp_path):
    workbook = Workbook()
    workbook.active.append([" 甲 乙 ", " ", "\u3000", "丙\n丁"])
    sheet = read(reader, saved(workbook, tmp_path / "空.xlsx")).sheets[0]
    assert sheet.cells.rows() == [(1, " 甲 乙 ", None, None, "丙\n丁")]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=TABLES)
def test_any_table_is_read_back_at_its_true_places(reader, tmp_path, table: dict[tuple[int, int], Cell]):
    workbook = Workbook()
    for (row, column), value in table.items():
        workbook.active.cell(row, column, value)
    cells = read(reader, saved(workbook, tmp_path / "表.xlsx")).sheets[0].cells
    assert held_cells(cells) == {
        place: cell_text(value) for place, value in table.items() if value is not None and str(value).strip()
    }
    assert cells["row"].is_sorted()
    assert all(kind == pl.String for name, kind in cells.schema.items() if name != "row")


def marked_workbook() -> Workbook:
    """A workbook with one of each exceptional thing, in rows and columns told apart by their numbers."""
    workbook = Workbook()
    sheet = workbook.active
    for row in range(1, 9):
        for column in range(1, 6):
            sheet.cell(row, column, f"{row}-{column}")
    sheet["B2"] = "=SUM(C2:D2)"
    sheet["C3"] = 530102199001011234
    sheet["D4"] = "#DIV/0!"
    sheet["D4"].data_type = "e"
    sheet["E5"] = '=IF(A1<"b","是&否","")'
    sheet.row_dimensions[6].hidden = True
    sheet.row_dimensions[20].hidden = True
    sheet.column_dimensions["D"].hidden = True
    sheet.column_dimensions["ZZ"].hidden = True
    sheet.merge_cells("A7:B8")
    return workbook


MARKS = [
    (0, 4, "hidden_column", ""),
    (2, 2, "formula_without_value", "SUM(C2:D2)"),
    (3, 3, "long_number", "530102199001011328"),
    (4, 4, "error_value", "#DIV/0!"),
    (5, 5, "formula_without_value", 'IF(A1<"b","是&否","")'),
    (6, 0, "hidden_row", ""),
    (7, 1, "merged", "A7:B8"),
]


def test_exceptional_cells_are_marked(reader, tmp_path):
    marks = read(reader, saved(marked_workbook(), tmp_path / "标.xlsx")).sheets[0].marks
    assert marks.rows() == MARKS
    assert {kind for _, _, kind, _ in MARKS} < set(MARK_KINDS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<c r="', b'<c  r="'),
        (b"<f>", b"<f><!-- -->"),
        (b"<sheetData>", b'<sheetData><!-- t="e" hidden -->'),
        (b'hidden="1"', b'hidden = "1"'),
        (b"<row ", b"<row\n"),
    ],
)
def test_marks_and_cells_do_not_depend_on_the_spelling(reader, tmp_path, old, new):
    usual = saved(marked_workbook(), tmp_path / "标.xlsx")
    ours, other = read(reader, usual).sheets[0], read(reader, respelled(usual, old, new)).sheets[0]
    assert ours.marks.rows() == other.marks.rows()
    assert ours.cells.rows() == other.cells.rows()


@pytest.mark.parametrize(
    ("stored", "kind"),
    [
        (b"<v>12</v>", "formula"),
        (b"<v></v>", "formula_without_value"),
        (b"<v/>", "formula_without_value"),
        (b"", "formula_without_value"),
    ],
)
def test_a_formula_counts_as_calculated_only_with_a_value(reader, tmp_path, stored, kind):
    workbook = Workbook()
    workbook.active["A1"] = "=1+1"
    path = saved(workbook, tmp_path / "算.xlsx")
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    end = sheet[sheet.index(b"</f>") : sheet.index(b"</c>")]
    reading = read(reader, respelled(path, end, b"</f>" + stored))
    assert reading.sheets[0].marks.rows() == [(1, 1, kind, "1+1")]


def test_an_empty_text_is_a_calculated_result(reader, tmp_path):
    workbook = Workbook()
    workbook.active["A1"] = '=""'
    path = saved(workbook, tmp_path / "空.xlsx")
    for old, new in ((b'<c r="A1">', b'<c r="A1" t="str">'), (b'<c  r="A1">', b'<c  r="A1" t="str">')):
        spelled = respelled(path, b'<c r="A1">', old) if b"  " in old else path
        reading = read(reader, respelled(spelled, old, new))
        assert reading.sheets[0].marks.rows() == [(1, 1, "formula", '""')]


def test_hidden_sheets_keep_their_place_and_say_so(reader, tmp_path):
    workbook = Workbook()
    workbook.active.title = "封面"
    workbook.create_sheet("月度情况").sheet_state = "hidden"
    workbook.create_sheet("字典").sheet_state = "veryHidden"
    reading = read(reader, saved(workbook, tmp_path / "隐.xlsx"))
    assert [(sheet.title, sheet.visible) for sheet in reading.sheets] == [
        ("封面", "visible"),
        ("月度情况", "hidden"),
        ("字典", "very_hidden"),
    ]


def test_custom_properties_and_digest_are_told(reader, tmp_path):
    workbook = Workbook()
    workbook.custom_doc_props.append(StringProperty(name="template_version", value="2026.1"))
    workbook.defined_names["县"] = DefinedName("县", attr_text="Sheet!$A$1")
    path = saved(workbook, tmp_path / "版.xlsx")
    reading = read(reader, path)
    assert reading.custom == {"template_version": "2026.1"}
    assert reading.size == path.stat().st_size
    assert len(reading.sha256) == 64


def test_external_links_are_listed_not_refused(reader, tmp_path):
    workbook = Workbook()
    workbook.active["A1"] = 1
    path = saved(workbook, tmp_path / "链.xlsx")
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'externalLinkPath" Target="file:///D:/去年.xlsx" TargetMode="External"/></Relationships>'
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/externalLinks/_rels/externalLink1.xml.rels", links)
    assert read(reader, path).external_links == ("file:///D:/去年.xlsx",)


def slow_workbook(path: Path) -> Path:
    """An honest workbook in a spelling that takes a second or more to scan: cells without references."""
    workbook = Workbook()
    workbook.active["A1"] = 1
    rows = b"<row>" + b"<c><v>1</v></c>" * 50 + b"</row>"
    return respelled(saved(workbook, path), b"</sheetData>", rows * 16_000 + b"</sheetData>")


def test_a_file_that_takes_too_long_is_refused_and_the_next_is_read(tmp_path):
    slow, quick = slow_workbook(tmp_path / "慢.xlsx"), saved(Workbook(), tmp_path / "快.xlsx")
    with WorkbookReader(Limits(wall_seconds=1.0)) as reader:
        outcome = reader.read(slow)
        assert isinstance(outcome, Refusal)
        assert (outcome.kind, outcome.detail["problem"]) == ("unreadable", "time")
        assert isinstance(reader.read(quick), Reading)


@pytest.mark.skipif(sys.platform == "win32", reason="processor time is limited on POSIX systems only")
def test_a_file_that_takes_too_much_processor_time_is_refused(tmp_path):
    with WorkbookReader(Limits(processor_seconds=0)) as reader:
        outcome = reader.read(slow_workbook(tmp_path / "慢.xlsx"))
    assert outcome == Refusal(
        kind="unreadable", detail={"problem": "process_died", "exit_code": -signal.SIGXCPU}
    )


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found through Linux's /proc")
def test_a_reading_process_killed_at_work_costs_one_file_only(tmp_path):
    slow, quick = slow_workbook(tmp_path / "慢.xlsx"), saved(Workbook(), tmp_path / "快.xlsx")
    outcomes: list[Reading | Refusal] = []
    before = children()
    with WorkbookReader() as reader:
        assert isinstance(reader.read(quick), Reading)
        [process] = children() - before
        thread = threading.Thread(target=lambda: outcomes.append(reader.read(slow)))
        thread.start()
        os.kill(process, signal.SIGKILL)
        thread.join()
        assert outcomes == [
            Refusal(kind="unreadable", detail={"problem": "process_died", "exit_code": -signal.SIGKILL})
        ]
        assert isinstance(reader.read(quick), Reading)


def children() -> set[int]:
    """The processes started by any thread of this one."""
    return {
        int(number)
        for task in Path("/proc/self/task").iterdir()
        for number in (task / "children").read_text().split()
    }


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found through Linux's /proc")
def test_two_hundred_workbooks_cost_one_process(tmp_path):
    path = saved(Workbook(), tmp_path / "空.xlsx")
    before = children()
    with WorkbookReader() as reader:
        reader.read(path)
        first = children() - before
        for _ in range(200):
            reader.read(path)
        assert children() - before == first
    assert children() == before


def test_threads_share_one_reader_and_get_their_own_answers(reader, tmp_path):
    paths = []
    for number in range(12):
        workbook = Workbook()
        workbook.active["A1"] = number
        paths.append(saved(workbook, tmp_path / f"{number}.xlsx"))
    found: dict[int, str] = {}
    threads = [
        threading.Thread(
            target=lambda number=number, path=path: found.update(
                {number: read(reader, path).sheets[0].cells["1"][0]}
            )
        )
        for number, path in enumerate(paths)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: str(number) for number in range(12)}


def test_a_missing_file_is_the_callers_error(reader, tmp_path):
    with pytest.raises(OSError, match="没有"):
        reader.read(tmp_path / "没有.xlsx")


def test_nothing_is_left_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    path = saved(Workbook(), tmp_path / "空.xlsx")
    with WorkbookReader() as reader:
        reader.read(path)
    assert list((tmp_path / "t").iterdir()) == []


def test_wide_and_long_sheets_within_the_limits_are_read_whole(reader, tmp_path):
    workbook = Workbook()
    workbook.active.cell(1, 512, "右")
    workbook.active.cell(5_000, 1, "下")
    reading = read(reader, saved(workbook, tmp_path / "边.xlsx"))
    assert held_cells(reading.sheets[0].cells) == {(1, 512): "右", (5_000, 1): "下"}
    assert get_column_letter(512) == "SR"
