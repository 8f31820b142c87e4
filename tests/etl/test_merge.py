"""Merging workbooks: what was taken apart comes together again, and nothing is chosen, lost or made up."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.conflicts import KINDS, as_text, lines, packed, unpacked
from etl.gate import Refusal
from etl.merge import contents_of, destination, merge
from etl.schema import NOT_APPLICABLE
from etl.sheets import SHEETS
from etl.template_sheets import sheets_for
from etl.validate import validate
from etl.writing.prefill import set_rows
from tests.etl.example_workbooks import (
    example_cover,
    example_workbook_rows,
    grid,
    lines_of,
    reading_of,
    reading_with,
)
from tests.etl.stores import yunnan

CAMPAIGN = yunnan()
UNIT = CAMPAIGN.unit("533400")
OTHER = CAMPAIGN.unit("530100")
PERIOD, TODAY = "2026-09", date(2026, 10, 1)
LEAVES = CAMPAIGN.leaves(UNIT.code)
FIRST, SECOND = LEAVES[0], LEAVES[1]
TABLES = sheets_for(CAMPAIGN, UNIT, PERIOD)[1:]
LOGS = ("complaints", "trainings", "issues")


def of(rows=None, *, unit=UNIT, period=PERIOD, **cover):
    """The reading of a template with these rows and nothing else in it."""
    given = {table.sheet.key: (rows or {}).get(table.sheet.key, []) for table in TABLES}
    whole = {key: with_set_rows(key, each, unit) for key, each in given.items()}
    return reading_of(CAMPAIGN, unit, period, example_cover(CAMPAIGN, unit, period, **cover), whole)


def with_set_rows(key, rows, unit=UNIT):
    """Rows as they stand in a template: every unit or topic there is, those given filled in."""
    keys = set_rows(SHEETS[key], CAMPAIGN, unit)
    if not keys:
        return rows
    name = SHEETS[key].columns[0].name
    given = {row[name]: row for row in rows}
    return [each | given.get(each[name], {}) for each in keys]


def contents(readings):
    return [contents_of(name, reading, CAMPAIGN, today=TODAY) for name, reading in readings.items()]


def merged(readings, issued=None):
    """What the workbooks come to; every conflict can be told in both languages and go through JSON."""
    before = None if issued is None else contents({"": issued})[0]
    made = merge(contents(readings), CAMPAIGN, (UNIT, PERIOD), before)
    for each in made.conflicts:
        assert each.kind in KINDS
        assert unpacked(packed(each)) == each
        assert {each.file for each in each.places} <= readings.keys()
    for language in ("zh", "en"):
        assert all(as_text(line) for line in lines(made.conflicts, language))
    return made


def door(made):
    """The merged workbook at the door."""
    rows = {key: with_set_rows(key, each) for key, each in made.rows.items()}
    reading = reading_of(CAMPAIGN, UNIT, PERIOD, example_cover(CAMPAIGN, UNIT, PERIOD) | made.cover, rows)
    return validate(reading, CAMPAIGN, today=TODAY, history=lambda *_: None)


def stored(checked):
    """The rows that would be stored, wherever on the sheet they stand."""
    return {key: rows_of(sheet.rows) for key, sheet in checked.sheets.items()}, {
        key: sheet.content for key, sheet in checked.sheets.items()
    }


def rows_of(frame: pl.DataFrame):
    return Counter(frame.drop("row").iter_rows())


def taken_apart(rows, count, seed, flags):
    """A workbook's rows dealt out to several files; each row goes to one of them, some to more."""
    chance = random.Random(seed)
    parts = [{key: [] for key in rows} for _ in range(count)]
    for key, each in rows.items():
        for row in each:
            for number in {chance.randrange(count) for _ in range(chance.choice((1, 1, 2)))}:
                parts[number][key].append(row)
    return {f"县{number}.xlsx": of(part, **flags) for number, part in enumerate(parts)}


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.integers(2, 6), st.integers(0, 30), st.integers(0, 10**6))
def test_a_workbook_taken_apart_and_merged_is_stored_as_the_whole(count, rows, seed):
    whole = example_workbook_rows(CAMPAIGN, UNIT, PERIOD, rows)
    flags = {} if rows else {SHEETS[key].zero_report: True for key in LOGS}

    made = merged(taken_apart(whole, count, seed, flags))

    assert made.conflicts == ()
    reading = reading_of(CAMPAIGN, UNIT, PERIOD, example_cover(CAMPAIGN, UNIT, PERIOD, **flags), whole)
    assert stored(door(made)) == stored(validate(reading, CAMPAIGN, today=TODAY, history=lambda *_: None))


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.integers(0, 10**6))
def test_spoilt_parts_give_no_value_that_nobody_typed_and_in_any_order_the_same(seed):
    chance = random.Random(seed)
    parts = {name: spoilt(reading, chance) for name, reading in quarrelling(chance).items()}
    names = list(parts)
    chance.shuffle(names)

    made, again = merged(parts), merged({name: parts[name] for name in names})

    assert (made.rows, made.cover, made.conflicts) == (again.rows, again.cover, again.conflicts)
    for table in TABLES:
        held = [each.tables[table.sheet.key] for each in contents(parts) if table.sheet.key in each.tables]
        for column in table.columns:
            if not column.prefilled:
                typed = {value for one in held for value in one.values.get(column.name, ())} | {None}
                assert {row.get(column.name) for row in made.rows[table.sheet.key]} <= typed


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.integers(0, 10**6))
def test_every_row_somebody_typed_stands_whole_in_one_row_of_the_result_or_its_cells_in_a_conflict(seed):
    chance = random.Random(seed)
    parts = {name: spoilt(reading, chance) for name, reading in quarrelling(chance).items()}

    made = merged(parts)

    for one in contents(parts):
        for key, table in one.tables.items():
            for line in table.lines():
                wanted = typed_and_not_told(table, line, made)
                assert not wanted or any(wanted.items() <= row.items() for row in made.rows[key]), wanted


def typed_and_not_told(table, line, made):
    """The values somebody typed into a line that no conflict tells of, with the key the line is known by.

    Versions of one row that differ are told and stand in the result all the same, each of them whole.
    """
    told = {
        (place.file, each.sheet, place.cell)
        for each in made.conflicts
        if each.kind != "rows_differ"
        for place in each.places
    }
    places = {column.name: line.place(column) for column in table.columns if column.name in line.values}
    wanted = {
        column.name: line.values[column.name]
        for column in table.columns
        if not column.prefilled and line.values.get(column.name) is not None
        if (line.file, table.sheet.title_zh, places[column.name].cell) not in told
    }
    return wanted | key_in_template(table.sheet, line) if wanted else {}


def key_in_template(sheet, line):
    """What the row of the template is known by that a line belongs to, its unit by code or else by name; none of a log."""
    if sheet.rows == "log":
        return {}
    name = sheet.columns[0].name
    if sheet.rows == "fixed":
        return {name: line.values[name]}
    codes = {leaf.name: leaf.code for leaf in LEAVES} | {leaf.code: leaf.code for leaf in LEAVES}
    return {name: codes.get(line.values[name]) or codes[line.values["unit_name"]]}


def quarrelling(chance):
    """Parts of two different examples of the same workbook, under the same numbers."""
    parts = {}
    for number in range(3):
        rows = example_workbook_rows(CAMPAIGN, UNIT, PERIOD, chance.randrange(6))
        for each in rows.values():
            for row in each:
                name = chance.choice(list(row))
                if chance.random() < 0.4 and name not in ("unit_code", "unit_name", "topic"):
                    row[name] = chance.choice([None, 7, "约三十", row[name]])
        kept = {key: [row for row in each if chance.random() < 0.7] for key, each in rows.items()}
        parts[f"县{number}.xlsx"] = of(kept, prepared_by=chance.choice(["张某", "李某", None]))
    return parts


def spoilt(reading, chance):
    """A reading with a few cells of its tables overwritten, keys and units among them."""
    sheets = []
    for sheet in reading.sheets:
        table = lines_of(sheet)
        for row in [row for row in table if row > 2 and sheet.title != "封面" and chance.random() < 0.1]:
            column = chance.randrange(len(table[row]))
            table[row][column] = chance.choice([None, "—", "五华区", "=1+1", "德钦县", "12"])
        sheets.append(grid(sheet.title, table))
    return reading_with(*sheets)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_workbook_merged_with_itself_is_what_it_was(count):
    rows = example_workbook_rows(CAMPAIGN, UNIT, PERIOD, 8)
    made = merged({f"{number}.xlsx": of(rows) for number in range(count)})
    whole = validate(of(rows), CAMPAIGN, today=TODAY, history=lambda *_: None)
    assert made.conflicts == ()
    assert stored(door(made)) == stored(whole)


def figures(leaf, **changes):
    return {"monthly": [{"unit_code": leaf.code, "unit_name": leaf.name, **changes}]}


def only(made):
    (found,) = made.conflicts
    return found


def told(found):
    return [(place.file, place.cell, place.value) for place in found.places]


def row_of(made, key, code):
    return next(row for row in made.rows[key] if row["unit_code"] == code)


def test_two_values_for_one_cell_are_both_named_and_neither_is_taken():
    made = merged({"甲.xlsx": of(figures(FIRST, actions=12)), "乙.xlsx": of(figures(FIRST, actions=15))})
    found = only(made)
    assert (found.kind, found.sheet, found.about) == ("values_differ", "月度情况", FIRST.name)
    assert told(found) == [("乙.xlsx", "C3", "15"), ("甲.xlsx", "C3", "12")]
    assert row_of(made, "monthly", FIRST.code)["actions"] is None
    asked = [each for each in door(made).findings if each.sheet == "月度情况"]
    assert [each.kind for each in asked] == ["sheet_not_filled"]


def test_a_blank_or_a_dash_overwrites_nothing_and_halves_of_a_row_make_a_whole():
    made = merged(
        {
            "甲.xlsx": of(figures(FIRST, actions=12, communities="—")),
            "乙.xlsx": of(figures(FIRST, communities=3, actions_two_recorders=NOT_APPLICABLE)),
        }
    )
    assert made.conflicts == ()
    row = row_of(made, "monthly", FIRST.code)
    assert (row["actions"], row["communities"], row["actions_two_recorders"]) == (12, 3, NOT_APPLICABLE)


def test_equal_values_written_differently_are_one():
    made = merged(
        {"甲.xlsx": of(figures(FIRST, actions="１,２００")), "乙.xlsx": of(figures(FIRST, actions=1200))}
    )
    assert made.conflicts == ()
    assert row_of(made, "monthly", FIRST.code)["actions"] == 1200


def test_what_the_door_finds_fault_with_stays_as_it_was_typed():
    made = merged(
        {"甲.xlsx": of(figures(FIRST, actions="约十二")), "乙.xlsx": of(figures(SECOND, actions=3))}
    )
    assert made.conflicts == ()
    (found,) = [each for each in door(made).findings if each.value == "约十二"]
    assert found.severity == "must"


def complaint(number, leaf=FIRST, **changes):
    rows = example_workbook_rows(CAMPAIGN, UNIT, PERIOD, 1)["complaints"]
    return {"complaints": [rows[0] | {"complaint_id": number, "unit": leaf.code} | changes]}


def test_one_number_with_different_contents_stands_in_both_versions_and_the_door_stops_it():
    made = merged(
        {
            "甲.xlsx": of(complaint("KM-1", street="东街")),
            "乙.xlsx": of(complaint("KM-1", street="西街")),
            "丙.xlsx": of(complaint("KM-2")),
        }
    )
    found = only(made)
    assert (found.kind, found.about) == ("rows_differ", "KM-1")
    assert told(found) == [("乙.xlsx", "C3", "西街"), ("甲.xlsx", "C3", "东街")]
    assert Counter(row["street"] for row in made.rows["complaints"])["东街"] == 1
    assert [row["complaint_id"] for row in made.rows["complaints"]].count("KM-1") == 2
    assert "duplicate_key" in {each.kind for each in door(made).findings}


def test_a_row_left_as_the_template_was_issued_gives_way_to_one_that_was_changed():
    carried = complaint("KM-1", finding="待核实", closed_at=None, closed_on_time=None)
    ended = complaint("KM-1", finding="属实")
    files = {"甲.xlsx": of(carried), "乙.xlsx": of(ended), "丙.xlsx": of(carried)}
    assert only(merged(files)).kind == "rows_differ"

    made = merged(files, issued=of(carried))

    assert made.conflicts == ()
    (row,) = made.rows["complaints"]
    assert (row["finding"], row["closed_at"]) == ("属实", ended["complaints"][0]["closed_at"])
    assert {share.file: share.rows["complaints"] for share in made.shares} == {
        "甲.xlsx": 0,
        "乙.xlsx": 1,
        "丙.xlsx": 0,
    }


def test_two_changes_of_one_issued_row_are_a_conflict():
    files = {
        f"{status}.xlsx": of(complaint("KM-1", finding=status)) for status in ("属实", "不属实", "待核实")
    }
    made = merged(files, issued=of(complaint("KM-1", finding="待核实")))
    assert {place.value for place in only(made).places} == {"属实", "不属实"}
    assert [row["finding"] for row in made.rows["complaints"]] == ["不属实", "属实"]


def test_a_number_given_twice_within_a_file_is_not_made_one():
    twice = {"complaints": [*complaint("KM-1")["complaints"], *complaint("KM-1", street=None)["complaints"]]}
    made = merged({"甲.xlsx": of(twice), "乙.xlsx": of()})
    assert only(made).kind == "rows_differ"
    assert len(made.rows["complaints"]) == 2


def test_rows_without_a_number_all_stay_for_the_door_to_ask():
    rows = {"complaints": complaint(None)["complaints"] * 2}
    made = merged(
        {"甲.xlsx": of(rows), "乙.xlsx": of(complaint(None)), "丙.xlsx": of(complaint(None, street="东"))}
    )
    assert made.conflicts == ()
    assert len(made.rows["complaints"]) == 3


FLAGS = {"complaints_zero_report": True}


def test_a_sheet_nobody_has_rows_for_is_a_zero_report_if_all_say_so():
    made = merged({"甲.xlsx": of(**FLAGS), "乙.xlsx": of(**FLAGS)})
    assert made.conflicts == ()
    assert made.cover["complaints_zero_report"] is True
    assert door(made).sheets["complaints"].content == "zero_report"


def test_rows_outweigh_a_zero_report_elsewhere():
    made = merged({"甲.xlsx": of(**FLAGS), "乙.xlsx": of(complaint("KM-1"))})
    assert made.conflicts == ()
    assert "complaints_zero_report" not in made.cover
    assert door(made).sheets["complaints"].content == "reported"


def test_a_zero_report_that_not_all_make_is_told_and_not_made():
    made = merged({"甲.xlsx": of(**FLAGS), "乙.xlsx": of()})
    found = only(made)
    assert (found.kind, found.sheet) == ("declared_in_some", "封面")
    assert [(place.file, place.value) for place in found.places] == [("乙.xlsx", ""), ("甲.xlsx", "是")]
    assert door(made).sheets["complaints"].content == "not_reported"


def test_unchanged_basics_beside_figures_are_told():
    basics = {"basics": [{"unit_code": FIRST.code, "unit_name": FIRST.name, "posts": 3}]}
    made = merged({"甲.xlsx": of(basics_unchanged=True), "乙.xlsx": of(basics)})
    assert only(made).kind == "declared_in_some"
    assert made.cover["basics_unchanged"] is None
    alone = merged({"甲.xlsx": of(basics_unchanged=True), "乙.xlsx": of(basics_unchanged=True)})
    assert (alone.conflicts, alone.cover["basics_unchanged"]) == ((), True)


def test_the_cover_is_filled_where_all_agree_and_empty_where_persons_differ():
    made = merged(
        {
            "甲.xlsx": of(prepared_by="张某"),
            "乙.xlsx": of(prepared_by="赵某"),
            "丙.xlsx": of(prepared_by=None),
        }
    )
    found = only(made)
    assert [place.value for place in found.places] == ["赵某", "张某"]
    assert {place.column for place in found.places} == {"填报人"}
    assert (made.cover["prepared_by"], made.cover["reviewed_by"]) == (None, "李某")
    assert [each.column for each in door(made).findings if each.kind == "required_empty"] == ["填报人"]


def test_rows_of_another_unit_are_left_out_and_named_cell_by_cell():
    foreign = CAMPAIGN.leaves(OTHER.code)[0]
    log = complaint("KM-9") | {"monthly": []}
    log["complaints"][0]["unit"] = foreign.name
    made = merged({"甲.xlsx": of(log), "乙.xlsx": _renamed(figures(FIRST, actions=4), foreign)})
    assert made.rows["complaints"] == []
    assert all(row["actions"] is None for row in made.rows["monthly"])
    assert [(each.kind, each.sheet) for each in made.conflicts if each.kind == "foreign_row"] == [
        ("foreign_row", "月度情况"),
        ("foreign_row", "投诉台账"),
    ]
    assert "4" in {place.value for place in made.conflicts[0].places}


def _renamed(rows, leaf):
    """A workbook in which somebody has put another unit's code and name over the first row of the month."""
    reading = of(rows)
    sheets = []
    for sheet in reading.sheets:
        table = lines_of(sheet)
        if sheet.title == "月度情况":
            table[3][:2] = [leaf.code, leaf.name]
        sheets.append(grid(sheet.title, table))
    return reading_with(*sheets)


def test_name_and_code_of_different_units_and_rows_of_nobody_are_left_out_and_named():
    reading = of(figures(FIRST, actions=4))
    sheets = {sheet.title: lines_of(sheet) for sheet in reading.sheets}
    for code, name, kind in (
        (SECOND.code, FIRST.name, "name_and_code_differ"),
        ("999999", "不知何处", "row_without_place"),
    ):
        sheets["月度情况"][3][:2] = [code, name]
        changed = reading_with(*(grid(title, table) for title, table in sheets.items()))
        made = merged({"甲.xlsx": changed, "乙.xlsx": of()})
        assert only(made).kind == kind
        assert all(row["actions"] is None for row in made.rows["monthly"])


def test_workbooks_of_another_unit_or_month_or_that_cannot_be_read_are_left_out_whole_and_named():
    rows = figures(FIRST, actions=4)
    no_cover = reading_with(*(sheet for sheet in of(rows).sheets if sheet.title != "封面"))
    made = merged(
        {
            "甲.xlsx": of(rows),
            "昆明.xlsx": of(unit=OTHER),
            "八月.xlsx": of(rows, period="2026-08"),
            "坏的.xlsx": Refusal(kind="encrypted", detail={}),
            "无封面.xlsx": no_cover,
        }
    )
    assert {each.places[0].file: each.kind for each in made.conflicts} == {
        "昆明.xlsx": "other_unit",
        "八月.xlsx": "other_month",
        "坏的.xlsx": "unreadable",
        "无封面.xlsx": "cover_open",
    }
    assert [share.file for share in made.shares] == ["甲.xlsx"]
    assert row_of(made, "monthly", FIRST.code)["actions"] == 4


def test_the_destination_is_the_unit_and_month_of_most():
    files = {"a": of(unit=OTHER), "b": of(), "c": of(), "d": of(period="2026-08")}
    assert destination(contents(files), CAMPAIGN) == (UNIT, PERIOD)
    assert destination(contents({"a": Refusal(kind="encrypted", detail={})}), CAMPAIGN) is None
    nothing = merge(contents({"a": Refusal(kind="encrypted", detail={})}), CAMPAIGN, None, None)
    assert (nothing.shares, [each.kind for each in nothing.conflicts]) == ((), ["unreadable"])


def test_what_no_reader_takes_is_named():
    reading = of(figures(FIRST, actions=4))
    sheets = {sheet.title: lines_of(sheet) for sheet in reading.sheets}
    sheets["月度情况"][2].append("备注")
    sheets["月度情况"][3].append("另附说明")
    del sheets["培训台账"]
    made = merged(
        {"甲.xlsx": reading_with(*(grid(title, table) for title, table in sheets.items())), "乙.xlsx": of()}
    )
    assert [(each.kind, each.sheet) for each in made.conflicts] == [
        ("not_read", "月度情况"),
        ("not_read", "培训台账"),
    ]


def test_more_rows_than_can_be_merged_are_told(monkeypatch):
    monkeypatch.setattr("etl.merge.MOST_ROWS", 30)
    made = merged({"甲.xlsx": of(complaint("KM-1")), "乙.xlsx": of()})
    assert (only(made).kind, made.shares) == ("too_many_rows", ())
