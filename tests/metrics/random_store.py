"""Data sets made by chance: a campaign, what was handed in, and a store that holds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import sqlalchemy as sa

from etl import calendar, closures, extensions
from etl.build import build
from etl.campaign import Campaign
from etl.journal import Journal, SubmittedSheet
from etl.journal_tables import SUBMISSION
from etl.schema import POLARS_TYPES
from etl.sheets import SHEETS
from etl.store import Store
from tests.metrics import random_rows
from tests.metrics.oracle import Granted, Handed
from tests.metrics.random_campaign import LASTING, random_campaign

PROVENANCE_TYPES = {
    "reporting_code": pl.String(),
    "period": pl.Date(),
    "submission_id": pl.String(),
    "source_submission_id": pl.String(),
}
WITH_ROWS = ("reported", "unchanged")


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A campaign of chance, what was handed in and granted until ``today``, in the order in which it came."""

    campaign: Campaign
    handed: tuple[Handed, ...]
    today: datetime
    granted: tuple[Granted, ...] = ()


def random_data_set(seed: int, folder: Path, lasting: tuple[int, int] = LASTING) -> DataSet:
    """The data set of a seed; its campaign is written below ``folder``."""
    random = Random(seed)
    campaign = random_campaign(random, folder / "campaign", lasting)
    # Up to two months before the campaign's end, at its end, or well after it.
    begun = campaign.periods[: max(1, len(campaign.periods) - random.choice([0, 0, 1, 2]))]
    today = datetime.combine(calendar.last_day(begun[-1]), datetime.min.time()) + timedelta(
        days=random.choice([-20, -1, 1, 15]), hours=10
    )
    today = max(today, datetime.combine(calendar.first_day(begun[-1]), datetime.min.time()))
    handed = [
        each for unit in campaign.reporting_units for each in _workbooks(random, campaign, unit.code, begun)
    ]
    if campaign.collected("surveys") or campaign.collected("events"):
        handed += _registers(random, campaign, begun)
    handed.sort(key=lambda each: (each.period, each.revision))
    # Dice of their own, so that a seed hands in the same with and without extensions.
    granted = _extensions(Random(f"{seed} extensions"), campaign, begun)
    return DataSet(campaign=campaign, handed=tuple(handed), today=today, granted=tuple(granted))


def _extensions(random: Random, campaign: Campaign, months: Sequence[str]) -> Iterator[Granted]:
    """Later due days for some units and months; some of them moved again, some taken back."""
    for unit in (*campaign.reporting_units, campaign.top):
        for month in months:
            if random.random() < 0.2:
                for days in random.choice([(1,), (2,), (5,), (40,), (2, 9), (9, 2), (5, 0), (5, 0, 3)]):
                    day = campaign.due_day(month) + timedelta(days=days)
                    yield Granted(unit_code=unit.code, period=month, last_day=day)


def _workbooks(random: Random, campaign: Campaign, code: str, months: Sequence[str]) -> Iterator[Handed]:
    """A reporting unit's workbooks: some missing, some in several revisions, some returned."""
    scale = random.choice([3, 6, 6, 12, 60])
    units = [leaf.code for leaf in campaign.leaves(code)]
    below = [leaf.code for leaf in campaign.leaves(code) if not leaf.own_office]
    logs = random_rows.complaint_logs(random, code, below, list(months), random.choice([2, 6, 6, 40]))
    ledgers = random_rows.issue_ledgers(random, units, list(months), 4)
    diligence = random.choice([0.6, 0.85, 1.0])
    previous: list[dict] | None = None
    courses: list[dict] = []
    for month, log, ledger in zip(months, logs, ledgers, strict=True):
        if random.random() > diligence:
            previous = None
            continue
        for revision in range(1, random.choice([1, 1, 1, 2, 3]) + 1):
            sheets = _sheets(random, campaign, units, month, scale, previous)
            for key, rows in (("complaints", log), ("issues", ledger)):
                if campaign.collected(key):
                    kept = [row for row in rows if random.random() < 0.95]
                    sheets[key] = _log(random, key, kept)
            if sheets.get("trainings", ("", []))[0] == "reported":
                new = sheets["trainings"][1]
                again = random_rows.courses_again(Random(f"{code} {month} {revision}"), courses, new)
                sheets["trainings"] = ("reported", new + again)
            yield _handed(random, campaign, code, month, revision, sheets)
        previous = sheets.get("basics", ("", []))[1] or None
        courses += sheets.get("trainings", ("", []))[1]


def _sheets(
    random: Random, campaign: Campaign, units: list[str], month: str, scale: int, previous: list[dict] | None
) -> dict[str, tuple[str, list[dict]]]:
    sheets: dict[str, tuple[str, list[dict]]] = {}
    if campaign.collected("basics"):
        if previous is not None and random.random() < 0.2:
            sheets["basics"] = ("unchanged", previous)
        else:
            stocks = [random_rows.basics(random, code, scale) for code in units]
            if random.random() < 0.06:
                stocks = [row | {"officers": None} for row in stocks]
            sheets["basics"] = ("reported", stocks)
    if campaign.collected("monthly"):
        sheets["monthly"] = ("reported", [random_rows.monthly(random, code, scale) for code in units])
    if campaign.collected("quarterly") and month[5:] in ("03", "06", "09", "12"):
        sheets["quarterly"] = ("reported", [random_rows.quarterly(random, code, scale) for code in units])
    if campaign.collected("trainings"):
        sheets["trainings"] = _log(random, "trainings", random_rows.trainings(random, units, month, scale))
    if sheets and random.random() < 0.05:
        sheets[random.choice(list(sheets))] = ("not_reported", [])
    return sheets


def _log(random: Random, key: str, rows: list[dict]) -> tuple[str, list[dict]]:
    """A log as reported: a zero report where it is empty, at times missing from the workbook."""
    if random.random() < 0.04:
        return "not_reported", []
    return ("reported", rows) if rows else ("zero_report", [])


def _registers(random: Random, campaign: Campaign, months: Sequence[str]) -> Iterator[Handed]:
    """The top unit's registers of some months."""
    named = [
        unit.code for unit in campaign.units if unit.level != campaign.levels[0].key and not unit.own_office
    ]
    for month in months:
        if random.random() < 0.5:
            for revision in range(1, random.choice([1, 1, 2]) + 1):
                sheets = {}
                if campaign.collected("surveys"):
                    sheets["surveys"] = _log(
                        random, "surveys", random_rows.surveys(random, named, month, random.choice([4, 30]))
                    )
                if campaign.collected("events"):
                    sheets["events"] = _log(random, "events", random_rows.events(random, named, month))
                yield _handed(random, campaign, campaign.top.code, month, revision, sheets)


def _handed(
    random: Random,
    campaign: Campaign,
    code: str,
    month: str,
    revision: int,
    sheets: dict[str, tuple[str, list[dict]]],
) -> Handed:
    due_at = campaign.due_at(month)
    lateness = random.choice([timedelta(days=-3), timedelta(seconds=-1), timedelta(), timedelta(days=2)])
    last_day = calendar.last_day(month)
    return Handed(
        unit_code=code,
        period=month,
        revision=revision,
        received_at=due_at + lateness + timedelta(days=revision - 1),
        data_to=last_day if random.random() < 0.85 else last_day - timedelta(days=6),
        state=random.choice(["received", "received", "passed", "passed", "returned"]),
        sheets=sheets,
    )


# Into a store


def submission_id(handed: Handed) -> str:
    return f"{handed.unit_code}-{handed.period}-{handed.revision:016x}"


def put(store: Store, journal: Journal, handed: Handed) -> None:
    """Accept one workbook: rows as Parquet, then the journal's transaction, then its state of review."""
    sheets = [_put_sheet(store, handed, key) for key in handed.sheets]
    journal.record(
        {
            "submission_id": submission_id(handed),
            "unit_code": handed.unit_code,
            "period": handed.period,
            "sha256": f"{handed.revision:064x}",
            "file_name": "workbook.xlsx",
            "received_at": handed.received_at,
            "received_by": "test",
            "data_from": calendar.first_day(handed.period),
            "data_to": handed.data_to,
            "cover": {},
            "findings": [],
        },
        sheets or [SubmittedSheet(sheet="progress", content="not_reported", row_count=0, path=None)],
    )
    if handed.state != "received":
        set_state(store, submission_id(handed), handed.state)


def grant(journal: Journal, campaign: Campaign, granted: Granted, now: datetime) -> None:
    """Let the unit hand in until the end of the day."""
    with journal.writing() as connection:
        extensions.grant(
            connection,
            campaign,
            granted.unit_code,
            granted.period,
            last_day=granted.last_day,
            reason="停电",
            by="test",
            now=now,
        )


def set_state(store: Store, of_submission: str, state: str) -> None:
    """What a reviewer decided about a submission."""
    engine = sa.create_engine(store.journal_url)
    with engine.begin() as connection:
        connection.execute(
            SUBMISSION.update().where(SUBMISSION.c.submission_id == of_submission).values(state=state)
        )
    engine.dispose()


def _put_sheet(store: Store, handed: Handed, key: str) -> SubmittedSheet:
    content, rows = handed.sheets[key]
    if content not in WITH_ROWS:
        return SubmittedSheet(sheet=key, content=content, row_count=0, path=None)
    path = f"{key}/{handed.unit_code}/{handed.period}-{handed.revision:016x}.parquet"
    (store.rows / path).parent.mkdir(parents=True, exist_ok=True)
    typed_rows(key, rows, handed).write_parquet(store.rows / path)
    return SubmittedSheet(sheet=key, content=content, row_count=len(rows), path=path)


def typed_rows(key: str, rows: Sequence[dict[str, Any]], handed: Handed) -> pl.DataFrame:
    """Rows of a sheet as they are stored: row number, typed columns, where they came from."""
    types = {column.name: POLARS_TYPES[column.type] for column in SHEETS[key].columns}
    provenance = {
        "reporting_code": handed.unit_code,
        "period": date.fromisoformat(f"{handed.period}-01"),
        "submission_id": submission_id(handed),
        "source_submission_id": submission_id(handed),
    }
    return pl.DataFrame(
        [{"row": number, **row, **provenance} for number, row in enumerate(rows, start=3)],
        schema={"row": pl.Int32(), **types} | {name: PROVENANCE_TYPES[name] for name in provenance},
        orient="row",
    )


def close_every_second(store: Store, journal: Journal, unit_code: str, now: datetime) -> None:
    """The province closes every second issue that the unit's latest report gives as rectified."""
    latest = closures.latest_reports(journal.submissions(unit_code=unit_code))
    reported = closures.ledger(store, latest.values())
    open_to_closing = closures.waiting(reported, closures.closures(journal, unit_code))
    chosen = open_to_closing.filter(pl.col("closed_on") <= now.date())["issue_id"].to_list()[::2]
    if chosen:
        with journal.writing() as connection:
            closures.close(connection, reported, unit_code, chosen, evidence="现场核查", by="test", now=now)


def closed_issues(store: Store) -> frozenset[tuple[str, str]]:
    """What the province has closed in a store: reporting unit and issue number."""
    with closing(Journal(store.journal_url)) as journal:
        return frozenset((each.unit_code, each.issue_id) for each in closures.closures(journal))


def stored(data: DataSet, folder: Path) -> Store:
    """A store with everything handed in, built."""
    store = Store(folder=folder / "store")
    store.folder.mkdir(parents=True)
    with closing(Journal(store.journal_url)) as journal:
        journal.claim(data.campaign.name, simulated=True, now=data.today)
        for handed in data.handed:
            put(store, journal, handed)
        for granted in data.granted:
            grant(journal, data.campaign, granted, data.today)
        for unit in data.campaign.reporting_units:
            close_every_second(store, journal, unit.code, data.today)
        build(store, journal, data.campaign, now=data.today)
    return store
