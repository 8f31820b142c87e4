"""The pages of the last months made ready in the background: after every new build, and every new day.

The answers are those the pages ask for, kept where the pages look for them. One thread of the server asks, one
question at a time, and rests after each for longer than it took, so that readers come first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import date
from threading import Event, Thread
from time import perf_counter

from streamlit import runtime

from dashboard.first_views import Question, questions
from dashboard.queries import builds
from metrics.connection import NoBuildError, OtherLayoutError

LOG = logging.getLogger(__name__)
SECONDS_BETWEEN_LOOKS = 2
REST = 2.0
"""How long the thread rests after a question, in times of what the answer took."""

Ready = tuple[str, date]
"""The build and the day the answers are for: judgements change at midnight."""


def start() -> Event:
    """Begin to make pages ready, beside everything else, until the event is set."""
    stop = Event()
    Thread(target=_keep_ready, args=(stop,), name="warming", daemon=True).start()
    return stop


def _keep_ready(stop: Event) -> None:
    ready: Ready | None = None
    while not stop.wait(SECONDS_BETWEEN_LOOKS):
        # Before Streamlit runs there is nobody to be ready for, and nowhere to keep an answer.
        if runtime.exists():
            ready = look(ready, stop)


def look(ready: Ready | None, stop: Event, rest: float = REST) -> Ready | None:
    """Make the pages ready for the build and the day, unless ``ready`` names them; for which they are then.

    A build by another process is seen too. What goes wrong goes into the log: a reader's first view takes longer.
    """
    found = _current()
    if found is None or found == ready:
        return ready
    try:
        ask(questions(*found), stop, lambda: _current() == found, rest)
    except OtherLayoutError:
        LOG.info("the build is of another version of the program: nothing to make ready")
    except Exception:
        LOG.exception("making the pages ready failed")
    return found


def _current() -> Ready | None:
    try:
        return builds.build(), builds.today()
    except NoBuildError:
        return None


def ask(asked: Iterable[Question], stop: Event, is_wanted: Callable[[], bool], rest: float = REST) -> None:
    """Ask one question after another, as long as their answers are wanted; one that fails stops no other."""
    for question in asked:
        if stop.is_set() or not is_wanted():
            return
        began = perf_counter()
        try:
            question()
        except Exception:
            LOG.exception("a page could not be made ready")
        stop.wait(rest * (perf_counter() - began))
