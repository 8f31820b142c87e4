"""The store's folder: what was received, what was accepted, what happened and the published answers.

One owner for every write of a file that must survive a kill: whole or not at all (written aside,
flushed to the disk, then moved into place).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

KEY_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Store:
    """Where the parts of one campaign's store lie; the folder can be moved as a whole."""

    folder: Path

    @property
    def workbooks(self) -> Path:
        """Bytes as received, by sha256."""
        return self.folder / "workbooks"

    @property
    def attachments(self) -> Path:
        """What was attached to submissions, as received, by sha256."""
        return self.folder / "attachments"

    @property
    def merging(self) -> Path:
        """Workbooks on their way into one, by unit and month; none stays for longer than a day."""
        return self.folder / "merging"

    def keep(self, folder: Path, content: bytes, ending: str) -> str:
        """Put bytes into a folder of this store under their sha256, which it returns; whole or not at all."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.kept(folder, sha256, ending)
        if not self._touched(path):
            write_whole(path, lambda aside: _write_bytes(aside, content))
        return sha256

    def _touched(self, path: Path) -> bool:
        """Whether a file is there already; its time then says that somebody has just brought it again."""
        with FileLock(self.touching_lock):
            try:
                os.utime(path)
            except FileNotFoundError:
                return False
            return True

    @contextlib.contextmanager
    def received(self) -> Iterator[list[tuple[Path, float]]]:
        """Every workbook and attachment as received and when it was last brought (seconds since 1970).

        While within, nobody brings one of them again: what is removed here is written anew by who comes after.
        """
        with FileLock(self.touching_lock):
            yield [*_times(self.workbooks), *_times(self.attachments)]

    def kept(self, folder: Path, sha256: str, ending: str) -> Path:
        """Where bytes of this sha256 lie in a folder of this store."""
        return folder / sha256[:2] / f"{sha256}{ending}"

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
    def touching_lock(self) -> Path:
        """Held for the moment in which bytes that are there already are taken in again, and while some are purged."""
        return self.folder / "touching.lock"

    @property
    def purge_lock(self) -> Path:
        """Held by the one backup or purge that is running: a backup must find what its copy of the journal names."""
        return self.folder / "purge.lock"

    @property
    def build_lock(self) -> Path:
        """Held by the one process that is building."""
        return self.folder / "build.lock"

    def masking_key(self) -> bytes:
        """The secret that keeps masked case numbers apart; made once for a store."""
        return self._key("masking.key")

    def audit_key(self) -> bytes:
        """The secret that seals the audit; made once for a store."""
        return self._key("audit.key")

    def _key(self, name: str) -> bytes:
        path = self.folder / name
        if not path.exists():
            write_once(path, secrets.token_bytes(KEY_BYTES))
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise ValueError(
                f"{path} should hold {KEY_BYTES} bytes, not {len(key)}; restore it from a backup"
            )
        return key


def _times(folder: Path) -> Iterator[tuple[Path, float]]:
    for path in sorted(folder.glob("*/*")):
        # What is written aside is moved into place at any moment.
        with contextlib.suppress(FileNotFoundError):
            yield path, path.stat().st_mtime


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


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def write_once(path: Path, content: bytes) -> None:
    """Put a file in place that only its owner may read, unless it is there already: the first one stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        aside.write_bytes(content)
        aside.chmod(0o600)
        _flush(aside)
        with contextlib.suppress(FileExistsError):
            # Another process may have been first; a link, unlike a move, never replaces what it made.
            os.link(aside, path)
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
