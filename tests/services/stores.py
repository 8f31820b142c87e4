"""A real store with people in it: liaisons of every unit, a reviewer, an administrator; and workbooks to hand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services.publishing import BUILDER
from etl.store import Store
from tests.etl.stores import write_workbook, yunnan

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
    campaign = yunnan()
    unit = campaign.unit(unit_code, campaign.reporting_level)
    path = folder / f"{unit_code}-{period}-{count}.xlsx"
    return write_workbook(path, campaign, unit, period, count=count, **changes).read_bytes()


def published() -> None:
    """Wait until everything accepted so far has been built."""
    BUILDER.submit(lambda: None).result()
