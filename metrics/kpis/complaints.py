"""投诉: how many complaints come in, and what becomes of them (实施方案 二(四))."""

from metrics.kpi import FEW_ANSWERS, FEW_EXPECTED, Kpi

VALID_ZH, VALID_EN = "有效投诉(不纳入统计原因为“无”)", "valid complaints (not excluded)"

COMPLAINTS_PER_10K = Kpi(
    key="complaints_per_10k",
    title_zh="万人投诉率",
    title_en="Complaints per 10 000 residents",
    question_zh="每万名居民每月提出多少件有效投诉?",
    question_en="How many valid complaints do 10 000 residents make a month?",
    numerator_zh=f"{VALID_ZH},按受理月",
    numerator_en=f"{VALID_EN} by month of receipt",
    denominator_zh="常住人口,按已报月份累加",
    denominator_en="reference resident population summed over the reported months",
    sheet="complaints",
    numerator="complaints_valid",
    denominator="complaints_population",
    cases="numerator",
    factor=10_000,
    unit_zh="件/万人·月",
    unit_en="per 10 000 a month",
    decimals=2,
    direction="down",
    small=FEW_EXPECTED,
    needs_population=True,
    core=True,
    note_zh="投诉量也随信任和渠道增加而上升,只作背景,不计分",
    note_en="Volume also rises with trust and new channels: context only, no weight in a scorecard",
)

CONDUCT_COMPLAINTS_PER_10K = Kpi(
    key="conduct_complaints_per_10k",
    title_zh="万人执法行为投诉率",
    title_en="Conduct complaints per 10 000 residents",
    question_zh="每万名居民每月对执法行为提出多少件有效投诉?",
    question_en="How many valid complaints about officers' conduct do 10 000 residents make a month?",
    numerator_zh="投诉性质为“执法行为投诉”的有效投诉,按受理月",
    numerator_en="valid complaints about conduct by month of receipt",
    denominator_zh="常住人口,按已报月份累加",
    denominator_en="reference resident population summed over the reported months",
    sheet="complaints",
    numerator="conduct_complaints_valid",
    denominator="complaints_population",
    cases="numerator",
    factor=10_000,
    unit_zh="件/万人·月",
    unit_en="per 10 000 a month",
    decimals=3,
    direction="down",
    small=FEW_EXPECTED,
    needs_population=True,
)

CONDUCT_SUBSTANTIATED_RATE = Kpi(
    key="conduct_substantiated_rate",
    title_zh="执法行为投诉属实率",
    title_en="Conduct complaints substantiated",
    question_zh="已有核实结论的执法行为投诉,多少属实或部分属实?",
    question_en="Of conduct complaints with a finding, how many are substantiated at least in part?",
    numerator_zh="核实结论为属实、部分属实的有效执法行为投诉",
    numerator_en="valid conduct complaints found true or partly true",
    denominator_zh="核实结论为属实、部分属实、不属实的有效执法行为投诉",
    denominator_en="valid conduct complaints found true, partly true or untrue",
    sheet="complaints",
    numerator="conduct_complaints_substantiated",
    denominator="conduct_complaints_answered",
    direction="down",
    small=FEW_ANSWERS,
    note_zh="待核实不算结论",
    note_en="A pending finding is not an answer",
)

COMPLAINTS_ON_TIME_RATE = Kpi(
    key="complaints_on_time_rate",
    title_zh="投诉按期办结率",
    title_en="Complaints closed on time",
    question_zh="到期应办结的投诉,多少按期办结?",
    question_en="Of the complaints that fell due, how many were closed in time?",
    numerator_zh="应办结投诉中按期办结的",
    numerator_en="of those due, closed by the due time (or flagged on time)",
    denominator_zh="期内到期、且到期日不晚于本单位最近台账统计截止日的有效投诉(应办结),含从台账中漏列的未办结件;"
    "只知是否按期的,按受理月",
    denominator_en="valid complaints due in the period up to the last day of data of the unit's latest log, open ones "
    "dropped from that log included; by month of receipt where only the flag is known",
    sheet="complaints",
    numerator="complaints_on_time",
    denominator="complaints_due",
    direction="up",
    small=FEW_ANSWERS,
)

COMPLAINTS_REPEAT_RATE = Kpi(
    key="complaints_repeat_rate",
    title_zh="重复投诉率",
    title_en="Renewed complaints",
    question_zh="有效投诉中,多少是办结后再次投诉?",
    question_en="How many valid complaints renew one that had been closed?",
    numerator_zh="填有原工单编号的有效投诉",
    numerator_en="valid complaints that name the case they renew",
    denominator_zh="有效投诉,按受理月",
    denominator_en="valid complaints by month of receipt",
    sheet="complaints",
    numerator="complaints_renewed",
    denominator="complaints_valid",
    direction="down",
    small=FEW_ANSWERS,
)

COMPLAINTS_RESOLVED_RATE = Kpi(
    key="complaints_resolved_rate",
    title_zh="投诉解决率",
    title_en="Complaints confirmed resolved",
    question_zh="回访确认时,多少投诉人说问题已解决?",
    question_en="At call-back, how many complainants say the problem is solved?",
    numerator_zh="回访确认为“解决”的有效投诉",
    numerator_en="valid complaints confirmed resolved",
    denominator_zh="回访确认为“解决”或“未解决”的有效投诉,按受理月",
    denominator_en="valid complaints confirmed resolved or not, by month of receipt",
    sheet="complaints",
    numerator="complaints_resolved",
    denominator="complaints_resolution_answered",
    direction="up",
    small=FEW_ANSWERS,
)

CALLBACK_SATISFACTION_RATE = Kpi(
    key="callback_satisfaction_rate",
    title_zh="回访满意率",
    title_en="Call-back satisfaction",
    question_zh="回访作答的投诉人,多少表示满意或基本满意?",
    question_en="Of complainants who answered the call-back, how many are satisfied?",
    numerator_zh="回访评价为满意、基本满意的有效投诉",
    numerator_en="valid complaints rated satisfied or fairly satisfied",
    denominator_zh="回访评价为满意、基本满意、不满意的有效投诉,按受理月",
    denominator_en="valid complaints with any of the three ratings, by month of receipt",
    sheet="complaints",
    numerator="callbacks_satisfied",
    denominator="callbacks_answered",
    direction="up",
    small=FEW_ANSWERS,
    note_zh="未评价、未接通、未回访不算作答",
    note_en="Not rated, not reached and not called are no answers",
)

KPIS = (
    COMPLAINTS_PER_10K,
    CONDUCT_COMPLAINTS_PER_10K,
    CONDUCT_SUBSTANTIATED_RATE,
    COMPLAINTS_ON_TIME_RATE,
    COMPLAINTS_REPEAT_RATE,
    COMPLAINTS_RESOLVED_RATE,
    CALLBACK_SATISFACTION_RATE,
)
