"""The way from a store's folder to numbers: the build CURRENT names, opened for reading only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import polars as pl

Run = Callable[[str, Mapping[str, object]], pl.DataFrame]
"""Something that runs SQL with named parameters and gives a frame: the whole seam to the engine."""


LAYOUT = 5
"""The layout of the build's tables that this program reads; a build says which it has."""


class NoBuildError(Exception):
    """The store has no published build yet; the message names the way out."""


def current_build(store: Path) -> Path:
    """The published build of a store.

    Raises NoBuildError before the first.
    """
    pointer = store / "warehouse" / "CURRENT"
    if not pointer.exists():
        raise NoBuildError(
            f"{store} 里还没有可看的结果；请先运行 python -m etl load FILE...；只想看一看的，用 python -m etl demo"
            f" 另建模拟库 / no build in {store} yet: run python -m etl load FILE..., or python -m etl demo for a"
            " store of simulated data"
        )
    return store / "warehouse" / pointer.read_text(encoding="utf-8").strip()


class OtherLayoutError(NoBuildError):
    """The published build was made by another version of the program; the message names the way out."""


def open_build(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection that can reach nothing but this file.

    Raises OtherLayoutError where another version made it.
    """
    try:
        connection = duckdb.connect(str(path), read_only=True)
        layout = connection.execute("select layout from dim_build").fetchall()
    except duckdb.Error:
        layout = []
    if layout != [(LAYOUT,)]:
        raise OtherLayoutError(
            "指标库读不出，或由另一版本的程序生成；请运行 python -m etl build 重建（已接收的数据不受影响）"
            " / this build is damaged or was made by another version of the program: run python -m etl build; nothing accepted is lost"
        )
    connection.execute("set enable_progress_bar = false")
    connection.execute("set enable_external_access = false")
    return connection


def runner(connection: duckdb.DuckDBPyConnection) -> Run:
    """Run queries on a cursor of the connection, one a call, so that threads never meet."""

    def run(sql: str, parameters: Mapping[str, object]) -> pl.DataFrame:
        cursor = connection.cursor()
        try:
            return cursor.sql(sql, params=dict(parameters)).pl()
        finally:
            cursor.close()

    return run
