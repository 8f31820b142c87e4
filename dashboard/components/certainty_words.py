"""Whether a unit differs from its parent, in words and signs: the three states of metrics.certainty, everywhere alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.components.marks import INK, MET, MISSED
from dashboard.i18n import deferred, t
from metrics.certainty import Certainty, Difference, Side, certainty
from metrics.funnel import Funnel
from metrics.kpi import Kpi

STATES: dict[Difference, str] = {
    "clear": deferred("有差别（99.8%）"),
    "possible": deferred("可能有差别（95%）"),
    "indistinct": deferred("不能区分"),
}
"""The surest first; each names its test."""
SIDES: dict[Side, str] = {
    "worse": deferred("较差"),
    "better": deferred("较好"),
    "higher": deferred("较高"),
    "lower": deferred("较低"),
    "": "",
}


@dataclass(frozen=True, kw_only=True)
class Sign:
    """How a side is drawn: CSS class and colour, a filled sign where the difference is clear, else an open one."""

    css: str
    colour: str
    clear: str
    possible: str
    symbol: str


UNJUDGED = Sign(css="", colour=INK, clear="◆", possible="◇", symbol="diamond")
"""A difference of which neither side is better: the sign takes no side, the word says which it is."""
SIGNS: dict[Side, Sign] = {
    "worse": Sign(css="missed", colour=MISSED, clear="▼", possible="▽", symbol="triangle-down"),
    "better": Sign(css="met", colour=MET, clear="▲", possible="△", symbol="triangle-up"),
    "higher": UNJUDGED,
    "lower": UNJUDGED,
}


def word(found: Certainty) -> str:
    """有差别（99.8%），较差；不能区分."""
    state = t(STATES[found.difference])
    return t("{state}，{side}", state=state, side=t(SIDES[found.side])) if SIDES[found.side] else state


def sign(found: Certainty) -> str:
    """The sign of a difference; none where there is none to tell."""
    if not found.side:
        return ""
    drawn = SIGNS[found.side]
    return drawn.clear if found.difference == "clear" else drawn.possible


def css(found: Certainty) -> str:
    """The CSS class of the sign."""
    return SIGNS[found.side].css if found.side else "grey"


def symbol(found: Certainty) -> str:
    """The sign as Plotly names it."""
    if not found.side:
        return "circle"
    return SIGNS[found.side].symbol + ("" if found.difference == "clear" else "-open")


def states(kpi: Kpi, funnel: Funnel) -> dict[Certainty, list[str]]:
    """The units of a funnel by what is sure of them, the surest first; the furthest out for its size first."""
    order = list(STATES)
    found = {point: certainty(kpi, point) for point in sorted(funnel.points, key=_away(funnel))}
    by_state: dict[Certainty, list[str]] = {}
    for point, each in sorted(found.items(), key=lambda pair: order.index(pair[1].difference)):
        by_state.setdefault(each, []).append(point.unit_code)
    return by_state


def of_units(kpi: Kpi, funnel: Funnel | None) -> Mapping[str, Certainty]:
    """What is sure of each unit of a funnel, by its code."""
    return {point.unit_code: certainty(kpi, point) for point in funnel.points} if funnel else {}


def differing(by_state: Mapping[Certainty, Sequence[str]], difference: Difference) -> list[str]:
    """The units of one state, whatever the side."""
    return [code for each, codes in by_state.items() if each.difference == difference for code in codes]


def _away(funnel: Funnel):
    """How far a point lies out, in widths of its limits."""
    return lambda point: -abs(point.value - funnel.centre) / (point.upper95 - point.lower95 or 1)
