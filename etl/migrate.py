"""Upgrades of the journal: numbered, forward only, each rehearsed on a copy before the journal itself is touched."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

HEAD = "0004"
"""The migration this program's tables correspond to."""
FIRST = "0001"
"""What a journal of before migrations corresponds to."""
VERSION = sa.Table(
    "alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True)
)


class OtherJournalError(Exception):
    """The journal was written by a later version of the program; says the way out."""


def version(connection: sa.Connection) -> str | None:
    """The migration a journal stands at; None for one without any tables."""
    tables = sa.inspect(connection)
    if tables.has_table(VERSION.name):
        return connection.execute(sa.select(VERSION.c.version_num)).scalar()
    return FIRST if tables.has_table("submission") else None


def stamp(connection: sa.Connection) -> None:
    """Say of a journal just made that it stands at HEAD."""
    VERSION.create(connection)
    connection.execute(VERSION.insert().values(version_num=HEAD))


def refuse_later(found: str | None) -> None:
    """Raise OtherJournalError for a version this program does not know."""
    if found is not None and found > HEAD:
        raise OtherJournalError(
            f"这个库由更新的程序版本（{found}）写过，本程序只认识到 {HEAD}；请改用新版本程序，数据未作任何改动。"
            f" / This journal was written by a later version ({found}; this program knows {HEAD}):"
            " use that version. Nothing was changed."
        )


def upgrade(connection: sa.Connection, found: str) -> None:
    """Bring a journal that stands at ``found`` to HEAD, within the connection's transaction.

    A SQLite journal is first copied beside itself (``<name>.before-`` and the new version) and the upgrade is rehearsed on
    a second copy: where that fails, the journal has not been touched.
    """
    path = connection.engine.url.database if connection.dialect.name == "sqlite" else None
    if path:
        kept = Path(f"{path}.before-{HEAD}")
        _copy(Path(path), kept)
        _rehearse(kept, found)
    _run(connection, found)


def _copy(journal: Path, to: Path) -> None:
    with closing(sqlite3.connect(journal)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)


def _rehearse(kept: Path, found: str) -> None:
    trial = kept.with_name(f"{kept.name}.trial")
    engine = sa.create_engine(f"sqlite:///{trial}")
    try:
        _copy(kept, trial)
        with engine.begin() as connection:
            _run(connection, found)
    finally:
        engine.dispose()
        trial.unlink(missing_ok=True)


def _run(connection: sa.Connection, found: str) -> None:
    # Only an upgrade needs Alembic, and it is slow to import.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if found == FIRST and not sa.inspect(connection).has_table(VERSION.name):
        command.stamp(config, FIRST)
    command.upgrade(config, HEAD)
