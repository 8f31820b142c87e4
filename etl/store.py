"""The store's folder: what was received, what was accepted, what happened and the published answers.

One owner for every write of a file that must survive a kill: whole or not at all (written aside,
flushed to the disk, then moved into place).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Store:
    """Where the parts of one campaign's store lie; the folder can be moved as a whole."""

    folder: Path

    @property
    def workbooks(self) -> Path:
        """Bytes as received, by sha256."""
        return self.folder / "workbooks"

    @property
    def rows(self) -> Path:
        """Typed Parquet of accepted rows: sheet / reporting unit / period and content."""
        return self.folder / "rows"

    @property
    def warehouse(self) -> Path:
        """Published builds and the name of the current one."""
        return self.folder / "warehouse"

    @property
    def journal_url(self) -> str:
        """The default journal, a SQLite file of the store."""
        return f"sqlite:///{self.folder / 'journal.sqlite'}"

    @property
    def build_lock(self) -> Path:
        """Held by the one process that is building."""
        return self.folder / "build.lock"

    def masking_key(self) -> bytes:
        """The secret that keeps masked case numbers apart; made once for a store."""
        path = self.folder / "masking.key"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                with path.open("xb") as file:
                    file.write(secrets.token_bytes(32))
                    file.flush()
                    os.fsync(file.fileno())
                path.chmod(0o600)
            except FileExistsError:
                # Another process made it in between; its key is the store's.
                return path.read_bytes()
        return path.read_bytes()


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Put a file in place whole or not at all: ``write`` fills a file beside it, which then replaces it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        write(aside)
        _flush(aside)
        os.replace(aside, path)
        _flush_folder(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":
        # Windows flushes a folder's entries with the file; it cannot open a folder.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
