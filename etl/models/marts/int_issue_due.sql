-- One row a leaf unit and month: issues that fell due in it, and those of them closed in time.
select
    leaf_code,
    month,
    count(*) filter (where issues_due) as issues_due,
    count(*) filter (where issues_due_on_time) as issues_due_on_time
from row_issue_due
group by leaf_code, month
