from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.normalise import NOTHING, normalise
from etl.schema import Column

UNIT_WORD = "人"


def column(kind: str, **more: object) -> Column:
    return Column(name="x", title_zh="某列", title_en="Some column", type=kind, **more)


COLUMNS = {
    "integer": column("integer", unit=UNIT_WORD, minimum=0, not_applicable=True),
    "decimal": column("decimal", unit="学时", above=0),
    "date": column("date"),
    "datetime": column("datetime"),
    "due": column("datetime", required=False, end_of_day=True),
    "month": column("month"),
    "yes_no": column("yes_no", required=False),
    "choice": column("choice", choices=("无", "12345热线", "州(市)级", "其他")),
    "optional_choice": column("choice", choices=("属实", "不属实"), required=False),
    "text": column("text", max_length=10),
    "optional_text": column("text", required=False),
    "code": column("code"),
}

VALUES = [
    ("integer", "12", 12),
    ("integer", " 12 ", 12),
    ("integer", "\u00a012\u3000", 12),
    ("integer", "１２", 12),
    ("integer", "12.0", 12),
    ("integer", "12.", 12),
    ("integer", "+12", 12),
    ("integer", "007", 7),
    ("integer", "0", 0),
    ("integer", "-0", 0),
    ("integer", "1,234", 1234),
    ("integer", "1，234", 1234),
    ("integer", "1 234 567", 1234567),
    ("integer", "1,234.00", 1234),
    ("integer", "12人", 12),
    ("integer", "12 人", 12),
    ("integer", "1,234人", 1234),
    ("integer", "11.999999999999998", 12),
    ("integer", "1２\u200b", 12),
    ("decimal", "4", Decimal("4.00")),
    ("decimal", "4.5", Decimal("4.50")),
    ("decimal", "4.50", Decimal("4.50")),
    ("decimal", "4.500", Decimal("4.50")),
    ("decimal", "４．２５", Decimal("4.25")),
    ("decimal", "0.30000000000000004", Decimal("0.30")),
    ("decimal", "1,234.5 学时", Decimal("1234.50")),
    ("date", "2026-09-03", date(2026, 9, 3)),
    ("date", "2026-9-3", date(2026, 9, 3)),
    ("date", "2026/9/3", date(2026, 9, 3)),
    ("date", "2026.9.3", date(2026, 9, 3)),
    ("date", "2026年9月3日", date(2026, 9, 3)),
    ("date", "2026 年 9 月 3 日", date(2026, 9, 3)),
    ("date", "20260903", date(2026, 9, 3)),
    ("date", "２０２６－０９－０３", date(2026, 9, 3)),
    ("date", "2026-09-03 10:20:30", date(2026, 9, 3)),
    ("date", "2024-02-29", date(2024, 2, 29)),
    ("datetime", "2026-09-03 10:20:30", datetime(2026, 9, 3, 10, 20, 30)),
    ("datetime", "2026-09-03 10:20", datetime(2026, 9, 3, 10, 20)),
    ("datetime", "2026-09-03T10:20", datetime(2026, 9, 3, 10, 20)),
    ("datetime", "2026/9/3 9:05", datetime(2026, 9, 3, 9, 5)),
    ("datetime", "2026年9月3日10时20分", datetime(2026, 9, 3, 10, 20)),
    ("datetime", "2026年9月3日 10：20", datetime(2026, 9, 3, 10, 20)),
    ("datetime", "2026年9月3日10时20分30秒", datetime(2026, 9, 3, 10, 20, 30)),
    ("datetime", "2026年9月3日10时", datetime(2026, 9, 3, 10)),
    ("datetime", "20260903 10:20", datetime(2026, 9, 3, 10, 20)),
    ("datetime", "2026-09-03", datetime(2026, 9, 3)),
    ("due", "2026-09-03", datetime(2026, 9, 3, 23, 59, 59)),
    ("due", "2026-09-03 24:00", datetime(2026, 9, 3, 23, 59, 59)),
    ("due", "2026-09-03 18:00", datetime(2026, 9, 3, 18)),
    ("month", "2026-09", "2026-09"),
    ("month", "2026-9", "2026-09"),
    ("month", "2026/9", "2026-09"),
    ("month", "2026年9月", "2026-09"),
    ("month", "202609", "2026-09"),
    ("month", "2026-09-01", "2026-09"),
    ("yes_no", "是", True),
    ("yes_no", "否", False),
    ("yes_no", "TRUE", True),
    ("yes_no", "n", False),
    ("yes_no", " Ｙ", True),
    ("choice", "12345热线", "12345热线"),
    ("choice", "１２３４５ 热线", "12345热线"),
    ("choice", "州（市）级", "州(市)级"),
    ("choice", "无", "无"),
    ("text", "  甲\r\n乙 ", "甲\n乙"),
    ("text", "１２", "１２"),
    ("text", "无", "无"),
    ("code", "530100.0", "530100"),
    ("code", "５３０ １００", "530100"),
]

REFUSED = [
    ("integer", "12.5", "not_whole"),
    ("integer", "12%", "percent"),
    ("integer", "12.5 ％", "percent"),
    ("integer", "十二", "chinese_numeral"),
    ("integer", "十二人", "chinese_numeral"),
    ("integer", "12个", "not_a_number"),
    ("integer", "约12", "not_a_number"),
    ("integer", "1,23", "not_a_number"),
    ("integer", "1,234 567", "not_a_number"),
    ("integer", "1 2", "not_a_number"),
    ("integer", "(12)", "not_a_number"),
    ("integer", "1e5", "not_a_number"),
    ("integer", "TRUE", "not_a_number"),
    ("integer", "10000001", "above_maximum"),
    ("integer", "-1", "below_minimum"),
    ("integer", "−1", "below_minimum"),
    ("integer", "2026-09-03", "date_for_number"),
    ("integer", "1234567890123456", "number_too_large"),
    ("integer", "—", "dash_for_missing"),
    ("integer", "/", "dash_for_missing"),
    ("integer", "无", "dash_for_missing"),
    ("decimal", "4.125", "too_many_decimals"),
    ("decimal", "0", "below_minimum"),
    ("decimal", "不适用", "not_applicable_here"),
    ("date", "45903", "date_serial"),
    ("date", "45903.5", "date_serial"),
    ("date", "3/9/2026", "date_ambiguous"),
    ("date", "03-09-2026", "date_ambiguous"),
    ("date", "26-9-3", "date_two_digit_year"),
    ("date", "26年9月3日", "date_two_digit_year"),
    ("date", "2026-02-30", "date_impossible"),
    ("date", "2026年13月1日", "date_impossible"),
    ("date", "0206-09-03", "date_impossible"),
    ("date", "2026-09", "date_incomplete"),
    ("date", "9月3日", "date_incomplete"),
    ("date", "昨天", "not_a_date"),
    ("date", "2026-9/3", "not_a_date"),
    ("datetime", "2026-09-03 25:00", "date_impossible"),
    ("datetime", "2026-09-03 24:00", "date_impossible"),
    ("datetime", "10:20", "date_incomplete"),
    ("month", "2026-13", "not_a_month"),
    ("month", "9月", "not_a_month"),
    ("yes_no", "对", "not_yes_no"),
    ("yes_no", "1", "not_yes_no"),
    ("choice", "热线", "not_a_choice"),
    ("choice", "不适用", "not_applicable_here"),
    ("choice", "-", "dash_for_missing"),
    ("text", "一二三四五六七八九十余", "text_too_long"),
    ("text", "——", "dash_for_missing"),
]

EMPTY = [
    *(("optional_text", text) for text in ("", " ", "\u3000\u00a0", *NOTHING)),
    *(("optional_choice", text) for text in NOTHING),
    *((kind, None) for kind in COLUMNS),
    *((kind, " \u3000") for kind in COLUMNS),
]


def one(kind: str, text: str | None):
    cell = normalise(COLUMNS[kind], pl.Series([text], dtype=pl.String))
    return cell.values[0], cell.states[0], cell.altered[0]


@pytest.mark.parametrize(("kind", "text", "value"), VALUES)
def test_what_has_one_meaning_is_taken(kind, text, value):
    assert one(kind, text)[:2] == (value, "ok")


@pytest.mark.parametrize(("kind", "text", "reason"), REFUSED)
def test_what_has_no_or_several_meanings_is_refused_with_its_reason(kind, text, reason):
    assert one(kind, text)[:2] == (None, reason)


@pytest.mark.parametrize(("kind", "text"), EMPTY)
def test_blanks_and_dashes_where_nothing_is_due_are_empty(kind, text):
    assert one(kind, text)[:2] == (None, "empty")


def test_not_applicable_has_no_value_and_is_kept_as_seen():
    assert one("integer", "不适用 ") == (None, "not_applicable", True)


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("integer", "12", False),
        ("integer", " 12", False),
        ("integer", "1,234", True),
        ("integer", "12人", True),
        ("decimal", "4.5", False),
        ("decimal", "4.50", False),
        ("date", "2026-09-03", False),
        ("date", "2026-09-03 10:20:30", True),
        ("date", "2026年9月3日", True),
        ("due", "2026-09-03", True),
        ("yes_no", "是", False),
        ("yes_no", "Y", True),
        ("choice", "州（市）级", True),
        ("optional_text", "无", True),
        ("optional_text", None, False),
    ],
)
def test_a_text_is_kept_where_its_value_reads_differently(kind, text, kept):
    assert one(kind, text)[2] is kept


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_column_of_repeated_texts_is_typed_like_each_cell_alone(kind):
    texts = [text for k, text, _ in (*VALUES, *REFUSED) if k == kind] + [None, "不适用", "—"]
    together = normalise(COLUMNS[kind], pl.Series(texts * 5, dtype=pl.String))

    alone = [one(kind, text) for text in texts] * 5

    assert list(zip(together.values, together.states, together.altered, strict=True)) == alone


@given(st.integers(min_value=0, max_value=10**7))
def test_a_whole_number_survives_every_way_of_grouping(number):
    for text in (str(number), f"{number:,}", f"{number:,}".replace(",", " "), f"{number}.00", f"{number}人"):
        assert one("integer", text)[0] == number


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 12, 31)))
def test_a_date_survives_every_way_of_writing_it(day):
    for form in (
        "{0:%Y-%m-%d}",
        "{0.year}/{0.month}/{0.day}",
        "{0.year}年{0.month}月{0.day}日",
        "{0:%Y%m%d}",
    ):
        assert one("date", form.format(day))[0] == day


@given(st.sampled_from(sorted(COLUMNS)), st.text(max_size=12))
def test_any_text_has_a_value_or_a_reason(kind, text):
    value, state, _ = one(kind, text)

    assert (value is None) == (state != "ok")
