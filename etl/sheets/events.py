"""认定事项: the province's register of verified violations and major events (云南实施方案 四(二))."""

from etl.schema import Column, Sheet, not_before, not_in_future, within_data_window

SHEET = Sheet(
    key="events",
    title_zh="认定事项",
    title_en="Verified events",
    purpose_zh="省级认定的违反禁令、执法乱作为、重大负面舆情和整改不力，一事一行",
    purpose_en="Violations, misconduct, major negative opinion and failed rectification verified by the province",
    layout="table",
    rows="log",
    unique=("event_id",),
    replaces_earlier=True,
    columns=(
        Column(
            name="event_id",
            title_zh="事项编号",
            title_en="Event number",
            type="text",
            kind="key",
            carried_key=True,
            max_length=64,
        ),
        Column(
            name="unit",
            title_zh="单位",
            title_en="Unit",
            type="unit",
            kind="key",
            unit_scope="any",
        ),
        Column(
            name="event_kind",
            title_zh="事项类别",
            title_en="Event kind",
            type="choice",
            choices=("查实违反执法禁令", "查实执法乱作为", "重大负面舆情", "整改不力"),
        ),
        Column(name="occurred_on", title_zh="发生日期", title_en="Occurred on", type="date"),
        Column(name="decided_by", title_zh="认定单位", title_en="Decided by", type="text"),
        Column(name="decided_on", title_zh="认定日期", title_en="Decided on", type="date"),
        Column(name="document_no", title_zh="文号", title_en="Document number", type="text"),
    ),
    rules=(
        within_data_window("occurred_on", "发生日期", "Occurred on"),
        not_in_future("occurred_on", "发生日期", "Occurred on"),
        not_before("decided_on", "occurred_on", "认定日期不早于发生日期", "Decided not before occurred"),
        not_in_future("decided_on", "认定日期", "Decided on", bounded=False),
    ),
)
