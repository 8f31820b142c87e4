"""Acceptance: keep the bytes, mask, store the typed rows, then record it in one transaction.

The order makes a kill at any moment harmless: files are written whole under names made of their
content before the journal knows of them, so a second run finds or rewrites the same files and the
journal's transaction decides alone whether a workbook was accepted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

import polars as pl

from etl import calendar
from etl.act import Act
from etl.journal import NOT_CURRENT, Explanation, Journal, Submission, SubmittedSheet, current
from etl.masking import mask_frame, mask_text
from etl.schema import Sheet
from etl.sheets import SHEETS
from etl.store import Store, write_whole
from etl.validate import Checked, CheckedSheet, History

PROVENANCE = ("row", "reporting_code", "period", "submission_id", "source_submission_id", "column_letters")
"""Columns every stored row carries beside its sheet's: where on screen, and where in which workbook.

``column_letters`` is the same JSON text in all rows of a file: in which of that workbook's sheet columns each
column stood. It is taken over together with the rows.
"""


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """What became of a workbook at the door; the bytes of a returned revision stay returned."""

    submission_id: str
    unit_code: str
    period: str
    revision: int
    is_new: bool
    is_returned: bool = False


def accept(
    store: Store,
    journal: Journal,
    checked: Checked,
    content: bytes,
    *,
    file_name: str,
    received_by: str,
    received_at: datetime,
    findings: Sequence[Mapping[str, Any]],
    certified_by: str | None = None,
    explanations: Sequence[Explanation] = (),
    sealed: tuple[bytes, Act] | None = None,
) -> Acceptance:
    """Accept a checked workbook without must-mend findings; the same bytes again change nothing.

    ``certified_by`` is who answers for it, ``explanations`` its reasons, ``sealed`` the audit's key and act; they
    are part of the one transaction. Raises ValueError where the check could not settle the unit or the month: such a workbook has a
    must-mend finding and may not come here.
    """
    if checked.unit is None or checked.period is None:
        raise ValueError("a workbook whose unit or month is unknown cannot be accepted")
    unit_code, period = checked.unit.code, checked.period
    sha256 = hashlib.sha256(content).hexdigest()
    submission_id = submission_id_of(checked, sha256)
    outcome = partial(Acceptance, submission_id=submission_id, unit_code=unit_code, period=period)
    known = journal.find(unit_code, period, sha256)
    if known is not None:
        revision, state = known
        return outcome(revision=revision, is_new=False, is_returned=state in NOT_CURRENT)
    store.keep(store.workbooks, content, ".xlsx")
    sheets = store_sheets(store, journal, checked, submission_id)
    values = {
        "submission_id": submission_id,
        "unit_code": unit_code,
        "period": period,
        "sha256": sha256,
        "file_name": mask_text(file_name),
        "received_at": received_at,
        "received_by": received_by,
        "data_from": checked.cover["data_from"],
        "data_to": checked.cover["data_to"],
        "cover": {name: _masked(value) for name, value in checked.cover.items()},
        "findings": [dict(finding) for finding in findings],
        "certified_by": None if certified_by is None else mask_text(certified_by),
    }
    revision, is_new = journal.record(values, sheets, explanations=explanations, sealed=sealed)
    return outcome(revision=revision, is_new=is_new)


def submission_id_of(checked: Checked, sha256: str) -> str:
    """The id of a workbook's submission: unit, month and the beginning of its sha256."""
    return f"{checked.unit.code}-{checked.period}-{sha256[:16]}"


def store_sheets(
    store: Store, journal: Journal, checked: Checked, submission_id: str
) -> list[SubmittedSheet]:
    """Put the masked, typed rows of a checked workbook into the store; nothing counts before the journal says so."""
    history = stored_history(store, journal)
    return [
        _store_sheet(store, sheet, checked.unit.code, checked.period, submission_id, history)
        for sheet in checked.sheets.values()
    ]


def stored_history(store: Store, journal: Journal) -> History:
    """What a unit had told by a month, sheet by sheet; None where that is nothing.

    Of most sheets it is that month's current revision. Of a sheet whose rows are carried on it is every case or
    issue told up to that month, as it was told last: one that a month leaves out, or whose month was never handed
    in, is open all the same. What was once asked for stays as it was then: make one for each workbook handed in.
    """

    @cache
    def reports(unit_code: str) -> list[Submission]:
        return sorted(
            current(journal.submissions(unit_code=unit_code)).values(), key=lambda each: each.period
        )

    def rows(unit_code: str, period: str, sheet_key: str) -> pl.DataFrame | None:
        sheet = SHEETS[sheet_key]
        told_by = [each for each in reports(unit_code) if each.period <= period]
        if sheet.carried is None:
            told_by = [each for each in told_by if each.period == period]
        paths = [
            held.path
            for report in told_by
            for held in report.sheets
            if held.sheet == sheet_key and held.path is not None
        ]
        if not paths:
            return None
        frames = [_typed(sheet, pl.read_parquet(store.rows / path)) for path in paths]
        if sheet.carried is None:
            return frames[0]
        return pl.concat(frames, how="diagonal").unique(list(sheet.unique), keep="last", maintain_order=True)

    return rows


def _typed(sheet: Sheet, frame: pl.DataFrame) -> pl.DataFrame:
    """Stored rows in the types the sheet has now: rows are never rewritten, a column's type may have changed since."""
    return frame.cast(
        {column.name: column.polars_type for column in sheet.columns if column.name in frame.columns}
    )


def _store_sheet(
    store: Store,
    checked: CheckedSheet,
    unit_code: str,
    period: str,
    submission_id: str,
    history: History,
) -> SubmittedSheet:
    key = checked.sheet.key
    rows = _typed_rows(store, checked, unit_code, period, submission_id, history)
    if rows is None:
        return SubmittedSheet(sheet=key, content=checked.content, row_count=0, path=None)
    name = f"{period}-{submission_id.rsplit('-', 1)[1]}"
    path = f"{key}/{unit_code}/{name}.parquet"
    write_whole(store.rows / path, lambda aside: rows.write_parquet(aside, compression="zstd"))
    seen = _masked_seen(checked)
    if seen.height:
        write_whole(store.rows / "seen" / unit_code / f"{name}-{key}.parquet", seen.write_parquet)
    return SubmittedSheet(sheet=key, content=checked.content, row_count=rows.height, path=path)


def _typed_rows(
    store: Store,
    checked: CheckedSheet,
    unit_code: str,
    period: str,
    submission_id: str,
    history: History,
) -> pl.DataFrame | None:
    """The rows to keep: last month's where they are taken over, none for a zero report."""
    if checked.content == "unchanged":
        previous = history(unit_code, calendar.previous(period), checked.sheet.key)
        if previous is None:
            raise ValueError("nothing to take over: last month's rows are not in the store")
        return previous.with_columns(
            period=pl.lit(calendar.first_day(period)), submission_id=pl.lit(submission_id)
        )
    if checked.content != "reported":
        return None
    masked = mask_frame(
        checked.rows,
        _text_columns(checked.sheet),
        key_columns=[column.name for column in checked.sheet.columns if column.carried_key],
        key=store.masking_key(),
    )
    return masked.with_columns(
        reporting_code=pl.lit(unit_code),
        period=pl.lit(calendar.first_day(period)),
        submission_id=pl.lit(submission_id),
        source_submission_id=pl.lit(submission_id),
        column_letters=pl.lit(json.dumps(dict(checked.letters))),
    )


def _text_columns(sheet: Sheet) -> list[str]:
    return [column.name for column in sheet.columns if column.type == "text"]


def _masked_seen(checked: CheckedSheet) -> pl.DataFrame:
    """What stood in the cells whose stored value reads differently, masked like everything typed."""
    return checked.seen.with_columns(pl.col("seen").map_elements(mask_text, return_dtype=pl.String))


def _masked(value: object) -> object:
    if isinstance(value, str):
        return mask_text(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
