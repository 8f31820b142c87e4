"""What a unit has said about doubtful values of its report, and which KPIs they touch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.components import block, headings, plain_table
from dashboard.components.page import caption
from dashboard.components.plain_table import line
from dashboard.i18n import listed, of, t
from dashboard.services.explanations import Given
from metrics.counted import measures
from metrics.kpi import Kpi


def touched(kpis: Sequence[Kpi], told: Sequence[Given]) -> frozenset[str]:
    """Keys of the KPIs whose figure rests on a value somebody has explained."""
    explained = {measure for each in told for measure in each.measures}
    return frozenset(kpi.key for kpi in kpis if explained & set(measures(kpi)))


def show(told: Sequence[Given], kpis: Sequence[Kpi], name: str, month: date) -> None:
    """Each value with its place, the reason, and the KPIs; nothing where nothing was explained."""
    if not told:
        return
    titles = (t("填报内容"), t("单元格"), t("现为"), t("说明"), t("涉及的指标"))
    lines = [
        line(f"{each.sheet} {each.column}", each.cell, each.value, each.reason, _kpis(each, kpis))
        for each in told
    ]
    title = headings.title(name, t("对数据的说明"), month, "month")
    block.show(caption(title) + plain_table.table(titles, lines), key="unit_explained")


def _kpis(each: Given, kpis: Sequence[Kpi]) -> str:
    return listed([of(kpi, "title") for kpi in kpis if each.measures & set(measures(kpi))])
