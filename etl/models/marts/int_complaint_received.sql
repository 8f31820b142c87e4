-- One row a leaf unit and month of receipt: valid complaints and what became of them.
select
    leaf_code,
    received_month as month,
    count(*) as complaints_valid,
    count(*) filter (where is_conduct) as conduct_complaints_valid,
    count(*) filter (where is_conduct and is_substantiated) as conduct_complaints_substantiated,
    count(*) filter (where is_conduct and is_answered) as conduct_complaints_answered,
    count(*) filter (where is_repeat) as complaints_renewed,
    count(*) filter (where is_resolved) as complaints_resolved,
    count(*) filter (where is_resolution_answered) as complaints_resolution_answered,
    count(*) filter (where is_callback_satisfied) as callbacks_satisfied,
    count(*) filter (where is_callback_answered) as callbacks_answered
from fct_complaint
where is_valid
group by leaf_code, received_month
