-- One row a reporting unit and month with a current submission: which sheets it reported (1) or not (0).
select
    reporting_code,
    month,
    max((sheet = 'basics')::int) as basics,
    max((sheet = 'complaints')::int) as complaints,
    max((sheet = 'trainings')::int) as trainings,
    max((sheet = 'issues')::int) as issues
from dim_submitted_sheet
where content <> 'not_reported'
group by reporting_code, month
