"""The way files come in: chosen or dropped, sent to a route of ours, which asks for a permission and checks them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.i18n import LANGUAGE, t
from dashboard.services.hand_in import LARGEST

SCRIPT = Path(__file__).with_name("upload.js").read_text(encoding="utf-8")
HTML = '<div class="upload"><input type="file" hidden><button type="button"></button> <span role="status"></span></div>'


def show(
    address: str,
    label: str,
    *,
    key: str,
    accept: str,
    minor: bool = False,
    fewest: int = 1,
    most: int = 1,
) -> None:
    """A button and a place to drop a file; once it is taken in, the page runs again.

    Several files (``most`` above 1) are sent one after another to numbers below the address and a batch of the
    sender's choice, then their names to the batch itself.
    """
    component = st.components.v2.component("upload", html=HTML, js=SCRIPT, isolate_styles=False)
    words = {
        "sending": t("正在上传"),
        "checking": t("已传完，正在检查…"),
        "large": t("文件超过20兆，请删去图片和无关的表后再上传。"),
        "joining": t("已传完，正在合并…"),
        "number": t("请一次选中{fewest}至{most}份文件。", fewest=fewest, most=most),
        "lost": t("连接中断。请重新上传；已经传完的，刷新本页即可看到结果。"),
    }
    data = {
        "address": address,
        "label": label,
        "accept": accept,
        "largest": LARGEST,
        "fewest": fewest,
        "most": most,
        "language": LANGUAGE.get(),
        "words": words,
        "minor": minor,
    }
    component(key=key, data=data, on_done_change=_nothing)


def _nothing() -> None:
    """What was sent is in the journal already; the run that follows shows it."""
