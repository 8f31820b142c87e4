"""What tells the rows of a log apart: their content, the numbers given to them, and keys that repeat."""

from __future__ import annotations

import polars as pl

from etl.mappings.log_rows import LOG, Obstacle, reasons
from etl.mappings.mapping import ColumnSource, LogMapping

NUMBER_DIGITS = 4


def content(log: pl.DataFrame, mapping: LogMapping) -> pl.Expr:
    """What each row holds in the columns that are read, as one text: equal rows are equal wherever they stand."""
    texts = [log[f"{LOG}{header}"].cast(pl.String).fill_null("") for header in mapping.headers]
    return pl.concat_str([pl.lit(""), *map(pl.lit, texts)], separator="\x1f")


def _numbered_source(mapping: LogMapping) -> ColumnSource | None:
    """The column that is numbered by row, where the log has no numbers."""
    return next((source for source in mapping.columns if source.row_number is not None), None)


def identical_rows(rows: pl.DataFrame, mapping: LogMapping) -> int:
    """How many placed rows of a log without numbers equal an earlier one in every column read."""
    if _numbered_source(mapping) is None:
        return 0
    placed = rows.filter(pl.col("reason_zh") == "")
    return placed.height - placed["content"].n_unique()


def numbered(rows: pl.DataFrame, mapping: LogMapping) -> pl.DataFrame:
    """Number the rows of a unit and month that can be placed, by time and content, where the mapping asks for it.

    The number depends on the rows of that unit and month alone, not on where they stand in which file or sheet.
    """
    source = _numbered_source(mapping)
    if source is None:
        return rows
    placed = pl.col("reason_zh") == ""
    number = pl.int_range(1, pl.len() + 1).over("reporting_code", "period", placed)
    text = pl.concat_str(
        pl.lit(source.row_number),
        pl.col("period").str.replace("-", ""),
        pl.lit("-"),
        number.cast(pl.String).str.zfill(NUMBER_DIGITS),
    )
    ordered = rows.sort(mapping.period.name, "content", "index")
    named = ordered.with_columns(pl.when(placed).then(text).alias(source.column.name))
    return named.sort("index")


def refuse_repeats(rows: pl.DataFrame, mapping: LogMapping) -> pl.DataFrame:
    """Of placeable rows with the same key in one unit, the first stays and the others are refused."""
    keys = list(mapping.sheet.unique)
    if not keys:
        return rows
    titles = [mapping.sheet.column(key) for key in keys]
    first = pl.when(pl.col("reason_zh") == "").then(pl.col("index")).min().over(["reporting_code", *keys])
    zh, en = "、".join(key.title_zh for key in titles), ", ".join(key.title_en for key in titles)
    rows = rows.with_columns(first=first)
    at = pl.col("first").fill_null(0)
    line, sheet = pl.col("line").gather(at), pl.col("sheet").gather(at)
    repeated = Obstacle(
        applies=(pl.col("reason_zh") == "") & (pl.col("index") > pl.col("first")),
        zh=pl.concat_str(
            pl.lit(f"{zh}与"),
            _quoted(sheet, "“", "”"),
            pl.lit("第 "),
            line.cast(pl.String),
            pl.lit(" 行重复"),
        ),
        en=pl.concat_str(pl.lit(f"{en} repeats line "), line.cast(pl.String), _quoted(sheet, " of ", "")),
    )
    return rows.with_columns(reasons([repeated], rows))


def _quoted(sheet: pl.Expr, before: str, after: str) -> pl.Expr:
    """The sheet's title in a sentence; nothing where there are no sheets."""
    return (
        pl.when(sheet.is_null())
        .then(pl.lit(""))
        .otherwise(pl.concat_str(pl.lit(before), sheet, pl.lit(after)))
    )
