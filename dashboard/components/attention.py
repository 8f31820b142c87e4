"""The foot of the overview: who moved most and why, what is overdue, what needs attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape

from dashboard import format
from dashboard.components import block
from dashboard.components.links import link, linked
from dashboard.components.notation import Row
from dashboard.components.ranking_points import signed
from dashboard.components.score_change import CAUSES, ScoreChange, score_change
from dashboard.i18n import clauses, deferred, listed, of, t
from metrics.explain import Move
from metrics.kpis import KPIS, REPORTING
from metrics.movers import Mover, Movers, is_reporting
from metrics.scoring import UnitScore

LINES, KPIS_NAMED = 4, 2


def show(columns: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Columns of short lines (HTML) under their titles; a column without lines is left out."""
    parts = [
        f"<section><h2>{escape(title)}</h2>{''.join(f'<p>{line}</p>' for line in lines)}</section>"
        for title, lines in columns
        if lines
    ]
    block.show(f'<div class="attention">{"".join(parts)}</div>', key="attention")


def movers(
    found: Movers, scores: Mapping[str, tuple[UnitScore, UnitScore]], names: Mapping[str, str], month: str
) -> list[str]:
    """Who moved furthest by substance, each with the item that moved it furthest; then who moved by reporting."""
    lines = [_mover(each, scores[each.unit_code], names, month) for each in found.substance]
    reporting = [_mover(each, scores[each.unit_code], names, month) for each in found.reporting]
    head = [f"<b>{escape(t('主要因报送（按时与否、报与未报）'))}</b>"] if any(reporting) else []
    return [line for line in (*lines, *head, *reporting) if line]


def _mover(each: Mover, scores: tuple[UnitScore, UnitScore], names: Mapping[str, str], month: str) -> str:
    """One side of a unit's change, its largest part, and what is left to the whole; empty where nothing shows."""
    change = score_change(*scores)
    own = [move for move in each.moves if is_reporting(move, REPORTING) is each.by_reporting]
    size = _points(own, change)
    if not size:
        # Its own side comes to nothing as it is written: the line tells the whole change.
        own, size = list(each.moves), change.whole
    if not size:
        return ""
    main = max(own, key=lambda move: change.points[move.kpi] * (1 if size >= 0 else -1))
    other = change.whole - size
    beside = (
        (deferred("业务{points}分") if each.by_reporting else deferred("报送{points}分")) if other else ""
    )
    rest = size - change.points[main.kpi]
    text = linked(
        deferred("{arrow}{points}分 {unit}：其中{parts}")
        if rest
        else deferred("{arrow}{points}分 {unit}：{parts}"),
        arrow="↑" if size > 0 else "↓",
        points=str(abs(size)),
        unit=link(names[each.unit_code], "ranking", unit=each.unit_code, by="score"),
        parts=listed([_main(main, change.points[main.kpi] if rest else None, scores, month), *_rest(rest)]),
    )
    if not other:
        return text
    whole = t(
        "{beside}，得分共{points}分", beside=t(beside, points=signed(other)), points=signed(change.whole)
    )
    return clauses([text, escape(whole)])


def _points(moves: Sequence[Move], change: ScoreChange) -> Decimal:
    """What parts of a change come to, as they are written."""
    return sum((change.points[move.kpi] for move in moves), Decimal(0))


def _rest(rest: Decimal) -> list[str]:
    """What the parts that are not named come to together; nothing where they come to nothing."""
    return [escape(t("其余{points}分", points=signed(rest)))] if rest else []


def _main(move: Move, points: Decimal | None, scores: tuple[UnitScore, UnitScore], month: str) -> str:
    """The largest part: its points, where it is not all there is, and the two figures or why else it moved."""
    kpi, code = KPIS[move.kpi], scores[1].unit_code
    named = link(of(kpi, "title"), "indicator", kpi=kpi.key, unit=code, month=month)
    why = escape(_why(move, scores))
    if points is None:
        return linked("{kpi}（{why}）", kpi=named, why=why)
    return linked("{kpi}{share}分（{why}）", kpi=named, share=escape(signed(points)), why=why)


def _why(move: Move, scores: tuple[UnitScore, UnitScore]) -> str:
    if move.cause in CAUSES:
        return t(CAUSES[move.cause])
    before, now = (_figure(move.kpi, unit) for unit in scores)
    return f"{before}→{now}"


def _figure(key: str, unit: UnitScore) -> str:
    """41/42 where a few cases make the figure, else the figure itself."""
    kpi, item = KPIS[key], next((item for item in unit.items if item.kpi == key), None)
    if item is None or item.value is None:
        return format.MISSING
    counted = kpi.spread == "proportion" and kpi.mart != "mart_survey" and item.denominator is not None
    if counted or kpi.about_reports:
        return f"{format.whole(item.numerator)}/{format.whole(item.denominator)}"
    return format.measured(kpi, format.number(float(item.value), kpi.decimals))


def overdue(rows: Sequence[Row], total: Row | None, names: Mapping[str, str]) -> list[str]:
    """Issues overdue at the month's end: how many, and whose."""
    if total is None or total["value"] is None:
        return []
    if not total["value"]:
        return [escape(t("没有逾期未整改的问题"))]
    owners = sorted((row for row in rows if row["value"]), key=lambda row: -row["value"])
    named = [
        f"{link(names[str(row['unit_code'])], 'indicator', kpi='issues_overdue', **_opened(row))}"
        f" {format.whole(row['value'])}"
        for row in owners
    ]
    head = link(
        t("{count}个问题逾期未整改", count=format.whole(total["value"])),
        "indicator",
        kpi="issues_overdue",
        unit="",
        rows=str(total["unit_code"]),
        part="",
    )
    lines = [head]
    lines += [listed(named[at : at + 4]) for at in range(0, min(len(named), 12), 4)]
    return lines


def _opened(row: Row) -> dict[str, str]:
    """The unit of a figure with its list open."""
    return {"unit": str(row["unit_code"]), "rows": str(row["unit_code"]), "part": ""}


def watched(events: Sequence[Row], missed: Sequence[Row], names: Mapping[str, str], months: int) -> list[str]:
    """Verified events first, then the units that have missed targets for months running."""
    lines = [
        linked(
            "{mark}{unit}：{kpi} {count}",
            mark='<b class="missed">▼</b>',
            unit=link(names[str(row["unit_code"])], "unit", unit=str(row["unit_code"])),
            kpi=escape(of(KPIS[str(row["kpi"])], "title")),
            count=escape(format.whole(row["value"])),
        )
        for row in events[:LINES]
    ]
    return lines + [_missed(row, names, months) for row in missed[: max(LINES - len(lines), 0)]]


def _missed(row: Row, names: Mapping[str, str], months: int) -> str:
    code, kpis = str(row["unit_code"]), [str(key) for key in row["kpis"]]
    named = listed(
        [link(of(KPIS[key], "title"), "indicator", kpi=key, unit=code) for key in kpis[:KPIS_NAMED]]
    )
    more = t("等") if len(kpis) > KPIS_NAMED else ""
    return linked(
        "{unit}：连续{months}个月未达标{count}项（{kpis}{more}）",
        unit=link(names[code], "unit", unit=code),
        months=str(months),
        count=str(len(kpis)),
        kpis=named,
        more=escape(more),
    )
