-- One row a unit and month of the month's work, as it stands there.
select
    submission_id,
    "row",
    unit_code as leaf_code,
    period as month,
    false as is_withheld,
    actions,
    actions_two_recorders,
    major_decisions,
    major_decisions_reviewed,
    penalties_due,
    penalties_published,
    disposals,
    disposals_non_coercive,
    communities,
    communities_served
from rows_monthly
