-- One row a course and home unit in the workbook's month. A month counts as one with training through the
-- first course that anybody attended.
select
    submission_id,
    "row",
    leaf_code,
    month,
    false as is_withheld,
    officer_hours as training_hours,
    expected as training_expected,
    attended as training_attended,
    attended > 0
    and row_number() over (partition by leaf_code, month, attended > 0 order by "row") = 1
        as county_months_trained
from fct_training
