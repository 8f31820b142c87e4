"""Demonstration data: simulated workbooks of every unit, through the same door as real ones."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from etl.campaign import Campaign
from etl.journal import Journal
from etl.load import Loaded, Progress, load
from etl.simulation.plan import PlannedWorkbook, plan
from etl.simulation.typed_in import type_in
from etl.simulation.workbook import contents
from etl.store import Store

RECEIVED_BY = "模拟数据"
FEW_WORKBOOKS = 24
"""Up to so many workbooks are written one after another; more are worth starting processes for."""


def make_demo(
    store: Store,
    journal: Journal,
    campaign: Campaign,
    *,
    months: int,
    until: str | None,
    seed: int,
    now: datetime,
    progress: Progress | None = None,
) -> str:
    """Fill a store with simulated workbooks of the ``months`` up to ``until`` and publish one build.

    ``until`` defaults to the latest month fallen due by now. Equal arguments give equal workbooks and
    moments of receipt. Returns a summary in Chinese and English. Raises StoreConflictError, before
    anything is written, where the store holds real data or another campaign.
    """
    journal.claim(campaign.name, simulated=True, now=now)
    last = until or latest_due(campaign, now)
    planned = plan(campaign, months=months, until=last, seed=seed)
    with tempfile.TemporaryDirectory() as folder, _written(campaign, planned, seed, Path(folder)) as files:

        def handed_in(path: Path) -> datetime:
            # The door asks for this moment before it reads the file, which may still be being written.
            workbook, written = files[path]
            written()
            return workbook.received_at

        loaded = load(
            list(files),
            store,
            journal,
            campaign,
            received_by=RECEIVED_BY,
            simulated=True,
            now=lambda: now,
            received_at=handed_in,
            progress=progress,
        )
    return summary(campaign, planned, loaded)


def latest_due(campaign: Campaign, now: datetime) -> str:
    """The latest month whose workbooks have fallen due; the campaign's first where none has."""
    due = [period for period in campaign.periods if campaign.due_at(period) <= now]
    return due[-1] if due else campaign.first_period


def workbook_bytes(campaign: Campaign, planned: PlannedWorkbook, *, seed: int, first: str) -> bytes:
    """One planned workbook as an .xlsx file."""
    cover, rows = contents(campaign, planned, seed=seed, first=first)
    unit = campaign.unit(planned.unit_code)
    return type_in(campaign, unit, planned.period, cover=cover, rows=rows, created=planned.received_at)


def summary(campaign: Campaign, planned: Sequence[PlannedWorkbook], loaded: Loaded) -> str:
    """What was made, in two lines."""
    accepted = sum(file.acceptance is not None for file in loaded.files)
    refused = len(loaded.files) - accepted
    periods = sorted({workbook.period for workbook in planned})
    span = f"{periods[0]} — {periods[-1]}"
    return (
        f"模拟数据:{campaign.title_zh},{span},接收{accepted}份工作簿,退回修改{refused}份"
        f"\nSimulated: {campaign.title_en}, {span}; {accepted} workbooks accepted, {refused} refused"
    )


@contextmanager
def _written(
    campaign: Campaign, planned: Sequence[PlannedWorkbook], seed: int, folder: Path
) -> Iterator[Mapping[Path, tuple[PlannedWorkbook, Callable[[], object]]]]:
    """The planned files by path, in order, each with a call that waits until it is written."""
    first = min(workbook.period for workbook in planned)
    jobs = [(workbook, folder / workbook.file_name) for workbook in planned]
    if len(jobs) <= FEW_WORKBOOKS:
        yield {path: (each, _writing_now(campaign, each, seed, first, path)) for each, path in jobs}
        return
    # Started afresh on every system alike; a copy of a process with threads may hang.
    pool = ProcessPoolExecutor(
        max_workers=os.cpu_count(),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_take_campaign,
        initargs=(campaign, seed, first),
    )
    with pool:
        try:
            futures: dict[Path, Future[None]] = {path: pool.submit(_write, each, path) for each, path in jobs}
            yield {path: (each, futures[path].result) for each, path in jobs}
        finally:
            pool.shutdown(cancel_futures=True)


def _writing_now(
    campaign: Campaign, planned: PlannedWorkbook, seed: int, first: str, path: Path
) -> Callable[[], object]:
    return lambda: path.write_bytes(workbook_bytes(campaign, planned, seed=seed, first=first))


_given: list[tuple[Campaign, int, str]] = []
"""In a writing process: the campaign, the seed and the first month, handed over once."""


def _take_campaign(campaign: Campaign, seed: int, first: str) -> None:
    _given[:] = [(campaign, seed, first)]


def _write(planned: PlannedWorkbook, path: Path) -> None:
    campaign, seed, first = _given[0]
    path.write_bytes(workbook_bytes(campaign, planned, seed=seed, first=first))
