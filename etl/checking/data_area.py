"""The data area of a sheet, as the checks hand it on from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from etl.checking.finding_batches import CELL_SCHEMA, Batch, Places
from etl.normalise import Normalised
from etl.schema import Column, Sheet


@dataclass(frozen=True, kw_only=True)
class Area:
    """A sheet's data area: one text column a known column, under its name, beside ``row``.

    ``present`` names the columns found under the header; the others are null. ``set_aside`` lists cells
    (row, column) already found at fault, about which nothing more is said. ``batches`` are the offences
    found so far, ``normalised`` the cells of the columns present under their types, once they have been typed.
    """

    sheet: Sheet
    columns: tuple[Column, ...]
    present: frozenset[str]
    places: Places
    header_row: int
    raw: pl.DataFrame
    marks: pl.DataFrame
    set_aside: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CELL_SCHEMA))
    batches: tuple[Batch, ...] = ()
    normalised: Mapping[str, Normalised] = field(default_factory=dict)

    def with_batches(self, *batches: Batch) -> Area:
        """The area with more offences."""
        return replace(self, batches=(*self.batches, *batches))
