"""From a figure down to its cells: which rows of which workbooks add to it, and how much each adds.

The same models as a build's say what a row adds, so that the rows listed and the figure cannot disagree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import duckdb
import polars as pl

from etl import models
from etl.deciding_cells import ONLY_A_POST, READ_FROM, SAID_OF, sheet_of
from etl.posts import PLAIN_POST
from etl.sheets import SHEETS
from etl.store import Store

ROWS_LISTED = 500
"""How many rows are listed at most; how many there are is told beside."""
ALL, NUMERATOR, REST = "all", "numerator", "rest"
"""Which rows are listed: all, those that add to the first measure, those that add to the others alone."""
NEVER_LISTED = ("events",)
"""Sheets whose rows are only counted, whoever asks."""
WITHHELD = "{column}_withheld"
"""The column that says of each row whether its cell in a column is filled and not shown; only some columns have it."""
PARTS = {ALL: "true", NUMERATOR: "adds_{first} <> 0", REST: "adds_{first} = 0"}


@dataclass(frozen=True, kw_only=True)
class RowsBehind:
    """The stored rows of one kind that add to a figure.

    ``rows``, a row a stored row: source_submission_id (the workbook it stands in; another one where last
    month's sheet was taken over) with its reporting_code, period and revision (null where a later revision has
    replaced it), leaf_code and month or level, unit_code, collector and wave, ``row`` (its number on the sheet),
    ``adds_<measure>``, the columns in ``columns`` (``deciding`` are those of them that identify the row or decide what
    it adds), and column_letters (JSON text, column -> letter; null in rows
    of earlier versions), workbook by workbook in the order of their rows. ``counts`` is how many may be listed of
    each part, ``row_count`` those of the part asked for, of which ``rows`` holds the first; ``withheld`` rows are
    only counted. ``part`` is what is listed: all where every row adds to the first measure. ``totals`` is what all of them add, ``withheld_totals`` what the latter do.
    """

    sheet: str
    columns: tuple[str, ...]
    deciding: tuple[str, ...]
    rows: pl.DataFrame
    row_count: int
    part: str
    counts: Mapping[str, int]
    withheld: int
    totals: Mapping[str, Decimal]
    withheld_totals: Mapping[str, Decimal]

    @property
    def has_parts(self) -> bool:
        """Whether some of the rows that may be listed add to the first measure and others do not."""
        return self.counts[REST] > 0 and len(self.totals) > 1


def rows_behind(
    store: Store,
    build: Path,
    counted: pl.DataFrame,
    measures: Sequence[str],
    *,
    part: str = ALL,
    limit: int = ROWS_LISTED,
    lists_withheld: bool = False,
) -> list[RowsBehind]:
    """The rows that add to measures of the places counted, one answer a row model.

    ``part``: where a model has several of the measures, the rows that add to the first, or to the others alone.

    ``counted`` names the places by columns of the row models: leaf_code and month, or for surveys level,
    unit_code, collector and wave. Counted but not listed are events, and every row of a place in which one that adds is
    about profit-driven enforcement and integrity: from all the others and the sum, that one could be told.
    With ``lists_withheld``, for who may see them, the latter are listed too.
    """
    sheets = dict.fromkeys(sheet for name in measures if (sheet := sheet_of(name)) is not None)
    with _opened(store, build, counted, list(sheets)) as connection:
        asked: dict[str, list[str]] = {}
        for name in dict.fromkeys(measures):
            if sheet_of(name) is not None:
                asked.setdefault(_model(connection, name), []).append(name)
        return [
            _of_model(connection, model, of_model, counted.columns, part, limit, lists_withheld)
            for model, of_model in asked.items()
        ]


@contextmanager
def _opened(
    store: Store, build: Path, counted: pl.DataFrame, sheets: Sequence[str]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The models over the stored rows of these sheets, in memory; nothing outside the rows' folder is read."""
    with closing(duckdb.connect()) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"attach '{_quoted(build)}' as build (read_only)")
        connection.execute("use build")
        connection.execute(f"set allowed_directories = ['{_quoted(store.rows)}']")
        connection.execute("set enable_external_access = false")
        connection.register("counted", counted.to_arrow())
        leaves = counted["leaf_code"] if "leaf_code" in counted.columns else pl.Series([], dtype=pl.String)
        connection.execute(
            "create temporary table scope as"
            " select distinct reporting_code from dim_leaf where list_contains($leaves, leaf_code)",
            {"leaves": leaves.unique().to_list()},
        )
        models.stored_rows(connection, _files(connection, store, sheets))
        models.views(connection)
        yield connection


def _quoted(path: Path) -> str:
    return str(path.resolve()).replace("'", "''")


def _files(
    connection: duckdb.DuckDBPyConnection, store: Store, sheets: Sequence[str]
) -> dict[str, list[str]]:
    """The stored files of the units in scope, and of who reports for all of them (the register)."""
    found = connection.execute(
        "select sheet, path from dim_submitted_sheet where path is not null and list_contains($sheets, sheet)"
        " and (reporting_code in (from scope) or reporting_code not in (select reporting_code from dim_leaf))",
        {"sheets": list(sheets)},
    ).fetchall()
    files: dict[str, list[str]] = {}
    for sheet, path in found:
        files.setdefault(sheet, []).append(str((store.rows / path).resolve()))
    return files


def _model(connection: duckdb.DuckDBPyConnection, measure: str) -> str:
    """The row model that has a measure."""
    [(model,)] = connection.execute(
        "select table_name from duckdb_columns()"
        " where table_name like 'row\\_%' escape '\\' and column_name = $measure",
        {"measure": measure},
    ).fetchall()
    return str(model)


def _of_model(
    connection: duckdb.DuckDBPyConnection,
    model: str,
    measures: Sequence[str],
    places: Sequence[str],
    part: str,
    limit: int,
    lists_withheld: bool,
) -> RowsBehind:
    by_place, sheet = ", ".join(places), str(sheet_of(measures[0]))
    withheld = f"bool_or({model}.is_withheld) over (partition by {by_place})"
    if lists_withheld and sheet not in NEVER_LISTED:
        withheld = "false"
    # A flag counts 1; a whole number or hours count what they are.
    adds = ", ".join(f"coalesce({name}::decimal(18, 2), 0) as adds_{name}" for name in measures)
    connection.execute(
        "create or replace temporary table adding as from ("
        f" select {model}.* exclude ({by_place}, is_withheld), counted.*, {adds},"
        f" {withheld} as is_withheld"
        # Of rows that add nothing none could be told from the sum: they withhold no other.
        f" from {model} join counted using ({by_place})"
        f" where {' or '.join(f'coalesce({name}::decimal(18, 2), 0) <> 0' for name in measures)})"
    )
    counts = _part_counts(connection, measures)
    deciding = _deciding(sheet, measures)
    columns = _columns(sheet, deciding)
    listed = part if counts[REST] and len(measures) > 1 else ALL
    return RowsBehind(
        sheet=sheet,
        columns=columns,
        deciding=deciding,
        rows=_listed(connection, sheet, columns, measures, places, listed, limit),
        row_count=counts[listed],
        part=listed,
        counts=counts,
        withheld=_withheld(connection),
        totals=_totals(connection, measures, "true"),
        withheld_totals=_totals(connection, measures, "is_withheld"),
    )


def _deciding(sheet: str, measures: Sequence[str]) -> tuple[str, ...]:
    """The key of a row, then the cells that decide."""
    keys = [
        column.name
        for column in SHEETS[sheet].columns
        if column.kind == "key" and (column.type != "text" or column.carried_key)
    ]
    deciding = [name for measure in measures for name in READ_FROM[sheet][measure]]
    return tuple(dict.fromkeys([*keys, *deciding]))


def _columns(sheet: str, deciding: Sequence[str]) -> tuple[str, ...]:
    """What is shown of a row, in the order in which it is read: its key, then what is said of it."""
    keys = SHEETS[sheet].key_columns
    said = SAID_OF.get(sheet, ())
    first = [name for name in deciding if name in keys]
    return tuple(dict.fromkeys([*first, *(name for name in deciding if name not in said), *said]))


PLAIN_KEY = "^[!-~年月上下半季度第一二三四轮次批]+$"
"""A case number or a survey's wave as such things are written; anything else may be a name."""


def _shown(sheet: str, name: str) -> str:
    """SQL for a cell as it may be shown: what somebody typed freely only where it is said of a row, nor which case another names."""
    column = SHEETS[sheet].column(name)
    if (sheet, name) in ONLY_A_POST:
        is_post = f"regexp_full_match(stored.\"{name}\", '{PLAIN_POST}')"
        return (
            f'case when {is_post} then stored."{name}" end as "{name}",'
            f' coalesce(not {is_post}, false) as "{WITHHELD.format(column=name)}"'
        )
    if column.type != "text" or name in SAID_OF.get(sheet, ()):
        return f'stored."{name}"'
    if column.kind == "key":
        return (
            f'case when regexp_matches(stored."{name}", \'{PLAIN_KEY}\') then stored."{name}" end as "{name}"'
        )
    return f'stored."{name}" is not null as "{name}"'


def _listed(
    connection: duckdb.DuckDBPyConnection,
    sheet: str,
    columns: Sequence[str],
    measures: Sequence[str],
    places: Sequence[str],
    part: str,
    limit: int,
) -> pl.DataFrame:
    shown, adds = ", ".join(_shown(sheet, name) for name in columns), [f"adds_{name}" for name in measures]
    kept = ("submission_id", "row", *(name for name in places if name not in columns), *adds)
    return connection.sql(
        f"select {', '.join(f'adding.{name}' for name in kept)}, stored.source_submission_id, stored.column_letters, origin.reporting_code,"
        f" origin.month as period, origin.revision, {shown}"
        f" from adding join rows_{sheet} as stored using (submission_id, row)"
        " left join dim_submission as origin on origin.submission_id = stored.source_submission_id"
        f" where not adding.is_withheld and {PARTS[part].format(first=measures[0])}"
        f" order by stored.source_submission_id, adding.row limit {int(limit)}"
    ).pl()


def _withheld(connection: duckdb.DuckDBPyConnection) -> int:
    """How many rows are only counted."""
    [(count,)] = connection.execute("select count(*) from adding where is_withheld").fetchall()
    return int(count)


def _part_counts(connection: duckdb.DuckDBPyConnection, measures: Sequence[str]) -> dict[str, int]:
    """How many rows of each part may be listed."""
    counts = (f"count(*) filter ({part.format(first=measures[0])})" for part in PARTS.values())
    [found] = connection.execute(f"select {', '.join(counts)} from adding where not is_withheld").fetchall()
    return dict(zip(PARTS, found, strict=True))


def _totals(
    connection: duckdb.DuckDBPyConnection, measures: Sequence[str], condition: str
) -> dict[str, Decimal]:
    sums = ", ".join(f"coalesce(sum(adds_{name}), 0)" for name in measures)
    [found] = connection.execute(f"select {sums} from adding where {condition}").fetchall()
    return dict(zip(measures, found, strict=True))


def is_withheld(row: Mapping[str, object], column: str) -> bool:
    """Whether a row listed has a cell in this column that is not shown; else what is not there was left empty."""
    return bool(row.get(WITHHELD.format(column=column)))


def cell(letters: str | None, column: str, row: int) -> str:
    """The address of a row's cell under a column, such as N37; "" where its letter is not known."""
    letter = _letters(letters).get(column) if letters else None
    return f"{letter}{row}" if letter else ""


@lru_cache(maxsize=1_000)
def _letters(text: str) -> dict[str, str]:
    """All rows of a workbook have the same text."""
    return json.loads(text)
