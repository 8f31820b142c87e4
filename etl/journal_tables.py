"""The tables of the journal: the one place where their columns are named.

A change here needs a numbered migration beside it (``migrations/versions``); a test holds the two together.
"""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()


def _table(name: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, METADATA, *columns)


def _text(name: str, *keys: sa.schema.SchemaItem, required: bool = True, primary: bool = False) -> sa.Column:
    return sa.Column(name, sa.String, *keys, nullable=not required and not primary, primary_key=primary)


def _moment(name: str, *, required: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime, nullable=not required)


def _sequence() -> sa.Column:
    return sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True)


STORE = _table(
    "store",
    _text("campaign", primary=True),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("schema_version", sa.Integer, nullable=False),
    _moment("made_at"),
)

SUBMISSION = _table(
    "submission",
    _sequence(),
    sa.Column("submission_id", sa.String, nullable=False, unique=True),
    _text("unit_code"),
    _text("period"),
    sa.Column("revision", sa.Integer, nullable=False),
    _text("sha256"),
    _text("file_name"),
    _moment("received_at"),
    _text("received_by"),
    sa.Column("data_from", sa.Date, nullable=False),
    sa.Column("data_to", sa.Date, nullable=False),
    sa.Column("cover", sa.JSON, nullable=False),
    sa.Column("findings", sa.JSON, nullable=False),
    _text("state"),
    _text("certified_by", required=False),
    sa.UniqueConstraint("unit_code", "period", "revision"),
    sa.UniqueConstraint("unit_code", "period", "sha256"),
)

SUBMITTED_SHEET = _table(
    "submitted_sheet",
    _text("submission_id", sa.ForeignKey("submission.submission_id"), primary=True),
    _text("sheet", primary=True),
    _text("content"),
    sa.Column("row_count", sa.Integer, nullable=False),
    _text("path", required=False),
)

EXPLANATION = _table(
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
"""Why a value that a 核实性 finding asks about is right."""

ATTACHMENT = _table(
    "attachment",
    _sequence(),
    _text("unit_code"),
    _text("period"),
    _text("sha256"),
    _text("file_name"),
    sa.Column("size", sa.Integer, nullable=False),
    _text("added_by"),
    _moment("added_at"),
    _text("removed_by", required=False),
    _moment("removed_at", required=False),
    sa.UniqueConstraint("unit_code", "period", "sha256"),
)

DRAFT = _table(
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
"""A checked workbook that is not handed in yet: the last one of a unit and month, with reasons given so far."""

REVIEW = _table(
    "review",
    _sequence(),
    _text("submission_id", sa.ForeignKey("submission.submission_id")),
    _text("decision"),
    sa.Column("reasons", sa.JSON, nullable=False),
    _text("decided_by"),
    _moment("decided_at"),
)
"""What became of a submission: passed, returned with reasons tied to cells, withdrawn by its sender."""

MONTH_LOCK = _table(
    "month_lock",
    _sequence(),
    _text("period"),
    sa.Column("is_frozen", sa.Boolean, nullable=False),
    _text("reason"),
    _text("decided_by"),
    _moment("decided_at"),
)
"""Freezing and reopening of months; the last row of a month counts."""

EXTENSION = _table(
    "extension",
    _sequence(),
    _text("unit_code"),
    _text("period"),
    _moment("due_at"),
    _text("reason"),
    _text("granted_by"),
    _moment("granted_at"),
)

ISSUE_CLOSURE = _table(
    "issue_closure",
    _sequence(),
    _text("unit_code"),
    _text("issue_id"),
    _text("evidence"),
    _text("closed_by"),
    _moment("closed_at"),
    sa.UniqueConstraint("unit_code", "issue_id"),
)
"""销号: a rectified issue found to be so by the province."""

ACCOUNT = _table(
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

SESSION = _table(
    "session",
    _text("session_hash", primary=True),
    _text("account_id", sa.ForeignKey("account.account_id")),
    _moment("started_at"),
    _moment("seen_at"),
    _moment("ended_at", required=False),
    _text("address"),
)
"""Only the sha256 of a session's secret is kept."""

AUDIT = _table(
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
"""Every act, each sealed together with the seal of the one before it."""

AUDIT_END = _table(
    "audit_end",
    sa.Column("only", sa.Integer, primary_key=True),
    sa.Column("sequence", sa.Integer, nullable=False),
    _text("seal"),
)
"""The last act's number and seal, so that a cut-off end is seen too."""
