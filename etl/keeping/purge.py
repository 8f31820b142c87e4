"""Purging: workbooks as received hold personal data, and go when the campaign's setting says so.

The rows, the journal, the audit and the sha256 stay: what was handed in can still be proven, not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import sqlalchemy as sa
from filelock import FileLock, Timeout

from etl import audit, drafts
from etl.act import Act
from etl.journal import Journal
from etl.journal_tables import AUDIT
from etl.keeping.contents import PURGED
from etl.keeping.due import Due, Held, due, held_in
from etl.store import Store

DRAFT_PURGED = "draft.purge"
WORKED_ON = ("workbook.check", "submission.submit")
"""Acts after which a draft that is gone is gone for another reason, or another is there."""


class BusyError(Exception):
    """A backup or another purge is running; says when to try again."""


def purge(
    store: Store,
    journal: Journal,
    days: int,
    now: datetime,
    *,
    who: str,
    told: Mapping[str, object] | None = None,
    dry_run: bool = False,
) -> Due:
    """Remove the workbooks as received that are past their ``days``, and the drafts nobody has touched for as long.

    Audited as an act of ``who`` with the detail ``told``; where there is nothing to do, nothing is written.
    Raises BusyError.
    """
    try:
        with FileLock(store.purge_lock, timeout=0):
            return _purged(store, journal, days, now, who, told or {}, dry_run=dry_run)
    except Timeout:
        raise BusyError(
            "正在备份或清除，请稍后再试 / a backup or another purge is running: try again later"
        ) from None


def _purged(
    store: Store,
    journal: Journal,
    days: int,
    now: datetime,
    who: str,
    told: Mapping[str, object],
    *,
    dry_run: bool,
) -> Due:
    # Within the lock nobody brings again the bytes that are about to go: who comes after writes them anew.
    with store.received() as received:
        with journal.writing() as connection:
            found = due(connection, held_in(received), days, now)
            if dry_run:
                return found
            for unit_code, period, _ in found.drafts:
                drafts.clear(connection, unit_code, period)
            for act in _acts(found, days, now, who, told):
                audit.append(connection, store.audit_key(), act)
        # The journal has said so before the first is gone: a purge that is killed leaves nothing missing
        # unexplained, and the next one goes on with what is left.
        for held in (*found.workbooks, *found.orphans):
            held.path.unlink(missing_ok=True)
    return found


def _acts(found: Due, days: int, now: datetime, who: str, told: Mapping[str, object]) -> Iterator[Act]:
    for unit_code, period, sha256 in found.drafts:
        what = f"{unit_code} {period}"
        yield Act(at=now, who=who, action=DRAFT_PURGED, object=what, detail={**told, "sha256": sha256})
    hashes = [held.sha256 for held in (*found.workbooks, *found.orphans) if held.sha256]
    counts = {"workbooks": len(found.workbooks), "orphans": len(found.orphans), "days": days}
    if found.workbooks or found.orphans:
        detail = {**told, **counts, "hashes": ",".join(hashes)}
        yield Act(at=now, who=who, action=PURGED, object="", detail=detail)


def was_purged(connection: sa.Connection, unit_code: str, period: str) -> bool:
    """Whether the last draft of a unit and month was purged, and nothing uploaded or handed in since."""
    query = sa.select(AUDIT.c.action).where(
        AUDIT.c.object == f"{unit_code} {period}",
        AUDIT.c.outcome == "done",
        AUDIT.c.action.in_((DRAFT_PURGED, *WORKED_ON)),
    )
    last = connection.execute(query.order_by(AUDIT.c.sequence.desc()).limit(1)).scalar()
    return last == DRAFT_PURGED


def listed(found: Due) -> Iterator[str]:
    """What goes, a line each: what it is, and its sha256 or its file's name."""
    for title, each in (("workbook", found.workbooks), ("orphan", found.orphans)):
        yield from (f"{title}\t{_named(held)}" for held in each)
    yield from (f"draft\t{sha256}\t{unit_code}\t{period}" for unit_code, period, sha256 in found.drafts)


def _named(held: Held) -> str:
    return held.sha256 or held.path.name


def summary(found: Due, days: int, *, dry_run: bool) -> str:
    """How much goes, and how much is past its days and stays all the same, and why."""
    zh, en = ("将清除", "to be purged") if dry_run else ("已清除", "purged")
    counts = len(found.workbooks), len(found.orphans), len(found.drafts)
    kept = found.kept
    return (
        f"{zh}（{days}天）：报送原件{counts[0]}份，无主文件{counts[1]}份，草稿{counts[2]}份；"
        f"到期仍保留：待审核{kept['waiting']}份，所在月份未冻结{kept['open']}份，草稿{kept['draft']}份"
        f" / {en} after {days} days: {counts[0]} workbooks, {counts[1]} orphans, {counts[2]} drafts; past their days"
        f" and kept: {kept['waiting']} wait for review, {kept['open']} of months not frozen, {kept['draft']} of drafts"
    )
