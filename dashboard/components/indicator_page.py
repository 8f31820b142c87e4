"""The page of one KPI put together from its queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

import polars as pl

from dashboard import format, state
from dashboard.components import comparing, headings, unit_categories, unit_page
from dashboard.components.indicator_facts import MANY_UNITS, Indicator
from dashboard.components.indicator_rows import FigureRows, part_of
from dashboard.components.links import link
from dashboard.components.notation import coverage
from dashboard.components.unit_categories import Topic
from dashboard.components.unit_page import level_below
from dashboard.i18n import of, t
from dashboard.queries import builds, comparisons, figures, indicators, unit_reports, units
from dashboard.queries import rows as row_queries
from dashboard.queries.units import Unit
from dashboard.state import DOTS, FUNNEL
from metrics.kpi import Kpi

FIRST_CONTACT, ALL_VALID = "first_contact_rate", "complaints_per_10k"
"""A share of the complaints that state something, and the KPI whose numerator is all of them."""


def facts(filters: state.Filters, today: date) -> Indicator:
    """Everything the page shows of the KPI, for the unit it explains and the units below it."""
    build, kpi, level, period = filters.build, filters.kpi, filters.level, filters.period
    own, dimensions = indicators.subject(build, level, filters.unit), builds.dimensions(build)
    above = (str(own["level"]), str(own["unit_code"]))
    asked = (build, filters.month, kpi.key)
    found = indicators.funnel_of(*asked, level, above, today, period)
    picked, kind = _picked(filters, own), figures.period_of(build, kpi, period)
    months = indicators.months_of(*asked, *above, today, period)
    days = tuple(row["month"] for row in months)
    return Indicator(
        kpi=kpi,
        kind=kind,
        month=filters.month,
        # Due is the moment the due day has ended.
        due=(dimensions.due_at[filters.month] - timedelta(days=1)).date(),
        held=dimensions.targets.get(kpi.key),
        code=above[1],
        name=indicators.names(build, above[0])[above[1]],
        months=months,
        level=level,
        level_name=headings.level_title(dimensions, level),
        leads_to=level_below(build, {"level": level}),
        back=above[1] if own["parent_code"] else "",
        rows=indicators.unit_rows(*asked, level, above, today, period),
        names=indicators.names(build, level),
        picked=str(picked["unit_code"]) if picked else "",
        picked_name=indicators.names(build, str(picked["level"]))[picked["unit_code"]] if picked else "",
        picked_months=indicators.months_of(
            *asked, str(picked["level"]), str(picked["unit_code"]), today, period
        )
        if picked
        else [],
        funnel=found[0] if found else None,
        limits=found[1] if found else (),
        other_units=comparing.other_units(build, {kpi.key: kind}, *above, days, today)[kpi.key],
        same_units=comparisons.on_same_units(build, *above, kpi.key, days, today, kind),
        whom=headings.reporting_units(dimensions),
        earlier=comparing.of_unit(build, filters.month, {kpi.key: kind}, *above, today)[kpi.key],
    )


def unstated(filters: state.Filters, indicator: Indicator, today: date) -> str:
    """Of how many valid complaints the first contact is stated: those of which it is not are in no number."""
    if indicator.kpi.key != FIRST_CONTACT or indicator.row["denominator"] is None:
        return ""
    own = indicators.subject(filters.build, indicator.level, filters.unit)
    unit = (str(own["level"]), str(own["unit_code"]))
    months = indicators.months_of(filters.build, indicator.month, ALL_VALID, *unit, today, filters.period)
    stated, valid = indicator.row["denominator"], months[-1]["numerator"]
    return t(
        "{name}的{all}件有效投诉中，{stated}件填有首次联系时间；未填的{blank}件不计入分子和分母。",
        name=indicator.name,
        all=format.whole(valid),
        stated=format.whole(stated),
        blank=format.whole(valid - stated),
    )


def _picked(filters: state.Filters, own: Unit) -> Unit | None:
    """The unit picked out below the one explained; the whole is never beside itself."""
    if filters.unit is None:
        return None
    picked = units.unit(filters.build, filters.unit)
    same = (picked["level"], picked["unit_code"]) == (own["level"], own["unit_code"])
    return None if same or picked["parent_code"] is None else picked


def rows(
    filters: state.Filters, indicator: Indicator, today: date, *, lists_withheld: bool
) -> FigureRows | None:
    """The rows behind the figure the reader has opened: the explained unit's, or the picked one's."""
    build, code = filters.build, filters.rows
    if code is None or code not in (indicator.code, indicator.picked):
        return None
    unit = (
        indicators.subject(build, indicator.level, filters.unit)
        if code == indicator.code
        else units.unit(build, code)
    )
    own = (str(unit["level"]), str(unit["unit_code"]))
    part = part_of(indicator.kpi, filters.part)
    return FigureRows(
        kpi=indicator.kpi,
        month=indicator.month,
        kind=indicator.kind,
        name=indicators.names(build, own[0])[own[1]],
        names=_names_in_rows(build, indicator.kpi),
        reporting_names=builds.unit_names(build, short=True),
        sheets=row_queries.behind(
            build,
            indicator.month,
            indicator.kpi.key,
            own,
            today,
            indicator.kind,
            part,
            lists_withheld=lists_withheld,
        ),
        today=today,
        simulated=builds.dimensions(build).simulated,
    )


def _names_in_rows(build: str, kpi: Kpi) -> dict[str, str]:
    """Names by the codes that stand in rows, where a reporting unit's code means its own office, surveys apart."""
    names = builds.unit_names(build, short=True)
    if kpi.mart == "mart_survey":
        return names
    return names | indicators.names(build, str(builds.dimensions(build).levels[-1]["key"]))


def topics(build: str, kpi: Kpi) -> list[Topic]:
    """The topics that stand beside a KPI on its page."""
    return [topic for topic in unit_page.topics(build) if topic.sheet == unit_categories.BESIDE.get(kpi.key)]


def categories(
    filters: state.Filters, indicator: Indicator, topics: Sequence[Topic]
) -> tuple[pl.DataFrame, dict[str, tuple[int, int, int]]]:
    """Cases of the explained unit by topic and category, and by sheet how many reports they come from."""
    build, month = filters.build, indicator.month
    own = indicators.subject(build, indicator.level, filters.unit)
    found = unit_reports.categories(build, str(own["level"]), str(own["unit_code"]), month)
    sheets = {topic.sheet for topic in topics}
    return found, {sheet: unit_reports.reported(build, own, sheet, month) for sheet in sheets}


def way(indicator: Indicator, chosen: str) -> str:
    """How units are drawn: as chosen, else many as a funnel."""
    if indicator.funnel is None:
        return DOTS
    return chosen or (FUNNEL if len(indicator.rows) > MANY_UNITS else DOTS)


def crumbs(filters: state.Filters, indicator: Indicator) -> str:
    """The way from the whole down to the explained unit, as links; nothing where that is the whole."""
    build = filters.build
    *above, own = units.way_up(build, indicators.subject(build, filters.level, filters.unit))
    if not above:
        return ""
    steps = [
        link(_short(build, each), level=level_below(build, each), unit=str(each["unit_code"]))
        for each in above
    ]
    here = f'<b aria-current="page">{escape(_short(build, own))}</b>'
    return f'<span class="nb">{" › ".join([*steps, here])}</span>'


def _short(build: str, unit: Unit) -> str:
    return indicators.names(build, str(unit["level"]))[str(unit["unit_code"])]


def head(indicator: Indicator) -> tuple[str, list[str]]:
    """Title and small print."""
    title = f"{of(indicator.kpi, 'title')} · {headings.when(indicator.kind, indicator.month)}"
    wave = indicator.kpi.over_time == "last_wave"
    return title, [
        *headings.standing(indicator.month),
        "" if wave else coverage(indicator.row, indicator.kind),
        t("截止{day}", day=format.day(indicator.due)),
    ]
