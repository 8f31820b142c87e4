"""The language of the screen. Chinese texts stand in the code and are the keys of every other language."""

from __future__ import annotations

from contextvars import ContextVar

LANGUAGE: ContextVar[str] = ContextVar("language", default="zh")
"""Set by the frame at the start of a run; every text of that run is in it."""

CATALOGUES: dict[str, dict[str, str]] = {"zh": {}}
"""For each language its wording of the Chinese texts; Chinese needs none."""


def t(zh: str, **values: object) -> str:
    """A text of the interface in the reader's language, its {places} filled in."""
    wording = CATALOGUES[LANGUAGE.get()].get(zh, zh)
    return wording.format(**values) if values else wording


def of(entry: object, field: str) -> str:
    """A bilingual field of an entry or a row, as ``of(kpi, "title")``."""
    name = f"{field}_{LANGUAGE.get()}"
    return str(entry[name] if isinstance(entry, dict) else getattr(entry, name))
