"""Check and accept a 100,000-row complaint log, against bare readings of the same file.

    python -m benchmarks.door [--rows 100000]

Prints ratios within one run: the door / python-calamine reading the log sheet into Python values, and an
openpyxl row loop / the door, with the peak memory of the door's processes.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from datetime import datetime
from pathlib import Path

import openpyxl
import python_calamine

from benchmarks.workbooks import write_large_log
from etl.accept import accept, stored_history
from etl.campaign import load_campaign
from etl.check import check_file
from etl.journal import Journal
from etl.read import WorkbookReader
from etl.sheets import SHEETS
from etl.store import Store

CAMPAIGN = Path(__file__).resolve().parent.parent / "data" / "campaigns" / "yunnan-2025"


def main() -> None:
    """Measure each way three times and print the best of each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    campaign = load_campaign(CAMPAIGN)
    unit, period = campaign.reporting_units[0], campaign.periods[5]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.xlsx"
        write_large_log(path, campaign, unit, period, rows)
        print(f"{rows:,} rows, {path.stat().st_size / 2**20:.1f} MiB")
        calamine = min(_timed(lambda: _calamine(path)) for _ in range(3))
        door = min(_timed(lambda n=n: _door(path, campaign, Path(folder) / f"store{n}")) for n in range(3))
        loop = _timed(lambda: _openpyxl(path))
    print(f"bare python-calamine {calamine:.2f} s, door {door:.2f} s, openpyxl row loop {loop:.2f} s")
    print(f"door / python-calamine = {door / calamine:.2f} (aim <= 3)")
    print(f"openpyxl / door = {loop / door:.2f} (aim >= 5)")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"peak memory: {own:.0f} MiB in the process (openpyxl included), {child:.0f} MiB in the reading process"
    )


def _timed(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _calamine(path: Path) -> None:
    workbook = python_calamine.CalamineWorkbook.from_path(str(path))
    for _row in workbook.get_sheet_by_name(SHEETS["complaints"].title_zh).iter_rows():
        continue


def _openpyxl(path: Path) -> None:
    workbook = openpyxl.load_workbook(path, read_only=True)
    for _row in workbook[SHEETS["complaints"].title_zh].iter_rows(values_only=True):
        continue


def _door(path: Path, campaign, folder: Path) -> None:
    folder.mkdir()
    store = Store(folder=folder)
    journal = Journal(store.journal_url)
    now = datetime(2026, 11, 1)
    journal.claim(campaign.name, simulated=True, now=now)
    with WorkbookReader() as reader:
        file = check_file(path, reader, campaign, now=now, history=stored_history(store, journal))
    if file.blocked:
        raise SystemExit(f"the log is not valid: {file.findings[:3]}")
    accept(
        store,
        journal,
        file.checked,
        file.content,
        file_name=path.name,
        received_by="benchmark",
        received_at=now,
        findings=[],
    )


if __name__ == "__main__":
    main()
