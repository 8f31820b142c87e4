-- One row a course and home unit of a reporting unit: of rows with the same number, home unit and first day, the latest
-- month's counts.
select *
from stg_trainings
qualify row_number() over (partition by reporting_code, leaf_code, session_id, started_on order by month desc) = 1
