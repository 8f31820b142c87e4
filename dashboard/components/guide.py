"""The liaisons' guide on a page: the document itself, its pictures in their places. It is written in Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "liaison-guide.zh-CN.md"
PICTURE = re.compile(r"^!\[(.*)\]\((.*)\)$", re.MULTILINE)
WIDTH = 920


def show() -> None:
    """The document from its title on."""
    with st.container(key="guide", width=WIDTH):
        for text, caption, picture in parts(GUIDE.read_text(encoding="utf-8")):
            st.markdown(text)
            if picture:
                st.image(GUIDE.parent / picture, caption=caption)


def parts(document: str) -> list[tuple[str, str, str]]:
    """A Markdown document cut at its pictures: text, and the caption and path of the picture after it ("" at the end)."""
    text, *rest = PICTURE.split(document)
    pictures = [(*rest[place : place + 2],) for place in range(0, len(rest), 3)]
    texts = [text, *rest[2::3]]
    return [(told, *picture) for told, picture in zip(texts, [*pictures, ("", "")], strict=True)]
