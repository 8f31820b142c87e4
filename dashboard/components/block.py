"""A block of our own HTML and SVG on the page, with links that lead to views and ways to take it away.

st.html drops SVG and takes no clicks, so drawings and tables come this way. Whoever makes the HTML escapes
every text in it.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

SCRIPT = "\n".join(
    Path(__file__).with_name(f"{name}.js").read_text(encoding="utf-8")
    for name in ("find", "tips", "zoom", "block")
)
"""One script for every block: what is looked for, what marks say, maps to move, and the block itself."""


def show(html: str, *, key: str, **taken_away: object) -> None:
    """Draw ``html``; what is marked with ``links.going`` leads to its view before the page runs again.

    ``taken_away`` is what the script needs to save the block as a picture or a table; see ``exhibit``. A field marked
    ``data-find`` narrows the entries of the block as one types; see find.js.
    """
    # Styles are the page's own (style.css), hence not isolated.
    block = st.components.v2.component(
        "block", html='<div class="slot"></div>', js=SCRIPT, isolate_styles=False
    )
    block(key=key, data={"html": html, **taken_away})
