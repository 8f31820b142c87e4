"""What the map says in words: the sentence that answers 在哪里, ranks, and what hovering shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from dashboard import format
from dashboard.components import headings
from dashboard.components.deck import Hover
from dashboard.components.earlier import Earlier
from dashboard.components.links import link, linked
from dashboard.components.marks import STATUS
from dashboard.components.notation import Row, shown
from dashboard.components.ranking_words import rank_marks
from dashboard.i18n import deferred, listed, of, sentences, t
from dashboard.queries import builds
from dashboard.queries.maps import Place
from metrics.dimensions import Dimensions
from metrics.kpi import Kpi
from metrics.scorecard import is_context

NAMED = 3
"""Units named in the sentence, the most in need of attention first."""


def in_order(kpi: Kpi, rows: Sequence[Row]) -> list[Row]:
    """Those that need attention first; of a context KPI the highest first; without a judgement last."""
    sign = 1 if kpi.direction == "up" and not _context(kpi, rows) else -1
    judged = ("met", "missed", "no_target")
    return sorted(rows, key=lambda row: (row["status"] not in judged, sign * (row["value"] or 0)))


def _context(kpi: Kpi, rows: Sequence[Row]) -> bool:
    return is_context(kpi, has_target=any(row["target"] is not None for row in rows))


def place_text(place: Place | None, groups: Mapping[str, str], kpi: Kpi) -> str:
    """第3名 / 8（第一组）; 并列第3名 / 8(第一组) where others share the rank; nobody is first of one.

    With what belongs beside a rank: how many of the reports it stands on, a red line crossed.
    """
    if place is None or place.ranked == 1:
        return ""
    words = deferred("第{rank}名 / {ranked}（{group}）")
    if place.sharing > 1:
        words = deferred("并列第{rank}名 / {ranked}（{group}）")
    told = t(words, rank=place.rank, ranked=place.ranked, group=groups.get(place.group, ""))
    return " ".join([told, *rank_marks(vars(place), kpi)])


def group_names(build: str, level: str) -> dict[str, str]:
    """The groups ranks of a level stand in: peer groups, or the units above."""
    dimensions = builds.dimensions(build)
    if level == dimensions.reporting_level:
        return {str(group["key"]): of(group, "title") for group in dimensions.peer_groups}
    return builds.unit_names(build, short=True)


def own_offices(dimensions: Dimensions, level: str) -> str:
    """That the own offices of the level above are on no map, where the level has any."""
    units = dimensions.units
    if not units.filter((units["level"] == level) & units["own_office"]).height:
        return ""
    return escape(t("本级队伍没有辖区，不在图上，数字计入上一级。"))


def judged(kpi: Kpi, row: Row) -> str:
    """92.1% ● 达标, or the word for why there is no value."""
    status = STATUS[str(row["status"])]
    if row["value"] is None:
        return shown(kpi, row)
    word = "" if row["status"] == "no_target" else f" {status.sign} {t(status.word)}"
    return f"{format.measured(kpi, shown(kpi, row))}{word}"


def hovers(
    kpi: Kpi,
    rows: Sequence[Row],
    before: Mapping[str, Earlier],
    places: Mapping[str, Place],
    groups: Mapping[str, str],
) -> dict[str, Hover]:
    """What hovering over each unit shows; ``before`` is what its figure is held against."""
    return {
        str(row["unit_code"]): Hover(
            figure=judged(kpi, row),
            basis=_basis(kpi, row, before[str(row["unit_code"])]),
            place=place_text(places.get(str(row["unit_code"])), groups, kpi),
        )
        for row in rows
    }


def _basis(kpi: Kpi, row: Row, before: Earlier) -> str:
    moved = format.change(kpi, before.value, before.before)
    parts = [
        "" if row["cases"] is None else format.cases(row["cases"]),
        "" if row["target"] is None else f"{t('目标')} {format.target(kpi, row['target'])}",
        " ".join(part for part in (moved, t(before.name), before.on_same_units) if part) if moved else "",
    ]
    return " · ".join(part for part in parts if part)


def sentence(build: str, kpi: Kpi, level: str, rows: Sequence[Row], whole: Row) -> str:
    """The answer to 在哪里: the whole, how many meet the target, who needs attention, who is missing."""
    names = builds.unit_names(build, level, short=True)
    known = [row for row in in_order(kpi, rows) if row["status"] in ("met", "missed", "no_target")]
    parts = [_whole(build, kpi, whole)]
    if known:
        parts.append(_spread(kpi, known, rows, headings.level_title(builds.dimensions(build), level)))
        parts.append(_first(kpi, known, names))
    few = sum(row["status"] == "too_few_cases" for row in rows)
    if few:
        parts.append(linked(deferred("样本不足{count}个。"), count=str(few)))
    absent = [str(row["unit_code"]) for row in rows if row["status"] == "not_reported"]
    if absent:
        parts.append(_absent(absent, names))
    return sentences(parts)


def _whole(build: str, kpi: Kpi, whole: Row) -> str:
    value = escape(judged(kpi, whole))
    return linked(
        deferred("{kpi}：{top}{value}。"),
        kpi=link(of(kpi, "title"), "indicator", kpi=kpi.key),
        top=escape(headings.whole(build)),
        value=link(judged(kpi, whole), "indicator", kpi=kpi.key) if whole["value"] is not None else value,
    )


def _spread(kpi: Kpi, known: Sequence[Row], rows: Sequence[Row], level: str) -> str:
    met, missed = (sum(row["status"] == status for row in known) for status in ("met", "missed"))
    values = {"count": str(len(rows)), "level": escape(level), "known": str(len(known))}
    if met or missed:
        zh = deferred("{count}个{level}中{met}个达标、{missed}个未达标。")
        return linked(zh, **values, met=str(met), missed=str(missed))
    ends = sorted((row["value"], format.figure(kpi, row)) for row in known)
    zh = deferred("{count}个{level}中{known}个可比，从{low}到{high}。")
    return linked(zh, **values, low=escape(ends[0][1]), high=escape(ends[-1][1]))


def _first(kpi: Kpi, known: Sequence[Row], names: Mapping[str, str]) -> str:
    """The units that need attention most: those short of their target, where there is one."""
    wanted = [row for row in known if row["status"] != "met"][:NAMED]
    if not wanted:
        return ""
    units = listed([_named(kpi, row, names) for row in wanted])
    words = deferred("最高：{units}。") if _context(kpi, known) else deferred("最需要关注：{units}。")
    return linked(words, units=units)


def _named(kpi: Kpi, row: Row, names: Mapping[str, str]) -> str:
    code = str(row["unit_code"])
    return link(names[code], unit=code) + escape(t("（{label}）", label=format.figure(kpi, row)))


def _absent(absent: Sequence[str], names: Mapping[str, str]) -> str:
    units = listed([link(names[code], unit=code) for code in absent[:NAMED]])
    if len(absent) > NAMED:
        return linked(deferred("未报{count}个：{units}等。"), count=str(len(absent)), units=units)
    return linked(deferred("未报{count}个：{units}。"), count=str(len(absent)), units=units)
