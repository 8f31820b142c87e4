"""A workbook against the other months of its unit: nothing is counted twice in silence.

A row that belongs to another month, a table that equals the one told before, and a workbook whose data are another
month's as a whole (decision 17).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import polars as pl

from etl.checking.cells import Typed
from etl.checking.data_area import Area
from etl.checking.finding_batches import Batch, sheet_batch
from etl.checking.rows import MASKED_KEY
from etl.findings import Words
from etl.masking import mask_text
from etl.schema import OnceRule, Sheet
from etl.sheets.issues import CLOSED, RECTIFIED

if TYPE_CHECKING:
    from etl.validate import CheckedSheet

Told = Callable[[str, Sheet], pl.DataFrame | None]
"""(month, sheet) -> the rows that the unit's workbook of that month holds on the sheet, None where there are none."""

FOLLOWS = frozenset(
    {
        "same_as_before",
        "session_counted",
        "session_before_data_from",
        "before_data_from",
        "after_data_to",
        "after_month",
    }
)
"""What goes without saying of a workbook whose data are another month's."""


def told_by(history: Callable, unit_code: str) -> Told:
    """What each of a unit's workbooks holds, out of a history that carries open cases and issues on."""

    def rows(month: str, sheet: Sheet) -> pl.DataFrame | None:
        found = history(unit_code, month, sheet.key)
        if found is None or sheet.carried is None or "period" not in found.columns:
            return found
        own = found.filter(pl.col("period").dt.strftime("%Y-%m") == month)
        if "status" in own.columns:
            # The unit goes on giving as rectified what the province has closed.
            own = own.with_columns(pl.col("status").replace(CLOSED, RECTIFIED))
        return own if own.height else None

    return rows


def check_once(area: Area, typed: Typed, others: Iterable[tuple[str, pl.DataFrame]]) -> Area:
    """Rows that belong to another month's workbook, which holds them too."""
    rule = area.sheet.once
    if rule is None or not set(rule.columns) <= area.present or typed.rows.is_empty():
        return area
    keys = list(rule.columns)
    faults = typed.at_fault.filter(pl.col("column").is_in(keys)).select("row")
    own = _with_plain_keys(area.sheet, typed.rows.select("row", *keys)).join(faults, on="row", how="anti")
    found = [
        own.join(_stored(area.sheet, rows).select(keys).unique(), on=keys, how="semi").with_columns(
            before=pl.lit(month)
        )
        for month, rows in others
    ]
    if not any(each.height for each in found):
        return area
    told = pl.concat(found).group_by("row", maintain_order=True).agg(pl.col("before").str.join("、"))
    return area.with_batches(_once_batch(area, rule, told))


def _once_batch(area: Area, rule: OnceRule, told: pl.DataFrame) -> Batch:
    words = Words(zh=rule.expected_zh, en=rule.expected_en)
    name = rule.columns[0]
    cells = told.join(area.raw.select("row", value=name), on="row").sort("row")
    return Batch(
        kind=rule.kind,
        cells=cells.with_columns(column=pl.lit(name)),
        arguments=lambda line: {"rule": words, "before": str(line["before"])},
    )


def check_same_table(area: Area, typed: Typed, before: tuple[str, pl.DataFrame] | None) -> Area:
    """A table of flows that equals in every cell of every unit the one told before, unless it tells of nothing at all."""
    if before is None or not area.sheet.tells_flows or typed.rows.is_empty():
        return area
    month, rows = before
    if not _has_numbers(area.sheet, typed.rows) or not equal_rows(area.sheet, typed.rows, rows):
        return area
    return area.with_batches(sheet_batch("same_as_before", before=month))


def _has_numbers(sheet: Sheet, rows: pl.DataFrame) -> bool:
    """Whether any number is other than 0: a second month without anything is no copy of the first."""
    flows = [column.name for column in sheet.columns if column.kind == "flow"]
    return bool(rows.select(pl.any_horizontal((pl.col(name) != 0).any() for name in flows)).item())


def whole_of_another_month(
    sheets: Mapping[str, CheckedSheet], told: Told, months: Mapping[str, frozenset[str]]
) -> str | None:
    """The other month whose data a workbook repeats as a whole; None where it has data of its own.

    ``months`` are the unit's other months, each with the sheets due in it. Of the sheets due in both, all that tell
    of a period hold the same rows, and one of them a row that no other month has reason to list: a course, or a
    complaint that was over. Where no sheet holds such a row two months may well be alike.
    """
    proving = [each for each in sheets.values() if _finished(each.sheet, each.rows).height]
    if not proving:
        return None
    for month, due in months.items():
        compared = [
            each
            for key, each in sheets.items()
            if key in due and (each.sheet.rows == "log" or each.sheet.tells_flows)
        ]
        first = [each for each in proving if each in compared]
        if first and all(_equals(each, told, month) for each in (*first, *compared)):
            return month
    return None


def _finished(sheet: Sheet, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of a log that the next month's does not take up again."""
    if sheet.once is not None:
        return rows
    return rows.clear() if sheet.carried is None else rows.filter(~sheet.carried)


def _equals(checked: CheckedSheet, told: Told, month: str) -> bool:
    rows = told(month, checked.sheet)
    if rows is None:
        return checked.rows.is_empty()
    return equal_rows(checked.sheet, checked.rows, rows)


def equal_rows(sheet: Sheet, rows: pl.DataFrame, stored: pl.DataFrame) -> bool:
    """Whether a sheet has the rows of a stored one, in any order; free text, which is stored masked, does not count."""
    if rows.height != stored.height:
        return False
    names = [column.name for column in sheet.columns if column.type != "text" or column.carried_key]
    one = _with_plain_keys(sheet, rows).select(names).sort(names, nulls_last=True)
    return one.equals(_stored(sheet, stored).select(names).sort(names, nulls_last=True))


def _with_plain_keys(sheet: Sheet, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with their keys as they read once masked."""
    names = [column.name for column in sheet.columns if column.carried_key and column.name in rows.columns]
    return rows.with_columns(
        pl.Series(name, [key and mask_text(key) for key in rows[name]], dtype=pl.String) for name in names
    )


def _stored(sheet: Sheet, rows: pl.DataFrame) -> pl.DataFrame:
    """Stored rows with masked keys without the tag that keeps them apart."""
    names = [column.name for column in sheet.columns if column.carried_key and column.name in rows.columns]
    return rows.with_columns(pl.coalesce(pl.col(name).str.extract(MASKED_KEY, 1), name) for name in names)


def with_rows(told: Told, sheet: Sheet, months: Iterable[str]) -> Iterator[tuple[str, pl.DataFrame]]:
    """The months that hold rows of a sheet, with them."""
    for month in months:
        rows = told(month, sheet)
        if rows is not None and rows.height:
            yield month, rows
