"""The law of validation: a valid workbook has no findings, and each thing spoilt is told once, in its place."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.campaign import CollectedSheet, load_campaign
from etl.checking.cover import check_cover, check_version
from etl.findings import KINDS, as_text, render
from etl.gate import REFUSAL_KINDS
from etl.masking import mask_frame
from etl.read import WorkbookReader
from etl.schema import NOT_APPLICABLE
from etl.sheets import COVER, SHEETS
from etl.template import build_workbook
from etl.template_sheets import sheets_for
from etl.validate import validate
from tests.etl.example_workbooks import (
    HEADER_ROW,
    example_cover,
    example_rows,
    example_workbook_rows,
    grid,
    lines_of,
    reading_of,
    reading_with,
    units_of,
)

CAMPAIGNS = Path(__file__).resolve().parents[2] / "data" / "campaigns"
CAMPAIGN = load_campaign(CAMPAIGNS / "yunnan-2025")
UNIT = CAMPAIGN.unit("530100")
PERIOD = "2026-09"
TODAY = date(2026, 10, 1)
SPOILT_ROW = HEADER_ROW + 2


def no_history(unit_code, period, sheet):
    return None


def only(key, campaign=CAMPAIGN):
    """The campaign as if it collected this one sheet, every column of it."""
    collected = CAMPAIGN.collected(key)
    return replace(
        campaign,
        sheets=(CollectedSheet(sheet=key, reported_by=collected.reported_by, frequency="monthly"),),
    )


def reporter(key):
    return CAMPAIGN.top if CAMPAIGN.collected(key).reported_by == "top" else UNIT


def example(key, count=6):
    """Reading of a valid workbook with one sheet."""
    campaign, unit = only(key), reporter(key)
    rows = example_rows(SHEETS[key], units_of(campaign, unit, SHEETS[key]), PERIOD, count)
    return reading_of(campaign, unit, PERIOD, example_cover(campaign, unit, PERIOD), {key: rows})


def check(reading, campaign=CAMPAIGN, today=TODAY, history=no_history):
    checked = validate(reading, campaign, today=today, history=history)
    for found in checked.findings:
        for language in ("zh", "en"):
            assert "{" not in as_text(found, "a.xlsx", language)
            assert "Words(" not in as_text(found, "a.xlsx", language)
    return checked


def told(checked):
    return [(found.kind, found.sheet, found.cell) for found in checked.findings]


def changed(reading, title, change, marks=(), **more):
    """The workbook with one sheet's lines changed."""
    sheets = []
    for sheet in reading.sheets:
        if sheet.title == title:
            lines = lines_of(sheet)
            change(lines)
            sheet = grid(title, lines, marks=marks, **more)
        sheets.append(sheet)
    return reading_with(*sheets)


def with_cell(reading, title, row, number, text, mark=None):
    def change(lines):
        line = lines.setdefault(row, [])
        line += [None] * (number - len(line))
        line[number - 1] = text

    marks = [(row, number, mark, "#N/A" if mark == "error_value" else "=DISPIMG()")] if mark else []
    return changed(reading, title, change, marks)


def address(row, number):
    return f"{chr(64 + number)}{row}"


NUMBERS = [
    ("约12", "not_a_number"),
    ("十二", "chinese_numeral"),
    ("5%", "percent"),
    ("-1", "below_minimum"),
    ("10000001", "above_maximum"),
    ("2026-09-03", "date_for_number"),
    ("1234567890123456", "number_too_large"),
    ("—", "dash_for_missing"),
]
DATES = [
    ("45903", "date_serial"),
    ("3/9/2026", "date_ambiguous"),
    ("26-9-3", "date_two_digit_year"),
    ("2026-02-30", "date_impossible"),
    ("2026-09", "date_incomplete"),
    ("昨天", "not_a_date"),
]
UNITS = [("不存在的县", "unknown_unit"), ("999999", "unknown_unit")]
SPOILS = {
    "integer": [*NUMBERS, ("1.5", "not_whole")],
    "decimal": [*NUMBERS, ("1.125", "too_many_decimals")],
    "date": DATES,
    "datetime": DATES,
    "choice": [("没有这一项", "not_a_choice"), (NOT_APPLICABLE, "not_applicable_here")],
    "yes_no": [("对", "not_yes_no")],
    "unit": UNITS,
    "code": UNITS,
    "text": [],
    "month": [("九月", "not_a_month")],
}
MARKS = [
    (None, "formula_without_value", "formula_without_value"),
    ("#N/A", "error_value", "error_value"),
    ("530102199001011232", "long_number", "long_number"),
    ("=DISPIMG()", "formula", "picture_in_cell"),
]


def spoils(column):
    """(text, mark, kind) of what can be wrong with one cell of a column."""
    wrong = [(text, None, kind) for text, kind in SPOILS[column.type]]
    if not column.required:
        wrong = [each for each in wrong if each[2] != "dash_for_missing"]
    else:
        wrong += [(None, None, "required_empty"), (" \u3000", None, "required_empty")]
    if column.type in ("integer", "decimal") and not column.not_applicable:
        wrong.append((NOT_APPLICABLE, None, "not_applicable_here"))
    if column.type == "text" and column.name != "unit_name":
        wrong.append(("长" * ((column.max_length or 32_767) + 1), None, "text_too_long"))
    if column.unit_scope in ("below", "below_or_own"):
        wrong += [
            ("曲靖市", None, "foreign_unit"),
            ("530302", None, "foreign_unit"),
            ("麒麟区", None, "foreign_unit"),
        ]
    if column.unit_scope == "any":
        wrong.append(("大理", None, "ambiguous_unit"))
    if column.name == "unit_name":
        wrong += [("五华区", None, "unit_name_differs"), ("某县", None, "unit_name_differs")]
    return wrong + MARKS


@pytest.mark.parametrize("key", SHEETS)
def test_one_spoilt_cell_is_one_finding_at_that_cell(key):
    reading, title = example(key), SHEETS[key].title_zh
    assert told(check(reading, only(key))) == []

    for number, column in enumerate(SHEETS[key].columns, start=1):
        for text, mark, kind in spoils(column):
            spoilt = with_cell(reading, title, SPOILT_ROW, number, text, mark)
            found = check(spoilt, only(key)).findings

            expected = [(kind, title, address(SPOILT_ROW, number), column.title_zh)]
            assert [(f.kind, f.sheet, f.cell, f.column) for f in found] == expected, (column.name, text)


def cover_spoils(column):
    if column.name == "unit_code":
        return [("999999", "cover_unit_unknown"), ("530102", "unit_not_reporting"), (None, "required_empty")]
    if column.name == "unit_name":
        return [
            ("某市", "cover_unit_unknown"),
            ("五华区", "unit_not_reporting"),
            ("曲靖市", "unit_code_name_differ"),
        ]
    if column.name == "template_version":
        return [("1999.1", "template_unknown"), (None, "required_empty")]
    if column.name == "period":
        return [
            ("2030-01", "period_outside_campaign"),
            ("2026-11", "period_not_begun"),
            ("九月", "not_a_month"),
        ]
    wrong = list(SPOILS[column.type]) + ([(None, "required_empty")] if column.required else [])
    if column.name in ("data_from", "data_to"):
        wrong.append(("2026-09-10", "window_differs"))
    return wrong + ([("—", "dash_for_missing")] if column.required else [])


def test_nobody_has_filled_in_a_workbook_on_a_day_to_come():
    reading = example("trainings")
    cover = example_cover(only("trainings"), reporter("trainings"), PERIOD)
    found = check(reading, only("trainings"), today=cover["prepared_on"] - timedelta(days=1)).findings
    assert [each.column for each in found if each.kind == "in_the_future" and each.sheet == "封面"] == [
        "填报日期"
    ]
    assert told(check(reading, only("trainings"), today=cover["prepared_on"])) == []


def test_one_spoilt_value_of_the_cover_is_one_finding_at_that_cell():
    campaign = only("complaints")
    reading = example("complaints")
    labels = {line[0]: row for row, line in lines_of(reading.sheets[0]).items()}
    for column in sheets_for(campaign, UNIT, PERIOD)[0].columns:
        row = labels[column.title_zh]
        for text, kind in cover_spoils(column):
            found = check(with_cell(reading, COVER.title_zh, row, 2, text), campaign).findings
            # Other days or another month put rows outside the window, which is told too.
            found = [f for f in found if f.sheet == COVER.title_zh]
            assert [(f.kind, f.cell) for f in found if f.kind != "window_differs" or kind == f.kind] == [
                (kind, f"B{row}")
            ], (column.name, text)


@pytest.mark.parametrize("campaign_name", ["yunnan-2025", "pingshan-2018"])
def test_a_valid_workbook_of_every_role_and_month_has_no_findings(campaign_name):
    campaign = load_campaign(CAMPAIGNS / campaign_name)
    for unit in dict.fromkeys((campaign.reporting_units[0], campaign.reporting_units[-1], campaign.top)):
        for period in campaign.periods[8:12]:
            rows = example_workbook_rows(campaign, unit, period)
            reading = reading_of(campaign, unit, period, example_cover(campaign, unit, period), rows)

            assert told(check(reading, campaign, today=date(2027, 1, 1))) == []


RULES = [
    ("basics", {"posts_filled": "900"}, "part_exceeds_whole_check", "posts_filled"),
    ("basics", {"certified_officers": "900"}, "part_exceeds_whole", "certified_officers"),
    ("monthly", {"communities_served": "900"}, "part_exceeds_whole", "communities_served"),
    ("quarterly", {"files_reviewed": "900"}, "sum_differs", "files_reviewed"),
    ("complaints", {"complaint_kind": "执法行为投诉", "focus_area": None}, "required_when", "focus_area"),
    ("complaints", {"received_at": "2026-10-01", "due_at": None, "responded_at": None, "closed_at": None, "closed_on_time": "是"}, "after_data_to", "received_at"),
    ("complaints", {"received_at": "2026-08-31 10:00"}, "before_data_from", "received_at"),
    ("complaints", {"closed_at": "2026-08-30", "closed_on_time": None}, "date_order", "closed_at"),
    ("complaints", {"due_at": "2026-09-30", "closed_at": "2026-09-29", "closed_on_time": "否"}, "flag_disagrees", "closed_on_time"),
    ("complaints", {"due_at": None, "closed_on_time": None, "excluded_reason": "无"}, "due_unknown", "due_at"),
    ("complaints", {"complaint_id": "甲1", "repeat_of": "甲1"}, "renews_itself", "repeat_of"),
    ("complaints", {"focus_area": "逐利执法与廉政风险", "summary": "某事"}, "text_not_collected", "summary"),
    ("trainings", {"started_on": "2026-08-31"}, "session_before_data_from", "started_on"),
    ("trainings", {"hours": "80.5"}, "long_course", "hours"),
    ("trainings", {"expected": "1", "officers_attended": "5", "senior_attended": None}, "part_exceeds_whole_check", "expected"),
    ("issues", {"status": "已整改", "closed_on": None}, "required_when", "closed_on"),
    ("issues", {"due_on": "2026-08-01"}, "date_order", "due_on"),
    ("surveys", {"ended_on": "2026-10-01"}, "after_data_to", "ended_on"),
    ("events", {"decided_on": "2026-08-01"}, "date_order", "decided_on"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "changes", "kind", "column"), RULES)
def test_a_broken_rule_is_told_at_the_cell_it_is_about(key, changes, kind, column):
    reading, sheet = example(key), SHEETS[key]
    numbers = {each.name: number for number, each in enumerate(sheet.columns, start=1)}
    for name, text in changes.items():
        reading = with_cell(reading, sheet.title_zh, SPOILT_ROW, numbers[name], text)

    found = check(reading, only(key)).findings

    assert [(f.kind, f.cell, f.severity) for f in found] == [
        (kind, address(SPOILT_ROW, numbers[column]), KINDS[kind].severity)
    ]


HAPPENED = [
    (key, rule.columns[0])
    for key, sheet in SHEETS.items()
    for rule in sheet.rules
    if rule.kind == "in_the_future"
]


@pytest.mark.parametrize(("key", "column"), HAPPENED)
def test_what_is_to_happen_later_in_a_month_that_still_runs_is_not_reported_as_done(key, column):
    sheet = SHEETS[key]
    number = [each.name for each in sheet.columns].index(column) + 1
    reading = with_cell(example(key), sheet.title_zh, SPOILT_ROW, number, "2026-09-29")

    def kinds(today):
        found = check(reading, only(key), today=today).findings
        return [each.kind for each in found if each.column == sheet.column(column).title_zh]

    assert "in_the_future" in kinds(date(2026, 9, 28))
    assert "in_the_future" not in kinds(date(2026, 9, 29))


def test_every_day_of_something_that_happened_is_held_against_the_day_of_the_check():
    planned = {("complaints", "due_at"), ("issues", "due_on")}
    days = {
        (key, column.name)
        for key, sheet in SHEETS.items()
        for column in sheet.columns
        if column.type in ("date", "datetime")
    }
    assert set(HAPPENED) == days - planned


def test_a_date_after_both_days_is_told_once():
    number = [each.name for each in SHEETS["trainings"].columns].index("started_on") + 1
    reading = with_cell(example("trainings"), "培训台账", SPOILT_ROW, number, "2026-10-05")
    found = check(reading, only("trainings"), today=date(2026, 9, 28)).findings
    assert [each.kind for each in found if each.cell == address(SPOILT_ROW, number)] == ["after_data_to"]


def test_a_date_alone_as_due_time_reaches_the_end_of_its_day():
    reading = example("complaints")
    numbers = {column.name: n for n, column in enumerate(SHEETS["complaints"].columns, start=1)}
    for name, text in (("due_at", "2026-09-20"), ("closed_at", "2026-09-20 18:00"), ("closed_on_time", "是")):
        reading = with_cell(reading, "投诉台账", SPOILT_ROW, numbers[name], text)

    checked = check(reading, only("complaints"))

    assert told(checked) == []
    assert ("due_at", "2026-09-20") in checked.sheets["complaints"].seen.select("column", "seen").rows()


def test_not_applicable_is_a_missing_number_that_is_kept_as_seen():
    reading = with_cell(example("basics"), "基础情况", SPOILT_ROW, 3, NOT_APPLICABLE)

    sheet = check(reading, only("basics")).sheets["basics"]

    assert sheet.rows.filter(pl.col("row") == SPOILT_ROW)["posts"].to_list() == [None]
    assert sheet.seen.rows() == [(SPOILT_ROW, "posts", NOT_APPLICABLE)]


def without_column(number):
    def change(lines):
        for row in lines:
            if row >= HEADER_ROW:
                del lines[row][number - 1]

    return change


@pytest.mark.parametrize("key", SHEETS)
def test_a_missing_column_is_one_finding(key):
    sheet = SHEETS[key]
    for number, column in enumerate(sheet.columns, start=1):
        found = check(changed(example(key), sheet.title_zh, without_column(number)), only(key)).findings

        assert [(f.kind, f.column) for f in found] == [("missing_column", column.title_zh)]


def move_row(lines, row, *, by):
    later = {number: lines.pop(number) for number in sorted(lines) if number >= row}
    lines.update({number + by: line for number, line in later.items()})


LAYOUTS = {
    "blank_row": (lambda lines: move_row(lines, 5, by=2), "A5"),
    "totals_row": (lambda lines: lines.update({9: ["合 计：", None, None, "99"]}), "A9"),
    "repeated_header": (lambda lines: lines.update({9: list(lines[HEADER_ROW])}), "A9"),
    "duplicate_header": (lambda lines: lines[HEADER_ROW].append("工单编号"), "S2"),
    "unexpected_column": (
        lambda lines: [line.append("某注") for row, line in lines.items() if row > 1],
        "S2",
    ),
    "header_not_found": (lambda lines: lines.pop(HEADER_ROW), ""),
    "duplicate_key": (lambda lines: lines[7].__setitem__(0, lines[4][0]), "A7"),
}


@pytest.mark.parametrize("kind", LAYOUTS)
def test_a_fault_of_layout_is_one_finding(kind):
    change, cell = LAYOUTS[kind]
    reading = changed(example("complaints", count=6), "投诉台账", change)

    assert told(check(reading, only("complaints"))) == [(kind, "投诉台账", cell)]


@pytest.mark.parametrize("trailing", [[" "], ["\u3000", "", " "]])
def test_blank_rows_at_the_end_are_nothing(trailing):
    reading = changed(
        example("complaints"), "投诉台账", lambda lines: lines.update({30: trailing, 31: trailing})
    )

    checked = check(reading, only("complaints"))

    assert told(checked) == []
    assert checked.sheets["complaints"].rows.height == 6


def test_a_sheet_whose_header_stands_further_down_and_right_is_read():
    def change(lines):
        moved = {row + 9: [None, None, *line] for row, line in lines.items()}
        lines.clear()
        lines.update(moved)

    reading = changed(example("complaints"), "投诉台账", change)
    reading = with_cell(reading, "投诉台账", SPOILT_ROW + 9, 6, "昨天")

    assert told(check(reading, only("complaints"))) == [("not_a_date", "投诉台账", f"F{SPOILT_ROW + 9}")]


def test_merged_cells_are_one_finding_and_those_they_cover_are_not_called_empty():
    reading = changed(
        example("complaints"),
        "投诉台账",
        lambda lines: lines[5].__setitem__(1, None),
        [(4, 2, "merged", "B4:B5")],
    )

    assert told(check(reading, only("complaints"))) == [("merged_cells", "投诉台账", "B4")]


def test_formulas_with_results_and_hidden_rows_are_for_information_once_a_sheet():
    marks = [
        (4, 3, "formula", "=1+1"),
        (5, 3, "formula", "=2+2"),
        (4, 0, "hidden_row", ""),
        (0, 3, "hidden_column", ""),
    ]
    checked = check(changed(example("basics"), "基础情况", lambda lines: None, marks), only("basics"))

    assert [(f.kind, f.severity, render(f, "")["value"]) for f in checked.findings] == [
        ("formula", "info", "C4, C5"),
        ("hidden_cells", "info", "第4行、C列"),
    ]


def test_sheets_beside_the_template_are_for_information():
    reading = example("complaints")
    more = [
        grid("草稿", {1: ["x"]}),
        grid("空表", {}),
        grid("隐藏", {1: ["x"]}, visible="hidden"),
        grid("填表说明", {1: ["x"]}),
        grid("选项", {1: ["x"]}, visible="hidden"),
        grid("基础情况", {1: ["x"]}),
    ]
    reading = replace(reading, sheets=(*reading.sheets, *more), external_links=("a.xlsx",))

    assert told(check(reading, only("complaints"))) == [
        ("external_links", "", ""),
        ("unknown_sheet", "草稿", ""),
        ("hidden_sheet", "隐藏", ""),
        ("sheet_not_due", "基础情况", ""),
    ]


def test_a_hidden_sheet_of_the_template_is_read_and_told():
    reading = changed(example("complaints"), "投诉台账", lambda lines: None, visible="very_hidden")

    assert told(check(reading, only("complaints"))) == [("hidden_sheet", "投诉台账", "")]


def test_a_missing_sheet_is_one_finding_and_a_repeated_one_another():
    reading = example("complaints")
    assert told(check(replace(reading, sheets=reading.sheets[:1]), only("complaints"))) == [
        ("missing_sheet", "投诉台账", "")
    ]
    again = replace(reading.sheets[1], title="投诉台账 ")
    assert told(check(replace(reading, sheets=(*reading.sheets, again)), only("complaints"))) == [
        ("duplicate_sheet", "投诉台账 ", "")
    ]


def test_without_a_cover_the_sheets_are_checked_all_the_same():
    reading = with_cell(example("complaints"), "投诉台账", SPOILT_ROW, 4, "昨天")

    checked = check(replace(reading, sheets=reading.sheets[1:]), only("complaints"))

    assert told(checked) == [("missing_cover", "封面", ""), ("not_a_date", "投诉台账", f"D{SPOILT_ROW}")]
    assert (checked.unit, checked.period) == (None, None)


def test_an_item_of_the_cover_that_is_missing_or_repeated_is_one_finding():
    reading = example("complaints")
    row = next(row for row, line in lines_of(reading.sheets[0]).items() if line[0] == "审核人")

    missing = changed(reading, "封面", lambda lines: lines.pop(row))
    repeated = changed(reading, "封面", lambda lines: lines.update({40: ["审核人", "赵某"]}))

    assert told(check(missing, only("complaints"))) == [("missing_label", "封面", "")]
    assert told(check(repeated, only("complaints"))) == [("duplicate_label", "封面", "A40")]


def test_units_missing_given_twice_or_left_blank():
    def without(lines):
        lines.pop(max(lines))

    def twice(lines):
        lines[max(lines) + 1] = list(lines[SPOILT_ROW])

    def blank(lines):
        lines[SPOILT_ROW][2:] = [None] * (len(lines[SPOILT_ROW]) - 2)

    def unfilled(lines):
        for row in lines:
            if row > HEADER_ROW:
                lines[row][2:] = [None] * (len(lines[row]) - 2)

    outcomes = [
        check(changed(example("basics"), "基础情况", change), only("basics"))
        for change in (without, twice, blank, unfilled)
    ]

    assert [told(each) for each in outcomes] == [
        [("missing_unit", "基础情况", "")],
        [("duplicate_key", "基础情况", "A18")],
        [("unit_row_empty", "基础情况", f"C{SPOILT_ROW}")],
        [("sheet_not_filled", "基础情况", "")],
    ]
    assert "昆明市本级" in render(outcomes[0].findings[0], "a.xlsx")["expected"]


def test_a_set_row_that_is_missing_is_named():
    found = check(
        changed(example("progress"), "整治情况", lambda lines: lines.pop(5)), only("progress")
    ).findings

    assert [f.kind for f in found] == ["blank_row", "missing_row"]
    assert "取得成效" in render(found[1], "a.xlsx")["expected"]


def test_foreign_rows_hidden_in_five_thousand_are_found():
    reading = example("complaints", count=5_000)
    places = {(77, "麒麟区"), (2_500, "530302"), (4_999, "大理市")}
    for row, name in places:
        reading = with_cell(reading, "投诉台账", row, 2, name)

    found = check(reading, only("complaints")).findings

    assert {(f.kind, f.cell, f.value) for f in found} == {
        ("foreign_unit", f"B{row}", name) for row, name in places
    }
    assert {render(f, "a.xlsx")["remedy"] for f in found if f.value == "大理市"} == {
        "删除该行，由大理白族自治州上报；填错的改正单位"
    }


def test_many_of_a_kind_are_counted_beyond_two_hundred():
    def change(lines):
        for row in lines:
            if row > HEADER_ROW:
                lines[row][3] = "昨天"

    found = check(
        changed(example("complaints", count=1_000), "投诉台账", change), only("complaints")
    ).findings

    assert [f.kind for f in found] == ["not_a_date"] * 200 + ["more_findings"]
    assert "800" in render(found[-1], "a.xlsx")["expected"]


def cover_says(reading, title, text, campaign=CAMPAIGN):
    row = next(row for row, line in lines_of(reading.sheets[0]).items() if line[0] == title)
    return with_cell(reading, "封面", row, 2, text)


def test_an_empty_log_is_zero_only_when_the_cover_says_so():
    empty = example("complaints", count=0)
    zero = cover_says(empty, "投诉台账零报告", "是")
    both = cover_says(example("complaints"), "投诉台账零报告", "是")
    unclear = cover_says(empty, "投诉台账零报告", "也许")

    outcomes = [check(reading, only("complaints")) for reading in (empty, zero, both, unclear)]

    assert [[f.kind for f in each.findings] for each in outcomes] == [
        ["log_empty_without_zero_report"],
        [],
        ["zero_report_with_rows"],
        ["not_yes_no"],
    ]
    assert [each.sheets["complaints"].content for each in outcomes] == [
        "not_reported",
        "zero_report",
        "reported",
        "not_reported",
    ]


def test_an_empty_register_of_the_top_unit_is_reported():
    checked = check(example("events", count=0), only("events"))

    assert told(checked) == []
    assert checked.sheets["events"].content == "reported"


def basics_history(period_asked=None):
    rows = check(example("basics"), only("basics")).sheets["basics"].rows

    def history(unit_code, period, sheet):
        assert (unit_code, sheet) == (UNIT.code, "basics")
        return rows if period == period_asked else None

    return history


def blank_basics(period):
    campaign = only("basics")
    units = units_of(campaign, UNIT, SHEETS["basics"])
    rows = [{"unit_code": unit.code, "unit_name": unit.name} for unit in units]
    cover = example_cover(campaign, UNIT, period, basics_unchanged=True)
    return reading_of(campaign, UNIT, period, cover, {"basics": rows})


def test_unchanged_takes_last_months_rows_over():
    history = basics_history("2026-08")

    checked = check(blank_basics(PERIOD), only("basics"), history=history)

    assert told(checked) == []
    assert checked.sheets["basics"].content == "unchanged"
    assert checked.sheets["basics"].rows.equals(history(UNIT.code, "2026-08", "basics"))


@pytest.mark.parametrize("period", ["2026-09", "2026-01"])
def test_nothing_is_taken_over_from_an_unreported_month_or_into_january(period):
    history = basics_history("2025-12")

    checked = check(blank_basics(period), only("basics"), history=history)

    assert [f.kind for f in checked.findings] == ["nothing_to_take_over"]
    assert checked.sheets["basics"].content == "not_reported"


def test_unchanged_and_filled_contradict_each_other():
    reading = cover_says(example("basics"), "基础情况与上期无变化", "是")

    assert [f.kind for f in check(reading, only("basics")).findings] == ["unchanged_but_filled"]


def test_a_jump_against_last_month_asks_for_a_reason():
    rows = check(example("basics"), only("basics")).sheets["basics"].rows
    before = rows.with_columns(officers=pl.when(pl.col("row") == SPOILT_ROW).then(900).otherwise("officers"))

    found = check(example("basics"), only("basics"), history=lambda *asked: before).findings

    assert [(f.kind, f.severity, f.cell) for f in found] == [("jump", "verify", f"E{SPOILT_ROW}")]
    assert "900" in render(found[0], "a.xlsx")["expected"]


def earlier_rows(key, name, texts, **more):
    rows = check(example(key, count=len(texts)), only(key)).sheets[key].rows
    return rows.with_columns(
        pl.Series(name, texts), **{k: pl.lit(v, rows.schema[k]) for k, v in more.items()}
    )


def test_open_cases_and_issues_of_last_month_are_missed_when_not_listed():
    cases = earlier_rows(
        "complaints",
        "complaint_id",
        ["旧1", "旧2"],
        closed_at=None,
        closed_on_time=None,
        excluded_reason="无",
    )
    issues = earlier_rows("issues", "issue_id", ["旧1"])

    missed = check(example("complaints"), only("complaints"), history=lambda *asked: cases).findings
    dropped = check(example("issues"), only("issues"), history=lambda *asked: issues).findings

    assert [(f.kind, f.severity) for f in missed] == [("open_case_missing", "verify")] * 2
    assert {render(f, "a")["expected"].rpartition("：")[2] for f in missed} == {"旧1", "旧2"}
    assert [f.kind for f in dropped] == ["issue_missing"]


@pytest.mark.parametrize("name", ["found_on", "due_on"])
def test_an_issue_whose_dates_moved_since_last_month_is_to_be_explained(name):
    rows = check(example("issues"), only("issues")).sheets["issues"].rows
    earlier = rows.with_columns(pl.col(name).dt.offset_by("-1d"))

    found = check(example("issues"), only("issues"), history=lambda *asked: earlier).findings

    assert {(f.kind, f.severity, f.column) for f in found} == {
        ("issue_date_moved", "verify", SHEETS["issues"].column(name).title_zh)
    }
    assert len(found) == rows.height


def test_an_open_case_whose_number_is_spoilt_is_not_called_missing_too():
    cases = earlier_rows(
        "complaints",
        "complaint_id",
        ["complaint_id-0001"],
        closed_at=None,
        closed_on_time=None,
        excluded_reason="无",
    )
    reading = with_cell(example("complaints"), "投诉台账", SPOILT_ROW, 1, None)

    found = check(reading, only("complaints"), history=lambda *asked: cases).findings

    assert [f.kind for f in found] == ["required_empty"]


def test_an_open_case_stored_under_a_masked_number_is_recognised():
    stored = mask_frame(
        earlier_rows(
            "complaints",
            "complaint_id",
            ["13812345678", "13912345678"],
            closed_at=None,
            closed_on_time=None,
            excluded_reason="无",
        ),
        ["complaint_id"],
        key_columns=["complaint_id"],
        key=b"key",
    )
    reading = with_cell(example("complaints"), "投诉台账", SPOILT_ROW, 1, "13812345678")

    found = check(reading, only("complaints"), history=lambda *asked: stored).findings

    assert [f.kind for f in found] == ["open_case_missing"]
    assert "139" in render(found[0], "a.xlsx")["expected"]


ODD = [
    "",
    " ",
    "是",
    "不适用",
    "-",
    "合计",
    "昆明市",
    "大理",
    "nan",
    "1e400",
    "𝟏𝟐",
    "工单编号",
    "a\nb",
    "2026-09-03 24:00",
]
ODD_MARKS = [
    "formula",
    "formula_without_value",
    "error_value",
    "long_number",
    "hidden_row",
    "hidden_column",
    "merged",
]
CHANGES = st.lists(
    st.tuples(
        st.integers(min_value=1, max_value=12),
        st.integers(min_value=1, max_value=21),
        st.sampled_from(ODD) | st.text(st.characters(exclude_characters="{}"), max_size=8),
    ),
    max_size=12,
)
STRANGE_MARKS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=12),
        st.integers(min_value=0, max_value=21),
        st.sampled_from(ODD_MARKS),
        st.sampled_from(["A5:B6", "B3:XFD1048576", "junk", ""]),
    ),
    max_size=4,
)


@settings(max_examples=40, deadline=None)
@given(key=st.sampled_from(sorted(SHEETS)), cells=CHANGES, marks=STRANGE_MARKS)
def test_whatever_stands_in_a_sheet_the_outcome_is_findings(key, cells, marks):
    def change(lines):
        for row, number, text in cells:
            line = lines.setdefault(row, [])
            line += [None] * (number - len(line))
            line[number - 1] = text

    checked = check(changed(example(key), SHEETS[key].title_zh, change, marks), only(key))

    assert all(found.kind in KINDS for found in checked.findings)


@pytest.fixture(scope="module")
def reader():
    with WorkbookReader() as reader:
        yield reader


def read_file(reader, folder, campaign, unit, period, cover, rows, change=None):
    from openpyxl import load_workbook

    path = folder / "workbook.xlsx"
    path.write_bytes(build_workbook(campaign, unit, period, cover=cover, rows=rows))
    if change:
        workbook = load_workbook(path)
        change(workbook)
        workbook.save(path)
    return reader.read(path)


FILE_SPOILS = [
    ("基础情况", "C5", "十二", "chinese_numeral"),
    ("基础情况", "A6", "530302", "foreign_unit"),
    ("月度情况", "D4", -3, "below_minimum"),
    ("月度情况", "D4", date(2026, 9, 3), "date_for_number"),
    ("季度情况", "C4", 1.5, "not_whole"),
    ("投诉台账", "A4", 20260912345678901, "long_number"),
    ("投诉台账", "D4", 45903, "date_serial"),
    ("投诉台账", "D4", "=1/0", "formula_without_value"),
    ("投诉台账", "E4", "电话", "not_a_choice"),
    ("培训台账", "B4", "麒麟区", "foreign_unit"),
    ("问题整改台账", "G4", "3/9/2026", "date_ambiguous"),
    ("整治情况", "B5", None, "required_empty"),
    ("封面", "B9", None, "required_empty"),
]


def test_a_cell_spoilt_in_a_real_file_is_one_finding_at_that_cell(reader, tmp_path):
    rows = example_workbook_rows(CAMPAIGN, UNIT, PERIOD)
    cover = example_cover(CAMPAIGN, UNIT, PERIOD)
    for title, cell, value, kind in FILE_SPOILS:

        def change(workbook, title=title, cell=cell, value=value, kind=kind):
            workbook[title][cell] = value
            if kind == "date_serial":
                workbook[title][cell].number_format = "General"

        reading = read_file(reader, tmp_path, CAMPAIGN, UNIT, PERIOD, cover, rows, change)

        assert told(check(reading)) == [(kind, title, cell)], (title, cell, value)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    unit=st.sampled_from([*CAMPAIGN.reporting_units, CAMPAIGN.top]),
    period=st.sampled_from(CAMPAIGN.periods[1:]),
    count=st.integers(min_value=1, max_value=30),
)
def test_what_is_filled_in_is_what_is_stored(reader, tmp_path, unit, period, count):
    rows = example_workbook_rows(CAMPAIGN, unit, period, count)
    cover = example_cover(CAMPAIGN, unit, period)

    reading = read_file(reader, tmp_path, CAMPAIGN, unit, period, cover, rows)
    checked = check(reading, today=date(2027, 1, 1))

    assert told(checked) == []
    assert (checked.unit, checked.period) == (unit, period)
    assert {name: value for name, value in checked.cover.items() if value is not None} == cover
    assert set(checked.sheets) == set(rows)
    for key, sheet in checked.sheets.items():
        names = [column.name for column in SHEETS[key].columns]
        filled = [{name: row.get(name) for name in names} for row in rows[key]]
        assert sheet.rows.drop("row").to_dicts() == filled
        assert sheet.rows.schema == {"row": pl.Int32} | {c.name: c.polars_type for c in SHEETS[key].columns}


def test_an_older_known_template_is_accepted_with_a_word():
    cover = check_cover(example("complaints").sheets[0], CAMPAIGN, today=TODAY)

    found = check_version(cover, current="2027.1", known=("2026.1", "2027.1"))

    assert [(f.kind, f.severity) for f in found] == [("template_older", "info")]
    assert "2027.1" in as_text(found[0], "a.xlsx")


def test_every_kind_is_named_by_a_test_or_is_the_gates():
    texts = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("test_*.py"))
    assert {kind for kind in KINDS if f'"{kind}"' not in texts} - set(REFUSAL_KINDS) == set()
