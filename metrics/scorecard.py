"""The word Scorecard: weights, fixed goalposts, a coverage rule and red lines, dated.

Scores come from fixed, published goalposts, so that a unit's score moves only if its own data, or a dated
rule, moves. What a scorecard says is data of the campaign (``dim_scorecard``, ``dim_scorecard_item``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl

from metrics.kpi import Kpi
from metrics.period import PeriodKind, Scope

NEVER_SCORED = (
    "satisfaction_self_rate",
    "complaints_per_10k",
    "conduct_complaints_per_10k",
    "officers_per_10k",
    "officers_gap",
    "posts_filled_rate",
    "non_coercive_rate",
)
"""Context (volumes rise with trust, staffing is not the unit's to decide) and guiding ideas: no weight."""


def is_context(kpi: Kpi, *, has_target: bool) -> bool:
    """Tell whether a figure only describes, so that neither side of it is better: no direction, or neither weight nor target."""
    return kpi.direction == "context" or (kpi.key in NEVER_SCORED and not has_target)


class ScorecardError(Exception):
    """A scorecard cannot be used, or none is in force; the message says which entry and what is expected."""


@dataclass(frozen=True, kw_only=True)
class ScorecardItem:
    """A scored KPI: nothing at ``floor`` or beyond it, all of ``weight`` at ``target``.

    ``rule`` says how both follow the year; ``period`` replaces the period a score is asked for.
    """

    kpi: str
    weight: Decimal
    floor: Decimal
    target: Decimal
    rule: str = "fixed"
    period: PeriodKind | None = None
    is_setting: bool = True
    reason_zh: str = ""
    reason_en: str = ""
    citation_zh: str = ""
    citation_en: str = ""


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """How units are scored from ``valid_from`` on, until a later scorecard takes over.

    ``coverage_rule``: the share of the weights that must have a value for a rank. ``red_lines``: KPIs that
    must be 0; crossing one flags a unit and is never subtracted from its score.
    """

    key: str
    title_zh: str
    title_en: str
    valid_from: date
    coverage_rule: Fraction
    items: tuple[ScorecardItem, ...]
    red_lines: tuple[str, ...] = ()
    is_setting: bool = True
    citation_zh: str = ""
    citation_en: str = ""


def scorecards_of(cards: pl.DataFrame, items: pl.DataFrame) -> tuple[Scorecard, ...]:
    """The scorecards in the rows of ``dim_scorecard`` and ``dim_scorecard_item``, earliest first."""
    return tuple(
        Scorecard(
            coverage_rule=Fraction(row["coverage_numerator"], row["coverage_denominator"]),
            red_lines=tuple(row["red_lines"]),
            items=_items(items.filter(pl.col("scorecard") == row["key"])),
            **{
                key: row[key]
                for key in row
                if key not in ("coverage_numerator", "coverage_denominator", "red_lines")
            },
        )
        for row in cards.sort("valid_from").iter_rows(named=True)
    )


def _items(rows: pl.DataFrame) -> tuple[ScorecardItem, ...]:
    ordered = rows.sort("position").drop("scorecard", "position")
    return tuple(ScorecardItem(**row) for row in ordered.iter_rows(named=True))


def scorecard_in_force(
    scorecards: Sequence[Scorecard], kpis: Mapping[str, Kpi], month: date, key: str | None = None
) -> Scorecard:
    """The scorecard named by ``key``, or else the latest one valid in a month, checked against the KPIs.

    Raises ScorecardError when there is none, or when it cannot be used.
    """
    found = [
        card for card in scorecards if (card.key == key if key is not None else card.valid_from <= month)
    ]
    if not found:
        known = ", ".join(f"{card.key} ({card.valid_from:%Y-%m})" for card in scorecards) or "-"
        wanted = f"“{key}”" if key is not None else f"{month:%Y-%m}"
        raise ScorecardError(
            f"没有可用的评分表 {wanted}；现有 {known} / no scorecard {wanted}; there are {known}"
        )
    problems = scorecard_problems(found[-1], kpis)
    if problems:
        raise ScorecardError("\n".join(problems))
    return found[-1]


def scorecard_problems(scorecard: Scorecard, kpis: Mapping[str, Kpi]) -> list[str]:
    """What makes a scorecard unusable: unknown or unscorable KPIs, goalposts against a KPI's direction."""
    problems = [
        f"评分表 {scorecard.key} {red}：没有这个指标 / scorecard {scorecard.key} {red}: no such KPI"
        for red in scorecard.red_lines
        if red not in kpis
    ]
    for item in scorecard.items:
        zh, en = _item_problem(item, kpis.get(item.kpi))
        if zh:
            problems.append(
                f"评分表 {scorecard.key} {item.kpi}：{zh} / scorecard {scorecard.key} {item.kpi}: {en}"
            )
    return problems


def _item_problem(item: ScorecardItem, kpi: Kpi | None) -> tuple[str, str]:
    if kpi is None:
        return "没有这个指标", "no such KPI"
    if item.kpi in NEVER_SCORED or kpi.direction == "context":
        return "只作参考，不计分；请从评分表删去", "context only, never scored; take it out of the scorecard"
    if item.floor == item.target:
        return "floor 与 target 不能相等", "floor and target must differ"
    if (item.target > item.floor) != (kpi.direction == "up"):
        way = (
            ("越高越好", "小于", "up", "below")
            if kpi.direction == "up"
            else ("越低越好", "大于", "down", "above")
        )
        return (
            f"该指标{way[0]},floor {item.floor} 应{way[1]} target {item.target}",
            f"good is {way[2]}, so floor {item.floor} should be {way[3]} target {item.target}",
        )
    if item.rule == "per_period_of_year" and item.period != "ytd":
        return 'per_period_of_year 要配 period = "ytd"', 'per_period_of_year needs period = "ytd"'
    return "", ""


def goalposts(item: ScorecardItem, period: Scope) -> tuple[Fraction, Fraction]:
    """Floor and target of an item in a period, exactly."""
    share = {
        "fixed": Fraction(1),
        "per_period_of_year": Fraction(len(period.months)),
        "month_share": Fraction((period.last or period.month).month, 12),
    }[item.rule]
    return Fraction(item.floor) * share, Fraction(item.target) * share
