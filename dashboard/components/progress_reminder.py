"""The reminder a unit gets: to whom, about which month and sheets, since when, and what to do.

It goes to Chinese offices, so it is Chinese on every page, with the punctuation of a letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from etl.sheets import SHEETS

Row = Mapping[str, object]
"""A row of queries.reports.reports."""


def reminder(row: Row, campaign_title: str, today: date, *, sender: str = "") -> str:
    """The text for one unit whose report is missing, late, short of sheets or still to come.

    ``sender`` is who signs it and can be asked; "" where the reader has no name.
    """
    addressee = "登记表填报联系人" if row["is_register"] else "联络员"
    parts = [_of_report(row, campaign_title, today), _of_sheets(row), _ask(row)]
    signed = f"{sender}\n" if sender else ""
    return (
        f"{row['unit_name']}{addressee}：\n您好！{''.join(parts)}"
        f"如已报送或有疑问，请与{sender or '我们'}联系，以便核对。谢谢！\n{signed}{_day(today)}"
    )


def _of_report(row: Row, campaign_title: str, today: date) -> str:
    month, due_on, days = row["month"], row["due_day"], row["days_late"]
    report = f"{campaign_title}{month.year}年{month.month}月月报"
    due = f"{_day(due_on)}24:00{_due_note(row)}"
    if row["returned"]:
        asked = f"截止时间为{due}。" if due_on >= today else f"截止时间{due}已过。"
        return f"贵单位报送的{report}已退回，截至{_day(today)}尚未收到改正后的版本，{asked}"
    if row["state"] == "not_reported":
        return f"{report}已于{due}截止，截至{_day(today)}尚未收到贵单位报送，逾期{days}天。"
    if row["state"] == "not_due":
        left = (due_on - today).days
        when = f"还有{left}天" if left else "就是今天"
        return f"{report}将于{due}截止，{when}，目前尚未收到贵单位报送。"
    if row["state"] == "late":
        return f"贵单位的{report}于{_day(row['received_at'])}收到，比截止时间{due}迟{days}天，计为迟报。"
    return f"贵单位的{report}已按时收到。"


def _due_note(row: Row) -> str:
    """Which day it was before an extension, or that it is estimated."""
    if row["extended_to"]:
        return f"（原定{_day(row['due_on'])}，已准予延期）"
    return "（推算）" if row["due_is_estimated"] else ""


def _of_sheets(row: Row) -> str:
    if row["absent"]:
        return f"其中缺{len(row['absent'])}张表：{_titles(row['absent'])}。"
    if row["has_report"] or row["returned"]:
        return ""
    return f"应报{len(row['asked'])}张表：{_titles(row['asked'])}。"


def _ask(row: Row) -> str:
    if row["returned"]:
        return "请按退回意见修改后重新报送。"
    if row["absent"]:
        return "请补齐后重新报送整份工作簿，新版本会替代旧版本。" + _zero_reports(row["absent"])
    if row["has_report"]:
        return "请今后在截止时间前报送；如有特殊情况，请告知我们。"
    wanted = "请按时填报并报送。" if row["state"] == "not_due" else "请尽快填报并报送。"
    return wanted + _zero_reports(row["asked"])


def _zero_reports(sheets: Sequence[str]) -> str:
    """An empty log is reported as a zero, not left blank."""
    logs = [key for key in sheets if SHEETS[key].zero_report]
    return f"{_titles(logs)}本月确无发生的，请在封面填零报告，不要留空。" if logs else ""


def _titles(sheets: Sequence[str]) -> str:
    return "、".join(SHEETS[key].title_zh for key in sheets)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
