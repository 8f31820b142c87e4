-- A leaf unit has one row a month: no join has multiplied rows.
select leaf_code, month, count(*) as rows from mart_unit_month group by leaf_code, month having count(*) > 1
