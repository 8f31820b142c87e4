-- One row a leaf unit and month: issues that fell due in it, up to the last day of data of the unit's latest
-- ledger, and those of them closed in time.
select
    issue.leaf_code,
    date_trunc('month', issue.due_on)::date as month,
    count(*) as issues_due,
    count(*) filter (where issue.closed_on <= issue.due_on) as issues_due_on_time
from fct_issue as issue
join int_report_latest as latest_ledger
    on latest_ledger.reporting_code = issue.reporting_code and latest_ledger.sheet = 'issues'
where issue.due_on <= latest_ledger.data_to
group by issue.leaf_code, date_trunc('month', issue.due_on)::date
