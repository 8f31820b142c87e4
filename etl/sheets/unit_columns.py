"""The two columns that open every sheet with one row a county: code and name, prefilled."""

from etl.schema import Column

UNIT_COLUMNS = (
    Column(
        name="unit_code",
        title_zh="行政区划代码",
        title_en="Division code",
        type="code",
        kind="key",
        unit_scope="below_or_own",
        prefilled=True,
        note_zh="已填好，每个单位一行；本级用填报单位代码",
        note_en="Filled in, one row a unit; the own office bears the reporting unit's code",
    ),
    Column(
        name="unit_name",
        title_zh="县(市、区)/本级",
        title_en="County or own office",
        type="text",
        kind="key",
        prefilled=True,
        note_zh="须与行政区划代码一致",
        note_en="Agrees with the division code",
    ),
)
