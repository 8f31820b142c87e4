"""A chart's specification drawn as SVG: text in, text out, so that a page, a file and a picture can share it.

What is drawn is the part of Plotly's vocabulary that our charts use: lines with gaps, filled outlines, marks,
texts, annotations, bands. On a page the drawing takes the width it is given while type and marks keep their
size: everything stands at a share of the width, and the margins are the frame's padding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from dashboard.components.chart_axes import Axis, axis_of
from dashboard.components.chart_marks import Look, mark, text
from dashboard.components.charts import FONT, GRID, Specification
from dashboard.components.marks import INK

STRETCHED = 1000
"""Units of a width that is not known."""
AXIS, TICK_INK, TICK_SIZE = "#999999", "#444444", 12.5
PIXELS_A_MARK, MARKS_ACROSS = 44, 6
"""Room for each mark of a vertical axis, and marks of a horizontal one: it may be as wide as a phone."""
DASHES = {"dash": "7 5", "dot": "2 3"}

Trace = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Where things lie: the axes, the top and bottom of the plot in pixels, its width in pixels (None: as given)."""

    across: Axis
    upward: Axis
    top: float
    bottom: float
    width: float | None

    def x(self, share: float) -> str:
        """A share of the width as a coordinate."""
        return f"{share * 100:.2f}%" if self.width is None else f"{share * self.width:.1f}"

    def y(self, value: float) -> float:
        """The height of a value in pixels from the top of the drawing."""
        return self.bottom - self.upward.share(value) * (self.bottom - self.top)

    def holds(self, x: float | None, y: float | None) -> bool:
        """Whether a point has a place: a missing value leaves a gap, one without a place does too."""
        return self.across.holds(x) and self.upward.holds(y)


def drawing(chart: Specification, label: str) -> str:
    """The chart for a page, as wide as its frame."""
    margin = chart.layout["margin"]
    body = _plot(chart, None)
    return (
        f'<div class="chart" style="padding:0 {margin["r"]}px 0 {margin["l"]}px">'
        f'<svg width="100%" height="{chart.layout["height"]}" overflow="visible" role="img"'
        f' aria-label="{escape(label)}">{body}</svg></div>'
    )


def picture(chart: Specification, label: str, width: int) -> str:
    """The chart as a file of its own, ``width`` pixels wide."""
    margin, height = chart.layout["margin"], chart.layout["height"]
    inner = width - margin["l"] - margin["r"]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' font-family="{escape(FONT)}" role="img" aria-label="{escape(label)}">'
        f'<rect width="{width}" height="{height}" fill="#FFFFFF"></rect>'
        f'<svg x="{margin["l"]}" width="{inner}" height="{height}" overflow="visible">{_plot(chart, inner)}</svg></svg>'
    )


def _plot(chart: Specification, width: float | None) -> str:
    layout = chart.layout
    top, bottom = layout["margin"]["t"], layout["height"] - layout["margin"]["b"]
    along = {
        way: [value for each in chart.traces for value in each[way] if value is not None] for way in "xy"
    }
    plot = Plot(
        across=axis_of(layout["xaxis"], along["x"], MARKS_ACROSS),
        upward=axis_of(layout["yaxis"], along["y"], int((bottom - top) // PIXELS_A_MARK)),
        top=top,
        bottom=bottom,
        width=width,
    )
    parts = [_band(plot, each) for each in layout.get("shapes", ())]
    parts += [_grid(plot), _lines(plot, chart.traces)]
    parts += [_marks(plot, each) for each in chart.traces if "markers" in each["mode"]]
    parts += [_annotation(plot, each) for each in layout.get("annotations", ())]
    return "".join(parts)


def _band(plot: Plot, shape: Mapping[str, object]) -> str:
    """A band across the plot."""
    edges = sorted((plot.y(shape["y0"]), plot.y(shape["y1"])))
    return f'<rect width="100%" y="{edges[0]:.1f}" height="{edges[1] - edges[0]:.1f}" fill="{shape["fillcolor"]}"></rect>'


def _grid(plot: Plot) -> str:
    """Grid, axes, and what is written beside them."""
    parts = []
    for value, words in plot.upward.marks:
        y = plot.y(value)
        parts.append(f'<line x2="100%" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"></line>')
        parts.append(text("0", y, words, anchor="end", shift=-6, size=TICK_SIZE, ink=TICK_INK))
    for value, words in plot.across.marks:
        x = plot.x(plot.across.share(value))
        if plot.across.has_grid:
            parts.append(
                f'<line x1="{x}" x2="{x}" y1="{plot.top}" y2="{plot.bottom}" stroke="{GRID}"></line>'
            )
        if words:
            parts.append(text(x, plot.bottom + 5, words, hung="top", size=TICK_SIZE, ink=TICK_INK))
    parts.append(f'<line y1="{plot.top}" y2="{plot.bottom}" stroke="{AXIS}"></line>')
    parts.append(f'<line x2="100%" y1="{plot.bottom}" y2="{plot.bottom}" stroke="{AXIS}"></line>')
    if plot.across.title:
        parts.append(
            text(plot.x(0.5), plot.bottom + 24, plot.across.title, hung="top", size=TICK_SIZE, ink=INK)
        )
    return "".join(parts)


def _lines(plot: Plot, traces: Sequence[Trace]) -> str:
    """All lines, stretched to the width without their strokes, and cut off at the edges of the plot."""
    width = plot.width or STRETCHED
    drawn = "".join(_line(plot, each, width) for each in traces if "lines" in each["mode"])
    return (
        f'<svg y="{plot.top}" width="100%" height="{plot.bottom - plot.top}" preserveAspectRatio="none"'
        f' viewBox="0 {plot.top} {width} {plot.bottom - plot.top}" fill="none">{drawn}</svg>'
    )


def _line(plot: Plot, trace: Trace, width: float) -> str:
    line, points = trace.get("line", {}), list(zip(trace["x"], trace["y"], strict=True))
    runs = _runs(plot, _stepped(points) if line.get("shape") == "hvh" else points)
    if trace.get("fill") == "toself":
        shape, look = "polygon", f'fill="{trace["fillcolor"]}"'
    else:
        dash = f' stroke-dasharray="{DASHES[line["dash"]]}"' if line.get("dash") in DASHES else ""
        shape, look = "polyline", f'stroke="{line["color"]}" stroke-width="{line["width"]}"{dash}'
    return "".join(
        f'<{shape} {look} vector-effect="non-scaling-stroke" points="{_path(plot, run, width)}"></{shape}>'
        for run in runs
    )


def _path(plot: Plot, run: Sequence[tuple[float, float]], width: float) -> str:
    return " ".join(f"{plot.across.share(x) * width:.1f},{plot.y(y):.1f}" for x, y in run)


def _runs(plot: Plot, points: Sequence[tuple[float | None, float | None]]) -> list[list[tuple[float, float]]]:
    """Stretches without a gap, of two points at least."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if plot.holds(x, y):
            runs[-1].append((x, y))
        else:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _stepped(points: Sequence[tuple[float, float | None]]) -> list[tuple[float, float | None]]:
    """Steps halfway between the points."""
    found = points[:1]
    for (x, y), (after, then) in pairwise(points):
        half = (x + after) / 2
        found = [*found, (half, y), (half, then), (after, then)]
    return list(found)


def _marks(plot: Plot, trace: Trace) -> str:
    """A mark a point, with what it says on hovering, and its name above it."""
    look, count = trace["marker"], len(trace["x"])
    border = look.get("line", {})
    columns = [
        _each(values, count)
        for values in (
            look["size"],
            look["color"],
            look.get("symbol", "circle"),
            border.get("width", 0),
            border.get("color", INK),
            trace.get("hovertext", ""),
            trace.get("text", ""),
        )
    ]
    parts = []
    for x, y, size, ink, symbol, edge, edge_ink, told, name in zip(
        trace["x"], trace["y"], *columns, strict=True
    ):
        if not plot.holds(x, y):
            continue
        at = plot.x(plot.across.share(x))
        parts.append(
            mark(at, plot.y(y), Look(symbol=symbol, size=size, ink=ink, edge=edge, edge_ink=edge_ink), told)
        )
        if name:
            parts.append(text(at, plot.y(y) - size / 2 - 3, name, hung="bottom", size=TICK_SIZE, ink=INK))
    return "".join(parts)


def _each(value: object, count: int) -> Sequence[object]:
    """One value for every point, whether given once or a point."""
    return value if isinstance(value, list | tuple) else [value] * count


def _annotation(plot: Plot, said: Mapping[str, object]) -> str:
    on_paper = said.get("xref") == "paper", said.get("yref") == "paper"
    x = said["x"] if on_paper[0] else plot.across.share(said["x"])
    y = plot.bottom - said["y"] * (plot.bottom - plot.top) if on_paper[1] else plot.y(said["y"])
    return text(
        plot.x(x),
        y - said.get("yshift", 0),
        said["text"],
        anchor={"left": "start", "right": "end"}.get(said.get("xanchor"), "middle"),
        hung=said.get("yanchor", "middle"),
        shift=said.get("xshift", 0),
        size=said["font"]["size"],
        ink=said["font"]["color"],
    )
