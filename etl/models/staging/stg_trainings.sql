-- One row a course and home unit, counted in the workbook's month.
select
    submission_id,
    "row",
    reporting_code,
    unit as leaf_code,
    period as month,
    session_id,
    started_on,
    category,
    hours * officers_attended as officer_hours,
    expected,
    officers_attended + auxiliaries_attended as attended
from rows_trainings
