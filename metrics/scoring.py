"""From figures to a score: points by fixed goalposts, contributions that add up exactly to the score.

What was not reported keeps its weight and earns nothing; what does not apply or has too few cases leaves
the weights. A unit's score depends on its own data only (OECD/JRC Handbook 2008, distance to target).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from metrics.connection import Run
from metrics.dimensions import Dimensions
from metrics.exact import JUDGED, judged_value
from metrics.kpi import Kpi, Status
from metrics.period import PeriodKind, scope
from metrics.query import table
from metrics.scorecard import Scorecard, goalposts

FULL_SCORE = 100

Row = Mapping[str, object]
"""A row of ``query.table``."""


@dataclass(frozen=True, kw_only=True)
class ItemScore:
    """One item of a unit's score: its figure, the goalposts in force and the weight it carries."""

    kpi: str
    status: Status
    value: Fraction | None
    floor: Fraction
    target: Fraction
    weight: Fraction
    numerator: float | None = None
    denominator: float | None = None
    cases: float | None = None

    @property
    def counts(self) -> bool:
        """Whether its weight counts: it has a value, or was owed and not reported."""
        return self.value is not None or self.status == "not_reported"

    @property
    def points(self) -> Fraction:
        """weight x share of the way from floor to target, between nothing and all of it."""
        if self.value is None:
            return Fraction(0)
        share = (self.value - self.floor) / (self.target - self.floor)
        return self.weight * min(max(share, Fraction(0)), Fraction(1))


@dataclass(frozen=True, kw_only=True)
class UnitScore:
    """A unit's score over one period, with everything it is made of.

    ``handed_in``: whether the unit handed in anything in the period. ``red_lines``: red-line KPIs it crossed.
    """

    unit_code: str
    unit_name: str
    group: str | None
    items: tuple[ItemScore, ...]
    coverage_rule: Fraction
    handed_in: bool
    red_lines: tuple[str, ...] = ()

    @property
    def counted_weight(self) -> Fraction:
        """The sum of the weights that count."""
        return sum((item.weight for item in self.items if item.counts), Fraction(0))

    @property
    def score(self) -> Fraction | None:
        """100 x points / weights that count; None for a unit that handed in nothing, or where none counts."""
        if not self.handed_in or not self.counted_weight:
            return None
        return FULL_SCORE * sum((item.points for item in self.items), Fraction(0)) / self.counted_weight

    @property
    def coverage(self) -> Fraction:
        """The share of all weight whose item has a value that may be judged."""
        total = sum((item.weight for item in self.items), Fraction(0))
        judged = sum((item.weight for item in self.items if item.value is not None), Fraction(0))
        return judged / total if total else Fraction(0)

    @property
    def status(self) -> str:
        """ranked, below_coverage or not_reported."""
        if not self.handed_in:
            return "not_reported"
        covered = self.coverage >= self.coverage_rule and self.score is not None
        return "ranked" if covered else "below_coverage"

    @property
    def contributions(self) -> dict[str, Fraction]:
        """What each item brings to the score; they add up to it exactly. Empty without a score."""
        if self.score is None:
            return {}
        return {item.kpi: FULL_SCORE * item.points / self.counted_weight for item in self.items}


def unit_scores(
    run: Run,
    dimensions: Dimensions,
    kpis: Mapping[str, Kpi],
    scorecard: Scorecard,
    *,
    month: date,
    kind: PeriodKind = "month",
    as_of: datetime,
) -> tuple[UnitScore, ...]:
    """The scores of the reporting units, in the campaign's order; one table a kind of period."""
    periods = {
        each: scope(each, month, dimensions.due_at, as_of)
        for each in dict.fromkeys((kind, *(item.period or kind for item in scorecard.items)))
    }
    posts = {item.kpi: goalposts(item, periods[item.period or kind]) for item in scorecard.items}
    handed_in = {code for day in periods[kind].months for code in dimensions.submitted.get(("", day), ())}
    found = _rows_of_units(run, dimensions, kpis, scorecard, month=month, kind=kind, as_of=as_of)
    groups = dimensions.peer_group_of
    return tuple(
        UnitScore(
            unit_code=code,
            unit_name=next(iter(rows.values()))["unit_name"],
            group=groups[code],
            items=item_scores(scorecard, kpis, posts, rows),
            coverage_rule=scorecard.coverage_rule,
            handed_in=code in handed_in,
            red_lines=crossed(scorecard.red_lines, rows),
        )
        for code, rows in found.items()
    )


def _rows_of_units(
    run: Run,
    dimensions: Dimensions,
    kpis: Mapping[str, Kpi],
    scorecard: Scorecard,
    *,
    month: date,
    kind: PeriodKind,
    as_of: datetime,
) -> dict[str, dict[str, Row]]:
    """The rows of the table a scorecard needs, by reporting unit and KPI, each item over its own period."""
    period_of = dict.fromkeys(scorecard.red_lines, kind)
    period_of |= {item.kpi: item.period or kind for item in scorecard.items}
    level = dimensions.reporting_level
    rows: dict[str, dict[str, Row]] = {}
    for each in dict.fromkeys(period_of.values()):
        chosen = [kpis[key] for key, own in period_of.items() if own == each]
        frame = table(run, dimensions, chosen, month=month, kind=each, as_of=as_of, level=level)
        for row in frame.iter_rows(named=True):
            rows.setdefault(row["unit_code"], {})[row["kpi"]] = row
    return rows


def item_scores(
    scorecard: Scorecard,
    kpis: Mapping[str, Kpi],
    posts: Mapping[str, tuple[Fraction, Fraction]],
    rows: Mapping[str, Row],
) -> tuple[ItemScore, ...]:
    """The items of one unit from its rows of the table, by KPI."""
    return tuple(
        ItemScore(
            kpi=item.kpi,
            status=rows[item.kpi]["status"],
            value=judged_value(kpis[item.kpi], rows[item.kpi]),
            floor=posts[item.kpi][0],
            target=posts[item.kpi][1],
            weight=Fraction(item.weight),
            numerator=rows[item.kpi]["numerator"],
            denominator=rows[item.kpi]["denominator"],
            cases=rows[item.kpi]["cases"],
        )
        for item in scorecard.items
    )


def crossed(red_lines: Sequence[str], rows: Mapping[str, Row]) -> tuple[str, ...]:
    """The red lines a unit crossed: verified counts above 0."""
    return tuple(key for key in red_lines if rows[key]["status"] in JUDGED and rows[key]["value"] > 0)
