-- One row a reporting unit and sheet: the last day the report of the latest month with the sheet tells of.
select
    reporting_code,
    sheet,
    arg_max(told_to, month) as told_to
from dim_submitted_sheet
where content <> 'not_reported'
group by reporting_code, sheet
