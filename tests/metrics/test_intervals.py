"""Intervals: the published test values, and what holds for every count."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.intervals import byar, exact_poisson, poisson, rate_interval, wilson

COUNTS = st.integers(min_value=0, max_value=150)


@pytest.mark.parametrize(
    ("successes", "cases", "lower", "upper"),
    [
        (5, 6, 43.65, 96.99),
        (18, 20, 69.90, 97.21),
        (90, 100, 82.56, 94.48),
        (900, 1000, 87.98, 91.71),
        (0, 5, 0, 43.45),
        (28, 28, 87.94, 100),
    ],
)
def test_wilson_intervals(successes, cases, lower, upper):
    found = wilson(successes, cases)
    assert tuple(100 * limit for limit in found) == pytest.approx((lower, upper), abs=0.005)


@pytest.mark.parametrize(
    ("count", "lower", "upper"), [(10, 4.787, 18.391), (30, 20.237, 42.828), (100, 81.362, 121.628)]
)
def test_byar_intervals(count, lower, upper):
    assert byar(count) == pytest.approx((lower, upper), abs=0.0005)


@pytest.mark.parametrize(("count", "lower", "upper"), [(0, 0, 3.689), (1, 0.025, 5.572), (5, 1.623, 11.668)])
def test_exact_poisson_intervals(count, lower, upper):
    assert exact_poisson(count) == pytest.approx((lower, upper), abs=0.0005)


def test_a_lower_limit_is_never_below_nothing():
    assert byar(1, 0.998)[0] == 0


def test_no_event_has_the_closed_form_upper_limit():
    # P(0 | mean) = exp(-mean) = 0.025, so the limit is -ln 0.025.
    assert exact_poisson(0)[1] == pytest.approx(3.688879454113936, abs=1e-9)


@settings(deadline=None)
@given(COUNTS, st.sampled_from([0.8, 0.95, 0.998]))
def test_an_interval_holds_its_count_and_widens_with_confidence(count, confidence):
    for interval in (byar, exact_poisson, poisson):
        lower, upper = interval(count, confidence)
        assert 0 <= lower <= count < upper
        wider = interval(count, (1 + confidence) / 2)
        assert wider[0] <= lower
        assert wider[1] > upper


@settings(deadline=None)
@given(COUNTS)
def test_limits_rise_with_the_count(count):
    for interval in (byar, exact_poisson):
        assert interval(count)[0] <= interval(count + 1)[0]
        assert interval(count)[1] < interval(count + 1)[1]


@settings(deadline=None)
@given(st.integers(min_value=10, max_value=150))
def test_byar_is_close_to_exact_from_ten_on(count):
    assert byar(count) == pytest.approx(exact_poisson(count), rel=0.002)


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=10_000), st.data())
def test_a_share_and_its_complement_mirror_each_other(cases, data):
    successes = data.draw(st.integers(min_value=0, max_value=cases))
    lower, upper = wilson(successes, cases)
    assert 0 <= lower <= successes / cases <= upper <= 1
    assert wilson(cases - successes, cases) == pytest.approx((1 - upper, 1 - lower), abs=1e-12)


def test_a_rate_without_people_has_no_interval():
    assert rate_interval(3, 0, 10_000) is None
    assert rate_interval(5, 50_000, 10_000) == pytest.approx((0.3247, 2.3337), abs=0.0001)


@pytest.mark.parametrize(("successes", "cases"), [(1, 0), (-1, 5), (6, 5)])
def test_an_impossible_share_is_refused(successes, cases):
    with pytest.raises(ValueError, match="found"):
        wilson(successes, cases)
