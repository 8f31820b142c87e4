"""The dictionary as one block: a field that narrows it as one types, the contents beside, the parts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from dashboard.components import block, contents
from dashboard.components.definitions import Part
from dashboard.components.synonyms import SYNONYMS
from dashboard.i18n import t


def show(parts: Sequence[Part], wanted: str) -> None:
    """The parts, narrowed to what is ``wanted`` from the start."""
    drawn = "".join(_part(each) for each in parts)
    block.show(
        f'<div class="dictionary"><div class="dictionary-side">{_field(wanted)}{_contents(parts)}</div>'
        f'<div class="defs" data-parts>{drawn}</div></div>',
        key="dictionary",
        synonyms=[list(line) for line in SYNONYMS],
    )


def _field(wanted: str) -> str:
    found, none = t("找到{count}条"), t("没有找到。换一个词，或少写一个词。")
    return (
        f'<input type="search" data-find data-key="find" value="{escape(wanted)}" aria-label="{escape(t("查找"))}"'
        f' placeholder="{escape(t("查找：指标、列名、文件名"))}" autocomplete="off">'
        f'<p class="src" role="status" data-found="{escape(found)}" data-none="{escape(none)}"></p>'
    )


def _contents(parts: Sequence[Part]) -> str:
    lists = "".join(
        f"<div data-group><p>{escape(group)}</p>{contents.links({each.key: each.title for each in members})}</div>"
        for group, members in groupby(parts, key=lambda part: part.group)
    )
    return f'<nav class="dictionary-contents" aria-label="{escape(t("本页内容"))}">{lists}</nav>'


def _part(part: Part) -> str:
    title = escape(part.title)
    named = f'id="{escape(part.key)}" data-part="{title}"'
    if part.folded:
        return f"<details {named}><summary><h2>{title}</h2></summary>{part.html}</details>"
    return f"<section {named}><h2>{title}</h2>{part.html}</section>"
