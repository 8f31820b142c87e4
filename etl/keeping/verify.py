"""Proving a folder to be the backup its manifest tells of: every file, the journal, the audit."""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa

from etl import audit, migrate
from etl.keeping.contents import journal_told, named, reading, told
from etl.keeping.manifest import (
    AUDIT_KEY,
    DAMAGED,
    JOURNAL,
    MASKING_KEY,
    BackupError,
    KeptFile,
    Manifest,
    kept_file,
    read_manifest,
)

_PLACE = re.compile(r"journal\.sqlite|(masking|audit)\.key|(workbooks|attachments|rows)(/[^/\\:.][^/\\:]*)+")


def verified(folder: Path) -> Manifest:
    """The manifest of a backup of which every file, the journal and the audit were found as they should be.

    Raises BackupError naming the file that was not, migrate.OtherJournalError.
    """
    manifest = read_manifest(folder)
    verify(folder, manifest)
    return manifest


def verify(folder: Path, manifest: Manifest) -> None:
    """Raise BackupError where a folder is not what its manifest says, or its journal wants more."""
    migrate.refuse_later(manifest.migration)
    held = {file.path for file in manifest.files}
    for file in manifest.files:
        _verify_file(folder, file)
    if JOURNAL not in held:
        raise BackupError(DAMAGED.format(path=folder / JOURNAL, found="没有列出", found_en="not listed"))
    with journal_told(folder / JOURNAL), reading(folder / JOURNAL) as connection:
        faults = list(connection.exec_driver_sql("PRAGMA integrity_check").scalars())
        if faults != ["ok"]:
            raise BackupError(
                f"{folder / JOURNAL} 已损坏：{faults[0]}；请改用另一份备份 / the journal is damaged: use another backup"
            )
        _verify_told(connection, folder, manifest, held)
        verify_audit(connection, folder, manifest)


def _verify_file(folder: Path, file: KeptFile) -> None:
    path = folder / file.path
    if not _PLACE.fullmatch(file.path):
        raise BackupError(
            DAMAGED.format(path=file.path, found="不是备份的文件", found_en="no file of a backup")
        )
    if not path.is_file():
        raise BackupError(DAMAGED.format(path=path, found="文件不在", found_en="it is not there"))
    if kept_file(folder, file.path) != file:
        raise BackupError(DAMAGED.format(path=path, found="内容不同", found_en="its content differs"))


def _verify_told(connection: sa.Connection, folder: Path, manifest: Manifest, held: set[str]) -> None:
    held_in, wanted = told(connection), named(connection)
    if any(getattr(manifest, name) != value for name, value in held_in.items()):
        raise BackupError(
            DAMAGED.format(path=folder / JOURNAL, found="数目不同", found_en="its counts differ")
        )
    keys = [MASKING_KEY] * bool(wanted.rows) + [AUDIT_KEY] * bool(held_in["counts"]["acts"])
    absent = {*manifest.absent, *manifest.missing}
    received = [path for path in wanted.received if path not in absent]
    for path in (*keys, *wanted.rows, *received):
        if path not in held:
            raise BackupError(
                f"缺少 {path}，少了它数据不完整；请把它放回数据目录后再备份，或改用另一份备份"
                f" / {path} is missing, and the data are not whole without it: put it back into the store and"
                " back up again, or use another backup"
            )


def verify_audit(connection: sa.Connection, folder: Path, manifest: Manifest) -> None:
    """Raise BackupError where the audit of a store or a backup is not as its manifest tells, whole or not."""
    fault = audit_fault(connection, folder)
    if fault is not None and fault != manifest.audit_fault:
        zh, en = fault.split(" / ", 1)
        raise BackupError(
            f"{folder / JOURNAL}：审计记录不可信，{zh}；请保留现场并报告审计员，改用另一份备份"
            f" / the audit does not hold: {en}; keep everything as it is, tell the auditor, use another backup"
        )


def audit_fault(connection: sa.Connection, folder: Path) -> str | None:
    """Where the audit of a store or a backup was tampered with; an earlier version's journal is not asked."""
    if migrate.version(connection) != migrate.HEAD:
        return None
    key = folder / AUDIT_KEY
    return audit.first_fault(connection, key.read_bytes() if key.exists() else b"")
