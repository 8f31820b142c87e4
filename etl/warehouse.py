"""Publishing: a finished build gets its own name, and CURRENT is moved to it in one step.

Readers open the file CURRENT names; they never wait and never see half a build.
"""

from __future__ import annotations

import contextlib
import os
from datetime import datetime
from pathlib import Path

from etl.store import Store, write_whole

KEPT_BUILDS = 3
"""The current build and two before it: a reader that has just read CURRENT still finds its file."""


def current_build(store: Store) -> Path | None:
    """The published build, or None before the first."""
    pointer = store.warehouse / "CURRENT"
    if not pointer.exists():
        return None
    path = store.warehouse / pointer.read_text(encoding="utf-8").strip()
    return path if path.exists() else None


def publish(store: Store, finished: Path, now: datetime) -> Path:
    """Name a finished build, point CURRENT at it, and let go of builds nobody should read any more."""
    path = store.warehouse / f"build-{now:%Y%m%dT%H%M%S}-{finished.stem.rsplit('-', 1)[1]}.duckdb"
    os.replace(finished, path)
    write_whole(store.warehouse / "CURRENT", lambda aside: _write_text(aside, path.name))
    _remove_old_builds(store, path)
    return path


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _remove_old_builds(store: Store, current: Path) -> None:
    builds = sorted(store.warehouse.glob("build-*.duckdb"), key=lambda path: path.stat().st_mtime)
    for path in builds[:-KEPT_BUILDS]:
        if path != current:
            with contextlib.suppress(PermissionError):
                # On Windows a file that a dashboard has open stays until a later build.
                path.unlink(missing_ok=True)
