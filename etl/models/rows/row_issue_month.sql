-- One row an issue and reported month of its unit: whether it was found, rectified, overdue by its last day, and of the
-- rectified whether the province has confirmed it by now (it looks afterwards), as far as
-- the latest ledger tells: what fell due on a later day may have been closed since.
select
    issue.submission_id,
    issue."row",
    issue.leaf_code,
    leaf.month,
    issue.is_withheld,
    issue.found_on <= last_day(leaf.month) as issues_found,
    issue.found_on <= last_day(leaf.month) and issue.closed_on <= last_day(leaf.month) as issues_rectified,
    issue.found_on <= last_day(leaf.month) and issue.closed_on <= last_day(leaf.month) and issue.is_confirmed
        as issues_confirmed,
    issue.due_on < least(last_day(leaf.month), latest_ledger.told_to + 1)
    and (issue.closed_on is null or issue.closed_on > last_day(leaf.month)) as issues_overdue
from fct_issue as issue
join int_leaf_month as leaf on leaf.leaf_code = issue.leaf_code and leaf.issues_reported = 1
join int_report_latest as latest_ledger
    on latest_ledger.reporting_code = issue.reporting_code and latest_ledger.sheet = 'issues'
