"""The items of a unit's score as a table: figure, points, what moved since last month, and how points are reckoned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape

import polars as pl

from dashboard import format
from dashboard.components.links import link
from dashboard.components.marks import STATUS, html
from dashboard.components.notation import QUALIFIER
from dashboard.components.ranking_points import Points, signed, written
from dashboard.components.score_change import CAUSES, ScoreChange, cause
from dashboard.i18n import of, t
from metrics.explain import Explanation, explain
from metrics.kpis import KPIS
from metrics.period import PeriodKind
from metrics.scoring import FULL_SCORE, ItemScore, UnitScore

Cells = Sequence[tuple[str, str]]
"""CSS class and HTML of the cells of a line."""


def table(
    unit: UnitScore,
    points: Sequence[Points],
    change: ScoreChange | None,
    *,
    kinds: Mapping[str, PeriodKind],
    accent: str,
) -> str:
    """What each item brought, lost and moved, with the sums, as HTML.

    ``kinds`` are the periods of the items; ``accent`` the KPI picked out. Items that only last month's scorecard
    had stand at the end: their part of the change belongs to the sum.
    """
    written = {each.kpi: each for each in points}
    lines = [
        _line(
            _cells(unit, item, written.get(item.kpi), change, kinds.get(item.kpi, "month")),
            item.kpi == accent,
        )
        for item in unit.items
    ]
    lines += [_line(_gone(kpi, change)) for kpi in _left(unit, change)]
    head = "".join(f'<th class="{css}" scope="col">{escape(text)}</th>' for css, text in _heads(change))
    return (
        f'<div class="ranking-scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody><tfoot>{_line(_sums(points, change))}</tfoot></table></div>{_reading(change, unit)}{_formulas(unit)}"
    )


def _heads(change: ScoreChange | None) -> Cells:
    heads = [("", t("指标")), ("number value", t("数值"))]
    heads += [("number before", t("上月数值"))] if change else []
    heads += [
        ("number cases", "n"),
        ("number posts", t("下限→满分线")),
        ("number got", t("得分/满分")),
        ("number lost", t("失分")),
    ]
    return [*heads, ("number moved", t("较上月（分）"))] if change else heads


def _line(cells: Cells, accent: bool = False) -> str:
    tds = "".join(f'<td class="{css}">{cell}</td>' for css, cell in cells)
    return f'<tr class="accent">{tds}</tr>' if accent else f"<tr>{tds}</tr>"


def _cells(
    unit: UnitScore, item: ItemScore, points: Points | None, change: ScoreChange | None, kind: PeriodKind
) -> Cells:
    kpi = KPIS[item.kpi]
    # The item's own period goes along: the KPI's page in another one would show another figure.
    where = {"kpi": kpi.key, "unit": unit.unit_code, "period": kind if kind in QUALIFIER else ""}
    name = link(of(kpi, "title"), "indicator", **where)
    period = f" <small>{escape(period_word(kind))}</small>" if kind in QUALIFIER else ""
    rows = {} if kpi.about_reports else {"rows": unit.unit_code, "part": ""}
    value = link(_figure(item), "indicator", **where, **rows) if item.value is not None else _word(item)
    lost = format.MISSING if points is None else str(points.lost) if points.lost else "0"
    cells = [("", name + period), ("number value", value)]
    cells += [("number before", _before(change, item.kpi))] if change else []
    cells += [
        ("number cases", escape(format.whole(item.cases))),
        ("number posts", escape(f"{format.plain(float(item.floor))}→{format.plain(float(item.target))}")),
        ("number got", escape(t("不计权重") if points is None else f"{points.got}/{points.full}")),
        ("number lost", f"<b>{lost}</b>" if points is not None and points.lost else lost),
    ]
    return [*cells, ("number moved", _moved(change, item.kpi))] if change else cells


def _figure(item: ItemScore) -> str:
    kpi = KPIS[item.kpi]
    return format.measured(kpi, format.number(float(item.value), kpi.decimals))


def _word(item: ItemScore) -> str:
    return f"{html(STATUS[item.status])} {escape(t(STATUS[item.status].word))}"


def _before(change: ScoreChange, kpi: str) -> str:
    item = change.items_before.get(kpi)
    if item is None:
        return format.MISSING
    return escape(_figure(item)) if item.value is not None else escape(t(STATUS[item.status].word))


def _moved(change: ScoreChange, kpi: str) -> str:
    """A part of the change; what moved it, where it was not the figure, shows on hovering."""
    points, move = change.points[kpi], next(move for move in change.moves if move.kpi == kpi)
    why = cause(move)
    titled = f' title="{escape(why)}"' if why else ""
    return f"<span{titled}>{signed(points) if points else '0'}</span>"


def _left(unit: UnitScore, change: ScoreChange | None) -> list[str]:
    """The items of last month's scorecard that this month's does not have."""
    held = {item.kpi for item in unit.items}
    return [move.kpi for move in change.moves if move.kpi not in held] if change else []


def _gone(kpi: str, change: ScoreChange) -> Cells:
    empty = [(css, format.MISSING) for css in ("number cases", "number posts")]
    return [
        ("", escape(of(KPIS[kpi], "title"))),
        ("number value", escape(t("不在评分表内"))),
        ("number before", _before(change, kpi)),
        *empty,
        ("number got", escape(t("不计权重"))),
        ("number lost", format.MISSING),
        ("number moved", _moved(change, kpi)),
    ]


def _sums(points: Sequence[Points], change: ScoreChange | None) -> Cells:
    """The sums of the columns as they are written: score, points lost, and the change of the score."""
    got, full, lost = (
        sum((getattr(each, part) for each in points), Decimal(0)) for part in ("got", "full", "lost")
    )
    empty = [(css, "") for css in ("number cases", "number posts")]
    cells = [("", escape(t("合计"))), ("number value", "")]
    cells += [("number before", "")] if change else []
    cells += [*empty, ("number got", f"{got}/{full}"), ("number lost", str(lost))]
    return [*cells, ("number moved", signed(change.whole) if change.whole else "0")] if change else cells


def _reading(change: ScoreChange | None, unit: UnitScore) -> str:
    """That the column of changes is of the scores as shown, where rounding the exact change would read otherwise."""
    if change is None or change.whole == written(float(unit.score - change.before.score)):
        return ""
    return f'<p class="src">{escape(t("较上月的分数按所示得分相减；未取整的见CSV。"))}</p>'


def period_word(kind: PeriodKind) -> str:
    """The period an item is reckoned over, where it is not the month."""
    return t(QUALIFIER[kind]) if kind in QUALIFIER else ""


def _formulas(unit: UnitScore) -> str:
    """How the points of every item are reckoned, folded in below the table."""
    lines = "".join(
        f"<li>{escape(of(KPIS[each.item.kpi], 'title'))} <span>{escape(formula(unit, each))}</span></li>"
        for each in explain(unit)
    )
    return f'<details class="ranking-formulas"><summary>{escape(t("各项得分怎么算"))}</summary><ul>{lines}</ul></details>'


def formula(unit: UnitScore, explained: Explanation) -> str:
    """(92.261−80)÷(95−80)×15=12.26: an item's points written out, or why it has all, none, or no weight."""
    item = explained.item
    full, target, floor = (format.plain(float(each)) for each in (explained.full, item.target, item.floor))
    if not item.counts:
        return t("{reason}，不计权重", reason=t(STATUS[item.status].word))
    if item.value is None:
        return t("{reason}，得0分", reason=t(STATUS[item.status].word))
    value = format.number(float(item.value), 3).rstrip("0").rstrip(".")
    if explained.contribution == explained.full:
        return t("{value}，到满分线{target}，得满分{full}", value=value, target=target, full=full)
    if not explained.contribution:
        return t("{value}，未过下限{floor}，得0分", value=value, floor=floor)
    got = format.number(float(explained.contribution), 2)
    return f"({value}−{floor})÷({target}−{floor})×{_weight(unit, item)}={got}"


def _weight(unit: UnitScore, item: ItemScore) -> str:
    """The weight; where weights have left the score, also what the others are spread over."""
    weight, counted = format.plain(float(item.weight)), unit.counted_weight
    return weight if counted == FULL_SCORE else f"{weight}÷{format.plain(float(counted))}×{FULL_SCORE}"


def taken_away(
    unit: UnitScore, name: str, change: ScoreChange | None, *, kinds: Mapping[str, PeriodKind]
) -> pl.DataFrame:
    """The items as they are taken away, unrounded; the parts of the change add up to it."""
    lines = [_row(unit, name, each, change, kinds.get(each.item.kpi, "month")) for each in explain(unit)]
    lines += [
        dict.fromkeys(lines[0])
        | {t("单位代码"): unit.unit_code, t("单位"): name, t("指标"): of(KPIS[kpi], "title")}
        | {t("状态"): t("不在评分表内")}
        | _moved_row(change, kpi)
        for kpi in _left(unit, change)
    ]
    return pl.DataFrame(lines, infer_schema_length=None)


def _row(
    unit: UnitScore, name: str, each: Explanation, change: ScoreChange | None, kind: PeriodKind
) -> dict[str, object]:
    item, scored = each.item, unit.score is not None
    # An item without weight earns and loses nothing: an empty cell, not a nought that reads as all points lost.
    counted = scored and item.counts
    return {
        t("单位代码"): unit.unit_code,
        t("单位"): name,
        t("指标"): of(KPIS[item.kpi], "title"),
        t("时段"): period_word(kind) or t("当月"),
        t("数值"): None if item.value is None else float(item.value),
        t("分子"): item.numerator,
        t("分母"): item.denominator,
        "n": item.cases,
        t("下限"): float(item.floor),
        t("满分线"): float(item.target),
        t("权重"): float(item.weight),
        t("得分"): float(each.contribution) if counted else None,
        t("满分"): float(each.full) if counted else None,
        t("算式"): formula(unit, each) if scored else "",
        t("状态"): t(STATUS[item.status].word),
    } | _moved_row(change, item.kpi)


def _moved_row(change: ScoreChange | None, kpi: str) -> dict[str, object]:
    if change is None:
        return {}
    before, move = change.items_before.get(kpi), next(move for move in change.moves if move.kpi == kpi)
    value = None if before is None or before.value is None else float(before.value)
    return {
        t("上月数值"): value,
        t("较上月（分）"): float(move.difference),
        t("变化原因"): t(CAUSES[move.cause]) if move.cause in CAUSES else "",
    }
