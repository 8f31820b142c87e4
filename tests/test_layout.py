"""The tables a build holds are a contract between two folders that do not know each other."""

import duckdb
import pytest

from etl import build as writer
from etl.journal import Journal
from etl.store import Store
from metrics import connection as reader
from tests.etl.stores import NOW, REPOSITORY, yunnan

RECORDED = REPOSITORY / "tests" / "layout.csv"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    store = Store(folder=tmp_path_factory.mktemp("store"))
    journal = Journal(store.journal_url)
    built = writer.build(store, journal, yunnan(), now=NOW)
    journal.close()
    return built.path


def test_writer_and_reader_speak_of_the_same_layout(built):
    assert writer.LAYOUT == reader.LAYOUT
    reader.open_build(built).close()


def test_a_change_of_columns_raises_the_layout(built):
    """Write the new lines into tests/layout.csv together with a higher LAYOUT in both folders."""
    with duckdb.connect(str(built), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name, data_type from duckdb_columns() where not internal order by all"
        ).fetchall()
    found = [f"{writer.LAYOUT},{','.join(line)}" for line in columns]

    assert found == RECORDED.read_text(encoding="utf-8").splitlines()


def test_a_build_of_another_version_names_the_way_out(tmp_path, built):
    path = tmp_path / "old.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table dim_build as select 'before there were layouts' as fingerprint")

    with pytest.raises(reader.OtherLayoutError, match="python -m etl build"):
        reader.open_build(path)
