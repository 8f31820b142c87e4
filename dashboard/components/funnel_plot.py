"""Units by how much their figure rests on, within what chance allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.components.certainty_words import SIGNS, symbol, word
from dashboard.components.charts import (
    Reference,
    Specification,
    layout_of,
    line_at,
    reach,
    references,
    set_apart,
    told,
    width_of,
)
from dashboard.components.indicator_facts import Indicator, Row
from dashboard.components.marks import INK
from dashboard.i18n import t
from metrics.funnel import FunnelPoint

REST = "#8C9298"
HEIGHT, LABEL_HEIGHT = 430, 36
WIDE_SPAN = 30
"""Beyond this ratio of the largest to the smallest unit, the scale is logarithmic."""


def funnel(indicator: Indicator) -> Specification:
    """Units by how much their figure rests on, within the limits that chance allows; those outside are named.

    A clear difference has a filled sign, a possible one an open sign, in the colour of its side.
    """
    points = list(indicator.points.values())
    curves = [
        _curve(indicator, name, dash)
        for name, dash in (
            ("lower998", "solid"),
            ("upper998", "solid"),
            ("lower95", "dot"),
            ("upper95", "dot"),
        )
    ]
    lines, margin = references(indicator), {"l": 46, "t": 10, "b": 44}
    margin["r"] = 12 + max((_widest(each.label) for each in lines), default=0)
    layout = layout_of(height=HEIGHT, margin=margin)
    sizes = [point.exposure for point in points]
    layout["xaxis"] |= {"type": "log" if max(sizes) > WIDE_SPAN * min(sizes) else "linear"}
    layout["xaxis"] |= {"title": {"text": _size_title(indicator), "font": {"size": 12.5}}}
    if layout["xaxis"]["type"] == "log":
        layout["xaxis"] |= {"dtick": "D2"} if max(sizes) < 400 * min(sizes) else {"dtick": 1}
    values = (value for each in points for value in (each.value, each.lower95, each.upper95))
    span = reach([indicator.funnel.centre, *values, *(each.value for each in lines)])
    layout["yaxis"] |= {"range": span}
    layout["annotations"] = _labels(lines, (span[1] - span[0]) / (HEIGHT - margin["t"] - margin["b"]))
    across = [line_at(each, "y", [min(sizes), max(sizes)]) for each in lines]
    return Specification(traces=[*across, *curves, _funnel_marks(indicator, points)], layout=layout)


def _labels(lines: Sequence[Reference], pixel: float) -> list[dict[str, object]]:
    """The names of the reference lines beside the plot, in two lines each; ``pixel`` is one in the KPI's unit."""
    places = set_apart([each.value for each in lines], LABEL_HEIGHT * pixel)
    return [
        {
            "text": each.label.replace(" ", "<br>"),
            "align": "left",
            "showarrow": False,
            "font": {"size": 12.5, "color": "#444"},
            "xref": "paper",
            "x": 1,
            "xanchor": "left",
            "xshift": 4,
            "y": place,
            "yanchor": "middle",
        }
        for each, place in zip(lines, places, strict=True)
    ]


def _widest(label: str) -> int:
    return max(width_of(part) for part in label.split(" "))


def _size_title(indicator: Indicator) -> str:
    by_cases = indicator.kpi.cases == "denominator"
    return t("n（单位越大越靠右）") if by_cases else t("分母（单位越大越靠右）")


def _curve(indicator: Indicator, name: str, dash: str) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [each.exposure for each in indicator.limits],
        "y": [getattr(each, name) for each in indicator.limits],
        "line": {"color": REST, "width": 1, "dash": dash},
        "hoverinfo": "skip",
    }


def _funnel_marks(indicator: Indicator, points: Sequence[FunnelPoint]) -> dict[str, object]:
    rows: Mapping[str, Row] = {str(row["unit_code"]): row for row in indicator.rows}
    found = [indicator.certainty[point.unit_code] for point in points]
    named = [
        each.side or point.unit_code == indicator.picked for each, point in zip(found, points, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [point.exposure for point in points],
        "y": [point.value for point in points],
        "marker": {
            "size": [11 if name else 8 for name in named],
            "color": [SIGNS[each.side].colour if each.side else REST for each in found],
            "symbol": [symbol(each) for each in found],
            "line": {
                "width": [2.5 if point.unit_code == indicator.picked else 0 for point in points],
                "color": INK,
            },
        },
        "text": [
            indicator.names[point.unit_code] if name else ""
            for name, point in zip(named, points, strict=True)
        ],
        "textposition": "top center",
        "textfont": {"size": 12.5, "color": INK},
        "cliponaxis": False,
        "hovertext": [
            f"{told(indicator, rows[point.unit_code], indicator.names[point.unit_code])}<br>{word(each)}"
            for each, point in zip(found, points, strict=True)
        ],
        "hoverinfo": "text",
    }
