-- One row a reporting unit and sheet: the last day of data of the latest month it reported the sheet for.
select
    reporting_code,
    sheet,
    arg_max(data_to, month) as data_to
from dim_submitted_sheet
where content <> 'not_reported'
group by reporting_code, sheet
