"""Ranks over the months as lines: who climbs, who falls, gaps where a unit had no rank."""

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
from dashboard.i18n import LANGUAGE, t

ROW, TOP = 23, 24
"""Height of a place, and of the line of months above the first, in pixels."""
LEFT, RIGHT = 28.0, 70.0
"""Where the lines begin and end, in percent of the width; names stand on either side."""
LONG, LEFT_OF_LONG, RIGHT_OF_LONG = 90, 31.0, 69.0
"""Names of more pixels than this ask for more room."""
LINE, MOVER = "#B4BAC1", "#4A4F55"
"""A unit's line, and that of the ones that climbed and fell furthest: without a few dark ones they are a tangle."""


@dataclass(frozen=True, kw_only=True)
class Slope:
    """A group's ranks: ``months`` earliest first, ``ranks`` of each unit in them (None without a rank).

    Units stand in the order of the last month, those without a rank last, with the ``reasons`` why.
    """

    months: Sequence[date]
    ranks: Mapping[str, Sequence[int | None]]
    names: Mapping[str, str]
    reasons: Mapping[str, str]
    picked: str | None

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
    codes = sorted(slope.ranks, key=lambda code: (code == slope.picked, code in _movers(slope)))
    height = TOP + ROW * len(codes) + 4
    return (
        f'<svg class="slope" width="100%" height="{height}" role="img" aria-label="{escape(label)}">'
        f"{_months(slope)}{''.join(_unit(slope, code) for code in codes)}</svg>"
    )


def table(slope: Slope) -> pl.DataFrame:
    """The ranks as they are taken away: a line a unit, a column a month."""
    lines = [
        {t("单位代码"): code, t("单位"): slope.names[code]}
        | {f"{month:%Y-%m}": rank for month, rank in zip(slope.months, ranks, strict=True)}
        for code, ranks in slope.ranks.items()
    ]
    return pl.DataFrame(lines, infer_schema_length=None)


def _across(slope: Slope, place: int) -> float:
    left, right = slope.ends
    return left + (right - left) * place / (len(slope.months) - 1)


def _down(place: int) -> float:
    return TOP + ROW * (place - 0.5)


def _months(slope: Slope) -> str:
    """The months above the lines, with how many units were ranked in each: a rank means little without."""
    parts = []
    for place, month in enumerate(slope.months):
        count = sum(ranks[place] is not None for ranks in slope.ranks.values())
        name = f"{month.month}月" if LANGUAGE.get() == "zh" else f"{month:%b}"
        told = t("{month}:{count}个参评", month=format.month(month), count=count)
        parts.append(
            f'<text x="{_across(slope, place):.2f}%" y="14" text-anchor="middle" font-size="12.5" fill="{GREY}">'
            f"<title>{escape(told)}</title>{name}</text>"
        )
    return "".join(parts)


def _movers(slope: Slope) -> set[str]:
    """Who climbed furthest and who fell furthest from the first month to the last, by two places at least."""
    moved = {
        code: ranks[-1] - ranks[0]
        for code, ranks in slope.ranks.items()
        if ranks[0] is not None and ranks[-1] is not None
    }
    ends = {min(moved.values(), default=0), max(moved.values(), default=0)} - {-1, 0, 1}
    return {code for code, places in moved.items() if places in ends}


def _unit(slope: Slope, code: str) -> str:
    picked = code == slope.picked
    stroke, width = (MET, 3) if picked else (MOVER, 2.4) if code in _movers(slope) else (LINE, 1.4)
    points = [
        None if rank is None else (_across(slope, place), _down(rank))
        for place, rank in enumerate(slope.ranks[code])
    ]
    lines = "".join(
        f'<line x1="{a[0]:.2f}%" y1="{a[1]}" x2="{b[0]:.2f}%" y2="{b[1]}" stroke="{stroke}" stroke-width="{width}"></line>'
        for a, b in pairwise(points)
        if a and b
    )
    dots = "".join(
        f'<circle cx="{x:.2f}%" cy="{y}" r="3.5" fill="{stroke}"></circle>' for x, y in filter(None, points)
    )
    return (
        f'<g {going(unit="" if picked else code)} tabindex="0" role="link" data-key="{escape(code)}">'
        f"<title>{escape(_told(slope, code))}</title>{lines}{dots}{_names(slope, code)}</g>"
    )


def _told(slope: Slope, code: str) -> str:
    """The unit and its ranks in words."""
    ranks = (format.MISSING if rank is None else str(rank) for rank in slope.ranks[code])
    return f"{slope.names[code]}: {' → '.join(ranks)}"


def _names(slope: Slope, code: str) -> str:
    """The name at the end, and at the beginning where it had a rank; tied units take the free places below."""
    name, first, last = slope.names[code], slope.ranks[code][0], slope.ranks[code][-1]
    reason = slope.reasons.get(code, "")
    end = f"{last} {name}" if last is not None else f"{name} {reason}".strip()
    picked = code == slope.picked
    texts = [
        _text(
            slope.ends[1],
            10,
            "start",
            _place_at(slope, code, -1),
            end,
            picked=picked,
            ranked=last is not None,
        )
    ]
    if first is not None:
        start = f"{name} {first}"
        texts.append(
            _text(slope.ends[0], -10, "end", _place_at(slope, code, 0), start, picked=picked, ranked=True)
        )
    return "".join(texts)


def _place_at(slope: Slope, code: str, month: int) -> int:
    """The line a name stands on in a month: by rank, then by the order of the last; ranked ones first."""
    order = sorted(
        slope.ranks, key=lambda each: (slope.ranks[each][month] is None, slope.ranks[each][month] or 0)
    )
    return 1 + order.index(code)


def _text(x: float, shift: int, anchor: str, place: int, text: str, *, picked: bool, ranked: bool) -> str:
    fill = MET if picked else INK if ranked else GREY
    weight = 600 if picked else 400
    return (
        f'<text x="{x}%" dx="{shift}" y="{_down(place) + 4.5}" text-anchor="{anchor}" font-size="13"'
        f' font-weight="{weight}" fill="{fill}">{escape(text)}</text>'
    )
