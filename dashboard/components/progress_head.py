"""The sentence that says who has not reported: names and numbers, each a link where it leads somewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from dashboard import format
from dashboard.components import extension
from dashboard.components.links import link, linked
from dashboard.i18n import in_one_sentence, listed, t

NAMED = 3
"""So many units are named; more are counted."""
ON_TIME_RATE = "reports_on_time_rate"

Row = Mapping[str, object]
Names = Mapping[str, str]


def sentence(rows: Sequence[Row], names: Names, *, level: str, today: date, is_frozen: bool) -> str:
    """As HTML, of the reports of one month; ``names`` holds the register's name too. A frozen month waits for nothing."""
    if not rows:
        return ""
    reports = [row for row in rows if not row["is_register"]]
    parts = [
        *(_came(reports, names, level) if reports else []),
        *(_without_report(reports, names) if is_frozen else _missing(reports, names)),
        *_short(reports, names),
    ]
    parts += [
        escape(t("{unit}未报", unit=names[str(row["unit_code"])]))
        for row in rows
        if row["is_register"] and row["state"] == "not_reported"
    ]
    if not is_frozen:
        parts.append(escape(due(rows[0], today)))
    return in_one_sentence(parts)


def due(row: Row, today: date) -> str:
    """截止10月31日24:00（推算），还有5天."""
    day, left = format.day(row["due_on"]), (row["due_on"] - today).days
    estimated = t("（推算）") if row["due_is_estimated"] else ""
    if left < 0:
        return t("截止{day}24:00{estimated}", day=day, estimated=estimated)
    if left == 0:
        return t("今天24:00截止{estimated}", estimated=estimated)
    return t("截止{day}24:00{estimated}，还有{days}天", day=day, estimated=estimated, days=left)


def _came(reports: Sequence[Row], names: Names, level: str) -> list[str]:
    came = sum(bool(row["has_report"]) for row in reports)
    counted = t("{came}/{all}个{level}已报", came=came, all=len(reports), level=level)
    late = [row for row in reports if row["state"] == "late"]
    told = [linked("{unit}迟{days}天", unit=_unit(row, names), days=str(row["days_late"])) for row in late]
    some = listed(told) if len(late) <= NAMED else escape(t("{count}个迟报", count=len(late)))
    return [
        linked(
            "{month}月报：{came}",
            month=escape(format.month(reports[0]["month"])),
            came=link(counted, "indicator", kpi=ON_TIME_RATE)
            + (linked("（其中{late}）", late=some) if late else ""),
        )
    ]


def _missing(reports: Sequence[Row], names: Names) -> list[str]:
    """Who is overdue, who may still report, who may do so longer than others, whose report was returned."""
    returned = [row for row in reports if row["returned"]]
    missing = [row for row in reports if row["state"] == "not_reported" and not row["returned"]]
    waiting = [row for row in reports if row["state"] == "not_due" and not row["returned"]]
    extended = [row for row in waiting if row["extended_to"]]
    others = [row for row in waiting if not row["extended_to"]]
    return [
        *(_overdue(missing, names) if missing else []),
        *([linked("{units}尚未报", units=_units(others, names))] if others else []),
        *(
            [linked("{units}准予{until}", units=_units(extended, names), until=_until(extended))]
            if extended
            else []
        ),
        *([linked("{units}已退回待改", units=_units(returned, names))] if returned else []),
    ]


def _without_report(reports: Sequence[Row], names: Names) -> list[str]:
    """Who has none that counts, once nothing is waited for."""
    without = [row for row in reports if not row["has_report"]]
    return [linked("{units}未报", units=_units(without, names))] if without else []


def _overdue(missing: Sequence[Row], names: Names) -> list[str]:
    days = sorted({int(str(row["days_late"])) for row in missing})
    units = _units(missing, names)
    if len(days) == 1:
        return [linked("{units}未报（逾期{days}天）", units=units, days=str(days[0]))]
    # Extensions that have run out: the due days differ.
    return [
        linked("{units}未报（逾期{first}至{last}天）", units=units, first=str(days[0]), last=str(days[-1]))
    ]


def _until(extended: Sequence[Row]) -> str:
    """The one day, or that there are several."""
    days = {extension.until(row) for row in extended}
    return escape(days.pop() if len(days) == 1 else t("延期"))


def _short(reports: Sequence[Row], names: Names) -> list[str]:
    short = [row for row in reports if row["absent"]]
    return [linked("{units}缺表", units=_units(short, names))] if short else []


def _units(rows: Sequence[Row], names: Names) -> str:
    if len(rows) > NAMED:
        return escape(t("{count}个单位", count=len(rows)))
    return listed([_unit(row, names) for row in rows])


def _unit(row: Row, names: Names) -> str:
    code = str(row["unit_code"])
    return link(names[code], "unit", unit=code)
