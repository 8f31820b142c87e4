"""Findings: what is wrong where, what is expected and how to mend it, in both languages.

A finding holds facts only; its texts come from the closed list of kinds when it is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from etl.checking.finding_kinds import KINDS, Kind
from etl.masking import mask_text
from etl.schema import Severity

if TYPE_CHECKING:
    from etl.gate import Refusal

__all__ = [
    "KINDS",
    "Finding",
    "Kind",
    "Words",
    "as_text",
    "blocks",
    "from_refusal",
    "key_of",
    "packed",
    "render",
    "subject",
    "unpacked",
]

Language = Literal["zh", "en"]

LONGEST_VALUE = 80
SEVERITIES: dict[Severity, dict[Language, str]] = {
    "must": {"zh": "强制性", "en": "must"},
    "verify": {"zh": "核实性", "en": "verify"},
    "info": {"zh": "提示", "en": "info"},
}


@dataclass(frozen=True, kw_only=True)
class Words:
    """A text that goes into a finding, in both languages."""

    zh: str
    en: str


Argument = str | int | Words


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to mend, verify or know.

    ``sheet`` and ``column`` are titles as in the workbook, ``cell`` an address such as D14; each is
    empty where it does not apply. ``value`` is what was seen, masked and cut to 80 characters.
    """

    kind: str
    severity: Severity
    sheet: str = ""
    cell: str = ""
    column: str = ""
    value: str = ""
    arguments: tuple[tuple[str, Argument], ...] = ()


def finding(
    kind: str,
    *,
    sheet: str = "",
    cell: str = "",
    column: str = "",
    value: str | None = None,
    severity: Severity | None = None,
    **arguments: Argument,
) -> Finding:
    """A finding of a kind from the closed list (KeyError otherwise), its value made fit to show."""
    return Finding(
        kind=kind,
        severity=severity or KINDS[kind].severity,
        sheet=sheet,
        cell=cell,
        column=column,
        value=shown(value),
        arguments=tuple(sorted(arguments.items())),
    )


def shown(value: str | None) -> str:
    """A value as a finding may show it: one line, personal numbers masked, at most 80 characters."""
    # Masked before it is cut, so that a cut cannot leave half a number unmasked; 20,000 bounds the work.
    line = mask_text(" ".join((value or "")[:20_000].split()))
    return line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 1] + "…"


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether anything must be mended before the workbook can be accepted."""
    return any(each.severity == "must" for each in findings)


def key_of(each: Finding) -> str:
    """What stays the same of a finding when the workbook is checked again: 16 characters, for its reason."""
    told = "\n".join((each.kind, each.sheet, each.cell, each.column, subject(each)))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def subject(each: Finding) -> str:
    """The value a finding is about; of a row that is missing, and has no cell, the number it should have."""
    return each.value if each.cell else each.value or str(dict(each.arguments).get("before", ""))


def packed(each: Finding) -> dict[str, Any]:
    """A finding as JSON can hold it."""
    return asdict(each)


def unpacked(held: Mapping[str, Any]) -> Finding:
    """The finding that ``packed`` made this of, also after a journey through JSON."""
    arguments = tuple(
        (name, Words(**value) if isinstance(value, Mapping) else value) for name, value in held["arguments"]
    )
    return Finding(**{**held, "arguments": arguments})


def render(each: Finding, file: str, language: Language = "zh") -> dict[str, str]:
    """A finding as it is shown: file, severity, kind, sheet, cell, column, value, expected, remedy."""
    kind, slots = KINDS[each.kind], _slots(each, language)
    return {
        "file": file,
        "severity": SEVERITIES[each.severity][language],
        "kind": each.kind,
        "sheet": each.sheet,
        "cell": each.cell,
        "column": each.column,
        "value": each.value,
        "expected": getattr(kind, f"expected_{language}").format_map(slots),
        "remedy": getattr(kind, f"remedy_{language}").format_map(slots),
    }


def title(each: Finding, language: Language = "zh") -> str:
    """The name of a finding's kind."""
    return getattr(KINDS[each.kind], f"title_{language}")


def as_text(each: Finding, file: str, language: Language = "zh") -> str:
    """A finding in one line for the terminal: where, what, seen, expected, how to mend it."""
    row = render(each, file, language)
    where = " ".join(part for part in (row["file"], row["sheet"], row["cell"], row["column"]) if part)
    seen, expected, mend = {
        "zh": ("现为", "应为", "处理"),
        "en": ("found", "expected", "remedy"),
    }[language]
    found = f" | {seen}: {row['value']}" if row["value"] else ""
    return (
        f"[{row['severity']}] {where}: {title(each, language)}{found}"
        f" | {expected}: {row['expected']} | {mend}: {row['remedy']}"
    )


def _slots(each: Finding, language: Language) -> dict[str, object]:
    words = {
        name: getattr(argument, language) if isinstance(argument, Words) else argument
        for name, argument in each.arguments
    }
    return {"sheet": each.sheet, "cell": each.cell, "column": each.column, "value": each.value, **words}


_LOOKS_LIKE = {
    "pdf": Words(zh="PDF 文档", en="a PDF document"),
    "rtf": Words(zh="RTF 文档", en="an RTF document"),
    "picture": Words(zh="图片", en="a picture"),
    "archive": Words(zh="压缩包", en="an archive"),
    "doc": Words(zh="Word 文档", en="a Word document"),
    "ppt": Words(zh="演示文稿", en="a presentation"),
}
_LIMITS = {
    "file_bytes": Words(zh="文件字节数", en="A file"),
    "parts": Words(zh="文件内部件数", en="A number of parts"),
    "inflated_bytes": Words(zh="解压后字节数", en="Inflated bytes"),
    "part_bytes": Words(zh="单个部件字节数", en="Bytes of one part"),
    "ratio": Words(zh="压缩比", en="A compression ratio"),
    "cells": Words(zh="单元格数", en="A number of cells"),
    "rows": Words(zh="行数", en="A number of rows"),
    "columns": Words(zh="列数", en="A number of columns"),
    "area": Words(zh="表格范围(行数×列数)", en="An area (rows × columns)"),
    "strings": Words(zh="文本数", en="A number of texts"),
    "text_characters": Words(zh="单格文字数", en="Characters in one cell"),
    "table_bytes": Words(zh="表格字节数", en="Bytes of a table"),
    "depth": Words(zh="内部嵌套层数", en="A nesting depth"),
}


def from_refusal(refusal: Refusal) -> Finding:
    """The finding that tells why a file was refused at the gate."""
    detail = refusal.detail
    arguments: dict[str, Argument] = {}
    if refusal.kind == "too_large":
        what = str(detail.get("what", "file_bytes"))
        arguments = {"limit_of": _LIMITS.get(what, _LIMITS["file_bytes"]), "limit": detail.get("limit", "")}
    looks_like = str(detail.get("looks_like", ""))
    seen = detail.get("found") or (_LOOKS_LIKE[looks_like].zh if looks_like in _LOOKS_LIKE else looks_like)
    value = str(seen or " ".join(str(detail[name]) for name in ("part", "problem") if name in detail))
    return finding(refusal.kind, value=value, **arguments)
