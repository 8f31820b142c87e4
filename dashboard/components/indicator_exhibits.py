"""The blocks of the page 指标: definition and trend, the units drawn, the units in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from math import sqrt

import polars as pl
import streamlit as st

from dashboard import format
from dashboard.components import (
    block,
    certainty_words,
    chart_explore,
    chart_svg,
    dot_plot,
    exhibit,
    findings,
    funnel_plot,
    headings,
    indicator_definition,
    indicator_table,
    trend_chart,
)
from dashboard.components.charts import Specification
from dashboard.components.earlier import changes
from dashboard.components.exhibit import Exhibit, on_screen
from dashboard.components.indicator_facts import MANY_UNITS, Indicator, counted, drawn
from dashboard.components.links import link, linked
from dashboard.components.marks import STATUS, html
from dashboard.components.notation import Row, figure_table, joined
from dashboard.i18n import clauses, listed, of, sentences, t
from dashboard.state import CHARTS, DOTS, FUNNEL

DRAWN = 20
NAMED = 8


def hints(crumbs: str, told: Sequence[str]) -> None:
    """The way to the explained unit, and what to look at instead where this view misleads."""
    lines = "".join(f"<p>{line}</p>" for line in (crumbs, *told) if line)
    if lines:
        block.show(f'<div class="indicator-hints">{lines}</div>', key="indicator_hints")


def _chart(framed: Exhibit, above: str, chart: Specification, *, key: str, explored: bool) -> None:
    """Draw a chart under what stands above it (HTML); in Plotly for those who explore."""
    if explored:
        exhibit.show(replace(framed, chart=key), above, key=f"{key}_frame")
        chart_explore.show(chart, key=key)
    else:
        drawn = chart_svg.drawing(chart, framed.title)
        exhibit.show(replace(framed, picture=True), above + drawn, key=f"{key}_frame")


def _explored(*, explored: bool) -> str:
    """From the drawings to charts to explore in, and back, as a link."""
    if explored:
        return link(t("改回静态图表"), explore="")
    return link(t("交互图表（可框选放大，载入较慢）"), explore=CHARTS)


def definition_and_trend(indicator: Indicator, *, simulated: bool, explored: bool) -> None:
    """Where the figure comes from, beside the months up to it."""
    left, right = st.columns([11, 10], gap="medium")
    with left:
        block.show(indicator_definition.card(indicator), key="indicator_definition")
    with right:
        rows = [*indicator.months, *indicator.picked_months]
        names = {indicator.code: indicator.name, indicator.picked: indicator.picked_name}
        shown = Exhibit(
            title=_title(indicator, indicator.name, t("近13个月")),
            name=_file(indicator, indicator.name, t("走势")),
            notes=[_reading_of_trend(indicator, explored=explored)],
            table=_trend_table(indicator, rows, names),
            simulated=simulated,
        )
        _chart(shown, "", trend_chart.trend(indicator), key="indicator_trend", explored=explored)


def _trend_table(indicator: Indicator, rows: Sequence[Row], names: Mapping[str, str]) -> pl.DataFrame:
    """The months as they are taken away: beside each its value on the units that reported in all of them."""
    table = figure_table(rows, names)
    if indicator.same_units is None:
        return table
    count, values = indicator.same_units
    beside = [*values, *[None] * len(indicator.picked_months)]
    title = t("同口径{count}个{level}", count=count, level=indicator.whom)
    return table.with_columns(pl.Series(title, beside, dtype=pl.Float64))


def _title(indicator: Indicator, who: str, more: str = "") -> exhibit.Title:
    what = headings.what(indicator.kpi)
    return headings.title(who, f"{what} · {more}" if more else what, indicator.month, indicator.kind)


def _file(indicator: Indicator, *parts: str) -> str:
    return exhibit.file_name(f"{indicator.month:%Y-%m}", of(indicator.kpi, "title"), *parts)


def _reading_of_trend(indicator: Indicator, *, explored: bool) -> str:
    band = t("灰带为95%区间") if indicator.has_intervals else ""
    gaps = t("断开处为未报") if any(row["value"] is None for row in indicator.months) else ""
    rings = t("空心点与本月不是同一批单位") if any(indicator.other_units) else ""
    same = ""
    if indicator.same_units is not None:
        count, _ = indicator.same_units
        same = t("点线只算各月都报了的{count}个{level}", count=count, level=indicator.whom)
    changed = joined(changes(indicator.kpi, indicator.earlier))
    told = clauses([changed, escape(clauses([band, gaps, rings, same]))])
    way = f"{' · ' if told else ''}{_explored(explored=explored)}"
    return f'{told}<span class="print-hidden">{way}</span>'


def units(indicator: Indicator, way: str, order: str, *, simulated: bool, explored: bool) -> None:
    """The units below beside one another, drawn and in a table."""
    many = len(indicator.rows) > MANY_UNITS
    left, right = st.columns([9, 14], gap="medium")
    with left:
        _drawn(indicator, way, order, simulated=simulated, explored=explored)
    with right:
        shown = Exhibit(
            title=_title(indicator, _who(indicator)),
            name=_file(indicator, _who(indicator)),
            finding=findings.furthest(indicator.kpi, indicator.rows, indicator.names),
            notes=[on_screen(_reading_of_table(indicator))],
            table=indicator_table.export(indicator),
            simulated=simulated,
        )
        exhibit.show(shown, indicator_table.body(indicator, order), key=f"indicator_table{'_tall' * many}")


def _who(indicator: Indicator) -> str:
    return t("{top}各{level}", top=indicator.name, level=indicator.level_name)


def _reading_of_table(indicator: Indicator) -> str:
    if indicator.leads_to:
        return t("点选一行（或按回车）看它的下级单位。")
    return t("点选一行（或按回车）突出该单位，再点一次取消。")


def _drawn(indicator: Indicator, way: str, order: str, *, simulated: bool, explored: bool) -> None:
    rows = drawn(indicator, DRAWN, order)
    if not rows:
        _nothing(indicator)
        return
    as_funnel = way == FUNNEL and indicator.funnel is not None
    shown = Exhibit(
        title=_title(indicator, _who(indicator)),
        finding=findings.beyond_chance(indicator.kpi, indicator.rows, indicator.names),
        name=_file(indicator, _who(indicator), t("漏斗图") if as_funnel else t("点图")),
        notes=[_reading_of_funnel(indicator) if as_funnel else _reading_of_dots(indicator, len(rows))],
        table=indicator_table.export(indicator),
        simulated=simulated,
    )
    chart = funnel_plot.funnel(indicator) if as_funnel else dot_plot.dots(indicator, rows)
    above = _switch(indicator, as_funnel) + _legend(indicator, as_funnel)
    _chart(shown, above, chart, key="indicator_units", explored=explored)


def _nothing(indicator: Indicator) -> None:
    block.show(
        f'<h2>{escape(_title(indicator, _who(indicator)).subject)}</h2><p class="src">'
        f"{escape(t('没有可画的数值：{reason}', reason=_absent(indicator)))}</p>",
        key="indicator_units_frame",
    )


def _absent(indicator: Indicator) -> str:
    counts = counted(indicator.rows)
    return listed([f"{t(STATUS[key].word)} {count}" for key, count in counts.items()] or [t("无下级单位")])


def _switch(indicator: Indicator, as_funnel: bool) -> str:
    """The two ways to draw the units, where chance says something about them."""
    if indicator.funnel is None:
        return ""
    words = ((False, DOTS, t("点图：数值与区间")), (True, FUNNEL, t("漏斗图：差别是真的吗")))
    told = [
        f"<b>{escape(text)}</b>" if chosen == as_funnel else link(text, chart=key)
        for chosen, key, text in words
    ]
    return f'<p class="src indicator-switch">{" · ".join(told)}</p>'


def _legend(indicator: Indicator, as_funnel: bool) -> str:
    if as_funnel:
        return _funnel_legend(indicator)
    entries = [
        f"<li>{html(STATUS[key])} {escape(t(STATUS[key].word))} {count}</li>"
        for key, count in counted(indicator.rows).items()
    ]
    return f'<ul class="legend">{"".join(entries)}</ul>'


def _funnel_legend(indicator: Indicator) -> str:
    entries = [
        f'<li><b class="{certainty_words.css(each)}">{certainty_words.sign(each) or "●"}</b>'
        f" {escape(certainty_words.word(each))} {len(codes)}</li>"
        for each, codes in certainty_words.states(indicator.kpi, indicator.funnel).items()
    ]
    few = counted(indicator.rows).get("too_few_cases")
    more = f"<li>{html(STATUS['too_few_cases'])} {escape(t('样本不足，未画'))} {few}</li>" if few else ""
    return f'<ul class="legend">{"".join(entries)}{more}</ul>'


def _reading_of_funnel(indicator: Indicator) -> str:
    phi = indicator.funnel.phi
    lines = t("点线之内不能区分：只凭偶然，95%的单位会落在点线之间；实线为99.8%控制限。")
    if indicator.funnel.inflated:
        wide = t(
            "各单位之间的差别本来就比偶然大，实线已放宽到{times}倍（φ={phi}）。",
            phi=format.number(phi, 2),
            times=format.number(sqrt(phi), 1),
        )
    else:
        wide = t("各单位之间的差别没有超出偶然，实线未放宽（φ={phi}）。", phi=format.number(phi, 2))
    return escape(sentences([_result_of_funnel(indicator), lines, wide]))


def _result_of_funnel(indicator: Indicator) -> str:
    """Which units differ from the explained one, and how sure that is."""
    told = [
        t(
            "{word}的{count}个：{units}",
            word=certainty_words.word(each),
            count=len(codes),
            units=_named([indicator.names[code] for code in codes]),
        )
        for each, codes in certainty_words.states(indicator.kpi, indicator.funnel).items()
        if each.side
    ]
    return t("{told}。", told=clauses(told)) if told else t("各单位的差别都可能只是偶然。")


def _named(names: Sequence[str]) -> str:
    return listed(names) if len(names) <= NAMED else t("{units}等", units=listed(names[:NAMED]))


def _reading_of_dots(indicator: Indicator, count: int) -> str:
    known = sum(row["value"] is not None for row in indicator.rows)
    cut = (
        t("{all}个有数值的单位中，画离目标最远的{count}个。", all=known, count=count) if count < known else ""
    )
    told = [_reading_of_whiskers(indicator), escape(cut), escape(_missing_names(indicator))]
    return sentences(told)


def _reading_of_whiskers(indicator: Indicator) -> str:
    """What a bar says, and that units are compared with one another in the funnel; HTML."""
    if all(row["lower"] is None for row in indicator.rows):
        return escape(t("全数统计，没有抽样误差，不画区间。"))
    own = escape(
        t("横线为95%区间，只说该单位自己的数有多大偶然性：跨过目标线的，达标与否可能只是偶然。")
        if any(row["target"] is not None for row in indicator.rows)
        else t("横线为95%区间，只说该单位自己的数有多大偶然性。")
    )
    if indicator.funnel is None:
        return own
    between = linked("单位之间是否真有差别，看{funnel}。", funnel=link(t("漏斗图"), chart=FUNNEL))
    return sentences([own, between])


def _missing_names(indicator: Indicator) -> str:
    missing = [
        indicator.names[str(row["unit_code"])] for row in indicator.rows if row["status"] == "not_reported"
    ]
    if not missing:
        return ""
    if len(missing) > NAMED:
        return t("未报{count}个。", count=len(missing))
    return t("未报：{units}。", units=listed(missing))
