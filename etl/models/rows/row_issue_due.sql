-- One row an issue in the month it fell due in, up to the last day the unit's latest ledger tells of.
select
    issue.submission_id,
    issue."row",
    issue.leaf_code,
    date_trunc('month', issue.due_on)::date as month,
    issue.is_withheld,
    true as issues_due,
    issue.closed_on <= issue.due_on as issues_due_on_time
from fct_issue as issue
join int_report_latest as latest_ledger
    on latest_ledger.reporting_code = issue.reporting_code and latest_ledger.sheet = 'issues'
where issue.due_on <= latest_ledger.told_to
