"""Dates and times as people type them; year, month, day in this order, or refused."""

from __future__ import annotations

import polars as pl

FIRST_YEAR, LAST_YEAR = 1950, 2100

_WITHOUT_ERAS = (
    (r"^([0-9]{4})[ ]*年[ ]*([0-9]{1,2})[ ]*月[ ]*([0-9]{1,2})[ ]*[日号]?", "${1}-${2}-${3} "),
    (r"^([0-9]{4})\.[ ]*([0-9]{1,2})\.[ ]*([0-9]{1,2})", "${1}-${2}-${3}"),
    (r"^([0-9]{4})/[ ]*([0-9]{1,2})/[ ]*([0-9]{1,2})", "${1}-${2}-${3}"),
    (r"^([0-9]{4})([0-9]{2})([0-9]{2})($|[ T])", "${1}-${2}-${3}${4}"),
)
_MOMENT = (
    r"^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[ ]*T[ ]*|[ ]+)([0-9]{1,2})[ ]*(?:[:时点][ ]*([0-9]{1,2})|[时点])[ ]*分?"
    r"(?:[ ]*:?[ ]*([0-9]{1,2})(?:\.[0-9]+)?[ ]*秒?)?)?[ ]*$"
)


def typed_moment(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Dates and times from ``plain``: adds value (a moment), problem (a kind or null) and altered.

    Each cell stands beside the terms of its column: type (date or datetime) and end_of_day. The form the reader gives true dates is tried first, typed forms where it fails.
    """
    texts = (
        frame.with_columns(moment=_iso_moment()).with_columns(iso=pl.col("moment").is_not_null()).collect()
    )
    if texts["moment"].null_count() > texts["plain"].null_count():
        frame = _with_typed_moments(texts).lazy()
    else:
        frame = texts.lazy().with_columns(shaped=pl.lit(True))
    sensible = pl.col("moment").dt.year().is_between(FIRST_YEAR, LAST_YEAR)
    frame = frame.with_columns(moment=pl.when(sensible).then(pl.col("moment")))
    midnight = pl.col("moment").dt.time() == pl.time(0, 0)
    is_date = pl.col("type") == "date"
    ends = pl.col("end_of_day") & ~is_date & midnight
    value = pl.when(ends).then(pl.col("moment").dt.offset_by("86399s")).otherwise("moment")
    altered = ~pl.col("iso") | ends | (is_date & ~midnight)
    problem = pl.when(pl.col("shaped")).then(pl.lit("date_impossible")).otherwise(_misread_date())
    return frame.with_columns(
        value=value, altered=altered, problem=pl.when(pl.col("moment").is_null()).then(problem)
    )


def _iso_moment() -> pl.Expr:
    """Moments written 2026-09-03 or 2026-09-03 10:20:30; null for any other form."""
    plain = pl.col("plain")
    length = plain.str.len_bytes()
    day = pl.when(length == 10).then(plain).str.to_datetime("%Y-%m-%d", strict=False, time_unit="ms")
    moment = (
        pl.when(length == 19).then(plain).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="ms")
    )
    return pl.coalesce(day, moment)


def _with_typed_moments(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the moments people type in other forms; ``shaped`` marks texts that look like a moment."""
    plain = pl.col("plain")
    for pattern, replacement in _WITHOUT_ERAS:
        plain = plain.str.replace(pattern, replacement)
    parts = frame.select(plain.str.strip_chars(" ").str.extract_groups(_MOMENT).alias("part")).unnest("part")
    year, month, day, hour, minute, second = (
        pl.col(name).fill_null("0").str.zfill(2) for name in parts.columns
    )
    parts = parts.with_columns(frame["end_of_day"], shaped=pl.col(parts.columns[0]).is_not_null())
    end = (hour == "24") & (minute == "00") & (second == "00") & pl.col("end_of_day")
    clock = (
        pl.when(end).then(pl.lit("23:59:59")).otherwise(pl.concat_str(hour, minute, second, separator=":"))
    )
    text = pl.concat_str(pl.concat_str(year, month, day, separator="-"), clock, separator=" ")
    typed = parts.select(
        "shaped", typed=text.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="ms")
    )
    return frame.with_columns(typed).with_columns(moment=pl.coalesce("moment", "typed"))


def _misread_date() -> pl.Expr:
    """Why a text is no date, told as exactly as it can be."""
    plain = pl.col("plain")
    return (
        pl.when(plain.str.contains(r"^[0-9]{5}(?:\.[0-9]+)?$"))
        .then(pl.lit("date_serial"))
        .when(plain.str.contains(r"^[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"))
        .then(pl.lit("date_ambiguous"))
        .when(plain.str.contains(r"^'?[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?:[ T]|$)"))
        .then(pl.lit("date_two_digit_year"))
        .when(
            plain.str.contains(
                r"^[0-9]{4}[-/.年][ ]*[0-9]{1,2}月?$|^[0-9]{1,2}月[0-9]{1,2}[日号]?|^[0-9]{1,2}[-/.][0-9]{1,2}$"
                r"|^[0-9]{6}$|^[0-9]{4}年?$|^[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?$"
            )
        )
        .then(pl.lit("date_incomplete"))
        .otherwise(pl.lit("not_a_date"))
    )
