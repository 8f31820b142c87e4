"""Times as other systems write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

TIME_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
)
"""Forms of a time that can be read one way only; any other needs ``formats``."""
DATE_CELLS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
"""The forms in which a true date or time of a workbook arrives, whatever it looks like there."""
_SAMPLES = (datetime(2018, 3, 4, 5, 6, 7), datetime(2018, 3, 4))


def moment(text: pl.Expr, formats: Sequence[str] = TIME_FORMATS) -> pl.Expr:
    """A text as a time: by the first of these formats that fits, or as a true date of a workbook."""
    tried = dict.fromkeys((*formats, *DATE_CELLS))
    return pl.coalesce(
        text.str.to_datetime(form, strict=False, time_unit="ms", ambiguous="null") for form in tried
    )


def is_time_format(form: str) -> bool:
    """Whether this is a format of dates, with a year of four digits and a day."""
    try:
        pl.Series(["x"]).str.to_datetime(form, strict=False)
    except pl.exceptions.ComputeError:
        return False
    return all(part in form for part in ("%Y", "%d"))


def misreads_date_cells(form: str) -> bool:
    """Whether a true date of a workbook would be read as another day or time by this format."""
    for sample, cell in zip(_SAMPLES, DATE_CELLS, strict=True):
        read = pl.Series([sample.strftime(cell)]).str.to_datetime(form, strict=False)[0]
        if read not in (None, sample):
            return True
    return False
