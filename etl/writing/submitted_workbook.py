"""A revision's stored rows as a workbook in the template's layout, for those who read what was handed in."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from etl.campaign import Campaign, Unit
from etl.journal import Submission
from etl.schema import NOT_APPLICABLE, Column, Sheet
from etl.sheets import SHEETS
from etl.store import Store
from etl.template import build_workbook
from etl.template_sheets import sheets_for
from etl.writing.prefill import typed_rows


def submitted_workbook(
    campaign: Campaign, unit: Unit, submission: Submission, store: Store, *, simulated: bool
) -> bytes:
    """The masked rows of every sheet under the cover as it was signed: an .xlsx file.

    A sheet reported as unchanged shows the rows taken over, though its cover declares it; one that was not reported,
    or is a zero report, is empty.
    """
    rows = {
        sheet.sheet: _rows(SHEETS[sheet.sheet], pl.read_parquet(store.rows / sheet.path))
        for sheet in submission.sheets
        if sheet.path is not None
    }
    asked = sheets_for(campaign, unit, submission.period)[0].columns
    cover = {column.name: _typed(column, submission.cover.get(column.name)) for column in asked}
    return build_workbook(campaign, unit, submission.period, cover=cover, rows=rows, simulated=simulated)


def _rows(sheet: Sheet, frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as they are typed in; the door lets no required cell be blank, so one without a number was 不适用."""
    admits = [column.name for column in sheet.columns if column.not_applicable and column.required]
    return [
        {name: NOT_APPLICABLE if value is None and name in admits else value for name, value in row.items()}
        for row in typed_rows(sheet, frame)
    ]


def _typed(column: Column, value: object) -> object:
    """A value of the cover as the journal keeps it, a date again where it is one."""
    return date.fromisoformat(value) if column.type == "date" and isinstance(value, str) else value
