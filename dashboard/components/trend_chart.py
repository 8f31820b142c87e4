"""The months of a figure: a line with gaps, its 95 % band, the target, in Plotly."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import format
from dashboard.components.charts import HAIR, SYMBOLS, layout_of, told
from dashboard.components.indicator_facts import Indicator, Row
from dashboard.components.marks import GREY, MET, colour
from dashboard.i18n import LANGUAGE, t

BAND = "#E4E7EA"


def trend(indicator: Indicator) -> go.Figure:
    """The months of the explained unit with their 95 % band, gaps where a month is missing, and the target.

    The picked unit runs along in the accent colour; the last month is marked and labelled.
    """
    months = _labels(indicator.months)
    traces = [*_band(indicator.months), _target_steps(indicator, months)]
    traces += [_line(indicator, indicator.months, indicator.name, GREY)]
    last = [_last(indicator, indicator.months, colour(str(indicator.row["status"])))]
    if indicator.picked_months:
        traces.append(_line(indicator, indicator.picked_months, indicator.picked_name, MET))
        last.append(_last(indicator, indicator.picked_months, MET))
    layout = layout_of(height=262, margin={"l": 44, "r": 62, "t": 10, "b": 36})
    layout["xaxis"] |= {"tickvals": list(range(len(months))), "ticktext": months, "tickangle": 0}
    layout["xaxis"] |= {"range": [-0.4, len(months) - 0.6], "showgrid": False}
    return go.Figure([each for each in (*traces, *last) if each], layout)


def _labels(rows: Sequence[Row]) -> list[str]:
    """Every other month back from the last, so that they stand apart on a phone; the first of a year names it."""
    labels, named = [], None
    for place, row in enumerate(rows):
        month = row["month"]
        if (len(rows) - 1 - place) % 2:
            labels.append("")
            continue
        name = f"{month.month}月" if LANGUAGE.get() == "zh" else f"{month:%b}"
        labels.append(name if month.year == named else f"{name}<br>{month.year}")
        named = month.year
    return labels


def _band(rows: Sequence[Row]) -> list[dict[str, object]]:
    """A polygon for every stretch of months with an interval; a lone month has a bar of its own."""
    found, run = [], []
    for place, row in enumerate([*rows, {"lower": None}]):
        if row["lower"] is not None:
            run.append((place, row["lower"], row["upper"]))
            continue
        if run:
            found.append(_polygon(run if len(run) > 1 else _widened(run[0])))
        run = []
    return found


def _widened(only: tuple[int, float, float]) -> list[tuple[float, float, float]]:
    place, lower, upper = only
    return [(place - 0.12, lower, upper), (place + 0.12, lower, upper)]


def _polygon(run: Sequence[tuple[float, float, float]]) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [each[0] for each in run] + [each[0] for each in reversed(run)],
        "y": [each[1] for each in run] + [each[2] for each in reversed(run)],
        "fill": "toself",
        "fillcolor": BAND,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _target_steps(indicator: Indicator, months: Sequence[str]) -> dict[str, object] | None:
    """The target month by month: it may move through the year; labelled at its end."""
    targets = [row["target"] for row in indicator.months]
    if all(target is None for target in targets):
        return None
    last = max(place for place, target in enumerate(targets) if target is not None)
    label = f"{t('目标')} {format.target(indicator.kpi, targets[last])}"
    return {
        "type": "scatter",
        "mode": "lines+text",
        "x": list(range(len(months))) if len(months) > 1 else [-0.4, 0.4],
        "y": targets if len(months) > 1 else targets * 2,
        "line": {"color": HAIR, "width": 1, "dash": "dash", "shape": "hvh"},
        "text": ["" for _ in range(max(last, 0))] + [label],
        "textposition": "top left",
        "textfont": {"size": 12.5, "color": "#444"},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _line(indicator: Indicator, rows: Sequence[Row], name: str, ink: str) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(range(len(rows))),
        "y": [row["value"] for row in rows],
        "line": {"color": ink, "width": 1.8},
        "marker": {"size": 4.5, "color": ink},
        "connectgaps": False,
        "hovertext": [told(indicator, row, f"{name} {format.month(row['month'])}") for row in rows],
        "hoverinfo": "text",
    }


def _last(indicator: Indicator, rows: Sequence[Row], ink: str) -> dict[str, object] | None:
    row = rows[-1]
    if row["value"] is None:
        return None
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [len(rows) - 1],
        "y": [row["value"]],
        "marker": {"size": 10, "color": ink, "symbol": SYMBOLS.get(str(row["status"]), "circle")},
        "text": [f"<b> {format.figure(indicator.kpi, row)}</b>"],
        "textposition": "middle right",
        "textfont": {"size": 13.5, "color": ink},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
