"""A workbook against the unit's other months: real workbooks through the real reader, check, load and build."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook
from typer.testing import CliRunner

from etl import calendar
from etl.__main__ import app
from etl.build import build
from etl.closures import checking_history
from etl.findings import as_text
from etl.journal import Journal
from etl.load import CheckedFile, check_file
from etl.merge_files import merge_files
from etl.provenance import rows_behind
from etl.read import WorkbookReader
from etl.sheets import SHEETS
from etl.store import Store
from metrics.connection import current_build, open_build, runner
from metrics.dimensions import read_dimensions
from metrics.kpis import KPIS
from metrics.query import table
from tests.etl.example_workbooks import example_rows, example_workbook_rows, units_of
from tests.etl.stores import REPOSITORY, assert_equal_builds, load_into, write_workbook, yunnan

CAMPAIGN = yunnan()
GOOD = REPOSITORY / "data" / "samples" / "sample-good.xlsx"
UNIT, MONTH = "532800", "2026-09"
NOW = datetime(2026, 12, 1, 9)
ACROSS = {"another_months_data", "same_as_before", "session_counted"}

Change = Callable[[Workbook], object]


def on_cover(**values: object) -> Change:
    """Put values beside labels of the cover."""

    def change(workbook: Workbook) -> None:
        sheet = workbook["封面"]
        for row in range(1, sheet.max_row + 1):
            if sheet.cell(row, 1).value in values:
                sheet.cell(row, 2).value = values[sheet.cell(row, 1).value]

    return change


def whole_cover(month: str) -> Change:
    """The cover of another month, as if its template had been filled in."""
    first, last = calendar.first_day(month), calendar.last_day(month)
    return on_cover(报告期=month, 统计起始日=first, 统计截止日=last, 填报日期=last)


def variant(path: Path, *changes: Change) -> Path:
    """The good sample, changed."""
    workbook = openpyxl.load_workbook(GOOD)
    for change in changes:
        change(workbook)
    workbook.save(path)
    return path


@pytest.fixture(scope="module")
def reader():
    with WorkbookReader() as opened:
        yield opened


@pytest.fixture(scope="module")
def september(tmp_path_factory) -> Path:
    """A store that holds the good sample's month."""
    folder = tmp_path_factory.mktemp("september") / "store"
    loaded = load_into(folder, [GOOD], CAMPAIGN)
    assert loaded.files[0].findings == ()
    return folder


def checked(path: Path, reader: WorkbookReader, folder: Path) -> CheckedFile:
    """A workbook held against what a store holds."""
    store = Store(folder=folder)
    with closing(Journal(store.journal_url)) as journal:
        return check_file(path, reader, CAMPAIGN, now=NOW, history=checking_history(store, journal))


def told(file: CheckedFile) -> Counter:
    """How often each kind that has to be mended or explained is told."""
    return Counter(each.kind for each in file.findings if each.severity != "info")


WINDOW = {"window_outside_month": 2}
WHOLE = {"another_months_data": 1}
RE_SENT: dict[str, tuple[Change, Mapping[str, int]]] = {
    "the month alone, an earlier one": (on_cover(报告期="2026-08"), WINDOW | WHOLE),
    "the month alone, a later one": (on_cover(报告期="2026-10"), WINDOW | WHOLE),
    "the whole cover, the month before": (whole_cover("2026-08"), WHOLE),
    "the whole cover, the month after": (whole_cover("2026-10"), WHOLE),
    "the whole cover, two months after": (whole_cover("2026-11"), WHOLE),
    "nothing: the same month again": (lambda workbook: None, {}),
}


@pytest.mark.parametrize(("change", "expected"), RE_SENT.values(), ids=RE_SENT)
def test_a_workbook_sent_again_under_another_month_is_refused_once(
    change, expected, reader, september, tmp_path
):
    file = checked(variant(tmp_path / "again.xlsx", change), reader, september)

    assert told(file) == expected
    assert file.blocked == bool(expected)
    for each in file.findings:
        if each.kind == "another_months_data":
            assert (each.sheet, each.cell) == ("封面", "B6")
            assert MONTH in as_text(each, "again.xlsx")
            assert MONTH in as_text(each, "again.xlsx", "en")


def test_loaded_three_months_running_it_counts_in_one(september, tmp_path):
    store = shutil.copytree(september, tmp_path / "store")
    before = sums(store, "ytd"), sums(store, "quarter")
    paths = [variant(tmp_path / f"{m}.xlsx", whole_cover(m)) for m in ("2026-08", "2026-10", "2026-11")]

    loaded = load_into(store, paths, CAMPAIGN, now=NOW)

    assert [file.is_in for file in loaded.files] == [False, False, False]
    assert (sums(store, "ytd"), sums(store, "quarter")) == before


def sums(folder: Path, kind: str) -> dict[str, tuple[Decimal, Decimal]]:
    """Numerator and denominator of figures of the unit, from the table of figures."""
    keys = ("training_hours_per_officer", "training_attendance_rate", "two_recorder_rate")
    with closing(open_build(current_build(folder))) as connection:
        run = runner(connection)
        frame = table(
            run,
            read_dimensions(run),
            [KPIS[key] for key in keys],
            month=date(2026, 11, 1) if kind == "ytd" else date(2026, 9, 1),
            kind=kind,
            as_of=NOW,
        )
    own = frame.filter((pl.col("unit_code") == UNIT) & (pl.col("level") == CAMPAIGN.reporting_level))
    return {row["kpi"]: (row["numerator"], row["denominator"]) for row in own.to_dicts()}


def one_more_action(workbook: Workbook) -> None:
    """A month that differs in one figure, so that nobody can call it the other's as a whole."""
    cell = workbook["月度情况"].cell(3, 3)
    cell.value = int(cell.value) + 1


@pytest.fixture(scope="module")
def nearly_alike(september, tmp_path_factory) -> tuple[Path, list]:
    """The store after workbooks that repeat September's logs beside a table of their own, and what was told of them."""
    folder = tmp_path_factory.mktemp("alike")
    store = shutil.copytree(september, folder / "store")
    paths = [
        variant(folder / f"{month}.xlsx", whole_cover(month), *[one_more_action] * times)
        for times, month in enumerate(("2026-10", "2026-11"), start=1)
    ]
    loaded = load_into(store, paths, CAMPAIGN, now=NOW)
    return store, list(loaded.files)


def test_a_course_in_three_months_is_told_at_its_row_and_counted_in_the_last(nearly_alike, september):
    store, files = nearly_alike
    courses = len(list(openpyxl.load_workbook(GOOD)["培训台账"].iter_rows(min_row=3, max_col=1))) - 0
    rows = [
        [each for each in file.findings if each.kind == "session_counted" and each.severity == "verify"]
        for file in files
    ]

    assert all(file.is_in for file in files)
    assert 0 < len(rows[0]) == len(rows[1]) <= courses
    assert {each.cell[:1] for each in rows[1]} == {"A"}
    assert all("2026-09、2026-10" in as_text(each, "x") for each in rows[1])
    once = sums(september, "ytd")
    again = sums(store, "ytd")
    assert again["training_hours_per_officer"][0] == once["training_hours_per_officer"][0]
    assert again["training_attendance_rate"] == once["training_attendance_rate"]


def test_the_rows_behind_follow_to_the_month_that_counts(nearly_alike):
    store = nearly_alike[0]
    leaves = [leaf.code for leaf in CAMPAIGN.leaves(UNIT)]

    def adding(month: int) -> tuple[int, Decimal]:
        places = pl.DataFrame({"leaf_code": leaves}).with_columns(month=pl.date(2026, month, 1))
        (found,) = rows_behind(Store(folder=store), current_build(store), places, ["training_attended"])
        return found.row_count, found.totals["training_attended"]

    assert adding(9) == adding(10) == (0, 0)
    assert adding(11)[0] > 0
    assert adding(11)[1] == sums(store, "ytd")["training_attendance_rate"][0]


def test_a_build_extended_month_by_month_equals_a_full_one(nearly_alike, tmp_path):
    store = Store(folder=shutil.copytree(nearly_alike[0], tmp_path / "store"))
    extended = shutil.copy(current_build(store.folder), tmp_path / "extended.duckdb")
    with closing(Journal(store.journal_url)) as journal:
        build(store, journal, CAMPAIGN, now=NOW, full=True)

    assert_equal_builds(Path(extended), current_build(store.folder))


# One table only, and what is honestly alike

LINCANG = next(unit for unit in CAMPAIGN.reporting_units if unit.code == "530900")


def rows_of(key: str, month: str, *, seed: int = 1, count: int = 4) -> list[dict]:
    sheet = SHEETS[key]
    return example_rows(sheet, units_of(CAMPAIGN, LINCANG, sheet), month, count, seed=seed)


def two_months(
    tmp_path: Path, reader: WorkbookReader, first: dict[str, list], second: dict[str, list], **cover: object
) -> CheckedFile:
    """October's check after September was loaded, each with these rows and otherwise rows of its own."""
    one = write_workbook(
        tmp_path / "9.xlsx", CAMPAIGN, LINCANG, MONTH, rows=first, cover=cover if first else None
    )
    store = tmp_path / "store"
    assert load_into(store, [one], CAMPAIGN, now=NOW).files[0].is_in
    other = write_workbook(tmp_path / "10.xlsx", CAMPAIGN, LINCANG, "2026-10", rows=second, cover=cover)
    return checked(other, reader, store)


def test_one_table_of_last_month_is_to_be_explained(tmp_path, reader):
    same = rows_of("monthly", MONTH)

    file = two_months(tmp_path, reader, {"monthly": same}, {"monthly": same})

    found = [each for each in file.findings if each.kind in ACROSS]
    assert [(each.kind, each.severity, each.sheet) for each in found] == [
        ("same_as_before", "verify", "月度情况")
    ]
    assert not file.blocked
    assert MONTH in as_text(found[0], "10.xlsx")


def test_one_figure_or_a_month_between_does_not_hide_or_make_a_copy(tmp_path, reader):
    same = rows_of("monthly", MONTH)
    changed = [dict(row) for row in same]
    changed[-1]["actions"] += 1

    assert not set(told(two_months(tmp_path, reader, {"monthly": same}, {"monthly": changed}))) & ACROSS
    # November is held against September where October told nothing.
    later = write_workbook(tmp_path / "11.xlsx", CAMPAIGN, LINCANG, "2026-11", rows={"monthly": same})
    assert "same_as_before" in told(checked(later, reader, tmp_path / "store"))


def test_a_quarter_is_held_against_the_quarter_before(tmp_path, reader):
    same = rows_of("quarterly", MONTH)
    one = write_workbook(tmp_path / "9.xlsx", CAMPAIGN, LINCANG, MONTH, rows={"quarterly": same})
    load_into(tmp_path / "store", [one], CAMPAIGN, now=datetime(2027, 1, 5))
    other = write_workbook(tmp_path / "12.xlsx", CAMPAIGN, LINCANG, "2026-12", rows={"quarterly": same})
    store = Store(folder=tmp_path / "store")
    with closing(Journal(store.journal_url)) as journal:
        history = checking_history(store, journal)
        file = check_file(other, reader, CAMPAIGN, now=datetime(2027, 1, 5), history=history)

    assert [(each.kind, each.sheet) for each in file.findings if each.kind in ACROSS] == [
        ("same_as_before", "季度情况")
    ]


def still_open() -> list[dict]:
    """One complaint nobody has closed: every month's log lists it."""
    [row] = rows_of("complaints", MONTH, count=1)
    return [
        row | {"closed_at": None, "closed_on_time": None, "excluded_reason": "无", "complaint_id": "甲-1"}
    ]


ALIKE = {
    "zero reports twice": {"complaints": [], "trainings": [], "issues": []},
    "the same open complaint and issues": {
        "complaints": still_open(),
        "trainings": [],
        "issues": rows_of("issues", MONTH),
    },
}
ZERO = {
    "complaints": "complaints_zero_report",
    "trainings": "trainings_zero_report",
    "issues": "issues_zero_report",
}


@pytest.mark.parametrize("logs", ALIKE.values(), ids=ALIKE)
def test_two_months_that_are_honestly_alike_are_never_refused(logs, tmp_path, reader):
    tables = {key: rows_of(key, MONTH) for key in ("basics", "monthly", "progress")}
    zero = {flag: True for key, flag in ZERO.items() if not logs[key]}

    file = two_months(tmp_path, reader, {**tables, **logs}, {**tables, **logs}, **zero)

    assert not file.blocked, [as_text(each, "10.xlsx") for each in file.findings if each.severity == "must"]
    assert set(told(file)) == {"same_as_before"}


def test_a_second_month_without_anything_is_no_copy_of_the_first(tmp_path, reader):
    nothing = [
        row | {name: 0 for name in row if name not in ("unit_code", "unit_name")}
        for row in rows_of("monthly", MONTH)
    ]

    assert not set(told(two_months(tmp_path, reader, {"monthly": nothing}, {"monthly": nothing}))) & ACROSS


# Days outside the month

AUGUST = on_cover(统计起始日=date(2026, 8, 1), 统计截止日=date(2026, 8, 31))


def test_a_window_of_another_month_is_told_at_the_cover_alone(reader, tmp_path, september):
    file = checked(variant(tmp_path / "window.xlsx", AUGUST), reader, september)

    assert [(each.kind, each.cell) for each in file.findings] == [
        ("window_outside_month", "B7"),
        ("window_outside_month", "B8"),
    ]


def test_rows_dated_after_their_month_are_told_at_the_row(reader, tmp_path):
    early = checked(variant(tmp_path / "8.xlsx", on_cover(报告期="2026-08")), reader, empty(tmp_path))
    late = checked(
        variant(tmp_path / "9.xlsx", on_cover(统计截止日=date(2026, 10, 5)), october_complaint),
        reader,
        empty(tmp_path),
    )

    assert told(early)["after_data_to"] > 12
    assert told(late) == {"window_differs": 1, "after_month": 1}
    assert [each.cell for each in late.findings if each.kind == "after_month"] == ["D3"]


def october_complaint(workbook: Workbook) -> None:
    sheet = workbook["投诉台账"]
    titles = {str(cell.value).split("\n")[0]: cell.column for cell in sheet[2]}
    for title in ("办结期限", "首次联系时间", "办结时间", "是否按期办结", "回访确认是否解决", "回访评价"):
        sheet.cell(3, titles[title]).value = None
    sheet.cell(3, titles["受理时间"]).value = datetime(2026, 10, 3, 9)
    sheet.cell(3, titles["办结期限"]).value = datetime(2026, 10, 30)


def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir(exist_ok=True)
    return folder


def test_courses_before_the_first_day_of_data_are_to_be_explained(reader, tmp_path):
    file = checked(variant(tmp_path / "10.xlsx", whole_cover("2026-10")), reader, empty(tmp_path))

    assert set(told(file)) == {"session_before_data_from"}
    assert told(file)["session_before_data_from"] == 9


# The same on every way in


def test_the_command_line_refuses_it_too(september, tmp_path):
    again = variant(tmp_path / "again.xlsx", whole_cover("2026-10"))

    outcome = CliRunner().invoke(app, ["check", str(again), "--store", str(september)])

    assert outcome.exit_code == 1
    assert "整份数据是另一个月的" in outcome.stdout


def test_what_was_merged_from_last_months_workbooks_is_refused_too(reader, september, tmp_path):
    files = [
        (f"{name}.xlsx", variant(tmp_path / f"{name}.xlsx", whole_cover("2026-10"))) for name in ("甲", "乙")
    ]
    merged = merge_files(files, reader.read, CAMPAIGN, Store(folder=september), today=NOW.date())
    path = tmp_path / "merged.xlsx"
    path.write_bytes(merged.content)

    assert told(checked(path, reader, september)) == WHOLE


def test_example_rows_of_two_months_differ():
    """Or the tests above would show nothing."""
    one, other = (example_workbook_rows(CAMPAIGN, LINCANG, month) for month in (MONTH, "2026-10"))
    assert one["monthly"] != other["monthly"]
