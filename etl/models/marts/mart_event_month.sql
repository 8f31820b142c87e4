-- One row a leaf unit and month: events verified by the province, by month of decision; 0 where the month's
-- register was received without one. A month whose own register was not received has only the events that
-- a later register lists.
with counted as (
    select
        leaf_code,
        month,
        count(*) filter (where violations) as violations,
        count(*) filter (where major_opinion_events) as major_opinion_events
    from row_event
    group by leaf_code, month
),
register as (
    select distinct month
    from dim_submitted_sheet
    where sheet = 'events' and content <> 'not_reported'
)
select
    leaf.reporting_code,
    leaf.leaf_code,
    period.month,
    case when register.month is not null then coalesce(counted.violations, 0) else counted.violations end
        as violations,
    case
        when register.month is not null then coalesce(counted.major_opinion_events, 0)
        else counted.major_opinion_events
    end as major_opinion_events
from dim_leaf as leaf
cross join dim_period as period
left join register on register.month = period.month
left join counted on counted.leaf_code = leaf.leaf_code and counted.month = period.month
where register.month is not null or counted.leaf_code is not null
