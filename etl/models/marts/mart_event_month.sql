-- One row a leaf unit and month of the campaign: events verified by the province, by month of decision;
-- missing where the month's register was not received, 0 where it was received without an event.
-- An event on a reporting unit belongs to its own office (or residual).
with event as (
    select
        coalesce(own.leaf_code, residual.leaf_code) as leaf_code,
        date_trunc('month', fct_event.decided_on)::date as month,
        fct_event.event_kind
    from fct_event
    left join dim_leaf as own on own.leaf_code = fct_event.unit
    left join dim_leaf as residual on residual.leaf_code = fct_event.unit || '-residual'
),
counted as (
    select
        leaf_code,
        month,
        count(*) filter (where event_kind in ('查实违反执法禁令', '查实执法乱作为')) as violations,
        count(*) filter (where event_kind = '重大负面舆情') as major_opinion_events
    from event
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
    register.month,
    1 as events_reported,
    coalesce(counted.violations, 0) as violations,
    coalesce(counted.major_opinion_events, 0) as major_opinion_events
from dim_leaf as leaf
cross join register
left join counted on counted.leaf_code = leaf.leaf_code and counted.month = register.month
