"""Merging what the units below have sent: files taken in one by one, one workbook and its conflicts given back.

The files lie in the store's folder ``merging`` only until they are merged: the reading process wants files, and
each comes by a request of its own, as large as a workbook may be. What was made of them stays, so that it can be
downloaded and its conflicts read while the workbook is mended: until the unit merges again for the month, for a
day at most. It is no part of a backup, and nobody gets at it but through this module, which asks for the unit's
permission each time.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath

from dashboard.access.doors import Doors
from dashboard.access.principal import Principal
from dashboard.services import acts, pacing
from dashboard.services.checking import CHECKS_AT_ONCE, reader
from dashboard.services.hand_in import LARGEST
from dashboard.services.reporting import NotReadyError, place
from dashboard.services.room import require_room
from etl.campaign import Campaign, Unit
from etl.keeping import batches
from etl.keeping.batches import Merging
from etl.masking import mask_text
from etl.merge import MOST_FILES
from etl.merge_files import MergedFiles, merge_files

LOG = logging.getLogger(__name__)
FEWEST_FILES = 2
BATCH = re.compile(r"[0-9a-f]{16}")
MISSING = (
    "文件没有传全或已过时，请重新选择 / some files are missing or were left for too long: choose them again"
)
NO_PLACE = (
    "服务器没能存下或读出这些文件，请稍后重新选择；若仍然如此，请联系省厅管理员"
    " / the server could not store or read these files: choose them again later, or ask the province's administrator"
)


def take(
    here: Doors, principal: Principal, unit_code: str, period: str, batch: str, number: int, content: bytes
) -> None:
    """Take in one of the files to be merged; what others of the unit are merging, or have merged, stays."""
    month = _allowed(here, principal, unit_code, period)[2]
    if not BATCH.fullmatch(batch) or not 1 <= number <= MOST_FILES:
        raise NotReadyError(f"一次最多合并{MOST_FILES}份文件 / at most {MOST_FILES} files are merged at once")
    if not 0 < len(content) <= LARGEST:
        raise NotReadyError("文件应在1字节到20兆之间 / a file has 1 byte to 20 MB")
    require_room(here)
    with _told():
        batches.take(month, batch, number, content)


def merge(
    here: Doors, principal: Principal, unit_code: str, period: str, batch: str, names: Sequence[str]
) -> Merging:
    """Merge the files taken in, which go by these names in the order of their numbers.

    Raises RefusedError, NotReadyError, pacing.TooOftenError.
    """
    campaign, unit, month = _allowed(here, principal, unit_code, period)
    _require_whole(month, batch, names)
    what, files = f"{unit_code} {period}", len(names)
    with acts.acting(here, principal, "workbook.merge", unit=unit_code, what=what, files=files) as connection:
        pacing.require_turn(connection, principal, here.now())
    with _told():
        made = _made(here, campaign, unit, period, month, batch, names)
        shares, conflicts = made.merged.shares, made.merged.conflicts
        merging = Merging(files=len(shares), conflicts=conflicts, merged_at=here.now())
        batches.keep(month, merging, made.content)
    acts.tell(here, principal, "workbook.merged", what, files=merging.files, conflicts=len(conflicts))
    return merging


def latest(here: Doors, principal: Principal, unit_code: str, period: str) -> Merging | None:
    """What came of the latest merging of a unit's month, for as long as it is kept."""
    return batches.latest(_allowed(here, principal, unit_code, period)[2], here.now())


def download(here: Doors, principal: Principal, unit_code: str, period: str) -> tuple[str, bytes]:
    """The merged workbook: file name and content."""
    acts.allow(here, principal, "workbook.merged", unit=unit_code, what=f"{unit_code} {period}")
    _, unit, month = _allowed(here, principal, unit_code, period)
    content = batches.latest_workbook(month, here.now())
    if content is None:
        raise NotReadyError("没有合并好的表，请重新合并 / there is no merged workbook: merge the files again")
    name = f"{unit.name}-{period}-合并.xlsx"
    acts.tell(here, principal, "workbook.merged", f"{unit_code} {period}", file=name)
    return name, content


def _allowed(here: Doors, principal: Principal, unit_code: str, period: str) -> tuple[Campaign, Unit, Path]:
    """The campaign, the unit and the folder of its month; the folder's name is made of what ``place`` knows."""
    acts.allow(here, principal, "workbook.merge", unit=unit_code, what=f"{unit_code} {period}")
    campaign, unit = place(here, unit_code, period)
    return campaign, unit, here.store.merging / f"{unit.code}-{period}"


def _require_whole(month: Path, batch: str, names: Sequence[str]) -> None:
    if not BATCH.fullmatch(batch) or not FEWEST_FILES <= len(names) <= MOST_FILES:
        raise NotReadyError(
            f"请一次选中{FEWEST_FILES}至{MOST_FILES}份文件 / choose {FEWEST_FILES} to {MOST_FILES} files at once"
        )
    if not batches.is_whole(month, batch, len(names)):
        raise NotReadyError(MISSING)


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong on the disk, told with a remedy; what it was goes into the log."""
    try:
        yield
    except FileNotFoundError:
        # Merged from another tab, or pushed out by newer ones, since we looked.
        LOG.info("files to be merged are gone", exc_info=True)
        raise NotReadyError(MISSING) from None
    except OSError:
        LOG.exception("merging failed on the disk")
        raise NotReadyError(NO_PLACE) from None


def _made(
    here: Doors, campaign: Campaign, unit: Unit, period: str, month: Path, batch: str, names: Sequence[str]
) -> MergedFiles:
    to, today = (unit, period), here.now().date()
    # One of the two places in line, for reading them all and for writing: it is more work than a check.
    with batches.claimed(month, batch, len(names)) as files, CHECKS_AT_ONCE:
        named = [(mask_text(PurePath(name).name), path) for name, path in zip(names, files, strict=True)]
        return merge_files(named, reader().read, campaign, here.store, today=today, to=to)
