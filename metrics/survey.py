"""Public satisfaction: each unit's own last wave, weighted by population above the surveyed level.

The one figure that is not a sum over leaf units: a unit surveyed itself uses its own share, a parent the
population-weighted shares of its surveyed children (the first of two named exceptions to
"ratios of sums"). Exact fractions throughout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl

from metrics.kpi import Kpi
from metrics.period import Scope

Unit = tuple[str, str]
"""Level and code: an own office shares its code with the unit it serves."""

SURVEY_SCALE = 10**9
"""Weighted residents are handed out in these parts; thresholds are compared in exact fractions."""

FIGURES = {
    "kpi": pl.String,
    "level": pl.String,
    "unit_code": pl.String,
    "n": pl.Int128,
    "d": pl.Int128,
    "answers": pl.Int64,
    "meets_exactly": pl.Boolean,
    "reported": pl.Int64,
    "expected": pl.Int64,
    "applicable": pl.Boolean,
}

COLLECTORS = {"satisfaction_rate": "第三方", "satisfaction_self_rate": "自测"}


@dataclass(frozen=True, kw_only=True)
class Satisfaction:
    """Weighted satisfied residents over residents represented, with valid answers and the last wave's end.

    ``surveyed`` of ``children`` direct children stand behind a parent's figure (1 of 1 where the unit was
    surveyed itself).
    """

    numerator: Fraction
    denominator: Fraction
    answers: int
    ended_on: date
    weighted: bool = True
    surveyed: int = 1
    children: int = 1


@dataclass(frozen=True, kw_only=True)
class Hierarchy:
    """Who is below whom: units without own offices, parents before children, and each one's children."""

    units: tuple[Unit, ...]
    children: Mapping[Unit, tuple[Unit, ...]]


def hierarchy(units: pl.DataFrame) -> Hierarchy:
    """The hierarchy of dim_unit rows ordered from the top level down."""
    rows = (
        units.filter(~pl.col("own_office")).select("level", "unit_code", "parent_level", "parent_code").rows()
    )
    children: dict[Unit, list[Unit]] = {}
    for level, code, parent_level, parent_code in rows:
        if parent_code is not None:
            children.setdefault((parent_level, parent_code), []).append((level, code))
    return Hierarchy(
        units=tuple((level, code) for level, code, _, _ in rows),
        children={unit: tuple(below) for unit, below in children.items()},
    )


def survey_figures(
    surveys: pl.DataFrame,
    units: Hierarchy,
    kpis: Sequence[Kpi],
    period: Scope,
    targets: Mapping[str, Decimal | None],
) -> pl.DataFrame:
    """Satisfaction of every unit that has any, in FIGURES: weighted residents x SURVEY_SCALE.

    ``reported`` of ``expected`` are surveyed among the unit's children, 1 of 1 where it was surveyed
    itself; a unit without any survey is absent: the KPI does not apply to it.
    """
    rows = []
    for kpi in kpis:
        of_collector = surveys.filter(pl.col("collector") == COLLECTORS[kpi.key])
        for unit, found in satisfaction(of_collector, units, before=period.end).items():
            rows.append(_figures_row(kpi, unit, found, targets[kpi.key]))
    return pl.DataFrame(rows, schema=FIGURES, orient="row")


def _figures_row(kpi: Kpi, unit: Unit, found: Satisfaction, target: Decimal | None) -> tuple[object, ...]:
    share = kpi.factor * found.numerator / found.denominator
    return (
        kpi.key,
        *unit,
        round(found.numerator * SURVEY_SCALE),
        round(found.denominator * SURVEY_SCALE),
        found.answers,
        None if target is None else share >= Fraction(target),
        found.surveyed,
        found.children,
        True,
    )


def satisfaction(surveys: pl.DataFrame, units: Hierarchy, *, before: date) -> dict[Unit, Satisfaction]:
    """Satisfaction of every unit that has any, from waves ended before ``before``.

    ``surveys``: rows of mart_survey of one collector. Without a population a surveyed unit keeps its share (each answer weighs one) but adds nothing above.
    """
    own = last_waves(surveys.filter(pl.col("ended_on") < before))
    if not own:
        return {}
    found: dict[Unit, Satisfaction] = {}
    for unit in reversed(units.units):
        result = own.get(unit) or _of_children([found.get(child) for child in units.children.get(unit, ())])
        if result is not None:
            found[unit] = result
    return found


def waves_behind(
    surveys: pl.DataFrame, units: Hierarchy, unit: Unit, *, before: date
) -> list[tuple[str, str, str]]:
    """The level, code and wave of every survey behind a unit's satisfaction; arguments as in ``satisfaction``.

    Its own last wave, else those of the units below it that have a population to be weighted with.
    """
    valid = surveys.filter((pl.col("ended_on") < before) & (pl.col("answers") > 0))
    last = {(row["level"], row["unit_code"]): row for row in valid.sort("ended_on", "wave").to_dicts()}
    if unit in last:
        return [(*unit, last[unit]["wave"])]
    weighted = {surveyed: row for surveyed, row in last.items() if row["population"]}

    def below(parent: Unit) -> list[tuple[str, str, str]]:
        found = []
        for child in units.children.get(parent, ()):
            if child in last:
                found += [(*child, last[child]["wave"])] if child in weighted else []
            else:
                found += below(child)
        return found

    return below(unit)


def last_waves(surveys: pl.DataFrame) -> dict[Unit, Satisfaction]:
    """Each surveyed unit's own last wave with valid answers."""
    last: dict[Unit, Satisfaction] = {}
    for row in surveys.sort("ended_on", "wave").iter_rows(named=True):
        if row["answers"]:
            weight = row["population"] or row["answers"]
            last[row["level"], row["unit_code"]] = Satisfaction(
                numerator=Fraction(row["satisfied"] * weight, row["answers"]),
                denominator=Fraction(weight),
                weighted=bool(row["population"]),
                answers=row["answers"],
                ended_on=row["ended_on"],
            )
    return last


def _of_children(children: list[Satisfaction | None]) -> Satisfaction | None:
    surveyed = [child for child in children if child is not None and child.weighted]
    if not surveyed:
        return None
    return Satisfaction(
        numerator=sum((child.numerator for child in surveyed), Fraction()),
        denominator=sum((child.denominator for child in surveyed), Fraction()),
        answers=sum(child.answers for child in surveyed),
        ended_on=max(child.ended_on for child in surveyed),
        surveyed=len(surveyed),
        children=len(children),
    )
