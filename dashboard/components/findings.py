"""What a block found, in one sentence that heads it: computed from the rows it shows, by rule, or nothing at all.

A sentence counts and names; it never compares with another month, since the units of two months may differ, and it
judges only what a target or a scorecard judges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from dashboard import format
from dashboard.components import unit_reports
from dashboard.components.hand_in import state_of
from dashboard.components.indicator_words import COUNTED
from dashboard.components.notation import Row
from dashboard.components.ranking_facts import Ranking
from dashboard.components.unit_categories import Share
from dashboard.components.unit_lines import THEME_OF, UnitLine
from dashboard.i18n import deferred, listed, of, opening, t
from metrics.kpi import Kpi

NAMED = 3
"""So many units or items are named in a sentence; where more share a place, they are counted."""
COMPARED = ("met", "missed", "no_target")
"""Statuses of values that may be compared."""
REPORTS = {
    "not_reported": deferred("{count}个未报"),
    "returned": deferred("{count}个已退回"),
    "late": deferred("{count}个迟报"),
    "not_due": deferred("{count}个尚未报"),
    "on_time": deferred("{count}个缺表"),
}
MONTHS_REPORTED = {
    "on_time": deferred("{count}份按时"),
    "late": deferred("{count}份迟报"),
    "returned": deferred("{count}份已退回"),
    "not_reported": deferred("{count}份未报"),
    "not_due": deferred("{count}份未到期"),
}


def judged(kpi: Kpi, rows: Sequence[Row], names: Mapping[str, str]) -> str:
    """投诉按期办结率：3个达标，11个未达标，1个样本不足; without a target who is highest and who is lowest."""
    statuses = [str(row["status"]) for row in rows]
    if "met" not in statuses and "missed" not in statuses:
        return _ends(kpi, rows, names)
    counts = [t(words, count=statuses.count(key)) for key, words in COUNTED.items() if key in statuses]
    return t("{subject}：{counts}", subject=of(kpi, "title"), counts=_joined(counts))


def beyond_chance(kpi: Kpi, rows: Sequence[Row], names: Mapping[str, str]) -> str:
    """未达标的11个中，5个的95%区间整个在目标以下; ``judged`` where no interval or nobody short of the target."""
    missed = [row for row in rows if row["status"] == "missed" and row["lower"] is not None]
    if not missed:
        return judged(kpi, rows, names)
    up = kpi.direction == "up"
    sure = sum(row["upper"] < row["target"] if up else row["lower"] > row["target"] for row in missed)
    words = (
        deferred("未达标的{all}个中，{count}个的95%区间整个在目标以下")
        if up
        else deferred("未达标的{all}个中，{count}个的95%区间整个在目标以上")
    )
    return t(words, all=len(missed), count=sure)


def _joined(parts: Sequence[str]) -> str:
    return t("，").join(parts)


def _ends(kpi: Kpi, rows: Sequence[Row], names: Mapping[str, str]) -> str:
    """Nothing where fewer than two values may be compared, or all are the same as they are written."""
    known = [row for row in rows if row["status"] in COMPARED and row["value"] is not None]
    ends = [_at(kpi, known, pick(row["value"] for row in known)) for pick in (max, min)] if known else []
    if len(known) < 2 or format.figure(kpi, ends[0][0]) == format.figure(kpi, ends[1][0]):
        return ""
    high, low = (_shared(kpi, end, names) for end in ends)
    return t("{subject}：最高{high}，最低{low}", subject=of(kpi, "title"), high=high, low=low)


def _at(kpi: Kpi, rows: Sequence[Row], value: object) -> list[Row]:
    """The rows that read the same as this value."""
    written = next(format.figure(kpi, row) for row in rows if row["value"] == value)
    return [row for row in rows if format.figure(kpi, row) == written]


def _shared(kpi: Kpi, rows: Sequence[Row], names: Mapping[str, str]) -> str:
    value = format.figure(kpi, rows[0])
    if len(rows) > NAMED:
        return t("{count}个（{value}）", count=len(rows), value=value)
    return t("{unit}（{value}）", unit=listed([names[str(row["unit_code"])] for row in rows]), value=value)


def furthest(kpi: Kpi, rows: Sequence[Row], names: Mapping[str, str]) -> str:
    """离目标最远：甲州（81.4）、乙州（86.5）; all meet it; nothing where nothing is judged."""
    missed = [row for row in rows if row["status"] == "missed"]
    if not missed:
        met = sum(row["status"] == "met" for row in rows)
        return t("有判断的{count}个全部达标", count=met) if met else ""
    away = sorted(missed, key=lambda row: -abs(row["value"] - row["target"]))[:NAMED]
    named = [_shared(kpi, [row], names) for row in away]
    return t("离目标最远：{units}", units=listed(named))


def leaders(ranking: Ranking) -> str:
    """第一组甲州（93.4分）、第二组乙州（96.9分）领先; of the groups where a rank is spoken of.

    Of a KPI that only describes, who has the lowest or the highest figure.
    """
    contested = [group for group in ranking.groups if ranking.contested(group["key"])]
    if not contested or (ranking.by is not None and ranking.by.direction == "context"):
        return ""
    named = listed([_leader(ranking, dict(group)) for group in contested])
    if not ranking.only_describes:
        return t("{leaders}领先", leaders=named)
    return t("{units}最低", units=named) if ranking.by.direction == "down" else t("{units}最高", units=named)


def _leader(ranking: Ranking, group: dict[str, object]) -> str:
    first = [str(row["unit_code"]) for row in ranking.members(group["key"]) if row["rank"] == 1]
    shown = ranking.shown[first[0]]
    score = t("{score}分", score=shown) if ranking.by is None else format.measured(ranking.by, shown)
    counted = t("{count}个并列", count=len(first))
    unit = listed([ranking.names[code] for code in first]) if len(first) <= NAMED else counted
    return t("{group}{unit}（{score}）", group=of(group, "title"), unit=unit, score=score)


def lost_most(ranking: Ranking, codes: Sequence[str]) -> str:
    """失分最多的是月报按时报送率（共15.0分）、…: the items that cost these units most, as the cells are written."""
    lost: dict[str, Decimal] = {}
    for code in codes:
        for each in ranking.points.get(code, ()):
            lost[each.kpi] = lost.get(each.kpi, Decimal(0)) + each.lost
    costly = sorted((kpi for kpi in lost if lost[kpi]), key=lambda kpi: -lost[kpi])[:NAMED]
    named = [t("{kpi}（{points}分）", kpi=ranking.title(kpi), points=lost[kpi]) for kpi in costly]
    if not named:
        return ""
    if len(codes) == 1:
        return t("{unit}失分最多：{items}", unit=ranking.names[codes[0]], items=listed(named))
    return opening(t("失分最多：{items}", items=listed(named)))


def themes(lines: Sequence[UnitLine]) -> str:
    """12项未达标，最多的是规范执法（4项）; all met; nothing where nothing is judged."""
    missed = [THEME_OF.get(line.kpi.key, "") for line in lines if line.status == "missed"]
    if not missed:
        met = sum(line.status == "met" for line in lines)
        return t("有目标的{count}项全部达标", count=met) if met else ""
    counts = {theme: missed.count(theme) for theme in dict.fromkeys(missed) if theme}
    most = max(counts.values(), default=0)
    named = listed(
        [t("{theme}（{count}项）", theme=t(theme), count=most) for theme in counts if counts[theme] == most]
    )
    if most < 2 or list(counts.values()).count(most) > NAMED:
        return t("{count}项未达标", count=len(missed))
    return t("{count}项未达标，最多的是{themes}", count=len(missed), themes=named)


def largest_share(shares: Sequence[Share]) -> str:
    """占道经营最多，占近12个月的31%; nothing without others to be larger than."""
    known = sorted(shares, key=lambda share: -share.year)
    if len(known) < 2 or known[1].year == known[0].year:
        return ""
    percent = format.number(known[0].of_year * 100, 0)
    return t("{category}最多，占近12个月的{share}%", category=known[0].name, share=percent)


def open_reports(rows: Sequence[Row]) -> str:
    """2个要提醒：1个未报，1个迟报: rows of the reports with something left to do, each counted once."""
    states = [state_of(row) for row in rows]
    counts = [t(words, count=states.count(key)) for key, words in REPORTS.items() if key in states]
    return t("{count}个要提醒：{counts}", count=len(rows), counts=_joined(counts)) if counts else ""


def reports_on_time(cells: Sequence[Row]) -> str:
    """近13个月月报：11份按时，1份迟报，1份未报: a report once, whatever the number of its sheets."""
    months: dict[str, list[Row]] = {}
    for cell in cells:
        months.setdefault(str(cell["month"]), []).append(cell)
    states = [unit_reports.state_of(rows) for rows in months.values()]
    counts = [t(words, count=states.count(key)) for key, words in MONTHS_REPORTED.items() if key in states]
    return t("近{months}个月月报：{counts}", months=len(months), counts=_joined(counts)) if counts else ""


def on_time(row: Row | None) -> str:
    """本月14/16份按时, from the row of the share on time; nothing before anything was due."""
    if row is None or row["value"] is None:
        return ""
    counts = (format.whole(row[key]) for key in ("numerator", "denominator"))
    return t("本月{counts}份按时", counts="/".join(counts))


def late_most(rows: Sequence[Row], names: Mapping[str, str]) -> str:
    """未报或迟报最多：甲州（4次）: of the months shown; nothing where nobody was late."""
    exceptions = [
        str(row["unit_code"]) for row in rows if state_of(row) in ("late", "not_reported", "returned")
    ]
    counts = {code: exceptions.count(code) for code in dict.fromkeys(exceptions)}
    if not counts:
        return t("没有未报、退回或迟报") if any(row["has_report"] for row in rows) else ""
    most = max(counts.values())
    units = [names[code] for code, count in counts.items() if count == most]
    if len(units) > NAMED:
        return t("{units}个单位有过未报、退回或迟报", units=len(counts))
    return t("未报、退回或迟报最多：{units}（{count}次）", units=listed(units), count=most)
