"""The rows of a log that could not be placed, as they are listed for its owner."""

from __future__ import annotations

import polars as pl

from etl.mappings.log_rows import LOG
from etl.masking import mask_frame

_FORMULA = r"^[\s\"']*[=+\-@|%\x00＝＋－＠]"
_HARMLESS = r"^\s*(?:[+\-]?[0-9]+(?:\.[0-9]+)?%?|-+)\s*$"


def unmapped_rows(rows: pl.DataFrame, log: pl.DataFrame) -> pl.DataFrame:
    """The refused rows with the log's own columns, personal numbers masked in both.

    A header that is also ours is marked as theirs.
    """
    sheet = ["sheet"] if rows["sheet"].null_count() < len(rows) else []
    reasoned = rows.select(*sheet, "line", "reason_zh", "reason_en")
    refused = pl.concat([reasoned, log], how="horizontal").filter(pl.col("reason_zh") != "")
    texts = [name for name, kind in refused.schema.items() if kind == pl.String]
    masked = mask_frame(refused, texts, key=b"")
    masked.columns = _own_headers(masked.columns, reasoned.columns)
    return masked


def _own_headers(columns: list[str], ours: list[str]) -> list[str]:
    """The log's headers as they are, but for those that would be one of ours."""
    headers = [name.removeprefix(LOG) for name in columns]
    taken = set(headers)
    for at in range(len(ours), len(headers)):
        if headers[at] in ours:
            headers[at] = f"{headers[at]} (log)"
            while headers[at] in taken:
                headers[at] += "'"
            taken.add(headers[at])
    return headers


def without_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts a spreadsheet would run as formulas, with an apostrophe before them (OWASP, CSV injection)."""
    text = pl.col(pl.String)
    safe = frame.with_columns(pl.when(_runs(text)).then(pl.lit("'") + text).otherwise(text).name.keep())
    headers = pl.Series(frame.columns)
    running = headers.filter(pl.select(_runs(pl.lit(headers))).to_series())
    return safe.rename({header: f"'{header}" for header in running})


def _runs(text: pl.Expr) -> pl.Expr:
    return text.str.contains(_FORMULA) & ~text.str.contains(_HARMLESS)
