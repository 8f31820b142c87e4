"""Numbers as people type them: digits in groups, with the column's unit behind, as a calculation left them."""

from __future__ import annotations

import polars as pl

SAFE_DIGITS = 15
FLOAT_NOISE_DIGITS = 9


def typed_number(frame: pl.LazyFrame, kind: pl.DataType) -> pl.LazyFrame:
    """Numbers of this type from ``plain``: adds value, problem (a kind or null) and altered.

    Each cell stands beside the terms of its column: unit, minimum, above, maximum.
    """
    plain = _without_unit()
    grouped = plain.str.contains(r"^[+-]?[0-9]{1,3}(?:(?:,[0-9]{3})+|(?:[ ][0-9]{3})+)(?:\.[0-9]+)?$")
    bare = pl.when(grouped).then(plain.str.replace_all("[, ]", "")).otherwise(plain)
    bare = bare.str.strip_prefix("+")
    frame = frame.with_columns(bare=bare).with_columns(
        well_formed=pl.col("bare").str.contains(r"^-?[0-9]+(?:\.[0-9]*)?$"),
        whole=pl.col("bare").str.extract(r"^-?0*([0-9]*)", 1),
        fraction=pl.col("bare").str.extract(r"\.([0-9]*)$", 1).str.strip_chars_end("0").fill_null(""),
    )
    return _typed_number(_without_float_noise(frame), kind)


def _without_unit() -> pl.Expr:
    """``plain`` without the column's unit where it stands behind digits."""
    plain, unit = pl.col("plain"), pl.col("unit")
    number = plain.str.strip_suffix(unit).str.strip_chars_end(" ")
    counted = (unit != "") & plain.str.ends_with(unit) & number.str.contains(r"^.*[0-9]$")
    return pl.when(counted).then(number).otherwise(plain)


def _without_float_noise(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Numbers a calculation left a hair off, such as 0.30000000000000004, at the value they mean."""
    long = pl.col("fraction").str.len_bytes() > FLOAT_NOISE_DIGITS
    exact = pl.col("bare").cast(pl.Float64, strict=False)
    noise = pl.col("well_formed") & long & ((exact - exact.round(2)).abs() < 1e-9)
    rounded = exact.round(2).cast(pl.Decimal(18, 2), strict=False).cast(pl.String)
    return frame.with_columns(bare=pl.when(noise).then(rounded).otherwise(pl.col("bare"))).with_columns(
        whole=pl.col("bare").str.extract(r"^-?0*([0-9]*)", 1),
        fraction=pl.col("bare").str.extract(r"\.([0-9]*)$", 1).str.strip_chars_end("0").fill_null(""),
    )


def _typed_number(frame: pl.LazyFrame, kind: pl.DataType) -> pl.LazyFrame:
    integer = kind.is_integer()
    source = pl.col("bare").str.replace(r"\.0*$", "") if integer else pl.col("bare")
    value = source.cast(kind, strict=False)
    decimals = pl.col("fraction").str.len_bytes()
    minimum, above, maximum = (pl.col(name).cast(kind) for name in ("minimum", "above", "maximum"))
    least = pl.when(above.is_not_null()).then(pl.col("value") <= above).otherwise(pl.col("value") < minimum)
    plain = pl.col("trimmed") == pl.col("bare")
    same = plain & ((pl.col("fraction") == "") & ~pl.col("bare").str.contains(r"\.") | pl.lit(not integer))
    return frame.with_columns(value=value).with_columns(
        problem=pl.when(~pl.col("well_formed"))
        .then(_misread_number())
        .when(pl.col("whole").str.len_bytes() > SAFE_DIGITS)
        .then(pl.lit("number_too_large"))
        .when(pl.lit(integer) & (decimals > 0))
        .then(pl.lit("not_whole"))
        .when(decimals > 2)
        .then(pl.lit("too_many_decimals"))
        .when(pl.col("value").is_null())
        .then(pl.lit("not_a_number"))
        .when(least)
        .then(pl.lit("below_minimum"))
        .when(pl.col("value") > maximum)
        .then(pl.lit("above_maximum")),
        altered=~same | (pl.col("bare").str.contains("^-?0[0-9]")),
    )


def _misread_number() -> pl.Expr:
    """Why a text is no number, told as exactly as it can be."""
    plain = pl.col("plain")
    return (
        pl.when(plain.str.contains(r"^[+-]?[0-9][0-9.,]*[ ]*[%‰]$"))
        .then(pl.lit("percent"))
        .when(
            plain.str.contains("^[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+[^0-9a-zA-Z]?$")
        )
        .then(pl.lit("chinese_numeral"))
        .when(plain.str.contains(r"^[0-9]{4}[-/.年][0-9]{1,2}(?:[-/.月]|$)"))
        .then(pl.lit("date_for_number"))
        .otherwise(pl.lit("not_a_number"))
    )
