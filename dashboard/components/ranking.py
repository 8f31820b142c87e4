"""The ranking within peer groups: a table whose rows are reached and picked by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from dashboard import format
from dashboard.components.links import going
from dashboard.components.notation import Row, said
from dashboard.i18n import deferred, of, t
from metrics.kpi import Kpi
from metrics.kpis import KPIS

BAR_WIDTH = 200
ACCENT, REST = "#1F6FB2", "#C9CDD2"
REASONS = {
    "below_coverage": deferred("数据不足,不排名"),
    "not_reported": deferred("未报,不排名"),
    "too_few_cases": deferred("样本不足,不排名"),
    "not_applicable": deferred("不适用,不排名"),
    "not_due": deferred("未到期,不排名"),
    "context": deferred("只作参考,不排名"),
}


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """What is shown: rows of ``queries.ranking`` now and a month before, and how to write a score.

    ``by`` is the KPI ranked by, None for a score; ``accent`` the KPI picked out in the contribution bars.
    ``groups`` are the peer groups; ``names`` the short names; ``figures`` the KPI's rows of figures.
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

    @property
    def shown(self) -> dict[str, str]:
        """What stands in the score column, by unit: rounded on its side of a target where there is one."""
        if self.by is None:
            return {str(row["unit_code"]): format.number(row["score"], 1) for row in self.rows}
        return {str(row["unit_code"]): format.figure(self.by, row) for row in self.figures}


def body(ranking: Ranking) -> str:
    """The ranking as one table a group; a row leads to the unit picked out on this page."""
    return f'<div class="ranking">{_tables(ranking)}</div>'


def table(ranking: Ranking) -> pl.DataFrame:
    """The ranking as it is taken away."""
    return pl.DataFrame(
        [
            {
                t("组"): row["group"],
                t("名次"): row["rank"],
                t("单位代码"): row["unit_code"],
                t("单位"): ranking.names[str(row["unit_code"])],
                (t("得分") if ranking.by is None else of(ranking.by, "title")): row["score"],
                t("已评权重占比"): row["coverage"],
                t("说明"): "" if row["rank"] else _reason(row),
            }
            for row in ranking.rows
        ],
        infer_schema_length=None,
    )


def _reason(row: Row) -> str:
    return t(REASONS.get(str(row["reason"]) or str(row["status"]), REASONS["not_applicable"]))


def _tables(ranking: Ranking) -> str:
    before = {row["unit_code"]: row["rank"] for row in ranking.before}
    longest = max((float(row["score"]) for row in ranking.rows if row["score"] is not None), default=0)
    parts = []
    for group in ranking.groups:
        rows = [row for row in ranking.rows if row["group"] == group["key"]]
        if rows:
            lines = "".join(_line(ranking, row, rows, before, longest) for row in rows)
            parts.append(
                _group_title(group, rows) + f"<table>{_header(ranking)}<tbody>{lines}</tbody></table>"
            )
    return "".join(parts)


def _group_title(group: Mapping[str, object], rows: Sequence[Row]) -> str:
    unranked = sum(row["rank"] is None for row in rows)
    count = t("{count}个", count=len(rows)) + (t(",{count}个不排名", count=unranked) if unranked else "")
    return f"<h4>{escape(of(dict(group), 'title'))} <span>{escape(of(dict(group), 'rule'))} · {escape(count)}</span></h4>"


def _header(ranking: Ranking) -> str:
    value = t("得分") if ranking.by is None else format.unit(ranking.by)
    bar = (
        t("构成(深色:{kpi})", kpi=of(ranking.accent, "title"))
        if ranking.by is None
        else of(ranking.by, "title")
    )
    cells = [
        ("rank", t("名次")),
        ("move", t("变化")),
        ("name", ranking.level),
        ("score", value),
        ("bar", bar),
    ]
    return (
        "<thead><tr>"
        + "".join(f'<th class="{css}" scope="col">{escape(text)}</th>' for css, text in cells)
        + "</tr></thead>"
    )


def _line(
    ranking: Ranking, row: Row, group: Sequence[Row], before: Mapping[object, object], longest: float
) -> str:
    code = str(row["unit_code"])
    tied = sum(other["rank"] == row["rank"] for other in group) > 1
    rank = format.MISSING if row["rank"] is None else (t("并列") if tied else "") + str(row["rank"])
    picked = ' class="picked" aria-selected="true"' if code == ranking.picked else ""
    flag = (
        f' <b class="missed" title="{escape(_red_lines(row))}">▼{escape(t("红线"))}</b>'
        if row["red_lines"]
        else ""
    )
    return (
        f'<tr data-key="{escape(code)}" {going(unit="" if picked else code)} tabindex="0" role="link"{picked}>'
        f'<td class="rank">{escape(rank)}</td><td class="move">{escape(_move(row["rank"], before.get(code)))}</td>'
        f'<td class="name">{escape(ranking.names[code])}{flag}</td>'
        f'<td class="score">{escape(ranking.shown.get(code, format.MISSING))}</td>'
        f'<td class="bar">{_bar(ranking, row, longest)}</td></tr>'
    )


def _red_lines(row: Row) -> str:
    return t("触及红线") + ":" + "、".join(of(KPIS[key], "title") for key in row["red_lines"])


def _move(now: object, before: object) -> str:
    if now is None or before is None:
        return ""
    steps = int(before) - int(now)
    return format.MISSING if steps == 0 else f"{'↑' if steps > 0 else '↓'}{abs(steps)}"


def _bar(ranking: Ranking, row: Row, longest: float) -> str:
    if row["rank"] is None:
        return f'<span class="why">{escape(_reason(row))}</span>'
    if ranking.by is not None:
        return _stacked([(float(row["score"]), REST)], longest, "")
    brought = {kpi: share for kpi, share, _ in row["parts"]}
    accent = brought.get(ranking.accent.key, 0.0)
    label = t("{kpi} {points}分", kpi=of(ranking.accent, "title"), points=format.number(accent, 1))
    return _stacked([(accent, ACCENT), (sum(brought.values()) - accent, REST)], 100, label)


def _stacked(parts: Sequence[tuple[float, str]], whole: float, label: str) -> str:
    """Lengths one after another on a line of ``whole``; the same scale in every row."""
    drawn, at = [], 0.0
    for amount, fill in parts:
        width = max(amount, 0) / whole * BAR_WIDTH if whole else 0
        drawn.append(f'<rect x="{at:.1f}" width="{width:.1f}" height="10" fill="{fill}"></rect>')
        at += width
    return (
        f'<svg viewBox="0 0 {BAR_WIDTH} 10" preserveAspectRatio="none" role="img" aria-label="{escape(label)}">'
        f"<title>{escape(label)}</title>{''.join(drawn)}</svg>"
    )


def explained(ranking: Ranking) -> str:
    """The unit picked out, in one line: its score, and where it loses most points; empty without one."""
    row = next((row for row in ranking.rows if row["unit_code"] == ranking.picked), None)
    if row is None:
        return ""
    if ranking.by is not None:
        figure = next(each for each in ranking.figures if each["unit_code"] == ranking.picked)
        return said(ranking.by, figure, ranking.names[str(ranking.picked)])
    text = f"{row['unit_name']}:{ranking.shown[str(row['unit_code'])]}"
    lost = sorted(
        ((full - got, kpi, got, full) for kpi, got, full in row["parts"] if full > got), reverse=True
    )
    if not lost:
        return text
    told = [
        f"{of(KPIS[kpi], 'title')} {format.number(got, 1)}/{format.number(full, 1)}"
        for _, kpi, got, full in lost[:3]
    ]
    return text + t("分;失分最多:") + "、".join(told)
