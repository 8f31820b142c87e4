"""The share of reports on time, month by month, as bars with their counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from dashboard import format
from dashboard.components.marks import INK, colour
from dashboard.components.notation import said
from dashboard.components.progress_months import month_name, scrolled
from dashboard.i18n import t
from metrics.kpi import Kpi

HEIGHT, BASE, TOP = 150, 112, 6
"""Of the drawing, of the bars' foot, and of a full bar, in pixels."""
FOOT = f'<line x1="0" x2="100%" y1="{BASE}" y2="{BASE}" stroke="#8A8A8A"></line>'
PAST = "#D5D8DC"
NARROWEST = 38
"""The width of a month that keeps its figures apart, in pixels."""
LETTERS = 18
"""The height of a bar that holds its value."""

Row = Mapping[str, object]


def drawing(kpi: Kpi, rows: Sequence[Row], month: date, label: str) -> str:
    """A bar a month from 0 to 100 %, the reader's month in the colour of its judgement.

    Places are percentages of the width, so that the words keep their size on a narrow screen.
    """
    width = 100 / max(len(rows), 6)
    bars = "".join(_bar(kpi, row, (place + 0.5) * width, width, month) for place, row in enumerate(rows))
    target = next((row["target"] for row in rows if row["target"] is not None), None)
    drawn = (
        f'<svg class="progress-share" width="100%" height="{HEIGHT}" style="min-width: {len(rows) * NARROWEST}px" role="img" aria-label="{escape(label)}">'
        f"{FOOT}{_hairline(target)}{bars}</svg>"
    )
    return scrolled(drawn, label, latest=True)


def _bar(kpi: Kpi, row: Row, middle: float, width: float, month: date) -> str:
    now = row["month"] == month
    weight = 600 if now else 400
    parts = [_text(middle, BASE + 16, month_name(row["month"]), weight)]
    if row["value"] is None:
        parts.append(_text(middle, BASE - 5, format.MISSING, weight))
    else:
        top, count = (
            _height(float(row["value"])),
            (format.whole(row[key]) for key in ("numerator", "denominator")),
        )
        inside = BASE - top > LETTERS
        parts += [
            f'<rect x="{middle - width * 0.4:.2f}%" y="{top:.1f}" width="{width * 0.8:.2f}%"'
            f' height="{BASE - top:.1f}" fill="{colour(str(row["status"])) if now else PAST}"></rect>',
            # Within the bar, where the line of the target does not cross it.
            _text(
                middle, top + 15 if inside else top - 4, format.figure(kpi, row), weight, white=now and inside
            ),
            _text(middle, BASE + 33, "/".join(count), weight),
        ]
    return f"<g><title>{escape(said(kpi, row, format.month(row['month'])))}</title>{''.join(parts)}</g>"


def _height(value: float) -> float:
    return BASE - value / 100 * (BASE - TOP)


def _text(middle: float, y: float, text: str, weight: int, *, white: bool = False) -> str:
    return (
        f'<text x="{middle:.2f}%" y="{y:.1f}" text-anchor="middle" font-size="12.5" font-weight="{weight}"'
        f' fill="{"#FFFFFF" if white else INK}">{escape(text)}</text>'
    )


def _hairline(target: float | None) -> str:
    if target is None:
        return ""
    y = _height(float(target))
    return f'<line x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}" stroke="#8A8A8A" stroke-width="0.8" stroke-dasharray="3 2"></line>'


def explained() -> str:
    """What the numbers under the bars are."""
    return escape(t("柱下为按时份数/应报份数，虚线为目标；所选月份的柱按是否达标着色。"))
