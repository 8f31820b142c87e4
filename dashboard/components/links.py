"""Links within the dashboard, as HTML: an address of ``page?key=value``.

The block follows it without loading the page anew; opened in a new tab it is an ordinary address. Either way
it is completed with the filters in force.
"""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from dashboard.i18n import t
from dashboard.pages import PAGES


def address(page: str = "", **keys: str | None) -> str:
    """``page?key=value``: no page stays on this one, None or "" lets a key go."""
    # The first page stands at the root.
    page = "./" if page == PAGES[0].key else page
    query = urlencode({key: value or "" for key, value in keys.items()})
    return f"{page}?{query}" if query else page


def link(text: str, page: str = "", **keys: str | None) -> str:
    """A link to a view, its text escaped."""
    return f'<a href="#" {going(page, **keys)}>{escape(text)}</a>'


def going(page: str = "", **keys: str | None) -> str:
    """The attribute that makes any element lead to a view; give it ``tabindex="0"`` unless it is a link."""
    return f'data-go="{escape(address(page, **keys))}"'


def linked(zh: str, **parts: str) -> str:
    """A sentence of the interface with {places} for links: the wording is escaped, the parts are HTML."""
    return escape(t(zh)).format(**parts)
