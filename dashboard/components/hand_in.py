"""The hand-in strip: who has reported this month, in what time, and the sentence that sums it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from dashboard.components import block, extension
from dashboard.components.links import going, link
from dashboard.components.marks import EXTENDED, HAND_IN, Mark, html
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


def state_of(report: Row) -> str:
    """In what time a report came, or ``returned`` where every revision was and nothing came since."""
    return "returned" if report["returned"] else str(report["state"])


def mark_of(report: Row) -> Mark:
    """The mark of a report as a whole, by ``state_of`` it."""
    return CONTENT[RETURNED_CONTENT] if state_of(report) == "returned" else HAND_IN[state_of(report)]


def marks(report: Row) -> str:
    """``mark_of`` a report, and beside it that of an extension; as HTML."""
    return html(mark_of(report)) + (f" {html(EXTENDED)}" if report["extended_to"] else "")


def show(rows: Sequence[Row], names: Mapping[str, str] | None = None) -> None:
    """A cell a reporting unit: timing as shape and colour, what is amiss in words; it leads to the unit.

    ``names`` are the units' names in the reader's language; without them the short names of the rows.
    """
    cells = "".join(_cell(row, (names or {}).get(str(row["unit_code"]))) for row in rows)
    title = link(t("报送"), "progress")
    block.show(f'<div class="strip"><strong>{title}</strong><ul>{cells}</ul></div>', key="hand_in")


def _cell(row: Row, name: str | None) -> str:
    mark, code, words = mark_of(row), escape(str(row["unit_code"])), _words(row)
    note = f' <i class="{mark.css}">{escape(listed(words))}</i>' if words else ""
    return (
        f'<li class="nb" data-key="{code}" {going("unit", unit=str(row["unit_code"]))} tabindex="0" role="link">'
        f"{escape(name or str(row['short_name']))} {html(mark)}{note}</li>"
    )


def _words(row: Row) -> list[str]:
    """What is amiss, and until when it may still come."""
    words = []
    if row["state"] == "late":
        words.append(t("迟{days}天", days=row["days_late"]))
    if row["returned"] or row["state"] == "not_reported":
        words.append(t(mark_of(row).word))
    if row["state"] == "not_due" and row["extended_to"]:
        words.append(extension.until(row))
    if row["absent"]:
        words.append(t("缺{count}表", count=row["absent"]))
    return words
