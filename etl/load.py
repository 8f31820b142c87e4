"""The one door: read, check, accept, and publish once at the end.

Upload, command line, demo data and converted logs all come through here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from etl.accept import Acceptance, accept
from etl.act import Act, on_command_line
from etl.build import Build, CheckFailedError, build
from etl.campaign import Campaign
from etl.check import CheckedFile, check_file
from etl.closures import checking_history
from etl.findings import Finding, render
from etl.journal import FrozenMonthError, Journal, StoreConflictError
from etl.read import WorkbookReader
from etl.store import Store


@dataclass(frozen=True, kw_only=True)
class LoadedFile:
    """What became of a file: accepted (``acceptance``), stopped by its findings, or ``refused`` for what it says, in both
    languages."""

    path: Path
    findings: tuple[Finding, ...]
    acceptance: Acceptance | None
    refused: str = ""

    @property
    def is_in(self) -> bool:
        """Whether the file counts now: accepted, and not as a revision that was returned."""
        return self.acceptance is not None and not self.acceptance.is_returned


Progress = Callable[[int, int, LoadedFile], None]
"""Told how many of how many files are done, and what became of the one just finished."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """Every file of one load, in order, and the build published after them.

    There is none where nothing came in, or where it failed its checks (``failure``).
    """

    files: tuple[LoadedFile, ...]
    build: Build | None
    failure: CheckFailedError | None = None


def load(
    paths: Sequence[Path],
    store: Store,
    journal: Journal,
    campaign: Campaign,
    *,
    received_by: str,
    simulated: bool,
    now: Callable[[], datetime],
    user: str = "",
    progress: Progress | None = None,
) -> Loaded:
    """Bring workbooks in, in the order given, and publish one build; each one is an act of ``user`` in the audit.

    A store becomes the campaign's, simulated or real, with the first workbook accepted; a workbook says
    itself if its contents are simulated. Raises StoreConflictError at the first file that does not belong
    to the store; what came before it is published. A build that fails its checks is told in ``failure``,
    with the last one left up.
    """
    files: list[LoadedFile] = []
    conflict = None
    with WorkbookReader() as reader:
        for path in paths:
            try:
                told = {"simulated": simulated, "user": user}
                files.append(load_file(path, reader, store, journal, campaign, received_by, now(), **told))
            except StoreConflictError as error:
                conflict = error
                break
            if progress:
                progress(len(files), len(paths), files[-1])
    loaded = _published(files, store, journal, campaign, now())
    if conflict is not None:
        raise conflict
    return loaded


def _published(
    files: Sequence[LoadedFile], store: Store, journal: Journal, campaign: Campaign, now: datetime
) -> Loaded:
    if not any(file.acceptance for file in files):
        return Loaded(files=tuple(files), build=None)
    try:
        return Loaded(files=tuple(files), build=build(store, journal, campaign, now=now))
    except CheckFailedError as failure:
        return Loaded(files=tuple(files), build=None, failure=failure)


def load_file(
    path: Path,
    reader: WorkbookReader,
    store: Store,
    journal: Journal,
    campaign: Campaign,
    received_by: str,
    arrived: datetime,
    *,
    simulated: bool,
    user: str = "",
) -> LoadedFile:
    """Check one file and accept it if nothing must be mended; nothing is published yet.

    ``user`` is who types the command, to the operating system.
    """
    history = checking_history(store, journal)
    file = check_file(path, reader, campaign, now=arrived, history=history)
    if file.blocked:
        return LoadedFile(path=path, findings=file.findings, acceptance=None)
    journal.claim(campaign.name, simulated=simulated or file.is_simulated, now=arrived)
    try:
        acceptance = accept(
            store,
            journal,
            file.checked,
            file.content,
            file_name=path.name,
            received_by=received_by,
            received_at=arrived,
            findings=[render(finding, path.name) for finding in file.findings],
            sealed=(store.audit_key(), _act(file, received_by, arrived, user)),
        )
    except FrozenMonthError as error:
        return LoadedFile(path=path, findings=file.findings, acceptance=None, refused=str(error))
    return LoadedFile(path=path, findings=file.findings, acceptance=acceptance)


def _act(file: CheckedFile, received_by: str, arrived: datetime, user: str) -> Act:
    """Handing in by the command line, as the audit has it."""
    what = f"{file.checked.unit.code} {file.checked.period}"
    told = {"by": received_by, "file": file.path.name, "sha256": hashlib.sha256(file.content).hexdigest()}
    return on_command_line(arrived, "submission.submit", what, user, **told)
