"""培训台账: every course of the month, one row for each unit that sent attendees."""

import polars as pl

from etl.schema import Column, OnceRule, Rule, Sheet, after_month, at_most, not_in_future, within_data_window

LONG_COURSE_HOURS = 80


def _attendees(name: str, title_zh: str, title_en: str, *, minimum: int = 0, required: bool = True) -> Column:
    return Column(
        name=name,
        title_zh=title_zh,
        title_en=title_en,
        type="integer",
        unit="人次",
        kind="flow",
        minimum=minimum,
        required=required,
    )


SHEET = Sheet(
    key="trainings",
    title_zh="培训台账",
    title_en="Training log",
    purpose_zh="本月举办或参加的培训；几个单位参训的分行填写",
    purpose_en="Courses held or attended in the month; a course for several units is a row for each",
    layout="table",
    rows="log",
    zero_report="trainings_zero_report",
    unique=("session_id", "unit"),
    replaces_earlier=True,
    once=OnceRule(
        kind="session_counted",
        severity="verify",
        columns=("session_id", "unit", "started_on"),
        expected_zh="同一单位、同一编号、同日开始的培训只在一个月份报送",
        expected_en="A course of the same unit, number and first day is reported in one month alone",
    ),
    columns=(
        Column(
            name="session_id",
            title_zh="培训编号",
            title_en="Session number",
            type="text",
            kind="key",
            carried_key=True,
            max_length=64,
            note_zh="与参训单位合起来在本表内不重复；报过的培训以后月份不再列",
            note_en="With the unit unique in the workbook; a course reported before is not listed again",
            example="PX-202609-01",
        ),
        Column(
            name="unit",
            title_zh="参训人员所属单位",
            title_en="Attendees' home unit",
            type="unit",
            kind="key",
            unit_scope="below_or_own",
        ),
        Column(name="organiser", title_zh="举办单位", title_en="Organiser", type="text", required=False),
        Column(
            name="organiser_level",
            title_zh="举办层级",
            title_en="Organiser level",
            type="choice",
            choices=("省级", "州(市)级", "县(市、区)级", "街道(乡镇)级"),
        ),
        Column(
            name="started_on",
            title_zh="开始日期",
            title_en="Started on",
            type="date",
            note_zh="计入本工作簿的报告期",
            note_en="Counted in the workbook's month",
            example="2026-09-10",
        ),
        Column(name="course", title_zh="课程名称", title_en="Course", type="text", example="行政处罚法实务"),
        Column(
            name="category",
            title_zh="培训类别",
            title_en="Category",
            type="choice",
            choices=("政治理论", "法律法规", "业务技能", "应急处置", "岗位练兵", "作风纪律", "其他"),
        ),
        Column(
            name="provider",
            title_zh="培训资源",
            title_en="Provider",
            type="choice",
            required=False,
            choices=("高校", "党校", "警校", "自办", "其他"),
        ),
        Column(name="mode", title_zh="培训方式", title_en="Mode", type="choice", choices=("线下", "线上")),
        Column(
            name="hours",
            title_zh="学时",
            title_en="Class hours",
            type="decimal",
            unit="学时",
            kind="flow",
            above=0,
            note_zh="本课程学时数，最多两位小数",
            note_en="Class hours of the course, at most two decimals",
            example="4",
        ),
        _attendees("expected", "应训人次", "Expected attendees", minimum=1),
        _attendees("officers_attended", "执法人员实训人次", "Officers attended"),
        _attendees("auxiliaries_attended", "协管人员实训人次", "Auxiliaries attended"),
        _attendees("senior_attended", "其中科级以上人次", "of which section-chief and above", required=False),
    ),
    rules=(
        within_data_window("started_on", "开始日期", "Started on"),
        not_in_future("started_on", "开始日期", "Started on"),
        after_month("started_on", "开始日期", "Started on"),
        Rule(
            kind="session_before_data_from",
            severity="verify",
            columns=("started_on",),
            violated=pl.col("started_on") < pl.col("data_from"),
            expected_zh="开始日期不早于统计起始日",
            expected_en="Started on not before the first day of data",
        ),
        Rule(
            kind="long_course",
            severity="verify",
            columns=("hours",),
            violated=pl.col("hours") > LONG_COURSE_HOURS,
            expected_zh=f"单次培训一般不超过{LONG_COURSE_HOURS}学时",
            expected_en=f"A course is usually not over {LONG_COURSE_HOURS} hours",
        ),
        Rule(
            kind="part_exceeds_whole_check",
            severity="verify",
            columns=("expected", "officers_attended", "auxiliaries_attended"),
            violated=pl.col("officers_attended") + pl.col("auxiliaries_attended") > pl.col("expected"),
            expected_zh="执法人员与协管人员实训人次之和不超过应训人次",
            expected_en="Officers and auxiliaries attended do not exceed expected attendees",
        ),
        at_most(
            "senior_attended",
            "officers_attended",
            "must",
            "科级以上人次不超过执法人员实训人次",
            "Senior attendees do not exceed officers attended",
        ),
    ),
)
