"""Places over the months as lines, counted as every move of rank is: nobody climbs because another is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import pairwise

import polars as pl

from dashboard import format
from dashboard.components.links import going
from dashboard.components.marks import GREY, INK, MET
from dashboard.components.notation import Row
from dashboard.i18n import LANGUAGE, listed, sentences, t
from metrics.rank_moves import RankPaths

ROW, TOP = 23, 24
"""Height of a place, and of the line of months above the first, in pixels."""
LEFT, RIGHT = 28.0, 70.0
"""Where the lines begin and end, in percent of the width; names stand on either side."""
LONG, LEFT_OF_LONG, RIGHT_OF_LONG = 90, 31.0, 69.0
"""Names of more pixels than this ask for more room."""
DASHED = ' stroke-dasharray="4 4"'
"""Over a month that cannot be compared."""
LINE, MOVER = "#B4BAC1", "#4A4F55"
"""A unit's line, and that of the ones that climbed and fell furthest: without a few dark ones they are a tangle."""


@dataclass(frozen=True, kw_only=True)
class Slope:
    """A group's months, earliest first: official ``ranks`` of each unit (None without one), and its ``paths``.

    Units stand in the order of the last month, those without a rank last, with the ``reasons`` why. Drawn are
    the ``paths`` from the first month that has them: places among the units compared.
    """

    months: Sequence[date]
    ranks: Mapping[str, Sequence[int | None]]
    paths: RankPaths
    names: Mapping[str, str]
    reasons: Mapping[str, str]
    picked: str | None

    @property
    def start(self) -> int:
        """The first month drawn."""
        return next(at for at, places in enumerate(self.paths.places) if places is not None)

    @property
    def drawn(self) -> list[str]:
        """The units compared, in the order of the last month."""
        return sorted(self.paths.compared, key=lambda code: (self.place(code, -1), self.ranks_order(code)))

    @property
    def beside(self) -> list[str]:
        """The units that are not compared, named below the lines."""
        return [code for code in self.ranks if code not in self.paths.compared]

    def ranks_order(self, code: str) -> int:
        """Where a unit stands in the table."""
        return list(self.ranks).index(code)

    def place(self, code: str, month: int) -> int | None:
        """A unit's place in a month; None in a month that cannot be compared."""
        places = self.paths.places[month]
        return None if places is None else places.get(code)

    @property
    def ends(self) -> tuple[float, float]:
        """Where the lines begin and end, as far in as the longest name asks."""
        widest = max(
            (13 if ord(name[0]) > 0x2E80 else 7) * len(name) for name in map(self.names.get, self.ranks)
        )
        return (LEFT_OF_LONG, RIGHT_OF_LONG) if widest > LONG else (LEFT, RIGHT)


def ranks_of(past: Sequence[tuple[date, Sequence[Row]]], codes: Sequence[str]) -> dict[str, list[int | None]]:
    """The rank of each unit in each month of ``queries.rankings.past``."""
    found = [{str(row["unit_code"]): row["rank"] for row in rows} for _, rows in past]
    return {code: [ranks.get(code) for ranks in found] for code in codes}


def drawing(slope: Slope, label: str) -> str:
    """The lines as SVG, scaled to the width it is given while the type keeps its size."""
    movers = _movers(slope)
    codes = sorted(slope.drawn, key=lambda code: (code == slope.picked, code in movers))
    height = TOP + ROW * len(slope.ranks) + 4
    lines = "".join(_unit(slope, code, mover=code in movers) for code in codes)
    return (
        f'<svg class="slope" width="100%" height="{height}" role="img" aria-label="{escape(label)}">'
        f"{_months(slope)}{lines}{_beside(slope)}</svg>"
    )


def table(slope: Slope) -> pl.DataFrame:
    """The places drawn and the ranks of each month as they are taken away: a line a unit, two columns a month."""
    lines = [
        {t("单位代码"): code, t("单位"): slope.names[code]}
        | {
            t("{month}可比名次", month=f"{month:%Y-%m}"): slope.place(code, at)
            for at, month in enumerate(slope.months)
        }
        | {
            t("{month}当月名次", month=f"{month:%Y-%m}"): rank
            for month, rank in zip(slope.months, ranks, strict=True)
        }
        for code, ranks in slope.ranks.items()
    ]
    return pl.DataFrame(lines, infer_schema_length=None)


def dark(slope: Slope) -> str:
    """What the dark lines are, where there are any."""
    return t("深色：这段时间升降最多（两位以上）的单位。") if _movers(slope) else ""


def left_out(slope: Slope) -> str:
    """Which units are not drawn and which months are not compared, and why; empty where all are."""
    told = []
    if slope.beside:
        named = [_lacking(slope, code) for code in slope.beside]
        told.append(
            t(
                "只在最近两月都参评的{count}个单位之间排，与表中“变化”同一口径；不画：{units}。",
                count=len(slope.drawn),
                units=listed(named),
            )
        )
    told += [
        t(
            "{month}{units}没有名次，该月不比。",
            month=_month(slope.months[at]),
            units=listed([slope.names[code] for code in slope.drawn if slope.ranks[code][at] is None]),
        )
        for at, places in enumerate(slope.paths.places)
        if places is None
    ]
    return sentences(told)


def _lacking(slope: Slope, code: str) -> str:
    """甲州（11月没有名次）: a unit and the months of the last two in which it had no rank."""
    months = [_month(slope.months[at]) for at in (-2, -1) if slope.ranks[code][at] is None]
    return t("{unit}（{months}没有名次）", unit=slope.names[code], months=listed(months))


def _month(month: date) -> str:
    return f"{month.month}月" if LANGUAGE.get() == "zh" else f"{month:%b}"


def _across(slope: Slope, month: int) -> float:
    left, right = slope.ends
    return left + (right - left) * (month - slope.start) / (len(slope.months) - 1 - slope.start)


def _down(place: int) -> float:
    return TOP + ROW * (place - 0.5)


def _months(slope: Slope) -> str:
    """The months above the lines, with how many units were ranked in each: a rank means little without."""
    parts = []
    for at, month in enumerate(slope.months):
        if at < slope.start:
            continue
        count = sum(ranks[at] is not None for ranks in slope.ranks.values())
        told = t("{month}：{count}个参评", month=format.month(month), count=count)
        parts.append(
            f'<text x="{_across(slope, at):.2f}%" y="14" text-anchor="middle" font-size="12.5" fill="{GREY}">'
            f"<title>{escape(told)}</title>{_month(month)}</text>"
        )
    return "".join(parts)


def _movers(slope: Slope) -> set[str]:
    """Who climbed furthest and who fell furthest from the first month to the last, by two places at least."""
    moved = {code: slope.place(code, -1) - slope.place(code, slope.start) for code in slope.drawn}
    ends = {min(moved.values(), default=0), max(moved.values(), default=0)} - {-1, 0, 1}
    return {code for code, places in moved.items() if places in ends}


def _unit(slope: Slope, code: str, *, mover: bool) -> str:
    picked = code == slope.picked
    stroke, width = (MET, 3) if picked else (MOVER, 2.4) if mover else (LINE, 1.4)
    points = [
        (at, _across(slope, at), _down(place))
        for at in range(slope.start, len(slope.months))
        if (place := slope.place(code, at)) is not None
    ]
    lines = "".join(
        f'<line x1="{x1:.2f}%" y1="{y1}" x2="{x2:.2f}%" y2="{y2}" stroke="{stroke}" stroke-width="{width}"'
        f"{DASHED if after - before > 1 else ''}></line>"
        for (before, x1, y1), (after, x2, y2) in pairwise(points)
    )
    dots = "".join(f'<circle cx="{x:.2f}%" cy="{y}" r="3.5" fill="{stroke}"></circle>' for _, x, y in points)
    return (
        f'<g {going(unit="" if picked else code)} tabindex="0" role="link" data-key="{escape(code)}">'
        f"<title>{escape(_told(slope, code))}</title>{lines}{dots}{_names(slope, code)}</g>"
    )


def _told(slope: Slope, code: str) -> str:
    """The unit and its places in words."""
    places = (slope.place(code, at) for at in range(slope.start, len(slope.months)))
    return (
        f"{slope.names[code]}: {' → '.join(format.MISSING if each is None else str(each) for each in places)}"
    )


def _names(slope: Slope, code: str) -> str:
    """The name with its place at either end; tied units take the free lines below."""
    name, first, last = slope.names[code], slope.place(code, slope.start), slope.place(code, -1)
    official, picked = slope.ranks[code][-1], code == slope.picked
    # Where the table ranks units that are not compared, the rank it gives stands beside the place drawn.
    ranked = "" if official == last else t("（第{rank}名）", rank=official)
    end, start = _line_of(slope, code, -1), _line_of(slope, code, slope.start)
    left, right = slope.ends
    return _text(right, 10, "start", end, f"{last} {name}{ranked}", picked=picked, ranked=True) + _text(
        left, -10, "end", start, f"{name} {first}", picked=picked, ranked=True
    )


def _beside(slope: Slope) -> str:
    """The units that are not compared, below the lines, each with its rank or why it has none."""
    parts = []
    for place, code in enumerate(slope.beside, start=1 + len(slope.drawn)):
        rank, picked = slope.ranks[code][-1], code == slope.picked
        why = slope.reasons.get(code, "") if rank is None else t("（第{rank}名）", rank=rank)
        text = _text(
            100,
            0,
            "end",
            place,
            f"{slope.names[code]} {why}".strip(),
            picked=picked,
            ranked=False,
        )
        goal = going(unit="" if picked else code)
        parts.append(f'<g {goal} tabindex="0" role="link" data-key="{escape(code)}">{text}</g>')
    return "".join(parts)


def _line_of(slope: Slope, code: str, month: int) -> int:
    """The line a name stands on in a month: by place, then by the order of the last."""
    return 1 + sorted(slope.drawn, key=lambda each: slope.place(each, month)).index(code)


def _text(x: float, shift: int, anchor: str, place: int, text: str, *, picked: bool, ranked: bool) -> str:
    fill = MET if picked else INK if ranked else GREY
    weight = 600 if picked else 400
    return (
        f'<text x="{x}%" dx="{shift}" y="{_down(place) + 4.5}" text-anchor="{anchor}" font-size="13"'
        f' font-weight="{weight}" fill="{fill}">{escape(text)}</text>'
    )
