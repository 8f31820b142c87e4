"""Real stores for tests: example workbooks on disk, and a store they are loaded into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from etl.campaign import Campaign, Unit, load_campaign
from etl.journal import Journal
from etl.load import Loaded, load
from etl.store import Store
from etl.template import build_workbook
from tests.etl.example_workbooks import example_cover, example_workbook_rows

REPOSITORY = Path(__file__).resolve().parent.parent.parent
CAMPAIGNS = REPOSITORY / "data" / "campaigns"
SHARED = REPOSITORY.parent / "shared"
NOW = datetime(2027, 1, 15, 9, 30)


def yunnan() -> Campaign:
    """The first campaign of the repository."""
    return load_campaign(CAMPAIGNS / "yunnan-2025")


def write_workbook(
    path: Path,
    campaign: Campaign,
    unit: Unit,
    period: str,
    *,
    cover: Mapping[str, object] | None = None,
    rows: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
    count: int = 6,
) -> Path:
    """A valid example workbook, with these cover values and these sheets' rows instead."""
    contents = {**example_workbook_rows(campaign, unit, period, count), **(rows or {})}
    values = example_cover(campaign, unit, period, **(cover or {}))
    path.write_bytes(build_workbook(campaign, unit, period, cover=values, rows=contents))
    return path


def load_into(
    folder: Path, paths: Sequence[Path], campaign: Campaign, *, simulated: bool = False, now=NOW
) -> Loaded:
    """Load workbooks into the store of this folder, through the door."""
    folder.mkdir(exist_ok=True)
    store = Store(folder=folder)
    journal = Journal(store.journal_url)
    try:
        return load(paths, store, journal, campaign, received_by="测试", simulated=simulated, now=lambda: now)
    finally:
        journal.close()


def build_tables(path: Path, *, without: Sequence[str] = ("dim_build",)) -> dict[str, pl.DataFrame]:
    """Every table of a build, its rows in order of their values."""
    with duckdb.connect(str(path), read_only=True) as connection:
        names = [row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()]
        return {
            name: connection.sql(f"from {name} order by all").pl() for name in names if name not in without
        }


def assert_equal_builds(one: Path, other: Path) -> None:
    """Two builds hold the same rows in the same tables."""
    first, second = build_tables(one), build_tables(other)
    assert first.keys() == second.keys()
    for name, frame in first.items():
        assert frame.equals(second[name]), name
