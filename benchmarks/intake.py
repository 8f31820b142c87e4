"""What checking costs in processor time: starting, an ordinary workbook, a long log; also against another checkout.

    python -m benchmarks.intake [--rounds 3] [--rows 100000] [--against ../other-checkout]

Prints medians: seconds of ``etl check`` of a file without contents, milliseconds of checking and accepting one more
ordinary workbook, and the long log / python-calamine reading it into Python values. Both checkouts take turns in one
run, since figures of different times on a busy machine say nothing about each other.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
FIGURES = {
    "start": "etl check, s",
    "workbook": "one more ordinary workbook, ms",
    "log": "long log / bare python-calamine",
}
WARM_UP, MEASURED = 3, 12


def main() -> None:
    """Measure in turn, and print the medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(_figures(options.rows)))
        return
    checkouts = [HERE, *([options.against.resolve()] if options.against else [])]
    found = [{folder: _measured(folder, options.rows) for folder in checkouts} for _ in range(options.rounds)]
    for figure, words in FIGURES.items():
        medians = [statistics.median(turn[folder][figure] for turn in found) for folder in checkouts]
        print(f"{words}: " + ", there ".join(f"{median:.2f}" for median in medians))
        if options.against:
            ratio = statistics.median(turn[checkouts[1]][figure] / turn[HERE][figure] for turn in found)
            print(f"    there / here = {ratio:.2f}")


def _measured(folder: Path, rows: int) -> dict[str, float]:
    """The figures of one checkout, which this file is run on."""
    done = subprocess.run(
        [sys.executable, "-P", str(Path(__file__).resolve()), "--once", "--rows", str(rows)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def _figures(rows: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        return {
            "start": _start(Path(folder)),
            "workbook": _ordinary(Path(folder)) * 1000,
            "log": _log(Path(folder), rows),
        }


def _processor_seconds(work: Callable[[], object]) -> float:
    """Of this process and of those that it has started and that have ended."""
    before, children = time.process_time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    below = ended.ru_utime + ended.ru_stime - children.ru_utime - children.ru_stime
    return time.process_time() - before + below


def _start(folder: Path) -> float:
    from openpyxl import Workbook

    path = folder / "empty.xlsx"
    Workbook().save(path)
    command = [sys.executable, "-m", "etl", "check", str(path), "--store", str(folder / "none")]
    times = (_processor_seconds(lambda: subprocess.run(command, capture_output=True)) for _ in range(5))
    return statistics.median(times)


def _ordinary(folder: Path) -> float:
    """The cost of more workbooks, without that of the first ones and of the reading process's start."""
    from etl.demo import workbook_bytes
    from etl.simulation.plan import PlannedWorkbook

    campaign, paths = _campaign(), []
    for unit in campaign.reporting_units[: WARM_UP + MEASURED]:
        planned = PlannedWorkbook(
            unit_code=unit.code, period=campaign.periods[5], received_at=datetime(2026, 11, 1)
        )
        paths.append(folder / f"{unit.code}.xlsx")
        paths[-1].write_bytes(workbook_bytes(campaign, planned, seed=1, first=campaign.periods[5]))
    few = _processor_seconds(lambda: _take_in(campaign, paths[:WARM_UP], folder / "few"))
    more = _processor_seconds(lambda: _take_in(campaign, paths, folder / "more"))
    return (more - few) / (len(paths) - WARM_UP)


def _log(folder: Path, rows: int) -> float:
    from benchmarks.workbooks import write_large_log

    campaign, path = _campaign(), folder / "log.xlsx"
    write_large_log(path, campaign, campaign.reporting_units[0], campaign.periods[5], rows)
    turns = [
        (
            _processor_seconds(lambda: _bare(path)),
            _processor_seconds(lambda n=n: _take_in(campaign, [path], folder / f"log{n}")),
        )
        for n in range(3)
    ]
    return statistics.median(door / bare for bare, door in turns)


def _bare(path: Path) -> None:
    import python_calamine

    from etl.sheets import SHEETS

    workbook = python_calamine.CalamineWorkbook.from_path(str(path))
    for _row in workbook.get_sheet_by_name(SHEETS["complaints"].title_zh).iter_rows():
        continue


def _campaign():
    from etl.campaign import load_campaign

    return load_campaign(Path("data/campaigns/yunnan-2025"))


def _take_in(campaign, paths: list[Path], folder: Path) -> None:
    """Check and accept workbooks into a new store."""
    from etl.accept import accept, stored_history
    from etl.journal import Journal
    from etl.load import check_file
    from etl.read import WorkbookReader
    from etl.store import Store

    folder.mkdir()
    store, now = Store(folder=folder), datetime(2026, 11, 1)
    journal = Journal(store.journal_url)
    journal.claim(campaign.name, simulated=True, now=now)
    with WorkbookReader() as reader:
        for path in paths:
            file = check_file(path, reader, campaign, now=now, history=stored_history(store, journal))
            if file.blocked:
                raise SystemExit(f"{path} is not valid: {file.findings[:3]}")
            told = {"file_name": path.name, "received_by": "benchmark", "received_at": now, "findings": []}
            accept(store, journal, file.checked, file.content, **told)


if __name__ == "__main__":
    main()
