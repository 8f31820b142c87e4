"""What every Plotly chart shares: its look, its reference lines, its words on hovering. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import streamlit as st

from dashboard import format
from dashboard.components.indicator_facts import Indicator, Row
from dashboard.components.marks import INK
from dashboard.components.notation import said
from dashboard.i18n import t

FONT = "'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"
GRID, HAIR = "#EDEDED", "#6B6B6B"
SYMBOLS = {"met": "circle", "missed": "triangle-down", "too_few_cases": "circle-open", "no_target": "circle"}


def show(figure: go.Figure, *, key: str) -> None:
    """Draw a chart as it is, without the library's tools."""
    st.plotly_chart(figure, key=key, theme=None, config={"displayModeBar": False}, width="stretch")


def references(indicator: Indicator, axis: str) -> tuple[list[dict], list[dict]]:
    """The lines every unit is read against: the target, and the value of the explained unit."""
    row, kpi = indicator.row, indicator.kpi
    found = []
    if row["value"] is not None:
        found.append((row["value"], f"{indicator.name} {format.figure(kpi, row)}", "solid"))
    if row["target"] is not None:
        found.append((row["target"], f"{t('目标')} {format.target(kpi, row['target'])}", "dash"))
    found.sort(key=lambda each: each[0])
    shapes = [_reference(value, dash, axis) for value, _, dash in found]
    # Two labels grow away from each other, so that they never meet.
    sides = ("right", "left") if len(found) > 1 else ("center",)
    return shapes, [
        _reference_label(value, label, side, axis)
        for (value, label, _), side in zip(found, sides, strict=False)
    ]


def _reference(value: float, dash: str, axis: str) -> dict[str, object]:
    other = "y" if axis == "x" else "x"
    ends = {f"{axis}0": value, f"{axis}1": value, f"{other}ref": "paper", f"{other}0": 0, f"{other}1": 1}
    return {"type": "line", "layer": "below", "line": {"color": HAIR, "width": 1, "dash": dash}, **ends}


def _reference_label(value: float, label: str, side: str, axis: str) -> dict[str, object]:
    base = {"text": label, "showarrow": False, "font": {"size": 12.5, "color": "#444"}}
    if axis == "x":
        return base | {"x": value, "yref": "paper", "y": 1, "yanchor": "bottom", "xanchor": side}
    anchor = {"right": "top", "left": "bottom"}.get(side, "bottom")
    return base | {"xref": "paper", "x": 1, "xanchor": "right", "y": value, "yanchor": anchor}


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
