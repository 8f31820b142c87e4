"""Merging what the units below have sent: files taken in one by one, one workbook and its conflicts given back.

The files lie in the store's folder ``merging`` only until they are merged: the reading process wants files, and
each comes by a request of its own, as large as a workbook may be. What was made of them stays, so that it can be
downloaded and its conflicts read while the workbook is mended: until the unit merges again for the month, for a
day at most. It is no part of a backup, and nobody gets at it but through this module, which asks for the unit's
permission each time.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePath

from dashboard.access.doors import SHANGHAI, Doors
from dashboard.access.principal import Principal
from dashboard.services import acts
from dashboard.services.hand_in import CHECKS_AT_ONCE, LARGEST, NotReadyError, place, reader
from etl.campaign import Campaign, Unit
from etl.conflicts import Conflict, packed, unpacked
from etl.masking import mask_text
from etl.merge import MOST_FILES
from etl.merge_files import MergedFiles, merge_files
from etl.store import write_whole

FEWEST_FILES = 2
KEPT = timedelta(days=1)
BATCH = re.compile(r"[0-9a-f]{16}")
RESULT, WORKBOOK = "result.json", "merged.xlsx"


@dataclass(frozen=True, kw_only=True)
class Merging:
    """What came of the latest merging of a unit's month: how many files went into the workbook, and the conflicts."""

    files: int
    conflicts: Sequence[Conflict]
    merged_at: datetime

    @property
    def has_workbook(self) -> bool:
        """Whether any file could be merged."""
        return self.files > 0


def take(
    here: Doors, principal: Principal, unit_code: str, period: str, batch: str, number: int, content: bytes
) -> None:
    """Take in one of the files to be merged. The first of a batch ends whatever was merged before."""
    folder = _allowed(here, principal, unit_code, period)[2]
    if not BATCH.fullmatch(batch) or not 1 <= number <= MOST_FILES:
        raise NotReadyError(f"一次最多合并{MOST_FILES}份文件 / at most {MOST_FILES} files are merged at once")
    if not 0 < len(content) <= LARGEST:
        raise NotReadyError("文件应在1字节到20兆之间 / a file has 1 byte to 20 MB")
    if not (folder / batch).exists():
        shutil.rmtree(folder, ignore_errors=True)
    write_whole(_file(folder / batch, number), lambda path: _write(path, content))


def merge(
    here: Doors, principal: Principal, unit_code: str, period: str, batch: str, names: Sequence[str]
) -> Merging:
    """Merge the files taken in, which go by these names in the order of their numbers."""
    campaign, unit, folder = _allowed(here, principal, unit_code, period)
    files = [_file(folder / batch, number) for number, _ in enumerate(names, start=1)]
    if not BATCH.fullmatch(batch) or not FEWEST_FILES <= len(files) <= MOST_FILES:
        raise NotReadyError(
            f"请一次选中{FEWEST_FILES}至{MOST_FILES}份文件 / choose {FEWEST_FILES} to {MOST_FILES} files at once"
        )
    if not all(path.exists() for path in files):
        raise NotReadyError("文件没有传全,请重新选择 / some files are missing: choose them again")
    named = [(mask_text(PurePath(name).name), path) for name, path in zip(names, files, strict=True)]
    try:
        # One of the two places in line, for reading them all and for writing: it is more work than a check.
        with CHECKS_AT_ONCE:
            made = _made(here, campaign, unit, period, named)
    finally:
        for path in files:
            path.unlink(missing_ok=True)
    merging = Merging(files=len(made.merged.shares), conflicts=made.merged.conflicts, merged_at=here.now())
    _keep(folder / batch, merging, made.content)
    detail = {"files": len(names), "merged": merging.files, "conflicts": len(merging.conflicts)}
    acts.tell(here, principal, "workbook.merge", f"{unit_code} {period}", **detail)
    return merging


def latest(here: Doors, principal: Principal, unit_code: str, period: str) -> Merging | None:
    """What came of the latest merging of a unit's month, for as long as it is kept."""
    folder = _allowed(here, principal, unit_code, period)[2]
    _forget(here)
    for path in folder.glob(f"*/{RESULT}"):
        held = json.loads(path.read_text(encoding="utf-8"))
        conflicts = tuple(unpacked(each) for each in held["conflicts"])
        merged_at = datetime.fromisoformat(held["merged_at"])
        return Merging(files=held["files"], conflicts=conflicts, merged_at=merged_at)
    return None


def download(here: Doors, principal: Principal, unit_code: str, period: str) -> tuple[str, bytes]:
    """The merged workbook: file name and content."""
    _, unit, folder = _allowed(here, principal, unit_code, period)
    _forget(here)
    path = next(folder.glob(f"*/{WORKBOOK}"), None)
    if path is None:
        raise NotReadyError("没有合并好的表,请重新合并 / there is no merged workbook: merge the files again")
    content = path.read_bytes()
    name = f"{unit.name}-{period}-合并.xlsx"
    acts.tell(here, principal, "workbook.merge", f"{unit_code} {period}", downloaded=name)
    return name, content


def _allowed(here: Doors, principal: Principal, unit_code: str, period: str) -> tuple[Campaign, Unit, Path]:
    """The campaign, the unit and the folder of its month; the folder's name is made of what ``place`` knows."""
    acts.allow(here, principal, "workbook.merge", unit=unit_code, what=f"{unit_code} {period}")
    campaign, unit = place(here, unit_code, period)
    return campaign, unit, here.store.merging / f"{unit.code}-{period}"


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:02d}.xlsx"


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _made(
    here: Doors, campaign: Campaign, unit: Unit, period: str, named: Sequence[tuple[str, Path]]
) -> MergedFiles:
    today = here.now().date()
    return merge_files(named, reader().read, campaign, here.store, today=today, to=(unit, period))


def _keep(folder: Path, merging: Merging, content: bytes | None) -> None:
    """Put workbook and conflicts down; the conflicts last, since they say that the workbook is there."""
    if content is not None:
        write_whole(folder / WORKBOOK, lambda path: _write(path, content))
    conflicts = [packed(each) for each in merging.conflicts]
    held = {"files": merging.files, "conflicts": conflicts, "merged_at": merging.merged_at.isoformat()}
    text = json.dumps(held, ensure_ascii=False)
    write_whole(folder / RESULT, lambda path: _write(path, text.encode()))


def _forget(here: Doors) -> None:
    """Take away what any unit left for longer than a day."""
    for folder in here.store.merging.glob("*/*"):
        made = datetime.fromtimestamp(folder.stat().st_mtime, SHANGHAI).replace(tzinfo=None)
        if here.now() - made > KEPT:
            shutil.rmtree(folder, ignore_errors=True)
