"""Backups: a store as it was at one moment, taken while people go on working, and a store made from one again.

The journal is copied first, by SQLite's own online backup: whatever its copy names was written before it and
never changes. The manifest comes last; a folder without one is no backup.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from etl import audit, migrate
from etl.journal import Journal
from etl.journal_tables import ATTACHMENT, AUDIT, DRAFT, STORE, SUBMISSION, SUBMITTED_SHEET
from etl.store import Store, write_whole

JOURNAL, MANIFEST = "journal.sqlite", "manifest.json"
MASKING_KEY, AUDIT_KEY = "masking.key", "audit.key"
KEYS = (MASKING_KEY, AUDIT_KEY)
COUNTED = {"submissions": SUBMISSION, "drafts": DRAFT, "attachments": ATTACHMENT, "acts": AUDIT}

_NAME = re.compile(r"(\d{8}-\d{6})-(\d+)")
_PLACE = re.compile(r"journal\.sqlite|(masking|audit)\.key|(workbooks|attachments|rows)(/[^/\\:.][^/\\:]*)+")
_SEALED = re.compile(rb'(?P<told>.+),\n "seal": "(?P<seal>[0-9a-f]{64})"\n}\n', re.DOTALL)


class BackupError(Exception):
    """What is wrong with a backup, or with the store it is made of, and the way out, in both languages."""


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """One file of a backup: its path within it, its size in bytes and its sha256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup holds. ``absent`` are files as received that the retention setting had removed before."""

    made_at: str
    campaign: str | None
    simulated: bool | None
    migration: str
    counts: Mapping[str, int]
    absent: tuple[str, ...]
    files: tuple[KeptFile, ...]


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup just made and verified; ``shared`` of its files it has in common with the one before."""

    folder: Path
    manifest: Manifest
    shared: int


@dataclass(frozen=True, kw_only=True)
class _Named:
    """The files a journal names: stored rows, the texts seen in their cells (not always there), as received."""

    rows: tuple[str, ...]
    seen: tuple[str, ...]
    received: tuple[str, ...]


def backup(store: Store, folder: Path, now: datetime) -> Backup:
    """Make and verify a backup in a new folder of ``folder``, named by the moment; the store stays in use.

    Raises BackupError where the store lacks something its journal names (no half backup stays behind),
    migrate.OtherJournalError where a later version of the program wrote it.
    """
    if not (store.folder / JOURNAL).is_file():
        raise BackupError(
            f"{store.folder} 里没有 {JOURNAL},无可备份;请用 --store 指明数据目录"
            f" / there is no {JOURNAL} in {store.folder}: name the store with --store"
        )
    folder.mkdir(parents=True, exist_ok=True)
    earlier = _earlier(folder)
    made = _new_folder(folder, now)
    with _nothing_left_of(made), _journal_told(f"{store.folder / JOURNAL} → {made / JOURNAL}"):
        _copy_journal(store.folder / JOURNAL, made / JOURNAL)
        manifest, shared = _filled(store, made, earlier, now)
        _verify(made, manifest)
        write_whole(made / MANIFEST, lambda aside: _write(aside, _sealed(manifest)))
    return Backup(folder=made, manifest=manifest, shared=shared)


def verified(folder: Path) -> Manifest:
    """The manifest of a backup of which every file, the journal and the audit were found as they should be.

    Raises BackupError naming the file that was not, migrate.OtherJournalError.
    """
    manifest = read_manifest(folder)
    _verify(folder, manifest)
    return manifest


def restore(folder: Path, store: Store) -> tuple[Manifest, Mapping[str, object] | None]:
    """Make a store of a backup, verified before and after copying; its manifest and the last audited act.

    The store's folder must be empty. The journal comes last: until then there is no store. The warehouse is
    left to a build. Raises BackupError and leaves nothing behind, migrate.OtherJournalError.
    """
    manifest = verified(folder)
    _require_empty(store.folder)
    store.folder.mkdir(parents=True, exist_ok=True)
    with _nothing_left_of(store.folder), _journal_told(store.folder / JOURNAL):
        for file in sorted(manifest.files, key=lambda each: each.path == JOURNAL):
            _copy(folder / file.path, store.folder / file.path)
        _verify(store.folder, manifest)
        return manifest, _opened(store)


def _opened(store: Store) -> Mapping[str, object] | None:
    """The last act of a restored store, whose journal is brought to this version and its audit checked."""
    journal = Journal(store.journal_url)
    try:
        with journal.reading() as connection:
            _verify_audit(connection, store.folder)
            return next(audit.listed(connection, limit=1), None)
    finally:
        journal.close()


def as_text(manifest: Manifest) -> str:
    """What a backup holds, in one line."""
    counts, files = manifest.counts, manifest.files
    megabytes = sum(file.size for file in files) / 1_000_000
    zh = f"{manifest.made_at},报送{counts['submissions']}份,草稿{counts['drafts']}份,附件{counts['attachments']}个"
    zh += f",审计{counts['acts']}条,文件{len(files)}个,{megabytes:.1f} MB"
    en = f"{counts['submissions']} submissions, {counts['acts']} acts, {len(files)} files"
    if manifest.absent:
        zh += f";{len(manifest.absent)}个原件已不在(按保留期限清除),未备份"
        en += f"; {len(manifest.absent)} files as received are gone (retention) and not in it"
    return f"{zh} / {en}"


def finished(folder: Path) -> list[Path]:
    """The backups in a folder of backups, the latest first."""
    return [path for path in reversed(_numbered(folder)) if _has_manifest(path)]


def unfinished(folder: Path) -> list[Path]:
    """Folders of backups that were begun and never finished, or are being made at this moment."""
    return [path for path in _numbered(folder) if not _has_manifest(path)]


def _has_manifest(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def _numbered(folder: Path) -> list[Path]:
    """Every folder named as backups are, in order of time."""
    found = {path: _NAME.fullmatch(path.name) for path in folder.iterdir() if path.is_dir()}
    named = [(name[1], int(name[2]), path) for path, name in found.items() if name]
    return [path for _, _, path in sorted(named)]


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


@contextlib.contextmanager
def _nothing_left_of(folder: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextlib.contextmanager
def _journal_told(where: Path | str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, sa.exc.DBAPIError) as error:
        reason = getattr(error, "orig", error)
        raise BackupError(
            f"{where}:读写不了日志库({reason});请检查磁盘是否已满或损坏,再试一次"
            f" / the journal cannot be read or written ({reason}): see whether the disk is full or damaged, and try again"
        ) from error


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
    with _reading(made / JOURNAL) as connection:
        named, told = _named(connection), _told(connection)
    files, absent, shared = [_kept(made, JOURNAL)], [], 0
    for path in (*KEYS, *named.rows, *named.seen, *named.received):
        try:
            file, is_shared = _brought_in(store, made, path, earlier)
        except FileNotFoundError:
            if path in named.rows:
                raise BackupError(_MISSING_ROWS.format(path=store.folder / path)) from None
            absent += [path] if path in named.received else []
            continue
        files.append(file)
        shared += is_shared
    moment = now.isoformat(timespec="seconds")
    return Manifest(**told, made_at=moment, absent=tuple(absent), files=tuple(files)), shared


def _brought_in(store: Store, made: Path, path: str, earlier: _Earlier | None) -> tuple[KeptFile, bool]:
    """A file of the store put into a backup, and whether it is the earlier backup's own."""
    file, before = _kept(store.folder, path), earlier.files.get(path) if earlier else None
    if path.startswith(("workbooks/", "attachments/")) and Path(path).stem != file.sha256:
        raise BackupError(_ALTERED.format(path=store.folder / path))
    if before is not None and before != file:
        changed = _OTHER_KEY if path in KEYS else _CHANGED
        raise BackupError(changed.format(path=store.folder / path, earlier=earlier.folder))
    if before is not None and path not in KEYS and _link(earlier.folder, made, file):
        return file, True
    _copy(store.folder / path, made / path)
    return file, False


_MISSING_ROWS = (
    "缺少 {path}:日志里有这份报送,却没有它的数据行;请从较早的备份把这个文件放回原处,再备份"
    " / {path} is missing: the journal has the submission but its rows are gone; put the file back from an"
    " earlier backup, then back up again"
)
_ALTERED = (
    "{path} 与接收时不同(已损坏或被改动);请从较早的备份把这个文件放回原处,再备份"
    " / {path} is not as it was received (damaged or altered): put it back from an earlier backup, then back up again"
)
_CHANGED = (
    "{path} 与备份 {earlier} 中的不同,而这个文件不应变化(已损坏或被改动);请从那份备份放回原处,再备份"
    " / {path} differs from the one in backup {earlier} and should never change (damaged or altered): put that"
    " one back, then back up again"
)
_OTHER_KEY = (
    "{path} 与备份 {earlier} 中的不同:如那是别的库的备份,请另指一个备份目录;否则请从那份备份放回原处"
    " / {path} differs from the one in backup {earlier}: if that is another store's, name another folder for"
    " backups; else put that one back"
)
_DAMAGED = (
    "{path} 与清单不符({found}),不能用来恢复;请检查磁盘,改用另一份备份"
    " / {path} is not what the manifest says ({found_en}): check the disk, and use another backup"
)


def _link(earlier: Path, made: Path, file: KeptFile) -> bool:
    """Whether the earlier backup's file, still whole, now stands in this one too, without taking space."""
    target = made / file.path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if _kept(earlier, file.path) != file:
            return False
        os.link(earlier / file.path, target)
    except OSError:
        # Not every file system has links.
        return False
    return True


def _copy(source: Path, target: Path) -> None:
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


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _kept(folder: Path, path: str) -> KeptFile:
    with (folder / path).open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        return KeptFile(path=path, size=content.tell(), sha256=sha256)


@contextlib.contextmanager
def _reading(journal: Path) -> Iterator[sa.Connection]:
    """A journal as it is: nothing is upgraded, and no other file is made beside it."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(journal)), poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection


def _named(connection: sa.Connection) -> _Named:
    here = Store(folder=Path())
    kept = (
        (SUBMISSION, here.workbooks, ".xlsx"),
        (DRAFT, here.workbooks, ".xlsx"),
        (ATTACHMENT, here.attachments, ""),
    )
    received = {
        here.kept(folder, sha256, ending).as_posix()
        for table, folder, ending in kept
        for sha256 in _column(connection, table.c.sha256)
    }
    rows = sorted(path for path in _column(connection, SUBMITTED_SHEET.c.path) if path is not None)
    return _Named(
        rows=tuple((here.rows / path).as_posix() for path in rows),
        seen=tuple(_seen(here, *path.split("/")) for path in rows),
        received=tuple(sorted(received)),
    )


def _seen(here: Store, sheet: str, unit_code: str, name: str) -> str:
    return (here.rows / "seen" / unit_code / f"{Path(name).stem}-{sheet}.parquet").as_posix()


def _column(connection: sa.Connection, column: sa.Column) -> list[str]:
    """The values of a column; none where the journal is of before its table."""
    there = sa.inspect(connection).has_table(column.table.name)
    return list(connection.scalars(sa.select(column))) if there else []


def _told(connection: sa.Connection) -> dict[str, object]:
    """What the manifest says of a journal. Raises BackupError for one without tables, OtherJournalError."""
    found = migrate.version(connection)
    migrate.refuse_later(found)
    if found is None:
        raise BackupError(f"{JOURNAL} 是空的,无可备份 / {JOURNAL} is empty: there is nothing to back up")
    there = sa.inspect(connection).has_table
    size = sa.select(sa.func.count())
    counts = {
        name: connection.execute(size.select_from(table)).scalar_one() if there(table.name) else 0
        for name, table in COUNTED.items()
    }
    held = connection.execute(sa.select(STORE.c.campaign, STORE.c.simulated)).first()
    campaign, simulated = held or (None, None)
    return {"migration": found, "counts": counts, "campaign": campaign, "simulated": simulated}


def _sealed(manifest: Manifest) -> bytes:
    told = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).removesuffix("\n}").encode()
    return told + f',\n "seal": "{hashlib.sha256(told).hexdigest()}"\n}}\n'.encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup, unaltered. Raises BackupError, also for a folder that is no backup."""
    path = folder / MANIFEST
    if not path.is_file():
        raise BackupError(_no_backup(folder))
    content = path.read_bytes()
    parts = _SEALED.fullmatch(content)
    if parts is None or hashlib.sha256(parts["told"]).hexdigest().encode() != parts["seal"]:
        raise BackupError(_DAMAGED.format(path=path, found="清单本身", found_en="the manifest itself"))
    told = json.loads(content)
    files = tuple(KeptFile(**file) for file in told.pop("files"))
    values = {name: told[name] for name in ("made_at", "campaign", "simulated", "migration", "counts")}
    return Manifest(**values, absent=tuple(told["absent"]), files=files)


def _no_backup(folder: Path) -> str:
    inside = finished(folder)[:1] if folder.is_dir() else []
    for latest in inside:
        return f"{folder} 里有多份备份,请指明一份,例如 {latest} / {folder} holds backups: name one, such as {latest}"
    return (
        f"{folder} 没有 {MANIFEST},不是完整的备份(备份中途停止,或路径不对);请改用另一份"
        f" / {folder} has no {MANIFEST}: the backup was never finished, or the path is wrong; use another"
    )


def _verify(folder: Path, manifest: Manifest) -> None:
    """Raise BackupError where a folder is not what its manifest says, or its journal wants more."""
    migrate.refuse_later(manifest.migration)
    held = {file.path for file in manifest.files}
    for file in manifest.files:
        _verify_file(folder, file)
    if JOURNAL not in held:
        raise BackupError(_DAMAGED.format(path=folder / JOURNAL, found="没有列出", found_en="not listed"))
    with _journal_told(folder / JOURNAL), _reading(folder / JOURNAL) as connection:
        faults = list(connection.exec_driver_sql("PRAGMA integrity_check").scalars())
        if faults != ["ok"]:
            raise BackupError(
                f"{folder / JOURNAL} 已损坏:{faults[0]};请改用另一份备份 / the journal is damaged: use another backup"
            )
        _verify_told(connection, folder, manifest, held)
        if manifest.migration == migrate.HEAD:
            _verify_audit(connection, folder)


def _verify_file(folder: Path, file: KeptFile) -> None:
    path = folder / file.path
    if not _PLACE.fullmatch(file.path):
        raise BackupError(
            _DAMAGED.format(path=file.path, found="不是备份的文件", found_en="no file of a backup")
        )
    if not path.is_file():
        raise BackupError(_DAMAGED.format(path=path, found="文件不在", found_en="it is not there"))
    if _kept(folder, file.path) != file:
        raise BackupError(_DAMAGED.format(path=path, found="内容不同", found_en="its content differs"))


def _verify_told(connection: sa.Connection, folder: Path, manifest: Manifest, held: set[str]) -> None:
    told, named = _told(connection), _named(connection)
    if any(getattr(manifest, name) != value for name, value in told.items()):
        raise BackupError(
            _DAMAGED.format(path=folder / JOURNAL, found="数目不同", found_en="its counts differ")
        )
    keys = [MASKING_KEY] * bool(named.rows) + [AUDIT_KEY] * bool(told["counts"]["acts"])
    absent = set(manifest.absent)
    received = [path for path in named.received if path not in absent]
    for path in (*keys, *named.rows, *received):
        if path not in held:
            raise BackupError(
                f"缺少 {path},少了它数据不完整;请把它放回数据目录后再备份,或改用另一份备份"
                f" / {path} is missing, and the data are not whole without it: put it back into the store and"
                " back up again, or use another backup"
            )


def _verify_audit(connection: sa.Connection, folder: Path) -> None:
    key = folder / AUDIT_KEY
    fault = audit.first_fault(connection, key.read_bytes() if key.exists() else b"")
    if fault is not None:
        zh, en = fault.split(" / ", 1)
        raise BackupError(
            f"{folder / JOURNAL}:审计记录不可信,{zh};请保留现场并报告审计员,改用另一份备份"
            f" / the audit does not hold: {en}; keep everything as it is, tell the auditor, use another backup"
        )


def _require_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(
            f"{folder} 不是空的,恢复从不覆盖已有数据;请用 --store 另指一个空目录,核对后再换过去"
            f" / {folder} is not empty and nothing is ever overwritten: name an empty folder with --store, look at"
            " what was restored, then move it into place"
        )
