"""The way back from a figure to the rows and cells it is made of."""

from contextlib import closing
from datetime import datetime
from random import Random

import openpyxl
import polars as pl
import pytest

from etl import calendar, provenance
from etl.deciding_cells import READ_FROM, sheet_of
from etl.provenance import is_withheld, rows_behind
from etl.sheets import SHEETS
from etl.store import Store
from metrics.connection import current_build, open_build, runner
from metrics.counted import counted, measures
from metrics.dimensions import read_dimensions
from metrics.kpis import KPIS
from metrics.query import table
from tests.etl.example_workbooks import example_workbook_rows
from tests.etl.stores import load_into, write_workbook, yunnan
from tests.metrics.random_rows import NOT_LISTED
from tests.metrics.random_store import random_data_set, stored

SEEDS = range(700, 702)
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
    assert {name for name in asked if sheet_of(name) is None} == set(WITHOUT_ROWS)


@pytest.mark.parametrize("sheet", READ_FROM)
def test_the_cells_that_decide_are_columns_of_their_sheet_and_no_free_text(sheet):
    columns = {column.name: column for column in SHEETS[sheet].columns}
    named = {name for of_measure in READ_FROM[sheet].values() for name in of_measure}
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
            if row["status"] == "not_reported":
                assert places.is_empty(), row
            totals = {}
            for each in rows_behind(store, build, places, measures(kpi)):
                listed = each.rows.select(pl.col("^adds_.*$").sum()).to_dicts()[0]
                assert each.rows.height == each.row_count
                for name, total in each.totals.items():
                    assert (listed[f"adds_{name}"] or 0) + each.withheld_totals[name] == total
                totals |= each.totals
            if kpi.over_time == "last_wave":
                assert totals.get("answers", 0) == (row["cases"] or 0), row
                assert weighted_share(places, run, totals, row, dimensions) in (
                    None,
                    pytest.approx(row["value"]),
                )
            for name, part in ((kpi.numerator, "numerator"), (kpi.denominator, "denominator")):
                plain = (kpi.key, part) not in NOT_A_PLAIN_SUM
                if plain and name in totals and row[part] is not None:
                    assert float(totals[name]) == pytest.approx(row[part], rel=1e-12), (row, name)
                    checked += 1
    return checked


def weighted_share(places, run, totals, row, dimensions) -> float | None:
    """The population-weighted share of the waves behind a figure; None where there are none."""
    waves = run("from mart_survey", {}).join(places, on=["level", "unit_code", "wave", "collector"])
    if waves.is_empty():
        return None
    if waves["unit_code"].to_list() == [row["unit_code"]]:
        return 100 * float(totals["satisfied"]) / float(totals["answers"])
    weights = pl.col("population")
    return (
        100 * waves.select((pl.col("satisfied") / pl.col("answers") * weights).sum() / weights.sum()).item()
    )


def test_the_rows_behind_every_figure_add_up_to_it(tmp_path):
    checked = 0
    for seed in SEEDS:
        data = random_data_set(seed, tmp_path / str(seed))
        checked += checked_sums(data, stored(data, tmp_path / str(seed)), Random(seed))
    assert checked > 100


@pytest.mark.parametrize(
    "key", ["conduct_complaints_per_10k", "complaints_on_time_rate", "issues_rectified_rate"]
)
def test_where_a_row_may_not_be_shown_none_of_its_unit_and_month_is(key, tmp_path):
    """Else the one not shown could be told from the sum and all the others."""
    kpi, withheld, shown = KPIS[key], 0, 0
    for seed in range(710, 716):
        data = random_data_set(seed, tmp_path / str(seed))
        store = stored(data, tmp_path / str(seed))
        build = current_build(store.folder)
        if data.campaign.collected(kpi.sheet) is None:
            continue
        with closing(open_build(build)) as connection:
            run = runner(connection)
            dimensions = read_dimensions(run)
            places = asked(
                run, dimensions, kpi, data.campaign.top, data.campaign.periods[-1], "rolling12", data.today
            )
        for each in rows_behind(store, build, places, measures(kpi), limit=10**6):
            kept = [pl.read_parquet(path) for path in (store.rows / each.sheet).rglob("*.parquet")]
            if not kept:
                continue
            secret = pl.concat(kept).filter(focus_area=NOT_LISTED)
            assert each.rows.join(secret, on=["submission_id", "row"], how="semi").is_empty()
            withheld += each.withheld
            shown += each.row_count
    assert withheld > 0
    assert shown > 0


@pytest.mark.parametrize("key", ["complaints_on_time_rate", "issues_rectified_rate", "violations"])
def test_who_may_see_every_row_sees_what_the_others_are_told_is_withheld_but_no_event(key, tmp_path):
    kpi, secret = KPIS[key], 0
    for seed in range(710, 713):
        data = random_data_set(seed, tmp_path / str(seed))
        store = stored(data, tmp_path / str(seed))
        build = current_build(store.folder)
        if data.campaign.collected(kpi.sheet) is None:
            continue
        with closing(open_build(build)) as connection:
            run = runner(connection)
            month = data.campaign.periods[-1]
            places = asked(run, read_dimensions(run), kpi, data.campaign.top, month, "rolling12", data.today)
        few, every = (
            rows_behind(store, build, places, measures(kpi), limit=10**6, lists_withheld=seen)
            for seen in (False, True)
        )
        for one, all_of_it in zip(few, every, strict=True):
            assert one.totals == all_of_it.totals
            assert one.row_count + one.withheld == all_of_it.row_count + all_of_it.withheld
            if key == "violations":
                assert all_of_it.rows.is_empty()
                continue
            assert all_of_it.withheld == 0
            for name, total in all_of_it.totals.items():
                assert all_of_it.rows[f"adds_{name}"].sum() == total
            assert NOT_LISTED not in set(one.rows["focus_area"])
            secret += all_of_it.rows.filter(focus_area=NOT_LISTED).height
    assert (secret > 0) != (key == "violations")


def test_a_row_of_the_issue_ledger_says_what_it_is_about_but_no_persons_name(tmp_path):
    campaign = yunnan()
    unit = campaign.reporting_units[0]
    rows = example_workbook_rows(campaign, unit, MONTH, 5)
    owners = ["副局长", "王小明", "王小明副局长", "法制科科长", "处长"]
    for row, owner in zip(rows["issues"], owners, strict=True):
        row.update(
            owner=owner,
            department="执法监督科",
            focus_area="执法不规范",
            found_by="媒体",
            description="夜间占道",
        )
    path = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH, rows=rows)
    load_into(tmp_path / "store", [path], campaign)

    store = Store(folder=tmp_path / "store")
    # Rows stored before a column was collected have nothing in it.
    for file in store.rows.rglob("*.parquet"):
        if "owner" in (kept := pl.read_parquet(file)).columns:
            kept.with_columns(pl.col("owner").replace("处长", None)).write_parquet(file)
    build = current_build(store.folder)
    with closing(open_build(build)) as connection:
        run = runner(connection)
        kpi = KPIS["issues_rectified_rate"]
        places = asked(run, read_dimensions(run), kpi, unit, MONTH, "month", AS_OF)
    [found] = rows_behind(store, build, places, measures(kpi))

    assert found.rows["owner"].to_list() == ["副局长", None, None, "法制科科长", None]
    # An empty cell is not one that is kept from being seen.
    withheld = [is_withheld(row, "owner") for row in found.rows.iter_rows(named=True)]
    assert withheld == [False, True, True, False, False]
    for name, said in (("department", "执法监督科"), ("found_by", "媒体"), ("description", "夜间占道")):
        assert set(found.rows[name]) == {said}
    assert "王小明" not in str(found.rows.to_dicts())
    assert set(found.deciding) == {"issue_id", "unit", "found_on", "status", "closed_on"}


@pytest.mark.parametrize(
    "key", ["complaints_on_time_rate", "issues_rectified_rate", "complaints_repeat_rate"]
)
def test_the_rows_that_are_not_in_the_numerator_can_be_asked_for(key, tmp_path):
    kpi, missing = KPIS[key], 0
    for seed in range(710, 714):
        data = random_data_set(seed, tmp_path / str(seed))
        store = stored(data, tmp_path / str(seed))
        build = current_build(store.folder)
        with closing(open_build(build)) as connection:
            run = runner(connection)
            month = data.campaign.periods[-1]
            places = asked(run, read_dimensions(run), kpi, data.campaign.top, month, "rolling12", data.today)
        for part in (provenance.ALL, provenance.NUMERATOR, provenance.REST):
            for each in rows_behind(store, build, places, measures(kpi), part=part, limit=10**6):
                assert each.part == (part if each.has_parts else provenance.ALL)
                assert each.rows.height == each.row_count == each.counts[each.part]
                assert each.counts["all"] == each.counts["numerator"] + each.counts["rest"]
                order = each.rows.select("source_submission_id", "row").rows()
                assert order == sorted(order)
                if each.part == provenance.REST:
                    assert set(each.rows[f"adds_{kpi.numerator}"]) <= {0}
                    missing += each.rows.height
                if each.part == provenance.NUMERATOR:
                    assert 0 not in set(each.rows[f"adds_{kpi.numerator}"])
    assert missing > 0


def test_events_are_counted_only(tmp_path):
    counted_events = 0
    for seed in range(5):
        data = random_data_set(seed, tmp_path / str(seed))
        store = stored(data, tmp_path / str(seed))
        build = current_build(store.folder)
        with closing(open_build(build)) as connection:
            run = runner(connection)
            dimensions = read_dimensions(run)
            month = data.campaign.periods[-1]
            kpi = KPIS["violations"]
            places = asked(run, dimensions, kpi, data.campaign.top, month, "rolling12", data.today)
        for each in rows_behind(store, build, places, measures(kpi)):
            assert each.rows.is_empty()
            counted_events += each.withheld
    assert counted_events > 0


def test_what_somebody_typed_freely_is_not_shown(tmp_path):
    """Neither the file's name, nor a case number with a name in it, nor which case another one renews."""
    campaign = yunnan()
    unit = campaign.reporting_units[0]
    rows = example_workbook_rows(campaign, unit, MONTH, 6)
    for row in rows["complaints"]:
        row.update(repeat_of="K-1", excluded_reason="无", complaint_kind="城市管理问题诉求", focus_area=None)
    rows["complaints"][0]["complaint_id"] = "王小明的投诉"
    path = write_workbook(tmp_path / "王小明.xlsx", campaign, unit, MONTH, rows=rows)
    load_into(tmp_path / "store", [path], campaign)

    store = Store(folder=tmp_path / "store")
    build = current_build(store.folder)
    with closing(open_build(build)) as connection:
        run = runner(connection)
        places = asked(run, read_dimensions(run), KPIS["complaints_repeat_rate"], unit, MONTH, "month", AS_OF)
    [found] = rows_behind(store, build, places, measures(KPIS["complaints_repeat_rate"]))

    assert found.rows.height == 6
    assert "王小明" not in str(found.rows.to_dicts())
    assert "K-1" not in str(found.rows.to_dicts())
    assert found.rows["complaint_id"].null_count() == 1
    assert found.rows["repeat_of"].to_list() == [True] * 6


def test_a_kpi_may_take_its_two_measures_from_two_kinds_of_rows(tmp_path):
    data = random_data_set(701, tmp_path)
    store = stored(data, tmp_path)
    build = current_build(store.folder)
    leaves = pl.DataFrame(
        {"leaf_code": [data.campaign.leaves(data.campaign.reporting_units[0].code)[0].code]}
    )
    places = leaves.with_columns(month=pl.lit(calendar.first_day(data.campaign.periods[0])))
    found = rows_behind(store, build, places, ["complaints_resolved", "complaints_due"])
    assert [list(each.totals) for each in found] == [["complaints_resolved"], ["complaints_due"]]


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
            assert (row["reporting_code"], row["revision"]) == (unit.code, 1)
            seen[column].append(address)
    assert len(seen["officers"]) == len(campaign.leaves(unit.code))
    assert seen["complaint_id"]
    assert basics.rows["adds_officers"].cast(pl.Int64).to_list() == basics.rows["officers"].to_list()
