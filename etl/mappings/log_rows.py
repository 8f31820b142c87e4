"""The rows of a foreign log in our words, each with the reasons why it cannot be placed.

Everything here works on whole columns; only distinct unit names are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from etl.mappings.mapping import ColumnSource, LogMapping
from etl.schema import YES, Column

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

_DELIMITERS = {"reason_zh": ";", "reason_en": "; "}


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """Where ``applies`` is true a row cannot be placed, and why in both languages."""

    applies: pl.Expr
    zh: pl.Expr
    en: pl.Expr


def apply_mapping(frame: pl.DataFrame, mapping: LogMapping, campaign: Campaign) -> pl.DataFrame:
    """One row per row of the log, in its order.

    Columns: those of ours the mapping fills, typed, units as codes; ``reporting_code``, ``period``
    (YYYY-MM); ``reason_zh`` and ``reason_en``, empty where nothing keeps the row from being placed.
    """
    written = frame.select(
        expression
        for source in mapping.columns
        for expression in (_value(source, mapping.missing), _seen(source, mapping.missing))
    )
    matched, obstacles = _unit_columns(written, mapping, campaign)
    typed = matched.with_columns(_typed(source) for source in mapping.columns)
    for source in mapping.columns:
        obstacles += _cell_obstacles(source)
    typed = typed.with_columns(
        period=pl.col(mapping.period.name).dt.strftime("%Y-%m"),
        reason_zh=pl.lit(""),
        reason_en=pl.lit(""),
    )
    return typed.with_columns(reasons(obstacles, typed)).drop(pl.selectors.contains(":"))


def reasons(obstacles: Sequence[Obstacle], rows: pl.DataFrame) -> list[pl.Expr]:
    """``reason_zh`` and ``reason_en`` with what these obstacles add to them."""
    return [
        pl.concat_str(
            [
                pl.when(pl.col(name) != "").then(pl.col(name)),
                *(pl.when(obstacle.applies).then(getattr(obstacle, name[-2:])) for obstacle in obstacles),
            ],
            separator=delimiter,
            ignore_nulls=True,
        ).alias(name)
        for name, delimiter in _DELIMITERS.items()
    ]


def sentence(before: str, value: pl.Expr, after: str) -> pl.Expr:
    """A text with a row's own value in it; null where the value is."""
    return pl.concat_str(pl.lit(before), value.cast(pl.String), pl.lit(after))


def log_candidates(campaign: Campaign, scope: str) -> dict[Unit, str]:
    """The units a row may name, and the reporting unit whose workbook such a row stands in."""
    return {
        leaf: reporting.code
        for reporting in campaign.reporting_units
        for leaf in campaign.leaves(reporting.code)
        if scope == "below_or_own" or not leaf.own_office
    }


def _text(header: str, missing: tuple[str, ...]) -> pl.Expr:
    """A cell of the log, trimmed; null where it means nothing."""
    text = pl.col(header).cast(pl.String).str.strip_chars()
    return pl.when(~text.is_in(["", *missing])).then(text)


def _value(source: ColumnSource, missing: tuple[str, ...]) -> pl.Expr:
    """What the mapping makes of a row, before it is typed."""
    parts = [pl.lit(source.constant, dtype=pl.String)]
    for lookup in source.lookups:
        text = _text(lookup.header, missing)
        if lookup.values is not None:
            text = text.replace_strict(lookup.values, default=None, return_dtype=pl.String)
        parts.append(text)
    parts += [
        pl.when(_text(case.header, missing) == case.equals).then(pl.lit(case.gives)) for case in source.cases
    ]
    return pl.coalesce(*parts, pl.lit(source.otherwise, dtype=pl.String)).alias(f"{source.column.name}:value")


def _seen(source: ColumnSource, missing: tuple[str, ...]) -> pl.Expr:
    """What stands in the log where the value was looked up; null where nothing does, or in cases."""
    texts = [_text(lookup.header, missing) for lookup in source.lookups]
    if not texts:
        return pl.lit(None, dtype=pl.String).alias(f"{source.column.name}:seen")
    joined = pl.concat_str(texts, separator=" / ", ignore_nulls=True)
    return pl.when(joined != "").then(joined).alias(f"{source.column.name}:seen")


def _typed(source: ColumnSource) -> pl.Expr:
    column, value = source.column, pl.col(f"{source.column.name}:value")
    if column.type in ("date", "datetime"):
        times = [
            value.str.to_datetime(text, strict=False, time_unit="ms", ambiguous="null")
            for text in source.formats
        ]
        value = pl.coalesce(*times).cast(column.polars_type)
    elif column.type == "yes_no":
        value = value == YES
    elif column.type == "unit":
        value = pl.col(f"{column.name}:code")
    else:
        value = value.cast(column.polars_type, strict=False)
    return value.alias(column.name)


def _cell_obstacles(source: ColumnSource) -> list[Obstacle]:
    """A required value that is missing, one the mapping does not name, one that cannot be read."""
    column, headers = source.column, ", ".join(source.headers)
    value, seen, typed = (
        pl.col(f"{column.name}:value"),
        pl.col(f"{column.name}:seen"),
        pl.col(column.name),
    )
    unmapped = Obstacle(
        applies=value.is_null() & seen.is_not_null(),
        zh=sentence(f"{column.title_zh}的值“", seen, f"”({headers})未在映射中"),
        en=sentence(f"{column.title_en}: the mapping does not name “", seen, f"” ({headers})"),
    )
    unread = Obstacle(
        applies=value.is_not_null() & typed.is_null(),
        zh=sentence(f"{column.title_zh}“", value, f"”({headers})无法识别"),
        en=sentence(f"{column.title_en}: cannot read “", value, f"” ({headers})"),
    )
    missing = Obstacle(
        applies=value.is_null() & seen.is_null(),
        zh=pl.lit(f"缺少{column.title_zh}({headers})"),
        en=pl.lit(f"{column.title_en} is missing ({headers})"),
    )
    found = [unmapped] if column.type == "unit" else [unmapped, unread]
    return [*found, missing] if column.required else found


def _unit_columns(
    written: pl.DataFrame, mapping: LogMapping, campaign: Campaign
) -> tuple[pl.DataFrame, list[Obstacle]]:
    """Look up the sheet's unit column: code, reporting unit, and why a name fits none."""
    column = next(source.column for source in mapping.columns if source.column.type == "unit")
    table = _looked_up(written[f"{column.name}:value"].drop_nulls().unique().to_list(), column, campaign)
    matched = written.join(table, on=f"{column.name}:value", how="left", maintain_order="left")
    value, failure = pl.col(f"{column.name}:value"), pl.col(f"{column.name}:failure")
    names = {"unknown": ("不是本专项的单位", "is no unit of this campaign")}
    names["ambiguous"] = ("指不止一个单位,不作猜测", "fits more than one unit and is not guessed")
    return matched, [
        Obstacle(
            applies=failure == reason,
            zh=sentence(f"{column.title_zh}“", value, f"”{zh}"),
            en=sentence(f"{column.title_en} “", value, f"” {en}"),
        )
        for reason, (zh, en) in names.items()
    ]


def _looked_up(names: list[str], column: Column, campaign: Campaign) -> pl.DataFrame:
    candidates = log_candidates(campaign, column.unit_scope)
    matches = [campaign.find_unit(name, candidates) for name in names]
    found = [match.unit for match in matches]
    return pl.DataFrame(
        {
            f"{column.name}:value": names,
            f"{column.name}:code": [unit and unit.code for unit in found],
            "reporting_code": [unit and candidates[unit] for unit in found],
            f"{column.name}:failure": [
                None if unit else match.reason for unit, match in zip(found, matches, strict=True)
            ],
        },
        schema_overrides=dict.fromkeys(
            (f"{column.name}:value", f"{column.name}:code", "reporting_code", f"{column.name}:failure"),
            pl.String,
        ),
    )
