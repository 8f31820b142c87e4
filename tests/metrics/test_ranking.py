"""Ranks: within peer groups, ties shared, decided by values alone."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.kpis import KPIS
from metrics.ranking import (
    Standing,
    UnrankableError,
    competition_ranks,
    kpi_standing,
    ranked,
    require_rankable,
)

VALUES = st.fractions(min_value=0, max_value=100, max_denominator=20)
UNITS = st.dictionaries(st.integers(min_value=0, max_value=99), VALUES, min_size=1, max_size=16)


def standing(code, score, group="first", status="ranked"):
    return Standing(
        unit_code=str(code),
        unit_name=str(code),
        group=group,
        score=score,
        coverage=Fraction(1),
        status=status,
    )


def ranks(standings, **how):
    return {each.unit_code: each.rank for each in ranked(standings, **how)}


def test_ties_share_a_rank_and_the_next_rank_is_skipped():
    values = {"甲": Fraction(90), "乙": Fraction(95), "丙": Fraction(90), "丁": Fraction(80)}
    assert competition_ranks(values) == {"乙": 1, "甲": 2, "丙": 2, "丁": 4}


def test_values_that_print_alike_are_no_tie():
    assert competition_ranks({"a": Fraction(7671, 8522), "b": Fraction(90014, 100_000)}) == {"a": 1, "b": 2}


@settings(deadline=None)
@given(UNITS, st.randoms())
def test_ranks_do_not_depend_on_the_order_of_units(values, random):
    units = [standing(code, value, group=f"g{code % 3}") for code, value in values.items()]
    shuffled = random.sample(units, len(units))
    assert ranked(shuffled) == ranked(units)


@settings(deadline=None)
@given(UNITS, st.data())
def test_a_better_value_never_worsens_a_rank(values, data):
    unit = data.draw(st.sampled_from(sorted(values)))
    better = {**values, unit: values[unit] + data.draw(VALUES)}
    assert competition_ranks(better)[unit] <= competition_ranks(values)[unit]


@settings(deadline=None)
@given(UNITS)
def test_reversing_the_direction_reverses_the_order(values):
    up, down = competition_ranks(values), competition_ranks(values, higher_is_better=False)
    for one in values:
        for other in values:
            assert (up[one] < up[other]) == (down[one] > down[other])


@settings(deadline=None)
@given(UNITS)
def test_units_share_a_rank_exactly_when_their_values_are_equal(values):
    found = competition_ranks(values)
    for one in values:
        for other in values:
            assert (found[one] == found[other]) == (values[one] == values[other])
        assert found[one] == 1 + sum(value > values[one] for value in values.values())


@settings(deadline=None)
@given(UNITS, UNITS)
def test_a_group_is_ranked_as_if_it_were_alone(first, second):
    one = [standing(code, value, group="first") for code, value in first.items()]
    two = [standing(code + 100, value, group="second") for code, value in second.items()]
    assert ranks([*two, *one]) == ranks(one) | ranks(two)


def test_units_without_a_rank_stand_last_and_push_nobody_down():
    units = [
        standing("1", Fraction(99), status="below_coverage"),
        standing("2", Fraction(50)),
        standing("3", None, status="not_reported"),
    ]
    assert [(each.unit_code, each.rank) for each in ranked(units)] == [("2", 1), ("1", None), ("3", None)]


def row(status, value, **more):
    facts = {"unit_code": "1", "unit_name": "甲", "reported": 1, "expected": 1, "status": status}
    return facts | {"value": value, "numerator": value, "denominator": 100.0} | more


@pytest.mark.parametrize(
    ("status", "value", "expected"),
    [
        ("met", 100.0, ("ranked", 100)),
        ("missed", 40.0, ("ranked", 40)),
        ("no_target", 40.0, ("ranked", 40)),
        ("too_few_cases", 40.0, ("below_coverage", 40)),
        ("not_applicable", None, ("below_coverage", None)),
        ("not_reported", None, ("not_reported", None)),
    ],
)
def test_only_figures_with_enough_cases_are_ranked(status, value, expected):
    found = kpi_standing(KPIS["two_recorder_rate"], row(status, value), "first")
    assert (found.status, found.score) == expected
    assert found.reason == ("" if found.status == "ranked" else status)


def test_the_score_of_a_kpi_ranking_is_its_exact_value():
    third = row("missed", 100 / 3, numerator=1.0, denominator=3.0)
    assert kpi_standing(KPIS["two_recorder_rate"], third, None).score == Fraction(100, 3)


def test_a_kpi_that_is_context_only_is_refused_by_name():
    with pytest.raises(UnrankableError, match="编制使用率"):
        require_rankable(KPIS["posts_filled_rate"])
