"""The dashboard's server as its readers use it: the cost of a rerun, many readers, first paint, memory.

    python -m benchmarks.server rerun [--reruns 20]
    python -m benchmarks.server crowd [--readers 50] [--think 10] [--seconds 90]
    python -m benchmarks.server paint [--repeats 3]
    python -m benchmarks.server soak  [--minutes 10] [--warm-up 2]

Each starts its own dashboard on the store (--store or STORE_DIR) and prints figures of one run; --json FILE
keeps them too. Pages are those the dashboard itself names, months those in which anything is reported.
Linux only (/proc); ``paint`` needs Chromium and playwright.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

from benchmarks.first_paint import Paint, browser, visits
from benchmarks.readers import Measured, Reading, read
from benchmarks.rerun_cost import SEEN_FIRST, one_reader
from benchmarks.served import served
from benchmarks.tables import print_table, times
from benchmarks.websocket_session import opened
from metrics.connection import NoBuildError, current_build, open_build, runner
from metrics.dimensions import read_dimensions

SOAK_READERS, SOAK_RERUNS_A_VISIT = 20, 20
FLAT = 1.10


def main() -> None:
    """Measure the part asked for and print its table."""
    options = _options()
    months = _months(options.store)
    table = PARTS[options.part](options, months)
    if options.json:
        options.json.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--store", type=Path, default=Path(os.environ.get("STORE_DIR", "data/store")))
    shared.add_argument("--json", type=Path, metavar="FILE")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = parser.add_subparsers(dest="part", required=True)
    part = parts.add_parser("rerun", parents=[shared], help="processor time of one rerun of each page")
    part.add_argument("--reruns", type=int, default=20)
    part = parts.add_parser("crowd", parents=[shared], help="readers at once, and as Streamlit comes")
    part.add_argument("--readers", type=int, default=50)
    part.add_argument("--think", type=float, default=10, help="mean seconds between two reruns")
    part.add_argument("--seconds", type=float, default=90)
    part = parts.add_parser("paint", parents=[shared], help="until a page is drawn in a browser")
    part.add_argument("--repeats", type=int, default=3)
    part = parts.add_parser("soak", parents=[shared], help=f"memory under {SOAK_READERS} readers")
    part.add_argument("--minutes", type=float, default=10)
    part.add_argument("--warm-up", type=float, default=2, help="minutes before memory counts")
    return parser.parse_args()


def _months(store: Path) -> list[str]:
    """The months of which the store holds anything (YYYY-MM), in order."""
    try:
        with closing(open_build(current_build(store))) as connection:
            submitted = read_dimensions(runner(connection)).submitted
    except NoBuildError as error:
        raise SystemExit(f"{error} (--store {store})") from error
    return sorted({f"{month:%Y-%m}" for _sheet, month in submitted})


def _rerun(options: argparse.Namespace, months: list[str]) -> list[dict[str, object]]:
    """One reader: each month of a page for the first time, the same page again, and other months again."""
    with served(options.store) as server:
        rows = asyncio.run(one_reader(server, months, options.reruns))
    print_table(rows)
    worst = max(float(str(row["cpu_ms"])) for row in rows if row["what"] != SEEN_FIRST)
    print(f"dearest page, everything seen before: {worst:.0f} ms of processor time a rerun (aim <= 60 ms)")
    return rows


def _crowd(options: argparse.Namespace, months: list[str]) -> list[dict[str, object]]:
    """Many readers on the dashboard as it ships, then on Streamlit's own garbage collection."""
    reading = Reading(
        readers=options.readers, think=options.think, rise=2 * options.think, seconds=options.seconds
    )
    rows = []
    for name, as_streamlit_comes in (("as shipped", False), ("Streamlit's defaults", True)):
        with served(options.store, as_streamlit_comes=as_streamlit_comes) as server:
            rows.append({"server": name} | _reading_row(asyncio.run(read(server, months, reading))))
    print_table(rows)
    shipped, plain = rows
    print(f"{options.readers} readers, {options.think:g} s think time, {options.seconds:g} s measured")
    print(f"as shipped: p95 {shipped['p95_ms']} ms (aim <= 400 ms)")
    for key in ("p50_ms", "p95_ms", "cpu_ms"):
        print(f"Streamlit's defaults / as shipped, {key}: {plain[key] / shipped[key]:.1f}")
    return rows


def _reading_row(measured: Measured) -> dict[str, object]:
    if not measured.reruns:
        raise SystemExit("no reader asked for anything in the time measured: give --seconds more")
    return {
        "reruns": len(measured.reruns),
        **times(measured.reruns),
        "cpu_ms": round(measured.cpu_ms, 1),
        "server_cpu_%": round(measured.server_share * 100),
        "readers_cpu_%": round(measured.own_share * 100),
        "memory_mib": round(measured.memory[-1][1]),
    }


def _paint(options: argparse.Namespace, months: list[str]) -> list[dict[str, object]]:
    """Each page in a browser that has never seen the dashboard, and in the same browser again: medians."""
    with served(options.store) as server:
        pages = asyncio.run(_pages(server.port))
        with browser() as started:
            pairs = {
                page: [
                    visits(started, f"http://127.0.0.1:{server.port}/{page}") for _ in range(options.repeats)
                ]
                for page in pages
            }
    rows = [
        {"page": page or "/", "what": what} | _paint_row([pair[number] for pair in pairs[page]])
        for page in pages
        for number, what in enumerate(("first visit", "again"))
    ]
    print_table(rows)
    return rows


def _paint_row(paints: Sequence[Paint]) -> dict[str, object]:
    first, drawn = median(paint.first for paint in paints), median(paint.drawn for paint in paints)
    return {"first_paint_ms": round(first), "drawn_ms": round(drawn)}


async def _pages(port: int) -> list[str]:
    async with opened(port) as session:
        return list(session.pages)


def _soak(options: argparse.Namespace, months: list[str]) -> list[dict[str, object]]:
    """Readers who come and go, and the server's memory every half minute."""
    reading = Reading(
        readers=SOAK_READERS,
        think=10,
        rise=options.warm_up * 60,
        seconds=options.minutes * 60,
        reruns_a_visit=SOAK_RERUNS_A_VISIT,
    )
    with served(options.store) as server:
        measured = asyncio.run(read(server, months, reading))
    rows = [{"minute": round(minute, 1), "memory_mib": round(mib)} for minute, mib in measured.memory]
    print_table(rows)
    warm = [mib for minute, mib in measured.memory if minute >= options.warm_up] or [measured.memory[-1][1]]
    growth = max(warm) / warm[0]
    print(
        f"{len(measured.reruns)} reruns; most memory / memory after the warm-up = {growth:.2f} (aim <= {FLAT})"
    )
    return rows


PARTS = {"rerun": _rerun, "crowd": _crowd, "paint": _paint, "soak": _soak}


if __name__ == "__main__":
    main()
