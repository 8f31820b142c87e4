"""From a cell's text to a typed value, or to the reason why it has none.

Every function works on many cells at once: on all short columns of a type together, on a long one by itself, and on
its distinct texts where they repeat. What people
type is taken where it has one meaning (full-width digits, 1,234, 2026年9月3日) and refused where it has
none or several (12%, 十二, 3/9/2026); nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, repeat

import polars as pl

from etl.checking.dates import typed_moment
from etl.checking.numbers import typed_number
from etl.schema import NOT_APPLICABLE, Column

OK, EMPTY, NOT_APPLICABLE_STATE = "ok", "empty", "not_applicable"

SPACES = " \t\r\n\u00a0\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff"
_STRIPPED = " \t\r\n\v\f\u00a0\u202f\u205f\u2060\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x2010)))
DASHES = ("-", "--", "---", "—", "——", "–", "―", "−", "－", "_", "/", "／", "\\", "N/A", "n/a")
NOTHING = (*DASHES, "无", "暂无")
YES_WORDS = ("是", "Y", "YES", "TRUE")
NO_WORDS = ("否", "N", "NO", "FALSE")

STACKED_ROWS = 2_000
TERMS = {
    "type": pl.String,
    "unit": pl.String,
    "required": pl.Boolean,
    "not_applicable": pl.Boolean,
    "minimum": pl.Int64,
    "above": pl.Int64,
    "maximum": pl.Int64,
    "max_length": pl.Int64,
    "end_of_day": pl.Boolean,
}
"""What of a column decides how its cells are typed, beside its choices."""

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


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The cells of a column as texts (null: empty), about to be typed.

    ``lookup`` recognises units for ``unit`` and ``code`` columns; without it such texts are kept, tidied.
    """

    column: Column
    raw: pl.Series
    lookup: UnitLookup | None = None


def normalise(column: Column, raw: pl.Series, lookup: UnitLookup | None = None) -> Normalised:
    """Type a column of cell texts."""
    return normalise_all([Texts(column=column, raw=raw, lookup=lookup)])[0]


def normalise_columns(
    columns: Sequence[Column], raw: pl.DataFrame, lookups: Mapping[str, UnitLookup]
) -> dict[str, Normalised]:
    """Type the columns of a sheet, by name."""
    texts = [
        Texts(column=column, raw=raw[column.name], lookup=lookups.get(column.name)) for column in columns
    ]
    return dict(zip((column.name for column in columns), normalise_all(texts), strict=True))


def normalise_all(texts: Sequence[Texts]) -> list[Normalised]:
    """Type many columns, of many sheets, in their order.

    To work out an expression costs more than to apply it to the cells of an ordinary sheet, so short columns that are
    typed alike lie on top of each other and are typed in one go, each cell beside the terms of its column.
    """
    groups: dict[object, list[int]] = {}
    for place, each in enumerate(texts):
        alone = each.raw.len() > STACKED_ROWS
        groups.setdefault(place if alone else _way(each), []).append(place)
    found: dict[int, Normalised] = {}
    for places in groups.values():
        found |= zip(places, _normalised([texts[place] for place in places]), strict=True)
    return [found[place] for place in range(len(texts))]


def _way(texts: Texts) -> tuple[object, ...]:
    """Columns with the same are typed by the same expression."""
    column = texts.column
    return _FORMS.get(column.type), column.type == "decimal", column.carried_key, texts.lookup is None


def _normalised(texts: Sequence[Texts]) -> list[Normalised]:
    """Type columns that are typed alike."""
    raw = pl.concat([each.raw.rename("raw") for each in texts])
    distinct = raw.unique() if raw.len() > STACKED_ROWS and len(texts) == 1 else raw
    if distinct.len() * 2 > raw.len():
        typed = _parsed(raw, texts)
    else:
        typed = raw.to_frame().join(
            _parsed(distinct, [replace(texts[0], raw=distinct)]),
            on="raw",
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
    ends = accumulate(each.raw.len() for each in texts)
    return [
        _part(typed, each.column, end - each.raw.len(), each.raw.len())
        for each, end in zip(texts, ends, strict=True)
    ]


def _part(typed: pl.DataFrame, column: Column, at: int, size: int) -> Normalised:
    values, states, altered = (typed[name].slice(at, size) for name in ("value", "state", "altered"))
    return Normalised(values=values.cast(column.polars_type), states=states, altered=altered)


def tidy(text: str) -> str:
    """A title or label as it is compared: half width, no spaces, no case."""
    return re.sub(rf"[{SPACES}\v\f]+", "", unicodedata.normalize("NFKC", text)).casefold()


def _parsed(raw: pl.Series, texts: Sequence[Texts]) -> pl.DataFrame:
    """Columns raw, value, state, altered; one line a cell of ``raw``, which holds those of all the columns."""
    frame = _with_terms(raw, texts).lazy().with_columns(trimmed=pl.col("raw").str.strip_chars(_STRIPPED))
    first = texts[0].column
    if first.type == "text":
        narrow = first.carried_key and _is_narrow(raw)
        return _with_states(_text(frame, carried_key=first.carried_key, narrow=narrow), text=True).collect()
    return _with_states(
        _FORMS[first.type](frame.with_columns(plain=_plain(raw)), texts), text=False
    ).collect()


def _with_terms(raw: pl.Series, texts: Sequence[Texts]) -> pl.DataFrame:
    """The cells, each beside the number and the terms of its column."""
    terms = [[getattr(each.column, name) for each in texts] for name in TERMS]
    if len(texts) == 1:
        # The terms of a long column are not laid out again for each of its cells.
        alone = [
            pl.lit(term[0], dtype=kind).alias(name)
            for term, (name, kind) in zip(terms, TERMS.items(), strict=True)
        ]
        return raw.to_frame().with_columns(pl.lit(0, dtype=pl.UInt32).alias("number"), *alone)
    sizes = (repeat(number, each.raw.len()) for number, each in enumerate(texts))
    numbers = pl.Series("number", list(chain.from_iterable(sizes)), dtype=pl.UInt32)
    return pl.DataFrame(terms, schema=TERMS, orient="col")[numbers].with_columns(raw, numbers)


def _is_narrow(raw: pl.Series) -> bool:
    """Whether a long column holds ASCII alone, as is the rule."""
    return raw.len() > STACKED_ROWS and raw.str.len_bytes().sum() == raw.str.len_chars().sum()


def _plain(raw: pl.Series) -> pl.Expr:
    """Texts in half width with plain spaces and signs; long ASCII columns are left as they are."""
    if _is_narrow(raw):
        return pl.col("trimmed")
    return (
        pl.col("trimmed")
        .str.normalize("NFKC")
        .str.replace_all("[−‐‑]", "-")
        .str.strip_chars(_STRIPPED)
        # NFKC leaves zero-width characters inside a text where they are.
        .str.replace_all("[\u200b-\u200f\u2060\ufeff]", "")
    )


def _with_states(frame: pl.LazyFrame, *, text: bool) -> pl.LazyFrame:
    """Settle what is common to all types: empty cells, dashes for nothing, 不适用.

    ``frame`` has trimmed, value, problem (kind or null) and altered; a value that was understood, such
    as the choice 无, comes before any of these.
    """
    trimmed, understood = pl.col("trimmed"), pl.col("problem").is_null()
    dash = trimmed.is_in(NOTHING) & ~understood
    if text:
        dash = trimmed.is_in(DASHES) | (trimmed.is_in(NOTHING) & ~pl.col("required"))
    not_applicable = (trimmed == NOT_APPLICABLE) & ~understood
    state = (
        pl.when(trimmed.is_null() | (trimmed == ""))
        .then(pl.lit(EMPTY))
        .when(dash)
        .then(pl.when("required").then(pl.lit("dash_for_missing")).otherwise(pl.lit(EMPTY)))
        .when(not_applicable)
        .then(
            pl.when("not_applicable")
            .then(pl.lit(NOT_APPLICABLE_STATE))
            .otherwise(pl.lit("not_applicable_here"))
        )
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


def _text(frame: pl.LazyFrame, *, carried_key: bool, narrow: bool) -> pl.LazyFrame:
    value = pl.col("trimmed").str.replace_all("\r\n|\r", "\n")
    if carried_key:
        # A number that is looked up elsewhere is the same number however wide or spaced it was typed.
        wide = pl.col("trimmed") if narrow else value.str.normalize("NFKC").str.replace_all("[−‐‑]", "-")
        value = wide.str.replace_all(r"\s", "")
    limit = pl.col("max_length").fill_null(32_767)
    return frame.with_columns(value=value).with_columns(
        problem=pl.when(pl.col("value").str.len_chars() > limit).then(pl.lit("text_too_long")),
        altered=(pl.col("value") != pl.col("trimmed")) if carried_key else pl.lit(False),
    )


def _month(frame: pl.LazyFrame, texts: Sequence[Texts]) -> pl.LazyFrame:
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


def _yes_no(frame: pl.LazyFrame, texts: Sequence[Texts]) -> pl.LazyFrame:
    word = pl.col("plain").str.to_uppercase()
    return frame.with_columns(
        value=pl.when(word.is_in(YES_WORDS)).then(True).when(word.is_in(NO_WORDS)).then(False)
    ).with_columns(
        problem=pl.when(pl.col("value").is_null()).then(pl.lit("not_yes_no")),
        altered=~pl.col("trimmed").is_in(["是", "否"]),
    )


def _choice(frame: pl.LazyFrame, texts: Sequence[Texts]) -> pl.LazyFrame:
    known = [
        (number, key, choice)
        for number, each in enumerate(texts)
        for key, choice in _choices(each.column).items()
    ]
    table = pl.LazyFrame(
        known, schema={"number": pl.UInt32, "key": pl.String, "value": pl.String}, orient="row"
    )
    return (
        frame.with_columns(key=pl.col("plain").str.replace_all(r"\s+", ""))
        .join(table, on=["number", "key"], how="left", maintain_order="left")
        .with_columns(
            problem=pl.when(pl.col("value").is_null()).then(pl.lit("not_a_choice")),
            altered=pl.col("value") != pl.col("trimmed"),
        )
    )


def _choices(column: Column) -> dict[str, str]:
    """The choices of a column by the texts they are known by."""
    return {re.sub(r"\s+", "", unicodedata.normalize("NFKC", choice)): choice for choice in column.choices}


def _unit(frame: pl.LazyFrame, texts: Sequence[Texts]) -> pl.LazyFrame:
    if texts[0].lookup is None:
        code = pl.col("plain").str.replace_all(r"\s+", "").str.replace(r"^([0-9]+)\.0+$", "${1}")
        return frame.with_columns(
            value=code, problem=pl.lit(None, dtype=pl.String), altered=code != pl.col("trimmed")
        )
    trimmed = frame.collect()
    named = trimmed.select("number", "trimmed").unique().drop_nulls()
    found = [
        texts[number].lookup(text) if text else (None, EMPTY, True) for number, text in named.iter_rows()
    ]
    table = named.with_columns(
        value=pl.Series([code for code, _, _ in found], dtype=pl.String),
        problem=pl.Series([None if code else state for code, state, _ in found], dtype=pl.String),
        altered=pl.Series([not own for _, _, own in found], dtype=pl.Boolean),
    )
    return trimmed.lazy().join(table.lazy(), on=["number", "trimmed"], how="left", maintain_order="left")


def _number(frame: pl.LazyFrame, texts: Sequence[Texts]) -> pl.LazyFrame:
    return typed_number(frame, texts[0].column.polars_type)


def _moment(frame: pl.LazyFrame, texts: Sequence[Texts]) -> pl.LazyFrame:
    return typed_moment(frame)


_FORMS: dict[str, Callable[[pl.LazyFrame, Sequence[Texts]], pl.LazyFrame]] = {
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
