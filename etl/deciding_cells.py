"""Which cells of a stored row decide what it adds to a measure, and which say what it is about."""

from __future__ import annotations

READ_FROM: dict[str, dict[str, tuple[str, ...]]] = {
    "basics": {
        "officers": ("officers",),
        "training_officers": ("officers",),
        "posts": ("posts",),
        "posts_filled": ("posts_filled",),
        "certified_officers": ("certified_officers",),
        "frontline_officers": ("frontline_officers",),
        "auxiliaries": ("auxiliaries",),
        "officers_trained_ytd": ("officers_trained_ytd",),
        "notice_boards_due": ("notice_boards_due",),
        "notice_boards_complete": ("notice_boards_complete",),
    },
    "monthly": {
        "actions": ("actions",),
        "actions_two_recorders": ("actions_two_recorders",),
        "major_decisions": ("major_decisions",),
        "major_decisions_reviewed": ("major_decisions_reviewed",),
        "penalties_due": ("penalties_due",),
        "penalties_published": ("penalties_published",),
        "disposals": ("disposals",),
        "disposals_non_coercive": ("disposals_non_coercive",),
        "communities": ("communities",),
        "communities_served": ("communities_served",),
    },
    "quarterly": {
        "files_reviewed": ("files_reviewed",),
        "files_excellent": ("files_excellent",),
        "files_passed": ("files_excellent", "files_pass"),
        "reconsiderations_concluded": ("reconsiderations_concluded",),
        "reconsiderations_corrected": ("reconsiderations_corrected",),
        "lawsuits_judged": ("lawsuits_judged",),
        "lawsuits_lost": ("lawsuits_lost",),
    },
    "complaints": {
        "complaints_valid": ("received_at", "excluded_reason"),
        "conduct_complaints_valid": ("received_at", "complaint_kind"),
        "conduct_complaints_substantiated": ("finding",),
        "conduct_complaints_answered": ("finding",),
        "complaints_renewed": ("repeat_of",),
        "complaints_resolved": ("confirmed",),
        "complaints_resolution_answered": ("confirmed",),
        "callbacks_satisfied": ("callback",),
        "callbacks_answered": ("callback",),
        "complaints_contacted_in_a_day": ("received_at", "responded_at"),
        "complaints_contact_stated": ("responded_at",),
        "complaints_due": ("due_at",),
        "complaints_on_time": ("closed_at", "closed_on_time"),
    },
    "trainings": {
        "training_hours": ("hours", "officers_attended"),
        "training_expected": ("expected",),
        "training_attended": ("officers_attended", "auxiliaries_attended"),
        "county_months_trained": ("officers_attended", "auxiliaries_attended"),
    },
    "issues": {
        "issues_found": ("found_on",),
        "issues_rectified": ("status", "closed_on"),
        "issues_confirmed": ("status", "closed_on"),
        "issues_due": ("due_on",),
        "issues_due_on_time": ("status", "closed_on"),
        "issues_overdue": ("due_on", "status", "closed_on"),
    },
    "surveys": {
        "satisfied": ("n_very_satisfied", "n_satisfied", "n_fairly_satisfied"),
        "answers": ("n_very_satisfied", "n_satisfied", "n_fairly_satisfied", "n_dissatisfied"),
    },
    "events": {
        "violations": ("event_kind", "decided_on"),
        "major_opinion_events": ("event_kind", "decided_on"),
    },
}
"""The cells of a stored row that decide what it adds to a measure: sheet -> measure -> columns.

A measure that stands here for no sheet has no rows behind it: population, months, reports.
"""

SAID_OF: dict[str, tuple[str, ...]] = {
    "complaints": (
        "street",
        "received_at",
        "channel",
        "complaint_kind",
        "focus_area",
        "matter",
        "excluded_reason",
    ),
    "trainings": (
        "organiser",
        "organiser_level",
        "started_on",
        "course",
        "category",
        "provider",
        "mode",
        "senior_attended",
    ),
    "issues": (
        "description",
        "department",
        "owner",
        "due_on",
        "status",
        "closed_on",
        "focus_area",
        "scope",
        "pace",
        "found_on",
        "found_by",
        "measure",
        "goal",
        "stage",
    ),
    "quarterly": ("files_fail",),
    "surveys": ("collector", "agency", "ended_on", "n_unsure"),
}
"""The cells that say what a row is about, whichever measure it adds to, in the order in which they are read: sheet -> columns.

Of free text only what stands here is shown; why each may be: docs/decisions/0016.
"""
ONLY_A_POST = {("issues", "owner")}
"""Cells in which a post is asked for; what is not written as one may be a person's name and is not shown."""


def sheet_of(measure: str) -> str | None:
    """The sheet whose rows add to a measure; None where no rows do."""
    return next((sheet for sheet, measures in READ_FROM.items() if measure in measures), None)
