"""Before handing in: a unit's template, and its workbook checked, explained, marked or put aside."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import PurePath

import sqlalchemy as sa

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts, pacing
from dashboard.services.checking import CHECKS_AT_ONCE, GONE, check, findings_of
from dashboard.services.reporting import NotReadyError, place
from dashboard.services.room import require_room
from etl import drafts
from etl.drafts import Draft
from etl.gate import REFUSAL_KINDS
from etl.keeping.purge import was_purged
from etl.mark import marked_copy
from etl.writing.issue_template import issue_template

LARGEST = 20 * 1024 * 1024
NEWER = "已上传了新的文件，请刷新页面核对后再办 / a newer file was uploaded: reload and look at it first"
MARKED = "-标注"
"""Ends the name of a marked copy, once, however often it goes to and fro."""


def _what(unit_code: str, period: str) -> str:
    return f"{unit_code} {period}"


def template(here: Doors, principal: Principal, unit_code: str, period: str) -> tuple[str, bytes]:
    """This month's template of a unit, what earlier months left open in it: file name and workbook."""
    acts.allow(here, principal, "template.download", unit=unit_code, what=_what(unit_code, period))
    campaign, unit = place(here, unit_code, period)
    content = issue_template(campaign, unit, period, here.store)
    acts.tell(here, principal, "template.download", _what(unit_code, period))
    return f"{unit.name}-{period}.xlsx", content


def receive(
    here: Doors, principal: Principal, unit_code: str, period: str, file_name: str, content: bytes
) -> Draft:
    """Check an uploaded workbook and keep it as the unit's draft of the month; whatever it holds, findings come back.

    Raises RefusedError, NotReadyError, pacing.TooOftenError.
    """
    acts.allow(here, principal, "workbook.check", unit=unit_code, what=_what(unit_code, period))
    campaign, unit = place(here, unit_code, period)
    if not 0 < len(content) <= LARGEST:
        raise NotReadyError("文件应在1字节到20兆之间 / a file has 1 byte to 20 MB")
    require_room(here)
    what, name = _what(unit_code, period), PurePath(file_name).name
    with acts.acting(here, principal, "workbook.upload", unit=unit_code, what=what, file=name) as connection:
        pacing.require_turn(connection, principal, here.now())
    sha256 = here.store.keep(here.store.workbooks, content, ".xlsx")
    file = check(here, campaign, sha256, here.now())
    draft = Draft(
        draft_id=secrets.token_hex(8),
        unit_code=unit_code,
        period=period,
        sha256=sha256,
        file_name=name,
        findings=findings_of(here, campaign, unit, period, file, name),
        reasons={},
        uploaded_by=principal.name,
        uploaded_at=here.now(),
    )
    detail = {"file": name, "sha256": sha256, "findings": len(draft.findings)}
    with acts.acting(here, principal, "workbook.check", unit=unit_code, what=what, **detail) as connection:
        return drafts.keep(connection, draft)


def explain(
    here: Doors, principal: Principal, unit_code: str, period: str, reasons: Mapping[str, str]
) -> Draft:
    """Give reasons, by the finding's key, for values a 核实性 finding asks about."""
    what = _what(unit_code, period)
    with acts.acting(
        here, principal, "finding.explain", unit=unit_code, what=what, reasons=len(reasons)
    ) as connection:
        draft = drafts.find(connection, unit_code, period)
        if draft is None:
            raise nothing_uploaded(connection, unit_code, period)
        return drafts.explain(connection, draft, reasons)


def discard(here: Doors, principal: Principal, unit_code: str, period: str, draft_id: str) -> None:
    """Put aside what a unit has uploaded for a month and not handed in; what was handed in stands as it stood.

    Raises NotReadyError where another upload stands in its place by now.
    """
    what = _what(unit_code, period)
    with acts.acting(here, principal, "workbook.discard", unit=unit_code, what=what) as connection:
        draft = drafts.find(connection, unit_code, period)
        if draft is not None and draft.draft_id != draft_id:
            raise NotReadyError(NEWER)
        drafts.drop(connection, draft_id)


def found_draft(here: Doors, unit_code: str, period: str) -> Draft:
    """What a unit has uploaded for a month; NotReadyError says why there is nothing."""
    with here.journal().reading() as connection:
        draft = drafts.find(connection, unit_code, period)
        if draft is None:
            raise nothing_uploaded(connection, unit_code, period)
        return draft


def nothing_uploaded(connection: sa.Connection, unit_code: str, period: str) -> NotReadyError:
    """Why a unit has no workbook for a month: none was uploaded, or it was purged on its schedule."""
    if was_purged(connection, unit_code, period):
        return NotReadyError(
            "这份填报表上传后久未提交，已按保留期限清除；请重新上传"
            " / this workbook was not handed in for long and was purged on its schedule: upload it again"
        )
    return NotReadyError("还没有上传填报表，请先上传 / no workbook has been uploaded yet: upload it first")


def marked(
    here: Doors, principal: Principal, unit_code: str, period: str, language: str
) -> tuple[str, bytes]:
    """The unit's own workbook back, every finding marked at its cell: file name and workbook.

    Raises RefusedError, NotReadyError, pacing.TooOftenError.
    """
    what = _what(unit_code, period)
    acts.allow(here, principal, "workbook.marked", unit=unit_code, what=what)
    draft = found_draft(here, unit_code, period)
    if any(each.kind in REFUSAL_KINDS for each in draft.findings):
        raise NotReadyError(
            "这个文件打不开，无法标注；请按提示处理后重新上传 / this file does not open, so nothing can be marked"
        )
    with acts.acting(here, principal, "workbook.marked", unit=unit_code, what=what) as connection:
        pacing.require_turn(connection, principal, here.now())
    with CHECKS_AT_ONCE:
        content = _received(here, draft)
        content = marked_copy(content, draft.findings, "en" if language == "en" else "zh")
    return f"{PurePath(draft.file_name).stem.removesuffix(MARKED)}{MARKED}.xlsx", content


def _received(here: Doors, draft: Draft) -> bytes:
    try:
        return here.store.kept(here.store.workbooks, draft.sha256, ".xlsx").read_bytes()
    except FileNotFoundError:
        raise NotReadyError(GONE) from None
