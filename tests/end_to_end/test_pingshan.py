"""A real log of 10,000 cases, from the command line to the figures: convert, load, table.

The figures were counted in the log itself, independently of this program.
"""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
LOG = REPOSITORY.parent / "shared" / "corpora" / "complaints" / "pingshan_2018_民生诉求.csv"

pytestmark = pytest.mark.skipif(
    not LOG.exists(), reason="the Pingshan log has no licence to be distributed with the repository"
)

ON_TIME = {
    "坪山区": (8522, 9335),
    "坪山街道": (2357, 2587),
    "龙田街道": (2096, 2275),
    "坑梓街道": (1933, 2100),
    "马峦街道": (1025, 1150),
    "碧岭街道": (741, 813),
    "石井街道": (370, 410),
}
VALID = {
    "坪山区": 9340,
    "坪山街道": 2588,
    "龙田街道": 2277,
    "坑梓街道": 2100,
    "马峦街道": 1150,
    "碧岭街道": 815,
    "石井街道": 410,
}


def run(*command: str, store: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "STORE_DIR": str(store), "CAMPAIGN": "pingshan-2018", "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, env=environment, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pingshan")


@pytest.fixture(scope="module")
def converted(folder):
    return run(
        "etl",
        "convert",
        "--mapping",
        "pingshan-case-log",
        str(LOG),
        "--out",
        str(folder / "out"),
        store=folder / "store",
    )


@pytest.fixture(scope="module")
def loaded(folder, converted):
    paths = sorted(str(path) for path in (folder / "out").glob("*.xlsx"))
    return run("etl", "load", *paths, "--format", "json", store=folder / "store")


@pytest.fixture(scope="module")
def figures(folder, loaded):
    result = run(
        "metrics",
        "table",
        "--month",
        "2018-12",
        "--period",
        "year",
        "--format",
        "csv",
        store=folder / "store",
    )
    assert result.returncode == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


def of(figures: list[dict], kpi: str) -> dict[str, dict]:
    return {row["unit_name"]: row for row in figures if row["kpi"] == kpi}


def test_the_cases_without_a_street_are_listed_with_their_reason(folder, converted):
    assert converted.returncode == 1
    with (folder / "out" / "unmapped.csv").open(encoding="utf-8-sig") as file:
        unmapped = list(csv.DictReader(file))
    assert len(unmapped) == 10
    assert {row["STREET_NAME"] for row in unmapped} == {"-"}
    assert all(row["reason_zh"] for row in unmapped)


def test_everything_that_maps_is_accepted(loaded):
    assert loaded.returncode == 0, loaded.stderr
    findings = json.loads(loaded.stdout)
    assert {finding["severity"] for finding in findings} == {"核实性"}


def test_five_cases_without_flag_or_dates_are_pointed_out(loaded):
    kinds = [finding["kind"] for finding in json.loads(loaded.stdout)]
    assert kinds.count("due_unknown") == 5


def test_closed_on_time_by_street_and_for_the_district(figures):
    rows = of(figures, "complaints_on_time_rate")
    assert {name: (int(row["numerator"]), int(row["denominator"])) for name, row in rows.items()} == ON_TIME
    assert round(float(rows["坪山区"]["value"]), 4) == 91.2908


def test_valid_complaints_are_counted_where_the_population_is_unknown_too(figures):
    rows = of(figures, "complaints_per_10k")
    assert {name: int(row["numerator"]) for name, row in rows.items()} == VALID
    assert {row["status"] for name, row in rows.items() if name != "坪山区"} == {"not_applicable"}
    assert {row["denominator"] for name, row in rows.items() if name != "坪山区"} == {""}
    assert int(rows["坪山区"]["denominator"]) == 551_333 * int(rows["坪山区"]["reported"])


def test_what_the_campaign_does_not_collect_is_not_applicable(figures):
    statuses = {row["kpi"]: row["status"] for row in figures if row["unit_name"] == "坪山区"}
    assert statuses["officers_per_10k"] == "not_applicable"
    assert statuses["violations"] == "not_applicable"
    assert statuses["complaints_repeat_rate"] == "not_applicable"
    assert statuses["complaints_on_time_rate"] == "missed"


def test_loading_again_changes_nothing(folder, figures):
    before = (folder / "store" / "warehouse" / "CURRENT").read_text()
    paths = sorted(str(path) for path in (folder / "out").glob("*.xlsx"))

    again = run("etl", "load", *paths, store=folder / "store")

    assert again.returncode == 0
    assert again.stderr.count("此前已接收") == len(paths)
    assert (folder / "store" / "warehouse" / "CURRENT").read_text() == before
