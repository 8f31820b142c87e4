"""The texts of the interface as the sources mark them, and catalogues that hold each of them once.

A text is marked by standing first, as a plain string, in a call of ``t``, ``deferred`` or ``linked``. The tree
of the source is read, not its tokens: calls stand within calls, and within the places of formatted strings.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

MARKING = frozenset({"t", "deferred", "linked"})
HEADER = 'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
"""What every gettext tool needs to know, and nothing that changes by itself."""


def messages(folder: Path) -> set[str]:
    """Every text marked in the Python sources of a folder and below."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in folder.rglob("*.py"))
    return {found for tree in trees for node in ast.walk(tree) for found in _marked(node)}


def _marked(node: ast.AST) -> Iterable[str]:
    if not isinstance(node, ast.Call) or not node.args:
        return
    called, first = node.func, node.args[0]
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    if name in MARKING and isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield first.value


def translations(path: Path) -> dict[str, str]:
    """The wordings of a catalogue by Chinese text, those still empty included; a new catalogue has none."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def write(path: Path, wordings: Mapping[str, str]) -> None:
    """A catalogue sorted by its Chinese texts, an entry a line, so that two versions differ by what changed."""
    catalogue = Catalog()
    for zh, wording in wordings.items():
        catalogue.add(zh, wording)
    with path.open("wb") as file:
        file.write(HEADER.format(language=path.stem).encode())
        write_po(file, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)


def update(path: Path, folder: Path) -> list[str]:
    """Bring a catalogue up to the sources: new texts in, unused ones out. Returns what is not translated yet."""
    known = translations(path)
    wordings = {zh: known.get(zh, "") for zh in messages(folder)}
    write(path, wordings)
    return sorted(zh for zh, wording in wordings.items() if not wording)
