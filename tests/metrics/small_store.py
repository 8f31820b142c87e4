"""A store of the first campaign with a few rows of 月度情况, typed as the door would store them."""

from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import polars as pl

from etl.build import build
from etl.calendar import first_day, last_day
from etl.campaign import load_campaign
from etl.journal import Journal, SubmittedSheet
from etl.schema import POLARS_TYPES
from etl.sheets import SHEETS
from etl.store import Store

CAMPAIGNS = Path(__file__).resolve().parent.parent.parent / "data" / "campaigns"
NOW = datetime(2026, 10, 15, 9)
MONTH = "2026-09"

REPORTED = {
    "530100": {"actions": 8522, "actions_two_recorders": 7671},
    "530300": {"actions": 17044, "actions_two_recorders": 15342},
    "530600": {"actions": 60, "actions_two_recorders": 60},
    "532500": {"actions": 7, "actions_two_recorders": 5},
    "530400": {"actions": 90, "actions_two_recorders": 31},
}
"""What five prefectures reported of their first county: two of group one share 90.014...% exactly."""


def small_store(folder: Path, campaign: str = "yunnan-2025", rows: Mapping[str, dict] = REPORTED) -> Path:
    """The folder of a store into which each reporting unit's row of 月度情况 was put, built."""
    loaded = load_campaign(CAMPAIGNS / campaign)
    store = Store(folder=folder)
    store.folder.mkdir(parents=True)
    with closing(Journal(store.journal_url)) as journal:
        journal.claim(loaded.name, simulated=True, now=NOW)
        for code, values in rows.items():
            _put(store, journal, code, {"unit": loaded.leaves(code)[0].code, **values})
        build(store, journal, loaded, now=NOW)
    return folder


def _put(store: Store, journal: Journal, code: str, row: dict) -> None:
    path = f"monthly/{code}/{MONTH}.parquet"
    (store.rows / path).parent.mkdir(parents=True)
    names = {"unit_code": row.pop("unit"), **row}
    types = {column.name: POLARS_TYPES[column.type] for column in SHEETS["monthly"].columns}
    pl.DataFrame([names], schema=types, orient="row").with_columns(
        row=pl.lit(2, dtype=pl.Int32),
        reporting_code=pl.lit(code),
        period=pl.lit(date.fromisoformat(f"{MONTH}-01")),
        submission_id=pl.lit(f"{code}-{MONTH}"),
        source_submission_id=pl.lit(f"{code}-{MONTH}"),
    ).write_parquet(store.rows / path)
    journal.record(
        {
            "submission_id": f"{code}-{MONTH}",
            "unit_code": code,
            "period": MONTH,
            "sha256": code.zfill(64),
            "file_name": "workbook.xlsx",
            "received_at": datetime(2026, 9, 29, 10),
            "received_by": "test",
            "data_from": first_day(MONTH),
            "data_to": last_day(MONTH),
            "cover": {},
            "findings": [],
        },
        [SubmittedSheet(sheet="monthly", content="reported", row_count=1, path=path)],
    )
