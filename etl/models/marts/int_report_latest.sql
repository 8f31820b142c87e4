-- One row a reporting unit and sheet: the last day the report of the latest month with the sheet tells of, and the day it came.
select
    reporting_code,
    sheet,
    arg_max(data_to, month) as data_to,
    arg_max(received_at::date, month) as received_on
from dim_submitted_sheet
join dim_submission using (submission_id, reporting_code, month)
where content <> 'not_reported'
group by reporting_code, sheet
