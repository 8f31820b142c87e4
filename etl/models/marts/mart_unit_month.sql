-- One row a leaf unit (county, street, own office, or the residual that carries a population known only
-- above) and month of the campaign; measures add up over units and months. A measure is missing where
-- its sheet was not reported, the cell says 不适用, or the unit has no such task; a reported log without
-- cases is 0. Population is 0 where a unit has none. What fell due is known even for a month without a log.
select
    leaf.reporting_code,
    leaf.leaf_code,
    leaf.month,
    -- staff and notice boards at the month's end
    case when leaf.basics_reported = 1 then leaf.population end as staffing_population,
    case when carries_population then 0 else basics.officers end as officers,
    basics.posts,
    basics.posts_filled,
    basics.certified_officers,
    basics.frontline_officers,
    basics.auxiliaries,
    basics.officers_trained_ytd,
    basics.notice_boards_due,
    basics.notice_boards_complete,
    -- the month's work
    monthly.actions,
    monthly.actions_two_recorders,
    monthly.major_decisions,
    monthly.major_decisions_reviewed,
    monthly.penalties_due,
    monthly.penalties_published,
    monthly.disposals,
    monthly.disposals_non_coercive,
    monthly.communities,
    monthly.communities_served,
    -- the quarter's case files and disputes
    quarterly.files_reviewed,
    quarterly.files_excellent,
    quarterly.files_passed,
    quarterly.reconsiderations_concluded,
    quarterly.reconsiderations_corrected,
    quarterly.lawsuits_judged,
    quarterly.lawsuits_lost,
    -- complaints by month of receipt
    case when counts.complaints then leaf.resident end as complaints_population,
    case when counts.complaints then coalesce(received.complaints_valid, 0) end as complaints_valid,
    case when counts.complaints then coalesce(received.conduct_complaints_valid, 0) end
        as conduct_complaints_valid,
    case when counts.complaints then coalesce(received.conduct_complaints_substantiated, 0) end
        as conduct_complaints_substantiated,
    case when counts.complaints then coalesce(received.conduct_complaints_answered, 0) end
        as conduct_complaints_answered,
    case when counts.renewals then coalesce(received.complaints_renewed, 0) end as complaints_renewed,
    case when counts.complaints then coalesce(received.complaints_resolved, 0) end as complaints_resolved,
    case when counts.complaints then coalesce(received.complaints_resolution_answered, 0) end
        as complaints_resolution_answered,
    case when counts.complaints then coalesce(received.callbacks_satisfied, 0) end as callbacks_satisfied,
    case when counts.complaints then coalesce(received.callbacks_answered, 0) end as callbacks_answered,
    case when counts.contacts then coalesce(received.complaints_contacted_in_a_day, 0) end
        as complaints_contacted_in_a_day,
    case when counts.contacts then coalesce(received.complaints_contact_stated, 0) end
        as complaints_contact_stated,
    -- complaints by month due
    coalesce(due.complaints_due, case when counts.complaints then 0 end) as complaints_due,
    coalesce(due.complaints_on_time, case when counts.complaints then 0 end) as complaints_on_time,
    -- training of the month
    case when counts.trainings then coalesce(training.training_hours, 0) end as training_hours,
    case when counts.trainings and leaf.basics_reported = 1 then basics.training_officers end as training_officers,
    (counts.trainings and leaf.basics_reported = 1)::int as training_roll_reported,
    case when counts.trainings then coalesce(training.training_attended, 0) end as training_attended,
    case when counts.trainings then coalesce(training.training_expected, 0) end as training_expected,
    case when counts.county_months then 1 end as county_months,
    case when counts.county_months then coalesce(training.county_months_trained, 0) end as county_months_trained,
    -- issues at the month's end, and those due in it
    case when counts.issues then coalesce(issue.issues_found, 0) end as issues_found,
    case when counts.issues then coalesce(issue.issues_rectified, 0) end as issues_rectified,
    case when counts.issues then coalesce(issue.issues_confirmed, 0) end as issues_confirmed,
    coalesce(issue_due.issues_due, case when counts.issues then 0 end) as issues_due,
    coalesce(issue_due.issues_due_on_time, case when counts.issues then 0 end) as issues_due_on_time,
    case when counts.issues then coalesce(issue.issues_overdue, 0) end as issues_overdue
from int_leaf_month as leaf
cross join lateral (
    select
        leaf.complaints_reported = 1 and leaf.takes_complaints as complaints,
        -- Where the campaign's log does not say what a case renews, none is not the same as not known.
        leaf.complaints_reported = 1 and leaf.takes_complaints and not exists (
            from dim_sheet where sheet = 'complaints' and list_contains("without", 'repeat_of')
        ) as renewals,
        -- Likewise where it does not say when the complainant was first contacted.
        leaf.complaints_reported = 1 and leaf.takes_complaints and not exists (
            from dim_sheet where sheet = 'complaints' and list_contains("without", 'responded_at')
        ) as contacts,
        leaf.trainings_reported = 1 and not leaf.is_residual as trainings,
        leaf.trainings_reported = 1 and leaf.takes_complaints and not leaf.is_residual as county_months,
        leaf.issues_reported = 1 and not leaf.is_residual as issues
) as counts
left join row_basics as basics
    on basics.leaf_code = leaf.leaf_code and basics.month = leaf.month
cross join lateral (
    -- The population of the whole joins the officers of the parts: as one row among theirs, if there is any.
    select
        leaf.is_residual
        and leaf.population > 0
        and exists (
            from rows_basics as part
            where part.reporting_code = leaf.reporting_code and part.period = leaf.month and part.officers is not null
        ) as carries_population
) as residual
left join row_monthly as monthly
    on monthly.leaf_code = leaf.leaf_code and monthly.month = leaf.month
left join row_quarterly as quarterly
    on quarterly.leaf_code = leaf.leaf_code and quarterly.month = leaf.month
left join int_complaint_received as received
    on received.leaf_code = leaf.leaf_code and received.month = leaf.month
left join int_complaint_due as due
    on due.leaf_code = leaf.leaf_code and due.month = leaf.month
left join int_training_month as training
    on training.leaf_code = leaf.leaf_code and training.month = leaf.month
left join int_issue_month as issue
    on issue.leaf_code = leaf.leaf_code and issue.month = leaf.month
left join int_issue_due as issue_due
    on issue_due.leaf_code = leaf.leaf_code and issue_due.month = leaf.month
