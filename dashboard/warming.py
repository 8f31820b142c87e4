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
from typing import TYPE_CHECKING

from streamlit import runtime

from metrics.connection import NoBuildError, OtherLayoutError

if TYPE_CHECKING:
    from dashboard.first_views import Question

LOG = logging.getLogger(__name__)
SECONDS_BETWEEN_LOOKS = 2
REST = 2.0
"""How long the thread rests after a question, in times of what the answer took."""

Ready = tuple[str, date]
"""The build and the day the answers are for: judgements change at midnight."""
Look = Callable[[Ready | None, Event], Ready | None]
"""Makes ready what is not yet; says what is ready then."""


def start() -> Event:
    """Begin to make pages ready, beside everything else, until the event is set."""
    stop = Event()
    Thread(target=keep_looking, args=(stop, _look_once_served), name="warming", daemon=True).start()
    return stop


def keep_looking(stop: Event, look_once: Look, between: float = SECONDS_BETWEEN_LOOKS) -> None:
    """Look again and again until the event is set; a look that fails, as over an unreadable build, ends nothing."""
    ready: Ready | None = None
    failure = ""
    while not stop.wait(between):
        try:
            ready, failure = look_once(ready, stop), ""
        except Exception as error:
            # Told once: a store that nobody mends would else be told of every other second.
            if repr(error) != failure:
                LOG.exception("looking for a new build failed")
            failure = repr(error)


def _look_once_served(ready: Ready | None, stop: Event) -> Ready | None:
    # Before Streamlit runs there is nobody to be ready for, and nowhere to keep an answer.
    return look(ready, stop) if runtime.exists() else ready


def look(ready: Ready | None, stop: Event, rest: float = REST) -> Ready | None:
    """Make the pages ready for the build and the day, unless ``ready`` names them; for which they are then.

    A build by another process is seen too. What goes wrong goes into the log: a reader's first view takes longer.
    """
    # Loaded once Streamlit runs: what is kept of answers has no place before, and each would say so in the log.
    from dashboard.first_views import questions

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
    from dashboard.queries import builds

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
