"""The way back from a figure to the rows and cells it is made of."""

from contextlib import closing
from datetime import datetime
from random import Random

import openpyxl
import polars as pl
import pytest

from etl import calendar, provenance
from etl.provenance import rows_behind
from etl.sheets import SHEETS
from etl.store import Store
from metrics.connection import current_build, open_build, runner
from metrics.counted import counted, measures
from metrics.dimensions import read_dimensions
from metrics.kpis import KPIS
from metrics.query import table
from tests.etl.stores import load_into, write_workbook, yunnan
from tests.metrics.random_store import random_data_set, stored

SEEDS = range(700, 704)
WITHOUT_ROWS = {
    "staffing_population": "population comes with the campaign",
    "complaints_population": "population comes with the campaign",
    "county_months": "months are counted, not rows",
    "reported_on_time": "reports are counted, not their rows",
    "reports_due": "reports are counted, not their rows",
}
NOT_A_PLAIN_SUM = {
    ("satisfaction_rate", "numerator"): "weighted by population",
    ("satisfaction_rate", "denominator"): "weighted by population",
    ("satisfaction_self_rate", "numerator"): "weighted by population",
    ("satisfaction_self_rate", "denominator"): "weighted by population",
    ("officers_gap", "numerator"): "counted against the standard",
    ("training_hours_per_officer", "denominator"): "the average of the months' rolls",
}
MONTH, AS_OF = "2026-09", datetime(2026, 10, 20)


def test_every_measure_of_a_kpi_has_rows_or_a_reason_for_none():
    asked = {name for kpi in KPIS.values() for name in measures(kpi)}
    assert {name for name in asked if provenance.sheet_of(name) is None} == set(WITHOUT_ROWS)


@pytest.mark.parametrize("sheet", provenance.READ_FROM)
def test_the_cells_that_decide_are_columns_of_their_sheet_and_no_free_text(sheet):
    columns = {column.name: column for column in SHEETS[sheet].columns}
    named = {name for of_measure in provenance.READ_FROM[sheet].values() for name in of_measure}
    assert named <= columns.keys()
    assert [name for name in named if columns[name].type == "text" and not columns[name].carried_key] == []


def asked(run, dimensions, kpi, unit, month, kind, as_of):
    places = {"month": calendar.first_day(month), "kind": kind, "as_of": as_of}
    return counted(run, dimensions, kpi, **places, level=unit.level, unit_code=unit.code)


def checked_sums(data, store: Store, random: Random) -> int:
    """How many numerators and denominators were found to be the sum of the rows behind them."""
    build, checked = current_build(store.folder), 0
    month, kind = random.choice(data.handed).period, random.choice(["month", "ytd", "rolling12"])
    as_of = max(data.today, data.campaign.due_at(month))
    units = {(each.level, each.code): each for each in random.sample(data.campaign.units, 3)}
    with closing(open_build(build)) as connection:
        run = runner(connection)
        dimensions = read_dimensions(run)
        first = calendar.first_day(month)
        figures = table(run, dimensions, list(KPIS.values()), month=first, kind=kind, as_of=as_of)
        for row in figures.iter_rows(named=True):
            if (row["level"], row["unit_code"]) not in units:
                continue
            kpi, unit = KPIS[row["kpi"]], units[row["level"], row["unit_code"]]
            places = asked(run, dimensions, kpi, unit, month, kind, as_of)
            totals = {}
            for of_sheet in rows_behind(store, build, places, measures(kpi)):
                listed = of_sheet.rows.select(pl.col("^adds_.*$").sum()).to_dicts()[0]
                assert of_sheet.rows.height == of_sheet.row_count
                for name, total in of_sheet.totals.items():
                    assert (listed[f"adds_{name}"] or 0) + of_sheet.withheld_totals[name] == total
                totals |= of_sheet.totals
            if "answers" in totals:
                assert totals["answers"] == (row["cases"] or 0)
            for name, part in ((kpi.numerator, "numerator"), (kpi.denominator, "denominator")):
                plain = (kpi.key, part) not in NOT_A_PLAIN_SUM
                if plain and name in totals and row[part] is not None:
                    assert float(totals[name]) == pytest.approx(row[part], rel=1e-12), (row, name)
                    checked += 1
    return checked


def test_the_rows_behind_every_figure_add_up_to_it(tmp_path):
    checked = 0
    for seed in SEEDS:
        data = random_data_set(seed, tmp_path / str(seed))
        checked += checked_sums(data, stored(data, tmp_path / str(seed)), Random(seed))
    assert checked > 200


def test_rows_of_profit_driven_enforcement_and_events_are_counted_only(tmp_path):
    data = random_data_set(0, tmp_path)
    store = stored(data, tmp_path)
    build = current_build(store.folder)
    withheld = 0
    with closing(open_build(build)) as connection:
        run = runner(connection)
        dimensions = read_dimensions(run)
        for key in ("complaints_repeat_rate", "issues_rectified_rate", "violations"):
            kpi = KPIS[key]
            if kpi.sheet not in dimensions.frequency:
                continue
            month = data.campaign.periods[-1]
            places = asked(run, dimensions, kpi, data.campaign.top, month, "rolling12", data.today)
            for of_sheet in rows_behind(store, build, places, measures(kpi)):
                stored_rows = pl.concat(
                    pl.read_parquet(path) for path in (store.rows / of_sheet.sheet).rglob("*.parquet")
                )
                shown = of_sheet.rows.join(stored_rows, on=["submission_id", "row"])
                kinds = shown["focus_area"].to_list() if "focus_area" in shown.columns else []
                assert "逐利执法与廉政风险" not in kinds
                assert of_sheet.sheet != "events" or of_sheet.row_count == 0
                withheld += of_sheet.withheld
    assert withheld > 0


def test_a_listed_cell_of_a_received_workbook_holds_what_the_row_says(tmp_path):
    """Also where the sender has moved the columns."""
    campaign = yunnan()
    unit = campaign.reporting_units[0]
    path = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH)
    workbook = openpyxl.load_workbook(path)
    workbook[SHEETS["basics"].title_zh].insert_cols(1, 2)
    workbook.save(path)
    load_into(tmp_path / "store", [path], campaign)

    store = Store(folder=tmp_path / "store")
    build = current_build(store.folder)
    with closing(open_build(build)) as connection:
        run = runner(connection)
        dimensions = read_dimensions(run)
        places = asked(run, dimensions, KPIS["officers_per_10k"], unit, MONTH, "month", AS_OF)
        [basics] = rows_behind(store, build, places, ["officers"])
        places = asked(run, dimensions, KPIS["complaints_per_10k"], unit, MONTH, "month", AS_OF)
        [complaints] = rows_behind(store, build, places, ["complaints_valid"])

    received = openpyxl.load_workbook(next(store.workbooks.rglob("*.xlsx")), data_only=True)
    seen = {"officers": [], "complaint_id": []}
    for of_sheet, column in ((basics, "officers"), (complaints, "complaint_id")):
        for row in of_sheet.rows.iter_rows(named=True):
            address = provenance.cell(row["column_letters"], column, row["row"])
            assert received[SHEETS[of_sheet.sheet].title_zh][address].value == row[column]
            assert row["file_name"] == "a.xlsx"
            seen[column].append(address)
    assert len(seen["officers"]) == len(campaign.leaves(unit.code))
    assert seen["complaint_id"]
    assert basics.rows["adds_officers"].cast(pl.Int64).to_list() == basics.rows["officers"].to_list()
