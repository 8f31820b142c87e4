-- One row a leaf unit and reported month: issues found, rectified, confirmed and overdue by its last day.
select
    leaf_code,
    month,
    count(*) filter (where issues_found) as issues_found,
    count(*) filter (where issues_rectified) as issues_rectified,
    count(*) filter (where issues_confirmed) as issues_confirmed,
    count(*) filter (where issues_overdue) as issues_overdue
from row_issue_month
group by leaf_code, month
