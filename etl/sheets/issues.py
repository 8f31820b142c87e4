"""问题整改台账: every issue found since the campaign began, with its rectification (云南实施方案 三(二)(三))."""

import polars as pl

from etl.schema import (
    Column,
    HistoryRule,
    Sheet,
    after_month,
    not_before,
    not_in_future,
    required_when,
    within_data_window,
)
from etl.sheets.complaints import FOCUS_AREAS

RECTIFIED, CLOSED = "已整改", "已销号"
"""What a unit reports once an issue is rectified, and what the province's review makes of it."""


def _issue_dropped(current: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """Issues of earlier ledgers that this month's does not list; the ledger is cumulative."""
    return (
        previous.filter(pl.col("row").is_not_null())
        .join(current, on="issue_id", how="anti")
        .select(
            row=pl.lit(None, dtype=pl.Int32),
            column=pl.lit("issue_id"),
            value=pl.lit(None, dtype=pl.String),
            expected=pl.col("issue_id"),
        )
    )


def _dates_moved(current: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """Issues whose finding or due date differs from what was told last: that alone moves past figures."""
    both = current.join(previous, on="issue_id", suffix="_before")
    moved = [
        both.filter(pl.col(name) != pl.col(f"{name}_before")).select(
            "row",
            column=pl.lit(name),
            value=pl.col(name).cast(pl.String),
            expected=pl.col(f"{name}_before").cast(pl.String),
        )
        for name in ("found_on", "due_on")
    ]
    return pl.concat(moved)


def _reopened(current: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """Issues that the province has closed, and that this month's ledger gives as not rectified."""
    closed = previous.filter(pl.col("status") == CLOSED)
    return (
        current.filter(pl.col("status") != RECTIFIED)
        .join(closed, on="issue_id", how="semi")
        .select("row", column=pl.lit("status"), value="status", expected=pl.lit(CLOSED))
    )


SHEET = Sheet(
    key="issues",
    title_zh="问题整改台账",
    title_en="Issue ledger",
    purpose_zh="整治以来发现的全部问题及整改情况，逐月累计列出",
    purpose_en="All issues found since the campaign began and their rectification, listed anew each month",
    layout="table",
    rows="log",
    zero_report="issues_zero_report",
    carried=pl.lit(True),
    cumulative=True,
    unique=("issue_id",),
    replaces_earlier=True,
    columns=(
        Column(
            name="issue_id",
            title_zh="问题编号",
            title_en="Issue number",
            type="text",
            kind="key",
            carried_key=True,
            max_length=64,
            note_zh="本表内不重复；台账为累计台账，每月列出全部问题",
            note_en="Unique in the workbook; every issue of the campaign is listed every month",
            example="WT-0001",
        ),
        Column(
            name="unit",
            title_zh="县(市、区)/本级",
            title_en="County or own office",
            type="unit",
            kind="key",
            unit_scope="below_or_own",
        ),
        Column(
            name="focus_area", title_zh="问题类别", title_en="Focus area", type="choice", choices=FOCUS_AREAS
        ),
        Column(
            name="scope",
            title_zh="问题性质",
            title_en="Scope",
            type="choice",
            choices=("个性问题", "共性问题"),
        ),
        Column(
            name="pace",
            title_zh="整改类型",
            title_en="Pace",
            type="choice",
            choices=("立行立改", "限期整改", "长期整改"),
        ),
        Column(name="description", title_zh="问题描述", title_en="Description", type="text", max_length=2000),
        Column(name="found_on", title_zh="发现日期", title_en="Found on", type="date"),
        Column(
            name="found_by",
            title_zh="发现方式",
            title_en="Found by",
            type="choice",
            choices=("自查", "上级督导", "督察", "群众举报", "案卷评查", "媒体", "纪检监察移交", "其他"),
        ),
        Column(name="measure", title_zh="整改措施", title_en="Measure", type="text", max_length=2000),
        Column(name="goal", title_zh="整改目标", title_en="Goal", type="text", max_length=2000),
        Column(name="department", title_zh="责任部门", title_en="Responsible department", type="text"),
        Column(
            name="owner",
            title_zh="责任人(职务)",
            title_en="Responsible post",
            type="text",
            note_zh="填职务，不填姓名",
            note_en="The post rather than the name",
        ),
        Column(name="due_on", title_zh="整改期限", title_en="Due on", type="date"),
        Column(
            name="status",
            title_zh="整改状态",
            title_en="Status",
            type="choice",
            choices=("未整改", "整改中", RECTIFIED),
            note_zh="销号由省厅审核后标注",
            note_en="Closing for good is set by the province's review",
        ),
        Column(name="closed_on", title_zh="完成日期", title_en="Closed on", type="date", required=False),
        Column(
            name="stage",
            title_zh="闭环阶段",
            title_en="Closure stage",
            type="choice",
            required=False,
            choices=("案结", "事了", "治成"),
        ),
    ),
    rules=(
        within_data_window("found_on", "发现日期", "Found on"),
        not_in_future("found_on", "发现日期", "Found on"),
        after_month("found_on", "发现日期", "Found on"),
        not_before("due_on", "found_on", "整改期限不早于发现日期", "Due not before found"),
        required_when(
            "closed_on", "status", RECTIFIED, "已整改的须填完成日期", "A rectified issue has its closing date"
        ),
        not_before("closed_on", "found_on", "完成日期不早于发现日期", "Closed not before found"),
        within_data_window("closed_on", "完成日期", "Closed on"),
        not_in_future("closed_on", "完成日期", "Closed on"),
    ),
    history_rules=(
        HistoryRule(
            kind="issue_missing",
            severity="verify",
            columns=("issue_id",),
            violated=_issue_dropped,
            expected_zh="以前台账所列问题本月继续列出",
            expected_en="Issues of earlier ledgers are listed again",
        ),
        HistoryRule(
            kind="issue_date_moved",
            severity="verify",
            columns=("found_on",),
            violated=_dates_moved,
            expected_zh="发现日期、整改期限与上次所报一致；经批准延期的请说明",
            expected_en="Dates found and due as told before; state an approved extension",
        ),
        HistoryRule(
            kind="issue_reopened",
            severity="verify",
            columns=("status",),
            violated=_reopened,
            expected_zh="省厅已销号的问题仍为已整改",
            expected_en="An issue the province has closed stays rectified (已整改)",
        ),
    ),
)
