"""Laws of writing figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import format
from metrics.kpis import KPIS

OFFICERS, REPEATS = KPIS["officers_per_10k"], KPIS["complaints_repeat_rate"]
VALUES = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)
DECIMALS = st.integers(min_value=0, max_value=3)


def _row(value: float | None, target: float | None, status: str) -> dict[str, object]:
    return {"value": value, "target": target, "status": status}


@given(VALUES, VALUES, DECIMALS)
def test_a_written_number_stays_on_its_side_of_a_threshold(value, threshold, decimals):
    written = Decimal(format.number(value, decimals, threshold=threshold).replace(",", ""))
    exact, edge = Decimal(str(value)), Decimal(str(threshold))
    assert (written > edge) - (written < edge) == (exact > edge) - (exact < edge) or exact == edge


@given(VALUES, DECIMALS)
def test_a_written_number_is_within_half_a_step(value, decimals):
    written = Decimal(format.number(value, decimals).replace(",", ""))
    assert abs(written - Decimal(str(value))) <= Decimal(1).scaleb(-decimals) / 2


@pytest.mark.parametrize(
    ("kpi", "value", "target", "status", "written"),
    [
        (OFFICERS, 4.996, 5, "missed", "4.99"),
        (OFFICERS, 5.0, 5, "met", "5.00"),
        (OFFICERS, 5.0, 5, "missed", "4.99"),  # the float hides what the exact comparison saw
        (OFFICERS, 4.999999999999999, 5, "met", "5.00"),
        (REPEATS, 5.04, 5, "missed", "5.1"),
        (REPEATS, 4.96, 5, "met", "5.0"),
        (OFFICERS, None, 5, "not_reported", "–"),
    ],
)
def test_figures_as_written(kpi, value, target, status, written):
    assert format.figure(kpi, _row(value, target, status)) == written


def test_what_does_not_exist_is_a_dash_never_zero():
    assert format.number(None, 1) == "–"
    assert format.change(OFFICERS, 4.5, None) is None
    assert format.change(OFFICERS, None, 4.5) is None


def test_numbers_words_and_units():
    assert format.cases(6240.0) == "n=6,240"
    assert format.number(-0.04, 1) == "0.0"
    assert format.month(date(2026, 9, 1)) == "2026年9月"
    assert (format.target(OFFICERS, 5.0), format.target(REPEATS, 5.0)) == ("≥5", "≤5")
    assert [format.plain(value) for value in (90.0, 67.5, 1000 / 12)] == ["90", "67.5", "83.33"]


def test_differences_of_percentages_are_points():
    assert format.change(REPEATS, 3.5, 4.5) == "↓1.0个百分点"
    assert format.change(OFFICERS, 4.62, 4.6) == "↑0.02"
    assert format.change(OFFICERS, 4.6, 4.6) == "持平"
    assert format.change(OFFICERS, 4.6001, 4.6) == "↑<0.01"
