"""The hand-in strip: who has reported this month, in what time, and the sentence that sums it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from dashboard.components import block
from dashboard.components.marks import HAND_IN, html
from dashboard.i18n import t

Row = Mapping[str, object]


def show(rows: Sequence[Row]) -> None:
    """A cell a reporting unit: timing as shape and colour, what is amiss in words."""
    cells = "".join(f'<li class="nb">{_cell(row)}</li>' for row in rows)
    block.show(
        f'<div class="strip"><strong>{escape(t("报送"))}</strong><ul>{cells}</ul></div>', key="hand_in"
    )


def _cell(row: Row) -> str:
    mark = HAND_IN[str(row["state"])]
    words = []
    if row["state"] == "late":
        words.append(t("迟{days}天", days=row["days_late"]))
    if row["state"] == "not_reported":
        words.append(t("未报"))
    if row["absent"]:
        words.append(t("缺{count}表", count=row["absent"]))
    note = f' <i class="{mark.css}">{escape(",".join(words))}</i>' if words else ""
    return f"{escape(str(row['short_name']))} {html(mark)}{note}"


def summary(rows: Sequence[Row], level: str) -> str:
    """15/16个州(市)已报(1个迟报),1个未报."""
    count = {state: sum(row["state"] == state for row in rows) for state in HAND_IN}
    came = count["on_time"] + count["late"]
    late = t("({late}个迟报)", late=count["late"]) if count["late"] else ""
    parts = [t("{came}/{all}个{level}已报", came=came, all=len(rows), level=level) + late]
    if count["not_reported"]:
        parts.append(t("{count}个未报", count=count["not_reported"]))
    if count["not_due"]:
        parts.append(t("{count}个未到期", count=count["not_due"]))
    return ",".join(parts)
