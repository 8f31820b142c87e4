"""What is copied: the files a journal names, and how many of everything it holds."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from etl import migrate
from etl.journal_tables import ATTACHMENT, AUDIT, DRAFT, STORE, SUBMISSION, SUBMITTED_SHEET
from etl.keeping.manifest import JOURNAL, BackupError
from etl.store import Store

COUNTED = {"submissions": SUBMISSION, "drafts": DRAFT, "attachments": ATTACHMENT, "acts": AUDIT}

PURGED = "workbook.purge"
"""The act that tells of purged workbooks; their sha256 are its ``hashes``, joined by commas."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """The files a journal names: stored rows, the texts seen in their cells (not always there), as received."""

    rows: tuple[str, ...]
    seen: tuple[str, ...]
    received: tuple[str, ...]


@contextlib.contextmanager
def journal_told(where: Path | str) -> Iterator[None]:
    """Tell of a journal that cannot be read or written as a BackupError."""
    try:
        yield
    except (sqlite3.Error, sa.exc.DBAPIError) as error:
        reason = getattr(error, "orig", error)
        raise BackupError(
            f"{where}：读写不了日志库（{reason}）；请检查磁盘是否已满或损坏，再试一次"
            f" / the journal cannot be read or written ({reason}): see whether the disk is full or damaged, and try again"
        ) from error


def purged(connection: sa.Connection) -> set[str]:
    """The sha256 of every workbook as received that was purged on its schedule, as the audit has it."""
    if not sa.inspect(connection).has_table(AUDIT.name):
        return set()
    query = sa.select(AUDIT.c.detail).where(AUDIT.c.action == PURGED, AUDIT.c.outcome == "done")
    return {sha256 for detail in connection.scalars(query) for sha256 in detail["hashes"].split(",")}


@contextlib.contextmanager
def reading(journal: Path) -> Iterator[sa.Connection]:
    """A journal as it is: nothing is upgraded, and no other file is made beside it."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(journal)), poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection


def named(connection: sa.Connection) -> Named:
    """The files a journal names."""
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
    # Taken off its month, it may be purged at any time and is no part of what is kept.
    received -= {here.kept(here.attachments, sha256, "").as_posix() for sha256 in _taken_off(connection)}
    rows = sorted(path for path in _column(connection, SUBMITTED_SHEET.c.path) if path is not None)
    return Named(
        rows=tuple((here.rows / path).as_posix() for path in rows),
        seen=tuple(_seen(here, *path.split("/")) for path in rows),
        received=tuple(sorted(received)),
    )


def _seen(here: Store, sheet: str, unit_code: str, name: str) -> str:
    return (here.rows / "seen" / unit_code / f"{Path(name).stem}-{sheet}.parquet").as_posix()


def _taken_off(connection: sa.Connection) -> list[str]:
    """Attachments no month has any more; none in a journal of before they could be taken off."""
    tables = sa.inspect(connection)
    if not tables.has_table(ATTACHMENT.name):
        return []
    if "removed_at" not in {column["name"] for column in tables.get_columns(ATTACHMENT.name)}:
        return []
    held = sa.select(ATTACHMENT.c.sha256).where(ATTACHMENT.c.removed_at.is_(None))
    return list(connection.scalars(sa.select(ATTACHMENT.c.sha256).where(ATTACHMENT.c.sha256.not_in(held))))


def _column(connection: sa.Connection, column: sa.Column) -> list[str]:
    """The values of a column; none where the journal is of before its table."""
    there = sa.inspect(connection).has_table(column.table.name)
    return list(connection.scalars(sa.select(column))) if there else []


def told(connection: sa.Connection) -> dict[str, object]:
    """What the manifest says of a journal. Raises BackupError for one without tables, OtherJournalError."""
    found = migrate.version(connection)
    migrate.refuse_later(found)
    if found is None:
        raise BackupError(f"{JOURNAL} 是空的，无可备份 / {JOURNAL} is empty: there is nothing to back up")
    there = sa.inspect(connection).has_table
    size = sa.select(sa.func.count())
    counts = {
        name: connection.execute(size.select_from(table)).scalar_one() if there(table.name) else 0
        for name, table in COUNTED.items()
    }
    held = connection.execute(sa.select(STORE.c.campaign, STORE.c.simulated)).first()
    campaign, simulated = held or (None, None)
    return {"migration": found, "counts": counts, "campaign": campaign, "simulated": simulated}
