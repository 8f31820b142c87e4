"""Demonstration data: simulated workbooks of every unit, through the same door as real ones."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from etl.build import build
from etl.campaign import Campaign
from etl.journal import Journal
from etl.load import LoadedFile, Progress, load_file
from etl.read import WorkbookReader
from etl.simulation.plan import PlannedWorkbook, plan
from etl.simulation.review import review_store
from etl.simulation.typed_in import type_in
from etl.simulation.workbook import contents
from etl.store import Store

RECEIVED_BY = "模拟数据"
FEW_WORKBOOKS = 24
"""Up to so many workbooks are handed in one after another; more are worth starting processes for."""
THREADS = "POLARS_MAX_THREADS"


class NothingReceivedError(Exception):
    """No simulated workbook can have come by now; the message names the way out."""


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
    """Fill a store with simulated workbooks of the ``months`` up to ``until``, review them and publish one build.

    ``until`` defaults to the latest month fallen due by now. What would come after now has not come. Equal
    arguments give equal workbooks, moments of receipt and decisions. Returns a summary in Chinese and English.
    Before anything is written it raises StoreConflictError where the store holds real data or another campaign,
    NothingReceivedError where nothing can have come. ``journal`` is the store's own.
    """
    whole = plan(campaign, months=months, until=until or latest_due(campaign, now), seed=seed)
    planned = [each for each in whole if each.received_at <= now]
    if not planned:
        raise NothingReceivedError(
            f"到{now:%Y年%m月%d日}，{whole[-1].period}及以前还没有可以收到的月报；请用 --until 写一个更早的月份"
            f" / by {now:%Y-%m-%d} nothing up to {whole[-1].period} can have come: name an earlier month with --until"
        )
    journal.claim(campaign.name, simulated=True, now=now)
    job = _Job(store=store, campaign=campaign, seed=seed, first=min(each.period for each in planned))
    told = progress or (lambda done, total, file: None)
    files: list[LoadedFile] = []
    for handed_in in _handed_in(job, _by_unit(planned)):
        for file in handed_in:
            files.append(file)
            told(len(files), len(planned), file)
    review_store(store, journal, campaign, seed=seed, now=now)
    build(store, journal, campaign, now=now)
    return summary(campaign, planned, files)


def latest_due(campaign: Campaign, now: datetime) -> str:
    """The latest month whose workbooks have fallen due; the campaign's first where none has."""
    due = [period for period in campaign.periods if campaign.due_at(period) <= now]
    return due[-1] if due else campaign.first_period


def workbook_bytes(campaign: Campaign, planned: PlannedWorkbook, *, seed: int, first: str) -> bytes:
    """One planned workbook as an .xlsx file."""
    cover, rows = contents(campaign, planned, seed=seed, first=first)
    unit = campaign.unit(planned.unit_code)
    return type_in(campaign, unit, planned.period, cover=cover, rows=rows, created=planned.received_at)


def summary(campaign: Campaign, planned: Sequence[PlannedWorkbook], files: Sequence[LoadedFile]) -> str:
    """What was made, in two lines."""
    accepted = sum(file.acceptance is not None for file in files)
    refused = len(files) - accepted
    periods = sorted({workbook.period for workbook in planned})
    span = f"{periods[0]} — {periods[-1]}"
    return (
        f"模拟数据：{campaign.title_zh}，{span}，接收{accepted}份工作簿，退回修改{refused}份"
        f"\nSimulated: {campaign.title_en}, {span}; {accepted} workbooks accepted, {refused} refused"
    )


@dataclass(frozen=True, kw_only=True)
class _Job:
    """What every process needs to know to write and hand in workbooks."""

    store: Store
    campaign: Campaign
    seed: int
    first: str


def _by_unit(planned: Sequence[PlannedWorkbook]) -> list[list[PlannedWorkbook]]:
    """The plan unit by unit: a unit's months build on each other, those of different units do not."""
    units: dict[str, list[PlannedWorkbook]] = {}
    for workbook in planned:
        units.setdefault(workbook.unit_code, []).append(workbook)
    return list(units.values())


def _handed_in(job: _Job, units: Sequence[Sequence[PlannedWorkbook]]) -> Iterator[list[LoadedFile]]:
    """What became of each unit's workbooks, as units are done; in several processes where it pays."""
    if sum(map(len, units)) <= FEW_WORKBOOKS:
        yield from (_hand_in(job, unit) for unit in units)
        return
    # Started afresh on every system alike: a copy of a process with threads may hang.
    pool = ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn"))
    with _one_thread_each(), pool:
        try:
            for done in as_completed([pool.submit(_hand_in, job, unit) for unit in units]):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Have the processes started meanwhile use a thread each: together they take every core already."""
    before = os.environ.get(THREADS)
    os.environ[THREADS] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[THREADS]
        else:
            os.environ[THREADS] = before


def _hand_in(job: _Job, planned: Sequence[PlannedWorkbook]) -> list[LoadedFile]:
    """Write one unit's workbooks and bring each through the door, in order."""
    journal, files = Journal(job.store.journal_url), []
    with closing(journal), TemporaryDirectory() as folder, WorkbookReader() as reader:
        for workbook in planned:
            path = Path(folder) / workbook.file_name
            path.write_bytes(workbook_bytes(job.campaign, workbook, seed=job.seed, first=job.first))
            files.append(
                load_file(
                    path,
                    reader,
                    job.store,
                    journal,
                    job.campaign,
                    RECEIVED_BY,
                    workbook.received_at,
                    simulated=True,
                )
            )
    return files
