"""Every cell of the table of figures equals the second statement of the definitions, on data made by chance."""

import os
from contextlib import closing
from datetime import timedelta
from math import isclose
from random import Random

import pytest

from etl import calendar
from metrics.connection import current_build, open_build, runner
from metrics.dimensions import read_dimensions
from metrics.kpis import KPIS
from metrics.query import table
from tests.metrics.oracle import Asked, figure
from tests.metrics.random_store import closed_issues, random_data_set, stored
from tests.metrics.random_workbooks import accepted, presentable

KINDS = ("month", "quarter", "ytd", "year", "rolling12")
DATA_SETS = int(os.environ.get("DATA_SETS", "50"))
"""The environment may ask for more."""
CHUNKS = [range(start, start + 10) for start in range(0, DATA_SETS, 10)]
DOOR_SEEDS = range(500, 506)
NUMBERS = ("numerator", "denominator", "value", "cases", "target")
RELATIVE_TOLERANCE = 1e-12


def questions(random: Random, data, closed: frozenset[tuple[str, str]]) -> list[Asked]:
    """Three periods as seen at moments after the last workbook came, some at the very end of a due day."""
    begun = [month for month in data.campaign.periods if calendar.first_day(month) <= data.today.date()]
    asked = []
    for kind in random.sample(KINDS, 3):
        month = random.choice([*begun, data.campaign.periods[-1]])
        due_at = data.campaign.due_at(random.choice(data.campaign.periods))
        moments = [data.today, due_at, due_at - timedelta(seconds=1), data.today + timedelta(days=400)]
        # While some extensions are running, others have run out.
        moments.append(due_at + timedelta(days=random.choice([1, 3, 6])))
        as_of = max(data.today, random.choice(moments))
        asked.append(
            Asked(
                campaign=data.campaign,
                handed=data.handed,
                granted=data.granted,
                closed=closed,
                month=month,
                kind=kind,
                as_of=as_of,
            )
        )
    return asked


def differences(asked: Asked, run, dimensions) -> list[str]:
    """Each cell in which table and oracle differ, in words."""
    frame = table(
        run,
        dimensions,
        list(KPIS.values()),
        month=calendar.first_day(asked.month),
        kind=asked.kind,
        as_of=asked.as_of,
    )
    rows = {(row["kpi"], row["level"], row["unit_code"]): row for row in frame.to_dicts()}
    found = []
    for unit in asked.campaign.units:
        for key in KPIS:
            row, expected = rows.pop((key, unit.level, unit.code)), figure(asked, key, unit)
            for name in (*NUMBERS, "status", "reported", "expected"):
                if not agree(row[name], getattr(expected, name)):
                    place = f"{asked.kind} {asked.month} at {asked.as_of}: {key} {unit.level} {unit.name}"
                    found.append(f"{place}: {name} is {row[name]}, expected {getattr(expected, name)}")
    return found + [f"not asked for: {key}" for key in rows]


def agree(found, expected) -> bool:
    if found is None or expected is None or isinstance(expected, str):
        return found == expected
    return isclose(found, expected, rel_tol=RELATIVE_TOLERANCE)


@pytest.mark.parametrize("seeds", CHUNKS, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_every_cell_equals_the_oracle(seeds, tmp_path):
    for seed in seeds:
        data = random_data_set(seed, tmp_path / str(seed))
        store = stored(data, tmp_path / str(seed))
        with closing(open_build(current_build(store.folder))) as connection:
            run = runner(connection)
            dimensions = read_dimensions(run)
            for asked in questions(Random(seed), data, closed_issues(store)):
                assert differences(asked, run, dimensions) == [], f"seed {seed}"


@pytest.mark.parametrize("seed", DOOR_SEEDS)
def test_every_cell_equals_the_oracle_when_workbooks_come_through_the_door(seed, tmp_path):
    data = presentable(random_data_set(seed, tmp_path))
    store = accepted(data, tmp_path)
    with closing(open_build(current_build(store.folder))) as connection:
        run = runner(connection)
        dimensions = read_dimensions(run)
        for asked in questions(Random(seed), data, closed_issues(store)):
            assert differences(asked, run, dimensions) == []
