"""Attachments of a unit's month, such as the stamped scan: PDF or picture, kept as received."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

import sqlalchemy as sa

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts
from dashboard.services.reporting import NotReadyError, place
from etl.journal import PASSED, WITHDRAWN, FrozenMonthError, is_frozen
from etl.journal_tables import ATTACHMENT, SUBMISSION
from etl.masking import mask_text

KINDS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""What may be attached, by the first bytes of the content: a file's ending says nothing."""
MOST = 10


def add(
    here: Doors, principal: Principal, unit_code: str, period: str, file_name: str, content: bytes
) -> int:
    """Keep a file with a unit's month; its number. The same bytes again keep the number they have."""
    what = f"{unit_code} {period}"
    acts.allow(here, principal, "attachment.add", unit=unit_code, what=what)
    place(here, unit_code, period)
    if not any(content.startswith(beginning) for beginning in KINDS):
        raise NotReadyError("附件只收 PDF、PNG、JPEG,例如盖章页的扫描件 / attachments are PDF, PNG or JPEG")
    sha256 = here.store.keep(here.store.attachments, content, "")
    name = mask_text(PurePath(file_name).name)
    with acts.acting(here, principal, "attachment.add", unit=unit_code, what=what, file=name) as connection:
        if is_frozen(connection, period):
            raise FrozenMonthError(
                f"{period}已冻结,不再接收附件 / {period} is frozen and takes no attachment"
            )
        kept = held(connection, unit_code, period)
        same = next((each for each in kept if each["sha256"] == sha256), None)
        if same is not None:
            return int(same["sequence"])
        if len(kept) >= MOST:
            raise NotReadyError(f"一个月最多{MOST}个附件 / at most {MOST} attachments a month")
        values = {"unit_code": unit_code, "period": period, "sha256": sha256, "file_name": name}
        made = connection.execute(
            ATTACHMENT.insert().values(
                **values, size=len(content), added_by=principal.name, added_at=here.now()
            )
        )
        return int(made.inserted_primary_key[0])


def remove(here: Doors, principal: Principal, number: int) -> str:
    """Take an attachment off its month again, while nobody has found the month good; its file name.

    Its bytes go with the next purge. Raises NotReadyError, FrozenMonthError, RefusedError.
    """
    with here.journal().reading() as connection:
        row = _row(connection, number)
    unit_code, period = (row["unit_code"], row["period"]) if row else ("", "")
    acts.allow(here, principal, "attachment.remove", unit=unit_code, what=f"attachment {number}")
    if row is None:
        raise NotReadyError(
            "没有这个附件,可能已经移除 / there is no such attachment, or it is removed already"
        )
    detail = {"file": row["file_name"], "sha256": row["sha256"]}
    what = f"{unit_code} {period}"
    with acts.acting(here, principal, "attachment.remove", unit=unit_code, what=what, **detail) as connection:
        if is_frozen(connection, period):
            raise FrozenMonthError(
                f"{period}已冻结,附件不能再移除 / {period} is frozen and keeps its attachments"
            )
        if _is_passed(connection, unit_code, period):
            raise NotReadyError("本月报送已审核通过,附件不能再移除 / what was passed keeps its attachments")
        connection.execute(ATTACHMENT.delete().where(ATTACHMENT.c.sequence == number))
    return str(row["file_name"])


def _is_passed(connection: sa.Connection, unit_code: str, period: str) -> bool:
    of_month = (SUBMISSION.c.unit_code == unit_code) & (SUBMISSION.c.period == period)
    stands = of_month & (SUBMISSION.c.state != WITHDRAWN)
    query = sa.select(SUBMISSION.c.state).where(stands).order_by(SUBMISSION.c.revision.desc()).limit(1)
    return connection.scalar(query) == PASSED


def _row(connection: sa.Connection, number: int) -> Mapping[str, object] | None:
    return connection.execute(sa.select(ATTACHMENT).where(ATTACHMENT.c.sequence == number)).mappings().first()


def listed(here: Doors, principal: Principal, unit_code: str, period: str) -> list[Mapping[str, object]]:
    """The attachments of a unit's month, in the order they came."""
    acts.allow(here, principal, "attachment.download", unit=unit_code, what=f"{unit_code} {period}")
    with here.journal().reading() as connection:
        return held(connection, unit_code, period)


def held(connection: sa.Connection, unit_code: str, period: str) -> list[Mapping[str, object]]:
    """The attachments of a unit's month as the journal has them, in the order they came."""
    of_month = (ATTACHMENT.c.unit_code == unit_code) & (ATTACHMENT.c.period == period)
    query = sa.select(ATTACHMENT).where(of_month).order_by(ATTACHMENT.c.sequence)
    return [dict(row) for row in connection.execute(query).mappings()]


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
