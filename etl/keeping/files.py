"""Copying a file whole or not at all, or sharing it with a backup that has it already."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from etl.keeping.manifest import KEYS, KeptFile, kept_file
from etl.store import write_whole


@contextlib.contextmanager
def nothing_left_of(folder: Path) -> Iterator[None]:
    """Take a folder away where something within fails."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def link(earlier: Path, made: Path, file: KeptFile) -> bool:
    """Whether the earlier backup's file, still whole, now stands in this one too, without taking space."""
    target = made / file.path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if kept_file(earlier, file.path) != file:
            return False
        os.link(earlier / file.path, target)
    except OSError:
        # Not every file system has links.
        return False
    return True


def copy(source: Path, target: Path) -> None:
    """Copy a file whole or not at all; a key only its owner may read."""
    write_whole(target, lambda aside: _copy_bytes(source, aside, private=target.name in KEYS))


def _copy_bytes(source: Path, target: Path, *, private: bool) -> None:
    # Opened so, nobody else can read a key at any moment; a disk without owners takes it all the same.
    mode = 0o600 if private else 0o666
    with source.open("rb") as read:
        try:
            with open(target, "xb", opener=lambda path, flags: os.open(path, flags, mode)) as to:
                shutil.copyfileobj(read, to)
        except OSError as error:
            # A full disk does not say by itself which one it is.
            error.filename = error.filename or str(target)
            raise
