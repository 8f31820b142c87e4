"""投诉台账: every complaint received in the month, and those carried on from earlier months."""

import polars as pl

from etl.schema import (
    Column,
    HistoryRule,
    Rule,
    Sheet,
    after_month,
    before_data_from,
    not_before,
    not_in_future,
    required_when,
    within_data_window,
)

MATTERS = (
    "占道经营",
    "停车秩序",
    "违法建设",
    "噪声",
    "油烟",
    "户外广告",
    "渣土扬尘",
    "市容环卫",
    "园林绿化",
    "市政设施",
    "其他",
)
INTEGRITY = "逐利执法与廉政风险"
"""The category whose rows are counted and listed to few only."""
FOCUS_AREAS = ("执法不规范", "执法方式单一", INTEGRITY, "执法作风与服务意识")
CONDUCT = "执法行为投诉"


STILL_OPEN = (
    pl.col("closed_at").is_null()
    # 否 beside a due time says overdue so far; alone it is all that a source knows of a closed case.
    & (pl.col("closed_on_time").is_null() | (~pl.col("closed_on_time") & pl.col("due_at").is_not_null()))
    & (pl.col("excluded_reason") == "无")
)


def _open_case_dropped(current: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """Cases open as they were told last that this month's log does not list."""
    return (
        previous.filter(STILL_OPEN)
        .join(current, on="complaint_id", how="anti")
        .select(
            row=pl.lit(None, dtype=pl.Int32),
            column=pl.lit("complaint_id"),
            value=pl.lit(None, dtype=pl.String),
            expected=pl.col("complaint_id"),
        )
    )


SHEET = Sheet(
    key="complaints",
    title_zh="投诉台账",
    title_en="Complaint log",
    purpose_zh="本月受理的投诉，以及上月结转未办结的投诉，一件一行",
    purpose_en="Complaints received in the month and open ones carried on, one row a case",
    layout="table",
    rows="log",
    zero_report="complaints_zero_report",
    unique=("complaint_id",),
    replaces_earlier=True,
    carried=STILL_OPEN,
    carried_columns=("closed_at",),
    columns=(
        Column(
            name="complaint_id",
            title_zh="工单编号",
            title_en="Case number",
            type="text",
            kind="key",
            carried_key=True,
            max_length=64,
            note_zh="本表内不重复；以后月份出现同一编号，以后报的为准",
            note_en="Unique in the workbook; the same number in a later month replaces the earlier row",
            example="KM-202609-0001",
        ),
        Column(
            name="unit",
            title_zh="县(市、区)",
            title_en="County",
            type="unit",
            kind="key",
            unit_scope="below",
            note_zh="下级单位的名称或代码",
            note_en="Name or code of a unit below the reporting unit",
        ),
        Column(
            name="street", title_zh="街道(乡镇)", title_en="Subdistrict or town", type="text", required=False
        ),
        Column(
            name="received_at",
            title_zh="受理时间",
            title_en="Received at",
            type="datetime",
            example="2026-09-03 10:20",
        ),
        Column(
            name="channel",
            title_zh="来源渠道",
            title_en="Channel",
            type="choice",
            choices=("12345热线", "网络平台", "信访", "来电", "现场", "媒体", "其他"),
        ),
        Column(
            name="complaint_kind",
            title_zh="投诉性质",
            title_en="Kind",
            type="choice",
            choices=("城市管理问题诉求", CONDUCT),
        ),
        Column(
            name="focus_area",
            title_zh="执法问题类别",
            title_en="Focus area",
            type="choice",
            required=False,
            choices=FOCUS_AREAS,
            note_zh="投诉性质为“执法行为投诉”时必填",
            note_en="Required for complaints about conduct",
        ),
        Column(name="matter", title_zh="事项类别", title_en="Matter", type="choice", choices=MATTERS),
        Column(
            name="summary",
            title_zh="诉求内容",
            title_en="Summary",
            type="text",
            required=False,
            max_length=2000,
            note_zh="不填姓名、电话、证件号；逐利执法与廉政风险类不填",
            note_en="No names, telephone or identity numbers; never for the integrity category",
        ),
        Column(
            name="excluded_reason",
            title_zh="不纳入统计原因",
            title_en="Excluded because",
            type="choice",
            choices=("无", "咨询建议", "非本部门职责", "同一诉求多渠道重复派单"),
            note_zh="有效投诉填“无”",
            note_en="无 for a valid complaint",
        ),
        Column(
            name="finding",
            title_zh="核实结论",
            title_en="Finding",
            type="choice",
            required=False,
            choices=("属实", "部分属实", "不属实", "待核实"),
        ),
        Column(
            name="due_at",
            title_zh="办结期限",
            title_en="Due at",
            type="datetime",
            required=False,
            end_of_day=True,
            note_zh="只填日期时，至当日24时",
            note_en="A date alone means the end of that day",
        ),
        Column(
            name="responded_at",
            title_zh="首次联系时间",
            title_en="First contact at",
            type="datetime",
            required=False,
        ),
        Column(name="closed_at", title_zh="办结时间", title_en="Closed at", type="datetime", required=False),
        Column(
            name="closed_on_time",
            title_zh="是否按期办结",
            title_en="Closed on time",
            type="yes_no",
            required=False,
            note_zh="已填办结期限和办结时间的可不填；填了须一致",
            note_en="May stay empty where due and closing times are given; otherwise must agree with them",
        ),
        Column(
            name="confirmed",
            title_zh="回访确认是否解决",
            title_en="Resolution confirmed at call-back",
            type="choice",
            required=False,
            choices=("解决", "未解决", "未答复", "未回访"),
        ),
        Column(
            name="callback",
            title_zh="回访评价",
            title_en="Call-back rating",
            type="choice",
            required=False,
            choices=("满意", "基本满意", "不满意", "未评价", "未接通", "未回访"),
        ),
        Column(
            name="repeat_of",
            title_zh="前件办结后再次投诉的原工单编号",
            title_en="Renews case number",
            type="text",
            required=False,
            carried_key=True,
            max_length=64,
        ),
    ),
    rules=(
        required_when(
            "focus_area",
            "complaint_kind",
            CONDUCT,
            "执法行为投诉须填执法问题类别",
            "A complaint about conduct names its focus area",
        ),
        within_data_window("received_at", "受理时间", "Received at"),
        not_in_future("received_at", "受理时间", "Received at"),
        after_month("received_at", "受理时间", "Received at"),
        before_data_from("received_at", "受理时间", "Received at"),
        not_before("due_at", "received_at", "办结期限不早于受理时间", "Due not before received"),
        not_before(
            "responded_at", "received_at", "首次联系时间不早于受理时间", "First contact not before received"
        ),
        not_in_future("responded_at", "首次联系时间", "First contact", bounded=False),
        not_before("closed_at", "received_at", "办结时间不早于受理时间", "Closed not before received"),
        within_data_window("closed_at", "办结时间", "Closed at"),
        not_in_future("closed_at", "办结时间", "Closed at"),
        Rule(
            kind="flag_disagrees",
            severity="must",
            columns=("closed_on_time", "due_at", "closed_at"),
            violated=pl.col("closed_on_time") != (pl.col("closed_at") <= pl.col("due_at")),
            expected_zh="是否按期办结与办结期限、办结时间一致",
            expected_en="The flag agrees with the due and closing times",
        ),
        Rule(
            kind="due_unknown",
            severity="verify",
            columns=("due_at", "closed_on_time"),
            violated=pl.col("due_at").is_null()
            & pl.col("closed_on_time").is_null()
            & (pl.col("excluded_reason") == "无"),
            expected_zh="办结期限或是否按期办结至少填一项；都不填的不计入应办结",
            expected_en="Due time or flag is given; a case with neither is in no due denominator",
        ),
        Rule(
            kind="renews_itself",
            severity="must",
            columns=("repeat_of", "complaint_id"),
            violated=pl.col("repeat_of") == pl.col("complaint_id"),
            expected_zh="原工单编号与本工单编号不同",
            expected_en="A case does not renew itself",
        ),
        Rule(
            kind="text_not_collected",
            severity="must",
            columns=("summary", "focus_area"),
            violated=pl.col("summary").is_not_null() & (pl.col("focus_area") == INTEGRITY),
            expected_zh="逐利执法与廉政风险类投诉不填诉求内容",
            expected_en="No summary for complaints of the integrity category",
        ),
    ),
    history_rules=(
        HistoryRule(
            kind="open_case_missing",
            severity="verify",
            columns=("closed_at",),
            violated=_open_case_dropped,
            expected_zh="以前报过、尚未办结的工单本月继续列出",
            expected_en="Cases reported before and still open are listed again",
        ),
    ),
)
