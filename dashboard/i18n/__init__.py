"""The language of the screen. Chinese texts stand in the code and are the message ids of the catalogues.

A new language is one gettext catalogue (``<language>.po``) and its name in NAMES.
"""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path

from babel.messages.pofile import read_po

DEFAULT = "zh"
HERE = Path(__file__).parent
NAMES = {"zh": "中文", "en": "English"}
LANGUAGES = {key: name for key, name in NAMES.items() if key == DEFAULT or (HERE / f"{key}.po").exists()}
"""Languages by key, each under its own name; one without a catalogue is not offered."""

LANGUAGE: ContextVar[str] = ContextVar("language", default=DEFAULT)
"""Set by the frame at the start of a run; every text of that run is in it."""


def _catalogue(language: str) -> dict[str, str]:
    """A language's wording by Chinese text; Chinese needs none."""
    if language == DEFAULT:
        return {}
    with (HERE / f"{language}.po").open("rb") as file:
        return {
            str(message.id): str(message.string) for message in read_po(file) if message.id and message.string
        }


CATALOGUES = {language: _catalogue(language) for language in LANGUAGES}


def t(zh: str, **values: object) -> str:
    """A text of the interface in the reader's language, its {places} filled in."""
    wording = CATALOGUES[LANGUAGE.get()].get(zh, zh)
    return wording.format(**values) if values else wording


def deferred(zh: str) -> str:
    """Mark a text that stands in an entry and is put into the reader's language by ``t`` where it is shown."""
    return zh


def of(entry: object, field: str) -> str:
    """A bilingual field of an entry or a row, as ``of(kpi, "title")``."""
    name = f"{field}_{LANGUAGE.get()}"
    return str(entry[name] if isinstance(entry, dict) else getattr(entry, name))


def listed(parts: list[str]) -> str:
    """Short texts one after another, with the reader's comma."""
    return ("、" if LANGUAGE.get() == "zh" else ", ").join(parts)


def opening(text: str) -> str:
    """A text at the beginning of a line or in a box of its own: with a capital, where letters have any."""
    return text[:1].upper() + text[1:]


def within(text: str) -> str:
    """A text inside a sentence: without its capital, where letters have any."""
    return text[:1].lower() + text[1:]


def clauses(parts: list[str]) -> str:
    """Statements of one sentence one after another, with the reader's semicolon; empty ones are left out."""
    return ("；" if LANGUAGE.get() == "zh" else "; ").join(part for part in parts if part)


def in_one_sentence(parts: list[str]) -> str:
    """``clauses`` as a whole sentence, with the reader's full stop."""
    return clauses(parts) + ("。" if LANGUAGE.get() == "zh" else ".")


def sentences(parts: list[str]) -> str:
    """Whole sentences one after another: Chinese leaves no gap between them; empty ones are left out."""
    return ("" if LANGUAGE.get() == "zh" else " ").join(part for part in parts if part)


def spoken(error: Exception) -> str:
    """The reader's half of an error's message that says it in both languages ("中文 / English")."""
    zh, _, en = str(error).partition(" / ")
    return en if LANGUAGE.get() == "en" and en else zh
