"""A real store with people in it: liaisons of every unit, a reviewer, an administrator; and workbooks to hand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import hand_in, submitting
from dashboard.services.publishing import BUILDER
from dashboard.services.receipts import Receipt
from etl import audit
from etl.findings import key_of
from etl.journal_tables import AUDIT
from etl.store import Store
from tests.etl.stores import write_workbook, yunnan

CAMPAIGN = yunnan()
KUNMING, DIQING = "530100", "533400"
"""The largest prefecture and the smallest."""
MONTH = "2026-09"
NOW = datetime(2026, 9, 30, 10)


@dataclass(frozen=True, kw_only=True)
class DoorsAt(Doors):
    """Doors whose clock stands still."""

    stands_at: datetime = field(default=NOW)

    def now(self) -> datetime:
        return self.stands_at


def doors_of(folder: Path, *, now: datetime = NOW) -> DoorsAt:
    """The doors of a store in this folder."""
    folder.mkdir(exist_ok=True)
    return DoorsAt(store=Store(folder=folder), stands_at=now)


def liaison(unit_code: str) -> Principal:
    """The liaison of one unit."""
    return Principal(
        account_id=f"liaison-{unit_code}",
        name="李明",
        roles=frozenset({"liaison"}),
        units=frozenset({unit_code}),
        address="127.0.0.1",
    )


def somebody(*roles: str) -> Principal:
    """Somebody of these roles and no unit."""
    return Principal(account_id="-".join(roles), name="王芳", roles=frozenset(roles), address="127.0.0.1")


def workbook(folder: Path, unit_code: str, period: str = MONTH, *, count: int = 6, **changes) -> bytes:
    """A good workbook of a unit and month."""
    unit = CAMPAIGN.unit(unit_code, CAMPAIGN.reporting_level)
    path = folder / f"{unit_code}-{period}-{count}.xlsx"
    return write_workbook(path, CAMPAIGN, unit, period, count=count, **changes).read_bytes()


def published() -> None:
    """Wait until everything accepted so far has been built."""
    BUILDER.submit(lambda: None).result()


def handed_in(
    here: Doors, content: bytes, unit: str = DIQING, name: str = "报表.xlsx", period: str = MONTH
) -> Receipt:
    """A workbook taken through all steps; its receipt."""
    who = liaison(unit)
    draft = hand_in.receive(here, who, unit, period, name, content)
    assert draft.blocking == [], draft.blocking
    reasons = {key_of(each): "已核实，属实" for each in draft.to_explain}
    hand_in.explain(here, who, unit, period, reasons)
    return submitting.submit(here, who, unit, period, draft.draft_id, "周伟")


def acts(here: Doors) -> list[tuple[str, str, str]]:
    """Who did what and what came of it, in a sealed audit that is whole."""
    with here.journal().reading() as connection:
        rows = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.sequence)).mappings().all()
        assert audit.first_fault(connection, here.store.audit_key()) is None
    return [(row["who"], row["action"], row["outcome"]) for row in rows]
