"""Funnels: published limits, the exact chances behind them, and who lies outside."""

from itertools import accumulate, pairwise
from math import exp, lgamma, log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.funnel import curve, dispersion, funnel, limits_at
from metrics.kpis import KPIS

ON_TIME = KPIS["complaints_on_time_rate"]
COMPLAINTS = KPIS["complaints_per_10k"]


def of_cases(*pairs, status="missed"):
    """Rows of a proportion: (good cases, cases) each."""
    return [
        {
            "unit_code": str(number),
            "numerator": good,
            "denominator": cases,
            "value": 100 * good / cases,
            "cases": cases,
            "status": status,
        }
        for number, (good, cases) in enumerate(pairs)
    ]


def of_people(*pairs):
    """Rows of a rate: (complaints, resident-months) each."""
    return [
        {
            "unit_code": str(number),
            "numerator": count,
            "denominator": people,
            "value": 10_000 * count / people,
            "cases": count,
            "status": "no_target",
        }
        for number, (count, people) in enumerate(pairs)
    ]


def limits(found):
    return found.lower95, found.upper95, found.lower998, found.upper998


def positions(found):
    return [point.position for point in found.points]


@pytest.mark.parametrize(
    ("cases", "expected"), [(50, (81.68, 98.32, 76.89, 100)), (200, (85.84, 94.16, 83.44, 96.56))]
)
def test_published_limits_of_proportions(cases, expected):
    assert limits(limits_at(ON_TIME, cases, centre=90.0)) == pytest.approx(expected, abs=0.005)


def quantile(mean, chance):
    """The least count that chance reaches, added up one by one."""
    chances = (exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(1000))
    return next(count for count, reached in enumerate(accumulate(chances)) if reached >= chance)


@settings(deadline=None, max_examples=100)
@given(st.floats(min_value=0.05, max_value=300))
def test_a_count_is_outside_exactly_when_it_is_outside_the_whole_number_quantiles(mean):
    found = limits_at(COMPLAINTS, 10_000, centre=mean)
    for lower, upper, tail in ((*limits(found)[:2], 0.025), (*limits(found)[2:], 0.001)):
        low, high = quantile(mean, tail), quantile(mean, 1 - tail)
        assert low - 1 < lower <= low
        assert high <= upper < high + 1


def test_limits_of_rates_have_no_steps():
    found = [limits_at(COMPLAINTS, 10_000, centre=5 + step / 1000).lower95 for step in range(3000)]
    assert max(abs(later - earlier) for earlier, later in pairwise(found)) < 0.01


@settings(deadline=None, max_examples=50)
@given(st.floats(0, 100), st.integers(1, 10**5), st.floats(0, 50), st.sampled_from([ON_TIME, COMPLAINTS]))
def test_limits_hold_the_centre_within_what_is_possible_and_alarm_lies_outside_alert(
    centre, exposure, phi, kpi
):
    lower95, upper95, lower998, upper998 = limits(limits_at(kpi, exposure, centre=centre, phi=phi))
    assert 0 <= lower998 <= lower95 <= centre + 1e-9
    assert centre - 1e-9 <= upper95 <= upper998
    assert kpi is COMPLAINTS or upper998 <= 100


def test_the_centre_is_the_ratio_of_sums_few_cases_included():
    few = {**of_cases((0, 10), status="too_few_cases")[0], "unit_code": "few"}
    found = funnel(ON_TIME, [*of_cases((90, 100), (45, 50), (700, 800)), few])
    assert found.centre == pytest.approx(100 * 835 / 960)
    assert [point.unit_code for point in found.points] == ["0", "1", "2"]


def test_units_as_chance_would_have_them_are_inside():
    found = funnel(ON_TIME, of_cases((90, 100), (182, 200), (45, 50), (358, 400)))
    assert set(positions(found)) == {"inside"}
    assert not found.inflated


def test_the_same_value_is_an_alarm_in_a_large_unit_and_chance_in_a_small_one():
    usual = [(45, 50)] * 40
    found = funnel(ON_TIME, of_cases((41, 50), (8200, 10_000), (9800, 10_000), *usual))
    assert positions(found)[:3] == ["inside", "very_low", "very_high"]


def test_an_alert_lies_between_the_two_limits():
    steady = [(900, 1000)] * 20
    assert positions(funnel(ON_TIME, of_cases((43, 53), *steady)))[0] == "low"
    assert positions(funnel(COMPLAINTS, of_people((45, 300_000), *[(1000, 10**7)] * 20)))[0] == "high"


def test_more_scatter_than_chance_widens_the_outer_limits_by_the_root_of_phi():
    rows = of_people(*((count, 1_000_000) for count in (40, 60, 80, 100, 120, 140, 160)))
    found = funnel(COMPLAINTS, rows)
    plain = limits_at(COMPLAINTS, 1_000_000, centre=found.centre)
    wide = limits(found.points[0])
    assert found.inflated
    # What chance alone does is what it is, however much units differ.
    assert wide[:2] == limits(plain)[:2]
    for own, bare in zip(wide[2:], limits(plain)[2:], strict=True):
        assert own - found.centre == pytest.approx(sqrt(found.phi) * (bare - found.centre)) or own == 0


def test_one_extreme_unit_does_not_hide_itself_in_phi():
    assert dispersion([*[1, -1] * 10, 50]) == pytest.approx(1)
    assert positions(funnel(ON_TIME, of_cases((100, 1000), *[(90, 100)] * 300)))[0] == "very_low"


def test_units_that_are_all_alike_are_inside():
    for good in (0, 90, 100):
        assert set(positions(funnel(ON_TIME, of_cases(*[(good, 100)] * 4)))) == {"inside"}
    assert set(positions(funnel(COMPLAINTS, of_people(*[(0, 10_000)] * 4)))) == {"inside"}


def test_the_curve_runs_from_the_smallest_to_the_largest_unit_and_meets_their_limits():
    found = funnel(COMPLAINTS, of_people((30, 400_000), (90, 900_000), (800, 8_000_000)))
    drawn = curve(COMPLAINTS, found)
    for point, end in ((found.points[0], drawn[0]), (found.points[2], drawn[-1])):
        assert end.exposure == pytest.approx(point.exposure)
        assert limits(end) == pytest.approx(limits(point))


@pytest.mark.parametrize(
    "key", ["officers_per_10k", "certified_rate", "violations", "training_hours_per_officer"]
)
def test_no_funnel_where_chance_says_nothing_or_nothing_is_exposed(key):
    assert funnel(KPIS[key], of_cases((90, 100), (80, 100), (70, 100))) is None


def test_no_funnel_of_two():
    assert funnel(ON_TIME, of_cases((90, 100), (80, 100))) is None


def test_a_survey_is_placed_by_its_answers():
    rows = of_cases((90, 100), (80, 100), (70, 100))
    weighted = [{**row, "numerator": row["numerator"] * 10_000, "denominator": 1_000_000} for row in rows]
    found = funnel(KPIS["satisfaction_rate"], weighted)
    assert found.centre == pytest.approx(80)
    assert {point.exposure for point in found.points} == {100}
