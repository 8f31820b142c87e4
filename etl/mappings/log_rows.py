"""The rows of a foreign log in our words, each with the reasons why it cannot be placed.

Everything here works on whole columns; only distinct unit names are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from etl.mappings.mapping import ColumnSource, LogMapping
from etl.mappings.moments import moment
from etl.schema import YES, Column

if TYPE_CHECKING:
    from etl.campaign import Campaign, Match, Unit

_DELIMITERS = {"reason_zh": "；", "reason_en": "; "}
LOG = "log:"
"""Stands before the log's own headers where they are names of columns."""
NO_FAULTS = pl.DataFrame(
    schema={"index": pl.UInt32, "header": pl.String, "reason_zh": pl.String, "reason_en": pl.String}
)
"""Cells of a log that hold no plain value: which row (from 0), under which header, and why."""
WHOLE_ROW = ""
"""In place of a header: it is the row as a whole that cannot be placed."""


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """Where ``applies`` is true a row cannot be placed, and why in both languages."""

    applies: pl.Expr
    zh: pl.Expr
    en: pl.Expr


def apply_mapping(
    log: pl.DataFrame, mapping: LogMapping, campaign: Campaign, faults: pl.DataFrame = NO_FAULTS
) -> pl.DataFrame:
    """One row per row of the log, in its order; ``log`` has its headers with LOG before each.

    Columns: those of ours the mapping fills, typed, units as codes; ``reporting_code``, ``period``
    (YYYY-MM); ``reason_zh`` and ``reason_en``, empty where nothing keeps the row from being placed. ``faults`` are
    cells that hold no plain value; one under a header that is read keeps its row from being placed, and so does one of
    the row as a whole.
    """
    faults = faults.filter(pl.col("header").is_in([*mapping.headers, WHOLE_ROW]))
    rows = _log_columns(log, mapping).with_columns(
        _faulty(source, faults, log.height) for source in mapping.columns
    )
    obstacles: list[Obstacle] = []
    # Conditions name columns of ours, which are typed before them.
    for later in (False, True):
        sources = [source for source in mapping.columns if bool(source.depends_on) == later]
        rows = rows.with_columns(
            expression for source in sources for expression in (_value(source, campaign), _seen(source))
        )
        if not later:
            rows, obstacles = _unit_columns(rows, mapping, campaign)
        rows = rows.with_columns(_typed(source) for source in sources)
    for source in mapping.columns:
        obstacles += _cell_obstacles(source)
    rows = rows.with_columns(
        period=pl.col(mapping.period.name).dt.strftime("%Y-%m"), reason_zh=pl.lit(""), reason_en=pl.lit("")
    )
    rows = rows.with_columns(_fault_reasons(faults, log.height))
    return rows.with_columns(reasons(obstacles, rows)).drop(pl.selectors.contains(":"))


def _log_columns(log: pl.DataFrame, mapping: LogMapping) -> pl.DataFrame:
    """The columns the mapping reads, trimmed, null where a cell means nothing."""
    text = pl.col(pl.String).str.strip_chars()
    rows = pl.select(pl.int_range(log.height, dtype=pl.UInt32).alias(LOG)).with_columns(
        log[f"{LOG}{header}"].cast(pl.String) for header in mapping.headers
    )
    return rows.with_columns(pl.when(~text.is_in(["", *mapping.missing])).then(text))


def _faulty(source: ColumnSource, faults: pl.DataFrame, height: int) -> pl.Series:
    """Whether a cell this column is read from holds no plain value: nothing more is then said of it."""
    at = faults.filter(pl.col("header").is_in(source.headers))["index"]
    numbers = pl.int_range(height, dtype=pl.UInt32, eager=True)
    return numbers.is_in(at.implode()).alias(f"{source.column.name}:faulty")


def _fault_reasons(faults: pl.DataFrame, height: int) -> list[pl.Series]:
    """``reason_zh`` and ``reason_en`` of each row's faults."""
    numbers = pl.DataFrame({"index": pl.int_range(height, dtype=pl.UInt32, eager=True)})
    told = faults.group_by("index", maintain_order=True).agg(
        pl.col(name).str.join(delimiter) for name, delimiter in _DELIMITERS.items()
    )
    found = numbers.join(told, on="index", how="left", maintain_order="left")
    return [found[name].fill_null("") for name in _DELIMITERS]


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


def _value(source: ColumnSource, campaign: Campaign) -> pl.Expr:
    """What the mapping makes of a row, before it is typed."""
    parts = [pl.lit(source.constant, dtype=pl.String)]
    if source.row_number is not None:
        parts.append(pl.lit(source.row_number))
    for lookup in source.lookups:
        text = pl.col(f"log:{lookup.header}")
        if lookup.values is not None:
            named = _unit_names(campaign) if source.column.type == "unit" else {}
            text = text.replace_strict(named | lookup.values, default=None, return_dtype=pl.String)
        parts.append(text)
    parts += [
        pl.when(
            pl.col(f"log:{case.header}") == case.equals if case.condition is None else case.condition.holds
        ).then(pl.lit(case.gives))
        for case in source.cases
    ]
    return pl.coalesce(*parts, pl.lit(source.otherwise, dtype=pl.String)).alias(f"{source.column.name}:value")


def _unit_names(campaign: Campaign) -> dict[str, str]:
    """Every unit's full name and code, each for itself: they stay valid beside what a mapping translates."""
    return {name: name for unit in campaign.units for name in (unit.name, unit.code)}


def _seen(source: ColumnSource) -> pl.Expr:
    """What stands in the log where the value was looked up; null where nothing does, or in cases."""
    texts = [pl.col(f"log:{lookup.header}") for lookup in source.lookups]
    if not texts:
        return pl.lit(None, dtype=pl.String).alias(f"{source.column.name}:seen")
    joined = pl.concat_str(texts, separator=" / ", ignore_nulls=True)
    return pl.when(joined != "").then(joined).alias(f"{source.column.name}:seen")


def _typed(source: ColumnSource) -> pl.Expr:
    column, value = source.column, pl.col(f"{source.column.name}:value")
    if column.type in ("date", "datetime"):
        value = moment(value, source.formats).cast(column.polars_type)
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
        zh=sentence(f"{column.title_zh}的值“", seen, f"”（{headers}）未在映射中"),
        en=sentence(f"{column.title_en}: the mapping does not name “", seen, f"” ({headers})"),
    )
    unread = Obstacle(
        applies=value.is_not_null() & typed.is_null(),
        zh=sentence(f"{column.title_zh}“", value, f"”（{headers}）无法识别"),
        en=sentence(f"{column.title_en}: cannot read “", value, f"” ({headers})"),
    )
    missing = Obstacle(
        applies=value.is_null() & seen.is_null() & ~pl.col(f"{column.name}:faulty"),
        zh=pl.lit(f"缺少{column.title_zh}（{headers}）"),
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
    below = f"{level_below(campaign)}"
    names = {
        "unknown": ("不是本专项的单位", "is no unit of this campaign"),
        "ambiguous": ("指不止一个单位，不作猜测", "fits more than one unit and is not guessed"),
        "above": (
            f"不在填报单位以下：{mapping.sheet.title_zh}每行须写明{below}",
            f"is no unit below a reporting unit: each row of the {mapping.sheet.title_en} names one",
        ),
    }
    return matched, [
        Obstacle(
            applies=failure == reason,
            zh=sentence(f"{column.title_zh}“", value, f"”{zh}"),
            en=sentence(f"{column.title_en} “", value, f"” {en}"),
        )
        for reason, (zh, en) in names.items()
    ]


def level_below(campaign: Campaign) -> str:
    """The level whose units the rows name, as the campaign calls it."""
    return next(level.title_zh for level in campaign.levels if level.key == campaign.leaf_level)


def _looked_up(names: list[str], column: Column, campaign: Campaign) -> pl.DataFrame:
    candidates = log_candidates(campaign, column.unit_scope)
    matches = [campaign.find_unit(name, candidates) for name in names]
    found = [match.unit for match in matches]
    failures = [_failure(name, match, campaign) for name, match in zip(names, matches, strict=True)]
    return pl.DataFrame(
        {
            f"{column.name}:value": names,
            f"{column.name}:code": [unit and unit.code for unit in found],
            "reporting_code": [unit and candidates[unit] for unit in found],
            f"{column.name}:failure": failures,
        },
        schema_overrides=dict.fromkeys(
            (f"{column.name}:value", f"{column.name}:code", "reporting_code", f"{column.name}:failure"),
            pl.String,
        ),
    )


def _failure(name: str, match: Match, campaign: Campaign) -> str | None:
    """Why a text names no unit a row may name: it is unknown, fits several, or is a unit at another level."""
    if match.unit is not None:
        return None
    if match.reason == "unknown" and campaign.find_unit(name, campaign.units).reason != "unknown":
        return "above"
    return match.reason
