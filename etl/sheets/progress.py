"""整治情况: the monthly situation report in five set topics (云南实施方案 四(三))."""

from etl.schema import Column, Sheet

SHEET = Sheet(
    key="progress",
    title_zh="整治情况",
    title_en="Progress",
    purpose_zh="《整治工作月度情况报告》的文字部分，五个栏目各一段",
    purpose_en="The text of the monthly situation report, one paragraph for each of five topics",
    layout="table",
    rows="fixed",
    unique=("topic",),
    columns=(
        Column(
            name="topic",
            title_zh="栏目",
            title_en="Topic",
            type="choice",
            kind="key",
            prefilled=True,
            choices=("工作进展", "经验做法", "取得成效", "存在问题", "下步打算"),
        ),
        Column(
            name="text",
            title_zh="内容",
            title_en="Text",
            type="text",
            max_length=2000,
            note_zh="不超过2000字；没有内容请填“无”，不要留空",
            note_en="At most 2,000 characters; 无 is an answer, a blank is not",
            example="无",
        ),
    ),
)
