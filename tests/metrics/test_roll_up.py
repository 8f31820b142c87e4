"""Figures add up: children to their parent, months to their quarter, and a build extended to a build from scratch."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest

from etl import calendar
from etl.build import build
from etl.journal import Journal
from etl.store import Store
from metrics.connection import current_build, open_build, runner
from metrics.dimensions import read_dimensions
from metrics.kpis import KPIS
from metrics.query import table
from tests.metrics.random_store import (
    close_every_second,
    grant,
    put,
    random_data_set,
    set_state,
    stored,
    submission_id,
)

SURVEYS = ("satisfaction_rate", "satisfaction_self_rate")
EVENTS = ("violations", "major_opinion_events")
FLOWS = [key for key, kpi in KPIS.items() if kpi.over_time == "flow"]
SEEDS = range(300, 308)


@pytest.fixture(scope="module", params=SEEDS)
def data_and_store(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"seed{request.param}")
    data = random_data_set(request.param, folder)
    return data, stored(data, folder)


def figures(store: Store, month: str, kind: str, as_of) -> dict[tuple[str, str, str], dict]:
    """The table of figures by KPI, level and unit."""
    with closing(open_build(current_build(store.folder))) as connection:
        run = runner(connection)
        first = calendar.first_day(month)
        found = table(run, read_dimensions(run), list(KPIS.values()), month=first, kind=kind, as_of=as_of)
    return {(row["kpi"], row["level"], row["unit_code"]): row for row in found.to_dicts()}


def total(rows: list[dict], name: str) -> float:
    return sum(row[name] or 0 for row in rows)


def adds_up(data, key: str, name: str, parent) -> bool:
    """Whether a figure is the sum over the units below; the exceptions are named in the definitions."""
    if key in SURVEYS or (name == "denominator" and KPIS[key].denominator is None):
        return False
    if parent.level != data.campaign.reporting_level:
        return True
    if key == "officers_gap" or key == "reports_on_time_rate":
        return False
    if key in EVENTS:
        # Without own offices an event on the reporting unit is nobody's below it.
        return data.campaign.own_office
    known_below = any(
        unit.parent == parent.code and data.campaign.population(unit.code, data.campaign.last_period)
        for unit in data.campaign.units
        if not unit.own_office
    )
    return name == "numerator" or not KPIS[key].needs_population or known_below


@pytest.mark.parametrize("kind", ["month", "ytd"])
def test_children_add_up_to_their_parent(data_and_store, kind):
    data, store = data_and_store
    month = data.campaign.periods[len(data.campaign.periods) // 2]
    found = figures(store, month, kind, data.today)
    compared = 0
    for parent in data.campaign.units:
        children = data.campaign.children(parent)
        for key in KPIS if children else ():
            below = [found[key, child.level, child.code] for child in children]
            for name in ("numerator", "denominator"):
                if adds_up(data, key, name, parent):
                    whole = found[key, parent.level, parent.code][name] or 0
                    assert whole == pytest.approx(total(below, name), rel=1e-12), (key, parent.name, name)
                    compared += 1
    assert compared > 50


def test_months_add_up_to_their_quarter_where_all_were_reported(data_and_store):
    data, store = data_and_store
    as_of = data.today + timedelta(days=400)
    quarters = [month for month in data.campaign.periods[2:] if month[5:] in ("03", "06", "09", "12")]
    for last in quarters[:2]:
        by_month = [figures(store, calendar.add_months(last, -step), "month", as_of) for step in range(3)]
        whole = figures(store, last, "quarter", as_of)
        for (key, *unit), quarter in whole.items():
            parts = [month[key, *unit] for month in by_month]
            if key not in FLOWS or any(part["reported"] < part["expected"] for part in parts):
                continue
            assert (quarter["numerator"] or 0) == pytest.approx(total(parts, "numerator")), (key, unit)
            if key != "training_hours_per_officer":  # officers are averaged over the months
                assert (quarter["denominator"] or 0) == pytest.approx(total(parts, "denominator")), (
                    key,
                    unit,
                )


@pytest.mark.parametrize("seed", [403])
def test_a_build_extended_by_each_submission_equals_one_from_scratch(seed, tmp_path):
    data = random_data_set(seed, tmp_path)
    store, twin = Store(folder=tmp_path / "extended"), Store(folder=tmp_path / "scratch")
    for each in (store, twin):
        each.folder.mkdir()
    store.rows.mkdir()
    twin.rows.symlink_to(store.rows)
    arrived = sorted(data.handed, key=lambda each: each.received_at)
    with closing(Journal(store.journal_url)) as journal:
        journal.claim(data.campaign.name, simulated=True, now=data.today)

        def assert_equal(after: str) -> None:
            extended = build(store, journal, data.campaign, now=data.today)
            scratch = build(twin, journal, data.campaign, now=data.today, full=True)
            assert contents(extended.path) == contents(scratch.path), after

        for handed in arrived[:-12]:
            put(store, journal, replace(handed, state="received"))
        assert_equal("the first workbooks")
        for handed in arrived[-12:]:
            put(store, journal, replace(handed, state="received"))
            assert_equal(f"{handed.unit_code} {handed.period} revision {handed.revision}")
        for unit in data.campaign.reporting_units:
            close_every_second(store, journal, unit.code, data.today)
            assert_equal(f"issues of {unit.code} closed")
        for handed in arrived[::9]:
            set_state(store, submission_id(handed), "returned")
            assert_equal(f"{handed.unit_code} {handed.period} revision {handed.revision} returned")
        assert data.granted
        for granted in data.granted[:12]:
            grant(journal, data.campaign, granted, data.today)
            assert_equal(f"{granted.unit_code} {granted.period} extended to {granted.last_day}")


def contents(path) -> dict[str, list[tuple]]:
    """Every table of a warehouse, rows in order; when and from what it was built is left out."""
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        names = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        return {
            name: connection.execute(f"from {name} order by all").fetchall()
            for name in names
            if name != "dim_build"
        }
