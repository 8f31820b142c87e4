"""The texts of 整治情况 as they were handed in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

COLUMNS = ("reporting_code", "topic", "text")


def read_narratives(folder: Path, paths: Iterable[str]) -> pl.DataFrame:
    """The topics and texts in these files of a store's rows (``folder``), unit by unit in the order of the sheet."""
    found = [
        pl.read_parquet(folder / path, columns=["row", *COLUMNS]).sort("row").select(COLUMNS)
        for path in paths
    ]
    return pl.concat(found) if found else pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))
