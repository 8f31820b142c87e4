"""Clicks on the map's canvas, kept in step with the unit that is picked.

The browser keeps what was clicked and marks it; nobody else can change that. Where the reader picks
another unit elsewhere, the map's layer gets a new name, so that the click on the old one is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard import state
from dashboard.components.deck import HEIGHT, Chart

CHART, NAMES, CLICKED = "map_canvas", "map_canvas.names", "map_canvas.clicked"
"""Session: the chart itself, how many names its layer has had, and the unit the browser has marked."""


@dataclass(frozen=True, kw_only=True)
class Marking:
    """Which name the layer has, the unit marked in what is sent, and the one the browser marks."""

    names: int
    sent: str
    clicked: str


def marking(names: int, clicked: str, picked: str) -> Marking:
    """How the picked unit gets its mark, once and in one place."""
    if clicked == picked:
        return Marking(names=names, sent="", clicked=clicked)
    return Marking(names=names + bool(clicked), sent=picked, clicked="")


def after_click(clicked: str, before: str, picked: str) -> str:
    """The unit picked after a click that has left the browser with ``clicked``; ``before`` it had another.

    Picked again, or beside all units, a unit is let go of. Without anything before and after, the browser
    has only forgotten a layer of an old name.
    """
    if clicked:
        return "" if clicked == picked else clicked
    return "" if before else picked


def layer_name(level: str) -> str:
    """The name of the layer in force for a level."""
    return f"{level}-{st.session_state.get(NAMES, 0)}"


def current(level: str, picked: str) -> Marking:
    """The marking of this run, and what follows from it kept for the next click."""
    found = marking(st.session_state.get(NAMES, 0), _clicked(layer_name(level)), picked)
    st.session_state[NAMES], st.session_state[CLICKED] = found.names, found.clicked
    return found


def show(chart: Chart, level: str, *, alt: str) -> None:
    """Draw the chart; a click picks the unit, or lets it go."""
    st.pydeck_chart(
        chart,
        key=CHART,
        height=HEIGHT,
        alt=alt,
        on_select=lambda: _pick(level),
        selection_mode="single-object",
    )


def _pick(level: str) -> None:
    held = st.session_state
    unit = after_click(_clicked(layer_name(level)), held.get(CLICKED, ""), held[state.UNIT])
    held[state.UNIT] = unit


def _clicked(layer: str) -> str:
    """The code of the unit the browser marks on a layer, "" for none."""
    chart = st.session_state.get(CHART)
    objects = chart["selection"]["objects"].get(layer, []) if chart else []
    return str(objects[0]["properties"]["code"]) if objects else ""
