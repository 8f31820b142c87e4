"""Bands of ranks: they hold the rank, do not depend on order, and are the rank where nothing is unsure."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.kpis import KPIS
from metrics.rank_band import rank_bands, rank_bands_by_kpi
from metrics.ranking import UnrankableError, rank_scores
from metrics.scoring import ItemScore, UnitScore

SAMPLED = ("complaints_on_time_rate", "callback_satisfaction_rate", "legal_review_rate")
CERTAIN = ("certified_rate", "training_coverage_rate", "frontline_rate")
PERCENTS = st.integers(min_value=0, max_value=100)


def item(key, good, cases=100, weight=10):
    """An item of ``good`` of ``cases``; None is not reported."""
    missing = good is None
    return ItemScore(
        kpi=key,
        status="not_reported" if missing else "missed",
        value=None if missing else Fraction(100 * good, cases),
        floor=Fraction(0),
        target=Fraction(100),
        weight=Fraction(weight),
        numerator=None if missing else float(good),
        denominator=None if missing else float(cases),
        cases=None if missing else float(cases),
    )


def unit(code, *items, group="first", coverage_rule=Fraction(1, 3), handed_in=True):
    return UnitScore(
        unit_code=code,
        unit_name=code,
        group=group,
        items=items,
        coverage_rule=coverage_rule,
        handed_in=handed_in,
    )


def units(values, keys=SAMPLED, cases=100, groups=1):
    """Units numbered from 0, dealt out to the groups in turn, from one tuple of good cases each."""
    return [
        unit(
            str(code),
            *(item(key, good, cases) for key, good in zip(keys, goods, strict=True)),
            group=code % groups,
        )
        for code, goods in enumerate(values)
    ]


GOODS = st.tuples(PERCENTS, PERCENTS, PERCENTS)
VALUES = st.lists(GOODS, min_size=1, max_size=8)


@settings(deadline=None, max_examples=30)
@given(VALUES)
def test_a_band_holds_the_rank_and_stays_within_the_group(values):
    scores = units(values, groups=2)
    bands = rank_bands(scores)
    for standing in rank_scores(scores):
        low, high = bands[standing.unit_code]
        members = sum(each.group == standing.group for each in scores)
        assert 1 <= low <= standing.rank <= high <= members


@settings(deadline=None, max_examples=30)
@given(VALUES, st.integers(0, 99))
def test_bands_do_not_depend_on_the_order_of_units(values, seed):
    scores = units(values, groups=2)
    assert rank_bands(Random(seed).sample(scores, len(scores))) == rank_bands(scores)


@settings(deadline=None, max_examples=30)
@given(VALUES)
def test_where_nothing_is_unsure_the_band_is_the_rank(values):
    scores = units(values, keys=CERTAIN, groups=2)
    bands = rank_bands(scores, weight_spread=0)
    assert bands == {each.unit_code: (each.rank, each.rank) for each in rank_scores(scores)}


@settings(deadline=None, max_examples=30)
@given(st.lists(PERCENTS, min_size=1, max_size=8))
def test_the_weight_of_a_single_item_decides_nothing(values):
    scores = [unit(str(code), item("certified_rate", good)) for code, good in enumerate(values)]
    bands = rank_bands(scores)
    assert bands == {each.unit_code: (each.rank, each.rank) for each in rank_scores(scores)}


@settings(deadline=None, max_examples=30)
@given(GOODS, st.lists(GOODS, max_size=6))
def test_equal_units_have_the_same_band(same, others):
    bands = rank_bands(units([same, *others, same]))
    assert bands["0"] == bands[str(len(others) + 1)]


def test_weights_alone_can_turn_two_units():
    bands = rank_bands(units([(80, 60, 70), (60, 80, 69), (10, 10, 10)], keys=CERTAIN))
    assert bands == {"0": (1, 2), "1": (1, 2), "2": (3, 3)}


def test_more_cases_make_surer_ranks():
    few = rank_bands(units([(9, 9, 9), (8, 8, 8), (7, 7, 7)], cases=10))
    many = rank_bands(units([(9000, 9000, 9000), (8000, 8000, 8000), (7000, 7000, 7000)], cases=10_000))
    assert few["1"] == (1, 3)
    assert many["1"] == (2, 2)


def test_only_the_ranked_have_a_band_and_the_rest_move_nobody():
    scores = units([(90, 90, 90), (50, 50, 50), (80, 80, 80), (40, 40, 40)])
    below = unit(
        "below",
        item(SAMPLED[0], 90),
        item(SAMPLED[1], None),
        item(SAMPLED[2], None),
        coverage_rule=Fraction(2, 3),
    )
    silent = unit("silent", *(item(key, None) for key in SAMPLED), handed_in=False)
    assert rank_bands([*scores, below, silent]) == rank_bands(scores)


def test_what_was_not_reported_earns_nothing_in_any_draw():
    scores = [
        unit("owes", item("certified_rate", 100), item("frontline_rate", None)),
        unit("gave", item("certified_rate", 100), item("frontline_rate", 80)),
    ]
    assert rank_bands(scores) == {"owes": (2, 2), "gave": (1, 1)}


# By one KPI


def rows(kpi, pairs, status="missed"):
    return [
        {
            "unit_code": str(code),
            "unit_name": str(code),
            "numerator": float(good),
            "denominator": float(cases),
            "value": kpi.factor * good / cases,
            "cases": float(cases),
            "status": status,
            "reported": 1,
            "expected": 1,
        }
        for code, (good, cases) in enumerate(pairs)
    ]


def groups(pairs):
    return {str(code): "first" for code in range(len(pairs))}


def test_sixteen_units_of_one_true_rate_have_bands_as_wide_as_chance():
    """The same 0.8 complaints per 10 000 everywhere: no unit's place is sure, the smallest one's least."""
    people = [387_511, 552_694, 1_253_878, 8_460_088]
    pairs = [(round(0.8 * each / 10_000), each) for each in people] * 4
    kpi = KPIS["complaints_per_10k"]
    bands = rank_bands_by_kpi(kpi, rows(kpi, pairs), groups(pairs))
    assert bands["0"] == (1, 16)
    assert all(high - low >= 4 for low, high in bands.values())


def test_the_direction_decides_which_end_is_best():
    pairs = [(900, 1000), (100, 1000)]
    for key, first in (("complaints_on_time_rate", "0"), ("complaints_repeat_rate", "1")):
        assert rank_bands_by_kpi(KPIS[key], rows(KPIS[key], pairs), groups(pairs))[first] == (1, 1)


def test_by_one_kpi_counted_in_full_the_band_is_the_rank():
    kpi, pairs = KPIS["certified_rate"], [(9, 10), (18, 20), (7, 10), (10, 10)]
    bands = rank_bands_by_kpi(kpi, rows(kpi, pairs), groups(pairs))
    assert bands == {"0": (2, 2), "1": (2, 2), "2": (4, 4), "3": (1, 1)}


def test_too_few_cases_have_no_band():
    kpi, pairs = KPIS["complaints_on_time_rate"], [(9, 10), (8, 10)]
    assert rank_bands_by_kpi(kpi, rows(kpi, pairs, status="too_few_cases"), groups(pairs)) == {}


def test_context_has_no_ranks_and_no_bands():
    kpi = KPIS["posts_filled_rate"]
    with pytest.raises(UnrankableError):
        rank_bands_by_kpi(kpi, rows(kpi, [(9, 10)]), {})
