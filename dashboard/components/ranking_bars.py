"""The pictures in a ranking's rows: what a score is made of, or where a value lies and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dashboard import format
from dashboard.components.marks import INK, MET, colour
from dashboard.components.notation import Row
from dashboard.components.ranking_points import Points
from dashboard.i18n import listed, of, t
from metrics.intervals import Interval
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.uncertainty import interval_of

ACCENT, EMPTY, INTERVAL = MET, "#F1F2F4", "#9AA0A6"
DARKEST, LIGHTEST = 0x70, 0xD6
"""Ends of the greys of a score's items."""
MARGIN = 4
"""Share of a scale, in percent, left free at either end."""


def shades(kpis: Sequence[str], accent: str) -> dict[str, str]:
    """A grey for each item, dark to light in the scorecard's order; the KPI picked out has the accent."""
    step = (LIGHTEST - DARKEST) / max(len(kpis) - 1, 1)
    greys = {kpi: f"#{round(DARKEST + place * step):02X}" for place, kpi in enumerate(kpis)}
    return {kpi: ACCENT if kpi == accent else grey + grey[1:] * 2 for kpi, grey in greys.items()}


def stacked(points: Sequence[Points], colours: Mapping[str, str]) -> str:
    """What each item brings, one after another; the whole line is the full score."""
    told = [said(each) for each in points]
    drawn, at = [], 0.0
    for each, text in zip(points, told, strict=True):
        drawn.append(
            f'<rect x="{at:.1f}%" width="{each.got}%" height="100%" fill="{colours[each.kpi]}"'
            f' stroke="#FFFFFF" stroke-width="0.7"><title>{escape(text)}</title></rect>'
        )
        if colours[each.kpi] == ACCENT:
            # Seen without colours too: the accent is underlined.
            drawn.append(f'<rect x="{at:.1f}%" width="{each.got}%" y="80%" height="20%" fill="{INK}"></rect>')
        at += float(each.got)
    return (
        f'<svg class="ranking-parts" role="img" aria-label="{escape(listed(told))}">'
        f'<rect width="100%" height="100%" fill="{EMPTY}"></rect>{"".join(drawn)}</svg>'
    )


def said(points: Points) -> str:
    """An item and its points: 投诉按期办结率 14.6/15.0分."""
    return t("{kpi} {got}/{full}分", kpi=of(KPIS[points.kpi], "title"), got=points.got, full=points.full)


def legend(colours: Mapping[str, str]) -> str:
    """The items in the order in which they stand in every bar."""
    entries = "".join(
        f'<li><i style="background:{shade}"></i>{escape(of(KPIS[kpi], "title"))}</li>'
        for kpi, shade in colours.items()
    )
    return f'<ul class="legend"><li>{escape(t("构成,自左至右:"))}</li>{entries}</ul>'


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


def _line(low: float, high: float, stroke: str, width: float) -> str:
    return f'<line x1="{low:.2f}%" x2="{high:.2f}%" y1="8" y2="8" stroke="{stroke}" stroke-width="{width}"></line>'


def _tick(at: float) -> str:
    return f'<line x1="{at:.2f}%" x2="{at:.2f}%" y1="0" y2="16" stroke="{INK}" stroke-width="2"></line>'
