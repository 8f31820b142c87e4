"""满意度调查: the province's register of satisfaction surveys, one row a surveyed unit and wave."""

from etl.schema import Column, Sheet, not_in_future, within_data_window


def _answers(name: str, title_zh: str, title_en: str, note_zh: str = "", note_en: str = "") -> Column:
    return Column(
        name=name,
        title_zh=title_zh,
        title_en=title_en,
        type="integer",
        unit="份",
        kind="flow",
        minimum=0,
        note_zh=note_zh,
        note_en=note_en,
    )


SHEET = Sheet(
    key="surveys",
    title_zh="满意度调查",
    title_en="Satisfaction surveys",
    purpose_zh="省级登记的群众满意度调查结果，每个被评单位每批次一行",
    purpose_en="Satisfaction surveys in the province's register, one row a unit and wave",
    layout="table",
    rows="log",
    unique=("unit", "wave"),
    replaces_earlier=True,
    columns=(
        Column(
            name="unit",
            title_zh="被评单位",
            title_en="Unit surveyed",
            type="unit",
            kind="key",
            unit_scope="any",
        ),
        Column(
            name="wave",
            title_zh="调查批次",
            title_en="Wave",
            type="text",
            kind="key",
            carried_key=True,
            max_length=64,
            example="2026年上半年",
        ),
        Column(
            name="collector",
            title_zh="调查方式",
            title_en="Collector",
            type="choice",
            choices=("第三方", "自测"),
        ),
        Column(name="agency", title_zh="调查机构", title_en="Agency", type="text", required=False),
        Column(name="ended_on", title_zh="截止日期", title_en="Ended on", type="date"),
        _answers("n_very_satisfied", "很满意", "Very satisfied"),
        _answers("n_satisfied", "满意", "Satisfied"),
        _answers("n_fairly_satisfied", "基本满意", "Fairly satisfied"),
        _answers("n_dissatisfied", "不满意", "Dissatisfied"),
        _answers(
            "n_unsure", "说不清或拒答", "Unsure or refused", "不计入有效样本", "Never in the denominator"
        ),
    ),
    rules=(
        within_data_window("ended_on", "截止日期", "Ended on"),
        not_in_future("ended_on", "截止日期", "Ended on"),
    ),
)
