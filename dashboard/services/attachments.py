"""Attachments of a unit's month, such as the stamped scan: PDF or picture, kept as received."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePath

import sqlalchemy as sa

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts
from dashboard.services.reporting import NotReadyError, place
from dashboard.services.room import require_room
from etl.journal import PASSED, FrozenMonthError, is_frozen
from etl.journal_tables import ATTACHMENT, SUBMISSION
from etl.masking import mask_text

KINDS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""What may be attached, by the first bytes of the content: a file's ending says nothing."""
MOST, MOST_EVER = 10, 40
"""Of a month at once, and with those taken off: their bytes stay for a while."""
LARGEST_NUMBER = 2**63 - 1
"""What the journal can count to."""


def add(
    here: Doors, principal: Principal, unit_code: str, period: str, file_name: str, content: bytes
) -> int:
    """Keep a file with a unit's month; its number. The same bytes again keep the number they have."""
    what = f"{unit_code} {period}"
    acts.allow(here, principal, "attachment.add", unit=unit_code, what=what)
    place(here, unit_code, period)
    if not any(content.startswith(beginning) for beginning in KINDS):
        raise NotReadyError("附件只收 PDF、PNG、JPEG，例如盖章页的扫描件 / attachments are PDF, PNG or JPEG")
    require_room(here)
    sha256 = hashlib.sha256(content).hexdigest()
    with here.journal().reading() as connection:
        # Asked before the bytes are kept, and again where it counts.
        _require_place(connection, unit_code, period, sha256)
    here.store.keep(here.store.attachments, content, "")
    name = mask_text(PurePath(file_name).name)
    with acts.acting(here, principal, "attachment.add", unit=unit_code, what=what, file=name) as connection:
        if is_frozen(connection, period):
            raise FrozenMonthError(
                f"{period}已冻结，不再接收附件 / {period} is frozen and takes no attachment"
            )
        same = _same(connection, unit_code, period, sha256)
        if same is not None and same["removed_at"] is None:
            return int(str(same["sequence"]))
        _require_place(connection, unit_code, period, sha256)
        told = {"file_name": name, "added_by": principal.name, "added_at": here.now()}
        if same is not None:
            # Taken off before: it comes back under the number it had.
            back = ATTACHMENT.update().where(ATTACHMENT.c.sequence == same["sequence"])
            connection.execute(back.values(**told, removed_by=None, removed_at=None))
            return int(str(same["sequence"]))
        place_and_bytes = {"unit_code": unit_code, "period": period, "sha256": sha256, "size": len(content)}
        made = connection.execute(ATTACHMENT.insert().values(**place_and_bytes, **told))
        return int(made.inserted_primary_key[0])


def _same(connection: sa.Connection, unit_code: str, period: str, sha256: str) -> Mapping[str, object] | None:
    of_month = (ATTACHMENT.c.unit_code == unit_code) & (ATTACHMENT.c.period == period)
    query = sa.select(ATTACHMENT).where(of_month, ATTACHMENT.c.sha256 == sha256)
    return connection.execute(query).mappings().first()


def _require_place(connection: sa.Connection, unit_code: str, period: str, sha256: str) -> None:
    """NotReadyError where a month has all the attachments it takes; one it has had already takes no new place."""
    same = _same(connection, unit_code, period, sha256)
    if same is not None and same["removed_at"] is None:
        return
    if len(held(connection, unit_code, period)) >= MOST:
        raise NotReadyError(f"一个月最多{MOST}个附件 / at most {MOST} attachments a month")
    of_month = (ATTACHMENT.c.unit_code == unit_code) & (ATTACHMENT.c.period == period)
    ever = connection.scalar(sa.select(sa.func.count()).select_from(ATTACHMENT).where(of_month))
    if same is None and ever >= MOST_EVER:
        raise NotReadyError(
            f"本月连同已移除的附件已有{MOST_EVER}个，不能再加；请联系省厅管理员"
            f" / with those taken off, this month has had {MOST_EVER} attachments and takes no more: ask the province"
        )


def remove(here: Doors, principal: Principal, number: int) -> str:
    """Take an attachment off its month again, while nobody has found the month good; its file name.

    Its number is never another's; its bytes go with the next purge. Raises NotReadyError, FrozenMonthError,
    RefusedError.
    """
    with here.journal().reading() as connection:
        row = _row(connection, number)
    unit_code, period = (row["unit_code"], row["period"]) if row else ("", "")
    acts.allow(here, principal, "attachment.remove", unit=unit_code, what=f"attachment {number}")
    if row is None:
        raise NotReadyError(
            "没有这个附件，可能已经移除 / there is no such attachment, or it is removed already"
        )
    detail = {"file": row["file_name"], "sha256": row["sha256"]}
    what = f"{unit_code} {period}"
    with acts.acting(here, principal, "attachment.remove", unit=unit_code, what=what, **detail) as connection:
        if is_frozen(connection, period):
            raise FrozenMonthError(
                f"{period}已冻结，附件不能再移除 / {period} is frozen and keeps its attachments"
            )
        if are_kept(connection, unit_code, period):
            raise NotReadyError("本月报送已审核通过，附件不能再移除 / what was passed keeps its attachments")
        taken = ATTACHMENT.update().where(ATTACHMENT.c.sequence == number)
        connection.execute(taken.values(removed_by=principal.name, removed_at=here.now()))
    return str(row["file_name"])


def are_kept(connection: sa.Connection, unit_code: str, period: str) -> bool:
    """Whether a unit's month keeps its attachments: it is frozen, or a revision of it was found good with them."""
    of_month = (SUBMISSION.c.unit_code == unit_code) & (SUBMISSION.c.period == period)
    passed = sa.select(SUBMISSION.c.submission_id).where(of_month, SUBMISSION.c.state == PASSED).limit(1)
    return is_frozen(connection, period) or connection.scalar(passed) is not None


def _row(connection: sa.Connection, number: int) -> Mapping[str, object] | None:
    if number > LARGEST_NUMBER:
        return None
    query = sa.select(ATTACHMENT).where(ATTACHMENT.c.sequence == number, ATTACHMENT.c.removed_at.is_(None))
    return connection.execute(query).mappings().first()


def listed(here: Doors, principal: Principal, unit_code: str, period: str) -> list[Mapping[str, object]]:
    """The attachments of a unit's month, in the order they came."""
    acts.allow(here, principal, "attachment.download", unit=unit_code, what=f"{unit_code} {period}")
    with here.journal().reading() as connection:
        return held(connection, unit_code, period)


def held(connection: sa.Connection, unit_code: str, period: str) -> list[Mapping[str, object]]:
    """The attachments of a unit's month as the journal has them, in the order they came."""
    of_month = (ATTACHMENT.c.unit_code == unit_code) & (ATTACHMENT.c.period == period)
    query = sa.select(ATTACHMENT).where(of_month, ATTACHMENT.c.removed_at.is_(None))
    return [dict(row) for row in connection.execute(query.order_by(ATTACHMENT.c.sequence)).mappings()]


def download(here: Doors, principal: Principal, number: int) -> tuple[str, bytes, str]:
    """An attachment by its number: file name, content and kind."""
    with here.journal().reading() as connection:
        row = _row(connection, number)
    unit_code = row["unit_code"] if row else ""
    acts.allow(here, principal, "attachment.download", unit=unit_code, what=f"attachment {number}")
    if row is None:
        raise NotReadyError("没有这个附件 / there is no such attachment")
    content = here.store.kept(here.store.attachments, row["sha256"], "").read_bytes()
    acts.tell(here, principal, "attachment.download", f"{unit_code} {row['period']}", file=row["file_name"])
    kind = next(kind for beginning, kind in KINDS.items() if content.startswith(beginning))
    return row["file_name"], content, kind
