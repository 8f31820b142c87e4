"""The door from end to end: workbooks in, accepted rows, one published build."""

import threading
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import polars as pl
import pytest

from etl import audit
from etl.accept import stored_history
from etl.build import CheckFailedError, build
from etl.journal import Journal, StoreConflictError
from etl.load import check_file
from etl.read import WorkbookReader
from etl.review import freeze
from etl.schema import YES
from etl.sheets import SHEETS
from etl.store import Store
from etl.warehouse import current_build
from tests.etl.example_workbooks import example_workbook_rows
from tests.etl.stores import NOW, REPOSITORY, assert_equal_builds, load_into, write_workbook, yunnan

MONTH, NEXT_MONTH = "2026-09", "2026-10"


@pytest.fixture(scope="module")
def campaign():
    return yunnan()


@pytest.fixture(scope="module")
def unit(campaign):
    return campaign.reporting_units[-1]


def stored(folder: Path):
    store = Store(folder=folder)
    return store, Journal(store.journal_url)


def current_state(folder: Path) -> list[tuple]:
    journal = stored(folder)[1]
    found = [(s.submission_id, s.revision, s.state) for s in journal.submissions()]
    journal.close()
    return found


def test_rows_filled_into_a_template_are_the_rows_stored(tmp_path, campaign, unit):
    rows = example_workbook_rows(campaign, unit, MONTH, 8)
    path = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH, count=8)

    load_into(tmp_path / "store", [path], campaign)

    store, journal = stored(tmp_path / "store")
    history = stored_history(store, journal)
    for key, filled in rows.items():
        kept = history(unit.code, MONTH, key)
        columns = list(filled[0])
        expected = pl.DataFrame(
            filled, schema={name: SHEETS[key].column(name).polars_type for name in columns}
        )
        assert kept.select(columns).equals(expected), key
        assert kept["submission_id"].unique().to_list() == [journal.submissions()[0].submission_id]
    journal.close()


def test_the_bytes_received_are_kept_as_they_came(tmp_path, campaign, unit):
    path = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH)

    load_into(tmp_path / "store", [path], campaign)

    kept = list((tmp_path / "store" / "workbooks").rglob("*.xlsx"))
    assert [file.read_bytes() for file in kept] == [path.read_bytes()]


def test_the_same_file_again_changes_nothing(tmp_path, campaign, unit):
    path = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH)
    load_into(tmp_path / "store", [path], campaign)
    before = current_state(tmp_path / "store")
    first = current_build(stored(tmp_path / "store")[0])

    again = load_into(tmp_path / "store", [path], campaign)

    assert not again.files[0].acceptance.is_new
    assert current_state(tmp_path / "store") == before
    assert current_build(stored(tmp_path / "store")[0]) == first


def test_another_file_for_the_same_month_is_the_next_revision(tmp_path, campaign, unit):
    one = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH)
    two = write_workbook(tmp_path / "b.xlsx", campaign, unit, MONTH, count=9)

    load_into(tmp_path / "store", [one, two], campaign)
    load_into(tmp_path / "store", [one], campaign)

    assert [revision for _, revision, _ in current_state(tmp_path / "store")] == [1, 2]
    store, journal = stored(tmp_path / "store")
    assert stored_history(store, journal)(unit.code, MONTH, "complaints").height == 9
    journal.close()


def test_a_workbook_with_a_must_finding_stores_nothing(tmp_path, campaign, unit):
    path = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH, cover={"prepared_by": None})

    loaded = load_into(tmp_path / "store", [path], campaign)

    assert loaded.files[0].acceptance is None
    assert loaded.build is None
    assert current_state(tmp_path / "store") == []
    assert not (tmp_path / "store" / "workbooks").exists()


def test_a_file_that_changes_while_it_is_read_is_not_taken(tmp_path, campaign, unit):
    path = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH)
    other = write_workbook(tmp_path / "b.xlsx", campaign, unit, MONTH, count=9)

    class SlowReader(WorkbookReader):
        def read(self, asked):
            path.write_bytes(other.read_bytes())
            return super().read(asked)

    with SlowReader() as reader:
        file = check_file(path, reader, campaign, now=NOW, history=lambda *_: None)

    assert file.blocked
    assert [finding.kind for finding in file.findings] == ["unreadable"]


def test_one_bad_file_does_not_stop_the_others(tmp_path, campaign, unit):
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"not a workbook")
    good = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH)

    loaded = load_into(tmp_path / "store", [bad, good], campaign)

    assert [file.acceptance is not None for file in loaded.files] == [False, True]


def test_a_frozen_month_stops_its_own_file_and_no_other(tmp_path, campaign):
    one, two, three = campaign.reporting_units[:3]
    paths = [
        write_workbook(tmp_path / f"{unit.code}.xlsx", campaign, unit, period)
        for unit, period in ((one, "2026-09"), (two, "2026-08"), (three, "2026-09"))
    ]
    folder = tmp_path / "store"
    folder.mkdir()
    with stored(folder)[1].writing() as connection:
        freeze(connection, "2026-08", reason="到期", by="王芳", now=NOW)
    loaded = load_into(folder, paths, campaign)
    assert [file.is_in for file in loaded.files] == [True, False, True]
    assert "已冻结" in loaded.files[1].refused
    assert loaded.build is not None


def test_what_is_loaded_is_an_act_and_what_changes_nothing_is_none(tmp_path, campaign, unit):
    path = write_workbook(tmp_path / "a.xlsx", campaign, unit, "2026-09")
    for _ in range(2):
        load_into(tmp_path / "store", [path], campaign)
    store, journal = stored(tmp_path / "store")
    with journal.reading() as connection:
        (act,) = audit.listed(connection, limit=5)
        assert audit.first_fault(connection, store.audit_key()) is None
    assert (act["who"], act["action"]) == ("命令行", "submission.submit")
    assert act["object"] == f"{unit.code} 2026-09"
    assert act["detail"]["sha256"] == sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("first_is_simulated", [True, False])
def test_simulated_and_real_data_never_mix(tmp_path, campaign, unit, first_is_simulated):
    path = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH)
    load_into(tmp_path / "store", [path], campaign, simulated=first_is_simulated)

    with pytest.raises(StoreConflictError, match="--store"):
        load_into(tmp_path / "store", [path], campaign, simulated=not first_is_simulated)


def test_a_workbook_that_says_its_contents_are_simulated_makes_its_store_simulated(tmp_path, campaign, unit):
    sample = REPOSITORY / "data" / "samples" / "sample-good.xlsx"
    real = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH)
    load_into(tmp_path / "store", [sample], campaign)

    assert stored(tmp_path / "store")[1].is_simulated() is True
    with pytest.raises(StoreConflictError, match="--store"):
        load_into(tmp_path / "store", [real], campaign)


def test_what_came_before_a_file_that_does_not_belong_is_published(tmp_path, campaign, unit):
    sample = REPOSITORY / "data" / "samples" / "sample-good.xlsx"
    real = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH)

    with pytest.raises(StoreConflictError):
        load_into(tmp_path / "store", [real, sample], campaign)

    assert [row[0] for row in current_state(tmp_path / "store")] == [
        s.submission_id for s in stored(tmp_path / "store")[1].submissions(unit_code=unit.code)
    ]
    with duckdb.connect(str(current_build(stored(tmp_path / "store")[0])), read_only=True) as connection:
        assert connection.execute("select count(*) from dim_submission").fetchone() == (1,)


def test_a_refused_file_leaves_the_store_to_whoever_comes_first(tmp_path, campaign, unit):
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"not a workbook")
    load_into(tmp_path / "store", [bad], campaign)

    assert stored(tmp_path / "store")[1].campaign() is None


def test_personal_numbers_are_masked_in_everything_typed_that_is_stored(tmp_path, campaign, unit):
    phone, identity = "13987654321", "530102199003072310"
    rows = example_workbook_rows(campaign, unit, MONTH, 4)
    rows["progress"][0]["text"] = f"联系人 {phone}"
    rows["issues"][0]["description"] = f"身份证 {identity} 反映"
    rows["complaints"][0]["complaint_id"] = f"工单{phone}"
    path = write_workbook(
        tmp_path / f"报送{phone}.xlsx", campaign, unit, MONTH, rows=rows, cover={"prepared_by": f"王 {phone}"}
    )

    load_into(tmp_path / "store", [path], campaign)

    store, journal = stored(tmp_path / "store")
    submission = journal.submissions()[0]
    texts = [str(submission.cover), submission.file_name]
    for parquet in store.rows.rglob("*.parquet"):
        texts += [str(row) for row in pl.read_parquet(parquet).rows()]
    journal.close()
    everything = "\n".join(texts)
    assert "139****4321" in everything
    assert phone not in everything
    assert identity not in everything


def test_unchanged_basics_are_last_months_rows_and_lead_back_to_its_workbook(tmp_path, campaign, unit):
    first = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH)
    second = write_workbook(
        tmp_path / "b.xlsx", campaign, unit, NEXT_MONTH, cover={"basics_unchanged": True}, rows={"basics": []}
    )

    load_into(tmp_path / "store", [first, second], campaign)

    store, journal = stored(tmp_path / "store")
    history = stored_history(store, journal)
    before, after = history(unit.code, MONTH, "basics"), history(unit.code, NEXT_MONTH, "basics")
    provenance = ["period", "submission_id"]
    assert after.drop(provenance).equals(before.drop(provenance))
    assert after["source_submission_id"].unique().to_list() == before["submission_id"].unique().to_list()
    journal.close()


def test_a_zero_report_is_kept_as_an_act(tmp_path, campaign, unit):
    path = write_workbook(
        tmp_path / "a.xlsx",
        campaign,
        unit,
        MONTH,
        cover={"trainings_zero_report": True},
        rows={"trainings": []},
    )

    load_into(tmp_path / "store", [path], campaign)

    journal = stored(tmp_path / "store")[1]
    contents = {sheet.sheet: sheet.content for sheet in journal.submissions()[0].sheets}
    journal.close()
    assert contents["trainings"] == "zero_report"
    assert YES == "是"


def test_an_extended_build_equals_one_from_scratch(tmp_path, campaign):
    for number, unit in enumerate(campaign.reporting_units[:3]):
        for period in (MONTH, NEXT_MONTH):
            path = write_workbook(
                tmp_path / f"{unit.code}-{period}.xlsx", campaign, unit, period, count=5 + number
            )
            loaded = load_into(tmp_path / "store", [path], campaign)
            assert set(loaded.build.computed_units) <= {unit.code} or number == 0
    store, journal = stored(tmp_path / "store")
    extended = current_build(store)

    full = build(store, journal, campaign, now=NOW, full=True)

    journal.close()
    assert_equal_builds(extended, full.path)


def test_a_failed_check_leaves_the_last_build_up(tmp_path, campaign, unit):
    one = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH)
    two = write_workbook(tmp_path / "b.xlsx", campaign, unit, NEXT_MONTH)
    load_into(tmp_path / "store", [one, two], campaign)
    store, journal = stored(tmp_path / "store")
    before = current_build(store)
    lost = next((store.rows / "complaints").rglob("*.parquet"))
    pl.read_parquet(lost).head(1).write_parquet(lost)

    with pytest.raises(CheckFailedError, match="stored_rows_complete"):
        build(store, journal, campaign, now=NOW, full=True)

    assert current_build(store) == before
    assert sorted(store.warehouse.glob(".building-*")) == []
    journal.close()


def test_a_dashboard_keeps_reading_while_workbooks_are_loaded(tmp_path, campaign):
    units = campaign.reporting_units[:4]
    paths = [write_workbook(tmp_path / f"{unit.code}.xlsx", campaign, unit, MONTH) for unit in units]
    load_into(tmp_path / "store", paths[:1], campaign)
    store = stored(tmp_path / "store")[0]
    loading = threading.Thread(
        target=lambda: [load_into(tmp_path / "store", [path], campaign) for path in paths[1:]]
    )
    loading.start()
    seen = []
    while loading.is_alive():
        with duckdb.connect(str(current_build(store)), read_only=True) as connection:
            seen.append(connection.execute("select count(*) from dim_submission").fetchone()[0])
    loading.join()

    assert seen == sorted(seen)
    assert current_build(store) is not None
    with duckdb.connect(str(current_build(store)), read_only=True) as connection:
        assert connection.execute("select count(*) from dim_submission").fetchone()[0] == len(units)


def test_late_and_punctual_reports_are_told_apart_by_their_first_revision(tmp_path, campaign, unit):
    one = write_workbook(tmp_path / "a.xlsx", campaign, unit, MONTH)
    two = write_workbook(tmp_path / "b.xlsx", campaign, unit, MONTH, count=9)
    due_at = campaign.due_at(MONTH)
    load_into(tmp_path / "store", [one], campaign, now=datetime(2026, 9, 30, 23, 59, 59))
    load_into(tmp_path / "store", [two], campaign, now=datetime(2026, 10, 9))

    with duckdb.connect(str(current_build(stored(tmp_path / "store")[0])), read_only=True) as connection:
        row = connection.execute(
            "select due_at, reported_on_time from mart_report_month where reporting_code = ? and month = '2026-09-01'",
            [unit.code],
        ).fetchone()
    assert row == (due_at, 1)
