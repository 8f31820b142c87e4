"""The foot of the overview: who moved most and why, what is overdue, what needs attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from dashboard import format
from dashboard.components import block
from dashboard.components.links import link, linked
from dashboard.components.notation import Row
from dashboard.i18n import deferred, listed, of, t
from metrics.kpis import KPIS

EACH_WAY, LINES, KPIS_NAMED = 3, 4, 2
CAUSES = {
    "weight": deferred("评分办法的权重有变"),
    "reported": deferred("本月已报,上月未报"),
    "not_reported": deferred("本月未报"),
    "left": deferred("本月不计入权重"),
    "joined": deferred("本月起计入权重"),
}
"""Why an item's part of a score moved, where it was not its own value."""


def show(columns: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Columns of short lines (HTML) under their titles; a column without lines is left out."""
    parts = [
        f"<section><h2>{escape(title)}</h2>{''.join(f'<p>{line}</p>' for line in lines)}</section>"
        for title, lines in columns
        if lines
    ]
    block.show(f'<div class="attention">{"".join(parts)}</div>', key="attention")


def movers(rows: Sequence[Row], names: Mapping[str, str], month: str) -> list[str]:
    """The furthest up and the furthest down, each with the item that moved it furthest."""
    up = [row for row in rows if row["difference"] > 0][:EACH_WAY]
    down = [row for row in reversed(rows) if row["difference"] < 0][:EACH_WAY]
    return [_mover(row, names, month) for row in (*up, *down)]


def _mover(row: Row, names: Mapping[str, str], month: str) -> str:
    arrow = "↑" if row["difference"] > 0 else "↓"
    code, kpi = str(row["unit_code"]), str(row["kpi"])
    unit = link(names[code], "ranking", unit=code, by="score")
    return linked(
        "{arrow}{points} {unit}:其中{kpi}{share} {why}",
        arrow=arrow,
        points=format.number(abs(row["difference"]), 1),
        unit=unit,
        kpi=link(of(KPIS[kpi], "title"), "indicator", kpi=kpi, unit=code, month=month),
        share=escape(f"{row['share']:+.1f}".replace("-", "−")),
        why=escape(_why(row)),
    )


def _why(row: Row) -> str:
    if row["cause"] in CAUSES:
        return t(CAUSES[str(row["cause"])])
    now, before = _share(row, "now"), _share(row, "before")
    return t("{now}(上月{before})", now=now, before=before)


def _share(row: Row, when: str) -> str:
    """41/42 where a few cases make the figure, else the figure itself."""
    kpi = KPIS[str(row["kpi"])]
    numerator, denominator, value = row[when]
    counted = kpi.spread == "proportion" and kpi.mart != "mart_survey" and denominator is not None
    if counted:
        return f"{format.whole(numerator)}/{format.whole(denominator)}"
    if value is None:
        return format.MISSING
    return format.measured(kpi, format.number(value, kpi.decimals))


def overdue(rows: Sequence[Row], total: Row | None, names: Mapping[str, str]) -> list[str]:
    """Issues overdue at the month's end: how many, and whose."""
    if total is None or total["value"] is None:
        return []
    if not total["value"]:
        return [escape(t("没有逾期未整改的问题"))]
    owners = sorted((row for row in rows if row["value"]), key=lambda row: -row["value"])
    named = [
        f"{link(names[str(row['unit_code'])], 'indicator', kpi='issues_overdue', **_opened(row))}"
        f" {format.whole(row['value'])}"
        for row in owners
    ]
    head = link(
        t("{count}个问题逾期未整改", count=format.whole(total["value"])),
        "indicator",
        kpi="issues_overdue",
        unit="",
        rows=str(total["unit_code"]),
        part="",
    )
    lines = [head]
    lines += [listed(named[at : at + 4]) for at in range(0, min(len(named), 12), 4)]
    return lines


def _opened(row: Row) -> dict[str, str]:
    """The unit of a figure with its list open."""
    return {"unit": str(row["unit_code"]), "rows": str(row["unit_code"]), "part": ""}


def watched(events: Sequence[Row], missed: Sequence[Row], names: Mapping[str, str], months: int) -> list[str]:
    """Verified events first, then the units that have missed targets for months running."""
    lines = [
        linked(
            "{mark}{unit}:{kpi} {count}",
            mark='<b class="missed">▼</b>',
            unit=link(names[str(row["unit_code"])], "unit", unit=str(row["unit_code"])),
            kpi=escape(of(KPIS[str(row["kpi"])], "title")),
            count=escape(format.whole(row["value"])),
        )
        for row in events[:LINES]
    ]
    return lines + [_missed(row, names, months) for row in missed[: max(LINES - len(lines), 0)]]


def _missed(row: Row, names: Mapping[str, str], months: int) -> str:
    code, kpis = str(row["unit_code"]), [str(key) for key in row["kpis"]]
    named = listed(
        [link(of(KPIS[key], "title"), "indicator", kpi=key, unit=code) for key in kpis[:KPIS_NAMED]]
    )
    more = t("等") if len(kpis) > KPIS_NAMED else ""
    return linked(
        "{unit}:连续{months}个月未达标{count}项({kpis}{more})",
        unit=link(names[code], "unit", unit=code),
        months=str(months),
        count=str(len(kpis)),
        kpis=named,
        more=escape(more),
    )
