-- Every row the journal knows of is in the store: nothing accepted was lost on the way to the figures.
with stored as (
    select submission_id, 'basics' as sheet, count(*) as rows from rows_basics group by submission_id
    union all
    select submission_id, 'monthly', count(*) from rows_monthly group by submission_id
    union all
    select submission_id, 'quarterly', count(*) from rows_quarterly group by submission_id
    union all
    select submission_id, 'complaints', count(*) from rows_complaints group by submission_id
    union all
    select submission_id, 'trainings', count(*) from rows_trainings group by submission_id
    union all
    select submission_id, 'issues', count(*) from rows_issues group by submission_id
    union all
    select submission_id, 'progress', count(*) from rows_progress group by submission_id
    union all
    select submission_id, 'surveys', count(*) from rows_surveys group by submission_id
    union all
    select submission_id, 'events', count(*) from rows_events group by submission_id
)
select submitted.submission_id, submitted.sheet, submitted.row_count, stored.rows
from dim_submitted_sheet as submitted
left join stored using (submission_id, sheet)
where
    (
        submitted.sheet in ('surveys', 'events')
        or submitted.reporting_code in (select reporting_code from scope)
    )
    and submitted.row_count <> coalesce(stored.rows, 0)
