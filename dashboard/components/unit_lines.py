"""The KPIs of one unit as lines of a table: its figure, its months, what it is held against, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard import format
from dashboard.components.earlier import Earlier
from dashboard.components.notation import Row
from dashboard.i18n import deferred, of, t
from metrics.dimensions import Target
from metrics.gap import gap
from metrics.kpi import Kpi
from metrics.kpis import REPORTING, complaints, legality, rectification, satisfaction, staffing, training
from metrics.period import PeriodKind

THEMES = {
    deferred("群众满意"): [kpi.key for kpi in satisfaction.KPIS],
    deferred("投诉"): [kpi.key for kpi in complaints.KPIS],
    deferred("培训"): [kpi.key for kpi in training.KPIS],
    deferred("队伍"): [kpi.key for kpi in staffing.KPIS],
    deferred("规范执法"): [kpi.key for kpi in legality.KPIS],
    deferred("整改"): [kpi.key for kpi in rectification.KPIS if kpi.key not in REPORTING],
    deferred("报送"): [*REPORTING],
}
OTHERS = deferred("其他指标")
"""What a list by themes calls the KPIs of none."""
THEME_OF = {key: theme for theme, keys in THEMES.items() for key in keys}

SHORT = {
    "": deferred("差{count}份"),
    "surveys": deferred("差{count}份"),
    "complaints": deferred("差{count}件"),
    "trainings": deferred("差{count}人次"),
    "basics": deferred("差{count}人"),
    "monthly": deferred("差{count}件"),
    "quarterly": deferred("差{count}卷"),
    "issues": deferred("差{count}个"),
    "training_hours_per_officer": deferred("差{count}学时"),
    "two_recorder_rate": deferred("差{count}次"),
    "notice_board_rate": deferred("差{count}处"),
}
"""How many more of what its numerator counts a KPI needs: by its key, else by its sheet."""
OVER = {
    "complaints": deferred("多{count}件"),
    "basics": deferred("多{count}人"),
    "issues": deferred("多{count}个"),
    "events": deferred("多{count}起"),
    "officers_gap": deferred("缺{count}人"),
}
"""``SHORT`` where fewer are better."""

ALONE: Mapping[str, object] = {"median": None, "count": 0, "above": None}
"""What stands beside a figure for those who see no other unit's."""


@dataclass(frozen=True, kw_only=True)
class UnitLine:
    """One KPI of a unit.

    ``months`` are its rows up to this month, this one last, ``other_units`` which of them stand on other units
    than this one. ``earlier``: what it is held against. ``median`` is that of ``peers`` units it is compared with, ``above`` the row of the unit above.
    """

    kpi: Kpi
    kind: PeriodKind
    held: Target | None
    months: Sequence[Row]
    earlier: Sequence[Earlier]
    median: float | None
    peers: int
    above: Row | None
    other_units: Sequence[bool] = ()

    @property
    def row(self) -> Row:
        """The figure of the month."""
        return self.months[-1]

    @property
    def status(self) -> str:
        """The judgement of the month."""
        return str(self.row["status"])

    @property
    def status_before(self) -> str:
        """The judgement the page of the month before shows, empty before the first."""
        return str(self.months[-2]["status"]) if len(self.months) > 1 else ""


def lines(
    kpis: Sequence[Kpi],
    rows: Sequence[Row],
    against: Mapping[str, Mapping[str, object]],
    *,
    targets: Mapping[str, Target],
    kinds: Mapping[str, PeriodKind],
    earlier: Mapping[str, Sequence[Earlier]],
    other_units: Mapping[str, Sequence[bool]],
) -> list[UnitLine]:
    """The lines of a unit in the registry's order: ``rows`` of queries.units.history, ``against`` of held_against.

    ``earlier`` and ``other_units`` by KPI, as in UnitLine.
    """
    of_kpi: dict[str, list[Row]] = {}
    for row in rows:
        of_kpi.setdefault(str(row["kpi"]), []).append(row)
    return [
        UnitLine(
            kpi=kpi,
            kind=kinds[kpi.key],
            held=targets.get(kpi.key),
            months=of_kpi[kpi.key],
            earlier=earlier[kpi.key],
            other_units=other_units[kpi.key],
            median=against.get(kpi.key, ALONE)["median"],
            peers=int(against.get(kpi.key, ALONE)["count"]),
            above=against.get(kpi.key, ALONE)["above"],
        )
        for kpi in kpis
    ]


def distance(line: UnitLine) -> float | None:
    """How far a missed figure lies from its target, as a share of the target; None for a target of 0."""
    target = line.row["target"]
    return abs(line.row["value"] - target) / target if target else None


def missed(found: Sequence[UnitLine], red_lines: Sequence[str]) -> list[UnitLine]:
    """The lines that miss their targets: red lines first, then the furthest from the target, counts last."""
    return sorted(
        (line for line in found if line.status == "missed"),
        key=lambda line: (line.kpi.key not in red_lines, -(distance(line) or 0)),
    )


def short_of(line: UnitLine) -> str:
    """The difference from the target in the KPI's unit, never rounded to nothing: 差16.2学时/人."""
    kpi, step = line.kpi, 10.0**-line.kpi.decimals
    away = abs(line.row["value"] - line.row["target"])
    amount = (
        format.number(away, kpi.decimals) if away >= step / 2 else f"<{format.number(step, kpi.decimals)}"
    )
    unit = t(format.POINTS[kpi.unit_zh]) if kpi.unit_zh in format.POINTS else of(kpi, "unit")
    wording = t("差{amount}{unit}") if kpi.direction == "up" else t("超{amount}{unit}")
    return wording.format(amount=amount, unit=unit)


def missing(line: UnitLine) -> str:
    """What is missing to the target in persons or cases: 差41件; empty where nothing is, or none is judged."""
    count, kpi = gap(line.kpi, line.row), line.kpi
    if not count:
        return ""
    words = SHORT if kpi.direction == "up" else OVER
    other = deferred("差{count}") if kpi.direction == "up" else deferred("多{count}")
    return t(words.get(kpi.key, words.get(kpi.sheet, other)), count=format.whole(count))
