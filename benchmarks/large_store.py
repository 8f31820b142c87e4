"""All KPIs of one month over 10 million complaints, and publishing one more workbook onto that store.

    python -m benchmarks.large_store [--complaints 10000000]

The complaints are written as Parquet where acceptance would put them, in the journal of a simulated
store; everything after that is the program's own. Prints figures and ratios of one run.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import duckdb

from benchmarks.workbooks import write_large_log
from etl.build import build
from etl.campaign import Campaign, load_campaign
from etl.journal import Journal, SubmittedSheet
from etl.load import load
from etl.models import rows_query
from etl.sheets import SHEETS
from etl.store import Store
from metrics.connection import current_build, open_build, runner
from metrics.dimensions import read_dimensions
from metrics.kpis import KPIS
from metrics.query import table

CAMPAIGN = Path(__file__).resolve().parent.parent / "data" / "campaigns" / "yunnan-2025"
NOW = datetime(2027, 2, 1)
NEW_ROWS = 300


def main() -> None:
    """Write the store, build it, read a month of it, publish one more workbook on it and on an empty one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--complaints", type=int, default=10_000_000)
    count = parser.parse_args().complaints
    campaign = load_campaign(CAMPAIGN)
    with tempfile.TemporaryDirectory() as folder:
        large, empty = _store(folder, "large", campaign), _store(folder, "empty", campaign)
        _write_complaints(large, campaign, count)
        seconds = _timed(lambda: build(large, Journal(large.journal_url), campaign, now=NOW))
        build(empty, Journal(empty.journal_url), campaign, now=NOW)
        print(
            f"{count:,} complaints, full build {seconds:.1f} s, build file {_size(large)} (empty {_size(empty)})"
        )
        _read_months(large)
        times = {name: [] for name in ("large", "empty")}
        for number in range(3):
            for name, store in (("large", large), ("empty", empty)):
                times[name].append(_publish(store, campaign, Path(folder), number))
        on_large, on_empty = min(times["large"]), min(times["empty"])
        print(f"publish one workbook: {on_large:.2f} s on the large store, {on_empty:.2f} s on an empty one")
        print(f"large / empty = {on_large / on_empty:.2f} (aim <= 2)")


def _store(folder: str, name: str, campaign: Campaign) -> Store:
    store = Store(folder=Path(folder) / name)
    store.folder.mkdir()
    Journal(store.journal_url).claim(campaign.name, simulated=True, now=NOW)
    return store


def _write_complaints(store: Store, campaign: Campaign, count: int) -> None:
    """Every unit a log for every month but the last, in equal parts."""
    journal = Journal(store.journal_url)
    months = campaign.periods[:-1]
    each = count // (len(months) * len(campaign.reporting_units))
    with closing(duckdb.connect()) as connection:
        for unit in campaign.reporting_units:
            leaves = [leaf.code for leaf in campaign.leaves(unit.code) if not leaf.own_office]
            for month in months:
                submission = f"{unit.code}-{month}-{'0' * 16}"
                path = f"complaints/{unit.code}/{month}-{'0' * 16}.parquet"
                (store.rows / path).parent.mkdir(parents=True, exist_ok=True)
                connection.execute(
                    _complaints_query(store.rows / path, unit.code, month, submission, leaves, each)
                )
                _record(journal, campaign, unit.code, month, submission, path, each)


def _complaints_query(
    path: Path, unit: str, month: str, submission: str, leaves: list[str], count: int
) -> str:
    columns = {
        "complaint_id": f"'{month}-' || i",
        "unit": f"{leaves}[1 + (hash(i) % {len(leaves)})::int]",
        "received_at": f"date '{month}-01' + to_minutes((hash(i, 1) % 40000)::bigint)",
        "channel": "['12345热线', '网络平台', '来电'][1 + (hash(i, 2) % 3)::int]",
        "complaint_kind": "if(hash(i, 3) % 25 = 0, '执法行为投诉', '城市管理问题诉求')",
        "matter": "['占道经营', '噪声', '油烟', '市容环卫'][1 + (hash(i, 4) % 4)::int]",
        "excluded_reason": "if(hash(i, 5) % 10 = 0, '咨询建议', '无')",
        "finding": "if(hash(i, 6) % 2 = 0, '属实', '不属实')",
        "due_at": f"date '{month}-01' + to_minutes((hash(i, 1) % 40000 + 7200)::bigint)",
        "closed_at": f"date '{month}-01' + to_minutes((hash(i, 1) % 40000 + hash(i, 7) % 7500)::bigint)",
        "confirmed": "if(hash(i, 8) % 8 = 0, '未解决', '解决')",
        "callback": "if(hash(i, 9) % 12 = 0, '不满意', '满意')",
        "row": "(i + 3)::int",
        "reporting_code": f"'{unit}'",
        "period": f"date '{month}-01'",
        "submission_id": f"'{submission}'",
        "source_submission_id": f"'{submission}'",
    }
    chosen = ", ".join(f'{value} as "{name}"' for name, value in columns.items())
    return (
        f"copy (select * from ({rows_query(SHEETS['complaints'], [])}) union all by name"
        f" select {chosen} from range({count}) as numbers(i)) to '{path}' (format parquet, compression zstd)"
    )


def _record(
    journal: Journal, campaign: Campaign, unit: str, month: str, submission: str, path: str, count: int
) -> None:
    data_from, data_to = campaign.window(month)
    values = {
        "submission_id": submission,
        "unit_code": unit,
        "period": month,
        "sha256": submission,
        "file_name": "benchmark.xlsx",
        "received_at": NOW,
        "received_by": "benchmark",
        "data_from": data_from,
        "data_to": data_to,
        "cover": {},
        "findings": [],
    }
    journal.record(
        values, [SubmittedSheet(sheet="complaints", content="reported", row_count=count, path=path)]
    )


def _read_months(store: Store) -> None:
    with closing(open_build(current_build(store.folder))) as connection:
        run = runner(connection)
        dimensions = read_dimensions(run)
        month = date(2026, 9, 1)

        def read(kind: str) -> None:
            table(run, dimensions, list(KPIS.values()), month=month, kind=kind, as_of=NOW)

        for kind, aim in (("month", " (aim <= 20 ms)"), ("rolling12", "")):
            read(kind)
            milliseconds = min(_timed(lambda kind=kind: read(kind)) for _ in range(10)) * 1000
            print(f"all {len(KPIS)} KPIs of one {kind} for every unit: {milliseconds:.1f} ms{aim}")


def _publish(store: Store, campaign: Campaign, folder: Path, number: int) -> float:
    path = folder / f"new-{number}.xlsx"
    if not path.exists():
        write_large_log(
            path, campaign, campaign.reporting_units[0], campaign.periods[-1], NEW_ROWS, seed=number
        )

    def work() -> None:
        loaded = load(
            [path],
            store,
            Journal(store.journal_url),
            campaign,
            received_by="benchmark",
            simulated=True,
            now=lambda: NOW,
        )
        if loaded.files[0].acceptance is None:
            raise SystemExit(f"not accepted: {loaded.files[0].findings[:3]}")

    return _timed(work)


def _timed(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _size(store: Store) -> str:
    return f"{current_build(store.folder).stat().st_size / 2**20:.1f} MiB"


if __name__ == "__main__":
    main()
