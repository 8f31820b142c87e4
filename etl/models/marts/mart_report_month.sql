-- One row a reporting unit and month of the campaign: when its report was due (later than the campaign's date
-- where the unit was granted an extension), when its first revision not later returned came, and whether that
-- was on time (1) or not (0). Its leaf is the unit's residual, so that reports roll up like everything else
-- but are shown for no unit below.
select
    leaf.reporting_code,
    leaf.leaf_code,
    period.month,
    coalesce(extension.due_at, period.due_at) as due_at,
    first_report.received_at as first_received_at,
    1 as reports_due,
    coalesce((first_report.received_at < coalesce(extension.due_at, period.due_at))::int, 0) as reported_on_time
from dim_leaf as leaf
cross join dim_period as period
left join dim_first_report as first_report
    on first_report.reporting_code = leaf.reporting_code and first_report.month = period.month
left join dim_extension as extension
    on extension.reporting_code = leaf.reporting_code and extension.month = period.month
where leaf.is_residual
