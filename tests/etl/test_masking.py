"""No telephone or identity number survives masking however it is written; other figures stay as they are."""

import random
import re
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.masking import AREA_CODE, mask_frame, mask_text

FULL_WIDTH = str.maketrans("0123456789X-+() ", "０１２３４５６７８９Ｘ－＋（）　")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY = "53010219900307018X"


def with_check_digit(first_17: str) -> str:
    """GB 11643-1999: ISO 7064 MOD 11-2."""
    return first_17 + "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, first_17, strict=True)) % 11]


identity_numbers = st.builds(
    lambda region, born, serial: with_check_digit(f"{region}{born:%Y%m%d}{serial:03d}"),
    st.sampled_from(["530102", "110101", "440310", "650102", "810000"]),
    st.dates(date(1920, 1, 1), date(2026, 12, 31)),
    st.integers(0, 999),
)
mobile_numbers = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
landlines = st.tuples(
    st.sampled_from(["0871", "0755", "0692", "0883", "010", "021", "0991"]),
    st.from_regex(r"[3-8][0-9]{7}", fullmatch=True),
)

WRITTEN = [
    ("13812345678", "138****5678"),
    ("138 1234 5678", "138****5678"),
    ("138-1234-5678", "138****5678"),
    ("138 - 1234 - 5678", "138****5678"),
    ("138 12345678", "138****5678"),
    ("1381234 5678", "138****5678"),
    ("1381 2345 678", "138****5678"),
    ("1381-234-5678", "138****5678"),
    ("138.1234.5678", "138****5678"),
    ("1 3 8 1 2 3 4 5 6 7 8", "138****5678"),
    ("138\u200b1234\u00a05678", "138****5678"),
    ("138—1234–5678", "138****5678"),
    ("１３８１２３４５６７８", "138****5678"),
    ("１３８－１２３４－５６７８", "138****5678"),
    ("+8613812345678", "+86138****5678"),
    ("+86 138 1234 5678", "+86 138****5678"),
    ("86-138-1234-5678", "86-138****5678"),
    ("008613812345678", "0086138****5678"),
    ("(+86)138 1234 5678", "(+86)138****5678"),
    ("＋８６１３８１２３４５６７８", "＋８６138****5678"),
    ("(138)1234-5678", "138****5678"),
    ("013812345678", "0138****5678"),
    ("请拨打13812345678联系张某", "请拨打138****5678联系张某"),
    ("tel13812345678,微信同号", "tel138****5678,微信同号"),
    ("1.13812345678 2.13912345679", "1.138****5678 2.139****5679"),
    ("13812345678/13912345679", "138****5678/139****5679"),
    ("13812345678 139 1234 5679", "138****5678 139****5679"),
    ("0871-63123456", "0871-6*******"),
    ("0871 6312 3456", "0871-6*******"),
    ("(0871)63123456", "0871-6*******"),
    ("（0871）6312-3456", "0871-6*******"),
    ("087163123456", "0871-6*******"),
    ("０８７１－６３１２３４５６", "0871-6*******"),
    ("0692-2123456", "0692-2******"),
    ("010-62345678", "010-6*******"),
    ("+86-871-63123456", "0871-6*******"),
    ("+86 0871 63123456", "0871-6*******"),
    ("86-871-63123456", "0871-6*******"),
    ("86-0871-63123456", "86-0871-6*******"),
    ("电话0871-63123456转801", "电话0871-6*******转801"),
    (IDENTITY, "530102**********8X"),
    (IDENTITY.lower(), "530102**********8X"),
    ("530102 19900307 018X", "530102**********8X"),
    ("530102-19900307-018x", "530102**********8X"),
    ("5301 0219 9003 0701 8X", "530102**********8X"),
    (IDENTITY.translate(FULL_WIDTH), "530102**********8X"),
    (f"身份证号{IDENTITY}号", "身份证号530102**********8X号"),
    ("工号1234 530102 19900307 018X,电话13812345678", "工号1234 530102**********8X,电话138****5678"),
]

LEFT_ALONE = [
    "",
    "KM-202609-0001",
    "20260903123456789",
    "202609031234567890",
    "GD2026090300000012345",
    "113812345678",
    "138123456789",
    "12812345678",
    "0138",
    "0871-20260903",
    "0301-63123456",
    "53010219900307018",
    "530102199003070180",
    "530102199013070189",
    "罚款13812345678.50元",
    "投资15000000000元",
    "15000000000 元",
    "罚款1500000 2026年缴清",
    "1,381,234,567.80",
    "13 812 345 678",
    "0.13812345678",
    "102.712345678,25.13812345678",
    "2026-09-03 10:20:30",
    "2026年9月3日10时20分",
    "20260903102030",
    "10:20-18:30",
    "9:00—11:30,13:30—17:00",
    "2025-2026年度共1380件、1234宗",
    "统一社会信用代码 91530100MA6K12345X",
    "12345热线、12319、400-123-4567",
    "常住人口47209277人",
    "比例0.871 63123",
]


@pytest.mark.parametrize(("text", "masked"), WRITTEN)
def test_numbers_are_masked_as_people_write_them(text, masked):
    assert mask_text(text) == masked


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_other_figures_stay(text):
    assert mask_text(text) == text


def grouped(digits: str, sizes: tuple[int, ...], gap: str) -> str:
    parts, rest = [], digits
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    return gap.join(parts)


@given(
    number=mobile_numbers,
    sizes=st.sampled_from([(11,), (3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (4, 3, 4), (3, 3, 5)]),
    gap=st.sampled_from([" ", "-", "\u00a0", "　", "–", " - ", "  "]),
    prefix=st.sampled_from(["", "+86", "+86 ", "86", "0086-", "(+86)"]),
    around=st.sampled_from(
        [("", ""), ("电话", "找李某"), ("(", ")"), ("tel:", ",急"), ("KM-", ""), ("1、", "。")]
    ),
    wide=st.booleans(),
)
def test_a_mobile_number_is_gone_in_every_written_form(number, sizes, gap, prefix, around, wide):
    written = prefix + grouped(number, sizes, gap)
    masked = mask_text(around[0] + (written.translate(FULL_WIDTH) if wide else written) + around[1])
    assert f"{number[:3]}****{number[7:]}" in masked
    assert number[3:7] not in masked.replace(f"{number[:3]}****{number[7:]}", "")


@given(
    line=landlines,
    form=st.sampled_from(["{}-{}", "{}{}", "({}){}", "（{}）{}", "{} {}", "{}—{}"]),
    split=st.booleans(),
    wide=st.booleans(),
)
def test_a_landline_with_its_area_code_is_gone_in_every_written_form(line, form, split, wide):
    area, local = line
    written = form.format(area, f"{local[:4]} {local[4:]}" if split else local)
    assert mask_text(f"座机{written.translate(FULL_WIDTH) if wide else written}") == (
        f"座机{area}-{local[0]}*******"
    )


@given(
    number=identity_numbers,
    sizes=st.sampled_from([(18,), (6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4), (4, 4, 4, 4, 2)]),
    gap=st.sampled_from([" ", "-", "　"]),
    lower=st.booleans(),
    wide=st.booleans(),
)
def test_an_identity_number_is_gone_in_every_written_form(number, sizes, gap, lower, wide):
    written = grouped(number, sizes, gap)
    written = written.lower() if lower else written
    masked = mask_text(f"证件{written.translate(FULL_WIDTH) if wide else written}号")
    assert masked == f"证件{number[:6]}**********{number[16:]}号"


@given(number=identity_numbers, wrong=st.integers(1, 10))
def test_eighteen_digits_with_a_wrong_check_digit_are_no_identity_number(number, wrong):
    digits = "0123456789X"
    other = number[:17] + digits[(digits.index(number[17]) + wrong) % 11]
    assert mask_text(other) == other


@given(
    number=identity_numbers,
    wrong=st.integers(1, 10),
    called=st.sampled_from(["身份证", "身份证号:", "公民身份号码 ", "证件号码为"]),
)
def test_what_is_called_an_identity_number_is_masked_with_a_slip_in_it_too(number, wrong, called):
    digits = "0123456789X"
    other = number[:17] + digits[(digits.index(number[17]) + wrong) % 11]
    assert (
        mask_text(f"当事人{called}{other},已约谈")
        == f"当事人{called}{number[:6]}**********{other[16:]},已约谈"
    )


@given(st.text(alphabet="0123456789１３８ -—()+86xX年元.*#电话", max_size=60))
def test_masking_twice_changes_nothing_more(text):
    once = mask_text(text)
    assert mask_text(once) == once


def ordinary_figures(seed: int, count: int) -> list[str]:
    """Amounts, counts, dates, times, periods and case numbers as a log contains them."""
    chance = random.Random(seed)
    start = datetime(2018, 1, 1)
    forms = (
        lambda: f"{chance.uniform(0, 10**9):.2f}",
        lambda: f"{chance.uniform(0, 10**12):,.2f}元",
        lambda: f"罚款{chance.randrange(10**7)}元",
        lambda: f"共{chance.randrange(10**6)}件,占{chance.random() * 100:.1f}%",
        lambda: f"{start + timedelta(seconds=chance.randrange(3 * 10**8)):%Y-%m-%d %H:%M:%S}",
        lambda: f"{start + timedelta(seconds=chance.randrange(3 * 10**8)):%Y%m%d%H%M%S}",
        lambda: f"{start + timedelta(seconds=chance.randrange(3 * 10**8)):%Y年%m月%d日%H时}",
        lambda: f"KM-{chance.choice(range(202501, 202513))}-{chance.randrange(10**4):04d}",
        lambda: f"{start + timedelta(days=chance.randrange(3000)):%Y%m%d}{chance.randrange(10**9):09d}",
        lambda: str(chance.randrange(10**10)),
        lambda: f"{chance.random():.{chance.randrange(3, 17)}f}",
    )
    return [chance.choice(forms)() for _ in range(count)]


def test_ten_thousand_ordinary_figures_stay():
    changed = [text for text in ordinary_figures(20260903, 10_000) if mask_text(text) != text]
    assert changed == []


def test_area_codes_are_two_digits_for_the_large_cities_and_three_elsewhere():
    assert all(AREA_CODE.fullmatch(code) for code in ("10", "20", "29", "871", "692", "898", "999"))
    assert not any(AREA_CODE.fullmatch(code) for code in ("26", "301", "138", "000", "1", "8710"))


KEY = b"a key of this test"


def test_a_frame_is_masked_where_it_holds_numbers_and_only_in_the_named_columns():
    frame = pl.DataFrame(
        {
            "summary": ["请联系13812345678", None, "夜市油烟", f"证件{IDENTITY}"],
            "street": ["人民路", "", None, "0871-63123456"],
            "other": ["13812345678"] * 4,
            "count": [1, 2, 3, 4],
        }
    )
    masked = mask_frame(frame, ["summary", "street"], key=KEY)
    assert masked.to_dict(as_series=False) == {
        "summary": ["请联系138****5678", None, "夜市油烟", "证件530102**********8X"],
        "street": ["人民路", "", None, "0871-6*******"],
        "other": ["13812345678"] * 4,
        "count": [1, 2, 3, 4],
    }


def test_a_masked_key_stays_unique_and_joins_to_itself_across_columns_and_months():
    september = pl.DataFrame(
        {
            "complaint_id": ["13812345678", "13899995678", "KM-202609-0001"],
            "repeat_of": [None, "138 1234 5678", None],
        }
    )
    october = pl.DataFrame({"complaint_id": ["KM-202610-0001"], "repeat_of": ["１３８９９９９５６７８"]})
    columns = ["complaint_id", "repeat_of"]
    masked, later = (mask_frame(frame, [], key_columns=columns, key=KEY) for frame in (september, october))
    ids = masked["complaint_id"].to_list()
    assert len(set(ids)) == 3
    assert re.fullmatch(r"138\*{4}5678#[0-9a-f]{6}", ids[0])
    assert ids[2] == "KM-202609-0001"
    assert masked["repeat_of"].to_list() == [None, ids[0], None]
    assert later["repeat_of"].to_list() == [ids[1]]
    assert mask_frame(september, [], key_columns=columns, key=b"another")["complaint_id"][0] != ids[0]


def test_a_masked_key_is_left_as_it_is_when_masked_again():
    frame = pl.DataFrame({"complaint_id": ["13812345678", IDENTITY, "0871-63123456"]})
    once = mask_frame(frame, [], key_columns=["complaint_id"], key=KEY)
    assert mask_frame(once, [], key_columns=["complaint_id"], key=KEY).equals(once)


@given(st.lists(st.text(alphabet="0123456789０１３８ -—()+86xX年元.电话", max_size=40), max_size=20))
def test_a_frame_is_masked_exactly_as_its_cells_are(texts):
    frame = pl.DataFrame({"summary": texts}, schema={"summary": pl.String})
    masked = mask_frame(frame, ["summary"], key=KEY)
    assert masked["summary"].to_list() == [mask_text(text) for text in texts]


def test_a_frame_holds_the_table_of_written_forms_to_the_same_result():
    frame = pl.DataFrame({"summary": [text for text, _ in WRITTEN] + LEFT_ALONE})
    masked = mask_frame(frame, ["summary"], key=KEY)
    assert masked["summary"].to_list() == [result for _, result in WRITTEN] + LEFT_ALONE
