"""Rows against each other, against the sheet's rules, and against what was told by last month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from etl.checking.cells import Typed, with_faults
from etl.checking.data_area import Area
from etl.checking.finding_batches import CELL_SCHEMA, Batch, offences
from etl.findings import Words
from etl.masking import mask_text
from etl.schema import HistoryRule, Rule

if TYPE_CHECKING:
    from etl.campaign import Campaign, Unit

MASKED_KEY = r"^(.*\*.*)#[0-9a-f]{6}$"
"""A key that held a personal number, as it is stored: masked, with a tag that keeps it apart."""


@dataclass(frozen=True, kw_only=True)
class Days:
    """The days a workbook's dates are held against: first and last of its data, last of its month, that of the check."""

    data_from: date | None
    data_to: date | None
    month_end: date | None = None
    today: date


def check_units(area: Area, typed: Typed, campaign: Campaign, unit: Unit | None) -> tuple[Area, Typed]:
    """Each unit exactly once, under a name that agrees with its code.

    A code and a name that disagree are one offence: the unit is then open, so neither it nor the
    name's own is called missing or given twice.
    """
    if unit is None or not {"unit_code", "unit_name"} <= area.present:
        return area, typed
    leaves = campaign.leaves(unit.code)
    lines, differing, met, open_rows = typed.rows.select("row", "unit_code", "unit_name"), [], set(), 0
    for row, code, name in lines.iter_rows():
        named = campaign.find_unit(name, leaves).unit if name else None
        met |= {code} | ({named.code} if named else set())
        open_rows += code is None and named is None
        if code and name and (named is None or named.code != code):
            differing.append((row, code, name))
    names = {leaf.code: leaf.name for leaf in leaves}
    missing = [leaf for leaf in leaves if leaf.code not in met]
    if len(missing) <= open_rows:
        missing = []
    batches = [
        Batch(
            kind="unit_name_differs",
            cells=offences([(row, "unit_name", name) for row, _, name in differing]),
            arguments=lambda line: {"expected_name": _expected_name(line["row"], differing, names)},
        ),
        _missing_rows("missing_unit", {leaf.code: f"{leaf.name}（{leaf.code}）" for leaf in missing}),
    ]
    unsettled = [(row, name) for row, _, _ in differing for name in ("unit_code", "unit_name")]
    faults = pl.DataFrame(unsettled, schema=CELL_SCHEMA, orient="row")
    return area.with_batches(*batches), with_faults(typed, faults)


def _expected_name(row: object, differing: list[tuple[int, str, str]], names: Mapping[str, str]) -> str:
    code = next(code for number, code, _ in differing if number == row)
    return f"{names[code]}（{code}）"


def _missing_rows(kind: str, titles: Mapping[str, str]) -> Batch:
    cells = offences([(None, None, None)] * len(titles)).with_columns(
        missing=pl.Series(list(titles.values()), dtype=pl.String)
    )
    return Batch(kind=kind, cells=cells, arguments=lambda line: {"missing": str(line["missing"])})


def check_set_rows(area: Area, typed: Typed) -> Area:
    """Each set row (a topic, say) stands on the sheet."""
    key = area.sheet.columns[0]
    if key.name not in area.present:
        return area
    missing = [choice for choice in key.choices if choice not in set(typed.rows[key.name])]
    unclear = typed.rows[key.name].null_count()
    return area.with_batches(
        _missing_rows("missing_row", {each: each for each in missing} if len(missing) > unclear else {})
    )


def check_unique(area: Area, typed: Typed) -> Area:
    """Every later row whose key occurred before is an offence; rows with a key at fault are not judged."""
    keys = list(area.sheet.unique)
    if not keys or not set(keys) <= area.present:
        return area
    rows = typed.rows.select("row", *keys).drop_nulls()
    if rows.select(keys).is_unique().all():
        return area
    faults = typed.at_fault.filter(pl.col("column").is_in(keys))
    rows = rows.join(faults, on="row", how="anti", maintain_order="left")
    first = rows.group_by(keys, maintain_order=True).agg(first_row=pl.col("row").min())
    later = rows.join(first, on=keys).filter(pl.col("row") > pl.col("first_row"))
    cells = later.select("row", column=pl.lit(keys[0]), first_row="first_row").join(
        area.raw.select("row", value=keys[0]), on="row", how="left", maintain_order="left"
    )
    words = Words(
        zh="、".join(area.sheet.column(key).title_zh for key in keys),
        en=" + ".join(area.sheet.column(key).title_en for key in keys),
    )
    return area.with_batches(
        Batch(
            kind="duplicate_key",
            cells=cells,
            arguments=lambda line: {"keys": words, "first_row": int(line["first_row"])},
        )
    )


def check_rules(area: Area, typed: Typed, days: Days) -> Area:
    """The sheet's rules over its typed rows; a rule is unknown where one of its cells is at fault."""
    rules = [rule for rule in area.sheet.rules if set(rule.columns) <= area.present]
    if not rules or typed.rows.is_empty():
        return area
    frame = typed.rows.with_columns(**{name: pl.lit(day, dtype=pl.Date) for name, day in vars(days).items()})
    violated = frame.select(
        rule.violated.fill_null(False).alias(str(number)) for number, rule in enumerate(rules)
    )
    batches = [
        _rule_batch(area, typed, rule, violated[str(number)], days)
        for number, rule in enumerate(rules)
        if violated[str(number)].any()
    ]
    return area.with_batches(*batches)


def _rule_batch(area: Area, typed: Typed, rule: Rule, violated: pl.Series, days: Days) -> Batch:
    rows = typed.rows.filter(violated).select("row")
    faults = typed.at_fault.filter(pl.col("column").is_in(list(rule.columns))).select("row")
    rows = rows.join(faults, on="row", how="anti", maintain_order="left")
    seen = area.raw.select("row", *(pl.col(name).alias(f"seen{n}") for n, name in enumerate(rule.columns)))
    cells = rows.join(seen, on="row", how="left", maintain_order="left").with_columns(
        column=pl.lit(rule.columns[0]), value=pl.col("seen0")
    )
    return Batch(kind=rule.kind, cells=cells, arguments=lambda line: _rule_arguments(area, rule, line, days))


def _rule_arguments(area: Area, rule: Rule, line: Mapping[str, object], days: Days) -> dict[str, str | Words]:
    """The rule in words, with the row's other cells it speaks of."""
    others = [
        (area.sheet.column(name), str(line[f"seen{number}"]))
        for number, name in enumerate(rule.columns)
        if number and line[f"seen{number}"] is not None
    ]
    zh = ";".join(f"{column.title_zh} {text}" for column, text in others)
    en = "; ".join(f"{column.title_en} {text}" for column, text in others)
    return {
        "rule": Words(zh=rule.expected_zh, en=rule.expected_en),
        "others": Words(zh=f"（本行{zh}）", en=f" (in this row: {en})") if others else "",
        **{name: str(day or "") for name, day in vars(days).items()},
    }


def check_history(area: Area, typed: Typed, previous: pl.DataFrame) -> Area:
    """The sheet's rules against what was told by last month.

    Where keys are at fault, an absent row may be one of them, so absences are told only when there are
    more of them than such keys.
    """
    keys = set(area.sheet.unique)
    if not keys <= area.present:
        return area
    faults = typed.at_fault.filter(pl.col("column").is_in(list(keys)))["row"].n_unique()
    batches = []
    for rule in area.sheet.history_rules:
        if not set(rule.columns) <= area.present:
            continue
        found = _without_masked(rule.violated(typed.rows, previous), typed.rows)
        absent = found["row"].null_count()
        if 0 < absent <= faults:
            found = found.filter(pl.col("row").is_not_null())
        batches.append(_history_batch(rule, found))
    return area.with_batches(*batches)


def _without_masked(found: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Absences but those of stored keys that were masked and stand, not yet masked, in this month's rows."""
    stored = pl.col("expected").str.extract(MASKED_KEY, 1)
    masked = found.filter(pl.col("row").is_null() & stored.is_not_null())
    if masked.is_empty():
        return found
    names = masked["column"].unique().to_list()
    present = {mask_text(key) for name in names for key in rows[name].drop_nulls()}
    return found.filter(pl.col("row").is_not_null() | ~stored.is_in(list(present)).fill_null(False))


def _history_batch(rule: HistoryRule, found: pl.DataFrame) -> Batch:
    words = Words(zh=rule.expected_zh, en=rule.expected_en)
    return Batch(
        kind=rule.kind,
        cells=found.with_columns(pl.col("row").cast(pl.Int32)),
        arguments=lambda line: {"rule": words, "before": str(line["expected"])},
    )
