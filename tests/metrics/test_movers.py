"""Movers: reporting told apart from substance, and no large fall hidden between the two."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.explain import Move
from metrics.movers import furthest, mover

REPORTS = ("reports_on_time_rate",)
EACH_WAY = 3
POINTS = st.integers(-20, 20)
CAUSES = st.sampled_from(["value", "reported", "not_reported", "weight", "left", "joined"])


def move(kpi, points, cause="value"):
    return Move(kpi=kpi, difference=Fraction(points), cause=cause)


@st.composite
def found(draw):
    return [
        mover(
            str(number),
            [
                move("reports_on_time_rate", draw(POINTS)),
                move("a", draw(POINTS), draw(CAUSES)),
                move("b", draw(POINTS)),
            ],
            REPORTS,
        )
        for number in range(draw(st.integers(0, 9)))
    ]


def test_a_late_report_is_no_substance_and_an_item_that_failed_to_come_is_none_either():
    late = mover("late", [move("reports_on_time_rate", -5), move("a", -2)], REPORTS)
    absent = mover("absent", [move("a", -10, "not_reported"), move("b", 1)], REPORTS)
    worse = mover("worse", [move("reports_on_time_rate", -5), move("a", -6)], REPORTS)
    named = furthest([late, absent, worse], EACH_WAY)
    assert [each.unit_code for each in named.reporting] == ["late", "absent"]
    assert [(each.unit_code, each.substance) for each in named.substance] == [("worse", -6)]


@settings(max_examples=50)
@given(found())
def test_the_furthest_falls_and_rises_are_named_in_one_list_or_the_other(units):
    named = furthest(units, EACH_WAY)
    codes = [each.unit_code for each in (*named.substance, *named.reporting)]
    assert len(codes) == len(set(codes))
    falls = sorted((each.difference, each.unit_code) for each in units if each.difference < 0)[:EACH_WAY]
    rises = sorted((-each.difference, each.unit_code) for each in units if each.difference > 0)[:EACH_WAY]
    told = {each.difference for each in units if each.unit_code in codes}
    assert {fall for fall, _ in falls} <= told
    assert {-rise for rise, _ in rises} <= told


@settings(max_examples=50)
@given(found())
def test_a_unit_stands_where_the_larger_part_of_its_change_lies(units):
    named = furthest(units, EACH_WAY)
    assert all(abs(each.substance) >= abs(each.reporting) for each in named.substance)
    assert all(abs(each.reporting) > abs(each.substance) for each in named.reporting)
    assert all(each.substance + each.reporting == each.difference for each in units)
    order = [each.substance for each in named.substance]
    assert order == sorted(order, reverse=True)
