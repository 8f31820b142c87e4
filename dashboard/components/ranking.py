"""The ranking within peer groups: tables whose rows are reached and picked by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dashboard import format
from dashboard.components import marks, ranking_bars, ranking_heat
from dashboard.components.links import going
from dashboard.components.notation import Row
from dashboard.components.ranking_facts import Ranking
from dashboard.components.ranking_words import (
    REASONS,
    assessed_text,
    band_text,
    explained,
    rank_text,
    reading,
    reason,
    table,
    unranked_text,
)
from dashboard.i18n import listed, of, t
from metrics.kpis import KPIS

__all__ = ["REASONS", "Ranking", "body", "explained", "full_body", "reading", "table"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its CSS class, its title, and what stands in it (HTML) for a row of its group."""

    css: str
    title: str
    cell: Callable[[Row, Sequence[Row]], str]
    head: str = ""

    @property
    def heading(self) -> str:
        """What stands at its head, as HTML: the title, unless it has more to show."""
        return self.head or escape(self.title)


def body(ranking: Ranking) -> str:
    """The ranking in short, one table a group, units without a rank at its end."""
    columns = [*_places(ranking)]
    columns += [_band(ranking)] if ranking.bands else []
    columns += [_strip_of_values(ranking)] if ranking.by is not None else [_most_lost(ranking)]
    tables = [_group(ranking, group, columns, ranking.members(group["key"])) for group in _groups(ranking)]
    css = "ranking-short" if ranking.by is None else "ranking-short ranking-figures"
    return f'<div class="ranking {css}">{"".join(tables)}</div>'


def full_body(ranking: Ranking, group: str | None) -> str:
    """The ranking of the ranking page, of one group or all: how much each rank rests on, and how sure it is.

    Units without a rank stand under each table with the reason; a KPI that is context only is listed.
    """
    picture = [] if ranking.by is None else [_strip_of_values(ranking)]
    items = _items(ranking)
    columns = [*_places(ranking), _band(ranking), *picture, *items, _rests_on(ranking)]
    parts = []
    for each in _groups(ranking):
        if group in (None, each["key"]):
            rows = ranking.members(each["key"])
            shown = [row for row in rows if row["rank"] is not None or row["reason"] == "context"]
            parts.append(_group(ranking, each, columns, shown) + _unranked(ranking, rows))
    legend = ranking_heat.legend() if items else ""
    css = "ranking-full ranking-scored" if items else "ranking-full ranking-figures"
    return f'<div class="ranking {css}">{"".join(parts)}{legend}</div>'


def _groups(ranking: Ranking) -> list[Mapping[str, object]]:
    """The groups that have units; units outside every group stand together."""
    known = [group for group in ranking.groups if ranking.members(group["key"])]
    loose = {"key": None, "title_zh": "", "title_en": "", "rule_zh": "", "rule_en": ""}
    return [*known, loose] if ranking.members(None) else known


def _group(
    ranking: Ranking, group: Mapping[str, object], columns: Sequence[Column], rows: Sequence[Row]
) -> str:
    members = ranking.members(group["key"])
    head = "".join(f'<th class="{each.css}" scope="col">{each.heading}</th>' for each in columns)
    lines = "".join(_line(ranking, row, members, columns) for row in rows)
    drawn = ""
    if rows:
        drawn = f'<div class="ranking-scroll" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'
    return _group_title(ranking, group, members) + drawn


def _group_title(ranking: Ranking, group: Mapping[str, object], rows: Sequence[Row]) -> str:
    ranked = sum(row["rank"] is not None for row in rows)
    facts = [of(dict(group), "rule"), t("{units}个", units=len(rows))]
    if ranked < len(rows):
        facts.append(t("{count}个不排名", count=len(rows) - ranked))
    if ranked > 0 and not ranking.contested(group["key"]):
        facts.append(t("参评不足3个，不比先后"))
    small = " · ".join(fact for fact in facts if fact)
    return f"<h3>{escape(of(dict(group), 'title'))} <span>{escape(small)}</span></h3>"


def _line(ranking: Ranking, row: Row, group: Sequence[Row], columns: Sequence[Column]) -> str:
    code = str(row["unit_code"])
    picked = ' class="picked" aria-selected="true"' if code == ranking.picked else ""
    cells = "".join(f'<td class="{each.css}">{each.cell(row, group)}</td>' for each in columns)
    goal = going(unit="" if picked else code)
    return f'<tr data-key="{escape(code)}" {goal} tabindex="0" role="link"{picked}>{cells}</tr>'


def _places(ranking: Ranking) -> list[Column]:
    def rank(row: Row, group: Sequence[Row]) -> str:
        return escape(rank_text(row, group)) if ranking.contested(row["group"]) else format.MISSING

    return [
        Column(css="rank", title=t("名次"), cell=rank),
        Column(css="move", title=t("变化"), cell=lambda row, _: _move(ranking, row)),
        Column(css="name", title=ranking.level, cell=lambda row, _: _name(ranking, row)),
        Column(
            css="score",
            title=t("得分") if ranking.by is None else format.unit(ranking.by),
            cell=lambda row, _: _score(ranking, row),
        ),
    ]


def _move(ranking: Ranking, row: Row) -> str:
    steps = ranking.moves.get(str(row["unit_code"]))
    if steps is None or not ranking.contested(row["group"]):
        return ""
    return format.MISSING if steps == 0 else f"{'↑' if steps > 0 else '↓'}{abs(steps)}"


def _name(ranking: Ranking, row: Row) -> str:
    name = f"<span>{escape(ranking.names[str(row['unit_code'])])}</span>"
    assessed = assessed_text(row, ranking.by)
    name += f' <small class="assessed">{escape(assessed)}</small>' if assessed else ""
    if not row["red_lines"]:
        return name
    said = t("触及红线：{kpis}", kpis=listed([of(KPIS[key], "title") for key in row["red_lines"]]))
    return f'{name} <b class="missed nb" title="{escape(said)}">{escape(t("▼红线"))}</b>'


def _score(ranking: Ranking, row: Row) -> str:
    code = str(row["unit_code"])
    mark = "" if ranking.by is None else marks.html(marks.STATUS[str(ranking.figure_of[code]["status"])])
    sign = f'<span class="sign">{mark}</span>' if ranking.by is not None else ""
    return f'{sign}<span class="figure-shown">{escape(ranking.shown.get(code, format.MISSING))}</span>'


def _items(ranking: Ranking) -> list[Column]:
    """A narrow column an item of the score: the points it lost."""
    return [_item(ranking, kpi) for kpi in ranking.items] if ranking.by is None else []


def _item(ranking: Ranking, kpi: str) -> Column:
    head = ranking_heat.head(KPIS[kpi], accent=kpi == ranking.accent.key)

    def cell(row: Row, group: Sequence[Row]) -> str:
        return ranking_heat.cell(kpi, ranking.points.get(str(row["unit_code"]), ()))

    return Column(css="heat", title=ranking.title(kpi), cell=cell, head=head)


def _most_lost(ranking: Ranking) -> Column:
    """The item that costs a unit most, in words, or why it has no rank."""

    def cell(row: Row, group: Sequence[Row]) -> str:
        if row["rank"] is None:
            return f'<span class="why">{escape(reason(row))}</span>'
        found = ranking.points[str(row["unit_code"])]
        most = max(found, key=lambda each: each.lost, default=None)
        if most is None or not most.lost:
            return ""
        short = of(KPIS[most.kpi], "short") or ranking.title(most.kpi)
        return f'<span title="{escape(ranking.title(most.kpi))}">{escape(short)}</span> <small>−{most.lost}</small>'

    return Column(css="most", title=t("失分最多的一项"), cell=cell)


def _strip_of_values(ranking: Ranking) -> Column:
    along = ranking_bars.scale(ranking.by, ranking.figures)
    return Column(
        css="bar",
        title=t("数值与95%区间（竖线：目标）") if ranking.has_target else t("数值与95%区间"),
        cell=lambda row, _: _strip(ranking, row, along),
    )


def _strip(ranking: Ranking, row: Row, along: ranking_bars.Scale) -> str:
    figure = ranking.figure_of[str(row["unit_code"])]
    if row["rank"] is None and (row["reason"] != "context" or figure["value"] is None):
        return f'<span class="why">{escape(reason(row))}</span>'
    return ranking_bars.strip(ranking.by, figure, along)


def _rests_on(ranking: Ranking) -> Column:
    if ranking.by is None:
        return Column(
            css="rests",
            title=t("已评项"),
            cell=lambda row, _: "{}/{}".format(*row["evaluated"]),
        )
    return Column(
        css="rests",
        title="n",
        cell=lambda row, _: format.whole(ranking.figure_of[str(row["unit_code"])]["cases"]),
    )


def _band(ranking: Ranking) -> Column:
    def cell(row: Row, group: Sequence[Row]) -> str:
        band = ranking.bands.get(str(row["unit_code"])) if ranking.contested(row["group"]) else None
        if band is None:
            return ""
        ranked = sum(each["rank"] is not None for each in group)
        return ranking_bars.band(band, row["rank"], ranked, t("名次区间{band}", band=band_text(band)))

    return Column(css="band", title=t("名次区间"), cell=cell)


def _unranked(ranking: Ranking, rows: Sequence[Row]) -> str:
    """The units without a rank, each with its reason, under the table."""
    lines = [
        _unranked_line(ranking, row) for row in rows if row["rank"] is None and row["reason"] != "context"
    ]
    if not lines:
        return ""
    return f'<ul class="ranking-unranked"><li>{escape(t("不排名："))}</li>{"".join(lines)}</ul>'


def _unranked_line(ranking: Ranking, row: Row) -> str:
    code, picked = str(row["unit_code"]), row["unit_code"] == ranking.picked
    css = ' class="picked" aria-selected="true"' if picked else ""
    return (
        f'<li data-key="{escape(code)}" tabindex="0" role="link" {going(unit="" if picked else code)}{css}>'
        f"<span>{escape(ranking.names[code])}</span> {escape(unranked_text(ranking, row))}</li>"
    )
