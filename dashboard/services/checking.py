"""Checking a kept workbook: read in a process of its own, held against history, and against who hands it in."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from threading import BoundedSemaphore, Lock

from dashboard.access.doors import Doors
from dashboard.services.reporting import NotReadyError
from etl.campaign import Campaign, Unit
from etl.closures import checking_history
from etl.drafts import Draft
from etl.findings import Finding, Words, finding
from etl.load import CheckedFile, check_file
from etl.read import WorkbookReader

CHECKS_AT_ONCE = BoundedSemaphore(2)
"""A check takes a core and the memory of the workbook; a rush before the deadline waits in line."""

MONTH_NAMED = re.compile(
    r"(?<![0-9])(20[0-9]{2})(?:"
    r"年\s*(0?[1-9]|1[0-2])\s*月(?!\s*(?:[-~至到—、]|[0-9]{1,2}\s*[日号]))"
    r"|[-._](0[1-9]|1[0-2])(?!\s*[-._~至到—、]?[0-9])"
    r"|(0[1-9]|1[0-2])(?![0-9~至到—、-]))"
)
"""A year and month, as 2026年9月, 2026-09 or 202609, that neither a day follows nor another month."""
SIMULATED = Words(zh="模拟数据的填报表", en="A workbook of simulated data")
REAL = Words(zh="真实数据的填报表", en="A workbook of real data")


ELSEWHERE = ("other_unit", "other_period")
"""Findings of a workbook that another unit or month hands in."""
GONE = "原来上传的文件已不在，请重新上传 / the file uploaded before is gone: upload it again"

READERS: list[WorkbookReader] = []
STARTING = Lock()


def reader() -> WorkbookReader:
    """The one reading process of this server, whichever thread asks first."""
    with STARTING:
        if not READERS:
            READERS.append(WorkbookReader())
        return READERS[0]


def check(here: Doors, campaign: Campaign, sha256: str, now: datetime) -> CheckedFile:
    """A kept workbook read and checked as things stand; waits its turn. Raises NotReadyError where it is gone."""
    path = here.store.kept(here.store.workbooks, sha256, ".xlsx")
    history = checking_history(here.store, here.journal())
    try:
        with CHECKS_AT_ONCE:
            return check_file(path, reader(), campaign, now=now, history=history)
    except FileNotFoundError:
        # Purged since the draft was looked at, or lost.
        raise NotReadyError(GONE) from None


def checked_draft(here: Doors, draft: Draft) -> CheckedFile:
    """A draft's workbook read and checked again, as things stand now."""
    return check(here, here.campaign(), draft.sha256, here.now())


def findings_of(
    here: Doors, campaign: Campaign, unit: Unit, period: str, file: CheckedFile, file_name: str
) -> tuple[Finding, ...]:
    """The findings of the door, or what makes the workbook the wrong one for this unit and month.

    Of a workbook that belongs elsewhere nothing else is told: mending its cells would not make it ours.
    """
    wrong = misplaced(campaign, unit, period, file, file_name, simulated=_simulated(here))
    return (*wrong, *(() if any(each.kind in ELSEWHERE for each in wrong) else file.findings))


def _simulated(here: Doors) -> bool:
    return here.journal().is_simulated() is True


def misplaced(
    campaign: Campaign, unit: Unit, period: str, file: CheckedFile, file_name: str, *, simulated: bool
) -> list[Finding]:
    """Why a workbook is not the one this unit hands in for this month: its cover, its file name, what it says of itself."""
    if file.checked is None:
        return []
    found, stands = [], file.checked
    if stands.unit is not None and stands.unit.code != unit.code:
        found.append(finding("other_unit", sheet="封面", value=stands.unit.name, wanted=unit.name))
    if stands.period is not None and stands.period != period:
        found.append(finding("other_period", sheet="封面", value=stands.period, wanted=period))
    named = _named(campaign, file_name)
    if named and unit not in named:
        found.append(finding("file_name_of_other_unit", value=file_name, wanted=unit.name))
    months = months_named(file_name)
    if months and period not in months:
        found.append(finding("file_name_of_other_month", value=file_name, wanted=period))
    # A workbook that is not even of a unit of ours has other things to mend first.
    if stands.unit is not None and file.is_simulated != simulated:
        found.append(finding("simulated_and_real", value=file_name, wanted=SIMULATED if simulated else REAL))
    return found


def months_named(file_name: str) -> set[str]:
    """The months a file name states in full, such as 2026-09 or 2026年9月; a whole date says when it was saved."""
    found = MONTH_NAMED.finditer(unicodedata.normalize("NFKC", file_name))
    return {f"{each[1]}-{int(each[each.lastindex]):02d}" for each in found}


def _named(campaign: Campaign, file_name: str) -> list[Unit]:
    """The reporting units whose code, name or short name stands in a file name."""
    return [
        unit
        for unit in campaign.reporting_units
        if any(name and name in file_name for name in (unit.code, unit.name, unit.short_name))
    ]
