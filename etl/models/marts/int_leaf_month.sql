-- One row a leaf unit and month of the reporting units in scope: which sheets were reported, its
-- residents and reference population (0 where it has none, so that sums above it stay whole), and whether
-- complaints are counted for it (an own office takes none).
select
    leaf.reporting_code,
    leaf.leaf_code,
    leaf.is_residual,
    not leaf.own_office as takes_complaints,
    period.month,
    coalesce(population.resident, 0) as resident,
    coalesce(population.population, 0) as population,
    coalesce(report.basics, 0) as basics_reported,
    coalesce(report.complaints, 0) as complaints_reported,
    coalesce(report.trainings, 0) as trainings_reported,
    coalesce(report.issues, 0) as issues_reported
from dim_leaf as leaf
join scope on scope.reporting_code = leaf.reporting_code
cross join dim_period as period
left join dim_population as population
    on population.leaf_code = leaf.leaf_code and population.month = period.month
left join int_report_month as report
    on report.reporting_code = leaf.reporting_code and report.month = period.month
