"""Every change equals its second statement, on data made by chance in which units are missing and drop out."""

import os
from contextlib import closing
from dataclasses import replace
from random import Random

import pytest

from etl import calendar
from metrics.change import BASES, change
from metrics.connection import current_build, open_build, runner
from metrics.dimensions import read_dimensions
from metrics.kpis import KPIS
from tests.metrics import change_oracle, random_campaign
from tests.metrics.oracle import Asked
from tests.metrics.random_store import DataSet, random_data_set, stored
from tests.metrics.test_oracle import KINDS, agree, closed_issues, questions

DATA_SETS = int(os.environ.get("CHANGE_DATA_SETS", "12"))
"""The environment may ask for more."""
CHUNKS = [range(start, start + 4) for start in range(1000, 1000 + DATA_SETS, 4)]
LASTING = (random_campaign.LASTING, (13, 16), random_campaign.LASTING, (24, 26))
"""Of four campaigns one reaches far enough back for a month, and one for a year, to have one last year."""
ALWAYS = (0, 99)
ON_BOTH_SIDES = ("value", "value_before", "difference")
COUNTED = ("units_compared", "units_now", "units_before")


def dropping_out(data: DataSet, random: Random) -> DataSet:
    """Some units report only from some month on, or only up to one."""
    spans = {
        unit.code: random.choice(
            [ALWAYS, ALWAYS, ALWAYS, (0, random.randint(1, 12)), (random.randint(1, 12), 99)]
        )
        for unit in (*data.campaign.reporting_units, data.campaign.top)
    }
    place = {month: number for number, month in enumerate(data.campaign.periods)}
    kept = [
        each
        for each in data.handed
        if spans[each.unit_code][0] <= place[each.period] < spans[each.unit_code][1]
    ]
    return replace(data, handed=tuple(kept))


def differences(asked, against: str, run, dimensions) -> list[str]:
    """Each cell in which the changes and their second statement differ, in words."""
    frame = change(
        run,
        dimensions,
        list(KPIS.values()),
        month=calendar.first_day(asked.month),
        against=against,
        kind=asked.kind,
        as_of=asked.as_of,
    )
    rows = {(row["kpi"], row["level"], row["unit_code"]): row for row in frame.to_dicts()}
    earlier, found = change_oracle.before(asked, against), []
    for unit in asked.campaign.units:
        for key in KPIS:
            row = rows.pop((key, unit.level, unit.code))
            expected = change_oracle.change(asked, key, unit, earlier)
            for name in (*ON_BOTH_SIDES, *COUNTED):
                if not agrees(name, row[name], getattr(expected, name)):
                    place = f"{asked.kind} {asked.month} {against} at {asked.as_of}: {key} {unit.level} {unit.name}"
                    found.append(f"{place}: {name} is {row[name]}, expected {getattr(expected, name)}")
    return found + [f"not asked for: {key}" for key in rows]


def agrees(name: str, found, expected) -> bool:
    if name == "difference" and None not in (found, expected):
        return abs(found - expected) < 1e-7
    return agree(found, expected)


@pytest.mark.parametrize("seeds", CHUNKS, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_every_change_equals_the_oracle(seeds, tmp_path):
    for seed in seeds:
        random = Random(seed)
        made = random_data_set(seed, tmp_path / str(seed), LASTING[seed % len(LASTING)])
        data = dropping_out(made, random)
        store = stored(data, tmp_path / str(seed))
        with closing(open_build(current_build(store.folder))) as connection:
            run = runner(connection)
            dimensions = read_dimensions(run)
            for each in wanted(random, data, closed_issues(store)):
                for against in BASES:
                    assert differences(each, against, run, dimensions) == [], f"seed {seed}"


def wanted(random: Random, data: DataSet, closed: frozenset[tuple[str, str]]) -> list[Asked]:
    """Some periods of any month, and some of the last months, which have a base most often."""
    asked = questions(random, data, closed)[1:]
    last = [month for month in data.campaign.periods if calendar.first_day(month) <= data.today.date()][-3:]
    return asked + [
        replace(asked[0], kind=kind, month=random.choice(last)) for kind in random.sample(KINDS, 2)
    ]
