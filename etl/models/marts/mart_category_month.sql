-- One row a leaf unit, month, topic and category with cases: valid complaints by matter and by channel, by
-- month of receipt; training by the log's category, cases being attendances and hours officer-hours. The
-- categories of a topic add up to mart_unit_month's complaints_valid, or training_attended and training_hours.
with complaint as (
    select
        fct_complaint.reporting_code,
        fct_complaint.leaf_code,
        leaf.month,
        fct_complaint.matter,
        fct_complaint.channel,
        grouping_id(fct_complaint.channel) as is_matter,
        count(*) as cases
    from fct_complaint
    join int_leaf_month as leaf
        on leaf.leaf_code = fct_complaint.leaf_code and leaf.month = fct_complaint.received_month
    where fct_complaint.is_valid and leaf.complaints_reported = 1 and leaf.takes_complaints
    group by grouping sets (
        (fct_complaint.reporting_code, fct_complaint.leaf_code, leaf.month, fct_complaint.matter),
        (fct_complaint.reporting_code, fct_complaint.leaf_code, leaf.month, fct_complaint.channel)
    )
)
select
    reporting_code,
    leaf_code,
    month,
    if(is_matter = 1, 'complaint_matter', 'complaint_channel') as topic,
    if(is_matter = 1, matter, channel) as category,
    cases,
    null::decimal(38, 2) as hours
from complaint
union all
select
    reporting_code,
    leaf_code,
    month,
    'training_category',
    category,
    sum(attended)::bigint,
    sum(officer_hours)::decimal(38, 2)
from fct_training
group by reporting_code, leaf_code, month, category
