"""Titles, sentences and sources: who · what · when · edition, made from the data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard import format
from dashboard.components.exhibit import Title
from dashboard.components.notation import QUALIFIER, Row
from dashboard.i18n import LANGUAGE, of, t
from dashboard.queries import builds, locks
from etl.campaign import Campaign
from metrics.dimensions import Dimensions
from metrics.kpi import Kpi
from metrics.period import PeriodKind


def level_title(dimensions: Dimensions, level: str) -> str:
    """A level in the campaign's own word."""
    return of(next(each for each in dimensions.levels if each["key"] == level), "title")


def reporting_units(dimensions: Dimensions) -> str:
    """The units that report, several of them: 州(市), prefectures."""
    word = level_title(dimensions, dimensions.reporting_level)
    return word if LANGUAGE.get() == "zh" else plural(word.lower())


def plural(word: str) -> str:
    """The plural of an English level's title."""
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def unit_names(build: str, level: str) -> dict[str, str]:
    """Short names for a map of one level: its word goes without saying there, and labels are short of room."""
    word = level_title(builds.dimensions(build), level)
    names = builds.unit_names(build, level, short=True)
    return {code: name.removesuffix(f" {word}") for code, name in names.items()}


def overview(
    build: str, month: date, reports: Sequence[Row], *, today: date, kind: PeriodKind
) -> tuple[str, list[str]]:
    """Title and small print of the overview; how long the campaign still lasts, in its latest month."""
    passed = sum(bool(row["passed"]) for row in reports)
    came = sum(bool(row["has_report"]) for row in reports)
    reviewed = t("{came}份已报中{passed}份已审核", came=came, passed=passed) if passed else t("均未审核")
    notes = [
        *standing(month),
        reports_of(kind, month),
        reviewed if came else "",
        _days_left(build, today) if month >= builds.latest_month(build, today) else "",
    ]
    return f"{whole(build)} · {when(kind, month)}", notes


def reports_of(kind: PeriodKind, month: date) -> str:
    """Which month's reports a page speaks of, where its title names another span."""
    name = format.month(month)
    return t("报送情况为{month}", month=name) if when(kind, month) != name else ""


def _days_left(build: str, today: date) -> str:
    days = builds.days_left(build, today)
    return t("距整治期满{days}天", days=days) if days >= 0 else t("整治期已满")


def whole(build: str) -> str:
    """The name of the whole campaign's area."""
    return next(iter(builds.unit_names(build, builds.top_level(build)).values()))


def title(who: str, what: str, month: date, kind: PeriodKind = "month") -> Title:
    """The title of an exhibit: 云南省各州(市) · 投诉按期办结率(%) · 2026年9月 · 实时数据; on the page without the last two."""
    subject = " · ".join(part for part in (who, what) if part)
    period = t(QUALIFIER[kind]) if kind in QUALIFIER else ""
    return Title(
        f"{subject} · {when(kind, month)} · {edition()}", f"{subject} · {period}" if period else subject
    )


def standing(month: date) -> list[str]:
    """Which figures a page shows of a month, and whether its reports may still change."""
    return [edition(), *([t("报送已冻结")] if locks.is_frozen(month) else [])]


def edition() -> str:
    """Which figures these are: live ones, until a page shows an edition."""
    return t("实时数据")


def everyone(build: str, level: str) -> str:
    """云南省各州(市): the units of a level."""
    return t("{top}各{level}", top=whole(build), level=level_title(builds.dimensions(build), level))


def what(kpi: Kpi) -> str:
    """A KPI with its unit: 投诉按期办结率(%)."""
    return t("{title}（{unit}）", title=of(kpi, "title"), unit=format.unit(kpi))


def when(kind: PeriodKind, month: date) -> str:
    """2026年9月, with 本年累计 or 近12个月 where the figures reach further back; a quarter, a year by its own name.

    These hold more months than the one that names them: 2026年9月 would be taken for their last.
    """
    if kind == "quarter":
        return t("{year}年第{quarter}季度", year=month.year, quarter=(month.month + 2) // 3)
    if kind == "year":
        return t("{year}年全年", year=month.year)
    if kind not in QUALIFIER:
        return format.month(month)
    return t("{month}（{period}）", month=format.month(month), period=t(QUALIFIER[kind]))


def map_source(campaign: Campaign) -> str:
    """Where the outlines come from, and what the map may be used for."""
    return t("底图来源：{source}", source=of(campaign, "map_source")) + " · " + of(campaign, "map_note")
