-- One row a leaf unit, month, topic and category with cases: valid complaints by matter and by channel, by
-- month of receipt; training by the log's category, by the level that held it, by who taught and in which way, cases
-- being attendances, hours officer-hours, senior the attendances of section chiefs and above among senior_out_of
-- officers' (of the courses that state them). The categories of a topic add up to mart_unit_month's complaints_valid, or
-- training_attended and training_hours.
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
    null::decimal(38, 2) as hours,
    null::bigint as senior,
    null::bigint as senior_out_of
from complaint
union all
select
    training.reporting_code,
    training.leaf_code,
    training.month,
    kind.topic,
    kind.category,
    sum(training.attended)::bigint,
    sum(training.officer_hours)::decimal(38, 2),
    sum(training.senior_attended)::bigint,
    sum(training.senior_out_of)::bigint
from fct_training as training
cross join lateral (
    values
        ('training_category', training.category),
        ('training_level', training.organiser_level),
        ('training_provider', coalesce(training.provider, '未填')),
        ('training_mode', training.mode)
) as kind(topic, category)
group by training.reporting_code, training.leaf_code, training.month, kind.topic, kind.category
