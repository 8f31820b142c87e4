"""Checking one file: read it and tell everything that is wrong with it; nothing is stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from etl.campaign import Campaign
from etl.findings import Finding, blocks, from_refusal
from etl.gate import Refusal
from etl.read import WorkbookReader
from etl.template_sheets import SIMULATED_PROPERTY
from etl.validate import Checked, History, validate


@dataclass(frozen=True, kw_only=True)
class CheckedFile:
    """One file and everything found in it; ``checked`` is missing where it could not be read at all."""

    path: Path
    content: bytes
    checked: Checked | None
    findings: tuple[Finding, ...]
    is_simulated: bool = False

    @property
    def blocked(self) -> bool:
        """Whether something must be mended before it can be accepted."""
        return self.checked is None or blocks(self.findings)


def check_file(
    path: Path, reader: WorkbookReader, campaign: Campaign, *, now: datetime, history: History
) -> CheckedFile:
    """Read and check one file; whatever it contains, the outcome is findings.

    Raises OSError where the file cannot be opened at all.
    """
    content = path.read_bytes()
    outcome = reader.read(path)
    if not isinstance(outcome, Refusal) and outcome.sha256 != hashlib.sha256(content).hexdigest():
        # What is kept must be what was checked; the reading process opened the file a second time.
        outcome = Refusal(kind="unreadable", detail={"problem": "changed while it was read"})
    if isinstance(outcome, Refusal):
        return CheckedFile(path=path, content=content, checked=None, findings=(from_refusal(outcome),))
    checked = validate(outcome, campaign, today=now.date(), history=history)
    return CheckedFile(
        path=path,
        content=content,
        checked=checked,
        findings=checked.findings,
        is_simulated=SIMULATED_PROPERTY in outcome.custom,
    )
