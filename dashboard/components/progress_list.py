"""Whom to remind: reports missing, late or short of sheets, each with a text to copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from math import ceil

import polars as pl

from dashboard import format
from dashboard.components import extension
from dashboard.components.hand_in import mark_of, marks
from dashboard.components.links import link
from dashboard.components.progress_reminder import reminder
from dashboard.i18n import LANGUAGE, listed, of, t
from etl.sheets import SHEETS

LETTERS_A_LINE, MOST_LINES = 30, 14
ORDER = ("not_reported", "not_due", "late", "on_time")
"""Who has not reported comes first."""

Row = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class ToRemind:
    """A report with something left to do or to say, and the reminder of it."""

    row: Row
    name: str
    text: str


def to_remind(
    rows: Sequence[Row], names: Mapping[str, str], *, campaign_title: str, today: date, sender: str = ""
) -> list[ToRemind]:
    """The reports of a month that are not on time and whole, the missing ones first; ``sender`` as in ``reminder``.

    Who was granted an extension is not reminded while it runs, but of a report that was returned.
    """
    open_rows = [
        row
        for row in rows
        if row["returned"]
        or ((row["state"] != "on_time" or row["absent"]) and not extension.is_running(row, today))
    ]
    return [
        ToRemind(
            row=row,
            name=names[str(row["unit_code"])],
            text=reminder(row, campaign_title, today, sender=sender),
        )
        for row in sorted(open_rows, key=lambda row: ORDER.index(str(row["state"])))
    ]


def excused(rows: Sequence[Row], names: Mapping[str, str], today: date) -> list[str]:
    """The units that are not reminded because their extension is running, each with its last day."""
    return [
        t("{unit}（{until}）", unit=names[str(row["unit_code"])], until=extension.until(row))
        for row in rows
        if extension.is_running(row, today) and not row["has_report"] and not row["returned"]
    ]


def body(found: Sequence[ToRemind], excused: Sequence[str], *, is_frozen: bool) -> str:
    """A line a unit that opens to its reminder, and one that holds them all; ``excused`` are those not reminded.

    Of a frozen month nobody is reminded: it takes no report any more.
    """
    if is_frozen:
        return f'<p class="progress-none">{escape(t("本月已冻结，不再接收报送，也不再提醒。"))}</p>'
    if not found:
        whole = t("全部按时报送，表也齐全，没有要提醒的单位。")
        nobody = t("除准予延期的单位外，全部按时报送，表也齐全。") if excused else whole
        return f'<p class="progress-none">{escape(nobody)}</p>'
    lines = "".join(f"<li>{_line(each)}</li>" for each in found)
    every = _every(found) if len(found) > 1 else ""
    return f'<ul class="progress-list">{lines}</ul>{every}'


def notes(found: Sequence[ToRemind], excused: Sequence[str]) -> list[str]:
    """Who is not reminded, and what a reader of another language should know of the texts."""
    waiting = [escape(t("准予延期，暂不提醒：{units}", units=listed(list(excused))))] if excused else []
    chinese = LANGUAGE.get() == "zh" or not found
    return waiting if chinese else [*waiting, escape(t("提醒文字发给中国的单位，只有中文。"))]


def table(found: Sequence[ToRemind]) -> pl.DataFrame:
    """The list as it is taken away, reminders included."""
    lines = [
        {
            t("单位代码"): each.row["unit_code"],
            t("单位"): each.name,
            t("状态"): t(mark_of(each.row).word),
            t("截止日"): each.row["due_on"],
            t("延期至"): each.row["extended_to"],
            t("收到时间"): each.row["received_at"],
            t("迟报或逾期天数"): each.row["days_late"],
            t("缺表"): _sheets(each.row),
            t("提醒文字"): each.text,
        }
        for each in found
    ]
    return pl.DataFrame(lines, infer_schema_length=None)


def _line(each: ToRemind) -> str:
    row, mark = each.row, mark_of(each.row)
    code = str(row["unit_code"])
    unit = escape(each.name) if row["is_register"] else link(each.name, "unit", unit=code)
    lacking = t("缺{sheets}", sheets=_sheets(row)) if row["absent"] else ""
    summary = (
        f"<span>{unit}</span>"
        f'<span class="{mark.css}">{marks(row)} {escape(_state(row))}</span>'
        f'<span class="progress-since">{escape(_since(row))}</span>'
        f'<span class="progress-ask">{escape(t("提醒文字"))}</span>'
    )
    short = f'<p class="missed">{escape(lacking)}</p>' if lacking else ""
    return f'<details><summary data-key="remind-{escape(code)}">{summary}</summary>{_copyable(each.text)}</details>{short}'


def _state(row: Row) -> str:
    if row["returned"]:
        return t("已退回，逾期{days}天", days=row["days_late"]) if row["days_late"] else t("已退回")
    if row["state"] == "not_reported":
        return t("未报，逾期{days}天", days=row["days_late"])
    if row["state"] == "late":
        return t("迟报{days}天", days=row["days_late"])
    return t("尚未报") if row["state"] == "not_due" else t("按时，缺{count}表", count=len(row["absent"]))


def _since(row: Row) -> str:
    if row["has_report"]:
        return t("{day}收到", day=format.day(row["received_at"]))
    return extension.until(row) or t("{day}截止", day=format.day(row["due_on"]))


def _sheets(row: Row) -> str:
    return listed([of(SHEETS[key], "title") for key in row["absent"]])


def _every(found: Sequence[ToRemind]) -> str:
    title = escape(t("全部提醒文字（{count}份）", count=len(found)))
    text = "\n\n".join(each.text for each in found)
    return f'<details class="progress-every"><summary data-key="remind-all"><span class="progress-ask">{title}</span></summary>{_copyable(text)}</details>'


def _copyable(text: str) -> str:
    lines = min(sum(ceil(len(line) / LETTERS_A_LINE) or 1 for line in text.split("\n")), MOST_LINES)
    return (
        f'<div class="progress-text"><textarea readonly lang="zh" rows="{lines}" aria-label="{escape(t("提醒文字"))}">'
        f"{escape(text)}</textarea>"
        f'<button type="button" data-copy="{escape(t("已复制"))}">{escape(t("复制"))}</button></div>'
    )
