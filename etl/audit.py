"""The audit: who did what, when, from where, allowed or refused; sealed so that nothing in it can be altered unseen.

Each act's seal is a keyed hash over the act and the seal of the one before it; which act is the last has a seal of
its own. The key lies in the store's folder, outside the journal: who can only write to the journal cannot make a seal.
An earlier state of the whole journal put back in its place is seen by nothing but a copy, such as a backup.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

import sqlalchemy as sa

from etl.act import Act
from etl.journal_tables import AUDIT, AUDIT_END, SESSION
from etl.masking import mask_text

START = "0" * 64
_HASHES = re.compile(r"[0-9a-f]{64}(,[0-9a-f]{64})*")


def append(connection: sa.Connection, key: bytes, act: Act) -> int:
    """Seal an act and add it, in the transaction of what it tells of; its number.

    The transaction must be a writing one, so that no other act comes in between.
    """
    end = connection.execute(sa.select(AUDIT_END.c.sequence)).scalar()
    before = connection.execute(sa.select(AUDIT.c.seal).where(AUDIT.c.sequence == end)).scalar() or START
    sequence = (end or 0) + 1
    row = _row(act, sequence)
    row["seal"] = seal(key, before, row)
    connection.execute(AUDIT.insert().values(**row))
    held = {"sequence": sequence, "seal": end_seal(key, sequence, row["seal"])}
    connection.execute(
        AUDIT_END.insert().values(only=1, **held) if end is None else AUDIT_END.update().values(**held)
    )
    return sequence


def _row(act: Act, sequence: int) -> dict[str, object]:
    detail = {name: _plain(value) for name, value in act.detail.items()}
    return {**vars(act), "sequence": sequence, "detail": detail, "object": mask_text(act.object)}


def _plain(value: object) -> object:
    """What JSON can hold, with personal numbers masked; a sha256 is nobody's number, and masked it would name nothing."""
    if isinstance(value, (int, float, bool)) or value is None:
        return value
    text = str(value)
    return text if _HASHES.fullmatch(text) else mask_text(text)


def seal(key: bytes, before: str, row: Mapping[str, object]) -> str:
    """The keyed hash of an act and of the seal before it."""
    told = {name: row[name] for name in sorted(row) if name != "seal"}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    return hmac.new(key, f"{before}\n{text}".encode(), hashlib.sha256).hexdigest()


def end_seal(key: bytes, sequence: int, last: str) -> str:
    """The keyed hash that says the act of this number and seal is the last: what comes after it cannot be cut off."""
    return hmac.new(key, f"end\n{sequence}\n{last}".encode(), hashlib.sha256).hexdigest()


def first_fault(connection: sa.Connection, key: bytes) -> str | None:
    """Where the audit has been tampered with, in both languages; None where every seal holds."""
    before, expected = START, 1
    for row in connection.execute(sa.select(AUDIT).order_by(AUDIT.c.sequence)).mappings():
        if row["sequence"] != expected:
            return f"第{expected}条缺失 / act {expected} is missing"
        if not _same(row["seal"], seal(key, before, row)):
            return f"第{expected}条被改动 / act {expected} was altered"
        before, expected = row["seal"], expected + 1
    last = expected - 1
    end = connection.execute(sa.select(AUDIT_END)).mappings().first()
    told = (end["sequence"], end["seal"]) if end else (0, end_seal(key, 0, START))
    if told[0] != last or not _same(told[1], end_seal(key, last, before)):
        return f"末尾在第{last}条之后被截断 / the end after act {last} was cut off"
    return _begun_anew(connection)


def _same(found: object, expected: str) -> bool:
    return hmac.compare_digest(str(found).encode(), expected.encode())


def _begun_anew(connection: sa.Connection) -> str | None:
    """Nobody signs in without an act that says so: where somebody did before the first act, the audit was emptied."""
    first = connection.execute(sa.select(sa.func.min(AUDIT.c.at))).scalar()
    earliest = connection.execute(sa.select(sa.func.min(SESSION.c.started_at))).scalar()
    if earliest is None or (first is not None and first <= earliest):
        return None
    return "第一条之前已有人登录，此前的记录被清空 / somebody signed in before the first act: what stood before it was emptied"


def listed(
    connection: sa.Connection, *, limit: int, before: int | None = None
) -> Iterator[dict[str, object]]:
    """The latest acts first, from before a number where given."""
    query = sa.select(AUDIT).order_by(AUDIT.c.sequence.desc()).limit(limit)
    if before is not None:
        query = query.where(AUDIT.c.sequence < before)
    return (dict(row) for row in connection.execute(query).mappings())


def since(connection: sa.Connection, moment: datetime) -> Iterator[dict[str, object]]:
    """The acts after a moment, the latest first; none of before is read, however long the audit is."""
    query = sa.select(AUDIT).order_by(AUDIT.c.sequence.desc())
    with connection.execution_options(stream_results=True).execute(query) as rows:
        for row in rows.mappings():
            if row["at"] <= moment:
                return
            yield dict(row)
