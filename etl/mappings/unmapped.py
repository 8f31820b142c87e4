"""The rows of a log that could not be placed, as they are listed for its owner."""

from __future__ import annotations

import polars as pl

from etl.mappings.log_rows import LOG
from etl.masking import mask_frame


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
