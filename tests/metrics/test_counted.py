"""The surveys behind a satisfaction figure are those it is weighted from."""

from datetime import date
from fractions import Fraction

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from metrics.survey import Hierarchy, satisfaction, waves_behind

TOP, PREFECTURES, COUNTIES = ("province", "1"), ("prefecture", "1{}"), ("county", "1{}{}")
UNITS = (
    TOP,
    *((PREFECTURES[0], f"1{place}") for place in "ab"),
    *((COUNTIES[0], f"1{place}{part}") for place in "ab" for part in "xy"),
)
HIERARCHY = Hierarchy(
    units=UNITS,
    children={
        TOP: UNITS[1:3],
        **{
            ("prefecture", f"1{place}"): tuple(("county", f"1{place}{part}") for part in "xy")
            for place in "ab"
        },
    },
)
BEFORE = date(2026, 10, 1)
SURVEYS = st.lists(
    st.fixed_dictionaries(
        {
            "unit": st.sampled_from(UNITS),
            "wave": st.sampled_from(["2026-1", "2026-2"]),
            "ended_on": st.sampled_from([date(2026, 3, 20), date(2026, 6, 20), date(2026, 10, 2)]),
            "answers": st.integers(0, 40),
            "population": st.sampled_from([0, 1_000, 7_000]),
        }
    ),
    max_size=14,
    unique_by=lambda row: (row["unit"], row["wave"]),
)


@given(SURVEYS)
def test_the_waves_behind_a_figure_give_it(rows):
    surveys = pl.DataFrame(
        [
            {"level": row["unit"][0], "unit_code": row["unit"][1], "satisfied": row["answers"] // 2}
            | {name: row[name] for name in ("wave", "ended_on", "answers", "population")}
            for row in rows
        ],
        schema={
            "level": pl.String,
            "unit_code": pl.String,
            "satisfied": pl.Int64,
            "wave": pl.String,
            "ended_on": pl.Date,
            "answers": pl.Int64,
            "population": pl.Int64,
        },
    )
    figures = satisfaction(surveys, HIERARCHY, before=BEFORE)
    for unit in UNITS:
        waves = waves_behind(surveys, HIERARCHY, unit, before=BEFORE)
        found = [row for row in surveys.to_dicts() if (row["level"], row["unit_code"], row["wave"]) in waves]
        assert len(found) == len(waves)
        if unit not in figures:
            assert waves == []
            continue
        weights = [row["population"] or row["answers"] for row in found]
        shares = [Fraction(row["satisfied"], row["answers"]) for row in found]
        assert sum(weights) == figures[unit].denominator
        assert sum(w * s for w, s in zip(weights, shares, strict=True)) == figures[unit].numerator
        assert sum(row["answers"] for row in found) == figures[unit].answers
