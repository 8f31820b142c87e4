"""Certainty in one voice: what is said of a difference never contradicts the interval that stands beside it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.certainty import certainty
from metrics.funnel import funnel
from metrics.kpis import KPIS
from metrics.rank_certainty import rank_certainty
from metrics.uncertainty import interval_of

ON_TIME, COMPLAINTS, REPEATED = (
    KPIS[key] for key in ("complaints_on_time_rate", "complaints_per_10k", "complaints_repeat_rate")
)
SURENESS = ("indistinct", "possible", "clear")


def row(kpi, code, count, exposure):
    cases = count if kpi.cases == "numerator" else exposure
    value = kpi.factor * count / exposure
    facts = {"unit_code": str(code), "numerator": float(count), "denominator": float(exposure)}
    return facts | {"value": value, "cases": float(cases), "status": "missed", "target": 1.0}


@st.composite
def rows(draw):
    """Units of a proportion or a rate, good at either end."""
    kpi = draw(st.sampled_from([ON_TIME, REPEATED, COMPLAINTS]))
    exposures = draw(st.lists(st.integers(5, 5000), min_size=3, max_size=16))
    scale = 1000 if kpi is COMPLAINTS else 1
    counts = [draw(st.integers(0, exposure)) for exposure in exposures]
    return kpi, [
        row(kpi, code, count, exposure * scale)
        for code, (count, exposure) in enumerate(zip(counts, exposures, strict=True))
    ]


@given(rows())
def test_a_unit_cannot_be_told_apart_exactly_when_its_interval_holds_the_parents_value(units):
    kpi, found = units
    drawn = funnel(kpi, found)
    for point, each in zip(drawn.points, found, strict=True):
        low, high = interval_of(kpi, each)
        said = certainty(kpi, point)
        assert (said.difference == "indistinct") == (low <= drawn.centre <= high)
        assert (said.side == "") == (said.difference == "indistinct")
        if said.side:
            assert (said.side == "better") == ((point.value > drawn.centre) == (kpi.direction == "up"))


@given(rows())
def test_a_clear_difference_lies_beyond_the_outer_limits(units):
    kpi, found = units
    for point in funnel(kpi, found).points:
        beyond = not point.lower998 <= point.value <= point.upper998
        assert (certainty(kpi, point).difference == "clear") <= beyond


def test_more_cases_at_the_same_value_are_never_less_sure():
    steady = [row(ON_TIME, code, 900, 1000) for code in range(20)]
    said = [
        certainty(ON_TIME, funnel(ON_TIME, [*steady, row(ON_TIME, "own", 8 * size, 10 * size)]).points[-1])
        for size in (1, 5, 10, 20, 40)
    ]
    sureness = [SURENESS.index(each.difference) for each in said]
    assert all(before <= after for before, after in pairwise(sureness))
    assert set(sureness) == {0, 1, 2}


def test_without_a_better_and_a_worse_a_difference_has_no_good_side():
    plain = [row(ON_TIME, code, 90, 100) for code in range(20)]
    context = KPIS["posts_filled_rate"]
    point = funnel(ON_TIME, [*plain, row(ON_TIME, "own", 30, 100)]).points[-1]
    assert certainty(context, point).side == "lower"
    assert certainty(ON_TIME, point).side == "worse"


@pytest.mark.parametrize(("target", "side"), [(None, "higher"), (2.0, "worse")])
def test_what_is_never_scored_is_judged_by_a_target_alone(target, side):
    units = [row(COMPLAINTS, code, 100, 1_000_000) for code in range(20)]
    units = [each | {"target": target} for each in (*units, row(COMPLAINTS, "own", 300, 1_000_000))]
    assert certainty(COMPLAINTS, funnel(COMPLAINTS, units).points[-1]).side == side


BANDS = st.integers(1, 10).flatmap(lambda first: st.tuples(st.just(first), st.integers(first, 10)))


@given(st.dictionaries(st.sampled_from("abcdefgh"), BANDS, min_size=1))
def test_of_two_units_both_say_the_same(bands):
    ranks = {code: first for code, (first, _) in bands.items()}
    said = {code: rank_certainty(code, ranks, bands) for code in bands}
    for one in bands:
        told = (*said[one].alike, *said[one].ahead, *said[one].behind)
        assert sorted(told) == sorted(bands.keys() - {one})
        for other in bands.keys() - {one}:
            assert (other in said[one].alike) == (one in said[other].alike)
            assert (other in said[one].ahead) == (one in said[other].behind)


@pytest.mark.parametrize("code", ["a", "c"])
def test_bands_that_do_not_meet_are_told_apart(code):
    bands = {"a": (1, 2), "b": (1, 4), "c": (3, 4)}
    said = rank_certainty(code, {"a": 1, "b": 2, "c": 3}, bands)
    assert said.alike == ("b",)
    assert (said.ahead, said.behind) == (((), ("c",)) if code == "a" else (("a",), ()))
