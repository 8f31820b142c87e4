-- A unit stands once at its level.
select level, unit_code, count(*) as rows from dim_unit group by level, unit_code having count(*) > 1
