-- One row a leaf unit and month with training.
select
    leaf_code,
    month,
    sum(training_hours)::decimal(38, 2) as training_hours,
    sum(training_expected)::bigint as training_expected,
    sum(training_attended)::bigint as training_attended,
    max(county_months_trained::int) as county_months_trained
from row_training
group by leaf_code, month
