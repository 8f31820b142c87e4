"""A foreign complaint log becomes our workbooks: one per reporting unit and month of receipt.

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

from etl.mappings.log_rows import Obstacle, apply_mapping, reasons, sentence
from etl.mappings.mapping import LogMapping, MappingError
from etl.mappings.mapping_file import load_mapping
from etl.masking import mask_frame
from etl.template import build_workbook, sheets_for

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

__all__ = [
    "Converted",
    "ConvertedWorkbook",
    "LogError",
    "LogMapping",
    "MappingError",
    "convert",
    "load_mapping",
    "write_workbooks",
]

UNMAPPED_FILE = "unmapped.csv"
FIRST_LINE = 2
"""The line of a log's first row of data: its header stands on line 1."""
_FORMULA = r"^[\s\"']*[=+\-@|%\x00＝＋－＠]"
_HARMLESS = r"^\s*(?:[+\-]?[0-9]+(?:\.[0-9]+)?%?|-+)\s*$"


class LogError(Exception):
    """A log does not fit its mapping at all; ``problems`` says what is expected."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, kw_only=True)
class ConvertedWorkbook:
    """What one unit reports for one month: cover values by column name, and the typed rows of the sheet."""

    unit: Unit
    period: str
    cover: dict[str, object]
    sheet: str
    rows: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class Converted:
    """The workbooks, by unit and month, and the rows that have none.

    ``unmapped`` holds ``line`` (of the log), ``reason_zh``, ``reason_en`` and the
    log's own columns, which come last and under their own headers.
    """

    workbooks: tuple[ConvertedWorkbook, ...]
    unmapped: pl.DataFrame


def convert(
    frame: pl.DataFrame,
    mapping: LogMapping,
    campaign: Campaign,
    *,
    today: date,
    lines: pl.Series | None = None,
) -> Converted:
    """The log's rows as workbooks of the campaign's reporting units.

    ``frame`` holds the log under its own headers, as text, in the order of the file; ``lines`` the
    number of each row in the file, where they do not simply follow a header on line 1. ``today`` becomes
    the cover's 填报日期; 统计截止日 is the later of the rule's date and the last receipt or closing among the
    workbook's rows. Raises LogError when the log lacks a column the mapping reads or the campaign does
    not collect the sheet.
    """
    _require_fit(frame, mapping, campaign)
    if lines is None:
        lines = pl.int_range(FIRST_LINE, FIRST_LINE + len(frame), eager=True)
    rows = apply_mapping(frame, mapping, campaign).with_columns(line=lines.cast(pl.Int64))
    rows = rows.with_columns(reasons([_outside_campaign(mapping, campaign)], rows))
    rows = _refuse_repeats(rows, mapping)
    return Converted(
        workbooks=tuple(_workbooks(rows.filter(pl.col("reason_zh") == ""), mapping, campaign, today)),
        unmapped=_unmapped(rows, frame),
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
    _without_formulas(converted.unmapped).write_csv(listing, include_bom=True)
    return [*paths, listing]


def _require_fit(frame: pl.DataFrame, mapping: LogMapping, campaign: Campaign) -> None:
    problems = [
        f"台账缺少列 {header!r},请核对文件与映射 {mapping.name} / "
        f"the log has no column {header!r}; check the file and the mapping {mapping.name}"
        for header in mapping.headers
        if header not in frame.columns
    ]
    collected = campaign.collected(mapping.sheet.key)
    if collected is None or collected.reported_by != "reporting" or collected.frequency == "quarterly":
        title_zh, title_en = mapping.sheet.title_zh, mapping.sheet.title_en
        problems.append(
            f"{campaign.name} 不按月向填报单位收集{title_zh},请换用其他专项(映射所写:{mapping.campaign}) / {campaign.name} "
            f"does not collect the {title_en} monthly; choose another campaign (the mapping names {mapping.campaign})"
        )
    if problems:
        raise LogError(problems)


def _outside_campaign(mapping: LogMapping, campaign: Campaign) -> Obstacle:
    period, title = pl.col("period"), mapping.period.title_zh
    span = f"{campaign.first_period} — {campaign.last_period}"
    return Obstacle(
        applies=~period.is_in(list(campaign.periods)),
        zh=sentence(f"{title}在 ", period, f",不在报告期 {span} 内"),
        en=sentence(f"{mapping.period.title_en} is in ", period, f", outside the campaign's months {span}"),
    )


def _refuse_repeats(rows: pl.DataFrame, mapping: LogMapping) -> pl.DataFrame:
    """Of placeable rows with the same key in one unit, the first stays and the others are refused."""
    keys = list(mapping.sheet.unique)
    if not keys:
        return rows
    titles = [mapping.sheet.column(key) for key in keys]
    first = pl.when(pl.col("reason_zh") == "").then(pl.col("line")).min().over(["reporting_code", *keys])
    zh, en = "、".join(key.title_zh for key in titles), ", ".join(key.title_en for key in titles)
    rows = rows.with_columns(first=first)
    repeated = Obstacle(
        applies=(pl.col("reason_zh") == "") & (pl.col("line") > pl.col("first")),
        zh=sentence(f"{zh}与第 ", pl.col("first"), " 行重复"),
        en=sentence(f"{en} repeats line ", pl.col("first"), ""),
    )
    return rows.with_columns(reasons([repeated], rows))


def _unmapped(rows: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """The refused rows with the log's own columns, personal numbers masked in both.

    A header that is also ours is marked as theirs.
    """
    reasoned = rows.select("line", "reason_zh", "reason_en")
    originals = frame.rename({name: f"{name} (log)" for name in reasoned.columns if name in frame.columns})
    refused = pl.concat([reasoned, originals], how="horizontal").filter(pl.col("reason_zh") != "")
    texts = [name for name, kind in refused.schema.items() if kind == pl.String]
    return mask_frame(refused, texts, key=b"")


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


def _without_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts a spreadsheet would run as formulas, with an apostrophe before them (OWASP, CSV injection)."""
    text = pl.col(pl.String)
    safe = frame.with_columns(pl.when(_runs(text)).then(pl.lit("'") + text).otherwise(text).name.keep())
    headers = pl.Series(frame.columns)
    running = headers.filter(pl.select(_runs(pl.lit(headers))).to_series())
    return safe.rename({header: f"'{header}" for header in running})


def _runs(text: pl.Expr) -> pl.Expr:
    return text.str.contains(_FORMULA) & ~text.str.contains(_HARMLESS)
