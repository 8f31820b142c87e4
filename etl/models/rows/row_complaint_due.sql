-- One row a complaint in the month it fell due in (应办结), by due time up to the last day the unit's
-- latest log tells of, open ones dropped from that log included. One of which the source knows only the flag
-- stands in its month of receipt, where that month's log was reported.
select
    complaint.submission_id,
    complaint."row",
    complaint.leaf_code,
    coalesce(complaint.due_month, complaint.received_month) as month,
    complaint.is_withheld,
    true as complaints_due,
    complaint.is_on_time as complaints_on_time
from fct_complaint as complaint
join int_report_latest as latest_log
    on latest_log.reporting_code = complaint.reporting_code and latest_log.sheet = 'complaints'
left join int_report_month as report
    on report.reporting_code = complaint.reporting_code and report.month = complaint.received_month
where
    complaint.is_valid
    and (
        complaint.due_on <= latest_log.told_to
        or (complaint.due_on is null and complaint.has_flag and report.complaints = 1)
    )
