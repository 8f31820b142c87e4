"""What the server removes by itself: workbooks as received that are past their time, once a day."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from starlette.concurrency import run_in_threadpool

from dashboard.access.doors import Doors
from etl.audit import SERVER
from etl.keeping.purge import BusyError, purge, summary

LOG = logging.getLogger(__name__)
DAY, SOON = timedelta(days=1), timedelta(hours=1)


async def purge_daily(here: Doors) -> None:
    """Purge now and every day from now on, beside everything else, until cancelled.

    Several servers of a store may all do so: one purges, the others find nothing left.
    """
    while True:
        pause = await run_in_threadpool(purge_once, here)
        await asyncio.sleep(pause.total_seconds())


def purge_once(here: Doors) -> timedelta:
    """Purge what is past its time, if the campaign says when that is; how long to wait for the next time.

    What goes wrong goes into the log for whoever runs the server: people go on working.
    """
    try:
        days = here.campaign().workbooks_days if here.has_journal() else None
        if days is not None:
            found = purge(here.store, here.journal(), days, here.now(), who=SERVER)
            LOG.info("%s", summary(found, days, dry_run=False))
    except BusyError:
        # A nightly backup may run at this hour every day.
        return SOON
    except Exception:
        LOG.exception("purging failed; nothing but what the audit names was removed")
    return DAY
