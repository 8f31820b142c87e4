import re
import string

import polars as pl
import pytest

from etl.checking.finding_batches import LISTED_PER_KIND, Batch, Places, column_letters, listed, offences
from etl.findings import KINDS, SEVERITIES, as_text, blocks, finding, from_refusal, render
from etl.gate import REFUSAL_KINDS, Limits, Refusal
from etl.sheets import COVER, SHEETS

PLACES = Places(sheet="投诉台账", numbers={"a": 1, "b": 28}, titles={"a": "甲", "b": "乙"})
FIELDS = ["file", "severity", "kind", "sheet", "cell", "column", "value", "expected", "remedy"]


def slots(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_has_its_texts_in_both_languages(kind):
    for field in ("title", "expected", "remedy"):
        chinese, english = getattr(kind, f"{field}_zh"), getattr(kind, f"{field}_en")
        assert chinese.strip()
        assert english.strip()
        assert slots(chinese) == slots(english)
        assert re.search("[\u4e00-\u9fff]", chinese) or slots(chinese) or chinese.startswith("是")


@pytest.mark.parametrize("kind", REFUSAL_KINDS)
def test_every_refusal_of_the_gate_is_a_finding_that_blocks(kind):
    found = from_refusal(Refusal(kind=kind, detail={}))

    assert blocks([found])
    for language in ("zh", "en"):
        assert "{" not in as_text(found, "a.xlsx", language)


@pytest.mark.parametrize("what", [name for name in vars(Limits()) if name not in ("wall_seconds",)])
def test_a_limit_that_is_passed_is_told_with_both_numbers(what):
    found = from_refusal(Refusal(kind="too_large", detail={"what": what, "found": 300_001, "limit": 200_000}))

    assert "300001" in as_text(found, "a.xlsx")
    assert "200000" in as_text(found, "a.xlsx", "en")


def test_every_rule_of_every_sheet_has_a_kind_of_its_own_severity():
    rules = [rule for sheet in (COVER, *SHEETS.values()) for rule in (*sheet.rules, *sheet.history_rules)]

    assert [(rule.kind, KINDS[rule.kind].severity) for rule in rules] == [
        (rule.kind, rule.severity) for rule in rules
    ]


def test_a_finding_shows_nine_fields_in_the_readers_language():
    found = finding(
        "date_impossible", sheet="投诉台账", cell="D14", column="受理时间", value="2026-02-30", with_time=""
    )

    chinese, english = render(found, "甲.xlsx"), render(found, "甲.xlsx", "en")

    assert list(chinese) == FIELDS
    assert (chinese["severity"], english["severity"]) == ("强制性", "must")
    assert chinese["value"] == english["value"] == "2026-02-30"
    assert chinese["remedy"] != english["remedy"]
    assert all(part in as_text(found, "甲.xlsx") for part in ("甲.xlsx", "投诉台账", "D14", "受理时间"))


def test_a_shown_value_is_one_short_line_without_personal_numbers():
    found = finding("text_too_long", value="请联系\n13812345678 " + "长" * 500, limit=10, found=500)

    assert "13812345678" not in found.value
    assert "\n" not in found.value
    assert len(found.value) == 80


def test_a_number_at_the_cut_is_masked_as_a_whole():
    found = finding("not_a_choice", value="字" * 74 + "13812345678", choices="", nearest="")

    assert not re.search(r"1381\d", found.value)


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA")])
def test_columns_are_lettered_as_in_a_spreadsheet(number, letters):
    assert column_letters(number) == letters


def test_up_to_two_hundred_of_a_kind_are_listed_and_the_rest_is_counted():
    batches = [
        Batch(
            kind="not_whole",
            cells=offences([(row, name, "1.5") for row in range(1, 401)]),
            arguments=lambda line: {"expectation": ""},
        )
        for name in ("a", "b")
    ]

    found = list(listed(batches, PLACES))

    assert len(found) == LISTED_PER_KIND + 1
    assert found[1].cell == "AB1"
    assert found[-1].kind == "more_findings"
    assert found[-1].severity == "must"
    assert "600" in render(found[-1], "a.xlsx")["expected"]


def test_findings_of_a_sheet_are_in_the_order_of_its_cells():
    batches = [
        Batch(
            kind="percent",
            cells=offences([(9, "a", ""), (3, "b", "")]),
            arguments=lambda line: {"expectation": ""},
        ),
        Batch(
            kind="missing_unit",
            cells=offences([(None, None, None)]),
            arguments=lambda line: {"missing": "甲县"},
        ),
        Batch(kind="not_whole", cells=offences([(3, "a", "")]), arguments=lambda line: {"expectation": ""}),
    ]

    assert [each.cell for each in listed(batches, PLACES)] == ["A3", "AB3", "A9", ""]


def test_only_what_must_be_mended_blocks():
    assert not blocks([finding("formula"), finding("jump", rule="", before="")])
    assert set(SEVERITIES) == {kind.severity for kind in KINDS.values()}
    assert offences([]).schema == {"row": pl.Int32, "column": pl.String, "value": pl.String}
