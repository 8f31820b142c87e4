"""The units right below one as small multiples: a KPI's months, all on one scale, each a link to its unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import pairwise

from dashboard import format
from dashboard.components.links import going
from dashboard.components.marks import GREY, INK, STATUS, colour
from dashboard.components.notation import Row, said, shown
from dashboard.i18n import t
from metrics.kpi import Kpi
from metrics.period import PeriodKind

WIDTH, HEIGHT, TOP, EDGE = 172, 92, 46, 5
"""A cell: its size, where the line begins, and the margin around it."""


@dataclass(frozen=True, kw_only=True)
class UnitsBelow:
    """``months`` are the rows of each unit by code, up to the month shown; ``names`` in the campaign's order.

    ``who`` they are together, ``kind`` the period of their figures.
    """

    kpi: Kpi
    kind: PeriodKind
    who: str
    months: Mapping[str, Sequence[Row]]
    names: Mapping[str, str]

    @property
    def last(self) -> list[Row]:
        """The rows of the month shown, in the order of the cells."""
        return [self.months[code][-1] for code in self.names if code in self.months]

    @cached_property
    def limits(self) -> tuple[float, float] | None:
        """The lowest and highest value or target of all; None without any value."""
        rows = [row for each in self.months.values() for row in each]
        known = [row["value"] for row in rows if row["value"] is not None]
        targets = [row["target"] for row in rows if row["target"] is not None]
        return (min(known + targets), max(known + targets)) if known else None


def drawing(found: UnitsBelow) -> str:
    """One cell a unit."""
    cells = "".join(_cell(found, code, name) for code, name in found.names.items() if code in found.months)
    return f'<div class="unit-below">{cells}</div>'


def scale_text(found: UnitsBelow) -> str:
    """What the height of every cell stands for."""
    if found.limits is None:
        return ""
    low, high = (format.number(value, found.kpi.decimals) for value in found.limits)
    high = format.measured(found.kpi, high)
    return t("各格同一纵轴：{low}–{high}；虚线为目标，缺月处断开。", low=low, high=high)


def _cell(found: UnitsBelow, code: str, name: str) -> str:
    kpi, rows = found.kpi, found.months[code]
    row, text = rows[-1], escape(said(found.kpi, rows[-1], name))
    mark = STATUS[str(row["status"])]
    value = " ".join(part for part in (mark.sign, shown(kpi, row)) if part)
    cases = "" if row["cases"] is None else format.cases(row["cases"])
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="link" tabindex="0" data-key="below-{escape(code)}"'
        f' {going(unit=code)} aria-label="{text}"><title>{text}</title>'
        f'<text x="0" y="14" font-size="13.5" font-weight="600" fill="{INK}"{_fitted(name)}>{escape(name)}</text>'
        f'<text x="0" y="33" font-size="14" fill="{colour(str(row["status"]))}">{escape(value)}</text>'
        f'<text x="{WIDTH - EDGE}" y="33" font-size="13" text-anchor="end" fill="{GREY}">{escape(cases)}</text>'
        f"{_trend(found, rows)}</svg>"
    )


def _fitted(name: str) -> str:
    """A long name is drawn together rather than into the next cell."""
    wide = sum(13.5 if ord(sign) > 0x2E80 else 7.5 for sign in name)
    return f' textLength="{WIDTH - EDGE}" lengthAdjust="spacingAndGlyphs"' if wide > WIDTH - EDGE else ""


def _trend(found: UnitsBelow, rows: Sequence[Row]) -> str:
    if found.limits is None:
        return ""
    step = (WIDTH - 2 * EDGE) / max(len(rows) - 1, 1)
    points = [
        None if row["value"] is None else (EDGE + place * step, _height(found, row["value"]))
        for place, row in enumerate(rows)
    ]
    lines = "".join(
        f'<line x1="{one[0]:.1f}" y1="{one[1]:.1f}" x2="{two[0]:.1f}" y2="{two[1]:.1f}" stroke="{GREY}"'
        ' stroke-width="1.5" stroke-linecap="round"></line>'
        for one, two in pairwise(points)
        if one and two
    )
    last = points[-1]
    dot = (
        f'<circle cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="3.2" fill="{colour(str(rows[-1]["status"]))}"></circle>'
        if last
        else ""
    )
    return _target(found, rows[-1]["target"]) + lines + dot


def _height(found: UnitsBelow, value: float) -> float:
    low, high = found.limits
    share = (value - low) / (high - low) if high > low else 0.5
    return HEIGHT - EDGE - share * (HEIGHT - EDGE - TOP)


def _target(found: UnitsBelow, target: float | None) -> str:
    if target is None:
        return ""
    y = _height(found, target)
    return (
        f'<line x1="0" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#8A8A8A" stroke-width="0.8"'
        ' stroke-dasharray="3 2"></line>'
    )
