"""What a ranking within peer groups shows: places, moves, points, how sure they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from dashboard import format
from dashboard.components import ranking_points
from dashboard.components.notation import Row
from dashboard.components.ranking_points import Points
from dashboard.i18n import of
from dashboard.queries.rankings import moves
from metrics.kpi import Kpi
from metrics.kpis import KPIS
from metrics.period import PeriodKind
from metrics.rank_band import Band
from metrics.scorecard import is_context

CONTEST = 3
"""With fewer ranked units than this in a group there is nothing to compare."""


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """What is shown: rows of ``queries.rankings.ranking`` now and a month before, and how to write a score.

    ``by`` is the KPI ranked by, None for a score; ``accent`` the KPI picked out among the items.
    ``groups`` are the peer groups; ``names`` the short names; ``figures`` the KPI's rows of figures;
    ``bands`` of ranks, where they are to be shown; ``coverage_rule`` the share of the weights a rank needs;
    ``kinds`` the periods of a score's items, by KPI.
    """

    by: Kpi | None
    accent: Kpi
    level: str
    rows: Sequence[Row]
    before: Sequence[Row]
    groups: Sequence[Mapping[str, object]]
    names: Mapping[str, str]
    figures: Sequence[Row]
    picked: str | None
    bands: Mapping[str, Band] = field(default_factory=dict)
    coverage_rule: Fraction | None = None
    kinds: Mapping[str, PeriodKind] = field(default_factory=dict)

    @cached_property
    def shown(self) -> dict[str, str]:
        """What stands in the score column, by unit: rounded on its side of a target where there is one."""
        if self.by is None:
            return {str(row["unit_code"]): format.number(row["score"], 1) for row in self.rows}
        return {str(row["unit_code"]): format.figure(self.by, row) for row in self.figures}

    @cached_property
    def figure_of(self) -> dict[str, Row]:
        """The KPI's row of figures, by unit."""
        return {str(row["unit_code"]): row for row in self.figures}

    @cached_property
    def points(self) -> dict[str, tuple[Points, ...]]:
        """The items of each unit's score as they are written; empty without a score."""
        return {
            str(row["unit_code"]): ranking_points.points(row["score"], row["parts"])
            for row in self.rows
            if row["parts"]
        }

    @cached_property
    def items(self) -> list[str]:
        """The KPIs a score is made of, in the scorecard's order."""
        parts = next((row["parts"] for row in self.rows if row["parts"]), [])
        return [kpi for kpi, _, _ in parts]

    @cached_property
    def has_target(self) -> bool:
        """Whether any unit is held to a target of the KPI."""
        return any(row["target"] is not None for row in self.figures)

    @cached_property
    def only_describes(self) -> bool:
        """Whether the KPI ranked by says how much and not how well: a place at the front is no lead."""
        return self.by is not None and is_context(self.by, has_target=self.has_target)

    @cached_property
    def moves(self) -> dict[str, int]:
        """Places gained since the month before, by unit."""
        return moves(self.rows, self.before)

    def title(self, kpi: str) -> str:
        """The title of an item."""
        return of(KPIS[kpi], "title")

    def members(self, group: object) -> list[Row]:
        """The rows of a group, ranked first."""
        return [row for row in self.rows if row["group"] == group]

    def contested(self, group: object) -> bool:
        """Whether a group has enough ranked units to speak of a rank."""
        return sum(row["rank"] is not None for row in self.members(group)) >= CONTEST
