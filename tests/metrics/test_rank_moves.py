"""Moves of rank: nobody moves because another unit is missing, in no month of any chart, table or file."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from metrics.rank_moves import places_gained, rank_paths
from metrics.ranking import competition_ranks

UNITS = "abcdefg"
SCORES = st.dictionaries(st.sampled_from(UNITS), st.integers(0, 6).map(Fraction), max_size=len(UNITS))
"""A month of a group: the scores of those that reported, ties among them."""
MONTHS = st.lists(SCORES, min_size=2, max_size=6)


def ranks(scores):
    return {code: competition_ranks(scores).get(code) for code in UNITS}


def of(months):
    return rank_paths([ranks(scores) for scores in months])


def test_those_below_a_unit_that_drops_out_have_not_moved():
    before, now = {"a": 1, "b": 2, "c": 3}, {"a": None, "b": 1, "c": 2}
    assert places_gained(before, now) == {"b": 0, "c": 0}
    assert [*rank_paths([before, now]).places] == [{"b": 1, "c": 2}] * 2


def test_a_month_in_which_one_of_them_had_no_rank_is_not_compared():
    all_there, without_a = {"a": 1, "b": 2, "c": 3}, {"a": None, "b": 1, "c": 2}
    found = rank_paths([without_a, all_there, without_a, all_there, all_there])
    assert [places is None for places in found.places] == [True, False, True, False, False]


@given(SCORES, SCORES)
def test_whoever_moves_has_passed_or_been_passed_by_a_unit_ranked_in_both_months(before, now):
    gained = places_gained(ranks(before), ranks(now))
    assert gained.keys() == before.keys() & now.keys()
    for code, places in gained.items():
        rivals = gained.keys() - {code}
        ahead_then = {each for each in rivals if before[each] > before[code]}
        ahead_now = {each for each in rivals if now[each] > now[code]}
        assert places == len(ahead_then) - len(ahead_now)
        assert places == 0 or ahead_then != ahead_now


@given(MONTHS, st.data())
def test_taking_out_a_unit_that_is_not_compared_moves_nobody(months, data):
    found = of(months)
    missing = data.draw(
        st.sampled_from(sorted(set(UNITS) - found.compared)) if set(UNITS) - found.compared else st.none()
    )
    fewer = [{code: score for code, score in scores.items() if code != missing} for scores in months]
    assert of(fewer) == found


@given(MONTHS)
def test_the_last_step_of_the_chart_is_the_move_of_the_table(months):
    *_, before, now = of(months).places
    gained = places_gained(ranks(months[-2]), ranks(months[-1]))
    assert {code: before[code] - now[code] for code in now} == gained


@given(MONTHS)
def test_every_month_drawn_ranks_the_same_units_among_themselves(months):
    found = of(months)
    for scores, places in zip(months, found.places, strict=True):
        assert (places is None) == bool(found.compared - scores.keys())
        if places is not None:
            assert places == competition_ranks({code: scores[code] for code in found.compared})
