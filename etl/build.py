"""The build: journal + rows + campaign -> dimensions, facts, marts -> checks -> a new warehouse file.

A build extended by what has changed and a build from scratch are equal, row for row: only the reporting
units of which the journal has recorded something since the last build are computed again, from their own rows.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
from filelock import FileLock

from etl import models
from etl.campaign import Campaign
from etl.closures import Closure, closures
from etl.dimensions import dimensions
from etl.extensions import Extension, in_force
from etl.journal import Journal, Submission, current
from etl.store import Store
from etl.warehouse import current_build, publish

CHECKS = Path(__file__).parent / "checks"

UNIT_MARTS = ("mart_unit_month", "mart_category_month")
"""Marts computed reporting unit by reporting unit; the others are small and made anew in each build."""

LAYOUT = 5
"""Raised with every change of the tables' columns, so that a reader of another version says so."""


class CheckFailedError(Exception):
    """A check of the new build found rows: it is not published, the last build stays up."""

    def __init__(self, failures: dict[str, pl.DataFrame]) -> None:
        self.failures = failures
        names = "; ".join(
            f"{name} ({frame.height}): {frame.row(0, named=True)}" for name, frame in failures.items()
        )
        super().__init__(
            f"数据检查未通过，仍显示上一次的结果：{names}。请把这条信息交给系统维护人员。"
            f" / Checks failed, the last build stays up: {names}."
        )


@dataclass(frozen=True, kw_only=True)
class Build:
    """A published build and what it took."""

    path: Path
    computed_units: tuple[str, ...]
    is_new: bool


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What the journal has recorded that a build is made of; ``extensions`` are those in force, ``closed`` 销号."""

    submissions: Sequence[Submission]
    extensions: Sequence[Extension]
    closed: Sequence[Closure]
    simulated: bool


def build(store: Store, journal: Journal, campaign: Campaign, *, now: datetime, full: bool = False) -> Build:
    """Publish a warehouse of everything accepted so far; nothing new publishes nothing.

    Raises CheckFailedError, with the last build left in place.
    """
    store.warehouse.mkdir(parents=True, exist_ok=True)
    with FileLock(store.build_lock):
        for left_by_a_killed_build in store.warehouse.glob(".building-*"):
            left_by_a_killed_build.unlink()
        recorded = _recorded(journal, campaign)
        fingerprint = _fingerprint(campaign)
        base = None if full else current_build(store)
        done = _computed(base, fingerprint) if base else None
        wanted = _states(recorded)
        if base and done == wanted:
            return Build(path=base, computed_units=(), is_new=False)
        changed = _changed(campaign, done, wanted)
        aside = store.warehouse / f".building-{secrets.token_hex(8)}.duckdb"
        try:
            if done is not None:
                shutil.copyfile(base, aside)
            _fill(aside, store, campaign, recorded, changed, fingerprint, now)
            return Build(path=publish(store, aside, now), computed_units=changed, is_new=True)
        finally:
            aside.unlink(missing_ok=True)
            aside.with_name(f"{aside.name}.wal").unlink(missing_ok=True)


@contextmanager
def preview(
    store: Store, journal: Journal, campaign: Campaign, draft: Submission, *, now: datetime
) -> Iterator[Path]:
    """A warehouse as it would be with a submission that is not handed in; it is gone afterwards.

    The rows of ``draft`` are in the store already. Raises CheckFailedError.
    """
    base, fingerprint = current_build(store), _fingerprint(campaign)
    recorded = _recorded(journal, campaign, draft)
    done = _computed(base, fingerprint) if base else None
    changed = _changed(campaign, done, _states(recorded))
    with tempfile.TemporaryDirectory(prefix="preview-") as folder:
        aside = Path(folder) / "preview.duckdb"
        if done is not None:
            shutil.copyfile(base, aside)
        _fill(aside, store, campaign, recorded, changed, fingerprint, now)
        yield aside


def _recorded(journal: Journal, campaign: Campaign, *drafts: Submission) -> Recorded:
    with journal.reading() as connection:
        extensions = in_force(connection, campaign)
    return Recorded(
        submissions=[*journal.submissions(), *drafts],
        extensions=list(extensions.values()),
        closed=closures(journal),
        simulated=bool(journal.is_simulated()),
    )


def _changed(campaign: Campaign, done: dict[str, str] | None, wanted: dict[str, str]) -> tuple[str, ...]:
    """The reporting units of which other things are recorded than a build was computed from; all without a build."""
    return tuple(
        unit.code
        for unit in campaign.reporting_units
        if done is None or done.get(unit.code) != wanted.get(unit.code)
    )


def _fill(
    path: Path,
    store: Store,
    campaign: Campaign,
    recorded: Recorded,
    changed: Sequence[str],
    fingerprint: str,
    now: datetime,
) -> None:
    tables = dimensions(campaign, recorded.submissions, recorded.closed, recorded.extensions)
    tables["dim_build"] = pl.DataFrame(
        {
            "layout": [LAYOUT],
            "built_at": [now],
            "fingerprint": [fingerprint],
            "simulated": [recorded.simulated],
        }
    )
    tables["dim_unit_state"] = pl.DataFrame(
        sorted(_states(recorded).items()),
        schema={"reporting_code": pl.String, "state": pl.String},
        orient="row",
    )
    with closing(duckdb.connect(str(path), config={"enable_external_access": True})) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute("begin")
        for name, frame in tables.items():
            _replace_table(connection, name, frame)
        _replace_table(
            connection,
            "scope",
            pl.DataFrame({"reporting_code": pl.Series(changed, dtype=pl.String)}),
            temporary=True,
        )
        models.stored_rows(connection, _files(store, recorded.submissions, set(changed), campaign.top.code))
        models.views(connection)
        _marts(connection)
        failures = _failed_checks(connection)
        if failures:
            raise CheckFailedError(failures)
        connection.execute("commit")
        connection.execute("checkpoint")


def _replace_table(
    connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame, *, temporary: bool = False
) -> None:
    kind = "temporary table" if temporary else "table"
    connection.register("incoming", frame.to_arrow())
    connection.execute(f"create or replace {kind} {name} as from incoming")
    connection.unregister("incoming")


def _files(
    store: Store, submissions: Sequence[Submission], changed: set[str], top_code: str
) -> dict[str, list[str]]:
    """The Parquet files of the current submissions in scope, by sheet."""
    files: dict[str, list[str]] = {}
    for submission in current(submissions).values():
        if submission.unit_code in changed or submission.unit_code == top_code:
            for sheet in submission.sheets:
                if sheet.path is not None:
                    files.setdefault(sheet.sheet, []).append(str(store.rows / sheet.path))
    return files


def _marts(connection: duckdb.DuckDBPyConnection) -> None:
    for name, query in models.model_texts().items():
        if name in UNIT_MARTS:
            connection.execute(f"create table if not exists {name} as from ({query}) where false")
            connection.execute(
                f"delete from {name} where reporting_code in (select reporting_code from scope)"
            )
            connection.execute(f"insert into {name} by name {query}")
        elif name.startswith("mart_"):
            connection.execute(f"create or replace table {name} as {query}")


def _failed_checks(connection: duckdb.DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    found = {
        path.stem: connection.sql(path.read_text(encoding="utf-8")).pl()
        for path in sorted(CHECKS.glob("*.sql"))
    }
    return {name: frame for name, frame in found.items() if frame.height}


def _states(recorded: Recorded) -> dict[str, str]:
    """For each unit its submissions, extensions and closed issues, as one text: equal texts give equal figures."""
    parts: dict[str, list[str]] = {}
    for submission in recorded.submissions:
        parts.setdefault(submission.unit_code, []).append(
            f"{submission.submission_id}:{submission.revision}:{submission.state}"
        )
    for extension in recorded.extensions:
        parts.setdefault(extension.unit_code, []).append(
            f"{extension.period}:{extension.due_at}:{extension.granted_at}:{extension.granted_by}"
        )
    for each in recorded.closed:
        parts.setdefault(each.unit_code, []).append(f"{each.issue_id} closed {each.closed_at:%Y-%m-%d}")
    return {
        unit: hashlib.sha256("\n".join(sorted(items)).encode()).hexdigest() for unit, items in parts.items()
    }


def _computed(base: Path, fingerprint: str) -> dict[str, str] | None:
    """The states a build was computed from; None where campaign or models have changed since."""
    try:
        with closing(duckdb.connect(str(base), read_only=True)) as connection:
            if connection.execute("select fingerprint from dim_build").fetchall() != [(fingerprint,)]:
                return None
            return dict(connection.execute("from dim_unit_state").fetchall())
    except duckdb.Error:
        # A build of another version or a damaged one is no base; everything in it can be made again.
        return None


def _fingerprint(campaign: Campaign) -> str:
    """Of everything but what the journal records that decides what a build holds: models, checks, campaign, DuckDB."""
    digest = hashlib.sha256(duckdb.__version__.encode())
    here = Path(__file__).parent
    sources = [*models.FOLDER.glob("*/*.sql"), *CHECKS.glob("*.sql"), *here.rglob("*.py")]
    sources += [path for path in campaign.folder.rglob("*") if path.is_file()]
    for path in sorted(sources):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
