"""Notes of the marked copy: ours above, the unit's own kept below, each to be told from the other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from openpyxl.comments import Comment

MARKER = "检查程序"
"""Author of our notes, by which they are known again."""
NOTE_WIDTH, LINE_HEIGHT, LINE_CHARACTERS = 320, 18, 24
LONGEST_NOTE = 8_000

_BELOW = re.compile(r"\n―― 原批注〔(?P<author>[^\n]*)〕\n(?P<text>.*)\Z", re.DOTALL)


def with_mark(note: Comment | None, texts: Sequence[str]) -> Comment:
    """Our note, with the unit's own (if any) below it."""
    text = "\n\n".join(texts)[:LONGEST_NOTE]
    if note is not None:
        text += f"\n―― 原批注〔{note.author or ''}〕\n{note.text}"
    return _sized(Comment(text, MARKER))


def own_note(note: Comment) -> Comment | None:
    """The unit's note without ours; None where there was none."""
    if note.author != MARKER:
        return _sized(Comment(note.text, note.author))
    below = _BELOW.search(note.text)
    return _sized(Comment(below["text"], below["author"])) if below else None


def _sized(note: Comment) -> Comment:
    """The note in a box as tall as its text; openpyxl does not read the box a note had."""
    lines = sum(1 + len(line) // LINE_CHARACTERS for line in note.text.split("\n"))
    note.width, note.height = NOTE_WIDTH, LINE_HEIGHT * lines + 14
    return note
