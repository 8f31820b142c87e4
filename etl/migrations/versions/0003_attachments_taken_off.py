"""An attachment can be taken off its month; its number is never another's."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    """Who took an attachment off, and when."""
    op.add_column("attachment", sa.Column("removed_by", sa.String, nullable=True))
    op.add_column("attachment", sa.Column("removed_at", sa.DateTime, nullable=True))
