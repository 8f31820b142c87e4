"""The receipt of a submission: its number, what was handed in, when, by whom, certified by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape

from dashboard.i18n import LANGUAGE, deferred, t
from etl.journal import Submission
from etl.review import STATE_TITLES
from etl.sheets import SHEETS

CONTENTS = {
    "reported": deferred("已报"),
    "zero_report": deferred("零报告"),
    "unchanged": deferred("与上期无变化"),
    "not_reported": deferred("未报"),
}


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a unit holds of a submission; ``sheets`` are title, how it was reported and its rows."""

    number: str
    submission_id: str
    unit_code: str
    period: str
    revision: int
    received_at: datetime
    received_by: str
    certified_by: str
    file_name: str
    sha256: str
    state: str
    sheets: tuple[tuple[str, str, int], ...]


def receipt_of(submission: Submission) -> Receipt:
    """The receipt of a submission; its number is made of unit, month and revision, so no two are alike."""
    return Receipt(
        number=f"{submission.unit_code}-{submission.period.replace('-', '')}-{submission.revision:02d}",
        submission_id=submission.submission_id,
        unit_code=submission.unit_code,
        period=submission.period,
        revision=submission.revision,
        received_at=submission.received_at,
        received_by=submission.received_by,
        certified_by=submission.certified_by or "",
        file_name=submission.file_name,
        sha256=submission.sha256,
        state=submission.state,
        sheets=tuple((sheet.sheet, sheet.content, sheet.row_count) for sheet in submission.sheets),
    )


def rows(receipt: Receipt, unit_name: str) -> list[tuple[str, str]]:
    """The receipt line by line, titles and values in the reader's language."""
    return [
        (t("回执号"), receipt.number),
        (t("填报单位"), unit_name),
        (t("报告期"), receipt.period),
        (t("版本"), t("第{n}版", n=receipt.revision)),
        (t("状态"), STATE_TITLES[receipt.state][LANGUAGE.get() == "en"]),
        (t("接收时间"), f"{receipt.received_at:%Y-%m-%d %H:%M:%S}"),
        (t("报送人"), receipt.received_by),
        (t("数据负责人"), receipt.certified_by or "–"),
        (t("文件"), receipt.file_name),
        (t("文件校验码"), receipt.sha256[:16]),
        *((SHEETS[key].title_zh, _reported(content, count)) for key, content, count in receipt.sheets),
    ]


def _reported(content: str, count: int) -> str:
    said = t(CONTENTS[content])
    return t("{said} {n}行", said=said, n=f"{count:,}") if content == "reported" else said


def page(receipt: Receipt, unit_name: str, language: str) -> str:
    """The receipt as a page of its own to keep or print (HTML)."""
    lines = "".join(
        f"<tr><th>{escape(title)}</th><td>{escape(value)}</td></tr>"
        for title, value in rows(receipt, unit_name)
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(receipt.number)}</title>'
        "<style>body{font:15px/1.7 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:640px;margin:40px auto}"
        "th{font-weight:400;color:#5a5a5a;text-align:left;padding-right:24px;vertical-align:top}</style></head>"
        f"<body><h1>{escape(t('报送回执'))}</h1><table>{lines}</table></body></html>"
    )
