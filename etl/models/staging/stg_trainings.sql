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
    organiser_level,
    provider,
    mode,
    hours * officers_attended as officer_hours,
    expected,
    officers_attended + auxiliaries_attended as attended,
    senior_attended,
    -- The officers among whom senior ones are counted: of a course that does not state them nothing is known.
    case when senior_attended is not null then officers_attended end as senior_out_of
from rows_trainings
