"""The unit picked on the map: its figure, where it stands, its months, and the units below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from dashboard import format
from dashboard.components import certainty_words, comparing, headings, marks
from dashboard.components.earlier import Earlier, changes
from dashboard.components.links import going, link
from dashboard.components.map_words import group_names, in_order, place_text
from dashboard.components.notation import Row, joined, shown, target_text
from dashboard.components.strokes import sparkline
from dashboard.i18n import of, t
from dashboard.queries import builds, figures, indicators, maps
from metrics.dimensions import Target
from metrics.kpi import Kpi
from metrics.period import PeriodKind


@dataclass(frozen=True, kw_only=True)
class UnitPanel:
    """What is shown of one unit.

    ``history``: its values by month up to this one, ``other_units`` which of them stand on other units than it.
    ``earlier``: what it is held against. ``above``: the figure of the unit above with its name, ``certainty`` whether
    it differs from that, in words. ``below``: rows of the units below, titled.
    """

    kpi: Kpi
    code: str
    name: str
    row: Row
    held: Target | None
    period: str
    place: str
    history: Sequence[float | None]
    other_units: Sequence[bool]
    earlier: Sequence[Earlier]
    above: tuple[str, Row] | None
    certainty: str
    below_title: str
    below: Sequence[Row]
    names: Mapping[str, str]


def nothing_picked() -> str:
    """What the panel says before a unit is picked."""
    return f'<p class="map-hint">{escape(t("点选地图上或表中的一个单位，它的情况显示在这里。"))}</p>'


def body(panel: UnitPanel) -> str:
    """The panel as HTML."""
    kpi, row = panel.kpi, panel.row
    ways = [
        link(t("单位页"), "unit", unit=panel.code),
        link(t("指标页"), "indicator", kpi=kpi.key, unit=panel.code),
        link(t("取消选择"), unit=""),
    ]
    spark = sparkline(
        panel.history, row["target"], str(row["status"]), label=t("近13个月"), hollow=panel.other_units
    )
    return (
        f'<section class="map-panel" aria-label="{escape(panel.name)}">'
        f'<div class="map-panel-head"><h2>{escape(panel.name)}</h2><span>{" · ".join(ways)}</span></div>'
        f'<div class="figure"><span class="big">{marks.html(marks.STATUS[str(row["status"])])}'
        f" {escape(shown(kpi, row))}{_unit(panel)}</span>{spark}</div>"
        f"<p>{joined(_facts(panel))}</p>{_below(panel)}</section>"
    )


def _unit(panel: UnitPanel) -> str:
    if panel.row["value"] is None:
        return ""
    return f"<small>{escape(format.unit(panel.kpi))}</small>"


def _facts(panel: UnitPanel) -> list[str]:
    kpi, row = panel.kpi, panel.row
    above = ""
    if panel.above is not None:
        name, figure = panel.above
        above = t("{unit} {value}", unit=name, value=shown(kpi, figure))
    return [
        of(kpi, "title"),
        panel.period,
        "" if row["cases"] is None else format.cases(row["cases"]),
        target_text(kpi, row["target"], panel.held),
        *changes(kpi, panel.earlier, is_known=row["value"] is not None),
        panel.place,
        t("{above}：{certainty}", above=above, certainty=panel.certainty) if panel.certainty else above,
    ]


def _below(panel: UnitPanel) -> str:
    if not panel.below:
        return ""
    cells = "".join(_cell(panel, row) for row in in_order(panel.kpi, panel.below))
    return f'<h3>{escape(panel.below_title)}</h3><ul class="map-below">{cells}</ul>'


def _cell(panel: UnitPanel, row: Row) -> str:
    code, mark = str(row["unit_code"]), marks.html(marks.STATUS[str(row["status"])])
    n = "" if row["cases"] is None else f"<small>{escape(format.cases(row['cases']))}</small>"
    return (
        f'<li data-key="below-{code}" tabindex="0" role="link" {going(unit=code)}>'
        f"<span>{escape(panel.names[code])}</span><b>{escape(shown(panel.kpi, row))}</b>"
        f"<i>{mark}</i>{n}</li>"
    )


def panel_of(
    build: str, kpi: Kpi, month: date, today: date, asked: PeriodKind | None, unit: str
) -> UnitPanel:
    """The panel of any unit, whatever level the map shows, each level over its own period."""
    level = maps.level_of(build, unit)
    kind = figures.period_of(build, kpi, maps.period(build, kpi.key, level, asked))
    months = maps.year_up_to(build, month)
    own = {
        each: row
        for each, rows in maps.months_of(build, months, kpi.key, level, today, asked).items()
        for row in rows
        if row["unit_code"] == unit
    }
    below = maps.level_below(build, level)
    return UnitPanel(
        kpi=kpi,
        code=unit,
        name=builds.unit_names(build, level)[unit],
        row=own[month],
        held=builds.dimensions(build).targets.get(kpi.key),
        period=headings.when(kind, month),
        place=place_text(
            maps.places(build, month, kpi.key, level, today, asked).get(unit), group_names(build, level), kpi
        ),
        history=[own[each]["value"] for each in months],
        other_units=comparing.other_units(build, {kpi.key: kind}, level, unit, months, today)[kpi.key],
        earlier=comparing.of_unit(build, month, {kpi.key: kind}, level, unit, today)[kpi.key],
        above=_above(build, kpi, month, today, kind, level, unit),
        certainty=_certainty(build, kpi, month, today, kind, level, unit),
        below_title=_below_title(build, kpi, month, below, asked) if below else "",
        below=maps.units_below(build, month, kpi.key, below, today, asked, unit) if below else (),
        names=builds.unit_names(build, below, short=True),
    )


def _above(
    build: str, kpi: Kpi, month: date, today: date, kind: PeriodKind, level: str, unit: str
) -> tuple[str, Row] | None:
    """The unit above over the same period; none above the top."""
    above = maps.parents(build, level).get(unit)
    if not above:
        return None
    rows = figures.table(build, month, (kpi.key,), maps.level_of(build, above), today, kind)
    row = next(row for row in rows.iter_rows(named=True) if row["unit_code"] == above)
    return builds.unit_names(build, short=True)[above], row


def _certainty(
    build: str, kpi: Kpi, month: date, today: date, kind: PeriodKind, level: str, unit: str
) -> str:
    """Whether a unit differs from the one above, by the funnel of the units beside it; empty without one."""
    above = maps.parents(build, level).get(unit)
    if not above:
        return ""
    whose = (maps.level_of(build, above), above)
    drawn = indicators.funnel_of(build, month, kpi.key, level, whose, today, kind)
    found = certainty_words.of_units(kpi, drawn[0]).get(unit) if drawn else None
    return certainty_words.word(found) if found else ""


def _below_title(build: str, kpi: Kpi, month: date, level: str, asked: PeriodKind | None) -> str:
    kind = figures.period_of(build, kpi, maps.period(build, kpi.key, level, asked))
    word = headings.level_title(builds.dimensions(build), level)
    return t("下辖各{level} · {when}", level=word, when=headings.when(kind, month))
