-- One row a leaf unit and month: complaints that fell due in it (应办结), by due time up to the last day
-- of data of the unit's latest log, open ones dropped from that log included; and, apart, those of which
-- the source knows only the flag, by month of receipt.
select
    complaint.leaf_code,
    coalesce(complaint.due_month, complaint.received_month) as month,
    count(complaint.due_on) as complaints_due,
    count(complaint.due_on) filter (where complaint.is_on_time) as complaints_on_time,
    count(*) filter (where complaint.due_on is null) as complaints_flagged,
    count(*) filter (where complaint.due_on is null and complaint.is_on_time) as complaints_flagged_on_time
from fct_complaint as complaint
join int_report_latest as latest_log
    on latest_log.reporting_code = complaint.reporting_code and latest_log.sheet = 'complaints'
where
    complaint.is_valid
    and (complaint.due_on <= latest_log.data_to or (complaint.due_on is null and complaint.has_flag))
group by complaint.leaf_code, coalesce(complaint.due_month, complaint.received_month)
