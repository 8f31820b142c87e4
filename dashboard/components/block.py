"""A block of our own HTML and SVG on the page; rows marked with data-unit are picked by mouse and keyboard.

st.html drops SVG, so drawings come this way. Whoever makes the HTML escapes every text in it.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

SCRIPT = """
export default function ({ parentElement, data, setTriggerValue }) {
  const slot = parentElement.querySelector(".slot");
  const held = document.activeElement?.dataset?.unit;
  if (slot.shown !== data.html) {
    slot.innerHTML = data.html;  // every text in it was escaped where it was made
    slot.shown = data.html;
    if (held) slot.querySelector(`[data-unit="${CSS.escape(held)}"]`)?.focus();
  }
  const pick = (event) => {
    const row = event.target.closest("[data-unit]");
    if (row) setTriggerValue("unit", row.dataset.unit);
  };
  slot.onclick = pick;
  slot.onkeydown = (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(event); }
  };
}
"""


def show(html: str, *, key: str, on_pick: Callable[[str], None] | None = None) -> None:
    """Draw ``html``; a picked row calls ``on_pick`` with its unit before the page runs again."""
    # Styles are the page's own (style.css), hence not isolated.
    block = st.components.v2.component(
        "block", html='<div class="slot"></div>', js=SCRIPT, isolate_styles=False
    )
    picked = {} if on_pick is None else {"on_unit_change": lambda: on_pick(st.session_state[key].unit)}
    block(key=key, data={"html": html}, **picked)
