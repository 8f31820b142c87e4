"""Units beside one another, best first, each with its 95 % interval."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.charts import (
    SYMBOLS,
    Specification,
    layout_of,
    line_at,
    reach,
    references,
    told,
    width_of,
)
from dashboard.components.indicator_facts import Indicator, Row
from dashboard.components.marks import colour

ROW_HEIGHT, LABEL_HEIGHT = 22, 17


def dots(indicator: Indicator, rows: Sequence[Row]) -> Specification:
    """A line a unit, best first: its value as the mark of its judgement, and how far chance may have moved it.

    The target is a dashed line, the explained unit's own value a plain one.
    """
    places = list(range(len(rows)))
    bottom_and_top = [len(rows) - 0.4, -0.6]
    traces = [line_at(each, "x", bottom_and_top) for each in references(indicator)]
    traces += [_whiskers(rows)] if any(row["lower"] is not None for row in rows) else []
    traces.append(_marks(indicator, rows))
    names = max((12 + width_of(indicator.names[str(row["unit_code"])]) for row in rows), default=0)
    span = _span(indicator, rows)
    labels = _labels(indicator, span)
    margin = {"l": max(92, names), "r": 26, "t": LABEL_HEIGHT * len(labels) + 4, "b": 26}
    layout = layout_of(height=ROW_HEIGHT * len(rows) + margin["t"] + 44, margin=margin)
    layout["xaxis"] |= {"range": span}
    layout["yaxis"] |= {"tickvals": places, "ticktext": [_tick(indicator, row) for row in rows]}
    layout["yaxis"] |= {"range": bottom_and_top, "ticklen": 0}
    layout["shapes"] = _picked_row(indicator, rows)
    layout["annotations"] = labels
    return Specification(traces=traces, layout=layout)


def _span(indicator: Indicator, rows: Sequence[Row]) -> list[float]:
    """The stretch of values drawn: figures, their intervals, and what they are read against."""
    drawn = [row[key] for row in rows for key in ("value", "lower", "upper")]
    return reach([*drawn, *(each.value for each in references(indicator))], air=0.03)


def _labels(indicator: Indicator, span: Sequence[float]) -> list[dict[str, object]]:
    """The names of the reference lines above the plot, each on a line of its own, within the plot's width."""
    found = []
    for place, each in enumerate(references(indicator)):
        along = (each.value - span[0]) / (span[1] - span[0])
        side = "left" if along < 0.25 else "right" if along > 0.75 else "center"
        found.append(
            {
                "text": each.label,
                "showarrow": False,
                "font": {"size": 12.5, "color": "#444"},
                "x": each.value,
                "xanchor": side,
                "yref": "paper",
                "y": 1,
                "yanchor": "bottom",
                "yshift": LABEL_HEIGHT * place,
            }
        )
    return found


def _whiskers(rows: Sequence[Row]) -> dict[str, object]:
    known = [(place, row) for place, row in enumerate(rows) if row["lower"] is not None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for _, row in known for x in (row["lower"], row["upper"], None)],
        "y": [y for place, _ in known for y in (place, place, None)],
        "line": {"color": "#A9AEB4", "width": 2},
        "hoverinfo": "skip",
    }


def _marks(indicator: Indicator, rows: Sequence[Row]) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row["value"] for row in rows],
        "y": list(range(len(rows))),
        "marker": {
            "size": 9,
            "color": [colour(str(row["status"])) for row in rows],
            "symbol": [SYMBOLS.get(str(row["status"]), "circle") for row in rows],
        },
        "hovertext": [told(indicator, row, indicator.names[row["unit_code"]]) for row in rows],
        "hoverinfo": "text",
    }


def _tick(indicator: Indicator, row: Row) -> str:
    name = indicator.names[str(row["unit_code"])]
    return f"<b>{name}</b>" if row["unit_code"] == indicator.picked else name


def _picked_row(indicator: Indicator, rows: Sequence[Row]) -> list[dict[str, object]]:
    band = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "fillcolor": "#E6EFF7", "line": {"width": 0}}
    return [
        band | {"y0": place - 0.5, "y1": place + 0.5, "layer": "below"}
        for place, row in enumerate(rows)
        if row["unit_code"] == indicator.picked
    ]
