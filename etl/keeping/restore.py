"""Making a store of a backup again, in an empty folder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from etl import audit
from etl.act import on_command_line
from etl.journal import Journal
from etl.keeping.acts import tell
from etl.keeping.contents import journal_told
from etl.keeping.files import copy, nothing_left_of
from etl.keeping.manifest import JOURNAL, BackupError, Manifest
from etl.keeping.verify import verified, verify, verify_audit
from etl.store import Store


def restore(
    folder: Path, store: Store, now: datetime, *, user: str
) -> tuple[Manifest, Mapping[str, object] | None]:
    """Make a store of a backup, verified before and after copying; its manifest and the last audited act.

    The store's folder must be empty. The journal comes last: until then there is no store. The restored store's
    audit goes on with this act of ``user``, of the operating system. The warehouse is left to a build. A backup
    made of a store with faults is restored with them (``Manifest.faults``). Raises BackupError and leaves nothing behind, migrate.OtherJournalError.
    """
    manifest = verified(folder)
    _require_empty(store.folder)
    store.folder.mkdir(parents=True, exist_ok=True)
    with nothing_left_of(store.folder), journal_told(store.folder / JOURNAL):
        for file in sorted(manifest.files, key=lambda each: each.path == JOURNAL):
            copy(folder / file.path, store.folder / file.path)
        verify(store.folder, manifest)
        last = _opened(store, manifest)
        detail = {"made_at": manifest.made_at, "fault": manifest.audit_fault or ""}
        act = on_command_line(now, "store.restore", str(folder.resolve()), user, **detail)
        tell(store, act, tampered=manifest.audit_fault is not None)
        return manifest, last


def _opened(store: Store, manifest: Manifest) -> Mapping[str, object] | None:
    """The last act of a restored store, whose journal is brought to this version and its audit checked."""
    journal = Journal(store.journal_url)
    try:
        with journal.reading() as connection:
            verify_audit(connection, store.folder, manifest)
            return next(audit.listed(connection, limit=1), None)
    finally:
        journal.close()


def _require_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(
            f"{folder} 不是空的，恢复从不覆盖已有数据；请用 --store 另指一个空目录，核对后再换过去"
            f" / {folder} is not empty and nothing is ever overwritten: name an empty folder with --store, look at"
            " what was restored, then move it into place"
        )
