"""The command line of the numbers: what scripts outside the repository rely on."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from metrics.change import CHANGE_COLUMNS
from metrics.kpis import KPIS
from metrics.printing import width
from metrics.query import TABLE_COLUMNS
from metrics.ranking import RANK_COLUMNS
from tests.metrics.small_store import MONTH, small_store

REPOSITORY = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return small_store(tmp_path_factory.mktemp("command") / "store")


def metrics(*arguments, cwd=REPOSITORY, **environment):
    """Run ``python -m metrics`` as a script would; its exit, standard output and errors."""
    kept = {key: value for key, value in os.environ.items() if key not in ("STORE_DIR", "CAMPAIGN")}
    return subprocess.run(
        [sys.executable, "-m", "metrics", *map(str, arguments)],
        cwd=cwd,
        env=kept | {"PYTHONPATH": str(REPOSITORY)} | {key: str(value) for key, value in environment.items()},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def rows(done):
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_csv_has_the_contracts_columns_and_unrounded_numbers(store):
    done = metrics(
        "table", "--month", MONTH, "--kpi", "two_recorder_rate", "--format", "csv", "--store", store
    )
    assert done.stdout.splitlines()[0] == ",".join(TABLE_COLUMNS)
    found = {row["unit_code"]: row for row in rows(done) if row["level"] == "prefecture"}
    assert found["530100"] == {
        "month": MONTH,
        "unit_code": "530100",
        "unit_name": "昆明市",
        "level": "prefecture",
        "kpi": "two_recorder_rate",
        "numerator": "7671",
        "denominator": "8522",
        "value": repr(100 * 7671 / 8522),
        "cases": "8522",
        "target": "100",
        "status": "missed",
        "reported": "1",
        "expected": "1",
    }
    assert (found["532600"]["value"], found["532600"]["status"]) == ("", "not_reported")
    assert (found["532500"]["value"], found["532500"]["status"]) == (repr(500 / 7), "too_few_cases")


def test_json_holds_whole_numbers_as_integers_and_null_for_nothing(store):
    done = metrics(
        "table",
        f"--month={MONTH}",
        "--kpi=two_recorder_rate",
        "--format=json",
        "--level=州(市)",
        "--store",
        store,
    )
    found = {row["unit_code"]: row for row in json.loads(done.stdout)}
    assert list(found["530100"]) == list(TABLE_COLUMNS)
    assert type(found["530100"]["numerator"]) is int
    assert found["530600"]["value"] == 100
    assert found["532600"]["value"] is None


def test_formats_say_the_same(store):
    arguments = ("table", "--month", MONTH, "--kpi", "two_recorder_rate", "--store", store)
    as_csv = rows(metrics(*arguments, "--format", "csv"))
    as_json = json.loads(metrics(*arguments, "--format", "json").stdout)
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in as_json] == as_csv
    assert len(metrics(*arguments).stdout.splitlines()) == 1 + len(as_csv)


def test_a_table_is_aligned_where_chinese_is_two_places_wide(store):
    lines = metrics("table", "--month", MONTH, "--kpi", "violations", "--store", store).stdout.splitlines()
    place = {width(line[: line.index("violations")]) for line in lines[1:]}
    assert place == {lines[0].index("kpi")}


def test_every_kpi_of_every_unit_without_options(store):
    found = rows(metrics("table", "--month", MONTH, "--format", "csv", "--store", store))
    assert {row["kpi"] for row in found} == set(KPIS)
    assert {row["level"] for row in found} == {"province", "prefecture", "county"}
    assert len({(row["level"], row["unit_code"], row["kpi"]) for row in found}) == len(found)


def test_kpis_may_be_repeated_and_stand_in_the_order_given(store):
    keys = ("violations", "two_recorder_rate", "violations")
    chosen = [part for key in keys for part in ("--kpi", key)]
    found = rows(
        metrics("table", "--month", MONTH, "--level", "省", *chosen, "--format", "csv", "--store", store)
    )
    assert [row["kpi"] for row in found] == ["violations", "two_recorder_rate"]


def test_a_period_widens_the_month_and_the_month_column_stays(store):
    arguments = ("--kpi", "reports_on_time_rate", "--level", "province", "--format", "csv", "--store", store)
    month, year = (
        rows(metrics("table", "--month", MONTH, "--period", kind, *arguments, "--as-of", "2026-10-15T09:00"))[
            0
        ]
        for kind in ("month", "ytd")
    )
    assert (month["numerator"], month["denominator"]) == ("5", "16")
    assert (year["numerator"], year["denominator"], year["month"]) == ("5", str(9 * 16), MONTH)


def test_ranks_within_groups_with_shared_places(store):
    done = metrics(
        "rank", "--month", MONTH, "--kpi", "two_recorder_rate", "--format", "csv", "--store", store
    )
    assert done.stdout.splitlines()[0] == ",".join(RANK_COLUMNS)
    found = {row["unit_code"]: row for row in rows(done)}
    assert [found[code]["rank"] for code in ("530600", "530100", "530300")] == ["1", "2", "2"]
    assert found["530400"]["rank"] == "1"
    assert (found["532500"]["rank"], found["532500"]["status"]) == ("", "below_coverage")
    assert found["532600"]["status"] == "not_reported"


def test_ranks_by_the_scorecard_in_force(store):
    found = {
        row["unit_code"]: row
        for row in rows(metrics("rank", "--month", MONTH, "--format", "csv", "--store", store))
    }
    assert len(found) == 16
    assert found["530100"]["score"] == found["530300"]["score"] != ""
    assert found["530100"]["status"] == "below_coverage"
    assert (found["532600"]["score"], found["532600"]["status"]) == ("", "not_reported")
    named = metrics(
        "rank",
        "--month",
        MONTH,
        "--scorecard",
        "2026-1",
        "--group",
        "第二组",
        "--format",
        "json",
        "--store",
        store,
    )
    assert {row["group"] for row in json.loads(named.stdout)} == {"第二组"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("table",),
        ("table", "--month", "2026-13"),
        ("table", "--month", "2031-01"),
        ("table", "--month", MONTH, "--kpi", "fines"),
        ("table", "--month", MONTH, "--level", "village"),
        ("table", "--month", MONTH, "--format", "xml"),
        ("table", "--month", MONTH, "--period", "week"),
        ("table", "--month", MONTH, "--no-such-option"),
        ("rank", "--month", MONTH, "--group", "third"),
        ("rank", "--month", MONTH, "--scorecard", "1999"),
        ("rank", "--month", MONTH, "--kpi", "posts_filled_rate"),
        ("rank", "--month", MONTH, "--kpi", "violations", "--scorecard", "2026-1"),
        ("nonsense",),
        (),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_exits_2_and_prints_nothing(store, arguments):
    done = metrics(*arguments, STORE_DIR=store)
    assert (done.returncode, done.stdout) == (2, "")
    assert " / " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_store_without_a_build_exits_1_and_names_the_way_out(tmp_path):
    done = metrics("table", "--month", MONTH, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "python -m etl load" in done.stderr


def test_a_wrong_month_is_a_wrong_command_line_even_without_a_build(tmp_path):
    assert metrics("table", "--month", "September", "--store", tmp_path).returncode == 2


def test_a_store_of_another_campaign_exits_1(store):
    done = metrics("rank", "--month", MONTH, "--campaign", "pingshan-2018", STORE_DIR=store)
    assert (done.returncode, done.stdout) == (1, "")
    assert "yunnan-2025" in done.stderr


def test_a_damaged_build_exits_1_without_a_traceback(tmp_path):
    folder = tmp_path / "warehouse"
    folder.mkdir()
    (folder / "build-1.duckdb").write_bytes(b"not a database" * 1000)
    (folder / "CURRENT").write_text("build-1.duckdb", encoding="utf-8")
    done = metrics("table", "--month", MONTH, "--store", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "python -m etl build" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_environment_names_store_and_campaign(store):
    done = metrics("table", "--month", MONTH, "--kpi", "violations", STORE_DIR=store, CAMPAIGN="yunnan-2025")
    assert done.returncode == 0


def test_change_stands_beside_the_figure_and_is_empty_without_a_comparable_base(store):
    found = rows(metrics("table", "--month", "2025-04", "--change", "--format", "csv", "--store", store))

    assert list(found[0])[-2:] == ["change", "change_last_year"]
    assert {row["change"] for row in found} == {""}
    assert {row["change_last_year"] for row in found} == {""}


def test_changes_are_printed_with_the_units_they_stand_on(store):
    asked = (
        "change",
        "--month",
        MONTH,
        "--kpi",
        "two_recorder_rate",
        "--level",
        "prefecture",
        "--store",
        store,
    )
    found = rows(metrics(*asked, "--format", "csv"))

    assert list(found[0]) == list(CHANGE_COLUMNS)
    assert {(row["month"], row["against"], row["level"]) for row in found} == {
        (MONTH, "last_month", "prefecture")
    }
    # Nobody reported the month before: what there is now is counted, and nothing compared.
    assert {(row["value"], row["value_before"], row["difference"]) for row in found} == {("", "", "")}
    assert {row["units_compared"] + row["units_before"] for row in found} == {"00"}
    assert sum(int(row["units_now"]) for row in found) == 5

    wrong = metrics(*asked, "--against", "yesterday")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "last_month, last_year" in wrong.stderr
