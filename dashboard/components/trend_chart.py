"""The months of a figure: a line with gaps, its 95 % band, the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import format
from dashboard.components.charts import (
    HAIR,
    SYMBOLS,
    Specification,
    layout_of,
    reach,
    set_apart,
    told,
    width_of,
)
from dashboard.components.indicator_facts import Indicator, Row
from dashboard.components.marks import GREY, MET, colour
from dashboard.i18n import LANGUAGE, t

BAND = "#E4E7EA"
HEIGHT, MARGIN = 262, {"l": 44, "t": 10, "b": 36}
FEW_MONTHS = 6
"""So many months are all named."""
ROOM, LABEL_HEIGHT = 84, 18
"""Beyond this width, in pixels, a line's name and value stand below one another; the height of each."""


def trend(indicator: Indicator) -> Specification:
    """The months of the explained unit with their 95 % band, gaps where a month is missing, and the target.

    The picked unit runs along in the accent colour; the last month is marked, each line named at its end.
    """
    months = _labels(indicator.months)
    traces = [*_band(indicator.months), _target_steps(indicator, months)]
    traces += [
        _same_units(indicator),
        _line(indicator, indicator.months, indicator.name, GREY, indicator.other_units),
    ]
    ends = [End(rows=indicator.months, name=indicator.name, ink=colour(str(indicator.row["status"])))]
    if indicator.picked_months:
        traces.append(_line(indicator, indicator.picked_months, indicator.picked_name, MET))
        ends.append(End(rows=indicator.picked_months, name=indicator.picked_name, ink=MET))
    last = [_last(each) for each in ends]
    widest = max((width_of(line) for _, lines, _ in _beside(indicator, ends) for line in lines), default=26)
    margin = MARGIN | {"r": 18 + widest}
    layout = layout_of(height=HEIGHT, margin=margin)
    layout["yaxis"] |= {"range": _span(indicator)}
    layout["annotations"] = _names(indicator, ends)
    layout["xaxis"] |= {"tickvals": list(range(len(months))), "ticktext": months, "tickangle": 0}
    layout["xaxis"] |= {"range": [-0.4, len(months) - 0.6], "showgrid": False}
    return Specification(traces=[each for each in (*traces, *last) if each], layout=layout)


@dataclass(frozen=True, kw_only=True)
class End:
    """Where a line ends: its rows, whose they are, and its colour."""

    rows: Sequence[Row]
    name: str
    ink: str

    @property
    def place(self) -> int | None:
        """The last month with a value; None without any."""
        known = [place for place, row in enumerate(self.rows) if row["value"] is not None]
        return known[-1] if known else None

    @property
    def is_complete(self) -> bool:
        """Whether the line runs to the last month."""
        return self.place == len(self.rows) - 1


def _span(indicator: Indicator) -> list[float]:
    keys = ("value", "lower", "upper", "target")
    drawn = [row[key] for row in indicator.months for key in keys]
    same = indicator.same_units[1] if indicator.same_units else ()
    return reach([*drawn, *same, *(row["value"] for row in indicator.picked_months)])


def _told(indicator: Indicator, end: End) -> list[str]:
    """A line's name with its last value, on two lines where they are long."""
    value = format.figure(indicator.kpi, end.rows[-1])
    together = f"{end.name} {value}"
    return [together] if width_of(together) <= ROOM else [end.name, value]


def _names(indicator: Indicator, ends: Sequence[End]) -> list[dict[str, object]]:
    """What stands beside the plot, set apart; the name of a line that stops early stands above its last value."""
    span, labels = _span(indicator), _beside(indicator, ends)
    pixel = (span[1] - span[0]) / (HEIGHT - MARGIN["t"] - MARGIN["b"])
    least = LABEL_HEIGHT * max((len(lines) for _, lines, _ in labels), default=1) * pixel
    places = set_apart([value for value, _, _ in labels], least)
    beside = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 4, "yanchor": "middle", "align": "left"}
    found = [
        _name("<br>".join(lines), ink, strong=ink != HAIR) | beside | {"y": place}
        for (_, lines, ink), place in zip(labels, places, strict=True)
    ]
    above = {"xanchor": "center", "yanchor": "bottom", "yshift": 5}
    short = [each for each in ends if each.place is not None and not each.is_complete]
    return found + [
        _name(each.name, each.ink) | above | {"x": each.place, "y": each.rows[each.place]["value"]}
        for each in short
    ]


def _beside(indicator: Indicator, ends: Sequence[End]) -> list[tuple[float, list[str], str]]:
    """Value, lines of text and colour of each label beside the plot, the lowest first: lines and target."""
    found = [(each.rows[-1]["value"], _told(indicator, each), each.ink) for each in ends if each.is_complete]
    target = indicator.row["target"]
    if target is not None:
        found.append((target, [f"{t('目标')} {format.target(indicator.kpi, target)}"], HAIR))
    return sorted(found, key=lambda each: each[0])


def _name(text: str, ink: str, *, strong: bool = True) -> dict[str, object]:
    return {
        "text": f"<b>{text}</b>" if strong else text,
        "showarrow": False,
        "font": {"size": 13.5, "color": ink},
    }


def _labels(rows: Sequence[Row]) -> list[str]:
    """The months, of many every other one so that they stand apart on a phone; the first of a year names it."""
    labels, named = [], None
    for place, row in enumerate(rows):
        month = row["month"]
        if len(rows) > FEW_MONTHS and (len(rows) - 1 - place) % 2:
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
    """The target month by month: it may move through the year."""
    targets = [row["target"] for row in indicator.months]
    if all(target is None for target in targets):
        return None
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(range(len(months))) if len(months) > 1 else [-0.4, 0.4],
        "y": targets if len(months) > 1 else targets * 2,
        "line": {"color": HAIR, "width": 1, "dash": "dash", "shape": "hvh"},
        "hoverinfo": "skip",
    }


def _same_units(indicator: Indicator) -> dict[str, object] | None:
    """A thin line through the months over the reporting units that have reported in all of them."""
    if indicator.same_units is None:
        return None
    count, values = indicator.same_units
    name = t("同口径{count}个{level}", count=count, level=indicator.whom)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(range(len(values))),
        "y": list(values),
        "line": {"color": GREY, "width": 1, "dash": "dot"},
        "connectgaps": False,
        "hoverinfo": "skip",
    }


def _line(
    indicator: Indicator, rows: Sequence[Row], name: str, ink: str, hollow: Sequence[bool] = ()
) -> dict[str, object]:
    """A line through the months; those on other units than the last are drawn hollow."""
    symbols = ["circle-open" if is_hollow else "circle" for is_hollow in hollow] or "circle"
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(range(len(rows))),
        "y": [row["value"] for row in rows],
        "line": {"color": ink, "width": 1.8},
        "marker": {"size": 6 if any(hollow) else 4.5, "color": ink, "symbol": symbols},
        "connectgaps": False,
        "hovertext": [told(indicator, row, f"{name} {format.month(row['month'])}") for row in rows],
        "hoverinfo": "text",
    }


def _last(end: End) -> dict[str, object] | None:
    if not end.is_complete:
        return None
    row = end.rows[-1]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [len(end.rows) - 1],
        "y": [row["value"]],
        "marker": {"size": 10, "color": end.ink, "symbol": SYMBOLS.get(str(row["status"]), "circle")},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
