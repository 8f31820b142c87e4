"""Charts as SVG: marks lie where their values say, lines break where values are missing, texts stay texts."""

from __future__ import annotations

import math
from itertools import groupby, pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.components.chart_axes import axis_of
from dashboard.components.chart_svg import drawing, picture
from dashboard.components.charts import Specification, layout_of

SVG = "{http://www.w3.org/2000/svg}"
VALUES = st.lists(
    st.floats(min_value=-1e4, max_value=1e4).map(lambda value: round(value, 3)), min_size=3, max_size=9
).filter(lambda values: max(values) - min(values) > 1)


def _chart(
    xs: list[float], ys: list[float | None], *, log: bool = False, name: str = "昆明"
) -> Specification:
    layout = layout_of(height=300, margin={"l": 40, "r": 60, "t": 10, "b": 40})
    layout["xaxis"] |= {"type": "log" if log else "linear"}
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": xs,
        "y": ys,
        "line": {"color": "#123456", "width": 2},
        "marker": {"size": 8, "color": "#123456", "symbol": ["circle", *["circle-open"] * (len(xs) - 1)]},
        "text": [name, *[""] * (len(xs) - 1)],
        "hovertext": [f"{name}<br>{x}" for x in xs],
    }
    return Specification(traces=[trace], layout=layout)


def _marks(chart: Specification) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture(chart, "图", 700)).iter(f"{SVG}circle"))


def _shares(values: list[float]) -> list[float]:
    low, high = min(values), max(values)
    return [(value - low) / (high - low) for value in values]


@given(xs=VALUES, ys=st.data())
def test_marks_lie_as_far_apart_as_their_values(xs, ys):
    heights = ys.draw(VALUES.filter(lambda values: len(values) >= 3))[: len(xs)]
    xs = xs[: len(heights)]
    if max(xs) - min(xs) <= 1 or max(heights) - min(heights) <= 1:
        return
    marks = _marks(_chart(xs, heights))
    assert _shares([float(mark.get("cx")) for mark in marks]) == pytest.approx(_shares(xs), abs=0.002)
    # Upward on paper is downward in coordinates.
    assert _shares([-float(mark.get("cy")) for mark in marks]) == pytest.approx(_shares(heights), abs=0.002)
    assert all(10 <= float(mark.get("cy")) <= 260 for mark in marks)
    assert all(0 <= float(mark.get("cx")) <= 600 for mark in marks)


def test_a_logarithmic_axis_has_equal_steps_for_equal_ratios():
    marks = _marks(_chart([10.0, 100.0, 1000.0], [1.0, 2.0, 3.0], log=True))
    first, second, third = (float(mark.get("cx")) for mark in marks)
    assert second - first == pytest.approx(third - second, abs=0.2)


@given(ys=st.lists(st.none() | st.floats(min_value=0, max_value=9), min_size=1, max_size=14))
def test_a_line_breaks_where_a_value_is_missing_and_such_a_point_has_no_mark(ys):
    chart = _chart([float(place) for place in range(len(ys))], ys)
    drawn = ElementTree.fromstring(picture(chart, "图", 700))
    runs = [len(list(run)) for known, run in groupby(ys, lambda value: value is not None) if known]
    lines = [len(line.get("points").split()) for line in drawn.iter(f"{SVG}polyline")]
    assert lines == [length for length in runs if length > 1]
    assert len(list(drawn.iter(f"{SVG}circle"))) == sum(runs)


def test_hollow_marks_are_drawn_hollow():
    full, *hollow = _marks(_chart([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]))
    assert full.get("fill") == "#123456"
    assert {(mark.get("fill"), mark.get("stroke")) for mark in hollow} == {("#FFFFFF", "#123456")}


def test_an_edge_has_the_colour_it_is_given_and_every_symbol_its_outline():
    chart = _chart([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    (trace,) = chart.traces
    trace["marker"] |= {
        "color": "#FFFFFF",
        "line": {"color": "#00AA00", "width": 1.2},
        "symbol": ["triangle-up", "triangle-down", "diamond-open"],
    }
    drawn = ElementTree.fromstring(picture(chart, "图", 700))
    up, down, open_one = drawn.findall(f".//{SVG}path[@class='point']")
    assert {up.get("stroke"), down.get("stroke")} == {"#00AA00"}
    assert len({up.get("d"), down.get("d"), open_one.get("d")}) == 3
    # An open symbol is drawn in the colour of the mark itself.
    assert open_one.get("stroke") == "#FFFFFF"


@given(name=st.text(alphabet=st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20))
def test_a_name_is_text_whatever_it_holds(name):
    name = name.replace("<br>", "").replace("<b>", "")
    chart = _chart([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], name=name)
    for drawn in (picture(chart, name, 700), drawing(chart, name)):
        root = ElementTree.fromstring(drawn)
        assert any(each.text == name for each in root.iter() if each.tag.endswith("text"))
        assert any(each.get("data-tip", "").startswith(f"{name}\n") for each in root.iter())


ENDS = st.tuples(st.floats(min_value=-1e6, max_value=1e6), st.floats(min_value=0.01, max_value=1e6)).map(
    lambda each: (each[0], each[0] + each[1])
)


@given(ends=ENDS, most=st.integers(min_value=2, max_value=9), turned=st.booleans())
def test_an_axis_is_marked_at_round_values_at_even_steps_within_its_ends(ends, most, turned):
    axis = axis_of({"range": ends[::-1] if turned else ends}, (), most)
    values = [value for value, _ in axis.marks]
    assert len(values) <= most + 1
    # Nearer to an end than a pixel is at it.
    slack = 1e-6 + 1e-8 * (ends[1] - ends[0])
    assert all(ends[0] - slack <= value <= ends[1] + slack for value in values)
    steps = {round(after - before, 9) for before, after in pairwise(values)}
    for step in steps:
        assert min(steps) == pytest.approx(step, rel=1e-6)
        assert step / 10 ** math.floor(math.log10(step) + 1e-9) == pytest.approx(
            round(step / 10 ** math.floor(math.log10(step) + 1e-9)), rel=1e-6
        )
    for value, words in axis.marks:
        assert float(words.replace(",", "")) == pytest.approx(value, abs=1e-6)


ANY = (
    st.none()
    | st.floats(min_value=-1e9, max_value=1e9)
    | st.sampled_from([0.0, math.nan, math.inf, -math.inf])
)


@example(points=[(0.0, 1.0)], ends=(0.0, 2.2250738585e-313), log=False)
@example(points=[], ends=(0.0, 2.2250738585e-313), log=True)
@given(
    points=st.lists(st.tuples(ANY, ANY), max_size=8),
    ends=st.none() | st.tuples(ANY, ANY).filter(lambda each: None not in each),
    log=st.booleans(),
)
def test_a_point_without_a_place_is_left_out_and_every_other_has_one(points, ends, log):
    xs, ys = [x for x, _ in points], [y for _, y in points]
    layout = layout_of(height=300, margin={"l": 40, "r": 60, "t": 10, "b": 40})
    layout["xaxis"] |= {"type": "log" if log else "linear"} | ({"range": ends} if ends else {})
    layout["yaxis"] |= {"range": ends} if ends else {}
    look = {"size": 8, "color": "#123456"}
    trace = {
        "mode": "lines+markers",
        "x": xs,
        "y": ys,
        "line": {"color": "#123456", "width": 2},
        "marker": look,
    }
    marks = _marks(Specification(traces=[trace], layout=layout))
    placed = [
        None not in (x, y) and math.isfinite(x) and math.isfinite(y) and (x > 0 or not log) for x, y in points
    ]
    assert len(marks) == sum(placed)
    assert all(math.isfinite(float(mark.get(way))) for mark in marks for way in ("cx", "cy"))


@given(at=st.floats(min_value=-1e9, max_value=1e9), log=st.booleans())
def test_a_range_without_room_is_given_some_and_its_value_stands_in_the_middle(at, log):
    at = abs(at) + 1e-6 if log else at
    axis = axis_of({"range": (at, at), "type": "log" if log else "linear"}, (), 6)
    assert axis.share(at) == pytest.approx(0.5, abs=0.01)
    assert axis.ends[0] < at < axis.ends[1]
