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
    if column.carried_key:
        # A number that is looked up elsewhere is the same number however wide or spaced it was typed.
        value = value.str.normalize("NFKC").str.replace_all("[−‐‑]", "-").str.replace_all(r"\s", "")
    limit = column.max_length or 32_767
    return frame.with_columns(value=value).with_columns(
        problem=pl.when(pl.col("value").str.len_chars() > limit).then(pl.lit("text_too_long")),
        altered=(pl.col("value") != pl.col("trimmed")) if column.carried_key else pl.lit(False),
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
    "integer": typed_number,
    "decimal": typed_number,
    "date": typed_moment,
    "datetime": typed_moment,
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
