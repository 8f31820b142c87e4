"""The legend of a map: classes with the counts of their units, the break at the target, what has no colour."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard import format
from dashboard.components.marks import STATUS
from dashboard.components.notation import Row
from dashboard.components.scale import SHADES, ShadeClass
from dashboard.i18n import t
from metrics.kpi import Kpi

HATCHED = "url(#hatch)"
NO_COLOUR = {
    "too_few_cases": "#C9C9C9",
    "not_reported": HATCHED,
    "not_due": "#EFEFEF",
    "not_applicable": "#EFEFEF",
}
"""What is painted where a status earns no shade."""


def legend(
    kpi: Kpi,
    rows: Sequence[Row],
    classes: Sequence[ShadeClass],
    target: float | None,
    *,
    counted: bool = True,
) -> str:
    """The classes, lowest values first, then the statuses that occur without one; ``counted``: with how many units."""
    found = [
        part
        for each in classes
        if len(classes) > 1 or each.codes
        for part in _class(kpi, each, target, _counted(len(each.codes), counted=counted))
    ]
    for status, paint in NO_COLOUR.items():
        count = sum(row["status"] == status for row in rows)
        if count:
            found.append(
                f"<li>{_swatch(paint)}{escape(t(STATUS[status].word))}{_counted(count, counted=counted)}</li>"
            )
    word = t("颜色只表示多少，不分好坏") if kpi.direction == "context" else t("越深越需要关注")
    return f'<ul class="legend">{"".join(found)}<li>{escape(word)}</li></ul>'


def why_there(kpi: Kpi, target: float | None) -> str:
    """Why the classes part where they do (see ``scale.edges``), as HTML."""
    if target is None:
        return escape(t("分级：按全年各月数值分为单位数相近的几级，各月同一分级。"))
    told = t(
        "分级：以目标{target}为界分达标与未达标，界线两侧各按全年各月数值再分，各月同一分级。",
        target=format.target(kpi, target),
    )
    return escape(told)


def _counted(count: int, *, counted: bool) -> str:
    return t("（{label}）", label=count) if counted else ""


def _class(kpi: Kpi, each: ShadeClass, target: float | None, count: str) -> list[str]:
    swatch = _swatch(SHADES[kpi.direction][each.shade])
    parts = [f"<li>{swatch}{escape(_limits(kpi, each))}{count}</li>"]
    if target is not None and each.high == target:
        parts.append(f"<li><b>{escape('| ' + t('目标') + ' ' + format.plain(target))} |</b></li>")
    return parts


def _swatch(paint: str) -> str:
    return '<i class="hatched"></i>' if paint == HATCHED else f'<i style="background:{paint}"></i>'


def _limits(kpi: Kpi, each: ShadeClass) -> str:
    below, above = ("<", "≥") if kpi.direction == "up" else ("≤", ">")
    if each.low is None and each.high is None:
        return t("全部")
    if each.low is None:
        return below + format.plain(each.high)
    if each.high is None:
        return above + format.plain(each.low)
    return f"{format.plain(each.low)}–{format.plain(each.high)}"
