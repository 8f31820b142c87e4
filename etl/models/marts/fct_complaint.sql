-- One row a case of a reporting unit: of rows with the same number, the latest month's counts.
select *
from stg_complaints
qualify row_number() over (partition by reporting_code, complaint_id order by month desc) = 1
