"""What the server removes by itself, every hour: workbooks as received past their time, and what merging has left."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from starlette.concurrency import run_in_threadpool

from dashboard.access.doors import Doors
from etl.act import SERVER
from etl.keeping.batches import forget
from etl.keeping.purge import BusyError, purge, summary

LOG = logging.getLogger(__name__)
HOUR = timedelta(hours=1)


async def purge_hourly(here: Doors) -> None:
    """Purge now and every hour from now on, beside everything else, until cancelled.

    Several servers of a store may all do so: one purges, the others find nothing left.
    """
    while True:
        await run_in_threadpool(purge_once, here)
        await asyncio.sleep(HOUR.total_seconds())


def purge_once(here: Doors) -> None:
    """Remove what is past its time: of merging always, of workbooks as received if the campaign says when that is.

    What goes wrong goes into the log for whoever runs the server, and stops neither the other nor anybody's work.
    """
    for removing in (_forget, _purge):
        try:
            removing(here)
        except BusyError:
            LOG.info("a backup or another purge is running: purging in an hour")
        except Exception:
            LOG.exception("purging failed; no workbook as received but those the audit names was removed")


def _forget(here: Doors) -> None:
    gone = forget(here.store, here.now())
    if gone:
        LOG.info("%d batches of workbooks to be merged forgotten", len(gone))


def _purge(here: Doors) -> None:
    days = here.campaign().workbooks_days if here.has_journal() else None
    if days is not None:
        found = purge(here.store, here.journal(), days, here.now(), who=SERVER)
        LOG.info("%s", summary(found, days, dry_run=False))
