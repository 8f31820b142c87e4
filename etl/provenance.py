"""From a figure down to its cells: which rows of which workbooks add to it, and how much each adds.

The same models as a build's say what a row adds, so that the rows listed and the figure cannot disagree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl

from etl import models
from etl.sheets import SHEETS
from etl.store import Store

ROWS_LISTED = 500
"""How many rows are listed at most; how many there are is told beside."""

READ_FROM: dict[str, dict[str, tuple[str, ...]]] = {
    "basics": {
        "officers": ("officers",),
        "training_officers": ("officers",),
        "posts": ("posts",),
        "posts_filled": ("posts_filled",),
        "certified_officers": ("certified_officers",),
        "frontline_officers": ("frontline_officers",),
        "auxiliaries": ("auxiliaries",),
        "officers_trained_ytd": ("officers_trained_ytd",),
        "notice_boards_due": ("notice_boards_due",),
        "notice_boards_complete": ("notice_boards_complete",),
    },
    "monthly": {
        "actions": ("actions",),
        "actions_two_recorders": ("actions_two_recorders",),
        "major_decisions": ("major_decisions",),
        "major_decisions_reviewed": ("major_decisions_reviewed",),
        "penalties_due": ("penalties_due",),
        "penalties_published": ("penalties_published",),
        "disposals": ("disposals",),
        "disposals_non_coercive": ("disposals_non_coercive",),
        "communities": ("communities",),
        "communities_served": ("communities_served",),
    },
    "quarterly": {
        "files_reviewed": ("files_reviewed",),
        "files_excellent": ("files_excellent",),
        "files_passed": ("files_excellent", "files_pass"),
        "reconsiderations_concluded": ("reconsiderations_concluded",),
        "reconsiderations_corrected": ("reconsiderations_corrected",),
        "lawsuits_judged": ("lawsuits_judged",),
        "lawsuits_lost": ("lawsuits_lost",),
    },
    "complaints": {
        "complaints_valid": ("received_at", "excluded_reason"),
        "conduct_complaints_valid": ("received_at", "complaint_kind"),
        "conduct_complaints_substantiated": ("finding",),
        "conduct_complaints_answered": ("finding",),
        "complaints_renewed": ("repeat_of",),
        "complaints_resolved": ("confirmed",),
        "complaints_resolution_answered": ("confirmed",),
        "callbacks_satisfied": ("callback",),
        "callbacks_answered": ("callback",),
        "complaints_due": ("due_at",),
        "complaints_on_time": ("closed_at", "closed_on_time"),
    },
    "trainings": {
        "training_hours": ("hours", "officers_attended"),
        "training_expected": ("expected",),
        "training_attended": ("officers_attended", "auxiliaries_attended"),
        "county_months_trained": ("officers_attended", "auxiliaries_attended"),
    },
    "issues": {
        "issues_found": ("found_on",),
        "issues_rectified": ("status", "closed_on"),
        "issues_due": ("due_on",),
        "issues_due_on_time": ("status", "closed_on"),
        "issues_overdue": ("due_on", "status", "closed_on"),
    },
    "surveys": {
        "satisfied": ("n_very_satisfied", "n_satisfied", "n_fairly_satisfied"),
        "answers": ("n_very_satisfied", "n_satisfied", "n_fairly_satisfied", "n_dissatisfied"),
    },
    "events": {
        "violations": ("event_kind", "decided_on"),
        "major_opinion_events": ("event_kind", "decided_on"),
    },
}
"""The cells of a stored row that decide what it adds to a measure: sheet -> measure -> columns.

A measure that stands here for no sheet has no rows behind it: population, months, reports.
"""


@dataclass(frozen=True, kw_only=True)
class RowsBehind:
    """The stored rows of one sheet that add to a figure.

    ``rows``, a row a stored row: submission_id, source_submission_id (the workbook it stands in; another one
    where last month's sheet was taken over), file_name (null where a later revision has replaced that workbook), leaf_code
    or level and unit_code, month or wave, ``row`` (its number on the sheet), ``adds_<measure>``, the columns
    in ``columns``, and column_letters (JSON text, column -> letter; null in rows of earlier versions).
    ``row_count`` rows may be listed, of which ``rows`` holds the first; ``withheld`` rows are only counted.
    ``totals`` is what all of them add, ``withheld_totals`` what the latter do.
    """

    sheet: str
    columns: tuple[str, ...]
    rows: pl.DataFrame
    row_count: int
    withheld: int
    totals: Mapping[str, Decimal]
    withheld_totals: Mapping[str, Decimal]


def sheet_of(measure: str) -> str | None:
    """The sheet whose rows add to a measure; None where no rows do."""
    return next((sheet for sheet, measures in READ_FROM.items() if measure in measures), None)


def rows_behind(
    store: Store, build: Path, counted: pl.DataFrame, measures: Sequence[str], *, limit: int = ROWS_LISTED
) -> list[RowsBehind]:
    """The rows that add to measures of the places counted, sheet by sheet.

    ``counted`` names the places by columns of the row models: leaf_code and month, or for surveys level,
    unit_code, collector and wave. Free text is never among the columns; rows about profit-driven
    enforcement and integrity, and events, are counted, not listed.
    """
    asked: dict[str, list[str]] = {}
    for measure in measures:
        if (sheet := sheet_of(measure)) is not None:
            asked.setdefault(sheet, []).append(measure)
    with _opened(store, build, counted, list(asked)) as connection:
        return [
            _of_sheet(connection, sheet, list(dict.fromkeys(of_sheet)), counted.columns, limit)
            for sheet, of_sheet in asked.items()
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


def _of_sheet(
    connection: duckdb.DuckDBPyConnection,
    sheet: str,
    measures: Sequence[str],
    places: Sequence[str],
    limit: int,
) -> RowsBehind:
    model = _model(connection, measures)
    # A flag counts 1; a whole number or hours count what they are.
    adds = ", ".join(f"coalesce({name}::decimal(18, 2), 0) as adds_{name}" for name in measures)
    connection.execute(
        f"create or replace temporary table adding as select {model}.* exclude ({', '.join(places)}), counted.*, {adds}"
        f" from {model} join counted using ({', '.join(places)})"
        f" where {' or '.join(f'adds_{name} <> 0' for name in measures)}"
    )
    columns = _columns(sheet, measures)
    return RowsBehind(
        sheet=sheet,
        columns=columns,
        rows=_listed(connection, sheet, columns, [f"adds_{name}" for name in measures], places, limit),
        row_count=connection.execute("select count(*) from adding where not is_withheld").fetchone()[0],
        withheld=connection.execute("select count(*) from adding where is_withheld").fetchone()[0],
        totals=_totals(connection, measures, "true"),
        withheld_totals=_totals(connection, measures, "is_withheld"),
    )


def _model(connection: duckdb.DuckDBPyConnection, measures: Sequence[str]) -> str:
    """The row model that has these measures."""
    found = connection.execute(
        "select table_name from duckdb_columns()"
        " where table_name like 'row\\_%' escape '\\' and list_contains($measures, column_name)"
        " group by table_name having count(*) = $count",
        {"measures": list(measures), "count": len(measures)},
    ).fetchall()
    if len(found) != 1:
        raise ValueError(f"the measures {list(measures)} should stand in one row model, not in {found}")
    return str(found[0][0])


def _columns(sheet: str, measures: Sequence[str]) -> tuple[str, ...]:
    """What is shown of a row: its key, then the cells that decide; free text is never shown."""
    keys = [
        column.name
        for column in SHEETS[sheet].columns
        if column.kind == "key" and (column.type != "text" or column.carried_key)
    ]
    deciding = [name for measure in measures for name in READ_FROM[sheet][measure]]
    return tuple(dict.fromkeys([*keys, *deciding]))


def _listed(
    connection: duckdb.DuckDBPyConnection,
    sheet: str,
    columns: Sequence[str],
    adds: Sequence[str],
    places: Sequence[str],
    limit: int,
) -> pl.DataFrame:
    shown = ", ".join(f'stored."{name}"' for name in columns if name not in places)
    kept = ", ".join(f"adding.{name}" for name in ("submission_id", "row", *places, *adds))
    return connection.sql(
        f"select {kept}, stored.source_submission_id, stored.column_letters, origin.file_name, {shown}"
        f" from adding join rows_{sheet} as stored using (submission_id, row)"
        " left join dim_submission as origin on origin.submission_id = stored.source_submission_id"
        f" where not adding.is_withheld order by {', '.join(places)}, adding.row limit {int(limit)}"
    ).pl()


def _totals(
    connection: duckdb.DuckDBPyConnection, measures: Sequence[str], condition: str
) -> dict[str, Decimal]:
    sums = ", ".join(f"coalesce(sum(adds_{name}), 0)" for name in measures)
    found = connection.execute(f"select {sums} from adding where {condition}").fetchone()
    return dict(zip(measures, found, strict=True))


def cell(letters: str | None, column: str, row: int) -> str:
    """The address of a row's cell under a column, such as N37; "" where its letter is not known."""
    letter = json.loads(letters).get(column) if letters else None
    return f"{letter}{row}" if letter else ""
