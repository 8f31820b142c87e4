"""Links within the dashboard, as HTML: an address of ``page?key=value``.

The block follows it without loading the page anew; opened in a new tab it is an ordinary address. Either way
it is completed with the filters in force.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from dashboard.i18n import t
from dashboard.pages import PAGES


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Where the links of a reader's pages lead: ``root`` is the page at the root, ``pages`` those they may open."""

    root: str
    pages: frozenset[str]


EVERYWHERE = Ways(root=PAGES[0].key, pages=frozenset(page.key for page in PAGES))
WAYS: ContextVar[Ways] = ContextVar("ways", default=EVERYWHERE)
"""Of the reader of this run, set by the frame."""


def address(page: str = "", **keys: str | None) -> str:
    """``page?key=value``: no page stays on this one, None or "" lets a key go."""
    page = "./" if page == WAYS.get().root else page
    query = urlencode({key: value or "" for key, value in keys.items()})
    return f"{page}?{query}" if query else page


def link(text: str, page: str = "", **keys: str | None) -> str:
    """A link to a view, its text escaped; the text alone where the reader may not open that page."""
    if not _leads(page):
        return escape(text)
    return f'<a href="#" {going(page, **keys)}>{escape(text)}</a>'


def going(page: str = "", **keys: str | None) -> str:
    """The attribute that makes any element lead to a view; give it ``tabindex="0"`` unless it is a link."""
    if not _leads(page):
        return ""
    return f'data-go="{escape(address(page, **keys))}"'


def _leads(page: str) -> bool:
    return not page or page in WAYS.get().pages


def linked(zh: str, **parts: str) -> str:
    """A sentence of the interface with {places} for links: the wording is escaped, the parts are HTML."""
    return escape(t(zh)).format(**parts)
