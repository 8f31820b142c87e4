-- One row a leaf unit and reported month: issues found, rectified and overdue by its last day.
select
    issue.leaf_code,
    leaf.month,
    count(*) filter (where issue.found_on <= last_day(leaf.month)) as issues_found,
    count(*) filter (
        where issue.found_on <= last_day(leaf.month) and issue.closed_on <= last_day(leaf.month)
    ) as issues_rectified,
    count(*) filter (
        where
            issue.due_on < last_day(leaf.month)
            and (issue.closed_on is null or issue.closed_on > last_day(leaf.month))
    ) as issues_overdue
from fct_issue as issue
join int_leaf_month as leaf on leaf.leaf_code = issue.leaf_code and leaf.issues_reported = 1
group by issue.leaf_code, leaf.month
