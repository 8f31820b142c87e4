"""What a draft would say of its unit: each KPI beside last month's, with target and status."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from dashboard import format
from dashboard.components import block, plain_table
from dashboard.components.marks import STATUS, html
from dashboard.components.plain_table import Line
from dashboard.i18n import of, t
from dashboard.queries.previews import Previewed
from dashboard.services.standing import Standing
from metrics.kpis import KPIS


def show(figures: Previewed, found: Standing) -> None:
    """A table that opens, so that it does not stand in the way of submitting."""
    titles = (t("指标"), t("本次"), "n", t("上月"), t("目标"), t("状态"))
    lines = (_line(row, figures.before.get(str(row["kpi"]))) for row in figures.now)
    title = t("提交后的指标预览（{count}项，与上月对照）", count=len(figures.now))
    block.show(
        f'<details class="preview" open><summary>{escape(title)}</summary>{_note(found)}{plain_table.table(titles, lines)}</details>',
        key="preview",
    )


def _note(found: Standing) -> str:
    """Before a month is due no other page judges its figures."""
    if found.is_late:
        return ""
    note = t("本月截止前，其他页面只显示数值，不判定是否达标；这里的状态是按本次数据对照目标的预判。")
    return f'<p class="src">{escape(note)}</p>'


def _line(row: Mapping[str, object], before: float | None) -> Line:
    kpi, status = KPIS[str(row["kpi"])], STATUS[str(row["status"])]
    target = "" if row["target"] is None else format.target(kpi, row["target"])
    cells = (
        escape(of(kpi, "title")),
        escape(format.measured(kpi, format.figure(kpi, row))),
        escape("" if row["cases"] is None else format.whole(row["cases"])),
        escape(
            format.MISSING if before is None else format.measured(kpi, format.number(before, kpi.decimals))
        ),
        escape(target),
        f"{html(status)} {escape(t(status.word))}",
    )
    return Line(cells=cells)
