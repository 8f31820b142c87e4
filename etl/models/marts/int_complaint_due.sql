-- One row a leaf unit and month: complaints that fell due in it, and those of them closed in time.
select
    leaf_code,
    month,
    count(*) filter (where complaints_due) as complaints_due,
    count(*) filter (where complaints_on_time) as complaints_on_time
from row_complaint_due
group by leaf_code, month
