"""Which act is the last is sealed with the key, so that the end of the audit cannot be cut off.

The upgrade is an act itself: it signs an end that was not signed before, and says when.
"""

import hashlib
import hmac
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0004", "0003"

AUDIT = sa.table(
    "audit",
    sa.column("sequence", sa.Integer),
    sa.column("at", sa.DateTime),
    *(
        sa.column(name, sa.String)
        for name in ("who", "roles", "address", "action", "object", "outcome", "seal")
    ),
    sa.column("detail", sa.JSON),
)


def upgrade() -> None:
    """Add the act of this upgrade and seal the end, where it names the last act as it was named until now."""
    connection = op.get_bind()
    last = connection.execute(
        sa.text(
            "select audit.sequence, audit.seal from audit join audit_end"
            " on audit.sequence = audit_end.sequence and audit.seal = audit_end.seal"
        )
    ).first()
    path = Path(str(connection.engine.url.database)).parent / "audit.key"
    if last is None or not path.exists():
        return
    key, act = path.read_bytes(), _act(last.sequence + 1)
    text = json.dumps(act, ensure_ascii=False, sort_keys=True, default=str)
    act["seal"] = _keyed(key, f"{last.seal}\n{text}")
    connection.execute(AUDIT.insert().values(**act))
    end = {"number": act["sequence"], "seal": _keyed(key, f"end\n{act['sequence']}\n{act['seal']}")}
    connection.execute(sa.text("update audit_end set sequence = :number, seal = :seal"), end)


def _act(sequence: int) -> dict[str, object]:
    now = datetime.now(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)
    return {
        "sequence": sequence,
        "at": now,
        "who": "服务器",
        "roles": "",
        "address": "",
        "action": "journal.upgrade",
        "object": revision,
        "outcome": "done",
        "detail": {},
    }


def _keyed(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
