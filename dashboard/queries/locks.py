"""Which months are locked, as the journal stands now: a lock counts from the moment it is set, not from the next build."""

from __future__ import annotations

from datetime import date

from dashboard.access.doors import doors
from etl import journal


def is_frozen(month: date) -> bool:
    """Whether a month takes no new revision."""
    here = doors()
    if not here.has_journal():
        return False
    with here.journal().reading() as connection:
        return journal.is_frozen(connection, f"{month:%Y-%m}")
