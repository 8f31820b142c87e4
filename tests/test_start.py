"""What a command does not need is not loaded: whoever types it waits for nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

REPOSITORY = Path(__file__).resolve().parent.parent
SCREEN = {"streamlit", "plotly", "pydeck", "pandas", "numpy"}
STORE = {"sqlalchemy", "alembic", "duckdb", "filelock"}
TABLES = {"polars", "pyarrow"}
WRITING = {"openpyxl"}
CALENDARS = {"holidays", "chinese_calendar"}
# Told on standard error as the process ends, whatever the command's own exit code.
TELLING = """
import atexit, runpy, sys
atexit.register(lambda: print(*{name.split(".")[0] for name in sys.modules}, file=sys.stderr))
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


def loaded(*command: str) -> set[str]:
    """Run a command; the names of the packages it has loaded when it ends."""
    ended = subprocess.run(
        [sys.executable, "-c", TELLING, *command],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode in (0, 1), ended.stderr
    return set(ended.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("folder", ["etl", "metrics"])
def test_help_loads_nothing_that_works_on_data(folder):
    assert loaded(folder, "--help") & (SCREEN | STORE | TABLES | WRITING | CALENDARS) == set()


def test_checking_a_file_loads_neither_a_database_nor_what_writes_workbooks(tmp_path):
    path = tmp_path / "表.xlsx"
    Workbook().save(path)
    packages = loaded("etl", "check", str(path), "--store", str(tmp_path / "none"))
    assert "polars" in packages
    assert packages & (SCREEN | STORE | WRITING | CALENDARS) == set()
