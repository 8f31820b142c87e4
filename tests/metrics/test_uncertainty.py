"""Intervals of figures: examples of each kind, and what holds for every KPI that has one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.kpis import KPIS
from metrics.uncertainty import interval_of, spread_of

COUNTED_IN_FULL = {
    "training_hours_per_officer",
    "training_coverage_rate",
    "training_months_rate",
    "officers_per_10k",
    "officers_gap",
    "certified_rate",
    "frontline_rate",
    "auxiliaries_per_officer",
    "posts_filled_rate",
    "communities_served_rate",
    "notice_board_rate",
    "reports_on_time_rate",
    "issues_confirmed_rate",
    "issues_overdue",
    "violations",
    "major_opinion_events",
}
OF = {
    spread: [kpi for kpi in KPIS.values() if spread_of(kpi) == spread]
    for spread in ("proportion", "count", "none")
}
SCALES = st.integers(min_value=2, max_value=50)


def row(kpi, count, exposure):
    """A row of the table: ``count`` of or over ``exposure``; a surveyed unit has 1000 residents an answer."""
    weight = 1000 if kpi.mart == "mart_survey" else 1
    denominator = None if kpi.denominator is None else exposure * weight
    return {
        "numerator": count * weight,
        "denominator": denominator,
        "value": kpi.factor * count * weight / (denominator or 1),
        "cases": count if kpi.cases == "numerator" else exposure,
    }


def width(interval):
    return interval[1] - interval[0]


@st.composite
def shares(draw):
    cases = draw(st.integers(min_value=1, max_value=5000))
    return draw(st.integers(min_value=0, max_value=cases)), cases


# Examples


def test_a_proportion_has_wilsons_interval_in_percent():
    found = interval_of(KPIS["complaints_on_time_rate"], row(KPIS["complaints_on_time_rate"], 90, 100))
    assert found == pytest.approx((82.56, 94.48), abs=0.005)


def test_a_survey_is_as_sure_as_its_answers_not_as_its_residents():
    of_residents = {"numerator": 900_000.0, "denominator": 1_000_000.0, "value": 90.0, "cases": 100}
    found = interval_of(KPIS["satisfaction_rate"], of_residents)
    assert found == pytest.approx((82.56, 94.48), abs=0.005)


def test_a_rate_has_the_interval_of_its_count_over_its_population():
    kpi = KPIS["complaints_per_10k"]
    assert interval_of(kpi, row(kpi, 100, 1_000_000)) == pytest.approx((0.81362, 1.21628), abs=1e-5)


def test_what_is_counted_in_full_has_no_interval():
    assert {kpi.key for kpi in OF["none"]} == COUNTED_IN_FULL
    assert all(interval_of(kpi, row(kpi, 3, 10)) is None for kpi in OF["none"])


def test_a_bare_count_is_a_census():
    assert {spread_of(kpi) for kpi in KPIS.values() if kpi.denominator is None} == {"none"}


@pytest.mark.parametrize("key", ["complaints_on_time_rate", "satisfaction_rate", "complaints_per_10k"])
def test_without_a_value_there_is_no_interval(key):
    nothing = {"numerator": None, "denominator": None, "value": None, "cases": None}
    assert interval_of(KPIS[key], nothing) is None


def test_more_than_all_is_no_proportion():
    kpi = KPIS["training_attendance_rate"]
    assert interval_of(kpi, row(kpi, 31, 30)) is None


# Laws


@pytest.mark.parametrize("kpi", OF["proportion"], ids=lambda kpi: kpi.key)
@settings(deadline=None, max_examples=50)
@given(share=shares(), scale=SCALES)
def test_the_interval_of_a_proportion_holds_it_within_the_whole_and_narrows_with_cases(kpi, share, scale):
    count, cases = share
    few, many = row(kpi, count, cases), row(kpi, count * scale, cases * scale)
    lower, upper = interval_of(kpi, few)
    assert 0 <= lower <= few["value"] <= upper <= 100
    assert width(interval_of(kpi, many)) < upper - lower


@pytest.mark.parametrize("kpi", OF["count"], ids=lambda kpi: kpi.key)
@settings(deadline=None, max_examples=50)
@given(count=st.integers(0, 2000), exposure=st.integers(1, 10_000_000), scale=SCALES)
def test_the_interval_of_a_rate_holds_it_and_narrows_with_exposure(kpi, count, exposure, scale):
    few, many = row(kpi, count, exposure), row(kpi, count * scale, exposure * scale)
    lower, upper = interval_of(kpi, few)
    assert 0 <= lower <= few["value"] < upper
    assert width(interval_of(kpi, many)) < upper - lower
