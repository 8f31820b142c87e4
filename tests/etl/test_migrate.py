"""The journal of every version: made new, upgraded, refused when it is of a later one."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from etl import migrate
from etl.journal import Journal, SubmittedSheet
from etl.journal_tables import METADATA

NOW = datetime(2026, 10, 1, 9)
VALUES = {
    "submission_id": "530100-2026-09-a",
    "unit_code": "530100",
    "period": "2026-09",
    "sha256": "a" * 64,
    "file_name": "昆明.xlsx",
    "received_at": NOW,
    "received_by": "张三",
    "data_from": date(2026, 9, 1),
    "data_to": date(2026, 9, 30),
    "cover": {},
    "findings": [],
}
SHEETS = [SubmittedSheet(sheet="basics", content="reported", row_count=3, path="basics/x.parquet")]


def first_version(path) -> None:
    """A journal as the first version left it: its tables, no migrations."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        _only_first(connection)
        connection.execute(
            sa.text(
                "insert into submission (submission_id, unit_code, period, revision, sha256, file_name, received_at,"
                " received_by, data_from, data_to, cover, findings, state) values ('530100-2026-08-b', '530100',"
                " '2026-08', 1, 'b', 'x.xlsx', '2026-09-01 09:00:00.000000', '李四', '2026-08-01', '2026-08-31',"
                " '{}', '[]', 'received')"
            )
        )
    engine.dispose()


def _only_first(connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")
    connection.execute(sa.text("drop table alembic_version"))


def schema(path) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        tables = [
            name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")
        ]
        return sorted(
            (table, *column[1:4], column[5])
            for table in tables
            for column in connection.execute(f"pragma table_info({table})")
            if not table.startswith("sqlite_")
        )


def test_a_journal_made_new_and_one_upgraded_have_the_same_tables(tmp_path):
    first_version(tmp_path / "old.sqlite")
    for name in ("old", "new"):
        Journal(f"sqlite:///{tmp_path / name}.sqlite").close()

    old, new = schema(tmp_path / "old.sqlite"), schema(tmp_path / "new.sqlite")
    assert {line[0] for line in old} == {line[0] for line in new}
    assert old == new
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'old.sqlite'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


def test_an_upgrade_keeps_every_row_and_leaves_a_copy_of_before(tmp_path):
    path = tmp_path / "journal.sqlite"
    first_version(path)
    shutil.copyfile(path, tmp_path / "before")

    journal = Journal(f"sqlite:///{path}")
    [kept] = journal.submissions()
    journal.record(VALUES, SHEETS)
    journal.close()

    assert (kept.received_by, kept.period, kept.certified_by) == ("李四", "2026-08", None)
    with closing(sqlite3.connect(f"{path}.before-{migrate.HEAD}")) as copy:
        assert copy.execute("select received_by from submission").fetchall() == [("李四",)]
    assert not list(tmp_path.glob("*.trial"))


def test_an_upgrade_that_fails_in_rehearsal_leaves_the_journal_as_it_was(tmp_path):
    path = tmp_path / "journal.sqlite"
    first_version(path)
    with closing(sqlite3.connect(path)) as connection:
        # A table somebody has made by hand stands in the migration's way.
        connection.execute("create table draft (note text)")
        connection.commit()
    before = schema(path)

    with pytest.raises(sa.exc.OperationalError, match="draft"):
        Journal(f"sqlite:///{path}")

    assert schema(path) == before


def test_a_journal_of_a_later_version_is_refused_untouched(tmp_path):
    path = tmp_path / "journal.sqlite"
    Journal(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
        connection.commit()

    with pytest.raises(migrate.OtherJournalError, match="9999"):
        Journal(f"sqlite:///{path}")
