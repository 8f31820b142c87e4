"""基础情况: posts, officers and notice boards of each county at the month's end (stocks)."""

import polars as pl

from etl.schema import Column, HistoryRule, Sheet, at_most
from etl.sheets.unit_columns import UNIT_COLUMNS

JUMP_SHARE, JUMP_PERSONS = 0.3, 5


def _stock(
    name: str, title_zh: str, title_en: str, unit: str = "人", note_zh: str = "", note_en: str = ""
) -> Column:
    return Column(
        name=name,
        title_zh=title_zh,
        title_en=title_en,
        type="integer",
        unit=unit,
        kind="stock",
        minimum=0,
        not_applicable=True,
        note_zh=note_zh,
        note_en=note_en,
    )


def _officers_jump(current: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """Counties whose officers moved by more than 30 % and at least 5 persons since last month."""
    moved = (pl.col("officers") - pl.col("officers_before")).abs()
    return (
        current.join(previous.select("unit_code", officers_before="officers"), on="unit_code")
        .filter((moved > pl.col("officers_before") * JUMP_SHARE) & (moved >= JUMP_PERSONS))
        .select(
            "row",
            column=pl.lit("officers"),
            value=pl.col("officers").cast(pl.String),
            expected=pl.col("officers_before").cast(pl.String),
        )
    )


SHEET = Sheet(
    key="basics",
    title_zh="基础情况",
    title_en="Basics",
    purpose_zh="月末编制、人员、培训覆盖和公示栏（存量）",
    purpose_en="Posts, staff, training coverage and notice boards at the month's end (stocks)",
    layout="table",
    rows="units",
    unchanged="basics_unchanged",
    unique=("unit_code",),
    columns=(
        *UNIT_COLUMNS,
        _stock("posts", "核定执法编制数", "Authorised posts"),
        _stock("posts_filled", "在编人数", "Persons on authorised posts"),
        _stock(
            "officers",
            "在编在岗执法人员数(不含协管人员)",
            "Enforcement officers on duty (auxiliaries excluded)",
            note_zh="协管人员不计入",
            note_en="Auxiliaries are not counted",
        ),
        _stock("certified_officers", "持证执法人员数", "Certified officers"),
        _stock("frontline_officers", "一线执法人员数", "Front-line officers"),
        _stock("auxiliaries", "协管人员数", "Auxiliary staff"),
        _stock(
            "officers_trained_ytd",
            "在岗执法人员中本年已参训人数",
            "Officers on duty trained this year",
            note_zh="自一月起累计，一人只计一次",
            note_en="Cumulative since January, each person once",
        ),
        _stock(
            "notice_boards_due",
            "应设执法公示栏的街道(乡镇)、社区数",
            "Places due a notice board",
            unit="个",
        ),
        _stock("notice_boards_complete", "公示栏三项内容齐全数", "Complete notice boards", unit="个"),
    ),
    rules=(
        at_most(
            "posts_filled",
            "posts",
            "verify",
            "在编人数不超过核定执法编制数（严禁超编）",
            "Persons on posts do not exceed authorised posts",
        ),
        at_most(
            "officers",
            "posts_filled",
            "verify",
            "在编在岗执法人员数不超过在编人数",
            "Officers on duty do not exceed persons on posts",
        ),
        at_most(
            "certified_officers",
            "officers",
            "must",
            "持证执法人员数不超过在编在岗执法人员数",
            "Certified officers do not exceed officers on duty",
        ),
        at_most(
            "frontline_officers",
            "officers",
            "must",
            "一线执法人员数不超过在编在岗执法人员数",
            "Front-line officers do not exceed officers on duty",
        ),
        at_most(
            "officers_trained_ytd",
            "officers",
            "must",
            "本年已参训人数不超过在编在岗执法人员数",
            "Officers trained do not exceed officers on duty",
        ),
        at_most(
            "notice_boards_complete",
            "notice_boards_due",
            "must",
            "公示栏三项内容齐全数不超过应设数",
            "Complete notice boards do not exceed those due",
        ),
    ),
    history_rules=(
        HistoryRule(
            kind="jump",
            severity="verify",
            columns=("officers",),
            violated=_officers_jump,
            expected_zh="较上月变动不超过30%或5人；确有变动请说明原因",
            expected_en="Within 30 % or 5 persons of last month; otherwise state why",
        ),
    ),
)
