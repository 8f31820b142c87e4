"""The contents of a long page: links that lead down to its parts without leaving the view, by keyboard too."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from dashboard.components import block
from dashboard.i18n import t


def show(parts: Mapping[str, str]) -> None:
    """A line of links to the blocks of these keys, by their titles; nothing for a page of one part."""
    if len(parts) > 1:
        block.show(
            f'<nav class="contents" aria-label="{escape(t("本页内容"))}">{links(parts)}</nav>', key="contents"
        )


def links(parts: Mapping[str, str]) -> str:
    """The links as a list; the script scrolls to the block of that key, or to the element of that name."""
    lines = "".join(
        f'<li><a href="#{escape(key)}" data-anchor="{escape(key)}">{escape(title)}</a></li>'
        for key, title in parts.items()
    )
    return f"<ul>{lines}</ul>"
