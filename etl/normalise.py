"""From a cell's text to a typed value, or to the reason why it has none.

Every function works on a whole column at once, and on its distinct texts where they repeat. What people
type is taken where it has one meaning (full-width digits, 1,234, 2026年9月3日) and refused where it has
none or several (12%, 十二, 3/9/2026); nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from etl.schema import NOT_APPLICABLE, Column

OK, EMPTY, NOT_APPLICABLE_STATE = "ok", "empty", "not_applicable"

SPACES = " \t\r\n\u00a0\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff"
_STRIPPED = " \t\r\n\v\f\u00a0\u202f\u205f\u2060\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x2010)))
DASHES = ("-", "--", "---", "—", "——", "–", "―", "−", "－", "_", "/", "／", "\\", "N/A", "n/a")
NOTHING = (*DASHES, "无", "暂无")
YES_WORDS = ("是", "Y", "YES", "TRUE")
NO_WORDS = ("否", "N", "NO", "FALSE")

STACKED_ROWS = 2_000
SAFE_DIGITS = 15
FLOAT_NOISE_DIGITS = 9
FIRST_YEAR, LAST_YEAR = 1950, 2100

UnitLookup = Callable[[str], tuple[str | None, str, bool]]
"""Text of a cell -> (code or None, state, whether the text is the unit's own code or full name)."""


@dataclass(frozen=True, kw_only=True)
class Normalised:
    """One column's cells: typed values, a state each, and whether the value reads differently.

    ``states`` holds ``ok``, ``empty``, ``not_applicable`` or the kind of a finding; ``values`` is null
    where the state is not ``ok``. ``altered`` marks cells whose text is worth keeping beside the value.
    """

    values: pl.Series
    states: pl.Series
    altered: pl.Series


def normalise(column: Column, raw: pl.Series, lookup: UnitLookup | None = None) -> Normalised:
    """Type a column of cell texts (nulls are empty cells).

    ``lookup`` recognises units for ``unit`` and ``code`` columns; without it such texts are kept, tidied.
    """
    distinct = raw.unique()
    if distinct.len() * 2 > raw.len():
        parsed = _parsed(column, raw, lookup)
    else:
        parsed = raw.to_frame("raw").join(
            _parsed(column, distinct, lookup), on="raw", how="left", nulls_equal=True, maintain_order="left"
        )
    return Normalised(values=parsed["value"], states=parsed["state"], altered=parsed["altered"])


def normalise_columns(
    columns: Sequence[Column], raw: pl.DataFrame, lookups: Mapping[str, UnitLookup]
) -> dict[str, Normalised]:
    """Type the columns of a sheet; in a short sheet those under the same terms are typed in one go."""
    groups: dict[object, list[Column]] = {}
    for column in columns:
        alone = column.name in lookups or raw.height > STACKED_ROWS
        groups.setdefault(column.name if alone else _terms(column), []).append(column)
    found = {}
    for group in groups.values():
        if len(group) == 1:
            column = group[0]
            found[column.name] = normalise(column, raw[column.name], lookups.get(column.name))
            continue
        typed = normalise(group[0], pl.concat([raw[column.name].rename("raw") for column in group]))
        for number, column in enumerate(group):
            at, size = number * raw.height, raw.height
            found[column.name] = Normalised(
                values=typed.values.slice(at, size),
                states=typed.states.slice(at, size),
                altered=typed.altered.slice(at, size),
            )
    return found


def _terms(column: Column) -> Column:
    """What of a column decides how its cells are typed; the rest is made alike."""
    return replace(
        column,
        name="",
        title_zh="",
        title_en="",
        kind="",
        note_zh="",
        note_en="",
        example="",
        carried_key=False,
        prefilled=False,
    )


def tidy(text: str) -> str:
    """A title or label as it is compared: half width, no spaces, no case."""
    return re.sub(rf"[{SPACES}\v\f]+", "", unicodedata.normalize("NFKC", text)).casefold()


def _parsed(column: Column, raw: pl.Series, lookup: UnitLookup | None) -> pl.DataFrame:
    """Columns raw, value, state, altered; one line a cell of ``raw``."""
    raw = raw.rename("raw")
    frame = raw.to_frame().lazy().with_columns(trimmed=pl.col("raw").str.strip_chars(_STRIPPED))
    if column.type == "text":
        return _with_states(column, _text(column, frame)).collect()
    frame = frame.with_columns(plain=_plain(raw))
    return _with_states(column, _FORMS[column.type](column, frame, lookup)).collect()


def _plain(raw: pl.Series) -> pl.Expr:
    """Texts in half width with plain spaces and signs; ASCII columns, the rule, are left as they are."""
    ascii_only = pl.col("raw").str.len_bytes() == pl.col("raw").str.len_chars()
    if raw.to_frame().select(ascii_only.all()).item():
        return pl.col("trimmed")
    return (
        pl.col("trimmed")
        .str.normalize("NFKC")
        .str.replace_all("[−‐‑]", "-")
        .str.strip_chars(_STRIPPED)
        # NFKC leaves zero-width characters inside a text where they are.
        .str.replace_all("[\u200b-\u200f\u2060\ufeff]", "")
    )


def _with_states(column: Column, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Settle what is common to all types: empty cells, dashes for nothing, 不适用.

    ``frame`` has trimmed, value, problem (kind or null) and altered; a value that was understood, such
    as the choice 无, comes before any of these.
    """
    trimmed, understood = pl.col("trimmed"), pl.col("problem").is_null()
    text = column.type == "text"
    dashes = DASHES if text and column.required else NOTHING
    dash = trimmed.is_in(dashes) & (pl.lit(text) | ~understood)
    not_applicable = (trimmed == NOT_APPLICABLE) & ~understood
    state = (
        pl.when(trimmed.is_null() | (trimmed == ""))
        .then(pl.lit(EMPTY))
        .when(dash)
        .then(pl.lit("dash_for_missing" if column.required else EMPTY))
        .when(not_applicable)
        .then(pl.lit(NOT_APPLICABLE_STATE if column.not_applicable else "not_applicable_here"))
        .when(understood)
        .then(pl.lit(OK))
        .otherwise(pl.col("problem"))
    )
    settled = frame.with_columns(state=state)
    ok = pl.col("state") == OK
    kept = (ok & pl.col("altered")) | (pl.col("state") == NOT_APPLICABLE_STATE)
    kept = kept | ((pl.col("state") == EMPTY) & (trimmed != ""))
    return settled.select(
        "raw",
        value=pl.when(ok).then(pl.col("value")),
        state="state",
        altered=kept.fill_null(False),
    )


def _text(column: Column, frame: pl.LazyFrame) -> pl.LazyFrame:
    value = pl.col("trimmed").str.replace_all("\r\n|\r", "\n")
    limit = column.max_length or 32_767
    return frame.with_columns(value=value).with_columns(
        problem=pl.when(pl.col("value").str.len_chars() > limit).then(pl.lit("text_too_long")),
        altered=pl.lit(False),
    )


def _number(column: Column, frame: pl.LazyFrame, lookup: UnitLookup | None) -> pl.LazyFrame:
    plain = pl.col("plain")
    if column.unit:
        plain = plain.str.replace(rf"^(.*[0-9])[ ]*{re.escape(column.unit)}$", "${1}")
    grouped = plain.str.contains(r"^[+-]?[0-9]{1,3}(?:(?:,[0-9]{3})+|(?:[ ][0-9]{3})+)(?:\.[0-9]+)?$")
    bare = pl.when(grouped).then(plain.str.replace_all("[, ]", "")).otherwise(plain)
    bare = bare.str.strip_prefix("+")
    frame = frame.with_columns(bare=bare).with_columns(
        well_formed=pl.col("bare").str.contains(r"^-?[0-9]+(?:\.[0-9]*)?$"),
        whole=pl.col("bare").str.extract(r"^-?0*([0-9]*)", 1),
        fraction=pl.col("bare").str.extract(r"\.([0-9]*)$", 1).str.strip_chars_end("0").fill_null(""),
    )
    return _typed_number(column, _without_float_noise(frame))


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


def _typed_number(column: Column, frame: pl.LazyFrame) -> pl.LazyFrame:
    integer = column.type == "integer"
    source = pl.col("bare").str.replace(r"\.0*$", "") if integer else pl.col("bare")
    value = source.cast(column.polars_type, strict=False)
    decimals = pl.col("fraction").str.len_bytes()
    least = pl.lit(False)
    if column.above is not None:
        least = pl.col("value") <= column.above
    elif column.minimum is not None:
        least = pl.col("value") < column.minimum
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
        .then(pl.lit("below_minimum")),
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


def _moment(column: Column, frame: pl.LazyFrame, lookup: UnitLookup | None) -> pl.LazyFrame:
    """Dates and times; the form the reader gives true dates is tried first, typed forms where it fails."""
    texts = (
        frame.with_columns(moment=_iso_moment()).with_columns(iso=pl.col("moment").is_not_null()).collect()
    )
    if texts["moment"].null_count() > texts["plain"].null_count():
        frame = _with_typed_moments(column, texts).lazy()
    else:
        frame = texts.lazy().with_columns(shaped=pl.lit(True))
    sensible = pl.col("moment").dt.year().is_between(FIRST_YEAR, LAST_YEAR)
    frame = frame.with_columns(moment=pl.when(sensible).then(pl.col("moment")))
    midnight = pl.col("moment").dt.time() == pl.time(0, 0)
    value, altered = pl.col("moment"), ~pl.col("iso")
    if column.type == "date":
        value, altered = pl.col("moment").dt.date(), altered | ~midnight
    elif column.end_of_day:
        value = pl.when(midnight).then(value.dt.offset_by("86399s")).otherwise(value)
        altered = altered | midnight
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


def _with_typed_moments(column: Column, frame: pl.DataFrame) -> pl.DataFrame:
    """Add the moments people type in other forms; ``shaped`` marks texts that look like a moment."""
    plain = pl.col("plain")
    for pattern, replacement in _WITHOUT_ERAS:
        plain = plain.str.replace(pattern, replacement)
    parts = frame.select(plain.str.strip_chars(" ").str.extract_groups(_MOMENT).alias("part")).unnest("part")
    year, month, day, hour, minute, second = (
        pl.col(name).fill_null("0").str.zfill(2) for name in parts.columns
    )
    parts = parts.with_columns(shaped=pl.col(parts.columns[0]).is_not_null())
    end = (hour == "24") & (minute == "00") & (second == "00") & pl.lit(column.end_of_day)
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


def _month(column: Column, frame: pl.LazyFrame, lookup: UnitLookup | None) -> pl.LazyFrame:
    groups = pl.col("plain").str.extract_groups(
        r"^([0-9]{4})[ ]*(?:[-/.年][ ]*([0-9]{1,2})[ ]*月?(?:[-/.]0?1(?:[ ]00:00:00)?|0?1日)?|([0-9]{2}))$"
    )
    frame = frame.with_columns(
        groups.struct.rename_fields(["year", "month", "compact"]).alias("part")
    ).unnest("part")
    month = pl.coalesce("month", "compact").str.zfill(2)
    valid = month.cast(pl.Int32, strict=False).is_between(1, 12).fill_null(False)
    return frame.with_columns(
        value=pl.when(valid).then(pl.concat_str(pl.col("year"), pl.lit("-"), month)),
        problem=pl.when(~valid).then(pl.lit("not_a_month")),
    ).with_columns(altered=pl.col("value") != pl.col("trimmed"))


def _yes_no(column: Column, frame: pl.LazyFrame, lookup: UnitLookup | None) -> pl.LazyFrame:
    word = pl.col("plain").str.to_uppercase()
    return frame.with_columns(
        value=pl.when(word.is_in(YES_WORDS)).then(True).when(word.is_in(NO_WORDS)).then(False)
    ).with_columns(
        problem=pl.when(pl.col("value").is_null()).then(pl.lit("not_yes_no")),
        altered=~pl.col("trimmed").is_in(["是", "否"]),
    )


def _choice(column: Column, frame: pl.LazyFrame, lookup: UnitLookup | None) -> pl.LazyFrame:
    choices = {re.sub(r"\s+", "", unicodedata.normalize("NFKC", choice)): choice for choice in column.choices}
    key = pl.col("plain").str.replace_all(r"\s+", "")
    return frame.with_columns(
        value=key.replace_strict(list(choices), list(choices.values()), default=None, return_dtype=pl.String)
    ).with_columns(
        problem=pl.when(pl.col("value").is_null()).then(pl.lit("not_a_choice")),
        altered=pl.col("value") != pl.col("trimmed"),
    )


def _unit(column: Column, frame: pl.LazyFrame, lookup: UnitLookup | None) -> pl.LazyFrame:
    if lookup is None:
        code = pl.col("plain").str.replace_all(r"\s+", "").str.replace(r"^([0-9]+)\.0+$", "${1}")
        return frame.with_columns(
            value=code, problem=pl.lit(None, dtype=pl.String), altered=code != pl.col("trimmed")
        )
    frame = frame.collect()
    texts = frame["trimmed"].unique().drop_nulls().to_list()
    found = [lookup(text) if text else (None, EMPTY, True) for text in texts]
    table = pl.DataFrame(
        {
            "trimmed": texts,
            "value": [code for code, _, _ in found],
            "problem": [None if code else state for code, state, _ in found],
            "altered": [not own for _, _, own in found],
        },
        schema={"trimmed": pl.String, "value": pl.String, "problem": pl.String, "altered": pl.Boolean},
    )
    return frame.join(table, on="trimmed", how="left", maintain_order="left").lazy()


_FORMS = {
    "integer": _number,
    "decimal": _number,
    "date": _moment,
    "datetime": _moment,
    "month": _month,
    "yes_no": _yes_no,
    "choice": _choice,
    "code": _unit,
    "unit": _unit,
}


def blank(name: str) -> pl.Expr:
    """Whether a cell holds nothing, or nothing but spaces."""
    return pl.col(name).str.strip_chars(_STRIPPED).fill_null("") == ""


def blank_columns(frame: pl.DataFrame, names: Sequence[str]) -> set[str]:
    """The columns in which every cell is blank."""
    if not names:
        return set()
    line = frame.select(blank(name).all().alias(name) for name in names).row(0, named=True)
    return {name for name, empty in line.items() if empty}
