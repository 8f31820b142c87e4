"""Publishing after something was accepted or decided: in the background, one build at a time."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from dashboard.access.doors import Doors
from etl.build import CheckFailedError, build

LOG = logging.getLogger(__name__)
BUILDER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="publishing")


WAITING: set[Path] = set()
"""Stores whose build has not begun yet."""
PREPARED: set[Path] = set()
"""Stores whose first build this process has asked for."""
LOCK = Lock()


def publish_soon(here: Doors) -> None:
    """Build what the journal then holds; readers see the figures once it is done, and the last ones until then.

    One that waits already will see this change too: a rush before the deadline is not a rush of builds.
    """
    with LOCK:
        if here.store.folder in WAITING:
            return
        WAITING.add(here.store.folder)
    BUILDER.submit(_publish, here)


def _publish(here: Doors) -> None:
    with LOCK:
        WAITING.discard(here.store.folder)
    try:
        build(here.store, here.journal(), here.campaign(), now=here.now().replace(microsecond=0))
    except CheckFailedError as failure:
        # What was accepted is safe, and the last build stays up; the log is for whoever runs the server.
        LOG.error("%s", failure)
    except Exception:
        LOG.exception("publishing failed; the last build stays up")


def prepare(here: Doors) -> None:
    """Make a store's first build, asked for once a process however many people wait for it."""
    with LOCK:
        if here.store.folder in PREPARED:
            return
        PREPARED.add(here.store.folder)
    publish_soon(here)


def up_to_date(here: Doors) -> None:
    """Publish at the start what a server that was stopped in between had accepted."""
    if here.has_journal():
        publish_soon(here)
