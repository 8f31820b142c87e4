"""The marks and the texts of a chart as SVG, each of its own size whatever the width of the chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import sqrt

LINE = 1.25
"""Height of a line of text in sizes of its type."""
PAPER, OPEN_EDGE = "#FFFFFF", 1.4


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a mark looks like: Plotly's name of its symbol, its diameter and colour, its edge's width and colour."""

    symbol: str
    size: float
    ink: str
    edge: float
    edge_ink: str

    @property
    def paint(self) -> str:
        """Its fill and edge: hollow for an ``-open`` symbol, whose edge has the mark's own colour."""
        if self.symbol.endswith("-open"):
            return f'fill="{PAPER}" stroke="{self.ink}" stroke-width="{max(self.edge, OPEN_EDGE)}"'
        edge = f' stroke="{self.edge_ink}" stroke-width="{self.edge}"' if self.edge else ""
        return f'fill="{self.ink}"{edge}'


def mark(x: str, y: float, look: Look, told: str) -> str:
    """A mark at a place; ``told`` is what it says on hovering."""
    paint, shape = look.paint, look.symbol.removesuffix("-open")
    if told:
        paint += f' class="point" data-tip="{lines_of(told.split("<br>"))}"'
    if shape == "circle":
        return f'<circle cx="{x}" cy="{y:.1f}" r="{look.size / 2:g}" {paint}></circle>'
    # Only a frame of its own stands at a share of the width; a path does not.
    outline = _outline(shape, look.size / 2)
    return f'<svg x="{x}" y="{y:.1f}" overflow="visible"><path d="{outline}" {paint}></path></svg>'


def lines_of(told: Sequence[str]) -> str:
    """Lines of text as the value of an attribute; empty ones are left out."""
    return "&#10;".join(escape(line) for line in told if line)


def _outline(shape: str, radius: float) -> str:
    half = 2 * radius / sqrt(3)
    if shape == "triangle-down":
        return f"M{-half:.1f},{-radius / 2:.1f}H{half:.1f}L0,{radius:.1f}z"
    if shape == "triangle-up":
        return f"M{-half:.1f},{radius / 2:.1f}H{half:.1f}L0,{-radius:.1f}z"
    if shape == "diamond":
        wide = 1.3 * radius
        return f"M0,{-wide:.1f}L{wide:.1f},0L0,{wide:.1f}L{-wide:.1f},0z"
    return f"M{-radius:.1f},{-radius:.1f}H{radius:.1f}V{radius:.1f}H{-radius:.1f}z"


def text(
    x: str,
    y: float,
    words: str,
    *,
    size: float,
    ink: str,
    anchor: str = "middle",
    hung: str = "middle",
    shift: float = 0,
) -> str:
    """Text at a place, on several lines where ``<br>`` parts it; ``hung`` says what of it is at ``y``."""
    strong = words.startswith("<b>")
    lines = words.removeprefix("<b>").removesuffix("</b>").split("<br>")
    last = (len(lines) - 1) * LINE * size
    first = y + {"top": 0.85 * size, "middle": 0.36 * size - last / 2, "bottom": -last}[hung]
    weight = ' font-weight="600"' if strong else ""
    look = f'text-anchor="{anchor}" font-size="{size}" fill="{ink}"{weight}'
    moved = f' dx="{shift:g}"' if shift else ""
    return "".join(
        f'<text x="{x}" y="{first + place * LINE * size:.1f}"{moved} {look}>{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
