"""What every chart shares: its specification, its look, its reference lines, its words on hovering.

A specification is written once, in Plotly's vocabulary. It is drawn as SVG on the server (``chart_svg``); who
wants to enlarge a part of it asks for the same in Plotly, whose script of several megabytes is loaded only then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dashboard import format
from dashboard.components.indicator_facts import Indicator, Row
from dashboard.components.marks import INK
from dashboard.components.notation import said
from dashboard.i18n import t

FONT = "'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"
GRID, HAIR = "#EDEDED", "#6B6B6B"
SYMBOLS = {"met": "circle", "missed": "triangle-down", "too_few_cases": "circle-open", "no_target": "circle"}


@dataclass(frozen=True, kw_only=True)
class Specification:
    """A chart before it is drawn: what is shown, and how it is laid out."""

    traces: Sequence[Mapping[str, object]]
    layout: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A line every unit is read against: its value, what it is called, and how it is drawn."""

    value: float
    label: str
    dash: str


def references(indicator: Indicator) -> list[Reference]:
    """The target, and the value of the explained unit; the lower first.

    A count has no value of the whole to be read against: it is the sum of its units', and would press them together.
    """
    row, kpi, found = indicator.row, indicator.kpi, []
    if row["value"] is not None and kpi.denominator is not None:
        told = f"{indicator.name} {format.figure(kpi, row)}"
        found.append(Reference(value=row["value"], label=told, dash="solid"))
    if row["target"] is not None:
        told = f"{t('目标')} {format.target(kpi, row['target'])}"
        found.append(Reference(value=row["target"], label=told, dash="dash"))
    return sorted(found, key=lambda each: each.value)


def line_at(reference: Reference, axis: str, ends: Sequence[float]) -> dict[str, object]:
    """A reference across the plot, from one of ``ends`` to the other: a trace, since shapes lie under the grid."""
    along = {"x": [reference.value] * 2, "y": list(ends)}
    if axis == "y":
        along = {"x": list(ends), "y": [reference.value] * 2}
    line = {"color": HAIR, "width": 1.2, "dash": reference.dash}
    return {"type": "scatter", "mode": "lines", "line": line, "hoverinfo": "skip", **along}


def reach(values: Iterable[float | None], air: float = 0.06) -> list[float]:
    """From the lowest to the highest value, with some air at either end."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    room = air * (high - low or abs(high) or 1)
    return [low - room, high + room]


def set_apart(places: Sequence[float], least: float) -> list[float]:
    """Places of labels along a line, lowest first, moved no more than it takes for none to cover another."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + least) if moved else place)
    back = (sum(moved) - sum(places)) / len(places) if places else 0.0
    return [place - back for place in moved]


def width_of(text: str) -> int:
    """The room a label takes, in pixels."""
    return round(sum(13.5 if ord(sign) > 0x2E80 else 7.4 for sign in text))


def told(indicator: Indicator, row: Row, name: str) -> str:
    """A figure in one line with its interval, for hovering."""
    text = said(indicator.kpi, row, name)
    if row["lower"] is None:
        return text
    return f"{text}<br>{t('95%区间 {interval}', interval=interval(indicator, row))}"


def interval(indicator: Indicator, row: Row) -> str:
    """91.2–93.1, from and to; empty where chance says nothing."""
    if row["lower"] is None:
        return ""
    decimals = indicator.kpi.decimals
    return f"{format.number(row['lower'], decimals)}–{format.number(row['upper'], decimals)}"


def layout_of(*, height: int, margin: Mapping[str, int]) -> dict[str, object]:
    axis = {"gridcolor": GRID, "zeroline": False, "tickfont": {"size": 12.5, "color": "#444"}}
    axis |= {"fixedrange": True, "linecolor": "#999"}
    return {
        "height": height,
        "margin": dict(margin),
        "showlegend": False,
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
        "font": {"family": FONT, "size": 12.5, "color": INK},
        "hoverlabel": {"bgcolor": "#FFFFFF", "font": {"family": FONT, "size": 13, "color": INK}},
        "hovermode": "closest",
        "dragmode": False,
        "separators": ".,",
        "xaxis": dict(axis),
        "yaxis": dict(axis),
    }
