-- One row a unit and month of the sheet of staff and notice boards, as it stands there.
select
    submission_id,
    "row",
    unit_code as leaf_code,
    period as month,
    false as is_withheld,
    officers,
    officers as training_officers,
    posts,
    posts_filled,
    certified_officers,
    frontline_officers,
    auxiliaries,
    officers_trained_ytd,
    notice_boards_due,
    notice_boards_complete
from rows_basics
