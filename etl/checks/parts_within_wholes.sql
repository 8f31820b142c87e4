-- A part never exceeds its whole, row by row.
select leaf_code, month
from mart_unit_month
where
    complaints_on_time > complaints_due
    or complaints_renewed > complaints_valid
    or conduct_complaints_valid > complaints_valid
    or conduct_complaints_substantiated > conduct_complaints_answered
    or complaints_resolved > complaints_resolution_answered
    or callbacks_satisfied > callbacks_answered
    or complaints_contacted_in_a_day > complaints_contact_stated
    or complaints_contact_stated > complaints_valid
    or issues_rectified > issues_found
    or issues_confirmed > issues_rectified
    or issues_due_on_time > issues_due
    or files_passed > files_reviewed
    or county_months_trained > county_months
