"""培训: hours, attendance and coverage (建督〔2018〕37号 二(二) 全员培训)."""

from metrics.kpi import FEW_ANSWERS, NO_OFFICER, Kpi

TRAINING_HOURS_PER_OFFICER = Kpi(
    key="training_hours_per_officer",
    title_zh="人均培训学时",
    title_en="Training hours per officer",
    short_zh="培训学时",
    short_en="Train. hours",
    question_zh="平均每名执法人员参加了多少学时培训？",
    question_en="How many class hours of training did an officer get on average?",
    numerator_zh="∑（学时 × 执法人员实训人次），按参训人员所属单位",
    numerator_en="sum of hours x officers attended, by attendees' home unit",
    denominator_zh="平均在岗人数：各填报单位（逐月在岗人数之和 ÷ 已报月数）之和",
    denominator_en="average roll: sum over reporting units of (officer-months / that unit's reported months)",
    sheet="trainings",
    with_sheet="basics",
    numerator="training_hours",
    denominator="training_officers",
    average_stock="training_roll_reported",
    factor=1,
    unit_zh="学时/人",
    unit_en="hours per officer",
    direction="up",
    small=NO_OFFICER,
    measure_scale=100,
    judged_in=("ytd",),
    core=True,
    note_zh="协管人员不计；只在本年累计时对照目标（每月7.5学时 × 本年已有报告期数）",
    note_en="Auxiliaries never count; judged year to date only, against 7.5 hours for each month of the campaign "
    "in the year so far",
)

TRAINING_ATTENDANCE_RATE = Kpi(
    key="training_attendance_rate",
    title_zh="参训率",
    title_en="Training attendance",
    question_zh="应训的人次，实际到了多少？",
    question_en="Of those expected at a course, how many came?",
    numerator_zh="执法人员与协管人员实训人次",
    numerator_en="officers and auxiliaries attended",
    denominator_zh="应训人次",
    denominator_en="expected attendees",
    sheet="trainings",
    numerator="training_attended",
    denominator="training_expected",
    direction="up",
    small=FEW_ANSWERS,
)

TRAINING_COVERAGE_RATE = Kpi(
    key="training_coverage_rate",
    title_zh="培训覆盖率",
    title_en="Training coverage",
    short_zh="培训覆盖",
    short_en="Train. cover",
    question_zh="在岗执法人员中，多少人本年已参加过培训？",
    question_en="Of officers on duty, how many have been trained this year?",
    numerator_zh="在岗执法人员中本年已参训人数",
    numerator_en="officers on duty trained this year",
    denominator_zh="在编在岗执法人员数",
    denominator_en="officers on duty",
    sheet="basics",
    numerator="officers_trained_ytd",
    denominator="officers",
    direction="up",
    over_time="last",
    small=NO_OFFICER,
    note_zh="目标按月推进：100 × 月份 ÷ 12",
    note_en="The target rises through the year: 100 x month / 12",
)

TRAINING_MONTHS_RATE = Kpi(
    key="training_months_rate",
    title_zh="有培训的县月占比",
    title_en="County-months with training",
    question_zh="各县（市、区）是否每月都有培训？",
    question_en="Does every county hold training every month?",
    numerator_zh="至少有一次有人参加的培训的县月数",
    numerator_en="reported county-months with at least one session attended",
    denominator_zh="已报县月数（不含本级）",
    denominator_en="reported county-months, own offices not counted",
    sheet="trainings",
    numerator="county_months_trained",
    denominator="county_months",
    direction="up",
    spread="none",  # Every county is counted.
    counts_own_office=False,
)

KPIS = (
    TRAINING_HOURS_PER_OFFICER,
    TRAINING_ATTENDANCE_RATE,
    TRAINING_COVERAGE_RATE,
    TRAINING_MONTHS_RATE,
)
