"""Comparing a revision of a unit's month with the one before, for those a service has let see both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dashboard.access.doors import Doors
from etl.campaign import Campaign
from etl.journal import WITHDRAWN, Submission, SubmittedSheet
from etl.revisions import SheetChange, changes
from etl.store import Store

KEPT = 100


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What changed since the revision before; ``names`` are those of the units its rows may name, by code."""

    before: Submission
    sheets: Sequence[SheetChange]
    names: Mapping[str, str]

    @property
    def count(self) -> int:
        """Cells changed, rows added and rows removed on all sheets."""
        return sum(each.count for each in self.sheets)


def compared(here: Doors, held: Submission, of_month: Sequence[Submission]) -> Compared | None:
    """A revision beside the one before among those of its month; None where it is the first. What was taken back is passed over."""
    earlier = [each for each in of_month if each.revision < held.revision and each.state != WITHDRAWN]
    if not earlier:
        return None
    before = max(earlier, key=lambda each: each.revision)
    return Compared(
        before=before,
        sheets=_changes(here.store, before.sheets, held.sheets),
        names=_names(here.campaign(), held.unit_code),
    )


# Stored rows never change: what differs between two revisions is looked for once.
@lru_cache(maxsize=KEPT)
def _changes(
    store: Store, older: tuple[SubmittedSheet, ...], newer: tuple[SubmittedSheet, ...]
) -> tuple[SheetChange, ...]:
    return tuple(changes(store, older, newer))


def _names(campaign: Campaign, unit_code: str) -> dict[str, str]:
    """Names of units by code; an own office shares its unit's code and goes before it in its own workbook."""
    everywhere = {each.code: each.name for each in campaign.units if not each.own_office}
    return everywhere | {leaf.code: leaf.name for leaf in campaign.leaves(unit_code)}
