"""Handing in: drafts, reasons, attachments, reviews, locks, extensions, accounts, sessions, the audit."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """Everything of the version in which people sign in."""
    op.add_column("submission", sa.Column("certified_by", sa.String, nullable=True))
    _of_submissions()
    _of_months()
    _of_people()
    _audit()


def _text(name: str, *keys: sa.schema.SchemaItem, required: bool = True, primary: bool = False) -> sa.Column:
    return sa.Column(name, sa.String, *keys, nullable=not required and not primary, primary_key=primary)


def _moment(name: str, *, required: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime, nullable=not required)


def _sequence() -> sa.Column:
    return sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True)


def _of_submissions() -> None:
    op.create_table(
        "explanation",
        _text("submission_id", sa.ForeignKey("submission.submission_id"), primary=True),
        _text("finding", primary=True),
        _text("sheet"),
        _text("cell"),
        _text("column_title"),
        _text("value"),
        _text("reason"),
        _text("explained_by"),
        _moment("explained_at"),
    )
    op.create_table(
        "attachment",
        _sequence(),
        _text("unit_code"),
        _text("period"),
        _text("sha256"),
        _text("file_name"),
        sa.Column("size", sa.Integer, nullable=False),
        _text("added_by"),
        _moment("added_at"),
        sa.UniqueConstraint("unit_code", "period", "sha256"),
    )
    op.create_table(
        "draft",
        _text("draft_id", primary=True),
        _text("unit_code"),
        _text("period"),
        _text("sha256"),
        _text("file_name"),
        sa.Column("findings", sa.JSON, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        _text("uploaded_by"),
        _moment("uploaded_at"),
        sa.UniqueConstraint("unit_code", "period"),
    )
    op.create_table(
        "review",
        _sequence(),
        _text("submission_id", sa.ForeignKey("submission.submission_id")),
        _text("decision"),
        sa.Column("reasons", sa.JSON, nullable=False),
        _text("decided_by"),
        _moment("decided_at"),
    )


def _of_months() -> None:
    op.create_table(
        "month_lock",
        _sequence(),
        _text("period"),
        sa.Column("is_frozen", sa.Boolean, nullable=False),
        _text("reason"),
        _text("decided_by"),
        _moment("decided_at"),
    )
    op.create_table(
        "extension",
        _sequence(),
        _text("unit_code"),
        _text("period"),
        _moment("due_at"),
        _text("reason"),
        _text("granted_by"),
        _moment("granted_at"),
    )
    op.create_table(
        "issue_closure",
        _sequence(),
        _text("unit_code"),
        _text("issue_id"),
        _text("evidence"),
        _text("closed_by"),
        _moment("closed_at"),
        sa.UniqueConstraint("unit_code", "issue_id"),
    )


def _of_people() -> None:
    op.create_table(
        "account",
        _text("account_id", primary=True),
        _text("name"),
        _text("password_hash"),
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("units", sa.JSON, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("must_change_password", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        _moment("locked_until", required=False),
        _moment("made_at"),
    )
    op.create_table(
        "session",
        _text("session_hash", primary=True),
        _text("account_id", sa.ForeignKey("account.account_id")),
        _moment("started_at"),
        _moment("seen_at"),
        _moment("ended_at", required=False),
        _text("address"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        _moment("at"),
        _text("who"),
        _text("roles"),
        _text("address"),
        _text("action"),
        _text("object"),
        _text("outcome"),
        sa.Column("detail", sa.JSON, nullable=False),
        _text("seal"),
    )
    op.create_table(
        "audit_end",
        sa.Column("only", sa.Integer, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        _text("seal"),
    )
