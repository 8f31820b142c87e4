"""Models: the SELECTs between stored rows and marts, and the views made of them.

``staging/`` types nothing, it says what counts, and what was decided of a row since it was stored; ``rows/`` says
what a stored row adds to which measure; ``marts/`` sums that up. A build and the way back from a figure to its rows read the same models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from etl.schema import Sheet
from etl.sheets import SHEETS

FOLDER = Path(__file__).parent
ORDER = ("rows_", "stg_", "fct_", "int_report", "int_leaf", "row_", "int_", "mart_")
"""Each model reads only those before its own kind."""

PROVENANCE_TYPES = {
    "row": "integer",
    "reporting_code": "varchar",
    "period": "date",
    "submission_id": "varchar",
    "source_submission_id": "varchar",
    "column_letters": "varchar",
}
DUCKDB_TYPES = {
    "text": "varchar",
    "code": "varchar",
    "month": "varchar",
    "date": "date",
    "datetime": "timestamp",
    "integer": "bigint",
    "decimal": "decimal(18, 2)",
    "choice": "varchar",
    "yes_no": "boolean",
    "unit": "varchar",
}


def model_texts() -> dict[str, str]:
    """The models by name, in an order in which each stands after those it reads."""
    paths = {path.stem: path for path in FOLDER.glob("*/*.sql")}
    ranked = sorted(
        paths, key=lambda name: next(i for i, prefix in enumerate(ORDER) if name.startswith(prefix))
    )
    return {name: paths[name].read_text(encoding="utf-8") for name in ranked}


def stored_rows(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Sequence[str]]) -> None:
    """A temporary view ``rows_<sheet>`` a sheet over its Parquet files; typed and empty without any.

    Where a model of that name says more of the rows, it reads them from ``stored_<sheet>``.
    """
    told_more = model_texts()
    for key, sheet in SHEETS.items():
        query, name = rows_query(sheet, files.get(key, ())), f"rows_{key}"
        view = f"stored_{key}" if name in told_more else name
        connection.execute(f"create or replace temporary view {view} as {query}")


def rows_query(sheet: Sheet, paths: Sequence[str]) -> str:
    """SQL for the stored rows of a sheet, under the columns it has today.

    A column that a file of an earlier version lacks is null in its rows.
    """
    types = {column.name: DUCKDB_TYPES[column.type] for column in sheet.columns} | PROVENANCE_TYPES
    columns = ", ".join(f'null::{kind} as "{name}"' for name, kind in types.items())
    nothing = f"select {columns} where false"
    if not paths:
        return nothing
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"{nothing} union all by name from read_parquet([{listed}], union_by_name = true)"


def views(connection: duckdb.DuckDBPyConnection) -> None:
    """Every model but the marts as a temporary view; dimensions, ``scope`` and stored rows must be there."""
    for name, query in model_texts().items():
        if not name.startswith("mart_"):
            connection.execute(f"create or replace temporary view {name} as {query}")
