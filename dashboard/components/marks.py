"""The marks of a judgement: shape and colour together, the same everywhere. No red and green."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from dashboard.i18n import deferred, t

MET, MISSED, GREY, INK = "#1F6FB2", "#B04E0E", "#5A5A5A", "#1D1D1F"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A sign, the CSS class that colours it, and what it says."""

    sign: str
    css: str
    word: str


STATUS = {
    "met": Mark(sign="●", css="met", word=deferred("达标")),
    "missed": Mark(sign="▼", css="missed", word=deferred("未达标")),
    "too_few_cases": Mark(sign="○", css="grey", word=deferred("样本不足")),
    "not_applicable": Mark(sign="–", css="grey", word=deferred("不适用")),
    "not_reported": Mark(sign="✕", css="absent", word=deferred("未报")),
    "not_due": Mark(sign="◌", css="grey", word=deferred("未到期")),
    "no_target": Mark(sign="", css="", word=deferred("无目标")),
}
# What is as it should be is a light tick: what is not stands out.
HAND_IN = {
    "on_time": Mark(sign="✓", css="on-time", word=deferred("按时")),
    "late": Mark(sign="◐", css="late", word=deferred("迟报")),
    "not_reported": Mark(sign="✕", css="missed", word=deferred("未报")),
    "not_due": Mark(sign="◌", css="grey", word=deferred("未到期")),
}
EXTENDED = Mark(sign="▷", css="grey", word=deferred("准予延期"))
"""Stands beside the timing of a report: its due day is the unit's own."""


def html(mark: Mark) -> str:
    """The sign alone; its word is read out and shown on hovering."""
    if not mark.sign:
        return ""
    word = escape(t(mark.word))
    return f'<b class="{mark.css}" role="img" aria-label="{word}" title="{word}">{mark.sign}</b>'


def colour(status: str) -> str:
    """The colour a value earns: that of its judgement, grey without one."""
    return {"met": MET, "missed": MISSED}.get(status, GREY)
