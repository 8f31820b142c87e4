"""The change of a unit's score since the month before, with all its parts, as it is written everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboard.components.ranking_points import changes, signed, written
from dashboard.i18n import deferred, listed, of, t
from metrics.explain import Move, explain_change
from metrics.kpis import KPIS
from metrics.scoring import ItemScore, UnitScore

MOVES_NAMED = 3
CAUSES = {
    "weight": deferred("评分办法的权重有变"),
    "reported": deferred("本月已报，上月未报"),
    "not_reported": deferred("本月未报"),
    "left": deferred("本月不计入权重"),
    "joined": deferred("本月起计入权重"),
}
"""Why an item's part of a score moved, where it was not its own value."""


@dataclass(frozen=True, kw_only=True)
class ScoreChange:
    """What moved a unit's score: exact ``moves``, and ``points`` by KPI as they are written.

    The points add up to ``whole``, the difference of the two scores as written. ``before`` is last month's score.
    """

    before: UnitScore
    moves: Sequence[Move]
    whole: Decimal
    points: Mapping[str, Decimal]

    @property
    def items_before(self) -> dict[str, ItemScore]:
        """Last month's items, by KPI."""
        return {item.kpi: item for item in self.before.items}


def score_change(before: UnitScore | None, now: UnitScore) -> ScoreChange | None:
    """Return the change of a score; None where one of the two months has none."""
    moves = explain_change(before, now) if before is not None else ()
    if not moves:
        return None
    then, today = float(before.score), float(now.score)
    parts = [(move.kpi, float(move.difference)) for move in moves]
    return ScoreChange(
        before=before,
        moves=moves,
        whole=written(today) - written(then),
        points=changes(then, today, parts),
    )


def sentence(change: ScoreChange | None) -> str:
    """较上月+0.7分：双记录仪使用率 +0.4、…、其余 −0.3: the largest parts, and what is left to the whole."""
    if change is None:
        return t("较上月：无可比基期")
    moved = sorted((move for move in change.moves if change.points[move.kpi]), key=_furthest(change))
    if not moved:
        return t("较上月：得分未变")
    told = [_told(move, change.points[move.kpi]) for move in moved[:MOVES_NAMED]]
    told += others(sum((change.points[move.kpi] for move in moved[MOVES_NAMED:]), Decimal(0)))
    return t("较上月{points}分：{items}", points=signed(change.whole), items=listed(told))


def others(rest: Decimal) -> list[str]:
    """What the parts that are not named come to together; nothing where they come to nothing."""
    return [t("其余 {points}", points=signed(rest))] if rest else []


def cause(move: Move) -> str:
    """Why a part moved, in brackets, where it was not its own value."""
    return t("（{cause}）", cause=t(CAUSES[move.cause])) if move.cause in CAUSES else ""


def _told(move: Move, points: Decimal) -> str:
    kpi = of(KPIS[move.kpi], "title")
    return t("{kpi} {points}{cause}", kpi=kpi, points=signed(points), cause=cause(move))


def _furthest(change: ScoreChange):
    return lambda move: -abs(change.points[move.kpi])
