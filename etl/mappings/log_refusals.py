"""What to say of a file that cannot be read as a log: it is no submission, and its owner fills in no template."""

from __future__ import annotations

from etl.findings import as_text, from_refusal
from etl.gate import Refusal

ENCODINGS = "UTF-8, UTF-16, GB18030"


def refusal_text(refusal: Refusal, name: str) -> str:
    """Why a log cannot be read and how to mend it, in both languages."""
    zh, en = _sentence(refusal) or (
        as_text(from_refusal(refusal), name, language) for language in ("zh", "en")
    )
    return f"{zh} / {en}" if _sentence(refusal) is None else f"{name}：{zh} / {en}"


def _sentence(refusal: Refusal) -> tuple[str, str] | None:
    """The words for what only a log can be; None where those of a workbook do."""
    if refusal.kind == "empty_file":
        return "文件中没有内容；请重新导出台账", "the file holds nothing: export the log again"
    if line := refusal.detail.get("open_quote"):
        return (
            f"第{line}行有一个引号一直没有闭合，其后的行都会并入一格；请补上或删去引号，或重新导出",
            f"a quote on line {line} is never closed and would take all the rows behind it into one cell: close or delete"
            " it, or export the log again",
        )
    if refusal.kind == "not_spreadsheet":
        return (
            f"不是能读的台账：既不是 xlsx 或 ods 工作簿，也不是能按 {ENCODINGS.replace(', ', '、')} 读出的文本；"
            "可能是别种文件，或有坏的字节；请重新导出为 xlsx，或编码为 UTF-8 的 CSV",
            f"not a log that can be read: neither an .xlsx or .ods workbook nor text in {ENCODINGS}; it may be another"
            " kind of file or have broken bytes: export it again as .xlsx, or as .csv in UTF-8",
        )
    return None
