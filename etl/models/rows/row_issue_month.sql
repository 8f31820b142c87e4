-- One row an issue and reported month of its unit: whether it was found, rectified, overdue by its last day.
select
    issue.submission_id,
    issue."row",
    issue.leaf_code,
    leaf.month,
    issue.is_withheld,
    issue.found_on <= last_day(leaf.month) as issues_found,
    issue.found_on <= last_day(leaf.month) and issue.closed_on <= last_day(leaf.month) as issues_rectified,
    issue.due_on < last_day(leaf.month)
    and (issue.closed_on is null or issue.closed_on > last_day(leaf.month)) as issues_overdue
from fct_issue as issue
join int_leaf_month as leaf on leaf.leaf_code = issue.leaf_code and leaf.issues_reported = 1
