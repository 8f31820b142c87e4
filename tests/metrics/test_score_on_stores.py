"""A score's change on data made by chance: its parts add up to it, whatever enters or leaves the weights."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest

from etl import calendar
from metrics.connection import current_build, open_build, runner
from metrics.dimensions import read_dimensions
from metrics.explain import explain_change
from metrics.kpis import KPIS
from metrics.scorecard import NEVER_SCORED, Scorecard, ScorecardItem
from metrics.scoring import unit_scores
from tests.metrics.random_store import random_data_set, stored

SCORED = [
    kpi
    for key, kpi in KPIS.items()
    if key not in NEVER_SCORED
    and kpi.direction != "context"
    and kpi.denominator is not None
    and not kpi.judged_in
]


def card(random: Random) -> Scorecard:
    """A scorecard of some KPIs with weights of chance, so that months differ in their items."""
    chosen = random.sample(SCORED, 9)
    items = tuple(
        ScorecardItem(
            kpi=kpi.key,
            weight=Decimal(random.randint(1, 20)),
            floor=Decimal(0 if kpi.direction == "up" else 60),
            target=Decimal(90 if kpi.direction == "up" else 0),
        )
        for kpi in chosen
    )
    day = calendar.first_day("2025-01")
    return Scorecard(
        key="c", title_zh="表", title_en="card", valid_from=day, coverage_rule=Fraction(1, 3), items=items
    )


@pytest.mark.parametrize("seed", range(2))
def test_the_parts_of_a_change_add_up_to_it(seed, tmp_path):
    data, random = random_data_set(seed, tmp_path), Random(seed)
    with open_build(current_build(stored(data, tmp_path).folder)) as connection:
        run = runner(connection)
        dimensions = read_dimensions(run)
        months = [month for month in data.campaign.periods if calendar.first_day(month) <= data.today.date()]
        scores = [
            {
                unit.unit_code: unit
                for unit in unit_scores(
                    run, dimensions, KPIS, card(random), month=calendar.first_day(month), as_of=data.today
                )
            }
            for month in months
        ]
    causes = set()
    for before, now in pairwise(scores):
        for code, unit in now.items():
            moves = explain_change(before[code], unit)
            if moves:
                assert sum(move.difference for move in moves) == unit.score - before[code].score
                held = {item.kpi for item in (*unit.items, *before[code].items)}
                assert sorted(move.kpi for move in moves) == sorted(held)
                causes |= {move.cause for move in moves}
    assert {"joined", "left"} <= causes
