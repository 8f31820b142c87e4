-- One row a leaf unit and month with training.
select
    leaf_code,
    month,
    sum(officer_hours)::decimal(38, 2) as training_hours,
    sum(expected)::bigint as training_expected,
    sum(attended)::bigint as training_attended,
    max((attended > 0)::int) as trained
from stg_trainings
group by leaf_code, month
