"""What was kept, restored or purged, told to the audit of the store it was done to."""

from __future__ import annotations

import sqlalchemy as sa

from etl import audit, migrate
from etl.act import Act
from etl.journal import Journal
from etl.keeping.contents import reading
from etl.keeping.manifest import JOURNAL
from etl.store import Store


def tell(store: Store, act: Act, *, tampered: bool) -> None:
    """Add an act to a store's audit; an earlier version's journal is left as it is.

    ``tampered``: the audit does not hold, and was told to do so; it may then not even take another act.
    """
    with reading(store.folder / JOURNAL) as connection:
        if migrate.version(connection) != migrate.HEAD:
            # To open it for writing would upgrade it, and a backup before an upgrade is wanted as things are.
            return
    journal = Journal(store.journal_url)
    try:
        with journal.writing() as connection:
            audit.append(connection, store.audit_key(), act)
    except (sa.exc.IntegrityError, ValueError):
        if not tampered:
            raise
    finally:
        journal.close()
