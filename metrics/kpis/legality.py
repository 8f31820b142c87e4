"""规范执法: recorders, legal review, publication, case files, disputes (建督〔2018〕37号 二(三)、二(五))."""

from metrics.kpi import FEW_ANSWERS, Kpi, SmallNumbers, Spread


def _share(
    key: str,
    titles: tuple[str, str],
    questions: tuple[str, str],
    numerator: tuple[str, str, str],
    denominator: tuple[str, str, str],
    *,
    sheet: str,
    direction: str = "up",
    over_time: str = "flow",
    small: SmallNumbers | None = None,
    spread: Spread | None = None,
    note: tuple[str, str] = ("", ""),
    short: tuple[str, str] = ("", ""),
) -> Kpi:
    """A percentage of two counts of one sheet: (column, Chinese, English) above and below the line."""
    return Kpi(
        key=key,
        title_zh=titles[0],
        title_en=titles[1],
        question_zh=questions[0],
        question_en=questions[1],
        numerator=numerator[0],
        numerator_zh=numerator[1],
        numerator_en=numerator[2],
        denominator=denominator[0],
        denominator_zh=denominator[1],
        denominator_en=denominator[2],
        sheet=sheet,
        direction=direction,
        over_time=over_time,
        small=small,
        spread=spread,
        note_zh=note[0],
        note_en=note[1],
        short_zh=short[0],
        short_en=short[1],
    )


TWO_RECORDER_RATE = _share(
    "two_recorder_rate",
    ("双记录仪使用率", "Actions with two recorders"),
    ("执法行动是否都用两部以上记录设备？", "Are two or more recorders used in every action?"),
    ("actions_two_recorders", "使用2部以上执法记录设备的执法行动次数", "actions with two or more recorders"),
    ("actions", "执法行动次数", "enforcement actions"),
    sheet="monthly",
    small=FEW_ANSWERS,
    short=("双记录仪", "Two record."),
)
LEGAL_REVIEW_RATE = _share(
    "legal_review_rate",
    ("重大执法决定法制审核率", "Major decisions legally reviewed"),
    ("重大执法决定是否都经过法制审核？", "Has every major decision been legally reviewed?"),
    ("major_decisions_reviewed", "经法制审核的重大执法决定数", "major decisions legally reviewed"),
    ("major_decisions", "重大执法决定数", "major enforcement decisions"),
    sheet="monthly",
    short=("法制审核", "Legal review"),
)
PENALTIES_PUBLISHED_RATE = _share(
    "penalties_published_rate",
    ("处罚决定按期公开率", "Penalty decisions published in time"),
    ("应公开的处罚决定，多少按期公开？", "Of penalty decisions due for publication, how many came in time?"),
    ("penalties_published", "按期公开行政处罚决定数", "penalty decisions published in time"),
    ("penalties_due", "应公开行政处罚决定数", "penalty decisions due for publication"),
    sheet="monthly",
    small=FEW_ANSWERS,
    short=("处罚公开", "Penalty publ."),
)
FILES_PASSED_RATE = _share(
    "files_passed_rate",
    ("案卷合格率", "Case files passed"),
    ("评查的案卷，多少合格？", "Of the case files reviewed, how many pass?"),
    ("files_passed", "优秀案卷数 + 合格案卷数（不含优秀）", "files graded excellent or pass"),
    ("files_reviewed", "评查案卷数", "case files reviewed"),
    sheet="quarterly",
    small=FEW_ANSWERS,
    note=("合格指除不合格以外的任何等次", "Pass means any grade but fail"),
    short=("案卷合格", "Files passed"),
)
FILES_EXCELLENT_RATE = _share(
    "files_excellent_rate",
    ("案卷优秀率", "Case files excellent"),
    ("评查的案卷，多少优秀？", "Of the case files reviewed, how many are excellent?"),
    ("files_excellent", "优秀案卷数", "files graded excellent"),
    ("files_reviewed", "评查案卷数", "case files reviewed"),
    sheet="quarterly",
    small=FEW_ANSWERS,
)
RECONSIDERATION_CORRECTED_RATE = _share(
    "reconsideration_corrected_rate",
    ("行政复议纠错率", "Reconsiderations corrected"),
    ("审结的行政复议，多少纠正了原决定？", "Of reconsiderations concluded, how many corrected the decision?"),
    ("reconsiderations_corrected", "行政复议纠错数", "reconsiderations correcting the decision"),
    ("reconsiderations_concluded", "行政复议审结数", "reconsiderations concluded"),
    sheet="quarterly",
    direction="down",
    small=FEW_ANSWERS,
)
LAWSUITS_LOST_RATE = _share(
    "lawsuits_lost_rate",
    ("行政诉讼败诉率", "Lawsuits lost"),
    ("判决的行政诉讼，多少败诉？", "Of lawsuits judged, how many were lost?"),
    ("lawsuits_lost", "行政诉讼败诉数", "lawsuits lost"),
    ("lawsuits_judged", "行政诉讼判决数", "lawsuits judged"),
    sheet="quarterly",
    direction="down",
    small=FEW_ANSWERS,
)
NON_COERCIVE_RATE = _share(
    "non_coercive_rate",
    ("非强制手段处置占比", "Non-coercive share of disposals"),
    ("多少处置用了指导、奖励、扶助、调解？", "How many disposals used guidance, reward, help or mediation?"),
    ("disposals_non_coercive", "运用非强制行政手段处置件数", "disposals by non-coercive means"),
    ("disposals", "执法处置总件数", "disposals"),
    sheet="monthly",
    small=FEW_ANSWERS,
    note=("“721工作法”是工作理念，不计分", "The 7-2-1 method is a guiding idea, never scored"),
)
COMMUNITIES_SERVED_RATE = _share(
    "communities_served_rate",
    ("进社区覆盖率", "Communities served"),
    ("多少社区开展了城市管理进社区？", "In how many communities has urban management come in?"),
    ("communities_served", "开展城市管理进社区的社区数", "communities served"),
    ("communities", "社区总数", "communities"),
    sheet="monthly",
    spread="none",  # Every community is counted.
)
NOTICE_BOARD_RATE = _share(
    "notice_board_rate",
    ("执法公示栏齐全率", "Complete notice boards"),
    (
        "应设公示栏的地方，多少三项内容齐全？",
        "Of the places due a notice board, how many have a complete one?",
    ),
    ("notice_boards_complete", "公示栏三项内容齐全数", "complete notice boards"),
    ("notice_boards_due", "应设执法公示栏的街道（乡镇）、社区数", "places due a notice board"),
    sheet="basics",
    over_time="last",
)

KPIS = (
    TWO_RECORDER_RATE,
    LEGAL_REVIEW_RATE,
    PENALTIES_PUBLISHED_RATE,
    FILES_PASSED_RATE,
    FILES_EXCELLENT_RATE,
    RECONSIDERATION_CORRECTED_RATE,
    LAWSUITS_LOST_RATE,
    NON_COERCIVE_RATE,
    COMMUNITIES_SERVED_RATE,
    NOTICE_BOARD_RATE,
)
