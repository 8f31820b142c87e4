"""Drafts: the workbook a unit has uploaded for a month and not handed in yet, with what was found and the reasons so far.

One of a unit and month at a time: a newer upload takes the earlier one's place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from etl.findings import Finding, key_of, packed, unpacked
from etl.journal_tables import DRAFT, EXPLANATION, SUBMISSION
from etl.masking import mask_text

LONGEST_REASON = 300


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A checked workbook; ``reasons`` are texts by the finding's key."""

    draft_id: str
    unit_code: str
    period: str
    sha256: str
    file_name: str
    findings: tuple[Finding, ...]
    reasons: Mapping[str, str]
    uploaded_by: str
    uploaded_at: datetime

    @property
    def blocking(self) -> list[Finding]:
        """What must be mended first."""
        return [each for each in self.findings if each.severity == "must"]

    @property
    def to_explain(self) -> list[Finding]:
        """What must be mended or explained."""
        return [each for each in self.findings if each.severity == "verify"]

    @property
    def unexplained(self) -> list[Finding]:
        """What is still without a reason."""
        return [each for each in self.to_explain if not self.reasons.get(key_of(each))]


def keep(connection: sa.Connection, draft: Draft) -> Draft:
    """Put a draft in the place of an earlier one; reasons given for what is found again stay, handed in or not."""
    earlier = find(connection, draft.unit_code, draft.period)
    keys = {key_of(each) for each in draft.to_explain}
    before = _handed_in(connection, draft) | dict(earlier.reasons if earlier else {})
    given = {key: reason for key, reason in before.items() if key in keys}
    kept = replace(draft, file_name=mask_text(draft.file_name), reasons={**given, **draft.reasons})
    clear(connection, draft.unit_code, draft.period)
    values = {**vars(kept), "findings": [packed(each) for each in kept.findings], "reasons": kept.reasons}
    connection.execute(DRAFT.insert().values(**values))
    return kept


def _handed_in(connection: sa.Connection, draft: Draft) -> dict[str, str]:
    """The reasons handed in with a unit's month so far, those of the latest revision last."""
    query = (
        sa.select(EXPLANATION.c.finding, EXPLANATION.c.reason)
        .join(SUBMISSION, SUBMISSION.c.submission_id == EXPLANATION.c.submission_id)
        .where(SUBMISSION.c.unit_code == draft.unit_code, SUBMISSION.c.period == draft.period)
        .order_by(SUBMISSION.c.revision)
    )
    return dict(connection.execute(query).all())


def find(connection: sa.Connection, unit_code: str, period: str) -> Draft | None:
    """The draft of a unit and month, if there is one."""
    row = connection.execute(sa.select(DRAFT).where(_of(unit_code, period))).mappings().first()
    if row is None:
        return None
    return Draft(**{**row, "findings": tuple(unpacked(each) for each in row["findings"])})


def explain(connection: sa.Connection, draft: Draft, reasons: Mapping[str, str]) -> Draft:
    """The draft with reasons added, personal numbers masked; an empty one takes the reason back."""
    keys = {key_of(each) for each in draft.to_explain}
    given = {
        key: mask_text(" ".join(text.split())[:LONGEST_REASON])
        for key, text in reasons.items()
        if key in keys
    }
    held = {key: reason for key, reason in {**draft.reasons, **given}.items() if reason}
    connection.execute(DRAFT.update().where(DRAFT.c.draft_id == draft.draft_id).values(reasons=held))
    return replace(draft, reasons=held)


def drop(connection: sa.Connection, draft_id: str) -> None:
    """Take this draft away; a newer one that stands in its place stays."""
    connection.execute(DRAFT.delete().where(DRAFT.c.draft_id == draft_id))


def clear(connection: sa.Connection, unit_code: str, period: str) -> None:
    """Take away whatever draft a unit has of a month."""
    connection.execute(DRAFT.delete().where(_of(unit_code, period)))


def _of(unit_code: str, period: str) -> sa.ColumnElement[bool]:
    return (DRAFT.c.unit_code == unit_code) & (DRAFT.c.period == period)
