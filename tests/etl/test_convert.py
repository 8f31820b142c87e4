"""A foreign log becomes workbooks: no row is lost, none changes hands, nothing about a log is in code."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.campaign import load_campaign
from etl.convert import (
    ForeignLog,
    LogError,
    MappingError,
    convert,
    convert_log,
    load_mapping,
    read_log,
    write_workbooks,
)
from etl.mappings.zero_reports import silent_months
from etl.read import WorkbookReader
from etl.validate import validate

ROOT = Path(__file__).parents[2]
LOGS = ROOT.parent / "shared" / "corpora" / "complaints"
PINGSHAN_LOG, BOSTON_LOG = LOGS / "pingshan_2018_民生诉求.csv", LOGS / "qsv_boston311-dmy-100.csv"
MAPPINGS = ROOT / "data" / "mappings"
TODAY = date(2019, 1, 10)

needs_logs = pytest.mark.skipif(
    not LOGS.is_dir(), reason="the logs of ../shared/corpora/complaints are absent"
)

BOSTON_CAMPAIGN = """
name = "boston-2022"
title_zh = "波士顿2022年诉求"
title_en = "Boston: service requests in 2022"
first_period = "2022-01"
last_period = "2022-12"
reporting_level = "district"
own_office = true

[[levels]]
key = "city"
title_zh = "市"
title_en = "City"

[[levels]]
key = "district"
title_zh = "片区"
title_en = "District"

[[levels]]
key = "neighborhood"
title_zh = "街区"
title_en = "Neighborhood"

[due]
day = "period_end"
rest_day = "keep"
is_setting = true
label_zh = "设定值"
label_en = "A setting"
citation_zh = "设定值"
citation_en = "A setting"

[window]
rule = "calendar_month"
is_setting = true
label_zh = "设定值"
label_en = "A setting"

[population]
basis_zh = "无"
basis_en = "None"

[[peer_groups]]
key = "all"
title_zh = "全部"
title_en = "All"
rule_zh = "全部"
rule_en = "All"
members = ["100", "200"]

[[sheets]]
sheet = "complaints"
reported_by = "reporting"
frequency = "monthly"
"""
BOSTON_UNITS = """code,name,short_name,aliases,level,parent_code,former
900,Boston City,Boston City,,city,,
100,Southern District,Southern,,district,900,
200,Northern District,Northern,,district,900,
101,Dorchester,Dorchester,,neighborhood,100,
102,Roxbury,Roxbury,,neighborhood,100,
103,South End,South End,,neighborhood,100,
201,Beacon Hill,Beacon Hill,,neighborhood,200,
202,East Boston,East Boston,,neighborhood,200,
203,Downtown,Downtown,Downtown / Financial District,neighborhood,200,
"""
BOSTON_MAPPING = """
sheet = "complaints"
campaign = "boston-2022"
period = "received_at"
missing = ["N/A"]

[cover]
prepared_by = "A"
reviewed_by = "B"
approved_by = "C"

[columns.complaint_id]
from = "case_enquiry_id"

[columns.unit]
from = "neighborhood"
values = { "Dorchester" = "101", "Roxbury" = "Roxbury", "South End" = "103", "Beacon Hill" = "201", "East Boston" = "East Boston", "Downtown / Financial District" = "203", "Boston" = "Mattapan" }

[columns.received_at]
from = "open_dt"
formats = ["%d/%m/%Y %H:%M:%S"]

[columns.due_at]
from = "target_dt"
formats = ["%d/%m/%Y %H:%M:%S"]

[columns.closed_at]
from = "closed_dt"
formats = ["%d/%m/%Y %H:%M:%S"]

[columns.channel]
from = "source"
values = { "Citizens Connect App" = "网络平台", "Self Service" = "网络平台", "Constituent Call" = "来电", "City Worker App" = "现场" }

[columns.complaint_kind]
constant = "城市管理问题诉求"

[columns.matter]
otherwise = "其他"
first_of = [
    { from = "type", values = { "Parking Enforcement" = "停车秩序" } },
    { from = "subject", values = { "Public Works Department" = "市容环卫", "Parks & Recreation Department" = "园林绿化" } },
]

[columns.summary]
from = "case_title"

[columns.excluded_reason]
constant = "无"

[columns.closed_on_time]
cases = [
    { column = "case_status", equals = "Open", gives = "否" },
    { column = "ontime", equals = "ONTIME", gives = "是" },
    { column = "ontime", equals = "OVERDUE", gives = "否" },
]
"""


@pytest.fixture(scope="module")
def pingshan():
    return load_campaign(ROOT / "data" / "campaigns" / "pingshan-2018")


@pytest.fixture(scope="module")
def pingshan_mapping():
    return load_mapping(MAPPINGS / "pingshan-case-log.toml")


@pytest.fixture(scope="module")
def boston(tmp_path_factory):
    folder = tmp_path_factory.mktemp("boston-2022")
    files = {
        "campaign.toml": BOSTON_CAMPAIGN,
        "units.csv": BOSTON_UNITS,
        "population.csv": "unit_code,valid_from,resident,temporary,source\n",
        "targets.csv": "kpi,target,rule,scope_zh,scope_en,citation_zh,citation_en,is_setting,note\n",
        "working_days.csv": "date,working,source\n",
    }
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return load_campaign(folder)


@pytest.fixture(scope="module")
def boston_mapping(tmp_path_factory):
    return load_mapping(written(tmp_path_factory.mktemp("mappings"), BOSTON_MAPPING))


def written(folder: Path, mapping: str) -> Path:
    path = folder / "boston.toml"
    path.write_text(mapping, encoding="utf-8")
    return path


def log_row(**changes: str | None) -> dict[str, str | None]:
    """A row in the layout of the Pingshan export that maps cleanly, but for the changes."""
    return {
        "REC_ID": "1",
        "STREET_NAME": "龙田街道",
        "CREATE_TIME": "2018-07-04 17:24:41",
        "EVENT_SRC_NAME": "12345",
        "EVENT_PROPERTY_NAME": "投诉",
        "EVENT_TYPE_NAME": "市容环卫",
        "MAIN_TYPE_NAME": "市容城管",
        "SUB_TYPE_NAME": "市容环卫",
        "INTIME_ARCHIVE_NUM": "1",
        "OVERTIME_ARCHIVE_NUM": "0",
    } | changes


def log(*rows: dict[str, str | None]) -> pl.DataFrame:
    """The rows as a log, numbered 1, 2, … where they do not bring a case number of their own."""
    numbered = [row | ({"REC_ID": str(at)} if row["REC_ID"] == "1" else {}) for at, row in enumerate(rows, 1)]
    return pl.DataFrame(numbered, schema=dict.fromkeys(log_row(), pl.String))


def boston_row(**changes: str | None) -> dict[str, str | None]:
    return {
        "case_enquiry_id": "1",
        "open_dt": "21/01/2022 13:47:00",
        "target_dt": "04/02/2022 13:47:30",
        "closed_dt": None,
        "ontime": "ONTIME",
        "case_status": "Closed",
        "neighborhood": "Roxbury",
        "source": "Self Service",
        "type": "Parking Enforcement",
        "subject": "",
        "case_title": "=1+1",
    } | changes


def read_text(path: Path, mapping) -> ForeignLog:
    def no_workbook(path: Path):
        raise AssertionError(f"{path} is a text file")

    return read_log(path, mapping, no_workbook)


def read_frame(path: Path, mapping) -> pl.DataFrame:
    [table] = read_text(path, mapping).tables
    return table.cells


# What becomes of a row


def test_a_row_becomes_a_row_of_ours(pingshan, pingshan_mapping):
    converted = convert(log(log_row()), pingshan_mapping, pingshan, today=TODAY)
    assert converted.unmapped.is_empty()
    [workbook] = converted.workbooks
    assert (workbook.unit.code, workbook.period, workbook.sheet) == ("440310", "2018-07", "complaints")
    assert workbook.rows.to_dicts() == [
        {
            "complaint_id": "1",
            "unit": "440310903",
            "received_at": datetime(2018, 7, 4, 17, 24, 41),
            "channel": "12345热线",
            "complaint_kind": "城市管理问题诉求",
            "matter": "市容环卫",
            "excluded_reason": "无",
            "closed_on_time": True,
        }
    ]


@pytest.mark.parametrize(
    ("changes", "column", "expected"),
    [
        ({"EVENT_PROPERTY_NAME": "咨询"}, "excluded_reason", "咨询建议"),
        ({"EVENT_PROPERTY_NAME": "感谢"}, "excluded_reason", "咨询建议"),
        ({"EVENT_PROPERTY_NAME": "-"}, "excluded_reason", "咨询建议"),
        ({"EVENT_PROPERTY_NAME": None}, "excluded_reason", "咨询建议"),
        ({"INTIME_ARCHIVE_NUM": "0", "OVERTIME_ARCHIVE_NUM": "1"}, "closed_on_time", False),
        ({"INTIME_ARCHIVE_NUM": "-", "OVERTIME_ARCHIVE_NUM": "-"}, "closed_on_time", None),
        ({"EVENT_SRC_NAME": "@坪山"}, "channel", "网络平台"),
        ({"EVENT_SRC_NAME": "飞鸽"}, "channel", "其他"),
        ({"SUB_TYPE_NAME": "乱摆卖"}, "matter", "占道经营"),
        ({"SUB_TYPE_NAME": "-", "MAIN_TYPE_NAME": "工业噪声"}, "matter", "噪声"),
        ({"SUB_TYPE_NAME": "-", "MAIN_TYPE_NAME": "-"}, "matter", "市容环卫"),
        ({"SUB_TYPE_NAME": "-", "MAIN_TYPE_NAME": "-", "EVENT_TYPE_NAME": "教育卫生"}, "matter", "其他"),
        ({"STREET_NAME": " 龙田街道办事处 "}, "unit", "440310903"),
        ({"STREET_NAME": "440310903"}, "unit", "440310903"),
    ],
)
def test_values_become_ours_by_the_mapping(pingshan, pingshan_mapping, changes, column, expected):
    [workbook] = convert(log(log_row(**changes)), pingshan_mapping, pingshan, today=TODAY).workbooks
    assert workbook.rows[column].to_list() == [expected]


REFUSED = [
    ({"STREET_NAME": "-"}, "缺少县(市、区)（STREET_NAME）", "County is missing (STREET_NAME)"),
    ({"STREET_NAME": None}, "缺少县(市、区)（STREET_NAME）", "County is missing (STREET_NAME)"),
    (
        {"STREET_NAME": "龙岗街道"},
        "县(市、区)“龙岗街道”不是本专项的单位",
        "“龙岗街道” is no unit of this campaign",
    ),
    (
        {"STREET_NAME": "坪山区"},
        "县(市、区)“坪山区”不在填报单位以下：投诉台账每行须写明街道",
        "“坪山区” is no unit below a reporting unit",
    ),
    ({"REC_ID": ""}, "缺少工单编号（REC_ID）", "Case number is missing (REC_ID)"),
    ({"CREATE_TIME": "-"}, "缺少受理时间（CREATE_TIME）", "Received at is missing (CREATE_TIME)"),
    (
        {"CREATE_TIME": "04/07/2018"},
        "受理时间“04/07/2018”（CREATE_TIME）无法识别",
        "cannot read “04/07/2018”",
    ),
    ({"CREATE_TIME": "2018-02-30 10:00:00"}, "“2018-02-30 10:00:00”（CREATE_TIME）无法识别", "cannot read"),
    ({"CREATE_TIME": "2017-12-31 23:59:59"}, "受理时间在 2017-12，不在报告期", "is in 2017-12, outside"),
    ({"CREATE_TIME": "2019-01-01 00:00:00"}, "受理时间在 2019-01，不在报告期", "is in 2019-01, outside"),
]


@pytest.mark.parametrize(("changes", "zh", "en"), REFUSED)
def test_a_row_that_cannot_be_placed_is_listed_with_its_line_and_reason(
    pingshan, pingshan_mapping, changes, zh, en
):
    frame = log(log_row(), log_row(**changes), log_row())
    converted = convert(frame, pingshan_mapping, pingshan, today=TODAY)
    assert [len(workbook.rows) for workbook in converted.workbooks] == [2]
    [refused] = converted.unmapped.to_dicts()
    assert refused["line"] == 3
    assert zh in refused["reason_zh"]
    assert en in refused["reason_en"]
    assert {name: refused[name] for name in frame.columns} == frame.row(1, named=True)


def test_every_reason_of_a_row_is_named(pingshan, pingshan_mapping):
    frame = log(log_row(STREET_NAME="-", CREATE_TIME="soon"))
    [refused] = convert(frame, pingshan_mapping, pingshan, today=TODAY).unmapped.to_dicts()
    assert refused["reason_zh"] == "缺少县(市、区)（STREET_NAME）；受理时间“soon”（CREATE_TIME）无法识别"


def test_of_rows_with_one_case_number_the_first_that_can_be_placed_stays(pingshan, pingshan_mapping):
    frame = log(
        log_row(REC_ID="A", STREET_NAME="-"),
        log_row(REC_ID="A"),
        log_row(REC_ID="A", CREATE_TIME="2018-08-01 00:00:00"),
        log_row(REC_ID="B"),
        log_row(REC_ID="A"),
    )
    converted = convert(frame, pingshan_mapping, pingshan, today=TODAY)
    [workbook] = converted.workbooks
    assert workbook.rows["complaint_id"].to_list() == ["A", "B"]
    assert converted.unmapped.select("line", "reason_zh").rows() == [
        (2, "缺少县(市、区)（STREET_NAME）"),
        (4, "工单编号与第 3 行重复"),
        (6, "工单编号与第 3 行重复"),
    ]


def test_a_log_with_padding_is_listed_by_its_own_row_numbers(pingshan, pingshan_mapping, tmp_path):
    lines = [
        ",".join(log_row()),
        ",".join(log_row().values()),
        ",,,,",
        ",".join(log_row(STREET_NAME="-").values()),
    ]
    (tmp_path / "log.csv").write_bytes("\n".join(["坪山区", "", *lines]).encode("gb18030"))
    log = read_text(tmp_path / "log.csv", pingshan_mapping)
    converted = convert_log(log, pingshan_mapping, pingshan, today=TODAY)
    assert [len(book.rows) for book in converted.workbooks] == [1]
    assert converted.unmapped["line"].to_list() == [6]


def test_a_log_may_use_our_own_names_as_headers(pingshan, tmp_path):
    content = BOSTON_MAPPING.replace('"open_dt"', '"line"').replace('"neighborhood"', '"unit"')
    mapping = load_mapping(written(tmp_path, content.replace('"case_enquiry_id"', '"reason_zh"')))
    row = boston_row()
    row |= {"line": row["open_dt"], "unit": "Roxbury", "reason_zh": "7"}
    [refused] = convert(pl.DataFrame([row]), mapping, pingshan, today=TODAY).unmapped.to_dicts()
    assert (refused["line"], refused["line (log)"], refused["reason_zh (log)"]) == (2, row["open_dt"], "7")
    assert "“Roxbury”不是本专项的单位" in refused["reason_zh"]


def test_two_units_may_use_the_same_case_number(boston, boston_mapping):
    frame = pl.DataFrame([boston_row(), boston_row(neighborhood="East Boston")])
    converted = convert(frame, boston_mapping, boston, today=TODAY)
    assert [(book.unit.code, len(book.rows)) for book in converted.workbooks] == [("100", 1), ("200", 1)]


def test_a_value_the_mapping_does_not_name_leaves_the_row_unmapped(boston, boston_mapping):
    frame = pl.DataFrame([boston_row(source="Fax"), boston_row(neighborhood="Quincy")])
    converted = convert(frame, boston_mapping, boston, today=TODAY)
    assert converted.workbooks == ()
    assert converted.unmapped["reason_zh"].to_list() == [
        "来源渠道的值“Fax”（source）未在映射中",
        "县(市、区)的值“Quincy”（neighborhood）未在映射中",
    ]


def test_a_name_that_fits_two_units_is_refused_not_guessed(tmp_path):
    campaign = load_campaign(ROOT / "data" / "campaigns" / "yunnan-2025")
    values = BOSTON_MAPPING[BOSTON_MAPPING.index('values = { "Dorchester"') :].split("\n", 1)[0]
    mapping = load_mapping(written(tmp_path, BOSTON_MAPPING.replace(values, "")))
    short_names = Counter(
        unit.short_name
        for unit in campaign.units
        if unit.level == campaign.leaf_level and not unit.own_office
    )
    shared = [name for name, count in short_names.items() if count > 1]
    rows = [
        boston_row(case_enquiry_id=str(at), neighborhood=name, open_dt="03/09/2026 10:00:00")
        for at, name in enumerate(["本级", "五华区", *shared])
    ]
    converted = convert(pl.DataFrame(rows), mapping, campaign, today=TODAY)
    placed = [(book.unit.name, row["unit"]) for book in converted.workbooks for row in book.rows.to_dicts()]
    assert placed == [("昆明市", "530102")]
    assert len(converted.unmapped) == 1 + len(shared)
    assert all("不作猜测" in reason for reason in converted.unmapped["reason_zh"][1:])


cells = st.one_of(
    st.none(), st.sampled_from(["-", "", "投诉", "12345", "1", "0", "龙田街道", "坪山", "其他"]), st.text()
)
times = st.one_of(
    cells, st.datetimes(datetime(2017, 11, 1), datetime(2019, 2, 1)).map(lambda at: f"{at:%Y-%m-%d %H:%M:%S}")
)


@settings(max_examples=60)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(log_row(), cells) | {"CREATE_TIME": times}), max_size=12))
def test_no_row_is_ever_lost(pingshan, pingshan_mapping, rows):
    frame = pl.DataFrame(rows, schema=dict.fromkeys(log_row(), pl.String))
    converted = convert(frame, pingshan_mapping, pingshan, today=TODAY)
    assert sum(len(book.rows) for book in converted.workbooks) + len(converted.unmapped) == len(rows)
    assert all(reason for reason in converted.unmapped["reason_zh"])
    for book in converted.workbooks:
        assert book.rows["received_at"].dt.strftime("%Y-%m").unique().to_list() == [book.period]


def test_an_empty_log_makes_nothing(pingshan, pingshan_mapping, tmp_path):
    converted = convert(log(), pingshan_mapping, pingshan, today=TODAY)
    assert (converted.workbooks, len(converted.unmapped)) == ((), 0)
    assert write_workbooks(converted, pingshan, tmp_path) == []


def test_a_log_without_a_column_the_mapping_reads_is_refused(pingshan, pingshan_mapping):
    with pytest.raises(LogError) as refusal:
        convert(log(log_row()).drop("REC_ID", "STREET_NAME"), pingshan_mapping, pingshan, today=TODAY)
    [problem] = refusal.value.problems
    assert "台账缺少2列：“REC_ID”、“STREET_NAME”" in problem
    assert "现有的列：CREATE_TIME、EVENT_SRC_NAME" in problem


# The cover


def test_the_cover_has_the_persons_the_day_and_the_last_day_of_data(boston, boston_mapping):
    frame = pl.DataFrame(
        [
            boston_row(case_enquiry_id="1"),
            boston_row(case_enquiry_id="2", closed_dt="11/03/2022 08:00:00"),
            boston_row(case_enquiry_id="3", closed_dt="22/01/2022 08:00:00", neighborhood="East Boston"),
        ]
    )
    southern, northern = convert(frame, boston_mapping, boston, today=TODAY).workbooks
    persons = {"prepared_by": "A", "reviewed_by": "B", "approved_by": "C", "prepared_on": TODAY}
    assert southern.cover == persons | {"data_to": date(2022, 3, 11)}
    assert northern.cover == persons | {"data_to": date(2022, 1, 31)}


# The files


def opened(path: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(path.read_bytes()))


def test_workbooks_are_ours_cell_for_cell(boston, boston_mapping, tmp_path):
    frame = pl.DataFrame([boston_row(), boston_row(case_enquiry_id="2", neighborhood="Quincy")])
    paths = write_workbooks(convert(frame, boston_mapping, boston, today=TODAY), boston, tmp_path / "out")
    assert [path.name for path in paths] == ["100-2022-01.xlsx", "unmapped.csv"]
    book = opened(paths[0])
    cover = {row[0].value: row[1].value for row in book["封面"].iter_rows()}
    assert (cover["填报单位"], cover["报告期"], cover["填报人"]) == ("Southern District", "2022-01", "A")
    assert cover["填报日期"] == datetime(2019, 1, 10)
    header, *rows = book["投诉台账"].iter_rows(min_row=2, values_only=True)
    [row] = [row for row in rows if any(value is not None for value in row)]
    cells = {title.split("\n")[0]: value for title, value in zip(header, row, strict=True) if title}
    filled = {title: value for title, value in cells.items() if value is not None}
    assert filled == {
        "工单编号": "1",
        "县(市、区)": "Roxbury",
        "受理时间": datetime(2022, 1, 21, 13, 47),
        "办结期限": datetime(2022, 2, 4, 13, 47, 30),
        "来源渠道": "网络平台",
        "投诉性质": "城市管理问题诉求",
        "事项类别": "停车秩序",
        "诉求内容": "=1+1",
        "不纳入统计原因": "无",
        "是否按期办结": "是",
    }
    assert all(cell.data_type != "f" for line in book["投诉台账"].iter_rows() for cell in line)


def test_equal_logs_give_equal_bytes(boston, boston_mapping, tmp_path):
    frame = pl.DataFrame([boston_row(), boston_row(case_enquiry_id="2", neighborhood="Quincy")])
    contents = []
    for name in ("first", "second"):
        converted = convert(frame, boston_mapping, boston, today=TODAY)
        paths = write_workbooks(converted, boston, tmp_path / name)
        contents.append([path.read_bytes() for path in paths])
    assert contents[0] == contents[1]


ROWS_OF_A_COMPLETE_LOG = [
    ("100", "2022-01", ""),
    ("200", "2022-02", ""),
    ("100", "2022-02", "refused"),
    ("100", "2022-02", "refused"),
    ("200", None, "refused"),
    (None, "2022-03", "refused"),
]


@pytest.mark.parametrize(
    ("more", "silent", "undecided"),
    [
        ([], ["100 2022-04"], ["100 2022-02", "100 2022-03", "200 2022-01", "200 2022-03", "200 2022-04"]),
        ([("200", "2022-04", "")], ["100 2022-04"], ["100 2022-02", "100 2022-03", "200 2022-01", "200 2022-03"]),
        ([(None, None, "refused")], [], ["100 2022-02", "100 2022-03", "100 2022-04", "200 2022-01", "200 2022-03", "200 2022-04"]),
    ],
)  # fmt: skip
def test_a_month_without_a_row_is_undecided_where_a_refused_row_may_be_of_it(
    boston, boston_mapping, more, silent, undecided
):
    rows = pl.DataFrame(
        ROWS_OF_A_COMPLETE_LOG + more, schema=["reporting_code", "period", "reason_zh"], orient="row"
    )
    mapping = replace(boston_mapping, first_period="2022-01", last_period="2022-04")
    found = silent_months(rows, mapping, boston)
    assert [[f"{unit.code} {period}" for unit, period in each] for each in found] == [silent, undecided]


def test_unmapped_rows_are_written_for_a_spreadsheet_that_runs_nothing(pingshan, pingshan_mapping, tmp_path):
    frame = log(
        log_row(STREET_NAME="=HYPERLINK(1)", SUB_TYPE_NAME="@坪山", MAIN_TYPE_NAME="-", EVENT_TYPE_NAME="-5")
    )
    write_workbooks(convert(frame, pingshan_mapping, pingshan, today=TODAY), pingshan, tmp_path)
    content = (tmp_path / "unmapped.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfline,reason_zh,reason_en,REC_ID,")
    [row] = pl.read_csv(content, infer_schema=False).to_dicts()
    assert (row["line"], row["STREET_NAME"], row["SUB_TYPE_NAME"]) == ("2", "'=HYPERLINK(1)", "'@坪山")
    assert (row["MAIN_TYPE_NAME"], row["EVENT_TYPE_NAME"]) == ("-", "-5")


def test_a_list_of_unmapped_rows_does_not_outlive_them(pingshan, pingshan_mapping, tmp_path):
    for frame in (log(log_row(), log_row(STREET_NAME="-")), log(log_row())):
        paths = write_workbooks(convert(frame, pingshan_mapping, pingshan, today=TODAY), pingshan, tmp_path)
        assert sorted(tmp_path.iterdir()) == sorted(paths)


# Mappings


def test_every_mapping_of_ours_loads_and_names_its_licence():
    paths = sorted(MAPPINGS.glob("*.toml"))
    assert paths
    for path in paths:
        mapping = load_mapping(path)
        assert mapping.name == path.stem
        assert mapping.source["licence"]


BROKEN = [
    ('sheet = "complaints"', 'sheet = "monthly"', "[sheet]", "monthly"),
    ('campaign = "boston-2022"', 'campaing = "boston-2022"', "[campaing]", "unknown"),
    ('period = "received_at"', 'period = "due_at"', "[period]", "received_at"),
    ('missing = ["N/A"]', 'missing = "N/A"', "[missing]", "a list of texts"),
    ('prepared_by = "A"', "", "[cover.prepared_by]", "is missing"),
    ('prepared_by = "A"', 'prepared_by = "A"\nunit_code = "1"', "[cover.unit_code]", "unknown"),
    ("[columns.complaint_id]", "[columns.case_id]", "[columns.case_id]", "unknown"),
    ("[columns.complaint_id]", "[columns.case_id]", "[columns.complaint_id]", "no source"),
    ('"Self Service" = "网络平台"', '"Self Service" = "网上"', "[columns.channel.values]", "'网上'"),
    ('constant = "城市管理问题诉求"', 'constant = "投诉"', "[columns.complaint_kind]", "执法行为投诉"),
    ('constant = "城市管理问题诉求"', "constant = 3", "[columns.complaint_kind]", "a text"),
    ('otherwise = "其他"', 'otherwise = "杂项"', "[columns.matter]", "'杂项'"),
    ('gives = "否"', 'gives = "晚"', "[columns.closed_on_time.cases.gives]", "'晚'"),
    ('equals = "Open"', 'is = "Open"', "[columns.closed_on_time.cases.is]", "unknown"),
    ('from = "case_title"', 'from = "case_title"\nconstant = "x"', "[columns.summary]", "exactly one of"),
    (
        'from = "case_title"',
        'from = "case_title"\nformats = ["%Y-%d"]',
        "[columns.summary.formats]",
        "date columns",
    ),
    ('from = "case_title"', "from = true", "[columns.summary.from]", "a text"),
    ('formats = ["%d/%m/%Y %H:%M:%S"]', 'formats = ["dd/mm"]', "[columns.received_at.formats]", "'dd/mm'"),
    ('from = "neighborhood"', 'from = "neighborhood"\notherwise = "101"', "[columns.unit]", "otherwise"),
]


@pytest.mark.parametrize(("old", "new", "place", "found"), BROKEN)
def test_a_broken_mapping_is_refused_with_file_and_key(tmp_path, old, new, place, found):
    assert old in BOSTON_MAPPING
    with pytest.raises(MappingError) as refusal:
        load_mapping(written(tmp_path, BOSTON_MAPPING.replace(old, new, 1)))
    named = [problem for problem in refusal.value.problems if problem.startswith(f"boston.toml {place}：")]
    assert len(named) == 1
    assert found in named[0]


def test_all_problems_of_a_mapping_are_listed_at_once(tmp_path):
    content = BOSTON_MAPPING
    for old, new, *_ in (BROKEN[1], BROKEN[4], BROKEN[11]):
        content = content.replace(old, new, 1)
    with pytest.raises(MappingError) as refusal:
        load_mapping(written(tmp_path, content))
    assert len(refusal.value.problems) == 3


@pytest.mark.parametrize(
    "content", ["sheet = ", "[columns]\nunit = 3\n", "", "columns = 5\nsheet = 'complaints'"]
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path, content):
    with pytest.raises(MappingError, match=r"boston\.toml"):
        load_mapping(written(tmp_path, content))


def test_a_missing_mapping_is_named(tmp_path):
    with pytest.raises(MappingError, match=r"nowhere\.toml.*there is no such file"):
        load_mapping(tmp_path / "nowhere.toml")


# Real logs


@needs_logs
def test_the_pingshan_log_is_conserved_and_counted(pingshan, pingshan_mapping, tmp_path):
    frame = read_frame(PINGSHAN_LOG, pingshan_mapping)
    converted = convert(frame, pingshan_mapping, pingshan, today=TODAY)
    rows = pl.concat([book.rows for book in converted.workbooks])
    assert (len(rows), len(converted.unmapped), len(frame)) == (9_990, 10, 10_000)
    assert set(converted.unmapped["reason_zh"]) == {"缺少县(市、区)（STREET_NAME）"}
    assert set(converted.unmapped["STREET_NAME"]) == {"-"}
    valid = rows.filter(pl.col("excluded_reason") == "无")
    names = {unit.code: unit.name for unit in pingshan.units}
    assert Counter(names[code] for code in valid["unit"]) == {
        "坪山街道": 2_588,
        "龙田街道": 2_277,
        "坑梓街道": 2_100,
        "马峦街道": 1_150,
        "碧岭街道": 815,
        "石井街道": 410,
    }
    flags = Counter(valid["closed_on_time"])
    assert (flags[True], flags[True] + flags[False], flags[None]) == (8_522, 9_335, 5)
    months = [book.period for book in converted.workbooks]
    assert months == [f"2018-{month:02d}" for month in (2, 3, 6, 7, 8, 9, 10, 11, 12)]
    assert all(book.cover["data_to"] == pingshan.window(book.period)[1] for book in converted.workbooks)
    assert set(rows["complaint_id"]) | set(converted.unmapped["REC_ID"]) == set(frame["REC_ID"])


@needs_logs
def test_the_pingshan_workbooks_pass_the_door_with_the_five_flagless_cases_to_verify(
    pingshan, pingshan_mapping, tmp_path
):
    converted = convert(read_frame(PINGSHAN_LOG, pingshan_mapping), pingshan_mapping, pingshan, today=TODAY)
    found, rows = [], 0
    with WorkbookReader() as reader:
        for path in write_workbooks(converted, pingshan, tmp_path)[:-1]:
            checked = validate(reader.read(path), pingshan, today=TODAY, history=lambda *_: None)
            found += [(finding.kind, finding.severity) for finding in checked.findings]
            rows += len(checked.sheets["complaints"].rows)
    assert found == [("due_unknown", "verify")] * 5
    assert rows == 9_990


@needs_logs
def test_a_log_of_another_layout_needs_only_another_mapping(boston, boston_mapping):
    frame = read_frame(BOSTON_LOG, boston_mapping)
    converted = convert(frame, boston_mapping, boston, today=TODAY)
    assert [(book.unit.code, book.period) for book in converted.workbooks] == [
        ("100", "2022-01"),
        ("200", "2022-01"),
    ]
    rows = pl.concat([book.rows for book in converted.workbooks])
    assert len(rows) + len(converted.unmapped) == len(frame) == 100
    assert Counter(rows["unit"]) == {"101": 15, "102": 8, "103": 8, "201": 7, "202": 8, "203": 10}
    assert Counter(converted.unmapped["reason_zh"])["缺少县(市、区)（neighborhood）"] == 1
    assert Counter(converted.unmapped["reason_zh"])["县(市、区)“Mattapan”不是本专项的单位"] == 3


@needs_logs
def test_repeated_cases_of_a_log_are_listed(boston, tmp_path):
    mapping = load_mapping(written(tmp_path, BOSTON_MAPPING.replace("%d/%m/%Y", "%Y-%m-%d")))
    frame = read_frame(LOGS / "qsv_boston311-100-20dupes-random.csv", mapping)
    converted = convert(frame, mapping, boston, today=TODAY)
    placed = [number for book in converted.workbooks for number in book.rows["complaint_id"]]
    assert len(placed) == len(set(placed))
    assert len(placed) + len(converted.unmapped) == len(frame)
    repeated = converted.unmapped.filter(pl.col("reason_zh").str.contains("重复"))
    assert set(repeated["case_enquiry_id"]) <= set(placed)
    assert len(repeated) > 0
