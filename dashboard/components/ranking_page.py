"""The blocks of the page 排名: the tables, why the unit picked out stands where it does, the last months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from dashboard.components import block, exhibit, findings, headings, ranking_explained, ranking_head, slope
from dashboard.components.exhibit import Exhibit, on_screen
from dashboard.components.links import link
from dashboard.components.marks import STATUS
from dashboard.components.notation import Row, said
from dashboard.components.ranking_facts import CONTEST, Ranking
from dashboard.components.ranking_words import apart_text, group_title, rank_marks, reading, reason
from dashboard.components.ranking_words import table as taken_away
from dashboard.i18n import of, sentences, t
from dashboard.queries import builds, figures, rankings
from dashboard.state import Filters
from metrics.period import PeriodKind, add_months
from metrics.rank_moves import rank_paths
from metrics.scoring import UnitScore


def facts(filters: Filters, today: date) -> Ranking:
    """The ranking by the scorecard, or by the KPI of the frame where there is none or the reader wants so."""
    build, month, period = filters.build, filters.month, filters.period
    dimensions, card = builds.dimensions(build), builds.scorecard(build, month)
    by = None if filters.by_score and card else filters.kpi
    key, level = by and by.key, dimensions.reporting_level
    return Ranking(
        by=by,
        accent=filters.kpi,
        level=headings.level_title(dimensions, level),
        rows=rankings.ranking(build, month, key, today, period),
        before=rankings.ranking_before(build, month, key, today, period),
        groups=dimensions.peer_groups,
        names=builds.unit_names(build, level, short=True),
        figures=figures.table(build, month, (filters.kpi.key,), level, today, period).to_dicts(),
        picked=filters.unit,
        bands=rankings.bands(build, month, key, today, period),
        coverage_rule=card.coverage_rule if by is None and card else None,
        kinds={item.kpi: item.period or period or "month" for item in card.items} if card else {},
    )


def head(filters: Filters, ranks: Ranking) -> tuple[str, list[str]]:
    """Title and small print of the page."""
    title = t(
        "{what}排名 · {month}",
        what=_what(filters, ranks),
        month=headings.when(_kind(filters, ranks), filters.month),
    )
    return title, [*headings.standing(filters.month), t("同组内比较")]


def _what(filters: Filters, ranks: Ranking) -> str:
    return t("综合得分") if ranks.by is None else of(ranks.by, "title")


def _kind(filters: Filters, ranks: Ranking) -> PeriodKind:
    if ranks.by is None:
        return filters.period or "month"
    return figures.period_of(filters.build, ranks.by, filters.period)


def tabs(filters: Filters, ranks: Ranking) -> None:
    """What to rank by, and which group."""
    scored = builds.scorecard(filters.build, filters.month) is not None
    block.show(ranking_head.tabs(ranks, filters.group, scored=scored), key="ranking_tabs")


def _exhibit(filters: Filters, ranks: Ranking, what: str, kind: str, **more: object) -> Exhibit:
    level = builds.dimensions(filters.build).reporting_level
    return Exhibit(
        title=headings.title(
            headings.everyone(filters.build, level), what, filters.month, _kind(filters, ranks)
        ),
        name=exhibit.file_name(f"{filters.month:%Y-%m}", _what(filters, ranks), kind),
        simulated=builds.dimensions(filters.build).simulated,
        **more,
    )


def table(filters: Filters, ranks: Ranking, body: str) -> None:
    """The tables of the groups."""
    card = builds.scorecard(filters.build, filters.month)
    what = of(card, "title") if ranks.by is None and card else headings.what(filters.kpi)
    notes = [
        escape(t("名次区间：权重±25%与抽样误差下的范围；区间重叠者不宜解读为工作优劣。"))
        if ranks.by is None
        else escape(t("名次区间：抽样误差下的范围；区间重叠者不宜解读为工作优劣。")),
        sentences(
            [
                escape(t("变化只在两月都参评的单位之间比较。")),
                on_screen(t("点选一行（或按回车）看为什么。")),
            ]
        ),
        reading(ranks),
    ]
    finding = _finding(filters, ranks)
    shown = _exhibit(filters, ranks, what, t("排名"), table=taken_away(ranks), notes=notes, finding=finding)
    exhibit.show(shown, body, key="ranking_table")


def _finding(filters: Filters, ranks: Ranking) -> str:
    """What costs the units shown most points; of a KPI how many meet its target."""
    rows = [row for row in ranks.rows if filters.group in (None, row["group"])]
    codes = [str(row["unit_code"]) for row in rows]
    if ranks.by is None:
        return findings.lost_most(ranks, [str(row["unit_code"]) for row in rows if row["rank"] is not None])
    shown = [ranks.figure_of[code] for code in codes if code in ranks.figure_of]
    return findings.judged(ranks.by, shown, ranks.names)


def explanation(filters: Filters, ranks: Ranking, today: date) -> None:
    """Why the unit picked out stands where it does; nothing without one."""
    if filters.unit not in ranks.names:
        return
    name = ranks.names[filters.unit]
    if ranks.by is not None:
        shown = _exhibit(filters, ranks, t("{unit}：{kpi}", unit=name, kpi=of(ranks.by, "title")), name)
        exhibit.show(shown, f"<div data-arrive>{_by_kpi(ranks, name)}</div>", key="ranking_why")
        return
    scores = rankings.unit_score_list(filters.build, filters.month, today, filters.period)
    unit = ranking_explained.picked(scores, filters.unit)
    if unit is None or unit.score is None:
        row = next(row for row in ranks.rows if row["unit_code"] == filters.unit)
        block.show(
            f'<p class="ranking-facts">{escape(t("{unit}：{kpi}", unit=name, kpi=reason(row)))}</p>',
            key="ranking_why",
        )
        return
    before = _before(filters, today)
    shown = _exhibit(
        filters,
        ranks,
        t("{unit}为什么是这个名次", unit=name),
        name,
        table=ranking_explained.table(ranks, unit, before),
        finding=findings.lost_most(ranks, [unit.unit_code]),
    )
    exhibit.show(
        shown,
        f"<div data-arrive>{ranking_explained.body(ranks, unit, before)}</div>",
        key="ranking_why",
    )


def _before(filters: Filters, today: date) -> UnitScore | None:
    earlier = add_months(filters.month, -1)
    known = earlier in builds.shown_months(filters.build) and builds.scorecard(filters.build, earlier)
    if not known:
        return None
    scores = rankings.unit_score_list(filters.build, earlier, today, filters.period)
    return ranking_explained.picked(scores, filters.unit)


def _by_kpi(ranks: Ranking, name: str) -> str:
    figure = ranks.figure_of[str(ranks.picked)]
    row = next(row for row in ranks.rows if row["unit_code"] == ranks.picked)
    opened = link(t("指标页"), "indicator", kpi=ranks.by.key, unit=str(ranks.picked))
    facts = [said(ranks.by, figure, name), *rank_marks(row, ranks.by)]
    apart = apart_text(ranks, row)
    more = f"<p>{escape(apart)}</p>" if apart else ""
    return f'<div class="ranking-facts"><p>{escape(" · ".join(facts))} · {opened}</p>{more}</div>'


def months(filters: Filters, ranks: Ranking, today: date) -> None:
    """The ranks of the last months, a drawing a group, where there is more than one month to compare."""
    key = ranks.by and ranks.by.key
    past = rankings.past(filters.build, filters.month, key, today, filters.period)
    if len(past) < 2 or (ranks.by is not None and ranks.by.direction == "context"):
        return
    for group in ranks.groups:
        if filters.group not in (None, group["key"]) or not ranks.contested(group["key"]):
            continue
        drawn = _slope(ranks, group["key"], past)
        if len(drawn.paths.compared) < CONTEST:
            continue
        count = len(past) - drawn.start
        title = t("{group}近{count}个月名次", group=group_title(ranks, group["key"]), count=count)
        note = sentences([slope.dark(drawn), slope.left_out(drawn)])
        table = slope.table(drawn)
        shown = _exhibit(filters, ranks, title, title, table=table, picture=True, source=note)
        exhibit.show(shown, slope.drawing(drawn, title), key=f"ranking_months_{group['key']}")


def _slope(ranks: Ranking, group: object, past: Sequence[tuple[date, Sequence[Row]]]) -> slope.Slope:
    """The ranks of a group's units in the last months, and their places by the rule of moves."""
    members = [str(row["unit_code"]) for row in ranks.members(group)]
    by_month = slope.ranks_of(past, members)
    return slope.Slope(
        months=[month for month, _ in past],
        ranks=by_month,
        paths=rank_paths([{code: by_month[code][at] for code in members} for at in range(len(past))]),
        names=ranks.names,
        reasons={
            str(row["unit_code"]): t(STATUS.get(str(row["reason"]), STATUS["too_few_cases"]).word)
            for row in ranks.members(group)
            if row["rank"] is None
        },
        picked=ranks.picked,
    )
