-- One row a surveyed unit and wave: valid answers, satisfied ones, and the unit's reference population in
-- the month the wave ended, or the campaign's nearest (the weight above the surveyed level).
select
    unit.level,
    unit.unit_code,
    survey.collector,
    survey.wave,
    survey.ended_on,
    survey.n_very_satisfied + survey.n_satisfied + survey.n_fairly_satisfied as satisfied,
    survey.n_very_satisfied + survey.n_satisfied + survey.n_fairly_satisfied + survey.n_dissatisfied as answers,
    coalesce(sum(population.population), 0)::bigint as population
from fct_survey as survey
join dim_unit as unit on unit.unit_code = survey.unit and not unit.own_office
left join dim_tree as tree on tree.level = unit.level and tree.unit_code = unit.unit_code
left join dim_population as population
    on population.leaf_code = tree.leaf_code
    and population.month = greatest(
        least(date_trunc('month', survey.ended_on)::date, (select max(month) from dim_period)),
        (select min(month) from dim_period)
    )
group by all
