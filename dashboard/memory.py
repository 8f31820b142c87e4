"""Garbage collection by the minute in place of a full one after every run."""

from __future__ import annotations

import gc
import threading
from functools import cache

SECONDS_BETWEEN_COLLECTIONS = 60


@cache
def guard_memory() -> threading.Thread:
    """Set aside what the imports made, once a process, and collect what sessions leave behind by the minute.

    Streamlit's own collection after every run is off (config.toml); without this guard cyclic garbage of
    the oldest generation would wait for CPython's thresholds.
    """
    gc.collect()
    gc.freeze()
    guard = threading.Thread(target=_collect_forever, name="memory-guard", daemon=True)
    guard.start()
    return guard


def _collect_forever() -> None:
    pause = threading.Event()
    while not pause.wait(SECONDS_BETWEEN_COLLECTIONS):
        gc.collect()
