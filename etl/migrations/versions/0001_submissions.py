"""What was handed in: the store's owner, submissions, their sheets."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None


def upgrade() -> None:
    """The tables of the first version; a store of before migrations has them, and is stamped with it."""
    op.create_table(
        "store",
        sa.Column("campaign", sa.String, primary_key=True),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("schema_version", sa.Integer, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "submission",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("submission_id", sa.String, nullable=False, unique=True),
        sa.Column("unit_code", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("file_name", sa.String, nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("received_by", sa.String, nullable=False),
        sa.Column("data_from", sa.Date, nullable=False),
        sa.Column("data_to", sa.Date, nullable=False),
        sa.Column("cover", sa.JSON, nullable=False),
        sa.Column("findings", sa.JSON, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.UniqueConstraint("unit_code", "period", "revision"),
        sa.UniqueConstraint("unit_code", "period", "sha256"),
    )
    op.create_table(
        "submitted_sheet",
        sa.Column("submission_id", sa.String, sa.ForeignKey("submission.submission_id"), primary_key=True),
        sa.Column("sheet", sa.String, primary_key=True),
        sa.Column("content", sa.String, nullable=False),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.Column("path", sa.String, nullable=True),
    )
