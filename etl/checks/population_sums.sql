-- Each month's reference population of the leaves adds up to that of every unit above them.
select unit.level, unit.unit_code, sum(population.population) as leaves, any_value(unit.population) as unit
from dim_unit as unit
join dim_tree as tree on tree.level = unit.level and tree.unit_code = unit.unit_code
join dim_population as population
    on population.leaf_code = tree.leaf_code and population.month = (select max(month) from dim_period)
where unit.population is not null and not unit.own_office
group by unit.level, unit.unit_code
having sum(population.population) <> any_value(unit.population)
