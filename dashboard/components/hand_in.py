"""The hand-in strip: who has reported this month, in what time, and the sentence that sums it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from dashboard.components import block
from dashboard.components.links import going, link
from dashboard.components.marks import HAND_IN, Mark, html
from dashboard.i18n import deferred, listed, t
from etl.completeness import NOT_APPLICABLE, NOT_REPORTED, REPORTED, RETURNED_CONTENT, ZERO_REPORT

Row = Mapping[str, object]

CONTENT = {
    REPORTED: Mark(sign="■", css="grey", word=deferred("已报")),
    ZERO_REPORT: Mark(sign="□", css="grey", word=deferred("零报告")),
    NOT_APPLICABLE: Mark(sign="–", css="grey", word=deferred("不适用")),
    RETURNED_CONTENT: Mark(sign="◁", css="missed", word=deferred("已退回")),
    NOT_REPORTED: Mark(sign="✕", css="missed", word=deferred("未报")),
}
"""What a sheet of a report holds; its colour says only whether somebody has something left to do."""


def show(rows: Sequence[Row], names: Mapping[str, str] | None = None) -> None:
    """A cell a reporting unit: timing as shape and colour, what is amiss in words; it leads to the unit.

    ``names`` are the units' names in the reader's language; without them the short names of the rows.
    """
    cells = "".join(_cell(row, (names or {}).get(str(row["unit_code"]))) for row in rows)
    title = link(t("报送"), "progress")
    block.show(f'<div class="strip"><strong>{title}</strong><ul>{cells}</ul></div>', key="hand_in")


def _cell(row: Row, name: str | None) -> str:
    mark, code = HAND_IN[str(row["state"])], escape(str(row["unit_code"]))
    words = []
    if row["state"] == "late":
        words.append(t("迟{days}天", days=row["days_late"]))
    if row["state"] == "not_reported":
        words.append(t("未报"))
    if row["absent"]:
        words.append(t("缺{count}表", count=row["absent"]))
    note = f' <i class="{mark.css}">{escape(listed(words))}</i>' if words else ""
    return (
        f'<li class="nb" data-key="{code}" {going("unit", unit=str(row["unit_code"]))} tabindex="0" role="link">'
        f"{escape(name or str(row['short_name']))} {html(mark)}{note}</li>"
    )
