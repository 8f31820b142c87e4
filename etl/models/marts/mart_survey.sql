-- One row a surveyed unit and wave: valid answers, satisfied ones, and the unit's reference population in
-- the month the wave ended, or the campaign's nearest (the weight above the surveyed level).
select
    survey.level,
    survey.unit_code,
    survey.collector,
    survey.wave,
    survey.ended_on,
    survey.satisfied,
    survey.answers,
    coalesce(sum(population.population), 0)::bigint as population
from row_survey as survey
left join dim_tree as tree on tree.level = survey.level and tree.unit_code = survey.unit_code
left join dim_population as population
    on population.leaf_code = tree.leaf_code
    and population.month = greatest(
        least(date_trunc('month', survey.ended_on)::date, (select max(month) from dim_period)),
        (select min(month) from dim_period)
    )
group by all
