-- One row a leaf unit and month of receipt: valid complaints and what became of them.
select
    leaf_code,
    month,
    count(*) filter (where complaints_valid) as complaints_valid,
    count(*) filter (where conduct_complaints_valid) as conduct_complaints_valid,
    count(*) filter (where conduct_complaints_substantiated) as conduct_complaints_substantiated,
    count(*) filter (where conduct_complaints_answered) as conduct_complaints_answered,
    count(*) filter (where complaints_renewed) as complaints_renewed,
    count(*) filter (where complaints_resolved) as complaints_resolved,
    count(*) filter (where complaints_resolution_answered) as complaints_resolution_answered,
    count(*) filter (where callbacks_satisfied) as callbacks_satisfied,
    count(*) filter (where callbacks_answered) as callbacks_answered,
    count(*) filter (where complaints_contacted_in_a_day) as complaints_contacted_in_a_day,
    count(*) filter (where complaints_contact_stated) as complaints_contact_stated
from row_complaint_received
group by leaf_code, month
