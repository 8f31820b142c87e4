"""A small table of facts: titles over lines; on a narrow screen each line becomes a block of labelled values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: its cells as HTML, and what its row carries besides, such as where it leads (``links.going``)."""

    cells: Sequence[str]
    row: str = ""


def line(*texts: str, row: str = "") -> Line:
    """A line of plain texts."""
    return Line(cells=[escape(text) for text in texts], row=row)


def table(titles: Sequence[str], lines: Iterable[Line], *, css: str = "") -> str:
    """The table as HTML; ``css`` is a class of its own."""
    heads = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    body = "".join(_row(titles, each) for each in lines)
    named = f' class="{css}"' if css else ""
    return (
        f'<div class="plain-table" tabindex="0"><table{named}><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(titles: Sequence[str], each: Line) -> str:
    cells = "".join(
        f'<td data-label="{escape(title)}"{"" if cell else " data-empty"}>{cell}</td>'
        for title, cell in zip(titles, each.cells, strict=True)
    )
    return f"<tr {each.row}>{cells}</tr>" if each.row else f"<tr>{cells}</tr>"
