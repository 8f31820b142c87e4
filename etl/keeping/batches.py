"""Batches of workbooks on their way into one, by unit and month: taken in, read, and what came of them.

The name of a batch's folder says how far it is, and it goes on by one move under the month's lock: two people of a
unit who merge at the same time never take away each other's files, and what a killed server leaves is never taken
for a result. Nothing here is part of a backup; what nobody comes back for is forgotten.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock

from etl.conflicts import Conflict, packed, unpacked
from etl.keeping.due import SHANGHAI
from etl.store import Store, write_whole

KEPT, ABANDONED = timedelta(days=1), timedelta(hours=1)
"""How long a result stays, and files nobody has merged or whose merging was cut short."""
MOST_WAITING = 2
"""Batches of one unit and month that may wait to be merged: a second tab or colleague, no more."""
READING, MERGED = ".reading", ".merged"
"""How the folder of a batch that is being read ends, and of what came of one; one that waits is named as sent."""
RESULT, WORKBOOK = "result.json", "merged.xlsx"


@dataclass(frozen=True, kw_only=True)
class Merging:
    """What came of a merging: how many files went into the workbook, the conflicts, and when (Asia/Shanghai)."""

    files: int
    conflicts: Sequence[Conflict]
    merged_at: datetime

    @property
    def has_workbook(self) -> bool:
        """Whether any file could be merged."""
        return self.files > 0


def take(month: Path, batch: str, number: int, content: bytes) -> None:
    """Take in one file of a batch; ``month`` is the folder of a unit's month.

    Beginning one batch too many ends the one that has waited longest. Raises OSError.
    """
    folder = month / batch
    if not folder.exists():
        with _lock(month):
            waiting = [each for each in _folders(month) if each.suffix not in (READING, MERGED)]
            for old in sorted(waiting, key=_changed_at)[: 1 - MOST_WAITING]:
                shutil.rmtree(old, ignore_errors=True)
            folder.mkdir(parents=True, exist_ok=True)
    write_whole(_file(folder, number), lambda aside: _write(aside, content))


def is_whole(month: Path, batch: str, count: int) -> bool:
    """Whether so many files of a batch are there."""
    return all(path.exists() for path in _files(month / batch, count))


@contextmanager
def claimed(month: Path, batch: str, count: int) -> Iterator[list[Path]]:
    """The files of a batch, from now on out of everybody's reach; gone afterwards, whatever came of them.

    Raises OSError, FileNotFoundError where somebody else has claimed the batch before.
    """
    reading = _fresh(month, READING)
    with _lock(month):
        (month / batch).rename(reading)
        # As long as it is younger than what is abandoned, it is not forgotten.
        os.utime(reading)
    try:
        yield _files(reading, count)
    finally:
        _drop(month, reading)


def keep(month: Path, merging: Merging, content: bytes | None) -> None:
    """Put down what came of a merging, workbook and conflicts at once, in the place of what there was.

    What there was goes last: whatever stops this, the month has the one result or the other. Raises OSError.
    """
    conflicts = [packed(each) for each in merging.conflicts]
    held = {"files": merging.files, "conflicts": conflicts, "merged_at": merging.merged_at.isoformat()}
    written, result = _fresh(month, READING), _fresh(month, MERGED)
    try:
        if content is not None:
            write_whole(written / WORKBOOK, lambda aside: _write(aside, content))
        text = json.dumps(held, ensure_ascii=False).encode()
        write_whole(written / RESULT, lambda aside: _write(aside, text))
        with _lock(month):
            written.rename(result)
            for earlier in month.glob(f"*{MERGED}"):
                if earlier != result:
                    shutil.rmtree(earlier, ignore_errors=True)
    finally:
        _drop(month, written)


def latest(month: Path, now: datetime) -> Merging | None:
    """What came of the latest merging of a unit's month, for as long as it is kept."""
    if not month.exists():
        return None
    with _lock(month):
        found = _latest(month, now)
    return found[0] if found else None


def latest_workbook(month: Path, now: datetime) -> bytes | None:
    """The workbook of the latest merging, for as long as it is kept; None where no file could be merged."""
    if not month.exists():
        return None
    with _lock(month):
        found = _latest(month, now)
        return (found[1] / WORKBOOK).read_bytes() if found and found[0].has_workbook else None


def forget(store: Store, now: datetime, *, dry_run: bool = False) -> list[Path]:
    """Take away what any unit has left for too long, results and files; the folders that go."""
    going = []
    for month in sorted(_folders(store.merging)):
        with _lock(month):
            past = [folder for folder in sorted(_folders(month)) if _is_past(folder, now)]
            for folder in () if dry_run else past:
                shutil.rmtree(folder, ignore_errors=True)
        going += past
    return going


def _is_past(folder: Path, now: datetime) -> bool:
    if folder.suffix != MERGED:
        return now - _changed_at(folder) > ABANDONED
    made = _result(folder)
    return made is None or now - made.merged_at > KEPT


def _latest(month: Path, now: datetime) -> tuple[Merging, Path] | None:
    made = [(held, folder) for folder in month.glob(f"*{MERGED}") if (held := _result(folder)) is not None]
    held = [each for each in made if now - each[0].merged_at <= KEPT]
    return max(held, key=lambda each: each[0].merged_at, default=None)


def _result(folder: Path) -> Merging | None:
    """What came of a merging; None where its removal was cut short."""
    path = folder / RESULT
    if not path.exists():
        return None
    held = json.loads(path.read_text(encoding="utf-8"))
    conflicts = tuple(unpacked(each) for each in held["conflicts"])
    merged_at = datetime.fromisoformat(held["merged_at"])
    return Merging(files=held["files"], conflicts=conflicts, merged_at=merged_at)


def _lock(month: Path) -> FileLock:
    """Held for the moment in which batches of a unit's month come, change their names or go."""
    return FileLock(month.with_name(f"{month.name}.lock"))


def _drop(month: Path, folder: Path) -> None:
    with _lock(month):
        shutil.rmtree(folder, ignore_errors=True)


def _fresh(month: Path, ending: str) -> Path:
    return month / f"{secrets.token_hex(8)}{ending}"


def _folders(within: Path) -> list[Path]:
    return [path for path in within.glob("*") if path.is_dir()]


def _changed_at(folder: Path) -> datetime:
    """When a file was last put into a folder (Asia/Shanghai)."""
    return datetime.fromtimestamp(folder.stat().st_mtime, SHANGHAI).replace(tzinfo=None)


def _files(folder: Path, count: int) -> list[Path]:
    return [_file(folder, number) for number in range(1, count + 1)]


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:02d}.xlsx"


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
