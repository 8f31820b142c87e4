"""The pictures in a ranking's rows: where a value lies and how sure it is, and which ranks are as likely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dashboard import format
from dashboard.components.marks import INK, colour
from dashboard.components.notation import Row
from dashboard.i18n import t
from metrics.intervals import Interval
from metrics.kpi import Kpi
from metrics.rank_band import Band
from metrics.uncertainty import interval_of

INTERVAL, BAND = "#9AA0A6", "#B9C4CF"
MARGIN = 4
"""Share of a scale, in percent, left free at either end."""
BAND_EDGE = 20.0
"""The same of the places of a group: a number stands on either side of a band."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The stretch of values that every row's line stands for."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Where a value stands on the line, in percent of it."""
        span = self.high - self.low
        share = (value - self.low) / span if span else 0.5
        return MARGIN + min(max(share, 0.0), 1.0) * (100 - 2 * MARGIN)


def scale(kpi: Kpi, rows: Sequence[Row]) -> Scale:
    """From the lowest to the highest of what is drawn: values, intervals, target."""
    drawn = [row for row in rows if row["value"] is not None]
    ends = [float(row[key]) for row in drawn for key in ("value", "target") if row[key] is not None]
    ends += [end for row in drawn for end in interval_of(kpi, row) or ()]
    return Scale(low=min(ends, default=0.0), high=max(ends, default=0.0))


def strip(kpi: Kpi, row: Row, along: Scale) -> str:
    """The value as a dot in the colour of its judgement, its 95 % interval as a line, the target as a tick."""
    interval, at = interval_of(kpi, row), along.place(float(row["value"]))
    text = interval_text(kpi, interval)
    line = ""
    if interval is not None:
        low, high = (along.place(end) for end in interval)
        line = _line(low, high, INTERVAL, 3)
    tick = "" if row["target"] is None else _tick(along.place(float(row["target"])))
    dot = f'<circle cx="{at:.2f}%" cy="8" r="5" fill="{colour(str(row["status"]))}"></circle>'
    return (
        f'<svg class="ranking-strip" role="img" aria-label="{escape(text)}"><title>{escape(text)}</title>'
        f"{_line(0, 100, '#E3E3E3', 1)}{line}{tick}{dot}</svg>"
    )


def interval_text(kpi: Kpi, interval: Interval | None) -> str:
    """The 95 % interval in words; where chance says nothing there is none."""
    if interval is None:
        return t("不计区间")
    low, high = (format.number(end, kpi.decimals) for end in interval)
    return t("95%区间 {low}–{high}", low=low, high=high)


def band(found: Band, rank: int, ranked: int, text: str) -> str:
    """The ranks a unit might as well have had as a bar from the group's first place to its last, a dot at its own.

    The bar's ends are written beside it; ``text`` says it all for hovering and reading aloud.
    """
    step = (100 - 2 * BAND_EDGE) / max(ranked - 1, 1)
    low, high, own = (BAND_EDGE + (each - 1) * step for each in (*found, rank))
    first, last = found
    ends = _end(low, "end", -6, first) + (_end(high, "start", 6, last) if last > first else "")
    return (
        f'<svg class="ranking-band" role="img" aria-label="{escape(text)}"><title>{escape(text)}</title>'
        f"{_line(BAND_EDGE, 100 - BAND_EDGE, '#E3E3E3', 1)}{_line(low, high, BAND, 8)}"
        f'<circle cx="{own:.2f}%" cy="8" r="3.5" fill="{INK}"></circle>{ends}</svg>'
    )


def _end(at: float, anchor: str, away: int, rank: int) -> str:
    return f'<text x="{at:.2f}%" dx="{away}" y="12" text-anchor="{anchor}" font-size="11.5" fill="#5A5A5A">{rank}</text>'


def _line(low: float, high: float, stroke: str, width: float) -> str:
    return f'<line x1="{low:.2f}%" x2="{high:.2f}%" y1="8" y2="8" stroke="{stroke}" stroke-width="{width}"></line>'


def _tick(at: float) -> str:
    return f'<line x1="{at:.2f}%" x2="{at:.2f}%" y1="0" y2="16" stroke="{INK}" stroke-width="2"></line>'
