"""A foreign log becomes our workbooks: one per reporting unit and month of receipt.

No row is lost and none is given to another unit: what a mapping cannot place is listed with its line
and every reason. The workbooks then pass the same door as any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from etl.mappings.log_file import ForeignLog, missing_columns, read_log
from etl.mappings.log_rows import LOG, NO_FAULTS, Obstacle, apply_mapping, reasons, sentence
from etl.mappings.log_table import LogTable
from etl.mappings.mapping import LogError, LogMapping, MappingError
from etl.mappings.mapping_file import load_mapping
from etl.mappings.row_keys import content, identical_rows, numbered, refuse_repeats
from etl.mappings.unmapped import unmapped_rows
from etl.mappings.zero_reports import silent_months
from etl.spreadsheet_text import harmless
from etl.template import build_workbook
from etl.template_sheets import sheets_for

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

__all__ = [
    "Converted",
    "ConvertedWorkbook",
    "ForeignLog",
    "LogError",
    "LogMapping",
    "MappingError",
    "convert",
    "convert_log",
    "load_mapping",
    "read_log",
    "write_workbooks",
]

UNMAPPED_FILE = "unmapped.csv"
FIRST_LINE = 2
"""The line of a log's first row of data: its header stands on line 1."""


@dataclass(frozen=True, kw_only=True)
class ConvertedWorkbook:
    """What one unit reports for one month: cover values by column name, and the typed rows of the sheet.

    There are no rows where the log is complete and has none of this unit and month: a zero report.
    """

    unit: Unit
    period: str
    cover: dict[str, object]
    sheet: str
    rows: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class Converted:
    """The workbooks, by unit and month, and the rows that have none.

    ``unmapped`` holds ``sheet`` (where the log is a workbook), ``line`` (of the log), ``reason_zh``, ``reason_en`` and
    the log's own columns, which come last and under their own headers. ``undecided`` are the units and months of a
    complete log without a row, whose zero report is withheld because a row that was not placed may be theirs;
    ``is_span_unknown`` says that no months of a complete log could be told. ``identical`` counts the placed rows of a
    log without numbers that equal an earlier one in every column read.
    """

    workbooks: tuple[ConvertedWorkbook, ...]
    unmapped: pl.DataFrame
    undecided: tuple[tuple[Unit, str], ...] = ()
    is_span_unknown: bool = False
    identical: int = 0


def convert_log(log: ForeignLog, mapping: LogMapping, campaign: Campaign, *, today: date) -> Converted:
    """A log as it was read from its file; see ``convert``."""
    columns = dict.fromkeys(name for table in log.tables for name in table.cells.columns)
    empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    frame = pl.concat([empty, *(table.cells for table in log.tables)], how="diagonal")
    lines = pl.concat([pl.Series(dtype=pl.Int32), *(table.rows for table in log.tables)])
    sheets = [pl.repeat(table.title, table.rows.len(), dtype=pl.String, eager=True) for table in log.tables]
    is_workbook = any(table.title for table in log.tables)
    return convert(
        frame,
        mapping,
        campaign,
        today=today,
        lines=lines,
        sheets=pl.concat(sheets) if is_workbook else None,
        faults=_all_faults(log.tables),
    )


def _all_faults(tables: tuple[LogTable, ...]) -> pl.DataFrame:
    """The faults of every table, numbered through."""
    found, before = [NO_FAULTS], 0
    for table in tables:
        found.append(table.faults.with_columns((pl.col("index") + before).cast(pl.UInt32)))
        before += table.rows.len()
    return pl.concat(found)


def convert(
    frame: pl.DataFrame,
    mapping: LogMapping,
    campaign: Campaign,
    *,
    today: date,
    lines: pl.Series | None = None,
    sheets: pl.Series | None = None,
    faults: pl.DataFrame = NO_FAULTS,
) -> Converted:
    """The log's rows as workbooks of the campaign's reporting units.

    ``frame`` holds the log under its own headers, as text, in the order of the file; ``lines`` the
    number of each row in the file, where they do not simply follow a header on line 1; ``sheets`` the sheet each row
    stands on, where there are sheets; ``faults`` cells without a plain value. ``today`` becomes
    the cover's 填报日期; 统计截止日 is the later of the rule's date and the last receipt or closing among the
    workbook's rows. Raises LogError when the log lacks a column the mapping reads or the campaign does
    not collect the sheet.
    """
    _require_fit(frame, mapping, campaign)
    if lines is None:
        lines = pl.int_range(FIRST_LINE, FIRST_LINE + len(frame), eager=True)
    if sheets is None:
        sheets = pl.repeat(None, len(frame), dtype=pl.String, eager=True)
    log = _prefixed(frame)
    rows = apply_mapping(log, mapping, campaign, faults).with_columns(
        index=pl.int_range(pl.len(), dtype=pl.UInt32),
        line=lines.cast(pl.Int64),
        sheet=sheets,
        content=content(log, mapping),
    )
    rows = rows.with_columns(reasons([_outside_campaign(mapping, campaign)], rows))
    rows = refuse_repeats(numbered(rows, mapping), mapping)
    workbooks = tuple(_workbooks(rows.filter(pl.col("reason_zh") == ""), mapping, campaign, today))
    months = silent_months(rows, mapping, campaign) if mapping.complete else ((), ())
    silent, undecided = months or ((), ())
    zero = [_zero_report(unit, period, mapping, campaign, today) for unit, period in silent]
    return Converted(
        workbooks=tuple(sorted((*workbooks, *zero), key=lambda book: (book.unit.code, book.period))),
        unmapped=unmapped_rows(rows, log),
        undecided=undecided,
        is_span_unknown=months is None,
        identical=identical_rows(rows, mapping),
    )


def write_workbooks(converted: Converted, campaign: Campaign, out: Path) -> list[Path]:
    """Write one file per workbook, named ``<unit code>-<month>.xlsx``, and ``unmapped.csv`` when needed.

    Returns the paths written, the workbooks first. Equal arguments give equal bytes. An ``unmapped.csv``
    of an earlier run is removed when this one leaves nothing unmapped.
    """
    out.mkdir(parents=True, exist_ok=True)
    paths = [_write_workbook(workbook, campaign, out) for workbook in converted.workbooks]
    listing = out / UNMAPPED_FILE
    if converted.unmapped.is_empty():
        listing.unlink(missing_ok=True)
        return paths
    harmless(converted.unmapped).write_csv(listing, include_bom=True)
    return [*paths, listing]


def _prefixed(frame: pl.DataFrame) -> pl.DataFrame:
    """The log with ``log:`` before every header: one such as * would be a pattern to an expression."""
    log = frame.clone()
    log.columns = [f"{LOG}{name}" for name in frame.columns]
    return log


def _require_fit(frame: pl.DataFrame, mapping: LogMapping, campaign: Campaign) -> None:
    missing = [header for header in mapping.headers if header not in frame.columns]
    problems = [missing_columns(missing, frame.columns, mapping)] if missing else []
    collected = campaign.collected(mapping.sheet.key)
    if collected is None or collected.reported_by != "reporting" or collected.frequency == "quarterly":
        title_zh, title_en = mapping.sheet.title_zh, mapping.sheet.title_en
        problems.append(
            f"{campaign.name} 不按月向填报单位收集{title_zh}，请换用其他专项（映射所写：{mapping.campaign}） / {campaign.name} "
            f"does not collect the {title_en} monthly; choose another campaign (the mapping names {mapping.campaign})"
        )
    if problems:
        raise LogError(problems)


def _outside_campaign(mapping: LogMapping, campaign: Campaign) -> Obstacle:
    period, title = pl.col("period"), mapping.period.title_zh
    span = f"{campaign.first_period} — {campaign.last_period}"
    return Obstacle(
        applies=~period.is_in(list(campaign.periods)),
        zh=sentence(f"{title}在 ", period, f"，不在报告期 {span} 内"),
        en=sentence(f"{mapping.period.title_en} is in ", period, f", outside the campaign's months {span}"),
    )


def _workbooks(
    rows: pl.DataFrame, mapping: LogMapping, campaign: Campaign, today: date
) -> Iterator[ConvertedWorkbook]:
    names = [source.column.name for source in mapping.columns]
    groups = rows.sort("reporting_code", "period", "line").partition_by(
        "reporting_code", "period", maintain_order=True, as_dict=True
    )
    for (code, period), group in groups.items():
        unit = campaign.unit(code, campaign.reporting_level)
        tables = {table.sheet.key: table.columns for table in sheets_for(campaign, unit, period)}
        collected = [column.name for column in tables[mapping.sheet.key] if column.name in names]
        data_to = max([campaign.window(period)[1], *_last_days(group, mapping)])
        yield ConvertedWorkbook(
            unit=unit,
            period=period,
            cover={**mapping.cover, "prepared_on": today, "data_to": data_to},
            sheet=mapping.sheet.key,
            rows=group.select(collected),
        )


def _zero_report(
    unit: Unit, period: str, mapping: LogMapping, campaign: Campaign, today: date
) -> ConvertedWorkbook:
    """The workbook of a unit that truly had nothing in a month."""
    flag = {str(mapping.sheet.zero_report): True}
    return ConvertedWorkbook(
        unit=unit,
        period=period,
        cover={**mapping.cover, **flag, "prepared_on": today, "data_to": campaign.window(period)[1]},
        sheet=mapping.sheet.key,
        rows=pl.DataFrame(),
    )


def _last_days(rows: pl.DataFrame, mapping: LogMapping) -> list[date]:
    """The last day in each column that may not lie after 统计截止日, such as receipt and closing."""
    bounded = [rule.columns[0] for rule in mapping.sheet.rules if rule.kind == "after_data_to"]
    last = rows.select(pl.col(name).cast(pl.Date).max() for name in bounded if name in rows.columns)
    return [day for day in last.row(0) if day is not None]


def _write_workbook(workbook: ConvertedWorkbook, campaign: Campaign, out: Path) -> Path:
    content = build_workbook(
        campaign,
        workbook.unit,
        workbook.period,
        cover=workbook.cover,
        rows={workbook.sheet: workbook.rows.to_dicts()},
    )
    path = out / f"{workbook.unit.code}-{workbook.period}.xlsx"
    path.write_bytes(content)
    return path
