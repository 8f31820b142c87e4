"""整改、报送与红线: issues, reports on time, verified events (实施方案 二、三(一)、四(二)、四(三))."""

from metrics.kpi import Kpi

ISSUES_RECTIFIED_RATE = Kpi(
    key="issues_rectified_rate",
    title_zh="问题整改完成率",
    title_en="Issues rectified",
    short_zh="整改完成",
    short_en="Issues fixed",
    question_zh="已发现的问题,多少已整改?",
    question_en="Of the issues found, how many are rectified?",
    numerator_zh="状态为已整改或已销号、且期末前完成的问题",
    numerator_en="issues rectified or closed by the period's end",
    denominator_zh="截至期末发现的问题",
    denominator_en="issues found by the period's end",
    sheet="issues",
    numerator="issues_rectified",
    denominator="issues_found",
    direction="up",
    over_time="last",
    spread="proportion",  # Each issue might have gone the other way, though the register holds them all.
    note_zh="到2026年底得到有效整治;整治期最后一个月前不判达标",
    note_en="Judged in the campaign's last month only",
)

ISSUES_ON_TIME_RATE = Kpi(
    key="issues_on_time_rate",
    title_zh="问题整改按期率",
    title_en="Issues rectified on time",
    short_zh="整改按期",
    short_en="Fixed on time",
    question_zh="期内到期的问题,多少按期整改?",
    question_en="Of the issues that fell due, how many were rectified in time?",
    numerator_zh="期内到期、且完成日期不晚于整改期限的问题",
    numerator_en="of those due, closed by the due date",
    denominator_zh="整改期限在期内、且不晚于本单位最近台账统计截止日、早于其报送日的问题",
    denominator_en="issues due in the period up to the last day of data of the unit's latest ledger and before the day it came",
    sheet="issues",
    numerator="issues_due_on_time",
    denominator="issues_due",
    direction="up",
)

ISSUES_OVERDUE = Kpi(
    key="issues_overdue",
    title_zh="逾期未整改问题数",
    title_en="Issues overdue",
    question_zh="期末还有多少问题逾期未整改?",
    question_en="How many issues are overdue at the period's end?",
    numerator_zh="整改期限早于期末、且期末未完成的问题;期限不早于本单位最近台账报送日的,还不算逾期",
    numerator_en="issues due before the period's end and not closed by it; not yet those due on or after the day the unit's latest ledger came",
    sheet="issues",
    numerator="issues_overdue",
    cases="numerator",
    factor=1,
    unit_zh="个",
    unit_en="issues",
    decimals=0,
    direction="down",
    over_time="last",
    spread="count",  # Cases, not staff: as many more or fewer might have been overdue.
)

REPORTS_ON_TIME_RATE = Kpi(
    key="reports_on_time_rate",
    title_zh="月报按时报送率",
    title_en="Reports on time",
    short_zh="月报按时",
    short_en="Reports on time",
    question_zh="应报的月报,多少按时报送?",
    question_en="Of the monthly reports expected, how many came in time?",
    numerator_zh="首个未被退回的版本按时报送的月报",
    numerator_en="reports whose first revision not later returned came by the due date",
    denominator_zh="已过截止日的应报月报(应报,非实报)",
    denominator_en="expected reports whose due date has passed",
    mart="mart_report_month",
    sheet="",
    numerator="reported_on_time",
    denominator="reports_due",
    direction="up",
    from_level="reporting",
    due_months_only=True,
    note_zh="准予延期的单位按延期后的截止日计,延期内未报的不计",
    note_en="A unit granted an extension is held to its later date; not counted while that runs and nothing has come",
    spread="none",  # A deadline met or not met is a deed, no draw from more deadlines.
)

VIOLATIONS = Kpi(
    key="violations",
    title_zh="查实违反执法禁令和执法乱作为起数",
    title_en="Verified violations",
    question_zh="查实了多少起违反执法禁令和执法乱作为?",
    question_en="How many violations of the bans and acts of misconduct were verified?",
    numerator_zh="查实违反执法禁令、查实执法乱作为,按认定月",
    numerator_en="events of these two kinds by month of decision",
    mart="mart_event_month",
    sheet="events",
    numerator="violations",
    cases="numerator",
    factor=1,
    unit_zh="起",
    unit_en="events",
    decimals=0,
    direction="down",
    note_zh="只取省级认定事项",
    note_en="From the province's register only",
)

MAJOR_OPINION_EVENTS = Kpi(
    key="major_opinion_events",
    title_zh="重大负面舆情起数",
    title_en="Major negative public-opinion events",
    question_zh="发生了多少起重大负面舆情?",
    question_en="How many major negative public-opinion events occurred?",
    numerator_zh="重大负面舆情,按认定月",
    numerator_en="events of this kind by month of decision",
    mart="mart_event_month",
    sheet="events",
    numerator="major_opinion_events",
    cases="numerator",
    factor=1,
    unit_zh="起",
    unit_en="events",
    decimals=0,
    direction="down",
    note_zh="只取省级认定事项",
    note_en="From the province's register only",
)

KPIS = (
    ISSUES_RECTIFIED_RATE,
    ISSUES_ON_TIME_RATE,
    ISSUES_OVERDUE,
    REPORTS_ON_TIME_RATE,
    VIOLATIONS,
    MAJOR_OPINION_EVENTS,
)
