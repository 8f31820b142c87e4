-- One row a verified event in its month of decision. One on a reporting unit belongs to its own office (or
-- residual). Pages only count them.
select
    event.submission_id,
    event."row",
    coalesce(own.leaf_code, residual.leaf_code) as leaf_code,
    date_trunc('month', event.decided_on)::date as month,
    true as is_withheld,
    event.event_kind in ('查实违反执法禁令', '查实执法乱作为') as violations,
    event.event_kind = '重大负面舆情' as major_opinion_events
from fct_event as event
left join dim_leaf as own on own.leaf_code = event.unit
left join dim_leaf as residual on residual.leaf_code = event.unit || '-residual'
