"""What a mapping can say: conditions, numbers of rows, units, true dates, months without a row."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.campaign import load_campaign
from etl.convert import MappingError, convert, load_mapping
from etl.mappings.conditions import ConditionError, parse_condition
from etl.sheets import SHEETS
from tests.etl.stores import REPOSITORY
from tests.etl.test_log_file import MAPPING

COLUMNS = {column.name: column for column in SHEETS["complaints"].columns}
TODAY = date(2019, 1, 10)
KEYS = ("received_at", "closed_at", "closed_on_time", "log:状态", "log:天数", "log:期限")
JULY = datetime(2018, 7, 5, 17, 24)


def holds(condition: str, **row: object) -> bool:
    schema = {
        name: pl.Datetime("ms") if name.endswith("_at") else pl.Boolean if name in COLUMNS else pl.String
        for name in KEYS
    }
    frame = pl.DataFrame([dict.fromkeys(KEYS) | row], schema=schema)
    return frame.select(held=parse_condition(condition, COLUMNS).holds).item()


@pytest.mark.parametrize(
    ("condition", "row", "expected"),
    [
        ("closed_at <= received_at + 15 days", {"closed_at": JULY + timedelta(days=15)}, True),
        ("closed_at <= received_at + 15 days", {"closed_at": JULY + timedelta(days=15, minutes=1)}, False),
        ("closed_at <= received_at + 15 days", {"closed_at": datetime(2018, 7, 20)}, True),
        ("closed_at <= received_at + 15 days", {"closed_at": datetime(2018, 7, 21)}, False),
        ("closed_at - received_at <= 15 days", {"closed_at": datetime(2018, 7, 20)}, True),
        (
            "closed_at <= received_at + 4 hours + 30 minutes",
            {"closed_at": datetime(2018, 7, 5, 21, 54)},
            True,
        ),
        ("closed_at <= received_at + 4 hours", {"closed_at": datetime(2018, 7, 5, 21, 25)}, False),
        ("closed_at <= received_at + 15 days", {}, False),
        ("closed_at > received_at + 15 days", {}, False),
        ("closed_at is missing", {}, True),
        ("closed_at is given", {}, False),
        ("closed_at <= [期限]", {"closed_at": datetime(2018, 7, 9, 10), "log:期限": "2018/07/09"}, True),
        ("[期限] - received_at > 3 days", {"log:期限": "2018-07-09 17:24"}, True),
        ("received_at >= 2018-07-05 and received_at < 2018-07-06", {}, True),
        ("received_at > 2018-07-05 17:23:59", {}, True),
        ("[天数] > 15", {"log:天数": "1,000"}, True),
        ("[天数] + 1 <= 16", {"log:天数": "15"}, True),
        ("[天数] > 15", {"log:天数": "很多"}, False),
        ("[状态] = '已办结' or [状态] = '办结'", {"log:状态": "办结"}, True),
        ("[状态] != '已办结' and (closed_at is missing or [天数] > 3)", {"log:状态": "x"}, True),
        ("[状态] != '已办结'", {}, False),
        ("closed_on_time = '否'", {"closed_on_time": False}, True),
        ("[状态] = [天数]", {"log:状态": "7", "log:天数": "7"}, True),
    ],
)
def test_a_condition_holds_as_it_reads(condition, row, expected):
    assert holds(condition, received_at=JULY, **row) == expected


@pytest.mark.parametrize(
    ("condition", "position", "found"),
    [
        ("", 1, "expected a value"),
        ("closed_at", 10, "expected = != <"),
        ("closed_at <= ", 14, "expected a value"),
        ("closed_at <= received_at + 15", 28, "a number cannot be compared"),
        ("closed_at <= 15 days", 14, "a duration cannot be compared"),
        ("closed_at + received_at > 2018-01-01", 13, "a date cannot be compared"),
        ("shut_at <= received_at", 1, "no column shut_at"),
        ("unit = '龙田街道'", 1, "no column unit"),
        ("(closed_at is given", 20, "expected )"),
        ("closed_at is given)", 19, "expected and, or"),
        ("closed_at is empty", 14, "missing or given"),
        ("closed_at <= 2018-02-30", 14, "no such date"),
        ("[状态] < '已办结'", 8, "= or != only"),
        ("closed_at ; import os", 11, "cannot read ';'"),
        ("__import__('os') = 1", 1, "no column __import__"),
        ("closed_at is given and " * 40 + "closed_at is given", 501, "at most 500"),
    ],
)
def test_what_is_no_condition_is_told_with_its_place(condition, position, found):
    with pytest.raises(ConditionError) as refused:
        parse_condition(condition, COLUMNS)
    assert refused.value.position == position
    assert found in refused.value.en


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                "closed_at",
                "received_at",
                "matter",
                "[状态]",
                "'x'",
                "15",
                "days",
                "2018-07-04",
                "<=",
                "=",
                "+",
                "-",
                "(",
                ")",
                "and",
                "or",
                "is",
                "missing",
                "given",
                "?",
            ]
        ),
        max_size=12,
    ).map(" ".join)
    | st.text(max_size=30)
)
def test_no_text_ends_in_anything_but_a_condition_or_a_place(condition):
    frame = pl.DataFrame(
        {name: [None] for name in (*COLUMNS, "log:状态")},
        schema={name: column.polars_type for name, column in COLUMNS.items()} | {"log:状态": pl.String},
    )
    try:
        parsed = parse_condition(condition, COLUMNS)
    except ConditionError as refused:
        placed = 1 <= refused.position <= len(condition) + 1
    else:
        placed = frame.select(parsed.holds).dtypes == [pl.Boolean] or set(parsed.headers) - {"状态"}
    assert placed


# Mappings


@pytest.fixture(scope="module")
def pingshan():
    return load_campaign(REPOSITORY / "data" / "campaigns" / "pingshan-2018")


@pytest.fixture
def mapping_of(tmp_path):
    def made(*changes: tuple[str, str], log: str = ""):
        text = MAPPING.replace("[source]", f"[log]\n{log}\n[source]")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "m.toml"
        path.write_text(text, encoding="utf-8")
        return load_mapping(path)

    return made


HEADERS = ("REC_ID", "STREET_NAME", "CREATE_TIME", "EVENT_SRC_NAME", "EVENT_PROPERTY_NAME", "EVENT_TYPE_NAME")
HEADERS += ("MAIN_TYPE_NAME", "SUB_TYPE_NAME", "INTIME_ARCHIVE_NUM", "OVERTIME_ARCHIVE_NUM", "CLOSED")


def log(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """Rows of street, time of receipt and time of closing."""
    return pl.DataFrame(
        [
            (f"R{at}", street, time, "12345", "投诉", "-", "-", "-", "1", "0", end)
            for at, (street, time, end) in enumerate(rows)
        ],
        schema=dict.fromkeys(HEADERS, pl.String),
        orient="row",
    )


CASES_START = MAPPING.index("[columns.closed_on_time]")
BY_TIMES = (
    MAPPING[CASES_START:],
    """[columns.closed_on_time]
cases = [
    { when = "closed_at <= received_at + 15 days", gives = "是" },
    { when = "closed_at is given", gives = "否" },
]

[columns.closed_at]
from = "CLOSED"
""",
)
BY_ROW = ('[columns.complaint_id]\nfrom = "REC_ID"', '[columns.complaint_id]\nrow_number = "PS-"')
DAY = "2018-07-04 10:00:00"


def test_on_time_is_worked_out_from_two_times(pingshan, mapping_of):
    frame = log(("龙田街道", DAY, "2018-07-19"), ("龙田街道", DAY, "2018-07-20"), ("龙田街道", DAY, ""))
    [book] = convert(frame, mapping_of(BY_TIMES), pingshan, today=TODAY).workbooks
    assert book.rows["closed_on_time"].to_list() == [True, False, None]


@pytest.mark.parametrize(
    ("when", "place", "found"),
    [
        ("closed_at <= received_at + 15", "第1项第28个字符", "character 28"),
        ("responded_at is given", "没有来源", "has no source"),
        ("closed_on_time = '是'", "本身由条件", "comes from a condition"),
    ],
)
def test_a_broken_condition_is_refused_with_its_key_and_place(mapping_of, when, place, found):
    with pytest.raises(MappingError) as refused:
        mapping_of((BY_TIMES[0], BY_TIMES[1].replace("closed_at <= received_at + 15 days", when)))
    [problem] = refused.value.problems
    assert problem.startswith("m.toml [columns.closed_on_time.cases")
    assert place in problem
    assert found in problem


def test_the_number_of_a_row_depends_on_its_month_alone(pingshan, mapping_of):
    times = (
        "2018-07-09 10:00:00",
        "2018-07-04 10:00:00",
        "2018-08-01 00:00:00",
        "2018-07-04 10:00:00",
        "2018-07-05",
    )
    rows = [("龙田街道", time, "x") for time in times] + [
        ("坑梓街道", times[1], "x"),
        ("不明", times[1], "x"),
    ]
    mapping = mapping_of(BY_ROW)

    def numbers(rows) -> set[tuple[str, datetime, str]]:
        frame = log(*rows).with_columns(REC_ID=pl.lit(""))
        books = convert(frame, mapping, pingshan, today=TODAY).workbooks
        return {
            each for book in books for each in book.rows.select("complaint_id", "received_at", "unit").rows()
        }

    told = numbers(rows)
    assert {number for number, *_ in told} == {f"PS-201807-000{at}" for at in range(1, 6)} | {
        "PS-201808-0001"
    }
    assert numbers(rows[::-1]) == told
    assert numbers(rows[:2] + rows[3:]) == {each for each in told if "201807" in each[0]}


@pytest.mark.parametrize(
    ("name", "code"),
    [("龙田", "440310903"), ("坑梓街道", "440310902"), ("440310904", "440310904")],
)
def test_exact_names_and_codes_stay_valid_beside_values(pingshan, mapping_of, name, code):
    mapping = mapping_of(('from = "STREET_NAME"', 'from = "STREET_NAME"\nvalues = { "龙田" = "龙田街道" }'))
    assert code in {unit.code for unit in pingshan.units}
    [book] = convert(log((name, DAY, "")), mapping, pingshan, today=TODAY).workbooks
    assert book.rows["unit"].to_list() == [code]


@pytest.mark.parametrize("values", ["", '\nvalues = { "龙田" = "龙田街道" }'])
def test_a_case_known_of_the_reporting_unit_alone_is_refused_for_that_reason(pingshan, mapping_of, values):
    mapping = mapping_of(('from = "STREET_NAME"', f'from = "STREET_NAME"{values}'))
    [refused] = convert(log(("坪山区", DAY, "")), mapping, pingshan, today=TODAY).unmapped.to_dicts()
    assert refused["reason_zh"] == "县(市、区)“坪山区”不在填报单位以下：投诉台账每行须写明街道"


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%Y年%m月%d日"])
@pytest.mark.parametrize("cell", ["2018-07-04", "2018-07-04 17:24:41"])
def test_a_true_date_is_read_whatever_the_formats_say(pingshan, mapping_of, form, cell):
    mapping = mapping_of(('formats = ["%Y-%m-%d %H:%M:%S"]', f'formats = ["{form}"]'))
    [book] = convert(log(("龙田街道", cell, "")), mapping, pingshan, today=TODAY).workbooks
    assert str(book.rows["received_at"][0]).startswith(cell)


@pytest.mark.parametrize("form", ["%Y-%d-%m", "%Y-%m-%d %S:%M:%H"])
def test_a_format_that_misreads_true_dates_is_refused(mapping_of, form):
    with pytest.raises(MappingError, match="would read true dates"):
        mapping_of(('formats = ["%Y-%m-%d %H:%M:%S"]', f'formats = ["{form}"]'))


# Months without a row


def months(converted) -> dict[str, int]:
    return {book.period: book.rows.height for book in converted.workbooks}


def test_a_month_of_a_complete_log_without_a_row_is_a_zero_report(pingshan, mapping_of):
    frame = log(("龙田街道", "2018-03-04", ""), ("龙田街道", "2018-05-04", ""))
    assert months(convert(frame, mapping_of(), pingshan, today=TODAY)) == {"2018-03": 1, "2018-05": 1}
    complete = convert(frame, mapping_of(log="complete = true"), pingshan, today=TODAY)
    assert months(complete) == {"2018-03": 1, "2018-04": 0, "2018-05": 1}
    assert complete.workbooks[1].cover["complaints_zero_report"] is True
    until = mapping_of(log='complete = true\nfirst_period = "2018-04"\nlast_period = "2018-07"')
    assert months(convert(frame, until, pingshan, today=TODAY)) == {
        "2018-03": 1, "2018-04": 0, "2018-05": 1, "2018-06": 0, "2018-07": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "withheld"),
    [
        (("不明", "2018-04-09", ""), {"2018-04"}),
        (("不明", "2018-03-09", ""), set()),
        (("龙田街道", "four", ""), {"2018-04", "2018-06"}),
        (("不明", "four", ""), {"2018-04", "2018-06"}),
    ],
)
def test_no_zero_report_is_made_where_a_row_not_placed_may_belong(pingshan, mapping_of, row, withheld):
    frame = log(*(("龙田街道", f"2018-0{month}-04", "") for month in (3, 5, 7)), row)
    converted = convert(frame, mapping_of(log="complete = true"), pingshan, today=TODAY)
    assert {period for _, period in converted.undecided} == withheld
    assert {period for period, rows in months(converted).items() if not rows} == {
        "2018-04",
        "2018-06",
    } - withheld


@pytest.mark.parametrize(
    ("log_keys", "found"),
    [
        ("complete = 1", "true or false"),
        ('first_period = "2018-04"', "complete = true"),
        ('complete = true\nlast_period = "2018-13"', "YYYY-MM"),
        ("sheets = 3", "a list of texts"),
        ("sheet = 'a'", "is unknown; expected sheets"),
    ],
)
def test_what_log_may_say_is_checked(mapping_of, log_keys, found):
    with pytest.raises(MappingError, match=found):
        mapping_of(log=log_keys)


@pytest.mark.parametrize(
    ("content", "zh"),
    [
        (b"a = 1\nb = = 2\n", "m.toml：不是有效的 TOML：第2行第5列写法有误"),
        (b"a = ", "m.toml：不是有效的 TOML：文件末尾写法有误"),
        ("a = '台账'".encode("gb18030"), "m.toml：编码不是 UTF-8，请另存为 UTF-8"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_its_place_in_either_language(tmp_path, content, zh):
    path = tmp_path / "m.toml"
    path.write_bytes(content)
    with pytest.raises(MappingError) as refused:
        load_mapping(path)
    [problem] = refused.value.problems
    assert problem.split(" / ")[0] == zh
