"""Gaps: what is missing makes a figure meet its target, and one less does not."""

from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.compile import denominator_scale
from metrics.gap import gap
from metrics.kpis import KPIS
from metrics.status import TARGET_SCALE, with_status, with_value

RATIOS = [
    kpi
    for kpi in KPIS.values()
    if kpi.denominator is not None and kpi.mart != "mart_survey" and kpi.direction != "context"
]
COUNTS = [kpi for kpi in KPIS.values() if kpi.denominator is None]


def judged(kpi, parts, whole, target):
    """A row as the table has it, judged by the status rule; ``parts`` and ``whole`` are whole numbers."""
    facts = {
        "n": parts,
        "d": whole * denominator_scale(kpi),
        "answers": None,
        "meets_exactly": None,
        "measure_scale": kpi.measure_scale,
        "denominator_scale": denominator_scale(kpi),
        "factor": kpi.factor,
        "has_denominator": kpi.denominator is not None,
        "has_population": True,
        "cases_are_numerator": kpi.cases == "numerator",
        "applicable": True,
        "reported": 1,
        "stands_on_sheet": True,
        "too_few": False,
        "direction": kpi.direction,
        "target": None if target is None else float(target),
        "target_parts": None if target is None else int(target * TARGET_SCALE),
    }
    types = {"n": pl.Int128, "d": pl.Int128, "answers": pl.Int64, "meets_exactly": pl.Boolean}
    frame = pl.DataFrame([facts], schema_overrides=types).lazy()
    return with_status(with_value(frame)).collect().row(0, named=True)


TARGETS = st.one_of(
    st.decimals(min_value=0, max_value=150, places=4),
    st.integers(min_value=1, max_value=12).map(lambda month: Decimal(100) * month / 12),
)


@pytest.mark.parametrize("kpi", RATIOS + COUNTS, ids=lambda kpi: kpi.key)
@settings(deadline=None, max_examples=30)
@given(parts=st.integers(0, 10**6), whole=st.integers(1, 10**7), target=TARGETS)
def test_the_gap_is_the_least_that_meets_the_target(kpi, parts, whole, target):
    missing = gap(kpi, judged(kpi, parts, whole, target))
    step = kpi.measure_scale if kpi.direction == "up" else -kpi.measure_scale
    assert judged(kpi, parts + missing * step, whole, target)["status"] == "met"
    if missing:
        assert judged(kpi, parts + (missing - 1) * step, whole, target)["status"] == "missed"


@pytest.mark.parametrize(
    ("key", "parts", "whole", "target", "missing"),
    [
        ("complaints_on_time_rate", 92, 100, 95, 3),
        ("complaints_on_time_rate", 95, 100, 95, 0),
        ("complaints_on_time_rate", 8522, 9335, 95, 347),
        ("complaints_repeat_rate", 12, 200, 5, 2),
        ("officers_per_10k", 193, 387_511, 5, 1),
        ("officers_per_10k", 194, 387_511, 5, 0),
        ("training_hours_per_officer", 74_999, 100, Decimal("7.5"), 1),
        ("issues_overdue", 9, 1, 0, 9),
        ("violations", 0, 1, 0, 0),
    ],
)
def test_gaps_worked_by_hand(key, parts, whole, target, missing):
    assert gap(KPIS[key], judged(KPIS[key], parts, whole, Decimal(target))) == missing


def surveyed(satisfied, answers, residents, target):
    share = satisfied / answers
    return {
        "numerator": residents * share,
        "denominator": float(residents),
        "value": 100 * share,
        "cases": answers,
        "target": target,
        "status": "met" if 100 * satisfied >= target * answers else "missed",
    }


@settings(deadline=None)
@given(st.integers(1, 3000), st.data(), st.integers(1, 10**7), st.integers(0, 100))
def test_a_surveyed_unit_is_short_of_answers_not_of_residents(answers, data, residents, target):
    satisfied = data.draw(st.integers(0, answers))
    missing = gap(KPIS["satisfaction_rate"], surveyed(satisfied, answers, residents, float(target)))
    assert 100 * (satisfied + missing) >= target * answers
    assert missing == 0 or 100 * (satisfied + missing - 1) < target * answers


@pytest.mark.parametrize("status", ["no_target", "too_few_cases", "not_applicable", "not_reported"])
def test_what_is_not_judged_has_no_gap(status):
    row = judged(KPIS["complaints_on_time_rate"], 90, 100, Decimal(95))
    assert gap(KPIS["complaints_on_time_rate"], {**row, "status": status}) is None


def test_a_target_beyond_all_still_has_its_number():
    kpi = replace(KPIS["certified_rate"], direction="up")
    assert gap(kpi, judged(kpi, 100, 100, Decimal(120))) == 20
