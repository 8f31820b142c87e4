-- One row a valid complaint in its month of receipt, and which measures it adds one to.
select
    submission_id,
    "row",
    leaf_code,
    received_month as month,
    is_withheld,
    true as complaints_valid,
    is_conduct as conduct_complaints_valid,
    is_conduct and is_substantiated as conduct_complaints_substantiated,
    is_conduct and is_answered as conduct_complaints_answered,
    is_repeat as complaints_renewed,
    is_resolved as complaints_resolved,
    is_resolution_answered as complaints_resolution_answered,
    is_callback_satisfied as callbacks_satisfied,
    is_callback_answered as callbacks_answered,
    is_contacted_in_a_day as complaints_contacted_in_a_day,
    is_contact_stated as complaints_contact_stated
from fct_complaint
where is_valid
