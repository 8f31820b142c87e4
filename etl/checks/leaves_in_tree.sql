-- Every leaf unit with figures rolls up to every level of the campaign above it, once.
select mart.leaf_code, count(distinct tree.level) as levels
from (select distinct leaf_code from mart_unit_month) as mart
left join dim_tree as tree on tree.leaf_code = mart.leaf_code and tree.level <> (select key from dim_level order by position desc limit 1)
group by mart.leaf_code
having count(*) <> (select count(*) - 1 from dim_level)
