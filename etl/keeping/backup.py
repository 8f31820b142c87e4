"""Taking a backup: a store as it was at one moment, while people go on working.

The journal is copied first, by SQLite's own online backup: whatever its copy names was written before it and
never changes. The manifest comes last; a folder without one is no backup. What is amiss with the store without
being in the way, a tampered audit above all, is told in it: that is when a backup is wanted most.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from filelock import FileLock

from etl.act import on_command_line
from etl.keeping.acts import tell
from etl.keeping.contents import journal_told, named, purged, reading, told
from etl.keeping.files import copy, link, nothing_left_of
from etl.keeping.manifest import (
    JOURNAL,
    KEYS,
    MANIFEST,
    BackupError,
    KeptFile,
    Manifest,
    finished,
    kept_file,
    read_manifest,
    sealed,
)
from etl.keeping.verify import audit_fault, verify
from etl.store import Store, write_whole


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup just made and verified; ``shared`` of its files it has in common with the one before."""

    folder: Path
    manifest: Manifest
    shared: int


def backup(store: Store, folder: Path, now: datetime, *, user: str) -> Backup:
    """Make and verify a backup in a new folder of ``folder``, named by the moment; the store stays in use.

    Audited afterwards as an act of ``user``, of the operating system. Raises BackupError where the store lacks something its journal names (no half backup stays behind),
    migrate.OtherJournalError where a later version of the program wrote it.
    """
    if not (store.folder / JOURNAL).is_file():
        raise BackupError(
            f"{store.folder} 里没有 {JOURNAL}，无可备份；请用 --store 指明数据目录"
            f" / there is no {JOURNAL} in {store.folder}: name the store with --store"
        )
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(store.purge_lock):
        made = _made(store, folder, now)
    manifest = made.manifest
    detail = {
        "files": len(manifest.files),
        "fault": manifest.audit_fault or "",
        "missing": len(manifest.missing) or "",
    }
    act = on_command_line(now, "store.backup", str(made.folder.resolve()), user, **detail)
    with journal_told(store.folder / JOURNAL):
        tell(store, act, tampered=manifest.audit_fault is not None)
    return made


def _made(store: Store, folder: Path, now: datetime) -> Backup:
    earlier = _earlier(folder)
    made = _new_folder(folder, now)
    with nothing_left_of(made), journal_told(f"{store.folder / JOURNAL} → {made / JOURNAL}"):
        _copy_journal(store.folder / JOURNAL, made / JOURNAL)
        manifest, shared = _filled(store, made, earlier, now)
        verify(made, manifest)
        write_whole(made / MANIFEST, lambda aside: _write(aside, sealed(manifest)))
    return Backup(folder=made, manifest=manifest, shared=shared)


@dataclass(frozen=True, kw_only=True)
class _Earlier:
    """The latest backup in the same folder whose manifest is whole: what has not changed is shared with it."""

    folder: Path
    files: Mapping[str, KeptFile]


def _earlier(folder: Path) -> _Earlier | None:
    for path in finished(folder):
        with contextlib.suppress(BackupError):
            return _Earlier(folder=path, files={file.path: file for file in read_manifest(path).files})
    return None


def _new_folder(folder: Path, now: datetime) -> Path:
    for number in count(1):
        made = folder / f"{now:%Y%m%d-%H%M%S}-{number}"
        with contextlib.suppress(FileExistsError):
            # The keys and the accounts lie in it: nobody else on the machine may look.
            made.mkdir(mode=0o700)
            return made
    raise AssertionError("numbers do not end")


def _copy_journal(journal: Path, to: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(journal, timeout=60)) as source,
        contextlib.closing(sqlite3.connect(to)) as copy,
    ):
        source.backup(copy)
        # One plain file without a log beside it: whoever opens it to look leaves nothing behind.
        copy.execute("PRAGMA journal_mode=DELETE")


def _filled(store: Store, made: Path, earlier: _Earlier | None, now: datetime) -> tuple[Manifest, int]:
    """Bring in what the copied journal names; the manifest, and how many files are the earlier backup's own."""
    with reading(made / JOURNAL) as connection:
        wanted, held_in = named(connection), told(connection)
    files, lacking, shared = [kept_file(made, JOURNAL)], [], 0
    for path in (*KEYS, *wanted.rows, *wanted.seen, *wanted.received):
        try:
            file, is_shared = _brought_in(store, made, path, earlier)
        except FileNotFoundError:
            if path in wanted.rows:
                raise BackupError(_MISSING_ROWS.format(path=store.folder / path)) from None
            lacking += [path] if path in wanted.received else []
            continue
        files.append(file)
        shared += is_shared
    moment = now.isoformat(timespec="seconds")
    return Manifest(**held_in, **_amiss(made, lacking), made_at=moment, files=tuple(files)), shared


def _amiss(made: Path, lacking: Sequence[str]) -> dict[str, object]:
    """What the manifest says of files that are not there, and of the audit."""
    with reading(made / JOURNAL) as connection:
        gone, fault = purged(connection), audit_fault(connection, made)
    absent = tuple(path for path in lacking if path.startswith("workbooks/") and Path(path).stem in gone)
    missing = tuple(path for path in lacking if path not in absent)
    return {"absent": absent, "missing": missing, "audit_fault": fault}


def _brought_in(store: Store, made: Path, path: str, earlier: _Earlier | None) -> tuple[KeptFile, bool]:
    """A file of the store put into a backup, and whether it is the earlier backup's own."""
    file, before = kept_file(store.folder, path), earlier.files.get(path) if earlier else None
    if path.startswith(("workbooks/", "attachments/")) and Path(path).stem != file.sha256:
        raise BackupError(_ALTERED.format(path=store.folder / path))
    if before is not None and before != file:
        changed = _OTHER_KEY if path in KEYS else _CHANGED
        raise BackupError(changed.format(path=store.folder / path, earlier=earlier.folder))
    if before is not None and path not in KEYS and link(earlier.folder, made, file):
        return file, True
    copy(store.folder / path, made / path)
    return file, False


_MISSING_ROWS = (
    "缺少 {path}：日志里有这份报送，却没有它的数据行；请从较早的备份把这个文件放回原处，再备份"
    " / {path} is missing: the journal has the submission but its rows are gone; put the file back from an"
    " earlier backup, then back up again"
)
_ALTERED = (
    "{path} 与接收时不同（已损坏或被改动）；请从较早的备份把这个文件放回原处，再备份"
    " / {path} is not as it was received (damaged or altered): put it back from an earlier backup, then back up again"
)
_CHANGED = (
    "{path} 与备份 {earlier} 中的不同，而这个文件不应变化（已损坏或被改动）；请从那份备份放回原处，再备份"
    " / {path} differs from the one in backup {earlier} and should never change (damaged or altered): put that"
    " one back, then back up again"
)
_OTHER_KEY = (
    "{path} 与备份 {earlier} 中的不同：如那是别的库的备份，请另指一个备份目录；否则请从那份备份放回原处"
    " / {path} differs from the one in backup {earlier}: if that is another store's, name another folder for"
    " backups; else put that one back"
)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
