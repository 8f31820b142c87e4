"""Publishing after something was accepted or decided: in the background, one build at a time."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from dashboard.access.doors import Doors
from etl.build import CheckFailedError, build

LOG = logging.getLogger(__name__)
BUILDER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="publishing")


def publish_soon(here: Doors) -> Future[None]:
    """Build what the journal now holds; readers see the figures once it is done, and the last ones until then."""
    return BUILDER.submit(_publish, here)


def _publish(here: Doors) -> None:
    try:
        build(here.store, here.journal(), here.campaign(), now=here.now().replace(microsecond=0))
    except CheckFailedError as failure:
        # What was accepted is safe, and the last build stays up; the log is for whoever runs the server.
        LOG.error("%s", failure)
    except Exception:
        LOG.exception("publishing failed; the last build stays up")


def up_to_date(here: Doors) -> None:
    """Publish at the start what a server that was stopped in between had accepted."""
    if here.has_journal():
        publish_soon(here)
