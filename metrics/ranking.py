"""Ranks within peer groups: standard competition ranks (1, 2, 2, 4), ties decided exactly.

A rank depends on values only, never on the order in which units come; units without a rank are listed
with the reason.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Literal, TypeVar

from metrics.connection import Run
from metrics.dimensions import Dimensions
from metrics.exact import JUDGED, exact_value
from metrics.kpi import Kpi
from metrics.period import PeriodKind
from metrics.query import table
from metrics.scoring import UnitScore

RANK_COLUMNS = ("month", "unit_code", "unit_name", "group", "score", "rank", "coverage", "status")

RankStatus = Literal["ranked", "below_coverage", "not_reported"]

Key = TypeVar("Key", bound=Hashable)


class UnrankableError(Exception):
    """A KPI that says nothing about better or worse cannot be ranked by; the message says so."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A unit's place in its peer group.

    ``score`` is the KPI's value when ranked by a KPI. ``coverage`` is the share of the weight, or of the
    reports, behind it. ``reason`` is the status of the figure that kept a unit from a rank, and
    ``red_lines`` the red-line KPIs it crossed: flagged, never subtracted.
    """

    unit_code: str
    unit_name: str
    group: str | None
    score: Fraction | None
    rank: int | None = None
    coverage: Fraction
    status: RankStatus
    reason: str = ""
    red_lines: tuple[str, ...] = ()


def competition_ranks(values: Mapping[Key, Fraction], *, higher_is_better: bool = True) -> dict[Key, int]:
    """The rank of each key: one more than the number of better values, so that equal values share a rank."""
    places: dict[Fraction, int] = {}
    for place, value in enumerate(sorted(values.values(), reverse=higher_is_better), start=1):
        places.setdefault(value, place)
    return {key: places[value] for key, value in values.items()}


def ranked(standings: Iterable[Standing], *, higher_is_better: bool = True) -> tuple[Standing, ...]:
    """The standings with ranks within each group, best first, unranked last, whatever their order before.

    Units that share a rank, and those without one, stand by code; groups by their first unit's code.
    """
    groups: dict[str | None, list[Standing]] = {}
    for standing in sorted(standings, key=lambda each: each.unit_code):
        groups.setdefault(standing.group, []).append(standing)
    found: list[Standing] = []
    for members in groups.values():
        values = {each.unit_code: each.score for each in members if each.status == "ranked"}
        ranks = competition_ranks(values, higher_is_better=higher_is_better)
        placed = [replace(each, rank=ranks.get(each.unit_code)) for each in members]
        found += sorted(placed, key=lambda each: (each.rank is None, each.rank or 0))
    return tuple(found)


def rank_scores(scores: Sequence[UnitScore]) -> tuple[Standing, ...]:
    """Units ranked by their scores; below the coverage rule there is a score and no rank."""
    return ranked(
        Standing(
            unit_code=unit.unit_code,
            unit_name=unit.unit_name,
            group=unit.group,
            score=unit.score,
            coverage=unit.coverage,
            status=unit.status,
            reason="" if unit.status == "ranked" else unit.status,
            red_lines=unit.red_lines,
        )
        for unit in scores
    )


def rank_by_kpi(
    run: Run,
    dimensions: Dimensions,
    kpi: Kpi,
    *,
    month: date,
    kind: PeriodKind = "month",
    as_of: datetime,
) -> tuple[Standing, ...]:
    """The reporting units ranked by one KPI; its direction decides which end is best.

    Raises UnrankableError for a KPI that is context only.
    """
    require_rankable(kpi)
    level = dimensions.reporting_level
    rows = table(run, dimensions, [kpi], month=month, kind=kind, as_of=as_of, level=level)
    groups = dimensions.peer_group_of
    return ranked(
        (kpi_standing(kpi, row, groups.get(row["unit_code"])) for row in rows.iter_rows(named=True)),
        higher_is_better=kpi.direction == "up",
    )


def require_rankable(kpi: Kpi) -> None:
    """Raise UnrankableError for a KPI without a better and a worse."""
    if kpi.direction == "context":
        raise UnrankableError(
            f"指标 {kpi.key}（{kpi.title_zh}）只作参考，不分高低，不能排名"
            f" / KPI {kpi.key} ({kpi.title_en}) is context only: it has no better or worse to rank by"
        )


def kpi_standing(kpi: Kpi, row: Mapping[str, object], group: str | None) -> Standing:
    """A unit's standing, not yet ranked, from its row of the table.

    Too few cases or not applicable is ``below_coverage``, with the figure's own status as the reason; a
    value on too few cases is shown and not ranked.
    """
    judged = row["status"] in JUDGED
    expected = row["expected"]
    not_ranked = "not_reported" if row["status"] == "not_reported" else "below_coverage"
    return Standing(
        unit_code=row["unit_code"],
        unit_name=row["unit_name"],
        group=group,
        score=exact_value(kpi, row),
        coverage=Fraction(row["reported"], expected) if expected else Fraction(0),
        status="ranked" if judged else not_ranked,
        reason="" if judged else row["status"],
    )


def rank_rows(standings: Sequence[Standing], month: date) -> list[dict[str, object]]:
    """Rows of RANK_COLUMNS; score and coverage to double precision, unrounded."""
    return [
        {
            "month": month.strftime("%Y-%m"),
            "unit_code": each.unit_code,
            "unit_name": each.unit_name,
            "group": each.group,
            "score": None if each.score is None else float(each.score),
            "rank": each.rank,
            "coverage": float(each.coverage),
            "status": each.status,
        }
        for each in standings
    ]
