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
    empty where it does not apply. ``value`` is what was seen, masked and cut to 80 characters; where that is no text
    of the file but needs words of ours, they are the argument ``seen``.
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
        "value": slots["value"],
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
    place = {"sheet": each.sheet, "cell": each.cell, "column": each.column}
    return {**NOTHING_TO_SUGGEST, **place, "value": words.get("seen", each.value), **words}


NOTHING_TO_SUGGEST = {"similar": "", "meant": "", "stray": ""}
"""Parts of a remedy that stand there only where there is something to suggest."""
_LOOKS_LIKE = {
    "pdf": Words(zh="PDF 文档", en="a PDF document"),
    "rtf": Words(zh="RTF 文档", en="an RTF document"),
    "picture": Words(zh="图片", en="a picture"),
    "archive": Words(zh="压缩包", en="an archive"),
    "doc": Words(zh="Word 文档", en="a Word document"),
    "docx": Words(zh="Word 文档", en="a Word document"),
    "ppt": Words(zh="演示文稿", en="a presentation"),
    "pptx": Words(zh="演示文稿", en="a presentation"),
    "vsdx": Words(zh="绘图文件", en="a drawing"),
    "odf": Words(zh="OpenDocument 文档", en="an OpenDocument file"),
    "zip": Words(zh="压缩包", en="an archive"),
    "html": Words(zh="网页", en="a web page"),
    "xml": Words(zh="数据交换文件", en="an XML file"),
    "xml_spreadsheet": Words(zh="2003版 Excel 的交换格式", en="a spreadsheet in the XML form of Excel 2003"),
    "csv": Words(zh="逗号分隔的文本", en="a text with commas"),
    "tsv": Words(zh="制表符分隔的文本", en="a text with tabs"),
    "text": Words(zh="文本", en="a text"),
}
_PROBLEMS = {
    "directory": Words(
        zh="压缩目录读不出，可能没有下载完整", en="its directory cannot be read; perhaps half downloaded"
    ),
    "truncated": Words(zh="文件不完整，可能没有下载完整", en="it ends too early; perhaps half downloaded"),
    "checksum": Words(zh="内容与校验和不符", en="its content does not match its checksum"),
    "compression": Words(zh="解压失败", en="it cannot be inflated"),
    "compression_method": Words(zh="压缩方式不被支持", en="a way of compression we do not read"),
    "larger_than_declared": Words(zh="实际内容比声明的大", en="it inflates to more than it declares"),
    "data_after_end": Words(zh="文件末尾有多余内容", en="something follows its end"),
    "unsafe_name": Words(zh="内部文件名不合规范", en="a part has a name that is not allowed"),
    "duplicate_name": Words(zh="内部文件名重复", en="two parts have one name"),
    "encrypted_part": Words(zh="部分内容已加密", en="a part of it is encrypted"),
    "local_header": Words(zh="内部目录前后不一致", en="its directory contradicts its parts"),
    "overlap": Words(zh="内部文件互相重叠", en="its parts overlap"),
    "encoding": Words(zh="文字编码读不出", en="an encoding we do not read"),
    "sheet_without_data": Words(
        zh="有一张工作表的内容不在文件里", en="the content of a sheet is not in the file"
    ),
    "time": Words(zh="读取超时", en="reading took too long"),
    "memory": Words(zh="读取所需内存过大", en="reading takes too much memory"),
    "process_died": Words(zh="读取时中断", en="reading broke off"),
    "changed while it was read": Words(zh="读取时文件被改动", en="it changed while it was read"),
}
_LIBRARY_PROBLEMS = {
    "corrupt_zip": Words(zh="压缩内容不完整", en="its archive is not whole"),
    "corrupt_xml": Words(zh="工作表内容不完整", en="the content of a sheet is not whole"),
    "unreadable": Words(zh="内容不合电子表格的格式", en="its content is not that of a spreadsheet"),
}
"""What is said instead of what a library says of a file: that is neither Chinese nor for a liaison."""
_LIMITS = {
    "file_bytes": Words(zh="文件字节数", en="A file"),
    "parts": Words(zh="文件内部件数", en="A number of parts"),
    "inflated_bytes": Words(zh="解压后字节数", en="Inflated bytes"),
    "part_bytes": Words(zh="单个部件字节数", en="Bytes of one part"),
    "ratio": Words(zh="压缩比", en="A compression ratio"),
    "cells": Words(zh="单元格数", en="A number of cells"),
    "rows": Words(zh="行数", en="A number of rows"),
    "columns": Words(zh="列数", en="A number of columns"),
    "area": Words(zh="表格范围（行数×列数）", en="An area (rows × columns)"),
    "strings": Words(zh="文本数", en="A number of texts"),
    "text_characters": Words(zh="单格文字数", en="Characters in one cell"),
    "table_bytes": Words(zh="表格字节数", en="Bytes of a table"),
    "depth": Words(zh="内部嵌套层数", en="A nesting depth"),
}


def from_refusal(refusal: Refusal) -> Finding:
    """The finding that tells why a file was refused at the gate."""
    detail = refusal.detail
    if refusal.kind == "too_large":
        return _too_large(detail)
    sheet = str(detail.get("sheet", ""))
    seen = _LOOKS_LIKE.get(str(detail.get("looks_like", "")))
    if seen is None and "problem" in detail:
        seen = _PROBLEMS.get(str(detail["problem"])) or _LIBRARY_PROBLEMS.get(refusal.kind)
    return finding(refusal.kind, sheet=sheet, **({"seen": seen} if seen else {}))


def _too_large(detail: Mapping[str, str | int]) -> Finding:
    """The finding that tells which limit is passed, and by which cell where it is one."""
    what, sheet, cell = (str(detail.get(name, "")) for name in ("what", "sheet", "cell"))
    stray = Words(
        zh=f"先看“{sheet}”的{cell}，误填在远处的，删去它所在的行和列；",
        en=f"Look at {cell} of {sheet} first: if it was typed far away by mistake, delete its row and column. ",
    )
    return finding(
        "too_large",
        sheet=sheet,
        cell=cell if sheet else "",
        value=str(detail.get("found", "")),
        limit_of=_LIMITS.get(what, _LIMITS["file_bytes"]),
        limit=detail.get("limit", ""),
        **({"stray": stray} if sheet and cell else {}),
    )
