"""Whatever the door lets through builds: no accepted cell can fail a check or turn a figure absurd."""

import random
from contextlib import closing
from datetime import date, datetime

import polars as pl
import pytest

from etl.findings import blocks
from etl.schema import NOT_APPLICABLE
from etl.sheets import SHEETS
from etl.validate import validate
from metrics.connection import current_build, open_build, runner
from metrics.dimensions import read_dimensions
from metrics.kpis import KPIS
from metrics.query import table
from tests.etl.example_workbooks import example_cover, example_workbook_rows, reading_of
from tests.etl.stores import load_into, write_workbook, yunnan

MONTH = "2026-09"
EXTREMES = (0, 1, 999, 10_000_000, NOT_APPLICABLE)
TRIES = 400
LOADED = 6


@pytest.fixture(scope="module")
def campaign():
    return yunnan()


def extreme_rows(campaign, unit, chance: random.Random) -> dict[str, list[dict]]:
    """Example rows with a few number cells of one sheet pushed to their limits or to 不适用."""
    rows = example_workbook_rows(campaign, unit, MONTH, 3)
    sheet = SHEETS[chance.choice(["basics", "monthly", "quarterly", "trainings"])]
    numbers = [column for column in sheet.columns if column.type in ("integer", "decimal")]
    for _ in range(chance.randint(1, 5)):
        row, column = chance.choice(rows[sheet.key]), chance.choice(numbers)
        value = chance.choice(EXTREMES)
        row[column.name] = column.maximum if column.type == "decimal" else value
    return rows


def is_let_through(campaign, unit, rows) -> bool:
    reading = reading_of(campaign, unit, MONTH, example_cover(campaign, unit, MONTH), rows)
    checked = validate(reading, campaign, today=date(2026, 12, 1), history=lambda *_: None)
    return not blocks(checked.findings)


def test_what_passes_the_door_can_be_built_and_gives_no_absurd_figure(tmp_path, campaign):
    chance = random.Random(7)
    units = campaign.reporting_units
    passed = []
    for number in range(TRIES):
        unit = units[number % len(units)]
        rows = extreme_rows(campaign, unit, chance)
        if is_let_through(campaign, unit, rows):
            passed.append((unit, rows))
        if len(passed) == LOADED:
            break
    assert len(passed) == LOADED

    for number, (unit, rows) in enumerate(passed):
        path = write_workbook(tmp_path / f"{number}.xlsx", campaign, unit, MONTH, rows=rows)
        loaded = load_into(tmp_path / "store", [path], campaign)
        assert loaded.failure is None
        assert loaded.files[0].is_in

    with closing(open_build(current_build(tmp_path / "store"))) as connection:
        run = runner(connection)
        figures = table(
            run,
            read_dimensions(run),
            list(KPIS.values()),
            month=date(2026, 9, 1),
            kind="year",
            as_of=datetime(2027, 1, 1),
        )
    assert figures.filter((pl.col("numerator") < 0) | (pl.col("denominator") < 0)).is_empty()


@pytest.mark.parametrize("missing", ["files_excellent", "files_pass", "files_fail"])
def test_grades_beyond_the_files_reviewed_are_found_though_one_is_not_applicable(campaign, missing):
    unit = campaign.reporting_units[0]
    rows = example_workbook_rows(campaign, unit, MONTH, 3)
    rows["quarterly"][0].update(files_reviewed=5, files_excellent=3, files_pass=3, files_fail=3)
    rows["quarterly"][0][missing] = NOT_APPLICABLE

    assert not is_let_through(campaign, unit, rows)
