-- One row an issue of a reporting unit: of rows with the same number, the latest month's counts.
select *
from stg_issues
qualify row_number() over (partition by reporting_code, issue_id order by month desc) = 1
